"""A template docgen would not read as a form is not filled either: the same findings from every command."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from docx_samples import template

from docgen.cli import cli
from docgen.errors import EXIT_FINDINGS, InputError
from docgen.forms.build import template_bytes
from docgen.forms.definition import load_form
from docgen.forms.example import sample_record
from docgen.forms.fill import Filler
from docgen.i18n import LANGUAGES, message
from docgen.regulations.loader import load_regulation
from docgen.word.engine.compile import compile_template
from docgen.word.engine.template_check import check_template
from docgen.word.file.safe_open import open_word

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def with_parts(source: bytes, added: dict[str, bytes], relations: str = "") -> bytes:
    """`source` with further parts and further relations of its main part."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/_rels/document.xml.rels":
                content = content.replace(b"</Relationships>", relations.encode() + b"</Relationships>")
            new.writestr(name, content)
        for name, content in added.items():
            new.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def outside(kind: str, target: str) -> str:
    return f'<Relationship Id="rIdX" Type="{RELATIONS}/{kind}" Target="{target}" TargetMode="External"/>'


HOSTILE = {
    "macro": ({"word/vbaProject.bin": b"x"}, "", "read.file.macro"),
    "embedded program": ({"word/embeddings/oleObject1.bin": b"x"}, "", "read.file.embedded"),
    "control with code": ({"word/activeX/activeX1.xml": b"<a/>"}, "", "read.file.embedded"),
    "remote template": ({}, outside("attachedTemplate", "http://127.0.0.1:9/t.dotm"), "read.file.external_link"),
    "remote picture": ({}, outside("image", "http://127.0.0.1:9/a.png"), "read.file.external_link"),
    "template on a server": ({}, outside("attachedTemplate", "file:////may-chu/t.dotm"), "read.file.external_link"),
    "strange name": ({"../../evil.xml": b"<a/>"}, "", "read.file.part_name"),
}


@pytest.fixture(scope="module")
def own() -> bytes:
    regulation = load_regulation("kh55-2018")
    return template_bytes(load_form(regulation, "mau-05"))[0]


@pytest.mark.parametrize("kind", HOSTILE)
def test_the_same_finding_everywhere(tmp_path: Path, own: bytes, kind: str) -> None:
    added, relations, code = HOSTILE[kind]
    folder = tmp_path / "mau"
    folder.mkdir()
    path = folder / "mau-05.docx"
    path.write_bytes(with_parts(own, added, relations))
    assert [f.code for f in check_template(path, [])] == [code]
    assert code in {f.code for f in open_word(path)[1]}

    regulation = load_regulation("kh55-2018")
    definition = load_form(regulation, "mau-05")
    with pytest.raises(InputError) as caught:
        Filler(definition, [folder])
    assert (caught.value.code, caught.value.facts["codes"]) == ("errors.template.refused", [code])
    for language in LANGUAGES:
        params = check_template(path, [])[0].params
        assert message(code, language, **params) in message(caught.value.code, language, **caught.value.facts)

    record = tmp_path / "r.json"
    record.write_text(json.dumps(sample_record(definition)), encoding="utf-8")
    arguments = ["fill", "kh55-2018/mau-05", str(record), "--templates", str(folder), "-o", str(tmp_path / "a.docx")]
    result = CliRunner().invoke(cli, arguments)
    assert isinstance(result.exception, InputError)
    assert result.exception.exit_code == EXIT_FINDINGS
    assert not (tmp_path / "a.docx").exists()


def test_compiling_judges_too() -> None:
    with pytest.raises(InputError) as caught:
        compile_template(with_parts(template("{{ a }}"), {"word/vbaProject.bin": b"x"}))
    assert caught.value.code == "errors.template.refused"


def test_a_hyperlink_and_the_writers_own_template_are_no_danger() -> None:
    links = outside("hyperlink", "https://vi.wikipedia.org/") + outside(
        "attachedTemplate", "file:///C:\\Users\\a\\Normal.dotm"
    ).replace("rIdX", "rIdY")
    compile_template(with_parts(template("{{ a }}"), {}, links)).render({"a": 1})


def test_a_packet_takes_no_such_template(tmp_path: Path, own: bytes) -> None:
    folder = tmp_path / "mau"
    folder.mkdir()
    (folder / "mau-05.docx").write_bytes(with_parts(own, {"word/vbaProject.bin": b"x"}))
    run = CliRunner().invoke
    assert run(cli, ["init", str(tmp_path / "a"), "-r", "kh55-2018"]).exit_code == 0
    out = tmp_path / "bo"
    arguments = ["packet", str(tmp_path / "a" / "ho-so.json"), "-o", str(out), "--templates", str(folder)]
    result = run(cli, arguments)
    assert isinstance(result.exception, InputError)
    assert result.exception.code == "errors.template.refused"
    assert not out.exists()
