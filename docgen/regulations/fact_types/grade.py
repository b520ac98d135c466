"""The four grades: `grade`, `grades` (by name), `tally` (how many of each), `units`, `positions`, `candidates`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeGuard

from docgen.json_schema import Schema
from docgen.model import GRADES
from docgen.regulations.fact_type import FactType, all_in_list, all_known_in_list, is_count


class Grade(FactType):
    """One grade."""

    name = "grade"
    examples = GRADES
    ask = "grade"
    answers = GRADES

    def order(self, values: tuple[str, ...]) -> tuple[str, ...]:
        return GRADES

    def codes(self, values: tuple[str, ...]) -> tuple[str, ...]:
        return values or GRADES

    def is_told(self, value: object, values: tuple[str, ...]) -> bool:
        return value in GRADES

    def is_written(self, value: object, values: tuple[str, ...]) -> bool:
        return is_grade(value)

    def schema(self, values: tuple[str, ...]) -> Schema:
        return {"enum": [*GRADES, None]}


class Grades(FactType):
    """Each body's grade, by the body's name."""

    name = "grades"
    examples = ({"chinh_quyen": "HTTNV", "cong_doan": None}, {})

    def order(self, values: tuple[str, ...]) -> tuple[str, ...]:
        return GRADES

    def is_told(self, value: object, values: tuple[str, ...]) -> bool:
        return isinstance(value, dict) and all(one is None or one in GRADES for one in value.values())

    def is_written(self, value: object, values: tuple[str, ...]) -> bool:
        return isinstance(value, dict) and all(one is None or is_grade(one) for one in value.values())


class Tally(FactType):
    """How many have each grade."""

    name = "tally"
    examples = ({"HTXSNV": 2, "HTTNV": 9},)

    def is_told(self, value: object, values: tuple[str, ...]) -> bool:
        return _is_tally(value)

    def is_written(self, value: object, values: tuple[str, ...]) -> bool:
        return _is_tally(value) and all(count >= 0 for count in value.values())


class Positions(FactType):
    """The posts that someone holds, each with its grade."""

    name = "positions"
    examples = ([{"post": "Bí thư", "grade": "HTTNV"}],)

    def is_told(self, value: object, values: tuple[str, ...]) -> bool:
        return all_known_in_list(value, lambda one: isinstance(one, dict) and one.get("grade") in (*GRADES, None))

    def is_written(self, value: object, values: tuple[str, ...]) -> bool:
        return all_in_list(
            value, lambda one: isinstance(one, dict) and (one.get("grade") is None or is_grade(one["grade"]))
        )


class Units(Positions):
    """The units that someone leads, each with its grade."""

    name = "units"
    examples = ([{"kind": "don_vi", "grade": "HTTNV"}],)

    def order(self, values: tuple[str, ...]) -> tuple[str, ...]:
        return GRADES


class Candidates(FactType):
    """Those voted on, each with the votes for each grade."""

    name = "candidates"
    examples = ([{"votes": {"HTXSNV": 7, "HTTNV": 2}}],)

    def is_told(self, value: object, values: tuple[str, ...]) -> bool:
        return all_known_in_list(value, lambda one: isinstance(one, dict) and _is_tally(one.get("votes")))

    def is_written(self, value: object, values: tuple[str, ...]) -> bool:
        return isinstance(value, list | dict)


def is_grade(value: object) -> bool:
    """True for one of the four grades."""
    return isinstance(value, str) and value in GRADES


def _is_tally(value: object) -> TypeGuard[Mapping[str, int]]:
    return isinstance(value, dict) and all(key in GRADES and is_count(count) for key, count in value.items())
