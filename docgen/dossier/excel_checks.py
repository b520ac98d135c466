"""What people do to a workbook that changes what is read, each told once and by its cell or sheet.

Copied sheets, cells with an error or a formula that was never worked out, cells far from everything, merged cells,
hidden rows, names that contradict the id beside them.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

from docgen.dossier.cleaning import bare, one_line, storable
from docgen.dossier.layout import MARK, Column, Sheet
from docgen.dossier.spreadsheet import NoValue, Page, Told, letters
from docgen.model import Severity

#: How far down titles or bindings are looked for: people put a heading above a table.
HEAD_ROWS = 6
#: What the copy of a sheet is called: "Đảng viên (2)" by Excel, "Đảng viên_2" by LibreOffice.
_COPY = re.compile(r"[ _]*\(?\d+\)?$")
_SHOWN = 5
_ALIKE = 0.7


def mark_of(page: Page) -> str:
    """The key of the sheet that a page says it is, or an empty text."""
    for row in page.rows[:HEAD_ROWS]:
        for cell in row:
            if isinstance(cell, str) and cell.startswith(MARK):
                return cell.removeprefix(MARK).split(":")[0]
    return ""


def copies(sheet: Sheet, page: Page, others: Iterable[Page]) -> Iterator[Told]:
    """The pages among `others` that are `sheet` as well, while `page` is the one that is read."""
    for other in others:
        mark, title = mark_of(other), bare(other.title)
        named = title == bare(sheet.title) or bare(_COPY.sub("", other.title)) == bare(sheet.title)
        if other is page or not other.rows or not (mark == sheet.key or (not mark and named)):
            continue
        severity: Severity = "warning" if other.rows == page.rows else "error"
        params = {"sheet": page.title, "copy": other.title, "rows": _differing(page, other)}
        yield "dossier.excel.copied_sheet", severity, f"{other.title}!A1", params


def _differing(page: Page, other: Page) -> str:
    """The first rows in which two pages differ, as people count them; a dash where they do not."""
    count = max(len(page.rows), len(other.rows))
    padded = [[*rows, *([[]] * (count - len(rows)))] for rows in (page.rows, other.rows)]
    found = [n for n, (a, b) in enumerate(zip(*padded, strict=True), start=1) if a != b]
    return _listed(found) or "–"


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers[:_SHOWN])) + ("…" if len(numbers) > _SHOWN else "")


def without_value(page: Page, rows: Container[int], columns: Container[int]) -> Iterator[Told]:
    """Cells of `rows` that hold an error or a formula never worked out; told where `columns` (from 0) are read.

    They are empty afterwards, those that nobody reads too: a column of somebody's own may say what it likes.
    """
    for number, row in enumerate(page.rows, start=1):
        for index, cell in enumerate(row if number - 1 in rows else ()):
            if isinstance(cell, NoValue):
                row[index] = ""
                if index not in columns:
                    continue
                source = f"{page.title}!{letters(index)}{number}"
                params = {"sheet": page.title, "cell": f"{letters(index)}{number}", "error": cell.error}
                code = "dossier.excel.error_cell" if cell.error else "dossier.excel.no_result"
                yield code, "error", source, params


def astray(page: Page) -> Iterator[Told]:
    """Cells far from everything else on the page; each of the first few, the others by their number."""
    for reference in page.far:
        params = {"sheet": page.title, "cell": reference, "more": page.far_count - len(page.far)}
        yield "dossier.excel.far_cell", "error", f"{page.title}!{reference}", params


def beside(page: Page, start: int, known: Iterable[int], titled: Iterable[int]) -> Iterator[Told]:
    """Values from row `start` on in columns that have neither a binding nor a title: nobody reads them."""
    read = {*known, *titled}
    found: dict[int, list[int]] = {}
    for number, row in enumerate(page.rows[start:], start=start + 1):
        for index, cell in enumerate(row):
            if index not in read and cell not in ("", None):
                found.setdefault(index, []).append(number)
    for index, rows in found.items():
        reference = f"{letters(index)}{rows[0]}"
        params = {"sheet": page.title, "cell": reference, "more": len(rows) - 1}
        yield "dossier.excel.beside", "warning", f"{page.title}!{reference}", params


def hidden(page: Page, start: int, value: int | None = None) -> Iterator[Told]:
    """A hidden page, and hidden or filtered rows from row `start` on: they are read as if they were seen.

    With `value`, the column of values, only rows that hold one: a book has rows folded away that nobody has filled.
    """
    if page.hidden:
        yield "dossier.excel.hidden_sheet", "info", page.title, {"sheet": page.title}
    empty = {n for n, row in enumerate(page.rows) if value is not None and set(row[value : value + 1]) <= {"", None}}
    rows = sorted({row + 1 for row in page.hidden_rows if row >= start and row not in empty})
    if rows:
        params = {"sheet": page.title, "count": len(rows), "rows": _listed(rows)}
        yield "dossier.excel.hidden_rows", "info", f"{page.title}!A{rows[0]}", params


def spread_merged(page: Page, start: int, columns: Mapping[int, Column]) -> Iterator[Told]:
    """Merged cells among the records: a value merged down a column is that of every row; across columns nobody knows.

    Excel keeps the value in the first cell of a block only. Blocks without a value, and those above the records, are
    only for looks.
    """
    for top, left, bottom, right in page.merged:
        if bottom < start or top >= len(page.rows):
            continue
        across = [i for i in columns if left <= i <= right]
        value = page.rows[top][left] if left < len(page.rows[top]) else ""
        if not across or value in ("", None):
            continue
        block = f"{letters(left)}{top + 1}:{letters(right)}{bottom + 1}"
        source = f"{page.title}!{letters(left)}{top + 1}"
        params = {"sheet": page.title, "block": block, "rows": bottom - top + 1}
        if top < start or len(across) > 1 or left not in columns:
            yield "dossier.excel.merged_across", "error", source, params
            continue
        for row in page.rows[top + 1 : bottom + 1]:
            row.extend("" for _ in range(left + 1 - len(row)))
            row[left] = value
        if bottom > top:
            yield "dossier.excel.merged_down", "warning", source, params


class Names:
    """The names of members, to compare with the name that stands for people beside an id."""

    def __init__(self, names: Mapping[str, str]) -> None:
        """`names` by id, an empty one where a member has none."""
        self.names = names
        self._exact: dict[str, str] = {}
        self._folded: dict[str, str] = {}
        for who, name in ((who, name) for who, name in names.items() if name):
            self._exact.setdefault(_same(name), who)
            self._folded.setdefault(bare(name), who)

    def contradiction(self, who: str, own: str, shown: Any, sheet: str, source: str) -> Iterator[Told]:
        """What there is to say where the row of the member `who`, called `own`, shows the name `shown`."""
        given = one_line(storable(str(shown)))
        if not given or _same(given) == _same(own):
            return
        other = self._exact.get(_same(given)) or (self._folded.get(bare(given)) if bare(given) != bare(own) else None)
        params = {"sheet": sheet, "id": who, "name": own[:60], "shown": given[:60], "other": other or ""}
        if other is not None and other != who:
            yield "dossier.excel.other_name", "error", source, params
        elif own and difflib.SequenceMatcher(None, bare(given)[:80], bare(own)[:80]).ratio() < _ALIKE:
            yield "dossier.excel.unknown_shown_name", "warning", source, params


def _same(name: str) -> str:
    return one_line(storable(name)).casefold()
