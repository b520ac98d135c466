"""A secrecy mark that stands alone is refused everywhere; the words within a sentence are none (QĐ 379 Điều 4)."""

from __future__ import annotations

import copy
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from docgen.dossier.sample import sample_dossier
from docgen.errors import InputError, UsageError
from docgen.forms.data import Record, form_data
from docgen.forms.definition import load_form
from docgen.forms.fill import Filler
from docgen.forms.readback import read_form
from docgen.pipeline import PacketOptions, check_dossier, make_packet
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.secrecy import secrecy_mark
from docgen.validation import validate_form_data
from docgen.word.engine.compile import compile_template
from docgen.word.engine.template_check import check_template

MARKS = {
    "MẬT": "MẬT", "TỐI MẬT": "TỐI MẬT", "TUYỆT MẬT": "TUYỆT MẬT", "Tuyệt mật": "TUYỆT MẬT", "tối mật": "TỐI MẬT",
    unicodedata.normalize("NFD", "TUYỆT MẬT"): "TUYỆT MẬT", "M Ậ T": "MẬT", "T Ố I   M Ậ T": "TỐI MẬT",
    unicodedata.normalize("NFD", "m ậ t"): "MẬT", "M\tẬ\tT": "MẬT", "M\u00a0Ậ\u200bT": "MẬT", "ＭẬＴ": "MẬT",
    "(MẬT)": "MẬT", "[ TỐI MẬT ]": "TỐI MẬT", "- MẬT -": "MẬT", "Độ mật: MẬT": "MẬT",
    "Dấu chỉ mức độ mật: Tối mật": "TỐI MẬT",
    "Dòng đầu\nMẬT\nDòng cuối": "MẬT", "MẬT\tSố 05": "MẬT", "MẬT | Số 05": "MẬT",
}  # fmt: skip
WORDS = (
    "", "bí mật nhà nước", "Bí mật", "Bảo vệ bí mật nhà nước", "bảo vệ bí mật", "Không để lộ tài liệu mật",
    "Nguyễn Văn Mật", "mật ong", "gắn bó mật thiết với Nhân dân", "Tuyệt mật là một độ mật", "Tốt", "KHT", "MAT",
    "Không có tài liệu tối mật", "TỐI MẬT THƯ", "Mất",
)  # fmt: skip


@pytest.mark.parametrize("text", MARKS)
def test_a_mark_standing_alone(text: str) -> None:
    assert secrecy_mark(text) == MARKS[text]


@pytest.mark.parametrize("text", WORDS)
def test_words_in_a_sentence_are_no_mark(text: str) -> None:
    assert secrecy_mark(text) == ""


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(item)


@pytest.mark.parametrize("name", list_regulations())
def test_no_regulation_and_no_sample_has_a_mark(name: str) -> None:
    regulation = load_regulation(name)
    rows = [row for rows in regulation.criteria.values() for row in rows]
    printed = [leaf.text for row in rows for leaf in row.leaves()]
    if name == "hd43-2025":  # the law's own words do stand in its criteria
        assert any("bí mật nhà nước" in text for text in printed)
    for text in [*printed, *_texts(sample_dossier(name))]:
        assert secrecy_mark(text) == "", text


def _dossier(path: Path, change: Any) -> Path:
    data = copy.deepcopy(sample_dossier("hd43-2025", members=3))
    change(data)
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path


def test_a_dossier_with_a_mark_gives_no_packet_not_even_a_draft(tmp_path: Path) -> None:
    def stamp(data: dict[str, Any]) -> None:
        data["members"][1]["review"]["results"].append("T Ố I  M Ậ T")
        data["nơi lạ"] = {"x": ["mật"]}

    path = _dossier(tmp_path / "ho-so.json", stamp)
    found = [f for f in check_dossier(path).findings if f.code == "validation.secrecy.mark"]
    assert {(f.place.pointer.rpartition("/")[0], f.severity, f.who) for f in found} == {
        ("/members/1/review/results", "error", "dv-02"), ("/nơi lạ/x", "error", ""),
    }  # fmt: skip
    made, _ = make_packet(path, tmp_path / "bo")
    assert made is None
    with pytest.raises(UsageError) as caught:
        make_packet(path, tmp_path / "bo", PacketOptions(draft=True))
    assert caught.value.code == "errors.usage.secret"
    assert not (tmp_path / "bo").exists()


def test_the_words_of_the_law_pass(tmp_path: Path) -> None:
    def write(data: dict[str, Any]) -> None:
        data["members"][1]["review"]["results"].append(
            "Chấp hành quy định về bảo vệ bí mật nhà nước; không lộ tin mật."
        )

    findings = check_dossier(_dossier(tmp_path / "ho-so.json", write)).findings
    assert [f for f in findings if "secrecy" in f.code] == []


def test_one_forms_data_with_a_mark() -> None:
    regulation = load_regulation("hd43-2025")
    definition = load_form(regulation, "mau-02b")
    data = form_data(definition, sample_dossier("hd43-2025"), Record("dv-04"))
    assert validate_form_data(data, definition) == []
    data["review"]["conduct"] = ["Tốt.", "TUYỆT MẬT"]
    assert [(f.code, f.place.pointer) for f in validate_form_data(data, definition)] == [
        ("validation.secrecy.mark", "/review/conduct/1")
    ]
    with pytest.raises(InputError) as caught:
        Filler(definition).fill(data)
    assert caught.value.code == "errors.input.secret"


@pytest.fixture(scope="module")
def form() -> bytes:
    regulation = load_regulation("hd43-2025")
    definition = load_form(regulation, "mau-02b")
    data = form_data(definition, sample_dossier("hd43-2025"), Record("dv-04"))
    return Filler(definition).fill(data)


def _with(docx: bytes, change: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


def _paragraph(*runs: str) -> str:
    return "<w:p>" + "".join(f"<w:r><w:t xml:space='preserve'>{run}</w:t></w:r>" for run in runs) + "</w:p>"


def _in_body(docx: bytes, xml: str) -> bytes:
    def change(name: str, content: bytes) -> bytes:
        if name != "word/document.xml":
            return content
        return re.sub(rb"(<w:body[^>]*>)", lambda found: found[1] + xml.encode(), content, count=1)

    return _with(docx, change)


def _in_header(docx: bytes) -> bytes:
    """The mark in the first header of the file: that is where it is stamped on every page."""
    done = []

    def change(name: str, content: bytes) -> bytes:
        if re.fullmatch(r"word/(header|footer)\d*\.xml", name) and not done:
            done.append(name)
            return re.sub(rb"</w:(hdr|ftr)>", lambda f: _paragraph("M", "Ậ", "T").encode() + f[0], content, count=1)
        return content

    out = _with(docx, change)
    assert done
    return out


WATERMARK = (
    "<w:p><w:r><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml'><v:textpath string='TỐI MẬT'/></v:shape>"
    "</w:pict></w:r></w:p>"
)


@pytest.mark.parametrize("xml", [_paragraph("MẬT"), _paragraph("T", "Ố", "I ", "mật"), WATERMARK, "header"])
def test_a_word_file_with_a_mark_is_not_read(form: bytes, xml: str) -> None:
    marked = _in_header(form) if xml == "header" else _in_body(form, xml)
    result = read_form(marked)
    assert [(f.code, f.severity) for f in result.findings] == [("read.secrecy.mark", "error")]
    assert result.data == {}
    assert result.definition is None


def test_a_word_file_with_the_words_is_read(form: bytes) -> None:
    result = read_form(_in_body(form, _paragraph("Bảo vệ bí ", "mật nhà nước")))
    assert result.data
    assert not [f for f in result.findings if "secrecy" in f.code]


def test_an_offices_template_with_a_mark_is_refused(form: bytes, tmp_path: Path) -> None:
    marked = _in_body(form, _paragraph("MẬT"))
    with pytest.raises(InputError) as caught:
        compile_template(marked)
    assert caught.value.code == "errors.template.refused"
    assert "MẬT" in str(caught.value.facts["problems"])
    (tmp_path / "mau.docx").write_bytes(marked)
    assert [f.code for f in check_template(tmp_path / "mau.docx", set())] == ["read.secrecy.mark"]


def test_a_mark_is_found_with_whatever_stands_between_its_last_letters() -> None:
    """The first look must let through all that the second would know."""
    for last in ("Ậ", "ậ", "A\u0323\u0302", "a\u0302\u0323", "Ạ\u0302", "â\u0323"):
        for between in ("", " ", "\u00a0", "\u200b", "-", "_", ". "):
            for t in ("T", "t", "Ｔ", "ｔ"):
                assert secrecy_mark(f"M{last}{between}{t}") == "MẬT", (last, between, t)
