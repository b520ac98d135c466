"""Parsing the predicates of `rules.yaml` into the typed values of `rule_predicates`.

Every kind has one method here, which refuses unknown keys, facts of the wrong type and values outside their scale, by
file and line. Nothing is evaluated.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from collections.abc import Mapping as AnyMapping
from fractions import Fraction
from typing import Any

from docgen.model import GRADES
from docgen.regulations.rule_facts import Fact
from docgen.regulations.rule_predicates import (
    COMPARISONS,
    SITUATIONS,
    AllAtLeast,
    AllOf,
    AnyOf,
    Compare,
    CountGrades,
    DateAfter,
    EachGrade,
    EachUnit,
    Final,
    Given,
    Implies,
    Is,
    LevelFails,
    Majority,
    Named,
    Not,
    OneOf,
    Predicate,
    RuleHolds,
    ScoresBelow,
    Share,
    Situation,
    SomeEqual,
    Standing,
    SumAtLeast,
    Unless,
)
from docgen.regulations.strict_yaml import Mapping, Sequence


class Parser:
    """Turns YAML into predicates against one catalogue of facts and one set of named predicates."""

    def __init__(self, facts: AnyMapping[str, Fact], named: AnyMapping[str, Any]) -> None:
        self.facts = facts
        self.named = named
        self._open: list[str] = []
        self._kinds: dict[str, Callable[[Mapping, str, Any], Predicate]] = {
            "is": lambda m, k, v: Is(self.fact(m, k, v, "bool")),
            "given": lambda m, k, v: Given(self.fact(m, k, v)),
            "equals": self._equals,
            "one_of": self._one_of,
            "compare": self._compare,
            "all_at_least": self._all_at_least,
            "some_equal": self._some_equal,
            "share": self._share,
            "each_grade": self._each_grade,
            "count_grades": self._count_grades,
            "each_unit": self._each_unit,
            "scores_below": self._scores_below,
            "majority": self._majority,
            "date_after": self._date_after,
            "sum_at_least": self._sum,
            "not": lambda m, k, v: Not(self.parse(v, m, k)),
            "all_of": lambda m, k, v: AllOf(self._each(m, k, v)),
            "any_of": lambda m, k, v: AnyOf(self._each(m, k, v)),
            "implies": self._implies,
            "unless": self._unless,
            "use": self._use,
            "rule": lambda m, k, v: RuleHolds(str(v)),
            "standing": lambda m, k, v: Standing(self._grades(m, k)),
            "final": lambda m, k, v: Final(self._grades(m, k)),
            "level_fails": lambda m, k, v: LevelFails(self._grade(m, k, v)),
            "situation": self._situation,
        }

    def parse(self, node: Any, parent: Mapping, key: str) -> Predicate:
        """The predicate written at `key` of `parent`.

        Raises `DefinitionError` (`file`, `line`, name) for an unknown kind, key, fact, value or name.
        """
        if not isinstance(node, Mapping) or len(node) != 1:
            raise parent.fault("grading.definition.one_predicate", key, key=key)
        kind, value = next(iter(node.items()))
        if kind not in self._kinds:
            raise node.fault(
                "grading.definition.unknown_predicate", kind, predicate=kind, allowed=", ".join(self._kinds)
            )
        return self._kinds[kind](node, kind, value)

    def fact(self, node: Mapping, key: str, name: Any, *types: str) -> Fact:
        """The fact called `name`; of one of `types`, where given."""
        if not isinstance(name, str) or name not in self.facts:
            raise node.fault("grading.definition.unknown_fact", key, fact=name)
        found = self.facts[name]
        if types and found.type not in types:
            raise node.fault("grading.definition.fact_type", key, fact=name, type=found.type, allowed=", ".join(types))
        return found

    # -- leaves --

    def _equals(self, node: Mapping, key: str, value: Any) -> Predicate:
        m = self._map(node, key, value, required=("fact", "value"))
        found = self.fact(m, "fact", m["fact"])
        return OneOf(found, (self._value(m, "value", m["value"], found),))

    def _one_of(self, node: Mapping, key: str, value: Any) -> Predicate:
        m = self._map(node, key, value, required=("fact", "values"))
        found = self.fact(m, "fact", m["fact"])
        return OneOf(found, tuple(self._value(m, "values", v, found) for v in self._list(m, "values")))

    def _compare(self, node: Mapping, key: str, value: Any) -> Predicate:
        m = self._map(node, key, value, ("than", *COMPARISONS), required=("fact",))
        found = self.fact(m, "fact", m["fact"])
        op = self._op(m, key)
        if op == "than":
            words = str(m["than"]).split()
            if len(words) != 2 or words[0] not in COMPARISONS:
                raise m.fault("grading.definition.bad_value", "than", key="than", value=m["than"])
            return Compare(found, words[0], self.fact(m, "than", words[1], "number", "percent", "int"))
        return Compare(found, op, self._bound(m, op, m[op], found))

    def _all_at_least(self, node: Mapping, key: str, value: Any) -> Predicate:
        m = self._map(node, key, value, required=("facts", "value"))
        listed = tuple(self.fact(m, "facts", f, "levels", "percents") for f in self._list(m, "facts"))
        return AllAtLeast(listed, self._bound(m, "value", m["value"], listed[0]))

    def _some_equal(self, node: Mapping, key: str, value: Any) -> Predicate:
        m = self._map(node, key, value, required=("facts", "value"))
        listed = tuple(self.fact(m, "facts", f, "levels") for f in self._list(m, "facts"))
        return SomeEqual(listed, str(self._bound(m, "value", m["value"], listed[0])))

    def _share(self, node: Mapping, key: str, value: Any) -> Predicate:
        m = self._map(node, key, value, ("minus", *COMPARISONS), required=("part", "whole"))
        op = self._op(m, key)
        return Share(
            self.fact(m, "part", m["part"], "int"),
            self.fact(m, "whole", m["whole"], "int"),
            self.fact(m, "minus", m["minus"], "int") if "minus" in m else None,
            op,
            self._number(m, op, m[op]),
        )

    def _each_grade(self, node: Mapping, key: str, value: Any) -> Predicate:
        m = self._map(node, key, value, ("only", "besides"), required=("fact", "at_least"))
        return EachGrade(
            self.fact(m, "fact", m["fact"], "grades"),
            self._grade(m, "at_least", m["at_least"]),
            self._list(m, "only") if "only" in m else (),
            self._list(m, "besides") if "besides" in m else (),
        )

    def _count_grades(self, node: Mapping, key: str, value: Any) -> Predicate:
        m = self._map(node, key, value, ("besides",), required=("fact", "grade", "at_least"))
        return CountGrades(
            self.fact(m, "fact", m["fact"], "grades"),
            self._grade(m, "grade", m["grade"]),
            self._list(m, "besides") if "besides" in m else (),
            int(self._number(m, "at_least", m["at_least"])),
        )

    def _each_unit(self, node: Mapping, key: str, value: Any) -> Predicate:
        m = self._map(node, key, value, required=("fact", "kind", "at_least"))
        found = self.fact(m, "fact", m["fact"], "units")
        return EachUnit(found, str(m["kind"]), self._grade(m, "at_least", m["at_least"]))

    def _scores_below(self, node: Mapping, key: str, value: Any) -> Predicate:
        m = self._map(node, key, value, required=("fact", "percent", "at_most"))
        return ScoresBelow(
            self.fact(m, "fact", m["fact"], "scores"),
            self._number(m, "percent", m["percent"]),
            int(self._number(m, "at_most", m["at_most"])),
        )

    def _majority(self, node: Mapping, key: str, value: Any) -> Predicate:
        m = self._map(node, key, value, required=("votes", "total", "for"))
        return Majority(
            self.fact(m, "votes", m["votes"], "tally"),
            self.fact(m, "total", m["total"], "int"),
            tuple(self._grade(m, "for", g) for g in self._list(m, "for")),
        )

    def _date_after(self, node: Mapping, key: str, value: Any) -> Predicate:
        m = self._map(node, key, value, required=("fact", "value"))
        try:
            bound = datetime.date.fromisoformat(str(m["value"]))
        except ValueError:
            raise m.fault("grading.definition.bad_value", "value", key="value", value=m["value"]) from None
        return DateAfter(self.fact(m, "fact", m["fact"], "date"), bound)

    def _sum(self, node: Mapping, key: str, value: Any) -> Predicate:
        m = self._map(node, key, value, required=("facts", "value"))
        listed = tuple(self.fact(m, "facts", f, "int", "number") for f in self._list(m, "facts"))
        return SumAtLeast(listed, self._number(m, "value", m["value"]))

    # -- combinations --

    def _each(self, node: Mapping, key: str, value: Any) -> tuple[Predicate, ...]:
        if not isinstance(value, Sequence) or not value:
            raise node.fault("grading.definition.needs_list", key, key=key)
        return tuple(self.parse(item, node, key) for item in value)

    def _implies(self, node: Mapping, key: str, value: Any) -> Predicate:
        m = self._map(node, key, value, required=("when", "that"))
        return Implies(self.parse(m["when"], m, "when"), self.parse(m["that"], m, "that"))

    def _unless(self, node: Mapping, key: str, value: Any) -> Predicate:
        m = self._map(node, key, value, required=("that", "attested"))
        found = self.fact(m, "attested", m["attested"], "bool")
        if not found.attested:
            raise m.fault("grading.definition.not_attested", "attested", fact=found.name)
        return Unless(self.parse(m["that"], m, "that"), found)

    def _use(self, node: Mapping, key: str, value: Any) -> Predicate:
        if not isinstance(value, str) or value not in self.named or value in self._open:
            raise node.fault("grading.definition.unknown_name", key, name=value)
        self._open.append(value)
        try:
            return Named(value, self.parse(self.named[value], node, key))
        finally:
            self._open.pop()

    def _grades(self, node: Mapping, key: str) -> tuple[str, ...]:
        words = self._list(node, key)
        for word in words:
            if word != "none":
                self._grade(node, key, word)
        return words

    def _situation(self, node: Mapping, key: str, value: Any) -> Predicate:
        if not isinstance(value, str) or value not in SITUATIONS:
            raise node.fault("grading.definition.bad_value", key, key=key, value=value)
        return Situation(value)

    # -- values --

    def _map(self, node: Mapping, key: str, value: Any, allowed: Any = (), required: Any = ()) -> Mapping:
        if not isinstance(value, Mapping):
            raise node.fault("grading.definition.needs_mapping", key, key=key)
        return value.closed(allowed, required)

    def _list(self, node: Mapping, key: str) -> tuple[str, ...]:
        value = node[key]
        if not isinstance(value, Sequence) or not value or not all(isinstance(v, str) for v in value):
            raise node.fault("grading.definition.needs_list", key, key=key)
        return tuple(value)

    def _op(self, node: Mapping, key: str) -> str:
        found = [op for op in (*COMPARISONS, "than") if op in node]
        if len(found) != 1:
            raise node.fault("grading.definition.one_comparison", None, allowed=", ".join(COMPARISONS))
        return found[0]

    def _grade(self, node: Mapping, key: str, value: Any) -> str:
        if value not in GRADES:
            raise node.fault("grading.definition.bad_value", key, key=key, value=value)
        return str(value)

    def _number(self, node: Mapping, key: str, value: Any) -> Fraction:
        try:
            return Fraction(str(value))
        except ValueError:
            raise node.fault("grading.definition.bad_value", key, key=key, value=value) from None

    def _bound(self, node: Mapping, key: str, value: Any, fact: Fact) -> Fraction | str:
        if fact.order:
            if value not in fact.order:
                raise node.fault("grading.definition.bad_value", key, key=key, value=value)
            return str(value)
        if fact.type not in ("number", "percent", "int", "percents"):
            raise node.fault("grading.definition.fact_type", key, fact=fact.name, type=fact.type, allowed="number")
        return self._number(node, key, value)

    def _value(self, node: Mapping, key: str, value: Any, fact: Fact) -> str:
        known = fact.values or (GRADES if fact.type == "grade" else ())
        if known and value not in known:
            raise node.fault("grading.definition.bad_value", key, key=key, value=value)
        return str(value)
