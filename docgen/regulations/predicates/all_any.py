"""`all_of`, `any_of`: all of several predicates hold, or one at least. Each is what a slip makes of the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from docgen.regulations.predicate import (
    Asker,
    Combination,
    Every,
    Example,
    Formula,
    Predicate,
    Reader,
    Say,
    Some,
    Spelling,
    World,
)
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.told import Outcome, Told


@dataclass(frozen=True, slots=True)
class AllOf(Combination):
    """All hold."""

    each: tuple[Predicate, ...]

    spellings = (Spelling("all_of"),)
    words = ("grading.says.and", "grading.says.always")
    examples = (
        Example(
            "all_of: [{is: is_civil_servant}, {compare: {fact: gpa, at_least: 8}}]",
            World({"is_civil_servant": True, "gpa": 8}),
            World({"gpa": 7}),
            stricter="all_of: [{is: is_civil_servant}, {compare: {fact: gpa, at_least: 9}}]",
        ),
    )

    @classmethod
    def parse(cls, reader: Reader, node: Mapping, key: str) -> Predicate:
        return cls(reader.each(node, key))

    def tell(self, ask: Asker) -> Told:
        return _combine([ask.tell(one) for one in self.each], "fails", "holds")

    def in_words(self, say: Say) -> str:
        return say("and").join(say.part(one) for one in self.each) if self.each else say("always")

    def clauses(self) -> int:
        return len(self.each)

    def formula(self, positive: bool) -> Formula:
        each = tuple(one.formula(positive) for one in self.each)
        return Every(each) if positive else Some(each)

    def broken(self) -> Iterator[tuple[str, Predicate]]:
        if len(self.each) > 1:
            yield from _without_one(self.each, self)
            yield "and, or swapped", AnyOf(self.each)


@dataclass(frozen=True, slots=True)
class AnyOf(Combination):
    """One holds at least."""

    each: tuple[Predicate, ...]

    spellings = (Spelling("any_of"),)
    words = ("grading.says.or",)
    examples = (
        Example(
            "any_of: [{is: is_civil_servant}, {compare: {fact: gpa, at_least: 8}}]",
            World({"gpa": 8}),
            World({"is_civil_servant": False, "gpa": 7}),
            World({"gpa": 7}),
            stricter="any_of: [{is: is_civil_servant}, {compare: {fact: gpa, at_least: 9}}]",
        ),
    )

    @classmethod
    def parse(cls, reader: Reader, node: Mapping, key: str) -> Predicate:
        return cls(reader.each(node, key))

    def tell(self, ask: Asker) -> Told:
        return _combine([ask.tell(one) for one in self.each], "holds", "fails")

    def in_words(self, say: Say) -> str:
        return say("or").join(say.part(one) for one in self.each)

    def clauses(self) -> int:
        return len(self.each)

    def formula(self, positive: bool) -> Formula:
        each = tuple(one.formula(positive) for one in self.each)
        return Some(each) if positive else Every(each)

    def broken(self) -> Iterator[tuple[str, Predicate]]:
        if len(self.each) > 1:
            yield from _without_one(self.each, self)
            yield "and, or swapped", AllOf(self.each)


def _without_one(each: tuple[Predicate, ...], whole: AllOf | AnyOf) -> Iterator[tuple[str, Predicate]]:
    for index in range(len(each)):
        yield f"without part {index + 1}", replace(whole, each=(*each[:index], *each[index + 1 :]))


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
