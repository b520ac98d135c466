"""`date`: a day of a member's life, of which only the month or the year may be known."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from docgen.json_schema import Schema
from docgen.paths import Json
from docgen.regulations.fact_type import FactType
from docgen.values.life_date import LIFE_DATE_PATTERN, LifeDate, read_life_date, shown_life_date, span_of


class Date(FactType):
    """When something was."""

    name = "date"
    examples = ("2018-06-01",)
    ask = "which"
    is_day = True
    knows_parts = True

    def is_told(self, value: object, values: tuple[str, ...]) -> bool:
        return isinstance(value, datetime.date) or span_of(value) is not None

    def is_written(self, value: object, values: tuple[str, ...]) -> bool:
        return isinstance(value, str) and read_life_date(value) == value

    def schema(self, values: tuple[str, ...]) -> Schema:
        return {"type": ["string", "null"], "pattern": LIFE_DATE_PATTERN}

    def of_words(self, text: str) -> Json:
        return read_life_date(text) or text

    def of_number(self, number: float | int) -> Json:
        return LifeDate().of_number(number)

    def to_cell(self, value: Json, options: Iterable[tuple[str, str]]) -> Json:
        return shown_life_date(value) if isinstance(value, str) else super().to_cell(value, options)
