"""What a cell means in its column: the catalogue's type decides, not that of Excel."""

from __future__ import annotations

import datetime
import json
from functools import lru_cache
from typing import Any

from docgen.dossier.canonical import read_date, read_number
from docgen.dossier.layout import UNKNOWN, Column
from docgen.dossier.number_format import Percent, as_date
from docgen.dossier.spreadsheet import Page, Told, letters
from docgen.dossier.text import fold
from docgen.model import Severity

_TRUE = frozenset({"co", "x", "true", "dung", "yes", "1"})
_FALSE = frozenset({"khong", "false", "sai", "no", "0"})
_WORDS = ("text", "paragraphs", "assessor", "choice", "grade", "level")
#: A plain number in a column of dates is taken for a day in these years; 1972 is a year and 14031972 a slip, no days.
_FIRST_YEAR, _LAST_YEAR = 1910, 2099
#: What is wrong with a cell: the codes of the findings.
NO_DATE, TAKEN_FOR_DATE = "dossier.excel.date_number", "dossier.excel.taken_for_date"


def value_of(column: Column, cell: Any, since_1904: bool = False) -> tuple[Any, str]:
    """The value in a cell, and the code of what there is to say of it (or an empty text).

    The value is `...` for an empty cell and for a number that can be no date in a column of dates.
    """
    if cell is None or cell == "":
        return ..., ""
    if isinstance(cell, bool):
        return cell, ""
    if isinstance(cell, int | float):
        return _number(column, cell, since_1904)
    if isinstance(cell, datetime.datetime | datetime.date):
        day = cell.date() if isinstance(cell, datetime.datetime) else cell
        return (day.isoformat() if _is_date(column) else f"{day:%d/%m/%Y}"), ""
    if isinstance(cell, datetime.time | datetime.timedelta):
        return str(cell), ""
    text = plain_text(str(cell), column.type)
    return (_word(column, text) if text else ...), ""


def plain_text(text: str, kind: str) -> str:
    """`text` as it was meant: no space around it, and no apostrophe before a number (a mark for "this is text")."""
    text = text.strip()
    if text[:1] in "'’" and text[1:2].isdecimal() and kind != "paragraphs":
        return text[1:].strip()
    return text


def number_as_date(value: float, since_1904: bool) -> datetime.date | None:
    """The day that a plain number in a column of dates surely stands for; None where that is not to be told."""
    found = as_date(value, since_1904)
    return found.date() if found is not None and _FIRST_YEAR <= found.year <= _LAST_YEAR else None


def shown_percent(value: Percent) -> str:
    """A percentage as a cell shows it: 95%, 12,5%."""
    return f"{value:.9f}".rstrip("0").rstrip(".").replace(".", ",") + "%"


def _is_date(column: Column) -> bool:
    return column.type in ("date", "fact:date")


def _number(column: Column, cell: float, since_1904: bool) -> tuple[Any, str]:
    if _is_date(column):
        day = None if isinstance(cell, Percent) else number_as_date(cell, since_1904)
        return (..., NO_DATE) if day is None else (day.isoformat(), TAKEN_FOR_DATE)
    if column.type in _WORDS and isinstance(cell, Percent):
        return shown_percent(cell), ""
    value = int(cell) if isinstance(cell, float) and cell.is_integer() else float(cell)
    if column.type in ("bool", "fact:bool"):
        return (bool(value) if value in (0, 1) else value), ""
    return (str(value) if column.type in _WORDS else value), ""


def _word(column: Column, text: str) -> Any:
    """A text cell by its column's type: the code for its words, true or false, a number, JSON."""
    kind = column.type.removeprefix("fact:")
    if kind == "bool":
        folded = _folded(text)
        return True if folded in _TRUE else False if folded in _FALSE else _unknown(column, text)
    for code, word in column.options:
        if text == code or _folded(text) == _folded(word):
            return code
    return _fact(kind, text) if column.type.startswith("fact:") else text


def _unknown(column: Column, text: str) -> Any:
    return None if column.type.startswith("fact:") and fold(text) == fold(UNKNOWN) else text


def _fact(kind: str, text: str) -> Any:
    if fold(text) == fold(UNKNOWN):
        return None
    if kind in ("number", "percent", "int"):
        number = read_number(text.removesuffix("%").rstrip() if kind == "percent" else text)
        return text if number is None else number
    if kind == "date":
        return read_date(text) or text
    if text[:1] in "[{":
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    return text


@lru_cache(maxsize=4096)  # the same few words stand in a column for every member
def _folded(text: str) -> str:
    return fold(text)


def told_of(code: str, column: Column, cell: Any, value: Any, page: Page, index: int, number: int) -> Told:
    """What there is to say of the cell in column `index` (from 0) and row `number` (from 1): see `value_of`."""
    reference = f"{letters(index)}{number}"
    date = f"{value[8:10]}/{value[5:7]}/{value[:4]}" if isinstance(value, str) else ""
    params = {"title": column.title, "sheet": page.title, "cell": reference, "given": f"{cell:.10g}", "date": date}
    severity: Severity = "error" if value is ... else "warning"
    return code, severity, f"{page.title}!{reference}", params


def put(target: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Put `value` at `path`, making the mappings on the way."""
    for name in path[:-1]:
        target = target.setdefault(name, {})
    target[path[-1]] = value
