"""`bool`: yes or no."""

from __future__ import annotations

from collections.abc import Iterable

from docgen.json_schema import Schema
from docgen.paths import Json
from docgen.regulations.fact_type import FactType
from docgen.values.cell import YES_NO, number_as_truth, truth_of


class YesNo(FactType):
    """Whether something is so."""

    name = "bool"
    examples = (True, False)
    is_truth = True
    ask = "yes_no"
    answers = (True, False)
    null_is_unknown = True

    def is_told(self, value: object, values: tuple[str, ...]) -> bool:
        return isinstance(value, bool)

    def schema(self, values: tuple[str, ...]) -> Schema:
        return {"type": ["boolean", "null"]}

    def options(self, values: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        return YES_NO

    def of_number(self, number: float | int) -> Json:
        return number_as_truth(number)

    def of_text(self, text: str, options: Iterable[tuple[str, str]]) -> Json:
        truth = truth_of(text)
        return super().of_text(text, ()) if truth is None else truth

    def of_words(self, text: str) -> Json:
        return text
