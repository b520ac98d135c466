"""The rules about one subject, gone through once, and what each predicate said of the values it was asked about.

A predicate depends on nothing but the facts it reads, and most read few: a level here, a yes or no there. Thousands of
members share those values, whatever their dates and votes are, so the answer is found by the values. A predicate that
asks about the proposal in the making (`of_proposal`) is asked anew every time.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any

from docgen.grading.given_facts import FactView
from docgen.paths import Json
from docgen.regulations import rules as r
from docgen.regulations.predicate import Predicate, facts_of, parts
from docgen.regulations.predicates.majority import Majority
from docgen.regulations.told import Told

#: The effects that give a proposal its reasons, in the order in which they are told, and where their predicate stands.
ROLES: tuple[tuple[type[Any], str, str], ...] = (
    (r.Ground, "ground", "that"), (r.Pin, "pin", "that"), (r.Condition, "condition", "that"),
    (r.Cap, "cap", "when"), (r.Hold, "hold", "when"), (r.Requirement, "requirement", "when"),
)  # fmt: skip
#: So many answers of one predicate are kept: facts by the million come through a few of them.
MOST_ANSWERS = 4096

_NOT_STATED = object()


class Values(dict[str, Any]):
    """The facts of one view as keys: equal exactly where a predicate cannot tell the values apart."""

    def __init__(self, view: FactView) -> None:
        super().__init__()
        self._view = view

    def __missing__(self, name: str) -> Any:
        given = self._view.values
        try:
            key = as_key(given[name]) if name in given else _NOT_STATED
            hash(key)
        except TypeError:  # a value no JSON holds, deep inside a list: equal to itself only
            key = object()
        self[name] = key
        return key


def as_key(value: Json) -> Any:
    """`value` as a key. 1, 1.0 and True, which are equal, are told apart; so is the order of a mapping."""
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        return (type(value), *[as_key(item) for item in value])
    if isinstance(value, dict):
        return (dict, *[(as_key(name), as_key(item)) for name, item in value.items()])
    return (type(value), repr(value) if isinstance(value, float) else value)


class Answers:
    """What one predicate said so far, by the values it reads."""

    __slots__ = ("key", "told")

    def __init__(self, predicate: Predicate) -> None:
        names = sorted({fact.name for fact in facts_of(predicate)})
        #: From `Values` to the part of them that the predicate reads.
        self.key: Callable[[Values], Any] = itemgetter(*names) if names else _nothing
        self.told: dict[Any, Told] = {}

    def keep(self, key: Any, told: Told) -> Told:
        """`told`, remembered."""
        if len(self.told) >= MOST_ANSWERS:
            self.told.clear()
        self.told[key] = told
        return told


def _nothing(_: Values) -> None:
    return None


class Plan:
    """The rules of one regulation about one subject: effects by kind, ambiguities, votes, remembered answers."""

    def __init__(self, rules: r.RuleSet, subject: str) -> None:
        self.own = rules.for_subject(subject)
        self.by_id = {rule.id: rule for rule in reversed(self.own)}
        self.ambiguities = tuple(entry for entry in rules.ambiguities if subject in entry.subjects)
        self.bases = tuple(base for base in rules.bases if subject in base.subjects)
        self._effects: dict[type[Any], tuple[tuple[r.Rule, Any], ...]] = {}
        predicates = [
            *(predicate for rule in self.own for predicate in rule.predicates()),
            *(entry.when for entry in self.ambiguities),
            *(base.when for base in self.bases),
        ]
        #: Every predicate of these rules, by identity: they live as long as the plan, so an identity stays its own.
        self._parts = {id(part): part for predicate in predicates for part in parts(predicate)}
        self._answers: dict[int, Answers | None] = {}
        #: The majorities that the rules ask for, each with its rule.
        self.majorities = tuple(
            (rule.id, part)
            for rule in self.own
            for predicate in rule.predicates()
            for part in parts(predicate)
            if isinstance(part, Majority)
        )
        #: What may be a reason: the role, the rule, the effect, its predicate, the grade it is about.
        self.reasons: tuple[tuple[str, r.Rule, Any, Predicate, str], ...] = tuple(
            (role, rule, effect, getattr(effect, name), getattr(effect, "grade", "") or getattr(effect, "at", ""))
            for kind, role, name in ROLES
            for rule, effect in self.effects(kind)
        )

    def effects(self, kind: type[Any]) -> tuple[tuple[r.Rule, Any], ...]:
        """Every effect of one kind, with its rule."""
        found = self._effects.get(kind)
        if found is None:
            pairs = ((rule, effect) for rule in self.own for effect in rule.effects if isinstance(effect, kind))
            found = self._effects[kind] = tuple(pairs)
        return found

    def answers(self, predicate: Predicate) -> Answers | None:
        """What `predicate` said so far; None where that may not be remembered."""
        key = id(predicate)
        if key in self._answers:
            return self._answers[key]
        if key not in self._parts:
            return None  # made in passing: its identity may be another's tomorrow
        lasting = not any(part.of_proposal for part in parts(predicate))
        found = self._answers[key] = Answers(predicate) if lasting else None
        return found


def plan_of(rules: r.RuleSet, subject: str) -> Plan:
    """The plan of `rules` about `subject`, kept from one call to the next as long as they are the same rules."""
    return rules.derived(("grading.plan", subject), lambda: Plan(rules, subject))
