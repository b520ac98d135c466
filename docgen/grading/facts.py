"""Given facts, checked against the catalogue: one place that knows missing, default, wrong type.

Facts that the regulation does not know are ignored. A fact of a wrong type becomes a finding and counts as missing.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from docgen.model import GRADES, LEVELS, Finding, Place, Severity
from docgen.regulations.rule_facts import Fact
from docgen.regulations.rules import RuleSet
from docgen.regulations.told import UNKNOWN, Unknown, exact


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value == value


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_list(value: object, item: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(v is None or item(v) for v in value)


def _is_date(value: object) -> bool:
    if isinstance(value, datetime.date):
        return True
    try:
        datetime.date.fromisoformat(str(value))
    except ValueError:
        return False
    return isinstance(value, str)


def _is_pair(value: object) -> bool:
    return isinstance(value, (list, tuple)) and len(value) == 2 and all(_is_number(v) for v in value)


def _is_tally(value: object) -> bool:
    return isinstance(value, dict) and all(k in GRADES and _is_count(v) for k, v in value.items())


def _is_graded(value: object) -> bool:
    return isinstance(value, dict) and value.get("grade") in (*GRADES, None)


_CHECKS: dict[str, Any] = {
    "bool": lambda v, f: isinstance(v, bool),
    "number": lambda v, f: _is_number(v),
    "percent": lambda v, f: _is_number(v),
    "int": lambda v, f: _is_count(v) or (isinstance(v, float) and v.is_integer()),
    "date": lambda v, f: _is_date(v),
    "grade": lambda v, f: v in GRADES,
    "text": lambda v, f: isinstance(v, str),
    "scale": lambda v, f: v in f.values,
    "choice": lambda v, f: v in f.values,
    "levels": lambda v, f: _is_list(v, lambda x: x in LEVELS),
    "percents": lambda v, f: _is_list(v, _is_number),
    "grades": lambda v, f: isinstance(v, dict) and all(g is None or g in GRADES for g in v.values()),
    "tally": lambda v, f: _is_tally(v),
    "units": lambda v, f: _is_list(v, _is_graded),
    "positions": lambda v, f: _is_list(v, _is_graded),
    "scores": lambda v, f: _is_list(v, _is_pair),
    "scoring": lambda v, f: isinstance(v, dict),
    "candidates": lambda v, f: _is_list(v, lambda x: isinstance(x, dict) and _is_tally(x.get("votes"))),
}


def well_typed(fact: Fact, value: object) -> bool:
    """True where `value` is of the fact's type."""
    try:
        return bool(_CHECKS[fact.type](value, fact))
    except TypeError:
        return False


def check_facts(rules: RuleSet, subject: str, facts: Mapping[str, Any]) -> list[Finding]:
    """What is wrong in `facts` about a `subject`: wrong types (error) and negative numbers (warning).

    Facts that the regulation does not know are ignored; what is missing is no fault here.
    """
    found: list[Finding] = []
    for name, value in facts.items():
        fact = rules.facts.get(name)
        if fact is None or value is None or subject not in fact.subjects:
            continue
        if not well_typed(fact, value):
            found.append(_about(fact, value, "grading.fact.wrong_type", "error"))
        elif fact.type in ("int", "percent", "number") and isinstance(value, (int, float)) and value < 0:
            found.append(_about(fact, value, "grading.fact.negative", "warning"))
    return found


def _about(fact: Fact, value: object, code: str, severity: Severity) -> Finding:
    params = {"fact": fact.name, "label": fact.words(), "value": value, "type": fact.type}
    return Finding(code, severity, Place(pointer=f"/facts/{fact.name}"), params)


class FactView:
    """The facts about one subject as predicates see them."""

    def __init__(self, rules: RuleSet, subject: str, values: Mapping[str, Any]) -> None:
        self.rules = rules
        self.subject = subject
        self.values = {
            name: value
            for name, value in values.items()
            if name in rules.facts and (value is None or well_typed(rules.facts[name], value))
        }

    def get(self, fact: Fact) -> Any:
        """The fact's value, its default where it was left out, or `UNKNOWN`.

        A yes/no fact or a choice that was stated as null is unknown even where leaving it out would mean no or none.
        """
        if self.values.get(fact.name) is not None:
            return self.values[fact.name]
        # A fact that is not about this subject cannot be missing here.
        defaulted = fact.has_default and (self.subject in fact.default_for or self.subject not in fact.subjects)
        if fact.name in self.values and fact.type in ("bool", "choice"):
            return UNKNOWN
        return fact.default if defaulted else UNKNOWN

    def given(self, fact: Fact) -> bool:
        """True where the fact was stated."""
        return self.values.get(fact.name) is not None

    def number(self, fact: Fact) -> Fraction | Unknown:
        """The fact as an exact number."""
        value = self.get(fact)
        return UNKNOWN if value is UNKNOWN or value is None else exact(value)
