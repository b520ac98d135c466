"""Filling one form: an office's own template, and errors that name the place."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from docgen.errors import DocgenError
from docgen.forms.build import templates_root
from docgen.forms.data import Display, number_text
from docgen.forms.definition import load_form
from docgen.forms.example import sample_record
from docgen.forms.fill import Filler
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.word.after.written import paragraphs

FORMS = [(name, form) for name in list_regulations() for form in load_regulation(name).forms]


def office_template(folder: Path, old: str, new: str) -> Path:
    """The built Mẫu 05 of HD 16 with one text changed, as an office would keep it."""
    source = templates_root() / "hd16-2018" / "mau-05.docx"
    target = folder / "mau-05.docx"
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w") as out:
        for item in archive.infolist():
            content = archive.read(item)
            if item.filename == "word/document.xml":
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode(), 1)
            out.writestr(item, content)
    return target


@pytest.fixture
def record() -> dict[str, Any]:
    regulation = load_regulation("hd16-2018")
    return sample_record(load_form(regulation, "mau-05"))


def filler(folder: Path) -> Filler:
    regulation = load_regulation("hd16-2018")
    return Filler(load_form(regulation, "mau-05"), [folder])


def test_an_office_keeps_its_own_template(tmp_path: Path, record: dict[str, Any]) -> None:
    office_template(tmp_path, "TIÊU CHÍ ĐÁNH GIÁ", "TIÊU CHÍ ĐÁNH GIÁ")
    own = filler(tmp_path)
    assert own.own_template
    assert any(record["member"]["full_name"] in text for text in paragraphs(own.fill(record)))


def test_a_misspelt_tag_is_named_with_its_place_and_the_nearest(tmp_path: Path, record: dict[str, Any]) -> None:
    target = office_template(tmp_path, "{{ member.full_name }}", "{{ member.ful_name }}")
    with pytest.raises(DocgenError) as caught:
        filler(tmp_path).fill(record)
    told = str(caught.value)
    assert caught.value.code == "errors.template.unknown_tag"
    for part in (str(target), "member.ful_name", "member.full_name", "đoạn"):
        assert part in told
    assert record["member"]["full_name"] not in told


def test_a_template_without_a_required_text_is_noticed(tmp_path: Path, record: dict[str, Any]) -> None:
    office_template(tmp_path, "Nhận xét chung:", "Nhận xét:")
    with pytest.raises(DocgenError) as caught:
        filler(tmp_path).fill(record)
    assert "Nhận xét chung:" in str(caught.value)


def test_what_the_check_calls_lost_is_not_filled(tmp_path: Path, record: dict[str, Any]) -> None:
    """Words beside a tag that takes its paragraph: the check names them, and so does whoever fills unasked."""
    from docgen.word.engine.template_check import check_template

    old = "<w:body>"
    run = '<w:p><w:r><w:t xml:space="preserve">{}</w:t></w:r></w:p>'
    words = "".join(run.format(t) for t in ("Đơn vị: {%p if member.full_name %}", "a", "{%p endif %}"))
    target = office_template(tmp_path, old, old + words)
    lost = [f for f in check_template(target, ["member.full_name"]) if f.code == "word.template.text_beside"]
    with pytest.raises(DocgenError) as caught:
        filler(tmp_path)
    assert caught.value.code == "errors.template.refused"
    assert caught.value.facts["codes"] == [f.code for f in lost] == ["word.template.text_beside"]
    assert "Đơn vị:" in str(caught.value)
    # The tags alone lose nothing, and the words in a paragraph of their own stay.
    alone = words.replace("Đơn vị: {%p", "{%p").replace(">a<", ">Đơn vị: có<")
    office_template(tmp_path, old, old + alone)
    assert "Đơn vị: có" in paragraphs(filler(tmp_path).fill(record))


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_every_form_is_filled_the_fast_way_and_nothing_is_lost(name: str, form: str) -> None:
    regulation = load_regulation(name)
    definition = load_form(regulation, form)
    filling = Filler(definition)
    assert filling.template.fast
    data = sample_record(definition)
    filling.fill(data)
    filling.fill({"id": "x"}, blank=True)
    context = Display(definition).context(data)
    assert context["record_"] == data["id"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "5"),
        (7.5, "7,5"),
        (7.0, "7"),
        (1e10, "10000000000"),
        (1e-7, "0,0000001"),
        (0.1 + 0.2, "0,3"),
        (-2.5, "-2,5"),
    ],
)  # fmt: skip
def test_a_number_is_printed_the_way_people_write_it(value: float, text: str) -> None:
    assert number_text(value) == text
