"""`date`: a day, as ISO 8601 in data; on paper 07/12/2018, or "ngày 07 tháng 12 năm 2018" in the format `long`."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from docgen.i18n import long_date, short_date
from docgen.json_schema import Schema
from docgen.paths import Json
from docgen.values.cell import day_in_cell
from docgen.values.kind import Control, Options, Parsed, Shown, ValueType, one_line, written
from docgen.values.spelling import clean, fold

DATE_PATTERN = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"
_LONG_DATE = re.compile(r"(?:.*,\s*)?ngày\s*(\d{1,2})\s*tháng\s*(\d{1,2})\s*năm\s*(\d{4})\.?")
_SHORT_DATE = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4})")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
#: As data files write them: ISO 8601, with the midnight that programs add, or dd/mm/yyyy.
_TYPED_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?")
_TYPED_SHORT = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})")
#: No date in words is longer; more is not looked at.
_LONGEST = 40


class DateText(str):
    """A date as printed; `.long` is "ngày … tháng … năm …", `.iso` the date itself (both empty where there is none)."""

    __slots__ = ("iso", "long")
    iso: str
    long: DateText

    @staticmethod
    @lru_cache(maxsize=2048)
    def of(value: str) -> DateText:
        """From an ISO date; an empty value gives empty texts. The dates of one meeting stand on hundreds of forms."""
        if not value:
            return NO_DATE
        day = datetime.date.fromisoformat(value)
        out = DateText(short_date(day))
        out.iso = value
        long = DateText(long_date(day))
        long.iso, long.long = value, long
        out.long = long
        return out


NO_DATE = DateText("")
NO_DATE.iso = ""
NO_DATE.long = NO_DATE


def date_of(text: str) -> str:
    """The ISO date that `text` is, in one of the ways a date is written in Vietnamese; "" where it is none."""
    folded = fold(clean(text))
    for pattern in (_SHORT_DATE, _LONG_DATE):
        if found := pattern.fullmatch(folded):
            day, month, year = (int(group) for group in found.groups())
            break
    else:
        found = _ISO_DATE.fullmatch(folded)
        if found is None:
            return ""
        year, month, day = (int(group) for group in found.groups())
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return ""


def read_date(text: str) -> str | None:
    """`text` of a data file as `YYYY-MM-DD`, where it is a date written that way, as dd/mm/yyyy or in words (ngày …
    tháng … năm …); None otherwise."""
    if found := _TYPED_ISO.fullmatch(text):
        year, month, day = (int(group) for group in found.groups())
    elif found := _TYPED_SHORT.fullmatch(text):
        day, month, year = (int(group) for group in found.groups())
    else:
        return (date_of(text) or None) if len(text) <= _LONGEST else None
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return None


class Date(ValueType[str]):
    """A day."""

    name = "date"
    control: Control = "date"
    empty = NO_DATE
    formats: tuple[str, ...] = ("long",)
    is_day = True
    cell_format = "@"
    cell_example = "20/12/2018"
    misspelt = "validation.shape.date"

    def options(self, choices: Mapping[str, Mapping[str, str]], argument: str) -> Options:
        return ()

    def schema(self, options: Options) -> Schema:
        return {"type": "string", "format": "date", "pattern": DATE_PATTERN}

    def fits(self, value: Json, options: Options) -> bool:
        try:
            return isinstance(value, str) and bool(datetime.date.fromisoformat(value))
        except ValueError:
            return False

    def shower(self, options: Options) -> Callable[[str], Shown] | None:
        return DateText.of

    def prompt(self, form: str) -> str:
        return "ngày…… tháng…… năm……" if form == "long" else "…../…../………"

    def is_printed(self, value: str, options: Options, text: str) -> bool:
        day = datetime.date.fromisoformat(value)
        return short_date(day) in text or long_date(day) in text

    def canonical(self, value: Json) -> Json:
        return one_line(value)

    def parse(self, paragraphs: Sequence[str], options: Options, full_date: str) -> Parsed:
        """The printed date; where Word keeps another beside it (`w:fullDate`, 17.5.2.7), that is said."""
        out = written(paragraphs)
        if not out.raw:
            return out
        found = date_of(out.raw)
        if not found:
            return out.doubt("read.date.unreadable", "error", given=out.raw[:60])
        out.value = found
        if full_date and full_date != found:
            out.doubt("read.date.differs", "warning", shown=found, stored=full_date)
        return out

    def strict(self, options: Options, line: Schema) -> Schema:
        return {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}

    def typed(self, text: str, options: Options) -> Json:
        return read_date(text)

    def to_cell(self, value: Json, options: Iterable[tuple[str, str]]) -> Json:
        return day_in_cell(super().to_cell(value, options))

    def neutral(self, options: Options, year: int, day: str) -> Json:
        return day

    def sample(self, label: str, options: Options, year: int, index: int) -> str:
        return f"{year}-12-18"
