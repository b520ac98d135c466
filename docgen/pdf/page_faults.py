"""What is wrong with the pages of a finished PDF as pages: what stands alone, what is empty.

The Word file says what each piece of it is (`docgen.word.after.paged`); the PDF says on which page it was drawn. A
piece that cannot be found again (another program's file may number its paragraphs, or draw them in another order) is
never judged, nor is what stands beside it: a finding is made only where every text of the page is accounted for.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import dropwhile, takewhile

from docgen.model import Finding, Place
from docgen.pdf.reading import Reading, Sheet, squeezed
from docgen.word.after.paged import Paged, Unit, new_page_before, paged

#: So much may stay free of a page before another one: two paragraphs of usual length (40 to 60 words), or a signature
#: block, are as high as a fifth of an upright page, so that is what keeping things together may cost; on a page laid
#: across it is as high. Free means from the last line.
FREE_SHARE = 0.2
#: Before a short table that is kept on one page, with its heading and label, as much as such a table is high; where
#: a signature follows it, as much as both.
FREE_SHARE_WHOLE, FREE_SHARE_SIGNED = 0.4, 0.6
#: Before a page that the file itself begins, this much: less than three lines of text would be left of 38.
FREE_SHARE_BROKEN = 0.93
#: A page may also be free where the next one opens with a signature block and no more than this before it: a heading
#: and the four boxes of a grade, or the last rows of a table, which stay with it. The block alone is as high as a fifth
#: of a page, so no other layout has less.
BEFORE_SIGN, BEFORE_SIGN_LETTERS = 5, 240
#: The last row of a table, alone below its head rows on another page, is a fault where the row is no longer than this
#: (about two lines of each of four cells): a longer one is as good as a page of its own.
ROW_LETTERS = 240
_ROW_ALONE = "row_alone"
#: So many characters on a page that no piece accounts for are a page number or a mark, not a text.
_STRAY = 8
#: What heads something, and the fault of a page that ends with it.
_HEADS = {"heading": "heading_last", "head": "head_row_last", "group": "group_last"}
#: How far behind the last piece the next is looked for: a repeated head row, a note at the foot of the page.
_REACH = 1_500
#: A text of so few characters stands right where the last piece ended, or it is not looked for.
_SHORT = 8
#: A line drawn is as thick as that (points): what reaches into the free room by less does not fill it.
_HAIR = 2.0


@dataclass(frozen=True, slots=True)
class _Found:
    """A piece and the pages (from 0) of its first and last character; None where it was not found."""

    unit: Unit
    pages: tuple[int, int] | None


def page_faults(docx: bytes, reading: Reading, name: str = "") -> list[Finding]:
    """The layout faults of a PDF that was drawn from the unwrapped `docx`: warnings `pdf.page.*`, by page from 1."""
    place = Place(name)
    return [
        Finding(f"pdf.page.{code}", "warning", place, {"page": page + 1, **({"text": text[:60]} if text else {})})
        for page, code, text in sorted(_Drawn(paged(docx), reading).faults())
    ]


def better_broken(docx: bytes, reading: Reading) -> tuple[int, bytes | None]:
    """How many faults a drawing of `docx` has, and a copy of `docx` with a page begun where that mends the first that
    can be mended so; None where none can.

    A signature or notes that stand alone take what is above them along; what heads others goes over to them.
    """
    drawn = _Drawn(paged(docx), reading)
    faults = sorted(drawn.faults())
    for page, code, _ in faults:
        number = drawn.better_start(page, code)
        if number:
            return len(faults), new_page_before(docx, number)
    return len(faults), None


class _Drawn:
    def __init__(self, file: Paged, reading: Reading) -> None:
        self._file = file
        self._reading = reading
        # A page number as it is stored says nothing of the page's own.
        heads = sorted((plain for text in file.heads if len(plain := _plain(text)) > 3), key=len, reverse=True)
        self._texts = [_without(_plain(reading.inner_text(n)), heads) for n in range(reading.page_count())]
        self._starts = [sum(map(len, self._texts[:n])) for n in range(len(self._texts))]
        self._told = [0] * len(self._texts)
        self._found = list(self._walk(file.units))

    def _walk(self, units: Sequence[Unit]) -> Iterator[_Found]:
        """Find the pieces one after the other in the text of all pages."""
        every = "".join(self._texts)
        cursor, head, table = 0, "", 0
        for unit in units:
            if unit.table != table:
                head, table = "", unit.table
            texts = [_plain(text) for text in unit.texts]
            whole = "".join(texts)
            if head and unit.role != "head" and cursor in self._starts and every.startswith(head, cursor):
                self._tell(cursor, cursor + len(head))
                cursor += len(head)
            spans = list(_spans(every, cursor, whole, texts))
            if unit.role == "head":
                head += whole
            if not spans:
                yield _Found(unit, None)
                continue
            for start, end in spans:
                self._tell(start, end)
            cursor = max(end for _, end in spans)
            yield _Found(unit, (self._page(min(start for start, _ in spans)), self._page(cursor - 1)))

    def _page(self, at: int) -> int:
        return bisect_right(self._starts, at) - 1

    def _tell(self, start: int, end: int) -> None:
        """Note that the characters from `start` to `end` are accounted for."""
        for page in range(self._page(start), self._page(end - 1) + 1):
            first = self._starts[page]
            self._told[page] += min(end, first + len(self._texts[page])) - max(start, first)

    def faults(self) -> Iterator[tuple[int, str, str]]:
        """Page from 0, what is wrong with it, the text it is about."""
        last = len(self._texts) - 1
        for page in range(last + 1):
            sheet = self._reading.sheet(page)
            if not self._texts[page]:
                if not _reaches(sheet, self._file.bottom, sheet.height - self._file.top):
                    yield page, "empty", ""
                continue
            yield from self._alone(page)
            if page < last:
                yield from self._left_behind(page)
                yield from self._free(page, sheet)

    def _alone(self, page: int) -> Iterator[tuple[int, str, str]]:
        """A signature, or a note, with nothing else on a page that does not begin with it by the file's own will.

        Below a table, a line between the two is nothing else: the last row is to stand above it.
        """
        here = [found for found in self._found if found.pages and found.pages[0] <= page <= found.pages[1]]
        if page == 0 or not here or len(self._texts[page]) - self._told[page] > _STRAY:
            return
        first = here[0].unit
        before = self._found[self._found.index(here[0]) - 1].unit
        if len(here) > 1 and (first.role, here[1].unit.role, before.role) == ("text", "sign", "row"):
            here = here[1:]
        roles = {found.unit.role for found in here}
        if roles <= {"sign", "note"} and not first.new_page:
            yield page, "signature_alone" if "sign" in roles else "note_alone", first.texts[0]

    def _left_behind(self, page: int) -> Iterator[tuple[int, str, str]]:
        """A heading, a head row, a row that heads others, as the last thing on a page: what it heads is on the next.

        Nor does the last row of a table go over alone, under head rows that are higher than it.
        """
        for at, (found, following) in enumerate(zip(self._found, self._found[1:], strict=False)):
            if not found.pages or not following.pages or found.pages[1] != page or following.pages[0] <= page:
                continue
            code = _ROW_ALONE if self._is_last_row(at + 1) else _HEADS.get(found.unit.role)
            if code:
                yield page, code, " ".join(found.unit.texts)

    def _is_last_row(self, at: int) -> bool:
        """Whether the piece `at` is the last, short row of a table with head rows and two rows or more above it."""
        unit = self._found[at].unit
        after = self._found[at + 1].unit.table if at + 1 < len(self._found) else 0
        above = [found.unit.role for found in self._found[max(at - 2, 0) : at] if found.unit.table == unit.table]
        if not unit.table or after == unit.table or unit.role != "row" or _length([unit]) > ROW_LETTERS:
            return False
        headed = any(found.unit.role == "head" for found in self._found if found.unit.table == unit.table)
        return headed and len(above) == 2 and set(above) <= {"row", "group"}

    def better_start(self, page: int, code: str) -> int:
        """The number of the piece that should begin a page so that this fault of `page` is no more; 0 for none."""
        pages = [found.pages for found in self._found]
        if code in ("signature_alone", "note_alone"):
            at, goal = next(n for n, where in enumerate(pages) if where and where[0] == page) - 1, page - 1
            if code == "note_alone" and at > 0 and self._found[at].unit.role == "sign":
                at -= 1  # the signature, and the line it stands below
        elif code in _HEADS.values() or code == _ROW_ALONE:
            at, goal = max(n for n, where in enumerate(pages) if where and where[1] == page), page
        else:
            return 0
        if at <= 0 or pages[at] != (goal, goal) or self._found[at].unit.role == "sign":
            return 0
        while self._found[at - 1].unit.role in _HEADS and pages[at - 1] == (goal, goal):
            at -= 1
        begins = pages[at - 1]
        return at if begins and begins[0] == goal else 0

    def _free(self, page: int, sheet: Sheet) -> Iterator[tuple[int, str, str]]:
        """Too much room below the last line of a page that another one follows."""
        after = [found.unit for found in self._found if found.pages and found.pages[0] > page]
        first = after[0] if after else None
        opening = list(takewhile(lambda unit: unit.role != "sign" and not unit.whole, after))
        told = [unit for unit in opening if unit.role != "row" or _length([unit]) > ROW_LETTERS]
        short = len(opening) < len(after) and len(opening) <= BEFORE_SIGN and _length(told) <= BEFORE_SIGN_LETTERS
        if short and after[len(opening)].role == "sign":
            return
        below = [unit.role for unit in dropwhile(lambda unit: unit.whole, after[len(opening) :])][:2]
        margins = self._file.top + self._file.bottom
        whole = FREE_SHARE_SIGNED if "sign" in below else FREE_SHARE_WHOLE
        free = (max(sheet.height, sheet.width) - margins) * (whole if short else FREE_SHARE)
        if first is not None and first.new_page:
            free = (sheet.height - margins) * FREE_SHARE_BROKEN
        if free > 0 and not _reaches(sheet, self._file.bottom, self._file.bottom + free):
            yield page, "free", ""


def _length(units: Sequence[Unit]) -> int:
    return sum(len(text) for unit in units for text in unit.texts)


def _spans(every: str, cursor: int, whole: str, texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where a piece stands: as a whole, else paragraph by paragraph (an engine may draw cells in another order)."""
    if not whole:
        return
    at = _find(every, cursor, whole)
    if at >= 0:
        yield at, at + len(whole)
        return
    for text in texts:
        if len(text) > _SHORT and (at := every.find(text, cursor, cursor + len(whole) + len(text) + _REACH)) >= 0:
            yield at, at + len(text)


def _find(every: str, cursor: int, text: str) -> int:
    reach = _REACH if len(text) > _SHORT else 0
    return every.find(text, cursor, cursor + len(text) + reach)


def _plain(text: str) -> str:
    return squeezed(text).casefold()


def _without(text: str, heads: Sequence[str]) -> str:
    """`text` of a page without those of its head and foot, which are drawn first or last."""
    for head in heads:
        text = text.removeprefix(head).removesuffix(head)
    return text


def _reaches(sheet: Sheet, bottom: float, top: float) -> bool:
    """Whether anything is drawn on a page between two heights: a text, else a line or a picture."""
    if sheet.bounded(bottom=bottom, top=top).strip():
        return True
    return any(low < top - _HAIR and high > bottom + _HAIR for low, high in sheet.drawn())


__all__ = ["FREE_SHARE", "FREE_SHARE_BROKEN", "better_broken", "page_faults"]
