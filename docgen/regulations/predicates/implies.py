"""`implies`: something is asked for only where something else holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from docgen.regulations.predicate import (
    Asker,
    Combination,
    Example,
    Formula,
    Predicate,
    Reader,
    Say,
    Spelling,
    World,
)
from docgen.regulations.predicates.all_any import AnyOf
from docgen.regulations.predicates.not_ import Not
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.told import Told


@dataclass(frozen=True, slots=True)
class Implies(Combination):
    """`that` is asked for only where `when` holds."""

    when: Predicate
    that: Predicate

    spellings = (Spelling("implies", ("when", "that")),)
    words = ("grading.says.implies",)
    examples = (
        Example(
            "implies: {when: {is: is_civil_servant}, that: {compare: {fact: gpa, at_least: 8}}}",
            World({"is_civil_servant": False, "gpa": 7}),
            World({"is_civil_servant": True, "gpa": 7}),
            World({"gpa": 7}),
            stricter="implies: {when: {is: is_civil_servant}, that: {compare: {fact: gpa, at_least: 9}}}",
        ),
    )

    @classmethod
    def parse(cls, reader: Reader, node: Mapping, key: str) -> Predicate:
        m = reader.keys(cls, node, key)
        return cls(reader.parse(m["when"], m, "when"), reader.parse(m["that"], m, "that"))

    def tell(self, ask: Asker) -> Told:
        when = ask.tell(self.when)
        if when.outcome == "fails":
            return Told("holds")
        that = ask.tell(self.that)
        if when.outcome == "holds" or that.outcome == "holds":
            return that
        return Told("unknown", when.notes, when.missing, when.judged)

    def in_words(self, say: Say) -> str:
        return say("implies", when=say.part(self.when), that=say.part(self.that))

    def clauses(self) -> int:
        return 2

    def formula(self, positive: bool) -> Formula:
        return AnyOf((Not(self.when), self.that)).formula(positive)

    def broken(self) -> Iterator[tuple[str, Predicate]]:
        yield "asked of everybody", self.that
