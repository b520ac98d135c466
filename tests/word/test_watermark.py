"""A draft bears its mark across each page, in Word and in the PDF of each engine; a finished file has nothing of it."""

from __future__ import annotations

import io
import zipfile
from functools import cache

import pytest

from docgen.dossier.sample import sample_dossier
from docgen.forms.data import Record, form_data
from docgen.forms.definition import FormDefinition, load_form
from docgen.forms.fill import Filler
from docgen.forms.readback import read_form
from docgen.pdf import convert
from docgen.pdf.choice import is_there
from docgen.regulations.loader import load_regulation
from docgen.word.write.pages import Page
from docgen.word.write.watermark import marked_draft

#: The grey of the mark, as a level of 256.
GREY = 0xC8
HEADERS = ("word/header1.xml", "word/header2.xml")


def part(docx: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        return archive.read(name).decode()


@cache
def filled(draft: bool) -> bytes:
    definition = form()
    data = sample_dossier("hd43-2025")
    return Filler(definition).fill(form_data(definition, data, Record("dv-04")), draft=draft)


def form() -> FormDefinition:
    return load_form(load_regulation("hd43-2025"), "mau-02b")


def test_every_header_of_a_draft_has_the_mark_and_no_header_of_a_finished_file() -> None:
    for name in HEADERS:
        assert part(filled(True), name).count('string="DỰ THẢO"') == 1
        assert "v:shape" not in part(filled(False), name)
    assert marked_draft(filled(False)) == marked_draft(filled(False))
    page = Page()
    page.paragraph("Một trang")
    assert all("v:shape" in part(page.docx("x", {}, draft=True), name) for name in HEADERS)
    assert all("v:shape" not in part(page.docx("x", {}), name) for name in HEADERS)


def test_only_the_headers_differ() -> None:
    marked = marked_draft(filled(False))
    with zipfile.ZipFile(io.BytesIO(filled(False))) as one, zipfile.ZipFile(io.BytesIO(marked)) as other:
        assert one.namelist() == other.namelist()
        assert {n for n in one.namelist() if one.read(n) != other.read(n)} == set(HEADERS)


def test_a_file_without_headers_stays_as_it_is() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert marked_draft(out.getvalue()) == out.getvalue()


def test_what_is_read_back_from_a_draft_is_the_same() -> None:
    regulation = load_regulation("hd43-2025")
    assert read_form(filled(True), regulation, form()).data == read_form(filled(False), regulation, form()).data


@pytest.mark.parametrize("engine", ["rdocx", "libreoffice"])
def test_each_page_of_the_pdf_is_grey_across_the_middle(engine: str) -> None:
    """Seen in pixels: the slanting letters lie where a finished page has none of that grey; no gate complains."""
    if not is_there(engine):
        pytest.skip(f"{engine} is not installed")
    pdfium = pytest.importorskip("pypdfium2")
    drawn = convert([("nhap", filled(True)), ("xong", filled(False))], engine)
    assert [f.code for f in drawn.findings if f.severity == "error"] == []

    def grey(pdf: bytes) -> list[int]:
        with pdfium.PdfDocument(pdf) as document:
            pages = [page.render(scale=0.5, grayscale=True).to_pil() for page in document]
        return [page.histogram()[GREY] for page in pages]

    finished, draft = grey(drawn.pdfs["xong"]), grey(drawn.pdfs["nhap"])
    assert len(draft) == len(finished), "the mark moves no text"
    assert all(there > own + 300 for there, own in zip(draft, finished, strict=True)), (draft, finished)
