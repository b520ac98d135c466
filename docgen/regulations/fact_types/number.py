"""`number`, `percent`, `int` (a count) and `percents` (a list of shares)."""

from __future__ import annotations

from docgen.json_schema import Schema
from docgen.paths import Json
from docgen.regulations.fact_type import FactType, all_in_list, all_known_in_list, is_count
from docgen.values.kind import is_number
from docgen.values.number import read_number


class Number(FactType):
    """An amount."""

    name = "number"
    examples = (0, 7.5)
    ask = "how_many"
    is_amount = True

    def is_told(self, value: object, values: tuple[str, ...]) -> bool:
        return is_number(value) and value == value  # NaN is not itself

    def is_written(self, value: object, values: tuple[str, ...]) -> bool:
        return is_number(value) and value >= 0

    def schema(self, values: tuple[str, ...]) -> Schema:
        return {"type": ["number", "null"]}

    def of_words(self, text: str) -> Json:
        number = read_number(text)
        return text if number is None else number


class Percent(Number):
    """A share of a hundred."""

    name = "percent"
    examples = (96, 104.5)
    rounding = 0.5

    def is_written(self, value: object, values: tuple[str, ...]) -> bool:
        return is_share(value)

    def schema(self, values: tuple[str, ...]) -> Schema:
        return {"type": ["number", "null"], "minimum": 0}

    def of_words(self, text: str) -> Json:
        number = read_number(text.removesuffix("%").rstrip())
        return text if number is None else number


class Count(Number):
    """How many there are."""

    name = "int"
    examples = (0, 12)

    def is_told(self, value: object, values: tuple[str, ...]) -> bool:
        return is_count(value) or (isinstance(value, float) and value.is_integer())

    def is_written(self, value: object, values: tuple[str, ...]) -> bool:
        return is_count(value) and value >= 0

    def schema(self, values: tuple[str, ...]) -> Schema:
        return {"type": ["integer", "null"]}


class Percents(FactType):
    """The shares of several things."""

    name = "percents"
    examples = ([80, 96.5],)
    is_amount = True

    def is_told(self, value: object, values: tuple[str, ...]) -> bool:
        return all_known_in_list(value, lambda one: is_number(one) and one == one)

    def is_written(self, value: object, values: tuple[str, ...]) -> bool:
        return all_in_list(value, is_share)


def is_share(value: object) -> bool:
    """True for a share as people write one.

    More than 100 % is real ("đạt 104 % kế hoạch"); a share of 0–1 written by mistake cannot be told from 1 %.
    """
    return is_number(value) and 0 <= value <= 1000
