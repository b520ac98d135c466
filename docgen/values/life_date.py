"""`life_date`: a day of a person's life, of which people often know only the month or the year.

In data `1975-08-19`, `1975-08` or `1975`; on paper 19/08/1975, 8/1975, 1975: as much as is known, nothing made up. Such
a date is a span of days: what compares it asks `span_of`, and where its two ends answer differently nobody can tell.
"""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Callable, Iterable, Sequence

from docgen.i18n import long_date, short_date
from docgen.json_schema import Schema
from docgen.paths import Json, iso_day
from docgen.values.cell import day_in_cell
from docgen.values.date import DATE_PATTERN, Date, DateText, read_date
from docgen.values.kind import Options, Parsed, Shown, written
from docgen.values.spelling import clean, fold

LIFE_DATE_PATTERN = rf"{DATE_PATTERN}|^(19|20)\d\d(-(0[1-9]|1[0-2]))?$"
_PART = re.compile(r"((?:19|20)\d\d)(?:-(0[1-9]|1[0-2]))?", re.ASCII)
_MONTH = re.compile(r"(?:tháng\s*)?(\d{1,2})\s*(?:[/.\-]|,?\s*năm)\s*((?:19|20)\d\d)", re.ASCII)
_YEAR = re.compile(r"(?:năm\s*)?((?:19|20)\d\d)", re.ASCII)
#: The years that a bare number in a cell may be.
_YEARS = range(1900, 2100)
#: No such date in words is longer; more is not looked at.
_LONGEST = 40


def read_life_date(text: str) -> str | None:
    """`text`, a day, a month or a year as people write them, as YYYY-MM-DD, YYYY-MM or YYYY; None for anything else."""
    if len(text) > _LONGEST:
        return None
    if whole := read_date(text):
        return whole
    folded = fold(clean(text))
    if _PART.fullmatch(folded):
        return folded
    if found := _MONTH.fullmatch(folded):
        month = int(found[1])
        return f"{found[2]}-{month:02d}" if 1 <= month <= 12 else None
    found = _YEAR.fullmatch(folded)
    return found[1] if found else None


def span_of(value: object) -> tuple[datetime.date, datetime.date] | None:
    """The first and the last day that `value` (YYYY-MM-DD, YYYY-MM or YYYY) may be; None where it is no such date."""
    day = iso_day(value)
    if day is not None:
        return day, day
    found = _PART.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    year, month = int(found[1]), found[2]
    first, last = (int(month), int(month)) if month else (1, 12)
    return datetime.date(year, first, 1), datetime.date(year, last, calendar.monthrange(year, last)[1])


def shown_life_date(value: object) -> str:
    """`value` as people write it: 19/08/1975, 8/1975, 1975; what is no such date as it is."""
    day = iso_day(value)
    if day is not None:
        return short_date(day)
    found = _PART.fullmatch(value) if isinstance(value, str) else None
    return f"{int(found[2])}/{found[1]}" if found and found[2] else str(value)


def _printed(value: str) -> DateText:
    """`value` as a form prints it; a part of a date has no day that Word could keep beside it."""
    if iso_day(value) is not None:
        return DateText.of(value)
    text = shown_life_date(value)
    out = DateText(text)
    month, mark, year = text.rpartition("/")
    long = DateText(f"tháng {month} năm {year}" if mark else f"năm {year}")
    out.iso = long.iso = ""
    out.long = long.long = long
    return out


class LifeDate(Date):
    """A day, a month or a year of somebody's life."""

    name = "life_date"
    #: A line of text: Word makes the first day of the month of a month that is typed into a control for dates.
    control = "text"
    formats = ()
    knows_parts = True
    cell_example = "19/05/1975"
    misspelt = "validation.shape.life_date"

    def schema(self, options: Options) -> Schema:
        return {
            "type": "string",
            "pattern": LIFE_DATE_PATTERN,
            "if": {"pattern": DATE_PATTERN},
            "then": {"format": "date"},
        }

    def fits(self, value: Json, options: Options) -> bool:
        return span_of(value) is not None

    def shower(self, options: Options) -> Callable[[str], Shown] | None:
        return _printed

    def prompt(self, form: str) -> str:
        return "…../…../………"

    def is_printed(self, value: str, options: Options, text: str) -> bool:
        day = iso_day(value)
        if day is None:
            return shown_life_date(value) in text
        return short_date(day) in text or long_date(day) in text

    def parse(self, paragraphs: Sequence[str], options: Options, full_date: str) -> Parsed:
        """What is written; a day that Word keeps beside it (in forms handed out before) must lie in it."""
        out = written(paragraphs)
        if not out.raw:
            return out
        found = read_life_date(out.raw)
        span = span_of(found)
        if span is None:
            return out.doubt("read.life_date.unreadable", "error", given=out.raw[:60])
        out.value = found
        kept = iso_day(full_date)
        if kept is not None and not span[0] <= kept <= span[1]:
            out.doubt("read.date.differs", "warning", shown=found, stored=full_date)
        return out

    def strict(self, options: Options, line: Schema) -> Schema:
        return {"type": "string", "pattern": "^[0-9]{4}(-(0[1-9]|1[0-2])(-[0-9]{2})?)?$"}

    def typed(self, text: str, options: Options) -> Json:
        return read_life_date(text)

    def of_number(self, number: float | int) -> Json:
        """A bare number is a year."""
        return str(int(number)) if number in _YEARS else super().of_number(number)

    def to_cell(self, value: Json, options: Iterable[tuple[str, str]]) -> Json:
        return shown_life_date(value) if isinstance(value, str) else day_in_cell(value)
