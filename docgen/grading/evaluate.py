"""What each predicate says about given facts: holds, fails, or cannot be told.

Three-valued logic (Kleene): a condition that rests on a missing fact is unknown, unless the rest decides it already.
Notes state the actual value beside what is asked for, and mean the same whether the predicate is asked for or banned.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from fractions import Fraction
from typing import Any, Protocol

from docgen.grading.facts import UNKNOWN, FactView, exact
from docgen.grading.outcome import FLIPPED, Note, Outcome, Told, outcome_of
from docgen.grading.plan import Plan, Values
from docgen.regulations import rule_predicates as p
from docgen.regulations.rule_facts import Fact


class State(Protocol):
    """What the engine can tell a predicate about the proposal in the making."""

    def rule_holds(self, rule: str) -> Told:
        """What another rule's ground, pin, exclusion or condition says."""

    def standing(self) -> str:
        """The grade reached before ceilings, or `none`."""

    def final(self) -> str:
        """The grade after ceilings, or `none`."""

    def level_fails(self, grade: str) -> bool:
        """True where the conditions of `grade` certainly fail."""

    def situation(self, name: str) -> bool:
        """True where the named state holds."""


def compare(value: Fraction, op: str, bound: Fraction) -> bool:
    """`value` against `bound`: at_least and at_most include the bound, more_than and less_than do not."""
    if op == "at_least":
        return value >= bound
    if op == "at_most":
        return value <= bound
    return value > bound if op == "more_than" else value < bound


def _unknown(fact: Fact) -> Told:
    judged = frozenset({fact.name}) if fact.attested else frozenset()
    key = "grading.note.not_attested" if fact.attested else "grading.note.missing"
    return Told("unknown", (Note(key, {"fact": fact}),), frozenset({fact.name}), judged)


class Evaluator:
    """Evaluates predicates over one view of facts and one state of a proposal.

    With the `plan` of the rules, what their predicates said of the same values before is not worked out again.
    """

    def __init__(self, view: FactView, state: State, plan: Plan | None = None) -> None:
        self.view = view
        self.state = state
        self._plan = plan
        self._values = Values(view)

    def tell(self, predicate: p.Predicate) -> Told:
        """What `predicate` says."""
        known = self._plan.answers(predicate) if self._plan else None
        if known is None:
            return _KINDS[type(predicate)](self, predicate)
        key = known.key(self._values)
        return known.told.get(key) or known.keep(key, _KINDS[type(predicate)](self, predicate))

    # -- leaves --

    def _is(self, one: p.Is) -> Told:
        value = self.view.get(one.fact)
        if value is UNKNOWN:
            return _unknown(one.fact)
        return Told(outcome_of(bool(value)), (Note("grading.note.value", {"fact": one.fact, "value": bool(value)}),))

    def _given(self, one: p.Given) -> Told:
        return Told(outcome_of(self.view.given(one.fact)))

    def _one_of(self, one: p.OneOf) -> Told:
        value = self.view.get(one.fact)
        if value is UNKNOWN or value is None:
            return _unknown(one.fact)
        # The clause's own words are worth saying only where the value is not among them.
        key = "grading.note.value" if value in one.values else "grading.note.one_of"
        note = Note(key, {"fact": one.fact, "value": value, "values": one.values})
        return Told(outcome_of(value in one.values), (note,))

    def _compare(self, one: p.Compare) -> Told:
        value = self.view.get(one.fact)
        if value is UNKNOWN or value is None:
            return _unknown(one.fact)
        bound: Any = one.bound
        if isinstance(bound, Fact):
            bound = self.view.number(bound)
            if bound is UNKNOWN:
                assert isinstance(one.bound, Fact)
                return _unknown(one.bound)
        # Nothing stands above the best value of a scale: "Xuất sắc or better" is just "Xuất sắc".
        best = isinstance(bound, str) and one.op == "at_least" and bound == one.fact.order[0]
        key = "grading.note.best" if best else f"grading.note.{one.op}"
        note = Note(key, {"fact": one.fact, "value": value, "bound": bound})
        if isinstance(bound, str):
            ranks = [Fraction(-one.fact.order.index(word)) for word in (value, bound)]
            return Told(outcome_of(compare(ranks[0], one.op, ranks[1])), (note,))
        return Told(outcome_of(compare(exact(value), one.op, bound)), (note,))

    def _items(self, facts: tuple[Fact, ...]) -> tuple[list[Any], Told | None]:
        """All items of the lists, and why that cannot be told where one is missing or says nothing."""
        items: list[Any] = []
        gap: Told | None = None
        for fact in facts:
            value = self.view.get(fact)
            if value is UNKNOWN or (fact.needs_items and not value) or None in value:
                gap = gap or _unknown(fact)
            if value is not UNKNOWN:
                items += [item for item in value if item is not None]
        return items, gap

    def _all_at_least(self, one: p.AllAtLeast) -> Told:
        items, gap = self._items(one.facts)
        if isinstance(one.bound, str):
            order = one.facts[0].order
            low = [item for item in items if order.index(item) > order.index(one.bound)]
        else:
            low = [item for item in items if exact(item) < one.bound]
        params = {
            "facts": one.facts,
            "bound": one.bound,
            "low": tuple(low),
            "count": len(low),
            "total": len(items),
        }
        if low:
            return Told("fails", (Note("grading.note.some_below", params),))
        best = isinstance(one.bound, str) and one.bound == one.facts[0].order[0]
        return gap or Told("holds", (Note("grading.note.all_best" if best else "grading.note.all_at_least", params),))

    def _some_equal(self, one: p.SomeEqual) -> Told:
        items, gap = self._items(one.facts)
        count = items.count(one.value)
        note = Note("grading.note.some_equal", {"facts": one.facts, "value": one.value, "count": count})
        if count:
            return Told("holds", (note,))
        return gap or Told("fails", (note,))

    def _share(self, one: p.Share) -> Told:
        numbers: list[Fraction] = []
        for fact in (one.part, one.whole, *([one.minus] if one.minus else [])):
            value = self.view.number(fact)
            if not isinstance(value, Fraction):
                return _unknown(fact)
            numbers.append(value)
        part, whole = numbers[0], numbers[1] - sum(numbers[2:], Fraction(0))
        if whole <= 0:
            return _unknown(one.whole)
        # Cross-multiplied: 2 of 10 is exactly 20 %, whatever floating point makes of it.
        verdict = compare(part * 100, one.op, one.percent * whole)
        params = {"part": part, "whole": whole, "fact": one.part, "percent": one.percent, "of": one.whole}
        whole_asked = one.op == "at_least" and one.percent == 100
        notes = [Note("grading.note.share.all" if whole_asked else f"grading.note.share.{one.op}", params)]
        if one.minus and numbers[2]:
            notes.append(Note("grading.note.share.minus", {"count": numbers[2], "fact": one.minus}))
        return Told(outcome_of(verdict), tuple(notes))

    def _each_grade(self, one: p.EachGrade) -> Told:
        value = self.view.get(one.fact)
        if value is UNKNOWN:
            return _unknown(one.fact)
        asked = {k: g for k, g in value.items() if k not in one.besides and (not one.only or k in one.only)}
        order = one.fact.order
        low = tuple(k for k, g in asked.items() if g is not None and order.index(g) > order.index(one.grade))
        params = {"names": low, "grade": one.grade, "total": len(asked), "asked": tuple(asked)}
        if low:
            return Told("fails", (Note("grading.note.bodies_below", params),))
        if None in asked.values():
            return _unknown(one.fact)
        return Told("holds", (Note("grading.note.bodies_at_least", params),))

    def _count_grades(self, one: p.CountGrades) -> Told:
        value = self.view.get(one.fact)
        if value is UNKNOWN:
            return _unknown(one.fact)
        asked = {k: g for k, g in value.items() if k not in one.besides}
        names = tuple(k for k, g in asked.items() if g == one.grade)
        params = {"names": names, "count": len(names), "grade": one.grade, "bound": one.at_least}
        note = Note("grading.note.count_grades" if names else "grading.note.count_grades.none", params)
        if len(names) >= one.at_least:
            return Told("holds", (note,))
        open_ones = sum(g is None for g in asked.values())
        return _unknown(one.fact) if len(names) + open_ones >= one.at_least else Told("fails", (note,))

    def _each_unit(self, one: p.EachUnit) -> Told:
        value = self.view.get(one.fact)
        if value is UNKNOWN:
            return _unknown(one.fact)
        # A unit of which nothing is said may be of this kind.
        grades = [unit and unit.get("grade") for unit in value if unit is None or unit.get("kind") == one.kind]
        order = one.fact.order
        low = tuple(g for g in grades if g is not None and order.index(g) > order.index(one.grade))
        params = {"kind": one.kind, "low": low, "grade": one.grade, "total": len(grades)}
        if low:
            return Told("fails", (Note("grading.note.units_below", params),))
        if None in grades:
            return _unknown(one.fact)
        return Told("holds", (Note("grading.note.units_at_least", params),) if grades else ())

    def _scores_below(self, one: p.ScoresBelow) -> Told:
        value = self.view.get(one.fact)
        if value is UNKNOWN or not value or None in value:
            return _unknown(one.fact)
        count = sum(exact(score) * 100 < one.percent * exact(top) for score, top in value)
        params = {"count": count, "percent": one.percent, "bound": one.at_most, "total": len(value)}
        return Told(outcome_of(count <= one.at_most), (Note("grading.note.scores_below", params),))

    def _majority(self, one: p.Majority) -> Told:
        votes, total = self.view.get(one.votes), self.view.number(one.total)
        if votes is UNKNOWN or votes is None:
            return _unknown(one.votes)
        if isinstance(total, Fraction) and total > 0:
            best = max(one.grades, key=lambda g: votes.get(g, 0))
            params = {"count": votes.get(best, 0), "total": total, "grade": best, "grades": one.grades}
            note = Note("grading.note.majority", params)
            return Told(outcome_of(votes.get(best, 0) * 2 > total), (note,))
        return _unknown(one.total)

    def _date_after(self, one: p.DateAfter) -> Told:
        value = self.view.get(one.fact)
        if value is UNKNOWN:
            return _unknown(one.fact)
        date = value if isinstance(value, datetime.date) else datetime.date.fromisoformat(value)
        params = {"fact": one.fact, "value": _day(date), "bound": _day(one.bound)}
        return Told(outcome_of(date > one.bound), (Note("grading.note.date_after", params),))

    def _sum(self, one: p.SumAtLeast) -> Told:
        total = Fraction(0)
        for fact in one.facts:
            value = self.view.number(fact)
            if not isinstance(value, Fraction):
                return _unknown(fact)
            total += value
        note = Note("grading.note.sum", {"facts": one.facts, "value": total, "bound": one.bound})
        return Told(outcome_of(total >= one.bound), (note,))

    # -- combinations --

    def _not(self, one: p.Not) -> Told:
        inner = self.tell(one.that)
        return Told(FLIPPED[inner.outcome], inner.notes, inner.missing, inner.judged)

    def _all_of(self, one: p.AllOf) -> Told:
        return _combine([self.tell(each) for each in one.each], "fails", "holds")

    def _any_of(self, one: p.AnyOf) -> Told:
        return _combine([self.tell(each) for each in one.each], "holds", "fails")

    def _implies(self, one: p.Implies) -> Told:
        when = self.tell(one.when)
        if when.outcome == "fails":
            return Told("holds")
        that = self.tell(one.that)
        if when.outcome == "holds" or that.outcome == "holds":
            return that
        return Told("unknown", when.notes, when.missing, when.judged)

    def _unless(self, one: p.Unless) -> Told:
        that = self.tell(one.that)
        if that.outcome == "fails":
            return that
        excuse = self.tell(p.Is(one.attested))
        notes = (*that.notes, Note("grading.note.exception", {"fact": one.attested, "value": _said(excuse)}))
        if excuse.outcome == "holds":
            return Told("fails", notes)
        if that.outcome == "unknown":
            return that
        return Told("holds" if excuse.outcome == "fails" else "unknown", notes, excuse.missing, excuse.judged)

    def _named(self, one: p.Named) -> Told:
        return self.tell(one.that)

    # -- the state of the proposal --

    def _rule(self, one: p.RuleHolds) -> Told:
        return self.state.rule_holds(one.rule)

    def _standing(self, one: p.Standing) -> Told:
        return Told(outcome_of(self.state.standing() in one.grades))

    def _final(self, one: p.Final) -> Told:
        return Told(outcome_of(self.state.final() in one.grades))

    def _level(self, one: p.LevelFails) -> Told:
        return Told(outcome_of(self.state.level_fails(one.grade)))

    def _situation(self, one: p.Situation) -> Told:
        return Told(outcome_of(self.state.situation(one.name)))


_KINDS: dict[type[p.Predicate], Callable[[Evaluator, Any], Told]] = {
    p.Is: Evaluator._is, p.Given: Evaluator._given, p.OneOf: Evaluator._one_of, p.Compare: Evaluator._compare,
    p.AllAtLeast: Evaluator._all_at_least, p.SomeEqual: Evaluator._some_equal, p.Share: Evaluator._share,
    p.EachGrade: Evaluator._each_grade, p.CountGrades: Evaluator._count_grades, p.EachUnit: Evaluator._each_unit,
    p.ScoresBelow: Evaluator._scores_below, p.Majority: Evaluator._majority, p.DateAfter: Evaluator._date_after,
    p.SumAtLeast: Evaluator._sum, p.Not: Evaluator._not, p.AllOf: Evaluator._all_of, p.AnyOf: Evaluator._any_of,
    p.Implies: Evaluator._implies, p.Unless: Evaluator._unless, p.Named: Evaluator._named,
    p.RuleHolds: Evaluator._rule, p.Standing: Evaluator._standing, p.Final: Evaluator._final,
    p.LevelFails: Evaluator._level, p.Situation: Evaluator._situation,
}  # fmt: skip


def _combine(told: list[Told], decides: Outcome, otherwise: Outcome) -> Told:
    """One outcome that `decides` decides; else an unknown one makes all unknown; else `otherwise`."""
    for wanted in (decides, "unknown"):
        found = [t for t in told if t.outcome == wanted]
        if found:
            return Told(
                found[0].outcome,
                tuple(note for t in found for note in t.notes),
                frozenset[str]().union(*(t.missing for t in found)),
                frozenset[str]().union(*(t.judged for t in found)),
            )
    return Told(otherwise, tuple(note for t in told for note in t.notes))


def _said(told: Told) -> str:
    return {"holds": "yes", "fails": "no", "unknown": "unknown"}[told.outcome]


def _day(date: datetime.date) -> str:
    return f"{date.day:02d}/{date.month:02d}/{date.year}"
