"""Pictures on the pages of a PDF: each engine draws them, and a picture that is not seen is told."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import pytest

pytest.importorskip("pikepdf")
pytest.importorskip("rdocx")
pytest.importorskip("pypdfium2")

import pypdfium2
from picture_samples import filler, png, record
from PIL import Image

from docgen.pdf import convert
from docgen.pdf.drawn_pictures import in_eight_bits, lost_pictures
from docgen.pdf.engines import rdocx as embedded
from docgen.pdf.reading import Reading
from docgen.word.after.shown_pictures import shown_pictures
from docgen.word.after.unwrap import unwrap

RED, BLUE = (200, 30, 30), (10, 10, 200)


def sheet() -> Any:
    """A red sheet with a blue mark in its upper left part."""
    picture = Image.new("RGB", (300, 400), RED)
    picture.paste(BLUE, (50, 50, 250, 120))
    return picture


def saved(picture: Any, kind: str, **how: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


@lru_cache(maxsize=1)
def kinds() -> dict[str, bytes]:
    """The sheet in every kind of PNG and JPEG that scanners and phones make."""
    grey = sheet().convert("L")
    deep = grey.convert("I").point(lambda shade: shade * 257).convert("I;16")
    out = {f"png {mode}": saved(sheet().convert(mode), "PNG") for mode in ("1", "L", "LA", "P", "RGB", "RGBA")}
    out |= {"png 16": saved(deep, "PNG"), "png 4": saved(sheet().quantize(8), "PNG", bits=4)}
    out |= {f"jpeg {mode}": saved(sheet().convert(mode), "JPEG") for mode in ("L", "RGB", "CMYK")}
    return out | {"jpeg progressive": saved(sheet(), "JPEG", progressive=True)}


def docx(content: bytes) -> bytes:
    return filler().fill(record(content))


def seen(pdf: bytes, x: int, y: int) -> tuple[int, ...]:
    """The colour at a point of the second page, of 300 by 424."""
    page = pypdfium2.PdfDocument(pdf)[1]
    return tuple(page.render(scale=300 / page.get_width()).to_pil().convert("RGB").getpixel((x, y)))


def near(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return all(abs(a - b) <= 30 for a, b in zip(one, other, strict=True))


def drawn_by(engine: str) -> None:
    result = convert({name: docx(content) for name, content in kinds().items()}, engine)
    assert result.findings == []
    for name, pdf in result.pdfs.items():
        # The sheet fills 160 mm from the left margin on: its mark lies in the upper part, below it there is none.
        mark, paper = seen(pdf, 150, 85), seen(pdf, 150, 250)
        if name.split()[1] in ("1", "L", "LA", "16"):
            assert mark[2] < paper[2] - 20, name
        else:
            assert near(mark, BLUE), name
            assert near(paper, RED), name


def test_the_embedded_engine_draws_every_kind() -> None:
    drawn_by("rdocx")


@pytest.mark.libreoffice
def test_libreoffice_draws_every_kind() -> None:
    drawn_by("libreoffice")


@pytest.mark.parametrize("name", ["png 1", "png 16", "png 4", "jpeg L", "jpeg CMYK"])
def test_what_the_library_would_not_draw_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """rdocx leaves such a picture out, draws it white or in other colours: the gate says so where nothing helps it."""
    monkeypatch.setattr(embedded, "in_eight_bits", lambda content: content)
    result = convert({"a": docx(kinds()[name])}, "rdocx", workers=1)
    assert [finding.code for finding in result.findings] == ["pdf.picture.lost"]
    assert result.findings[0].params["alt"] == "Bản quét minh chứng kèm theo bản kiểm điểm"


def test_what_an_engine_knows_is_given_as_it_came() -> None:
    for name in ("png L", "png P", "png RGB", "png RGBA", "jpeg RGB", "jpeg progressive"):
        assert in_eight_bits(kinds()[name]) is kinds()[name]
    for other in (b"", b"GIF89a", b"\xff\xd8\xff\xe0", png()[:30]):
        assert in_eight_bits(other) == other


def changed(change: Callable[[bytes], bytes]) -> bytes:
    """The form with another main part."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx(kinds()["jpeg RGB"]))) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, change(content) if name == "word/document.xml" else content)
    return out.getvalue()


@pytest.mark.libreoffice
def test_a_picture_cut_to_the_height_of_a_line_is_seen() -> None:
    """On a line of exact height LibreOffice shows a strip of it; the picture itself is in the file."""
    cut = changed(lambda xml: xml.replace(b'w:line="240" w:lineRule="auto"', b'w:line="380" w:lineRule="exact"'))
    result = convert({"a": cut}, "libreoffice", own=True)
    assert "pdf.picture.lost" in [finding.code for finding in result.findings]


def test_a_picture_that_word_shows_changed_is_only_counted() -> None:
    """A turned picture looks another way on the page: that it is there is all that can be asked."""
    turned = changed(lambda xml: xml.replace(b"<a:xfrm>", b'<a:xfrm rot="10800000">'))
    assert convert({"a": turned}, "rdocx").findings == []


def test_the_blank_form_shows_what_to_do() -> None:
    result = convert({"a": filler().fill({}, blank=True)}, "rdocx")
    assert result.findings == []
    assert seen(result.pdfs["a"], 150, 120) != (255, 255, 255)


def test_each_picture_is_looked_for_once() -> None:
    filled = docx(kinds()["png RGB"])
    pdf = convert({"a": filled}, "rdocx").pdfs["a"]
    wanted = shown_pictures(unwrap(filled))
    assert [picture.is_plain for picture in wanted] == [True]
    with Reading(pdf) as reading:
        assert lost_pictures(reading, wanted) == []
        assert lost_pictures(reading, wanted * 2) == wanted
        assert lost_pictures(reading, [replace(wanted[0], content=png())]) != []
        assert lost_pictures(reading, [replace(wanted[0], width=3 * wanted[0].width)]) != []
