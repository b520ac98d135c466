"""What stands on the pages of a PDF: its text, its lines and where each character is.

Read from the finished file, with another library than the one that wrote it, so that a loss on the way is seen.
"""

from __future__ import annotations

import ctypes
import io
import os
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from docgen.errors import EnvironmentFault, InputError

if TYPE_CHECKING:
    from types import ModuleType

    from pikepdf import Pdf
    from pypdfium2 import PdfDocument, PdfPage

#: PDFium may be in one thread of a process at a time: two together end the process.
_in_pdfium = threading.RLock()
#: The head and the foot of a page, where numbers and marks stand (the margins are 20 mm).
_MARGIN_PT = 50.0
#: So many pages are kept open at a time: most documents have fewer.
_OPEN_PAGES = 16
#: Characters that are never seen: places to break, soft hyphens, joiners; and hyphens of one look.
_UNSEEN: dict[int, str | None] = {
    **dict.fromkeys(map(ord, "\u200b\u00ad\u200c\u200d\u2060\ufeff")),
    **dict.fromkeys(map(ord, "\u2010\u2011"), "-"),
}


def _free() -> None:
    """A child of somebody's fork has none of the threads that may have been in it."""
    global _in_pdfium
    _in_pdfium = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_free)


def need_pikepdf() -> ModuleType:
    """The library pikepdf. Raises `EnvironmentFault` naming the pip line where it is not installed."""
    try:
        import pikepdf
    except ImportError:
        raise EnvironmentFault("errors.environment.extra_missing", library="pikepdf", extra="pdf") from None
    return pikepdf


def need_pdfium() -> ModuleType:
    """The library pypdfium2. Raises `EnvironmentFault` naming the pip line where it is not installed."""
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


class Character(NamedTuple):
    """A visible character and its box in points from the lower left corner."""

    text: str
    left: float
    bottom: float
    right: float
    top: float


class Sheet:
    """One page, opened for reading."""

    def __init__(self, page: PdfPage) -> None:
        self._page = page
        self.text_page = page.get_textpage()
        self.width, self.height = page.get_size()

    def close(self) -> None:
        """Let go of it."""
        self.text_page.close()
        self._page.close()

    def bounded(self, **box: float) -> str:
        """The text inside `box` (`left`, `bottom`, `right`, `top`; by default the page), as the library gives it."""
        return str(self.text_page.get_text_bounded(**box))

    @cached_property
    def characters(self) -> list[Character]:
        """The visible characters, in the order in which they were drawn."""
        raw, page = need_pdfium().raw, self.text_page
        left, right, bottom, top = edges = [ctypes.c_double() for _ in range(4)]
        places = [ctypes.byref(edge) for edge in edges]
        letter_of, box_of = raw.FPDFText_GetUnicode, raw.FPDFText_GetCharBox
        out = []
        high = 0
        for index in range(page.count_chars()):
            code = letter_of(page, index)
            if 0xD800 <= code < 0xDC00:  # the first half of a letter beyond the 65,536th
                high = code
                continue
            if 0xDC00 <= code < 0xE000 and high:
                code = 0x10000 + ((high - 0xD800) << 10) + code - 0xDC00
            high = 0
            letter = chr(code) if 0 < code < 0x110000 else ""
            if letter.strip():
                box_of(page, index, *places)
                out.append(Character(letter, left.value, bottom.value, right.value, top.value))
        return out

    def drawn(self) -> Iterator[tuple[float, float]]:
        """The lower and the upper edge of each line, area and picture on the page, in points from its lower edge."""
        raw = need_pdfium().raw
        for item in self._page.get_objects():
            if item.type != raw.FPDF_PAGEOBJ_TEXT:
                _, low, _, high = item.get_bounds()
                yield low, high

    def lines(self, left: float, right: float) -> list[Line]:
        """The lines of text whose characters lie between `left` and `right`, from the top down."""
        return _lines([c for c in self.characters if c.left >= left - 0.5 and c.right <= right + 0.5])


class Reading:
    """A PDF opened once by both libraries, for all that is to be read from it; a context manager of one thread.

    While pages are read from it (`document`, and all that stands on it), other threads of the process wait with theirs.
    Raises `InputError` for what is no PDF, when it is first read from.
    """

    def __init__(self, pdf: bytes) -> None:
        self.content = pdf
        self._alone = ExitStack()
        self._sheets: OrderedDict[int, Sheet] = OrderedDict()
        self._texts: dict[int, str] = {}
        self._inner: dict[int, str] = {}

    def __enter__(self) -> Reading:
        return self

    def __exit__(self, *_: object) -> None:
        if "structure" in self.__dict__:
            self.__dict__.pop("structure").close()
        if "document" in self.__dict__:
            with self._alone:
                for sheet in self._sheets.values():
                    sheet.close()
                self._sheets.clear()
                self.__dict__.pop("document").close()

    @cached_property
    def document(self) -> PdfDocument:
        """The file as pypdfium2 sees it."""
        library = need_pdfium()
        with ExitStack() as alone:
            alone.enter_context(_in_pdfium)
            try:
                opened: PdfDocument = library.PdfDocument(self.content)
            except library.PdfiumError as fault:
                raise InputError("pdf.error.unreadable", file="pdf", problem=str(fault)) from None
            self._alone = alone.pop_all()
        return opened

    @cached_property
    def structure(self) -> Pdf:
        """The file as pikepdf sees it."""
        pikepdf = need_pikepdf()
        try:
            found: Pdf = pikepdf.open(io.BytesIO(self.content))
        except pikepdf.PdfError as fault:
            raise InputError("pdf.error.unreadable", file="pdf", problem=str(fault)) from None
        return found

    def page_count(self) -> int:
        """The number of pages."""
        return len(self.structure.pages)

    def sheet(self, index: int) -> Sheet:
        """A page (from 0). It is closed when many others were asked for after it."""
        if index in self._sheets:
            self._sheets.move_to_end(index)
        else:
            self._sheets[index] = Sheet(self.document[index])
            if len(self._sheets) > _OPEN_PAGES:
                self._sheets.popitem(last=False)[1].close()
        return self._sheets[index]

    def sheets(self) -> Iterator[tuple[int, Sheet]]:
        """All pages, with their numbers from 0."""
        for index in range(len(self.document)):
            yield index, self.sheet(index)

    def text(self) -> str:
        """The text of all pages, NFC, one line feed between lines and a form feed between pages."""
        return "\f".join(self.page_text(index) for index in range(len(self.document)))

    def page_text(self, index: int) -> str:
        """The text of a page, as `text` gives it."""
        if index not in self._texts:
            self._texts[index] = _words(self.sheet(index).bounded())
        return self._texts[index]

    def body_text(self) -> str:
        """The text of all pages without what stands in the head and foot of each."""
        return "".join(self.inner_text(index) for index in range(len(self.document)))

    def inner_text(self, index: int) -> str:
        """The text of a page without what stands in its head and foot."""
        if index not in self._inner:
            sheet = self.sheet(index)
            self._inner[index] = _words(sheet.bounded(bottom=_MARGIN_PT, top=sheet.height - _MARGIN_PT))
        return self._inner[index]


@contextmanager
def opened(pdf: bytes | Reading) -> Iterator[Reading]:
    """`pdf` for reading; one that is open already stays open."""
    if isinstance(pdf, Reading):
        yield pdf
    else:
        with Reading(pdf) as reading:
            yield reading


def pdf_text(pdf: bytes | Reading) -> str:
    """The text of all pages, NFC, one line feed between lines and a form feed between pages."""
    with opened(pdf) as reading:
        return reading.text()


def _words(text: str) -> str:
    """Text as the library gives it, NFC, with the hyphen at the end of a line put back."""
    text = text.replace("\r\n", "\n").replace("\ufffe", "-").replace("\x02", "-")
    return unicodedata.normalize("NFC", text)


def page_count(pdf: bytes | Reading) -> int:
    """The number of pages. Raises `InputError` for what is no PDF."""
    with opened(pdf) as reading:
        return reading.page_count()


def squeezed(text: str) -> str:
    """`text` without any white space, NFC: what is left when line breaks and justification are not looked at."""
    return "".join(unicodedata.normalize("NFC", text).translate(_UNSEEN).split())


def missing_text(
    pdf: bytes | Reading, wanted: Sequence[str], besides: Sequence[str] = (), loose: Sequence[str] = ()
) -> list[str]:
    """Which of the texts `wanted` do not stand in the PDF as often as among them, white space not looked at.

    Those of `besides` must stand there at all, those of `loose` too, in capitals or not. A text that a page break cuts
    in two is found as well: the heads of the pages are left out. A text that is lost in several places is given once.
    """
    with opened(pdf) as reading:
        short = {text: squeezed(text) for text in (*wanted, *besides)}
        # A short text may stand inside longer ones as well, so all of them are counted together.
        every = "\n".join(short[text] for text in wanted)
        lost = set(short.values()) - {""}
        folded = {text: squeezed(text).casefold() for text in loose}
        also = set(folded.values()) - {""}
        for found in (reading.text, reading.body_text):
            text = squeezed(found())
            lost = {one for one in lost if text.count(one) < max(every.count(one), 1)}
            also = {one for one in also if one not in text.casefold()} if also else also
            if not lost and not also:
                break
        return [text for text in short if short[text] in lost] + [text for text in folded if folded[text] in also]


def page_lines(pdf: bytes | Reading, page_index: int, left: float = 0.0, right: float = 1e6) -> list[Line]:
    """The lines of text on a page whose characters lie between `left` and `right`, from the top down."""
    with opened(pdf) as reading:
        return reading.sheet(page_index).lines(left, right)


class _Row:
    """Characters of one line, and the highest and lowest edge among them."""

    def __init__(self, character: Character) -> None:
        self.characters = [character]
        self.top, self.bottom = character.top, character.bottom

    def add(self, character: Character) -> None:
        self.characters.append(character)
        self.top, self.bottom = max(self.top, character.top), min(self.bottom, character.bottom)

    def holds(self, character: Character) -> bool:
        overlap = min(self.top, character.top) - max(self.bottom, character.bottom)
        return overlap > 0.2 * min(self.top - self.bottom, max(character.top - character.bottom, 0.1)) or (
            # a full stop or a dash is flat: it lies on the line without overlapping its middle
            self.bottom - 4 <= character.bottom and character.top <= self.top + 4
        )


def _lines(characters: Sequence[Character]) -> list[Line]:
    rows: list[_Row] = []
    for character in characters:
        if rows and rows[-1].holds(character):
            rows[-1].add(character)
        else:
            rows.append(_Row(character))
    out = [
        Line(
            _words("".join(c.text for c in row.characters)),
            min(c.left for c in row.characters), row.bottom,
            max(c.right for c in row.characters), row.top,
        )
        for row in rows
    ]  # fmt: skip
    return sorted(out, key=lambda line: -line.top)


def named_places(pdf: bytes | Reading) -> Mapping[str, tuple[int, float, float]]:
    """Each named destination of kind XYZ (ISO 32000-1, 12.3.2.3): page index, x, y."""
    pikepdf = need_pikepdf()
    out: dict[str, tuple[int, float, float]] = {}
    with opened(pdf) as reading:
        document = reading.structure
        pages = {page.obj.objgen: index for index, page in enumerate(document.pages)}
        old = document.Root.get("/Dests")
        found = {} if old is None else dict(old.items())
        named = document.Root.get("/Names")
        names = None if named is None else named.get("/Dests")
        if names is not None:
            found.update(pikepdf.NameTree(names).items())
        for name, place in found.items():
            target = place.get("/D") if isinstance(place, pikepdf.Dictionary) else place
            if len(target) >= 4 and str(target[1]) == "/XYZ" and target[0].objgen in pages:
                out[str(name).lstrip("/")] = (pages[target[0].objgen], float(target[2]), float(target[3]))
    return out
