"""Comparisons: of numbers, and of values on an ordered scale, whose best value stands first."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from docgen.regulations.rule_facts import Fact

#: The four comparisons that a percentage, a count or a value on a scale may be put to.
COMPARISONS = ("at_least", "more_than", "at_most", "less_than")
#: What holds where the comparison does not.
OPPOSITE = {"at_least": "less_than", "less_than": "at_least", "more_than": "at_most", "at_most": "more_than"}
#: The same comparison with its bound taken in where it was out, or left out where it was in.
SWAPPED = {"at_least": "more_than", "more_than": "at_least", "at_most": "less_than", "less_than": "at_most"}

Bound = Fraction | str | Fact


def compare(value: Fraction, op: str, bound: Fraction) -> bool:
    """`value` against `bound`: at_least and at_most include the bound, more_than and less_than do not."""
    if op == "at_least":
        return value >= bound
    if op == "at_most":
        return value <= bound
    return value > bound if op == "more_than" else value < bound


def rank(value: Fraction | str, order: tuple[str, ...]) -> Fraction:
    """`value` as a number: more is better."""
    return Fraction(-order.index(value)) if isinstance(value, str) else value


def at_least(value: Fraction | str, floor: Fraction | str, order: tuple[str, ...]) -> bool:
    """True where `value` is `floor` or better, both of one nature."""
    return type(value) is type(floor) and rank(value, order) >= rank(floor, order)


def meets(value: str, op: str, bound: str, order: tuple[str, ...]) -> bool:
    """True where one value of a scale satisfies a comparison."""
    return compare(rank(value, order), op, rank(bound, order))


def bounded(op: str, bound: Bound, wide_op: str, wide: Bound, order: tuple[str, ...]) -> bool:
    """True where every value within (`op`, `bound`) is certainly within (`wide_op`, `wide`)."""
    if isinstance(bound, Fact) or isinstance(wide, Fact):
        stronger = (("more_than", "at_least"), ("less_than", "at_most"))
        return bound == wide and (op == wide_op or (op, wide_op) in stronger)
    if isinstance(bound, str) is not isinstance(wide, str):
        return False
    first, second = rank(bound, order), rank(wide, order)
    upward = ("at_least", "more_than")
    if (op in upward) != (wide_op in upward):
        return False
    if first == second:
        return op == wide_op or wide_op in ("at_least", "at_most")
    return first > second if op in upward else first < second


def near(value: str, order: tuple[str, ...]) -> Iterator[str]:
    """The neighbours of a value on its scale."""
    at = order.index(value)
    yield from (order[i] for i in (at - 1, at + 1) if 0 <= i < len(order))
