"""What every type of fact says of itself; the types are the modules of `docgen.regulations.fact_types`.

Whoever meets a fact asks its type (`fact.kind`): whether a value is one, what a rule may compare it with, how its
absence is asked about, how a cell of a workbook holds it. `null` is "not known" for every type and no affair of a type.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, TypeGuard

from docgen.json_schema import Schema
from docgen.paths import Json
from docgen.values.cell import CellType, folded

#: What a fact that is known to be unknown (`null`) is in a cell.
UNKNOWN_IN_CELL = "chưa biết"
#: What every type says beside its methods.
SAID = ("name", "examples")


class FactType(CellType, ABC):
    """One type of fact. It has no state: `values` are those that the fact's catalogue gives, best first for a scale."""

    #: Its name in `facts.yaml`.
    name: str
    #: Values as a dossier writes them; one of a closed list may be anything of it.
    examples: tuple[Any, ...]
    #: How its absence is asked about: `grading.ask.<ask>`.
    ask = "list"
    #: The answers to that question that are worth working out one by one.
    answers: tuple[Any, ...] = ()
    #: True where a rule compares it (or each item of it) with a number.
    is_amount = False
    #: True where `null` means "not known" even of a fact that means something when it is left out.
    null_is_unknown = False
    #: How far what was typed may be from what is counted: shares are rounded.
    rounding = 0.0

    @classmethod
    def names(cls) -> Iterable[str]:
        """Its one name."""
        return (cls.name,)

    def order(self, values: tuple[str, ...]) -> tuple[str, ...]:
        """The ordered values that it is compared on, best first; empty where there is no scale."""
        return ()

    def codes(self, values: tuple[str, ...]) -> tuple[str, ...]:
        """The closed list its value is one of; empty where there is none."""
        return values

    @abstractmethod
    def is_told(self, value: object, values: tuple[str, ...]) -> bool:
        """True where a rule can read `value` (never None)."""

    def is_written(self, value: object, values: tuple[str, ...]) -> bool:
        """True where `value` (never None) stands in a dossier as it should: what is told, and no slip besides."""
        return self.is_told(value, values)

    def schema(self, values: tuple[str, ...]) -> Schema:
        """The JSON Schema of one in a dossier; empty for what only the grading reads in depth."""
        return {}

    def options(self, values: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        """The drop-down of its cell: codes and words."""
        return tuple((value, value) for value in values)

    def of_text(self, text: str, options: Iterable[tuple[str, str]]) -> Json:
        return None if folded(text) == folded(UNKNOWN_IN_CELL) else super().of_text(text, options)

    def of_words(self, text: str) -> Json:
        """Compound facts stand in a cell as JSON."""
        if text[:1] in "[{":
            try:
                found: Json = json.loads(text)
                return found
            except (ValueError, RecursionError):
                return text
        return text


def is_count(value: object) -> TypeGuard[int]:
    """True for a whole number; a truth value is none."""
    return isinstance(value, int) and not isinstance(value, bool)


def all_in_list(value: object, test: Callable[[object], bool]) -> bool:
    """True for a list of which each item passes `test`."""
    return isinstance(value, list) and all(test(item) for item in value)


def all_known_in_list(value: object, test: Callable[[object], bool]) -> bool:
    """True for a list of which each item is unknown or passes `test`."""
    return isinstance(value, list | tuple) and all(item is None or test(item) for item in value)
