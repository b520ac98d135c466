"""What stands on the pages of a PDF: its text, where each character is, which font drew it, which glyph is missing.

Read from the finished file, with another library than the one that wrote it, so that a loss on the way is seen.
"""

from __future__ import annotations

import ctypes
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from docgen.errors import EnvironmentFault, InputError

#: Fonts with the widths and look of Times New Roman: a document set in one of them is set as the rules ask.
TEXT_FONTS = frozenset(
    {"timesnewroman", "timesnewromanps", "timesnewromanpsmt", "liberationserif", "tinos", "thorndale", "termes"}
)
#: What a font like Times New Roman holds: Latin with all its additions, Greek, Cyrillic, punctuation, signs. A letter
#: from elsewhere that such a font is said to have drawn was drawn as an empty box.
_HELD = ((0x0, 0x052F), (0x1E00, 0x214F), (0x2150, 0x22FF), (0x2300, 0x27BF), (0xFB00, 0xFB06))
#: Characters that no text font has to hold: boxes to tick and their like.
_SYMBOL_CATEGORIES = frozenset({"So", "Sm", "Zs", "Cf", "Cc", "Co"})
#: The head and the foot of a page, where numbers and marks stand (the margins are 20 mm).
_MARGIN_PT = 50.0
#: The ways in which the number of glyph 0 can be written; most pages hold none of them.
_GLYPH_ZERO = (b"\\000\\000", b"\0\0", b"0000")
#: Characters that are never seen: places to break, soft hyphens, joiners.
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u00ad\u200c\u200d\u2060\ufeff"))
_SUBSET = re.compile(r"^[A-Z]{6}\+")
_STYLE = re.compile(r"[-,\s].*$")


def need_pikepdf() -> Any:
    """The library pikepdf. Raises `EnvironmentFault` naming the pip line where it is not installed."""
    try:
        import pikepdf
    except ImportError:
        raise EnvironmentFault("errors.environment.extra_missing", library="pikepdf", extra="pdf") from None
    return pikepdf


def _need_pdfium() -> Any:
    try:
        return import_module("pypdfium2")
    except ImportError:
        raise EnvironmentFault("errors.environment.extra_missing", library="pypdfium2", extra="pdf") from None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text: the words, and the box around them in points from the lower left corner of the page."""

    text: str
    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True)
class _Character:
    text: str
    left: float
    bottom: float
    right: float
    top: float
    index: int


def _open(pdf: bytes, name: str = "pdf") -> Any:
    library = _need_pdfium()
    try:
        return library.PdfDocument(pdf)
    except library.PdfiumError as fault:
        raise InputError("pdf.error.unreadable", file=name, problem=str(fault)) from None


def pdf_text(pdf: bytes) -> str:
    """The text of all pages, NFC, one line feed between lines and a form feed between pages."""
    document = _open(pdf)
    try:
        pages = []
        for page in document:
            text_page = page.get_textpage()
            pages.append(_words(text_page.get_text_bounded()))
            text_page.close()
            page.close()
        return "\f".join(pages)
    finally:
        document.close()


def _words(text: str) -> str:
    """Text as the library gives it, NFC, with the hyphen at the end of a line put back."""
    text = text.replace("\r\n", "\n").replace("\ufffe", "-").replace("\x02", "-")
    return unicodedata.normalize("NFC", text)


def _body_text(pdf: bytes) -> str:
    """The text of all pages without what stands in the head and foot of each."""
    document = _open(pdf)
    try:
        pages = []
        for page in document:
            text_page = page.get_textpage()
            inner = page.get_height() - _MARGIN_PT
            pages.append(_words(text_page.get_text_bounded(bottom=_MARGIN_PT, top=inner)))
            text_page.close()
            page.close()
        return "".join(pages)
    finally:
        document.close()


def page_count(pdf: bytes) -> int:
    """The number of pages. Raises `InputError` for what is no PDF."""
    pikepdf = need_pikepdf()
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            return len(document.pages)
    except pikepdf.PdfError as fault:
        raise InputError("pdf.error.unreadable", file="pdf", problem=str(fault)) from None


def squeezed(text: str) -> str:
    """`text` without any white space, NFC: what is left when line breaks and justification are not looked at."""
    return "".join(unicodedata.normalize("NFC", text).translate(_UNSEEN).split())


def missing_text(pdf: bytes, wanted: Sequence[str]) -> list[str]:
    """Which of the texts `wanted` do not stand in the PDF, white space and line breaks not looked at.

    A text that a page break cuts in two is found as well: the heads of the pages are left out.
    """
    whole, body = squeezed(pdf_text(pdf)), squeezed(_body_text(pdf))
    return [text for text in wanted if (short := squeezed(text)) not in body and short not in whole]


def page_lines(pdf: bytes, page_index: int, left: float = 0.0, right: float = 1e6) -> list[Line]:
    """The lines of text on a page whose characters lie between `left` and `right`, from the top down."""
    document = _open(pdf)
    try:
        page = document[page_index]
        text_page = page.get_textpage()
        inside = [c for c in _characters(text_page) if c.left >= left - 0.5 and c.right <= right + 0.5]
        text_page.close()
        page.close()
    finally:
        document.close()
    return _lines(inside)


def _characters(text_page: Any) -> Iterator[_Character]:
    """The visible characters of a page with their boxes, in the order in which they were drawn."""
    raw = _need_pdfium().raw
    edges = [ctypes.c_double() for _ in range(4)]
    left, right, bottom, top = edges
    for index in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(text_page, index)
        letter = chr(code) if 0 < code < 0x110000 else ""
        if letter.strip():
            raw.FPDFText_GetCharBox(
                text_page, index, ctypes.byref(left), ctypes.byref(right), ctypes.byref(bottom), ctypes.byref(top)
            )
            yield _Character(letter, left.value, bottom.value, right.value, top.value, index)


def _lines(characters: Sequence[_Character]) -> list[Line]:
    rows: list[list[_Character]] = []
    for character in characters:
        if rows and _same_line(rows[-1], character):
            rows[-1].append(character)
        else:
            rows.append([character])
    out = [
        Line(
            _words("".join(c.text for c in row)),
            min(c.left for c in row), min(c.bottom for c in row),
            max(c.right for c in row), max(c.top for c in row),
        )
        for row in rows
    ]  # fmt: skip
    return sorted(out, key=lambda line: -line.top)


def _same_line(row: Sequence[_Character], character: _Character) -> bool:
    top, bottom = max(c.top for c in row), min(c.bottom for c in row)
    overlap = min(top, character.top) - max(bottom, character.bottom)
    return overlap > 0.2 * min(top - bottom, max(character.top - character.bottom, 0.1)) or (
        # a full stop or a dash is flat: it lies on the line without overlapping its middle
        bottom - 4 <= character.bottom and character.top <= top + 4
    )


def family(font: str) -> str:
    """The family of a font name as PDF writes it: `BAAAAA+LiberationSerif-Bold` -> `LiberationSerif`."""
    return _STYLE.sub("", _SUBSET.sub("", font.lstrip("/")))


def fonts(pdf: bytes) -> list[str]:
    """The names of the fonts of a PDF, without subset marks, sorted; `!` after one that is not embedded."""
    pikepdf = need_pikepdf()
    found = set()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for item in document.objects:
            if not isinstance(item, pikepdf.Dictionary) or item.get("/Type") != "/Font":
                continue
            if item.get("/Subtype") == "/Type0":
                continue
            descriptor = item.get("/FontDescriptor")
            embedded = descriptor is not None and any(
                key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")
            )
            found.add(_SUBSET.sub("", str(item.get("/BaseFont", "?")).lstrip("/")) + ("" if embedded else "!"))
    return sorted(found)


@dataclass(frozen=True, slots=True)
class FontUse:
    """Letters that a font drew which is none of those the rules ask for."""

    font: str
    letters: str


@dataclass(slots=True)
class Drawing:
    """How the letters of a PDF were drawn: beyond the edge of the paper (page from 1, the letters), in other fonts,
    as boxes because the font does not hold them (pages from 1)."""

    off_page: list[tuple[int, str]]
    substituted: list[FontUse]
    boxes: list[int]


def drawing(pdf: bytes, accepted: frozenset[str] = TEXT_FONTS) -> Drawing:
    """What is wrong with the drawing of `pdf`: letters beyond the edge of the paper, letters in other fonts.

    Boxes to tick and other symbols may come from any font: text fonts do not hold them.
    """
    raw = _need_pdfium().raw
    out = Drawing([], [], [])
    found: dict[str, set[str]] = {}
    document = _open(pdf)
    buffer = ctypes.create_string_buffer(256)
    flags = ctypes.c_int()
    try:
        for number, page in enumerate(document, start=1):
            width, height = page.get_size()
            text_page = page.get_textpage()
            lost = ""
            for c in _characters(text_page):
                if c.left < -1 or c.bottom < -1 or c.right > width + 1 or c.top > height + 1:
                    lost += c.text
                if unicodedata.category(c.text) in _SYMBOL_CATEGORIES:
                    continue
                size = raw.FPDFText_GetFontInfo(text_page, c.index, buffer, len(buffer), ctypes.byref(flags))
                name = buffer.raw[: max(size - 1, 0)].decode("utf-8", "replace")
                found.setdefault(name, set()).add(c.text)
                held = any(first <= ord(c.text) <= last for first, last in _HELD)
                if not held and number not in out.boxes and _is_text_font(name, accepted):
                    out.boxes.append(number)
            if lost:
                out.off_page.append((number, lost[:40]))
            text_page.close()
            page.close()
    finally:
        document.close()
    families: dict[str, set[str]] = {}
    for name, letters in found.items():
        if name and not _is_text_font(name, accepted):
            families.setdefault(family(name), set()).update(letters)
    out.substituted = [FontUse(name, "".join(sorted(letters))) for name, letters in sorted(families.items())]
    return out


def _is_text_font(name: str, accepted: frozenset[str]) -> bool:
    return family(name).lower().replace(" ", "") in accepted


def missing_glyphs(pdf: bytes) -> list[int]:
    """The pages (from 1) on which something was drawn with glyph 0, the box that stands for a missing letter.

    Looks at fonts that address glyphs by number (Identity-H), as both engines write them for letters outside Latin 1.
    """
    pikepdf = need_pikepdf()
    out = []
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for number, page in enumerate(document.pages, start=1):
            page.contents_coalesce()
            if not any(sign in page.Contents.read_bytes() for sign in _GLYPH_ZERO):
                continue
            resources = page.obj.get("/Resources")
            named = resources.get("/Font", {}) if resources is not None else {}
            wide = {str(key) for key, font in named.items() if font.get("/Encoding") == "/Identity-H"}
            if any(b"\x00\x00" in _pairs(code) for code in _shown(page, wide, pikepdf)):
                out.append(number)
    return out


def _pairs(code: bytes) -> list[bytes]:
    return [code[i : i + 2] for i in range(0, len(code) - 1, 2)]


def _shown(page: Any, wide: set[str], pikepdf: Any) -> Iterator[bytes]:
    current = ""
    for operands, operator in pikepdf.parse_content_stream(page):
        kind = str(operator)
        if kind == "Tf":
            current = str(operands[0])
        elif kind in ("Tj", "'", '"') and current in wide:
            yield bytes(operands[-1])
        elif kind == "TJ" and current in wide:
            for item in operands[0]:
                if isinstance(item, pikepdf.String):
                    yield bytes(item)


def named_places(pdf: bytes) -> Mapping[str, tuple[int, float, float]]:
    """Each named destination of kind XYZ (ISO 32000-1, 12.3.2.3): page index, x, y."""
    pikepdf = need_pikepdf()
    out: dict[str, tuple[int, float, float]] = {}
    with pikepdf.open(io.BytesIO(pdf)) as document:
        pages = {page.obj.objgen: index for index, page in enumerate(document.pages)}
        found = dict(document.Root.get("/Dests", {}).items())
        names = document.Root.get("/Names", {}).get("/Dests")
        if names is not None:
            found.update(pikepdf.NameTree(names).items())
        for name, place in found.items():
            target = place.get("/D") if isinstance(place, pikepdf.Dictionary) else place
            if len(target) >= 4 and str(target[1]) == "/XYZ" and target[0].objgen in pages:
                out[str(name).lstrip("/")] = (pages[target[0].objgen], float(target[2]), float(target[3]))
    return out
