"""Given facts, checked against the catalogue: one place that knows missing, default, wrong type.

Facts that the regulation does not know are ignored. A fact of a wrong type becomes a finding and counts as missing.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from docgen.model import Finding, Place, Severity
from docgen.paths import JsonMap
from docgen.regulations.rule_facts import Fact
from docgen.regulations.rules import RuleSet
from docgen.regulations.told import UNKNOWN, Unknown, exact


def well_typed(fact: Fact, value: object) -> bool:
    """True where `value` is of the fact's type."""
    try:
        return bool(fact.kind.is_told(value, fact.values))
    except TypeError:
        return False


def check_facts(rules: RuleSet, subject: str, facts: JsonMap) -> list[Finding]:
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
        elif fact.kind.is_amount and isinstance(value, (int, float)) and value < 0:
            found.append(_about(fact, value, "grading.fact.negative", "warning"))
    return found


def _about(fact: Fact, value: object, code: str, severity: Severity) -> Finding:
    params = {"fact": fact.name, "label": fact.words(), "value": value, "type": fact.type}
    return Finding(code, severity, Place(pointer=f"/facts/{fact.name}"), params)


class FactView:
    """The facts about one subject as predicates see them."""

    def __init__(self, rules: RuleSet, subject: str, values: JsonMap) -> None:
        self.rules = rules
        self.subject = subject
        #: By name; each of the kind of its fact, or None.
        self.values: dict[str, Any] = {
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
        if fact.name in self.values and fact.kind.null_is_unknown:
            return UNKNOWN
        return fact.default if defaulted else UNKNOWN

    def given(self, fact: Fact) -> bool:
        """True where the fact was stated."""
        return self.values.get(fact.name) is not None

    def number(self, fact: Fact) -> Fraction | Unknown:
        """The fact as an exact number."""
        value = self.get(fact)
        return UNKNOWN if value is UNKNOWN or value is None else exact(value)
