"""`docgen template start`: the template to change; and a blank form that is taken for one."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_run import Run
from docx import Document

from docgen.forms.bindings import slots
from docgen.forms.definition import load_form
from docgen.regulations.loader import list_regulations, load_regulation

ROOT = Path(__file__).parents[2]


def test_the_template_stands_where_it_is_looked_for(run: Run, tmp_path: Path) -> None:
    ran = run("template", "start", "kh55-2018/mau-02", "-o", tmp_path / "m")
    assert ran.code == 0, ran.err
    made = tmp_path / "m" / "kh55-2018" / "mau-02.docx"
    assert made.read_bytes() == (ROOT / "templates" / "mau" / "kh55-2018" / "mau-02.docx").read_bytes()
    assert run("template", "check", made, "--form", "kh55-2018/mau-02").code == 0
    document = Document(str(made))
    document.add_paragraph("Lưu tại văn phòng.")
    document.save(str(made))
    assert run("template", "check", made, "--form", "kh55-2018/mau-02").code == 0
    target = tmp_path / "trong.docx"
    assert run("blank", "kh55-2018/mau-02", "--templates", tmp_path / "m", "-o", target).code == 0
    assert "Lưu tại văn phòng." in [p.text for p in Document(str(target)).paragraphs]


@pytest.mark.parametrize(("lang", "words"), [("vi", "docgen template check"), ("en", "docgen template check")])
def test_the_note_names_every_value_of_the_form(run: Run, tmp_path: Path, lang: str, words: str) -> None:
    assert run("--lang", lang, "template", "start", "mau-06", "-r", "hd16-2018", "-o", tmp_path).code == 0
    note = (tmp_path / "hd16-2018" / "mau-06.txt").read_text(encoding="utf-8-sig")
    regulation = load_regulation("hd16-2018")
    definition = load_form(regulation, "mau-06")
    assert all(slot.binding in note for slot in slots(definition))
    assert words in note
    assert "{{ … }}" in note
    assert "hd16-2018/mau-06.docx" in note
    assert "* members[].member.full_name " in note


def test_nothing_is_written_over(run: Run, tmp_path: Path) -> None:
    assert run("template", "start", "kh55-2018/mau-02", "-o", tmp_path).code == 0
    (tmp_path / "kh55-2018" / "mau-02.docx").unlink()
    ran = run("template", "start", "kh55-2018/mau-02", "-o", tmp_path)
    assert ran.code == 2
    assert "mau-02.txt" in ran.err
    assert not (tmp_path / "kh55-2018" / "mau-02.docx").exists()


def test_a_blank_form_is_no_template(run: Run, tmp_path: Path, dossier: Path) -> None:
    """One finding, with the command that gives the right file, from whoever is given it."""
    own = tmp_path / "m" / "kh55-2018" / "mau-02.docx"
    assert run("blank", "kh55-2018/mau-02", "-o", own).code == 0
    ran = run("template", "check", own, "--form", "kh55-2018/mau-02", "--json")
    assert ran.code == 1
    assert [found["code"] for found in ran.json] == ["read.template.blank_form"]
    command = "docgen template start kh55-2018/mau-02 -o"
    assert command in ran.json[0]["hint"]
    ran = run("blank", "kh55-2018/mau-02", "--templates", tmp_path / "m", "-o", tmp_path / "x.docx")
    assert ran.code == 1
    assert command in ran.err
    ran = run("packet", dossier, "--templates", tmp_path / "m", "-o", tmp_path / "bo")
    assert ran.code == 1
    assert command in ran.err


@pytest.mark.parametrize("regulation", list_regulations())
def test_no_built_template_is_taken_for_a_blank_form(regulation: str) -> None:
    from docgen.forms.build import is_blank_form, template_bytes

    found = load_regulation(regulation)
    for form in found.forms:
        assert not is_blank_form(template_bytes(load_form(found, form))[0])
