"""Forms as people send them back: saved in other ways, under other names, with more or less in them than text."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from test_word_edits import codes, edited, form
from word_edits import package, parts_of

from docgen.forms.readback import read_form
from docgen.pipeline import check_path

TRANSITIONAL = re.compile(rb"http://schemas\.openxmlformats\.org/(wordprocessingml|officeDocument|drawingml)/2006/")


def as_strict(docx: bytes) -> bytes:
    """The file as Word saves it as a "Strict Open XML Document"."""
    parts = parts_of(docx)
    for name, content in parts.items():
        if name == "[Content_Types].xml":
            continue
        content = content.replace(b"2006/custom-properties", b"2006/customProperties")
        content = content.replace(b"relationships/custom-properties", b"relationships/customProperties")
        parts[name] = TRANSITIONAL.sub(rb"http://purl.oclc.org/ooxml/\1/", content)
    return package(parts)


def as_template(docx: bytes) -> bytes:
    """The file as Word saves it as a template."""
    parts = parts_of(docx)
    types = parts["[Content_Types].xml"]
    parts["[Content_Types].xml"] = types.replace(b"document.main+xml", b"template.main+xml")
    return package(parts)


def zipped(docx: bytes) -> bytes:
    """An archive with the file in it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mau-02.docx", docx)
    return target.getvalue()


@pytest.mark.parametrize("name", ["mau-02", "mau-06"])
def test_strict_open_xml_reads_as_transitional(name: str) -> None:
    _, _, data, docx = form(name)
    result = read_form(as_strict(docx), file="a.docx")
    assert (result.data, result.findings) == (data, [])


@pytest.mark.parametrize("name", ["a.dotx", "a.docx", "a.zip", "a", "a.xlsx"])
def test_what_a_file_is_does_not_depend_on_its_name(name: str, tmp_path: Path) -> None:
    docx = form("mau-02")[3]
    (tmp_path / name).write_bytes(as_template(docx))
    assert [(f.code, f.severity) for f in check_path(tmp_path / name)] == [("read.file.template", "info")]
    (tmp_path / name).write_bytes(zipped(docx))
    assert [(f.code, f.severity) for f in check_path(tmp_path / name)] == [("read.file.archive", "error")]


def test_more_digits_than_a_count_has_are_no_number() -> None:
    digits = "9" * 400
    data, result = edited("mau-06", lambda e: e.type("members[].votes.HTNV", digits, which=0))
    assert codes(result) == ["read.number.unreadable"]
    assert "HTNV" not in result.data["members"][0]["votes"]
    assert result.data["members"][1:] == data["members"][1:]
