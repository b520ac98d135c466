"""`sum_at_least`: several numbers together are at the bound or more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Self

from docgen.regulations.predicate import Asker, Example, Predicate, Reader, Say, Spelling, World
from docgen.regulations.rule_facts import Fact
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.told import Note, Told, not_known, outcome_of


@dataclass(frozen=True, slots=True)
class SumAtLeast(Predicate):
    """The sum of several numbers is at the bound or more."""

    facts: tuple[Fact, ...]
    bound: Fraction

    spellings = (Spelling("sum_at_least", ("facts", "value")),)
    words = ("grading.says.sum", "grading.note.sum")
    examples = (
        Example(
            "sum_at_least: {facts: [gpa, training_score], value: 90}",
            World({"gpa": 8.5, "training_score": 81.5}),
            World({"gpa": 8, "training_score": 81.5}),
            World({"gpa": 8}),
            stricter="sum_at_least: {facts: [gpa, training_score], value: 91}",
        ),
    )
    loose = ("bound",)

    @classmethod
    def parse(cls, reader: Reader, node: Mapping, key: str) -> Predicate:
        m = reader.keys(cls, node, key)
        listed = reader.listed(m, "facts", "int", "number")
        return cls(listed, reader.number(m, "value", m["value"]))

    def tell(self, ask: Asker) -> Told:
        total = Fraction(0)
        for fact in self.facts:
            value = ask.view.number(fact)
            if not isinstance(value, Fraction):
                return not_known(fact)
            total += value
        note = Note("grading.note.sum", {"facts": self.facts, "value": total, "bound": self.bound})
        return Told(outcome_of(total >= self.bound), (note,))

    def in_words(self, say: Say) -> str:
        return say("sum", facts=self.facts, bound=self.bound)

    def stricter(self, other: Self) -> bool:
        return self.bound >= other.bound

    def broken(self) -> Iterator[tuple[str, Predicate]]:
        for step in (-1, 1):
            yield f"bound {step:+d}", replace(self, bound=self.bound + step)
