"""`number`, `integer` (a count) and `year`: digits, with a comma before decimals."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from docgen.json_schema import Schema
from docgen.paths import Json
from docgen.values.kind import DOTS, Options, Parsed, Shown, ValueType, is_number, one_line, written

_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
#: No count, share or year of a form is longer; past it a number is no longer kept to the last digit.
_LONGEST_NUMBER = 15
#: Whole numbers beyond this are slips; a file may hold one of millions of digits.
MAX_NUMBER = 10**15
_TYPED = re.compile(r"-?\d{1,15}(?:[.,]\d{1,9})?")
_PLAIN_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


def number_text(value: float | int) -> str:
    """A number as forms print it: a comma before the decimals, no zeros behind them."""
    if isinstance(value, float):
        # `g` alone would write 1e+16; fifteen digits are what a float keeps of what was typed.
        text = str(int(value)) if value.is_integer() else format(Decimal(f"{value:.15g}"), "f")
    else:
        text = str(value)
    return text.replace(".", ",")


def read_number(text: str) -> int | float | None:
    """The number written in `text` of a data file (decimal comma or point), or None."""
    if not _TYPED.fullmatch(text):
        return None
    number = float(text.replace(",", "."))
    return int(number) if number.is_integer() and "," not in text and "." not in text else number


class Number(ValueType[int | float]):
    """A number of any size from zero."""

    name = "number"
    control = "text"
    empty = ""
    cell_example = 7.5
    #: Whether there may be decimals.
    is_whole = False

    def options(self, choices: Mapping[str, Mapping[str, str]], argument: str) -> Options:
        return ()

    def schema(self, options: Options) -> Schema:
        return {"type": "number", "minimum": 0}

    def fits(self, value: Json, options: Options) -> bool:
        return is_number(value)

    def shower(self, options: Options) -> Callable[[int | float], Shown] | None:
        return number_text

    def prompt(self, form: str) -> str:
        return DOTS

    def is_printed(self, value: int | float, options: Options, text: str) -> bool:
        return (number_text(value) if isinstance(value, (int, float)) else value) in text

    def canonical(self, value: Json) -> Json:
        return one_line(value)

    def parse(self, paragraphs: Sequence[str], options: Options, full_date: str) -> Parsed:
        out = written(paragraphs)
        if not out.raw:
            return out
        bare = out.raw.replace(" ", "").rstrip("%")
        if _THOUSANDS.fullmatch(bare):
            # 1.234 is a thousand and more in Vietnamese; typed by a hand used to English it may mean something else.
            if not self.is_whole:
                out.doubt("read.number.ambiguous", "warning", given=out.raw[:40])
            bare = bare.replace(".", "")
        if not _PLAIN_NUMBER.fullmatch(bare) or len(bare) > _LONGEST_NUMBER:
            return out.doubt("read.number.unreadable", "error", given=out.raw[:40])
        value = float(bare.replace(",", "."))
        if value == int(value) and not ("," in bare or "." in bare):
            out.value = int(bare)
        elif not self.is_whole:
            out.value = value
        else:
            out.doubt("read.number.unreadable", "error", given=out.raw[:40])
        return out

    def strict(self, options: Options, line: Schema) -> Schema:
        kind = "integer" if self.is_whole else "number"
        return {"type": kind, "minimum": -MAX_NUMBER, "maximum": MAX_NUMBER}

    def typed(self, text: str, options: Options) -> Json:
        number = read_number(text)
        return None if self.is_whole and not isinstance(number, int) else number

    def sound(self, value: Json) -> Json:
        return value if is_number(value) else None

    def neutral(self, options: Options, year: int, day: str) -> Json:
        return 0

    def sample(self, label: str, options: Options, year: int, index: int) -> int | float:
        return 5


class Integer(Number):
    """A count."""

    name = "integer"
    cell_example = 12
    is_whole = True

    def schema(self, options: Options) -> Schema:
        return {"type": "integer", "minimum": 0}


class Year(Number):
    """A year of the calendar."""

    name = "year"
    cell_example = 2018
    is_whole = True

    def schema(self, options: Options) -> Schema:
        return {"type": "integer", "minimum": 1930, "maximum": 2200}

    def prompt(self, form: str) -> str:
        return "………"

    def neutral(self, options: Options, year: int, day: str) -> Json:
        return year

    def sample(self, label: str, options: Options, year: int, index: int) -> int | float:
        return year
