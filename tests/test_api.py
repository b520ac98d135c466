"""The Python API does what its documentation says."""

from __future__ import annotations

import doctest
import io
import json
import zipfile
from pathlib import Path

import docx
import pytest

import docgen
import docgen.api
from docgen.forms.example import sample_record


def test_the_documented_lines_run() -> None:
    for module in (docgen.api, docgen.api.regulations, docgen.api.dossiers):
        result = doctest.testmod(module)
        assert result.failed == 0
        assert result.attempted > 0


def test_every_public_name_is_there() -> None:
    for name in docgen.__all__:
        assert getattr(docgen, name) is not None
    with pytest.raises(AttributeError):
        docgen.nothing  # noqa: B018


def test_a_form_opens_in_python_docx() -> None:
    from docgen.forms.definition import load_form

    regulation = docgen.load_regulation("kh55-2018")
    page = docgen.fill(regulation, "mau-02", sample_record(load_form(regulation, "mau-02")))
    document = docx.Document(io.BytesIO(page))
    assert any("BẢN KIỂM ĐIỂM CÁ NHÂN" in p.text for p in document.paragraphs)
    assert document.styles["Normal"].font.name is None or document.styles["Normal"].font.name == "Times New Roman"
    assert document.sections[0].page_width.mm == pytest.approx(210, abs=0.1)
    assert document.sections[0].left_margin.mm == pytest.approx(30, abs=0.1)


def test_from_file_to_packet(tmp_path: Path) -> None:
    from docgen.dossier.sample import sample_dossier

    data = sample_dossier("hd16-2018")
    path = tmp_path / "ho-so.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    dossier, _ = docgen.load_dossier(path)
    assert dossier is not None
    assert [f for f in docgen.validate(dossier) if f.severity == "error"] == []
    packet, checked = docgen.build_packet(path, tmp_path / "p")
    assert packet is not None
    assert checked.sound
    assert (tmp_path / "p" / "muc-luc.docx").is_file()


def test_someone_elses_template(tmp_path: Path) -> None:
    own = docx.Document()
    own.add_paragraph("Kính gửi {{ name }}")
    own.save(str(tmp_path / "t.docx"))
    out = docgen.compile_template(tmp_path / "t.docx").render({"name": "A & B < C"})
    assert zipfile.ZipFile(io.BytesIO(out)).testzip() is None
    assert docx.Document(io.BytesIO(out)).paragraphs[0].text == "Kính gửi A & B < C"


def test_the_page_about_the_library_runs() -> None:
    page = Path(__file__).parents[1] / "docs" / "api.md"
    result = doctest.testfile(str(page), module_relative=False)
    assert result.failed == 0
    assert result.attempted > 20
