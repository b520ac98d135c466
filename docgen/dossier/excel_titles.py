"""Which column of a table holds what: by the bindings in its hidden row, else by the titles that people see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from docgen.dossier.cleaning import bare
from docgen.dossier.excel_checks import HEAD_ROWS
from docgen.dossier.layout import MARK, Column, Sheet
from docgen.dossier.short_book import plain_title
from docgen.dossier.spreadsheet import Page, Told, letters
from docgen.nearest import nearest

_EMPTY = ("", None)


def title_key(title: str) -> str:
    """A title for comparing, without the mark that it has to be filled."""
    return bare(plain_title(title))


def columns_of(sheet: Sheet, page: Page, others: Sequence[Column] = ()) -> tuple[dict[int, Column], int, list[Told]]:
    """Which column holds what, the row where the records begin, and what there is to say of the titles.

    `others` are columns of other sheets that have one row a member too: an older book may have them on this one.
    """
    by_binding = {c.binding: c for c in (*others, *sheet.columns)}
    for number, row in enumerate(page.rows[:HEAD_ROWS]):
        names = [cell.strip() if isinstance(cell, str) else "" for cell in row]
        if not any(name.startswith(MARK) for name in names):
            continue
        names = [n.removeprefix(f"{MARK}{sheet.key}:") for n in names]
        found = {i: by_binding[n] for i, n in enumerate(names) if n in by_binding}
        titles = page.rows[number - 1] if number else []
        return found, number + 1, list(_unknown_columns(sheet, page, titles, found, number))
    return _by_title(sheet, page, others)


def _by_title(sheet: Sheet, page: Page, others: Sequence[Column]) -> tuple[dict[int, Column], int, list[Told]]:
    """The same by the titles people see, where the hidden row is gone."""
    by_title = {title_key(c.title): c for c in (*others, *sheet.columns)}
    found: dict[int, Column] = {}
    start = 0
    for number, row in enumerate(page.rows[:HEAD_ROWS]):
        here = {i: by_title[k] for i, c in enumerate(row) if isinstance(c, str) and (k := title_key(c)) in by_title}
        if len(here) > len(found):
            found, start = here, number + 1
    if page.rows and found:
        told = list(_unknown_columns(sheet, page, page.rows[start - 1], found, start - 1))
        needed = sheet.columns[0]
        if needed not in found.values():
            params = {"title": needed.title, "sheet": sheet.title}
            return {}, start, [*told, ("dossier.excel.missing_column", "error", f"{page.title}!A{start}", params)]
        return found, start, told
    if any(any(c not in _EMPTY for c in row) for row in page.rows):
        params = {"sheet": sheet.title, "title": sheet.columns[0].title}
        return {}, 0, [("dossier.excel.no_titles", "error", page.title, params)]
    return {}, 0, []


def _unknown_columns(
    sheet: Sheet, page: Page, titles: Sequence[object], found: dict[int, Column], row: int
) -> Iterator[Told]:
    """A titled column that holds something and that nothing reads.

    A column of her own is only noted: one that has no binding where the others have theirs, or whose title is not
    nearly that of a column that is missing.
    """
    free = {bare(c.title): c for c in sheet.columns if c not in found.values()}
    bindings = page.rows[row] if any(str(cell).startswith(MARK) for cell in page.rows[row]) else None
    for i, title in enumerate(titles):
        if i in found or not isinstance(title, str) or not title.strip():
            continue
        if not any(i < len(r) and r[i] not in _EMPTY for r in page.rows[row + 1 :]):
            continue
        near = nearest(title_key(title), free)
        bound = bindings is not None and i < len(bindings) and bindings[i] not in _EMPTY
        own = not bound if bindings is not None else not near
        source = f"{page.title}!{letters(i)}{max(row, 1)}"
        params = {"title": title.strip()[:60], "near": free[near].title if near else ""}
        if own:
            yield "dossier.excel.own_column", "info", source, params
        else:
            yield "dossier.excel.unknown_column", "error", source, params
