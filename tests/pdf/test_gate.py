"""Each guard of the gate fires on a PDF that was broken on purpose, and stays silent on what only looks broken."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("pikepdf")
pytest.importorskip("rdocx")
pytest.importorskip("pypdfium2")

import pikepdf

from docgen.pdf import check, convert
from docgen.pdf.finish import finish
from docgen.pdf.glyphs import fonts
from docgen.pdf.mark import checked, mark, standing
from docgen.pdf.reading import Reading
from docgen.word.write.pages import Page

TEXTS = ["Chữ thứ nhất của trang", "Có hay không", "Dòng cuối"]


@pytest.fixture(scope="module")
def sound() -> bytes:
    page = Page()
    for text in TEXTS:
        page.paragraph(text)
    return convert([("a", page.docx("a", {}))], "rdocx").pdfs["a"]


def changed(pdf: bytes, change: Callable[[Any], None]) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        change(document)
        document.save(out)
    return out.getvalue()


def before(content: bytes) -> Callable[[Any], None]:
    """Put `content` before that of the page."""
    return lambda document: document.pages[0].contents_add(content, prepend=True)


def codes(pdf: bytes) -> set[str]:
    return {finding.code for finding in check(pdf, TEXTS)}


def test_a_sound_file_is_without_findings(sound: bytes) -> None:
    assert codes(sound) == set()


@pytest.mark.parametrize(
    "move",
    [b"1 0 0 1 -120 0 cm\n", b"1 0 0 1 480 0 cm\n", b"1 0 0 1 0 90 cm\n", b"1 0 0 1 0 -790 cm\n",
     b"1 0 0 1 -9000 0 cm\n", b"0.7 0.7 -0.7 0.7 0 0 cm\n", b"1 0 0 0.00001 0 -5 cm\n"],
    ids=["left", "right", "up", "down", "far", "turned", "flat"],
)  # fmt: skip
def test_text_beyond_the_paper(sound: bytes, move: bytes) -> None:
    assert "pdf.text.off_page" in codes(changed(sound, before(move)))


def test_text_without_height_beyond_the_paper(sound: bytes) -> None:
    def draw(document: Any) -> None:
        font = next(iter(document.pages[0].resources.Font.keys()))
        document.pages[0].contents_add(b"BT " + font.encode() + rb" 9 Tf 1 0 0 0 -50 50 Tm (\000\001) Tj ET")

    assert codes(changed(sound, draw)) == {"pdf.text.off_page"}


def test_text_at_the_edge_is_on_the_paper(sound: bytes) -> None:
    left = min(c.left for c in _characters(sound))
    assert codes(changed(sound, before(b"1 0 0 1 %.3f 0 cm\n" % -(left - 0.5)))) == set()


def _characters(pdf: bytes) -> list[Any]:
    with Reading(pdf) as reading:
        return reading.sheet(0).characters


def test_a_text_must_be_there_as_often_as_in_the_word_file(sound: bytes) -> None:
    lost = [f.params["text"] for f in check(sound, [*TEXTS, TEXTS[0]]) if f.code == "pdf.text.lost"]
    assert lost == [TEXTS[0].strip()[:80]]
    # that it stands inside another text does not make up for it
    assert [f.params["text"] for f in check(sound, [*TEXTS, "thứ nhất"]) if f.code == "pdf.text.lost"] == ["thứ nhất"]
    assert not [f for f in check(sound, TEXTS, besides=[TEXTS[0]]) if f.code == "pdf.text.lost"]


def test_a_text_that_is_gone(sound: bytes) -> None:
    lost = [f for f in check(sound, [*TEXTS, "Không có trong tệp"]) if f.severity == "error"]
    assert [(f.code, f.params["text"]) for f in lost] == [("pdf.text.lost", "Không có trong tệp")]
    assert codes(_blank()) == {"pdf.text.lost"}


def _blank() -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("string", "is_zero"),
    [(rb"(\000\000)", True), (b"<0000>", True), (rb"(\0\0)", True), (b"(\0\0)", True), (b"<00 01 0000>", True),
     (b"<0001000>", True), (b"<01000001>", False), (rb"(\001\000\000\001)", False), (b"<000100000>", True)],
)  # fmt: skip
def test_glyph_zero_however_it_is_written(sound: bytes, string: bytes, is_zero: bool) -> None:
    def draw(document: Any) -> None:
        font = next(iter(document.pages[0].resources.Font.keys()))
        document.pages[0].contents_add(b"BT " + font.encode() + b" 9 Tf 1 0 0 1 90 90 Tm " + string + b" Tj ET")

    assert ("pdf.glyph.missing" in codes(changed(sound, draw))) is is_zero


def _fonts(document: Any) -> list[Any]:
    return [o for o in document.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/Font"]


def test_letters_in_another_font(sound: bytes) -> None:
    def rename(document: Any) -> None:
        for font in _fonts(document):
            font.BaseFont = pikepdf.Name("/ABCDEF+Comic-Bold")

    found = check(changed(sound, rename), TEXTS)
    assert [(f.code, f.severity, f.params["font"]) for f in found] == [("pdf.font.substituted", "warning", "Comic")]
    assert set("Chữthứ") <= set(found[0].params["letters"])


def test_a_font_that_is_not_embedded_wherever_it_hangs(sound: bytes) -> None:
    def strip(document: Any) -> None:
        for font in _fonts(document):
            if "/FontDescriptor" in font:
                for key in ("/FontFile", "/FontFile2", "/FontFile3"):
                    if key in font.FontDescriptor:
                        del font.FontDescriptor[key]

    assert "pdf.font.not_embedded" in codes(changed(sound, strip))

    bare = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    holder = {"Resources": pikepdf.Dictionary(Font=pikepdf.Dictionary(F=bare))}

    def picture(document: Any) -> None:
        inner = document.make_stream(b"", Subtype=pikepdf.Name.Form, **holder)
        outer = document.make_stream(
            b"", Subtype=pikepdf.Name.Form, Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(Y=inner))
        )
        document.pages[0].resources.XObject = pikepdf.Dictionary(X=outer)

    def note(document: Any) -> None:
        look = document.make_stream(b"", Subtype=pikepdf.Name.Form, **holder)
        document.pages[0].obj.Annots = pikepdf.Array([pikepdf.Dictionary(AP=pikepdf.Dictionary(N=look))])

    def form(document: Any) -> None:
        document.Root.AcroForm = pikepdf.Dictionary(DR=holder["Resources"])

    def state(document: Any) -> None:
        document.pages[0].resources.ExtGState = pikepdf.Dictionary(
            G=pikepdf.Dictionary(Font=pikepdf.Array([document.make_indirect(bare), 9]))
        )

    for hang in (picture, note, form, state):
        assert "Helvetica!" in fonts(changed(sound, hang)), hang.__name__


def test_the_mark_tells_whose_pdf_it_is() -> None:
    page = Page()
    page.paragraph("một")
    docx = page.docx("a", {})
    plain = convert([("a", docx)], "rdocx").pdfs["a"]
    noted = finish(plain, mark(docx, "engine=auto after=none"))
    clean = checked(noted)
    assert len(clean) == len(noted)
    assert standing(plain, docx, "engine=auto after=none") == "other"
    assert standing(noted, docx, "engine=auto after=none") == "noted"
    assert standing(clean, docx, "engine=auto after=none") == "clean"
    assert standing(clean, docx, "engine=rdocx after=none") == "other"
    assert standing(clean, docx + b"x", "engine=auto after=none") == "other"
    # Both are sound PDF files.
    assert check(clean, ["một"]) == check(noted, ["một"]) == []
