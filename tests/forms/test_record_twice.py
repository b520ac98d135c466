"""The record's id travels twice in a file, and comes back when another program dropped one of the two."""

from __future__ import annotations

import re

import pytest
from word_edits import parts_of, with_part

from docgen.forms.definition import FormDefinition, load_form
from docgen.forms.example import sample_record
from docgen.forms.fill import Filler
from docgen.forms.readback import read_form
from docgen.regulations.loader import load_regulation

CORE, CUSTOM = "docProps/core.xml", "docProps/custom.xml"


@pytest.fixture
def definition() -> FormDefinition:
    return load_form(load_regulation("kh55-2018"), "mau-05")


@pytest.fixture
def docx(definition: FormDefinition) -> bytes:
    return Filler(definition).fill({**sample_record(definition), "id": "dv-01.chi_uy"})


def without(docx: bytes, part: str) -> bytes:
    """The file without the id in that part."""
    patterns = {CORE: rb"<dc:identifier>.*?</dc:identifier>", CUSTOM: rb'<property [^>]*"docgen.record">.*?</property>'}
    content = parts_of(docx)[part]
    kept = re.sub(patterns[part], b"", content)
    assert kept != content
    return with_part(docx, part, kept)


@pytest.mark.parametrize("part", [CORE, CUSTOM])
def test_one_place_is_enough(docx: bytes, part: str) -> None:
    result = read_form(without(docx, part))
    assert (result.record, result.findings) == ("dv-01.chi_uy", [])


def test_without_both_nobody_is_named(docx: bytes) -> None:
    assert read_form(without(without(docx, CORE), CUSTOM)).record == ""


def test_two_that_disagree_name_nobody(docx: bytes) -> None:
    core = parts_of(docx)[CORE].replace(b"dv-01", b"dv-02")
    result = read_form(with_part(docx, CORE, core))
    assert result.record == ""
    assert [(f.code, f.severity, f.params) for f in result.findings] == [
        ("read.identity.two_records", "error", {"first": "dv-01.chi_uy", "second": "dv-02.chi_uy"})
    ]


def test_an_id_with_marks_of_jinja_is_text(definition: FormDefinition) -> None:
    """The id is written as it is: it is never a tag of the next filling."""
    docx = Filler(definition).fill({**sample_record(definition), "id": "a<b&c"})
    assert read_form(docx).record == "a<b&c"


def test_an_offices_own_property_is_not_filled(definition: FormDefinition) -> None:
    """Only docgen's own custom properties are: docxtpl fills none."""
    from docgen.forms.build import template_bytes
    from docgen.word.engine.compile import compile_template

    template, _ = template_bytes(definition)
    custom = (
        parts_of(template)[CUSTOM]
        .replace(b'name="docgen.form"', b'name="So"')
        .replace(b"<vt:lpwstr>mau-05<", b"<vt:lpwstr>{{ member.full_name }}<")
    )
    compiled = compile_template(with_part(template, CUSTOM, custom))
    context = Filler(definition).display.context(sample_record(definition))
    assert b"{{ member.full_name }}" in parts_of(compiled.render(context))[CUSTOM]
