"""The short book: of all columns a workbook may have, those that a regulation asks for, and those with a value.

What is asked follows from the forms and rules of the regulation (`docgen.desk.book_asked`); here it is only plain data,
so that writing and reading need to know nothing of forms. Reading knows every column, whatever book it comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from docgen.dossier.layout import MARK, SHOWN_ONLY, VALUES, Column, Sheet

#: The key of the first sheet, which says what to do; after it stand the keys of the sheets that the book has.
GUIDE = "huong-dan"
#: What is written behind the title of a column that has to be filled.
REQUIRED_MARK = " (*)"
_EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Ask:
    """Why a column is asked for: whether it has to be filled, and the names of the forms that print it.

    `later` is what only grading asks for, and only where an answer calls for it: the book has it folded away.
    """

    required: bool = False
    forms: tuple[str, ...] = ()
    later: bool = False


#: What is asked, by the key of the sheet and the path of the column.
Asked: TypeAlias = Mapping[tuple[str, tuple[str, ...]], Ask]


def shortened(layout: Iterable[Sheet], asked: Asked, has_value: Callable[[Sheet, Column], bool]) -> tuple[Sheet, ...]:
    """The sheets of `layout` with the columns that are `asked` or have a value; sheets without any are left out.

    What says whose row it is (a code, a name, an assessor) stays with its sheet.
    """
    sheets = []
    for sheet in layout:
        values = [c for c in sheet.columns if not _says_whose(sheet, c)]
        kept = [c for c in values if (sheet.key, c.path) in asked or has_value(sheet, c)]
        if kept or sheet.required:
            columns = tuple(c for c in sheet.columns if c in kept or _says_whose(sheet, c))
            sheets.append(replace(sheet, columns=columns))
    return tuple(sheets)


def is_later(asked: Asked, sheet: Sheet, column: Column) -> bool:
    """Whether `column` is folded away until grading asks for it."""
    found = asked.get((sheet.key, column.path))
    return found is not None and found.later


def _says_whose(sheet: Sheet, column: Column) -> bool:
    return sheet.kind != VALUES and column.path in (("id",), (SHOWN_ONLY,), ("assessor",))


def guide_mark(sheets: Iterable[Sheet], empty: bool) -> str:
    """The mark of the guide: which sheets the book has, and whether it was made to be filled in."""
    return f"{MARK}{GUIDE}:{','.join(sheet.key for sheet in sheets)}:{_EMPTY if empty else ''}"


def guide_of(mark: str) -> tuple[frozenset[str], bool] | None:
    """What a guide's mark says: the keys of the book's sheets, whether it was made empty. None for another mark."""
    head, _, rest = mark.removeprefix(MARK).partition(":")
    keys, _, made = rest.partition(":")
    return (frozenset(keys.split(",")), made == _EMPTY) if mark.startswith(MARK) and head == GUIDE else None


def plain_title(title: str) -> str:
    """A title without the mark that it has to be filled."""
    return title.strip().removesuffix(REQUIRED_MARK.strip()).strip()
