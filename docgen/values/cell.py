"""What a cell of a workbook makes of a value: one set of answers for the types of values and for those of facts.

The type decides what a cell means, not the program that wrote it: Excel knows numbers, texts and truth values only.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache

from docgen.paths import Json
from docgen.values.spelling import bare

#: A truth value as a cell shows it, by its code.
YES_NO = (("true", "Có"), ("false", "Không"))
_TRUE = frozenset({"co", "x", "true", "dung", "yes", "1"})
_FALSE = frozenset({"khong", "false", "sai", "no", "0"})


class CellType:
    """How a type stands in a cell; what most types say, for each to say otherwise."""

    #: True for yes and no.
    is_truth = False
    #: True where a plain number or a date of Excel is a day.
    is_day = False
    #: True where a date may be known by its month or its year alone.
    knows_parts = False
    #: True where a number in a cell is a text that somebody wrote: room 101, code 1.
    is_words = False
    #: True for a value of several paragraphs, one a line.
    is_many = False
    #: The format of a cell to be written in by hand: "@" where Excel would turn what is typed into something else.
    cell_format = ""
    #: What an example row shows where there is no closed list.
    cell_example: str | float = "…"

    def of_number(self, number: float | int) -> Json:
        """The value that a plain number in a cell is."""
        return str(number) if self.is_words else number

    def of_text(self, text: str, options: Iterable[tuple[str, str]]) -> Json:
        """The value that a text in a cell is: a code for its words; a text that cannot be read stays as it is."""
        for code, words in options:
            if text == code or folded(text) == folded(words):
                return code
        return self.of_words(text)

    def of_words(self, text: str) -> Json:
        """The value that a text in a cell is where it is none of a closed list."""
        return text

    def to_cell(self, value: Json, options: Iterable[tuple[str, str]]) -> Json:
        """What a cell shows for a value of any kind: words for codes, JSON for what has parts."""
        if isinstance(value, bool):
            words = dict(YES_NO) | dict(options)
            return words["true" if value else "false"]
        if isinstance(value, list | dict):
            return json.dumps(value, ensure_ascii=False)
        return dict(options).get(value, value) if isinstance(value, str) else value


def truth_of(text: str) -> bool | None:
    """The truth value written as `text` (có, x, không …), None where it is none."""
    word = folded(text)
    return True if word in _TRUE else False if word in _FALSE else None


def number_as_truth(number: float | int) -> Json:
    """0 and 1 as truth values; another number as it is."""
    return bool(number) if number in (0, 1) else number


def day_in_cell(value: Json) -> Json:
    """A date as a cell shows it, dd/mm/yyyy; what is no ISO date as it is."""
    if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-":
        return f"{value[8:]}/{value[5:7]}/{value[:4]}"
    return value


@lru_cache(maxsize=4096)  # the same few words stand in a column for every member
def folded(text: str) -> str:
    """`text` as words of cells are compared."""
    return bare(text)
