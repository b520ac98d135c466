"""`levels` of criteria, `scores` (pairs of points and the most there can be), `scoring` (a whole sheet)."""

from __future__ import annotations

from docgen.json_schema import Schema
from docgen.model import LEVELS
from docgen.regulations.fact_type import FactType, all_in_list, all_known_in_list
from docgen.values.kind import is_number


class Levels(FactType):
    """The levels of several criteria."""

    name = "levels"
    examples = (["xuat_sac", "tot"],)

    def order(self, values: tuple[str, ...]) -> tuple[str, ...]:
        return LEVELS

    def is_told(self, value: object, values: tuple[str, ...]) -> bool:
        return all_known_in_list(value, lambda one: one in LEVELS)

    def is_written(self, value: object, values: tuple[str, ...]) -> bool:
        return all_in_list(value, lambda one: isinstance(one, str) and one in LEVELS)

    def schema(self, values: tuple[str, ...]) -> Schema:
        return {"type": ["array", "null"], "items": {"enum": list(LEVELS)}}


class Scores(FactType):
    """Points, each beside the most there can be."""

    name = "scores"
    examples = ([[9, 10], [8.5, 10]],)

    def is_told(self, value: object, values: tuple[str, ...]) -> bool:
        return all_known_in_list(
            value, lambda one: isinstance(one, list | tuple) and len(one) == 2 and all(map(_is_score, one))
        )

    def is_written(self, value: object, values: tuple[str, ...]) -> bool:
        return all_in_list(value, lambda one: isinstance(one, list) and len(one) == 2 and all(map(is_number, one)))


class Scoring(FactType):
    """A sheet of scores with what it comes to."""

    name = "scoring"
    examples = ({"points": 91},)

    def is_told(self, value: object, values: tuple[str, ...]) -> bool:
        return isinstance(value, dict)


def _is_score(value: object) -> bool:
    return is_number(value) and value == value
