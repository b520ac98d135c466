"""How the letters of a PDF were drawn: by which fonts, embedded or not, on the paper or beyond it, as empty boxes."""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.pdf.reading import Character, Reading, Sheet, need_pdfium, need_pikepdf, opened

if TYPE_CHECKING:
    from types import ModuleType

    from pikepdf import Object, Page, Pdf

#: Fonts with the widths and look of Times New Roman: a document set in one of them is set as the rules ask.
TEXT_FONTS = frozenset(
    {"timesnewroman", "timesnewromanps", "timesnewromanpsmt", "liberationserif", "tinos", "thorndale", "termes"}
)
#: What a font like Times New Roman holds: Latin with all its additions, Greek, Cyrillic, punctuation, signs. A letter
#: from elsewhere that such a font is said to have drawn was drawn as an empty box.
_HELD = ((0x0, 0x052F), (0x1E00, 0x214F), (0x2150, 0x22FF), (0x2300, 0x27BF), (0xFB00, 0xFB06))
#: Characters that no text font has to hold: boxes to tick and their like.
_SYMBOL_CATEGORIES = frozenset({"So", "Sm", "Zs", "Cf", "Cc", "Co"})
#: Glyph 0 inside a string of a content stream (ISO 32000-1, 7.3.4): twice a zero byte, written as such or in octal.
_ZERO_PAIR = re.compile(rb"(?:\\0(?:00|0(?![0-7])|(?![0-7]))|\x00){2}")
#: Letters that take less room than this (in points, each way) have no picture.
_SMALLEST = 0.02
_HEX_STRING = re.compile(rb"<([0-9A-Fa-f\s]+)>")
_SPACE = bytes(range(33))
_SUBSET = re.compile(r"^[A-Z]{6}\+")
_STYLE = re.compile(r"[-,\s].*$")
#: Where no page reaches, in points.
_FAR = 1e5


def family(font: str) -> str:
    """The family of a font name as PDF writes it: `BAAAAA+LiberationSerif-Bold` -> `LiberationSerif`."""
    return _STYLE.sub("", _SUBSET.sub("", font.lstrip("/")))


def fonts(pdf: bytes | Reading) -> list[str]:
    """The names of the fonts that the pages of a PDF may use, without subset marks, sorted; `!` after one that is not
    embedded."""
    with opened(pdf) as reading:
        found = set()
        for font in _page_fonts(reading.structure):
            descriptor = font.get("/FontDescriptor")
            embedded = descriptor is not None and any(
                key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")
            )
            found.add(_SUBSET.sub("", str(font.get("/BaseFont", "?")).lstrip("/")) + ("" if embedded else "!"))
        return sorted(found)


def _page_fonts(document: Pdf) -> Iterator[Object]:
    """Every simple font, and what composite ones are made of, that pages, pictures on them and form fields name."""
    seen: set[tuple[int, int]] = set()
    form = document.Root.get("/AcroForm")
    waiting = [] if form is None else [form.get("/DR")]
    for page in document.pages:
        waiting.append(page.obj.get("/Resources") or page.resources)
        for note in page.obj.get("/Annots", ()):
            waiting += _looks(note.get("/AP"))
    while waiting:
        holder = waiting.pop()
        if holder is None or _known(holder, seen):
            continue
        # A picture, a pattern or a font drawn by procedures has resources of its own.
        waiting.append(holder.get("/Resources"))
        for kind in ("/XObject", "/Pattern"):
            waiting += list(holder.get(kind, {}).values()) if kind in holder else []
        named = list(holder["/Font"].values()) if "/Font" in holder else []
        for state in holder["/ExtGState"].values() if "/ExtGState" in holder else ():
            named += [state["/Font"][0]] if "/Font" in state else []
        for font in named:
            waiting.append(font.get("/Resources"))
            if _known(font, seen):
                continue
            if font.get("/Subtype") == "/Type0":
                yield from font.get("/DescendantFonts", ())
            else:
                yield font


def _known(item: Object, seen: set[tuple[int, int]]) -> bool:
    """True where an object of a file has been seen before; one that stands inside another always counts as new."""
    if not item.is_indirect:
        return False
    known = item.objgen in seen
    seen.add(item.objgen)
    return known


def _looks(appearance: Object | None) -> list[Object]:
    """The pictures of an annotation (ISO 32000-1, 12.5.5): one for each use, or several by state."""
    pikepdf = need_pikepdf()
    out = []
    for look in appearance.values() if appearance is not None else ():
        out += [look] if isinstance(look, pikepdf.Stream) else list(look.values())
    return out


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


def drawing(pdf: bytes | Reading, accepted: frozenset[str] = TEXT_FONTS) -> Drawing:
    """What is wrong with the drawing of `pdf`: letters beyond the edge of the paper, letters in other fonts.

    Boxes to tick and other symbols may come from any font: text fonts do not hold them.
    """
    out = Drawing([], [], [])
    found: dict[str, set[str]] = {}
    with opened(pdf) as reading:
        only_text_fonts = all(_is_text_font(font.rstrip("!"), accepted) for font in fonts(reading))
        for index, sheet in reading.sheets():
            reading.page_text(index)
            letters = _letters(sheet)
            if letters is None or _leaves_the_page(sheet, letters):
                lost = "".join(c.text for c in sheet.characters if _is_off(c, sheet))
                if lost:
                    out.off_page.append((index + 1, lost[:40]))
                letters = None
            # Most pages hold nothing that another font could have drawn, or that a text font could not.
            ordinary = only_text_fonts and letters is not None and all(map(_held, filter(_is_letter, set(letters))))
            if not ordinary and _note_fonts(sheet, found, accepted):
                out.boxes.append(index + 1)
    families: dict[str, set[str]] = {}
    for name, drawn in found.items():
        if name and not _is_text_font(name, accepted):
            families.setdefault(family(name), set()).update(drawn)
    out.substituted = [FontUse(name, "".join(sorted(drawn))) for name, drawn in sorted(families.items())]
    return out


def _letters(sheet: Sheet) -> str | None:
    """All characters of a page in one call; None where the library holds some back (control characters)."""
    count = sheet.text_page.count_chars()
    buffer = ctypes.create_string_buffer(2 * count + 2)
    units = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort))
    given = need_pdfium().raw.FPDFText_GetText(sheet.text_page, 0, count, units)
    if given != count + 1:
        return None
    return buffer.raw[: 2 * count].decode("utf-16-le", "surrogatepass")


def _leaves_the_page(sheet: Sheet, letters: str) -> bool:
    """Whether a character may lie beyond the edge of the paper: there is text there, or some text is nowhere."""
    width, height = sheet.width + 1, sheet.height + 1
    beyond = ({"right": -1}, {"left": width}, {"top": -1}, {"bottom": height})
    around = {"left": -_FAR, "bottom": -_FAR, "right": _FAR, "top": _FAR}
    if any(sheet.bounded(**{**around, **side}) for side in beyond):
        return True
    return _visible(sheet.bounded(**around)) != _visible(letters)


def _visible(text: str) -> str:
    return "".join(text.replace("\0", "").split())


def _is_off(c: Character, sheet: Sheet) -> bool:
    return c.left < -1 or c.bottom < -1 or c.right > sheet.width + 1 or c.top > sheet.height + 1


def _note_fonts(sheet: Sheet, found: dict[str, set[str]], accepted: frozenset[str]) -> bool:
    """Note which font drew each letter of a page; True where a text font drew one that it does not hold."""
    raw, page = need_pdfium().raw, sheet.text_page
    letter_of, font_of = raw.FPDFText_GetUnicode, raw.FPDFText_GetFontInfo
    buffer = ctypes.create_string_buffer(256)
    size, flags = len(buffer), ctypes.byref(ctypes.c_int())
    here: dict[bytes, set[int]] = {}
    for index in range(page.count_chars()):
        code = letter_of(page, index)
        length = font_of(page, index, buffer, size, flags)
        here.setdefault(buffer.raw[: max(length - 1, 0)], set()).add(code)
    box = False
    for encoded, codes in here.items():
        letters = {c for c in map(chr, (code for code in codes if 0 < code < 0x110000)) if c.strip() and _is_letter(c)}
        if not letters:
            continue
        name = encoded.decode("utf-8", "replace")
        found.setdefault(name, set()).update(letters)
        box = box or (_is_text_font(name, accepted) and not all(map(_held, letters)))
    return box


def _is_letter(character: str) -> bool:
    """False for what no text font has to hold: boxes to tick and their like, and white space."""
    return bool(character.strip()) and unicodedata.category(character) not in _SYMBOL_CATEGORIES


def _held(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in _HELD)


def _is_text_font(name: str, accepted: frozenset[str]) -> bool:
    return family(name).lower().replace(" ", "") in accepted


def missing_glyphs(pdf: bytes | Reading, wanted: str = "") -> dict[int, str]:
    """The pages (from 1) on which a letter has no picture, and these letters as far as they can be told.

    Two ways lead there. A font that addresses glyphs by number (Identity-H) draws glyph 0, the box that stands for a
    missing letter: one of those of the text `wanted` that a text font does not hold. In a font of any kind the letter
    is given an empty glyph: it is in the text of the page and takes no room.
    """
    out: dict[int, str] = {}
    with opened(pdf) as reading:
        for number in _zero_glyphs(reading):
            out[number] = "".join(sorted(filter(_is_odd, set(wanted))))
        for index, page in enumerate(reading.structure.pages):
            # Where every font addresses glyphs by number, a letter without a picture is glyph 0, which was looked for.
            if not _by_number(page) and (empty := _without_room(reading.sheet(index))):
                out[index + 1] = "".join(dict.fromkeys(out.get(index + 1, "") + empty))
    return out


def absent_letters(pdf: bytes | Reading, wanted: str) -> str:
    """The letters of `wanted` that a text font does not hold and that are in the text of no page."""
    with opened(pdf) as reading:
        there = set(reading.text())
    return "".join(sorted(c for c in set(wanted) if _is_odd(c) and c not in there))


def _is_odd(character: str) -> bool:
    """True for a letter that a text font does not hold, or that Unicode does not know."""
    return _is_visible(character) and (not _held(character) or unicodedata.category(character) == "Cn")


def _by_number(page: Page) -> bool:
    resources = page.obj.get("/Resources") or page.resources
    fonts = resources.get("/Font")
    named = fonts.values() if fonts is not None else ()
    return "/XObject" not in resources and all(font.get("/Encoding") == "/Identity-H" for font in named)


def _is_visible(character: str) -> bool:
    """False for what takes no room by itself: marks over a letter, joiners, white space."""
    return bool(character.strip()) and unicodedata.category(character) not in ("Mn", "Me", "Cf", "Cc", "Zs")


def _without_room(sheet: Sheet) -> str:
    """The letters of a page that were drawn nowhere with any height and width: their glyph is empty."""
    seen: dict[str, bool] = {}
    for c in sheet.characters:
        seen[c.text] = seen.get(c.text, False) or (c.top - c.bottom > _SMALLEST and c.right - c.left > _SMALLEST)
    return "".join(sorted(letter for letter, room in seen.items() if not room and _is_visible(letter)))


def _zero_glyphs(reading: Reading) -> Iterator[int]:
    """The pages (from 1) whose text shows glyph 0 of a font that addresses glyphs by number."""
    pikepdf = need_pikepdf()
    for number, page in enumerate(reading.structure.pages, start=1):
        page.contents_coalesce()
        if not _may_hold_zero(page.Contents.read_bytes()):
            continue
        resources = page.obj.get("/Resources")
        fonts = resources.get("/Font") if resources is not None else None
        named = fonts.items() if fonts is not None else ()
        wide = {str(key) for key, font in named if font.get("/Encoding") == "/Identity-H"}
        if any(b"\x00\x00" in _pairs(code) for code in _shown(page, wide, pikepdf)):
            yield number


def _may_hold_zero(content: bytes) -> bool:
    """Whether any string in a content stream may hold glyph 0: never wrongly False, and quick to tell."""
    if _ZERO_PAIR.search(content):
        return True
    for found in _HEX_STRING.finditer(content):
        digits = found[1]
        if b"00" in digits and b"0000" in _quads(digits.translate(None, _SPACE)):
            return True
    return False


def _quads(digits: bytes) -> list[bytes]:
    # A digit that is missing at the end is a zero.
    digits += b"0" * (len(digits) % 2)
    return [digits[i : i + 4] for i in range(0, len(digits), 4)]


def _pairs(code: bytes) -> list[bytes]:
    return [code[i : i + 2] for i in range(0, len(code) - 1, 2)]


def _shown(page: Page, wide: set[str], pikepdf: ModuleType) -> Iterator[bytes]:
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
