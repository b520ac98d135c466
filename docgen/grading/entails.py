"""Whether one predicate is at least as strict as another: wherever the first holds, the second holds too.

`entails` proves or does not prove; it never guesses. What it cannot prove counts as "not as strict", so that a change
of a rule is shown to people once too often rather than once too little.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from fractions import Fraction

from docgen.model import GRADES
from docgen.regulations import rule_predicates as p
from docgen.regulations.rule_facts import Fact

_FLIPPED = {"at_least": "less_than", "less_than": "at_least", "more_than": "at_most", "at_most": "more_than"}
#: Steps after which a proof is given up. The longest rules of today take a few hundred.
_BUDGET = 20_000


@dataclass(frozen=True, slots=True)
class _Literal:
    leaf: p.Predicate
    positive: bool


@dataclass(frozen=True, slots=True)
class _All:
    parts: tuple[_Form, ...]


@dataclass(frozen=True, slots=True)
class _Any:
    parts: tuple[_Form, ...]


_Form = _Literal | _All | _Any


def entails(first: p.Predicate, second: p.Predicate) -> bool:
    """True where it is certain that `second` holds whenever `first` does."""
    return first == second or _Proof().prove((), (_form(first, True),), _form(second, True))


def _form(one: p.Predicate, positive: bool) -> _Form:
    """`one` (or its negation) with every "not" pushed down to the leaves."""
    match one:
        case p.Not():
            return _form(one.that, not positive)
        case p.Named():
            return _form(one.that, positive)
        case p.AllOf() | p.AnyOf():
            parts = tuple(_form(part, positive) for part in one.each)
            return _All(parts) if isinstance(one, p.AllOf) is positive else _Any(parts)
        case p.Implies():
            return _form(p.AnyOf((p.Not(one.when), one.that)), positive)
        case p.Unless():
            return _form(p.AllOf((one.that, p.Not(p.Is(one.attested)))), positive)
        case p.Compare() if not positive:
            return _Literal(p.Compare(one.fact, _FLIPPED[one.op], one.bound), True)
        case p.Share() if not positive:
            return _Literal(p.Share(one.part, one.whole, one.minus, _FLIPPED[one.op], one.percent), True)
    return _Literal(one, positive)


class _Proof:
    """One proof: what is known is taken apart until the goal follows from a single leaf, or nothing is left."""

    def __init__(self) -> None:
        self.steps = 0

    def prove(self, known: tuple[_Literal, ...], open_: tuple[_Form, ...], goal: _Form) -> bool:
        self.steps += 1
        if self.steps > _BUDGET:
            return False
        if goal in open_ or goal in known:
            return True
        if isinstance(goal, _All):
            return all(self.prove(known, open_, part) for part in goal.parts)
        for position, form in enumerate(open_):
            rest = open_[:position] + open_[position + 1 :]
            if isinstance(form, _All):
                return self.prove(known, form.parts + rest, goal)
            if isinstance(form, _Literal):
                return self.prove((*known, form), rest, goal)
        if open_:
            cases = open_[0]
            assert isinstance(cases, _Any)
            return all(self.prove(known, (part, *open_[1:]), goal) for part in cases.parts)
        if any(_follows(one, _negated(other)) for one in known for other in known):
            return True  # nothing can be like that
        if isinstance(goal, _Any):
            return any(self.prove(known, (), part) for part in goal.parts)
        return any(_follows(one, goal) for one in known)


def _negated(one: _Literal) -> _Literal:
    found = _form(one.leaf, not one.positive)
    assert isinstance(found, _Literal)
    return found


def _follows(one: _Literal, other: _Literal) -> bool:
    """True where leaf `other` holds whenever leaf `one` does."""
    if one.positive and other.positive:
        return _stricter(one.leaf, other.leaf)
    if not one.positive and not other.positive:
        return _stricter(other.leaf, one.leaf)
    if one.positive and isinstance(one.leaf, p.OneOf) and isinstance(other.leaf, p.OneOf):
        return one.leaf.fact == other.leaf.fact and not set(one.leaf.values) & set(other.leaf.values)
    return False


#: The parts of a leaf that may differ in one direction; all others must be the same.
_LOOSE = {
    p.Compare: ("op", "bound"), p.OneOf: ("values",), p.AllAtLeast: ("facts", "bound"), p.SomeEqual: ("facts",),
    p.Share: ("op", "percent"), p.EachGrade: ("grade", "only", "besides"), p.CountGrades: ("at_least", "besides"),
    p.EachUnit: ("grade",), p.ScoresBelow: ("percent", "at_most"), p.Majority: ("grades",), p.DateAfter: ("bound",),
    p.SumAtLeast: ("bound",), p.Standing: ("grades",), p.Final: ("grades",),
}  # fmt: skip


def _stricter(one: p.Predicate, other: p.Predicate) -> bool:
    """True where the leaf `other` holds whenever the leaf `one` does."""
    if one == other:
        return True
    if isinstance(one, p.OneOf) and isinstance(other, p.Compare) and one.fact == other.fact:
        bound = other.bound
        return isinstance(bound, str) and all(_meets(v, other.op, bound, one.fact.order) for v in one.values)
    if type(one) is not type(other) or type(one) not in _LOOSE:
        return False
    loose = _LOOSE[type(one)]
    if any(getattr(one, f.name) != getattr(other, f.name) for f in fields(one) if f.name not in loose):
        return False
    match one, other:
        case p.Compare(), p.Compare():
            return _bounded(one.op, one.bound, other.op, other.bound, one.fact.order)
        case p.Share(), p.Share():
            return _bounded(one.op, one.percent, other.op, other.percent, ())
        case p.AllAtLeast(), p.AllAtLeast():
            order = one.facts[0].order
            return set(one.facts) >= set(other.facts) and _at_least(one.bound, other.bound, order)
        case (p.OneOf(), p.OneOf()):
            return set(one.values) <= set(other.values)
        case (p.Majority() | p.Standing() | p.Final(), p.Majority() | p.Standing() | p.Final()):
            return set(one.grades) <= set(other.grades)
        case p.SomeEqual(), p.SomeEqual():
            return set(one.facts) <= set(other.facts)
        case p.EachGrade(), p.EachGrade():
            return _at_least(one.grade, other.grade, GRADES) and _covers(one, other)
        case p.CountGrades(), p.CountGrades():
            return one.at_least >= other.at_least and set(one.besides) >= set(other.besides)
        case p.EachUnit(), p.EachUnit():
            return _at_least(one.grade, other.grade, GRADES)
        case p.ScoresBelow(), p.ScoresBelow():
            return one.percent >= other.percent and one.at_most <= other.at_most
        case (p.DateAfter(), p.DateAfter()):
            return one.bound >= other.bound
        case (p.SumAtLeast(), p.SumAtLeast()):
            return one.bound >= other.bound
    return False


def _covers(one: p.EachGrade, other: p.EachGrade) -> bool:
    """True where `one` asks all the bodies that `other` asks."""
    if one.only and not (other.only and set(other.only) <= set(one.only)):
        return False
    return set(one.besides) <= set(other.besides)


def _rank(value: Fraction | str, order: tuple[str, ...]) -> Fraction:
    """`value` as a number: more is better. The values of a scale stand best first."""
    return Fraction(-order.index(value)) if isinstance(value, str) else value


def _at_least(value: Fraction | str, floor: Fraction | str, order: tuple[str, ...]) -> bool:
    return type(value) is type(floor) and _rank(value, order) >= _rank(floor, order)


def _bounded(
    op: str, bound: Fraction | str | Fact, wide_op: str, wide: Fraction | str | Fact, order: tuple[str, ...]
) -> bool:
    """True where every value within (`op`, `bound`) is within (`wide_op`, `wide`)."""
    if isinstance(bound, Fact) or isinstance(wide, Fact):
        stronger = (("more_than", "at_least"), ("less_than", "at_most"))
        return bound == wide and (op == wide_op or (op, wide_op) in stronger)
    if isinstance(bound, str) is not isinstance(wide, str):
        return False
    return _within(op, bound, wide_op, wide, order)


def _within(op: str, bound: Fraction | str, wide_op: str, wide: Fraction | str, order: tuple[str, ...]) -> bool:
    first, second = _rank(bound, order), _rank(wide, order)
    upward = ("at_least", "more_than")
    if (op in upward) != (wide_op in upward):
        return False
    if first == second:
        return op == wide_op or wide_op in ("at_least", "at_most")
    return first > second if op in upward else first < second


def _meets(value: str, op: str, bound: str, order: tuple[str, ...]) -> bool:
    """True where one value of a scale satisfies a comparison."""
    first, second = _rank(value, order), _rank(bound, order)
    return {
        "at_least": first >= second, "more_than": first > second, "at_most": first <= second,
        "less_than": first < second,
    }[op]  # fmt: skip
