"""What a cell means in its column: the type of the column decides (`docgen.values.cell`), not that of Excel."""

from __future__ import annotations

import datetime
from types import EllipsisType
from typing import TypeAlias

from docgen.dossier.layout import Column
from docgen.dossier.number_format import PartShown, Percent, as_date
from docgen.dossier.spreadsheet import Page, Told, letters
from docgen.errors import UsageError
from docgen.model import Severity
from docgen.paths import Json
from docgen.regulations.fact_type import UNKNOWN_IN_CELL
from docgen.values.cell import CellType
from docgen.values.kind import is_number
from docgen.values.number import number_text

#: What one cell of a workbook can hold.
CELL_LIMIT = 32_767
#: A plain number in a column of dates is taken for a day in these years; 1972 is a year and 14031972 a slip, no days.
_FIRST_YEAR, _LAST_YEAR = 1910, 2099
#: What is wrong with a cell: the codes of the findings.
NO_DATE, TAKEN_FOR_DATE = "dossier.excel.date_number", "dossier.excel.taken_for_date"
#: A cell that shows no day, in a column that asks for one.
NO_DAY = "dossier.excel.no_day"
#: A share between 0 and 1 in a column of percentages, in a cell that shows no percent sign: 0,8 % or 80 %?
DOUBTFUL_SHARE = "dossier.excel.doubtful_share"


#: What a cell says; `...` where it says nothing, since None is a value (known to be unknown).
Read: TypeAlias = "Json | EllipsisType"


def value_of(column: Column, cell: object, since_1904: bool = False) -> tuple[Read, str]:
    """The value in a cell, and the code of what there is to say of it (or an empty text).

    The value is `...` for an empty cell and for a number that can be no date in a column of dates.
    """
    if cell is None or cell == "":
        return ..., ""
    if isinstance(cell, bool):
        return cell, ""
    if isinstance(cell, int | float):
        return _number(column, cell, since_1904)
    if isinstance(cell, PartShown) and column.kind.is_day:
        return (cell.part, "") if column.kind.knows_parts else (..., NO_DAY)
    if isinstance(cell, datetime.datetime | datetime.date):
        day = cell.date() if isinstance(cell, datetime.datetime) else cell
        return (day.isoformat() if column.kind.is_day else f"{day:%d/%m/%Y}"), ""
    if isinstance(cell, datetime.time | datetime.timedelta):
        return str(cell), ""
    text = plain_text(str(cell), column.kind)
    if not text:
        return ..., ""
    value = column.kind.of_text(text, column.options)
    return value, "" if text.endswith("%") else _share(column, value)


def plain_text(text: str, kind: CellType) -> str:
    """`text` as it was meant: no space around it, and no apostrophe before a number (a mark for "this is text")."""
    text = text.strip()
    if text[:1] in "'’" and text[1:2].isdecimal() and not kind.is_many:
        return text[1:].strip()
    return text


def number_as_date(value: float, since_1904: bool) -> datetime.date | None:
    """The day that a plain number in a column of dates surely stands for; None where that is not to be told."""
    found = as_date(value, since_1904)
    return found.date() if found is not None and _FIRST_YEAR <= found.year <= _LAST_YEAR else None


def shown_percent(value: Percent) -> str:
    """A percentage as a cell shows it: 95%, 12,5%."""
    return f"{value:.9f}".rstrip("0").rstrip(".").replace(".", ",") + "%"


def _number(column: Column, cell: float, since_1904: bool) -> tuple[Read, str]:
    if (
        column.kind.knows_parts
        and not isinstance(cell, Percent)
        and isinstance(year := column.kind.of_number(cell), str)
    ):
        return year, ""
    if column.kind.is_day:
        day = None if isinstance(cell, Percent) else number_as_date(cell, since_1904)
        return (..., NO_DATE) if day is None else (day.isoformat(), TAKEN_FOR_DATE)
    if column.kind.is_words and isinstance(cell, Percent):
        return shown_percent(cell), ""
    value = column.kind.of_number(int(cell) if isinstance(cell, float) and cell.is_integer() else float(cell))
    return value, "" if isinstance(cell, Percent) else _share(column, value)


def _share(column: Column, value: Json) -> str:
    """`DOUBTFUL_SHARE` for a number in a column of percentages that may have been meant as a part of one."""
    return DOUBTFUL_SHARE if column.in_percent and is_number(value) and 0 < value < 1 else ""


def told_of(code: str, column: Column, cell: object, value: Read, page: Page, index: int, number: int) -> Told:
    """What there is to say of the cell in column `index` (from 0) and row `number` (from 1): see `value_of`."""
    reference = f"{letters(index)}{number}"
    date = f"{value[8:10]}/{value[5:7]}/{value[:4]}" if isinstance(value, str) else ""
    params = {"title": column.title, "sheet": page.title, "cell": reference, "date": date}
    if code == DOUBTFUL_SHARE and isinstance(value, int | float):
        params |= {"given": number_text(value), "meant": number_text(round(value * 100, 9))}
    else:
        params["given"] = f"{cell.month}/{cell.year}" if isinstance(cell, PartShown) else f"{cell:.10g}"
    severity: Severity = "error" if value is ... else "warning"
    return code, severity, f"{page.title}!{reference}", params


def cell_value(column: Column, value: Read) -> str | float | None:
    """What a cell shows for `value`: words for codes, paragraphs one a line, dates as dd/mm/yyyy, JSON for the rest.

    None for `...` (no value). Raises `UsageError` for a text longer than a cell can hold.
    """
    if value is ...:
        return None
    shown = UNKNOWN_IN_CELL if value is None else column.kind.to_cell(value, column.options)
    if isinstance(shown, float) and _share(column, shown):
        signed = shown_percent(Percent(shown))  # so that reading it back asks nothing
        return signed if column.kind.of_text(signed, column.options) == shown else shown
    if not isinstance(shown, str | int | float):
        shown = str(shown)
    if isinstance(shown, str) and len(shown) > CELL_LIMIT:
        raise UsageError("dossier.usage.cell_too_long", binding=column.binding, length=len(shown), limit=CELL_LIMIT)
    return shown
