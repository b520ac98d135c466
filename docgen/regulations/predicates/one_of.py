"""`one_of`, `equals`: a fact has one of the values, or exactly one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from docgen.regulations.comparison import meets
from docgen.regulations.predicate import Asker, Example, Predicate, Reader, Say, Spelling, World
from docgen.regulations.predicates.compare import Compare
from docgen.regulations.predicates.not_ import Not
from docgen.regulations.rule_facts import Fact
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.told import UNKNOWN, Note, Told, not_known, outcome_of


@dataclass(frozen=True, slots=True)
class OneOf(Predicate):
    """A fact has one of the values."""

    fact: Fact
    values: tuple[str, ...]

    spellings = (Spelling("one_of", ("fact", "values")), Spelling("equals", ("fact", "value")))
    words = ("grading.says.one_of", "grading.note.value", "grading.note.one_of")
    examples = (
        Example(
            "one_of: {fact: meeting_quality, values: [tot, kha]}",
            World({"meeting_quality": "kha"}),
            World({"meeting_quality": "kem"}),
            stricter="one_of: {fact: meeting_quality, values: [tot]}",
        ),
        Example(
            "equals: {fact: org_type, value: chi_bo}", World({"org_type": "chi_bo"}), World({"org_type": "dang_bo"})
        ),
    )
    loose = ("values",)

    @classmethod
    def parse(cls, reader: Reader, node: Mapping, key: str) -> Predicate:
        m = reader.keys(cls, node, key)
        found = reader.fact(m, "fact", m["fact"])
        if "value" in m:
            return cls(found, (reader.value(m, "value", m["value"], found),))
        return cls(found, tuple(reader.value(m, "values", v, found) for v in reader.texts(m, "values")))

    def tell(self, ask: Asker) -> Told:
        value = ask.view.get(self.fact)
        if value is UNKNOWN or value is None:
            return not_known(self.fact)
        # The clause's own words are worth saying only where the value is not among them.
        key = "grading.note.value" if value in self.values else "grading.note.one_of"
        note = Note(key, {"fact": self.fact, "value": value, "values": self.values})
        return Told(outcome_of(value in self.values), (note,))

    def in_words(self, say: Say) -> str:
        return say("one_of", fact=self.fact, values=self.values)

    def stricter(self, other: Self) -> bool:
        return set(self.values) <= set(other.values)

    def implies(self, other: Predicate) -> bool:
        if isinstance(other, Compare) and other.fact == self.fact:
            bound = other.bound
            return isinstance(bound, str) and all(meets(v, other.op, bound, self.fact.order) for v in self.values)
        return Predicate.implies(self, other)

    def excludes(self, other: Predicate) -> bool:
        return isinstance(other, OneOf) and other.fact == self.fact and not set(self.values) & set(other.values)

    def broken(self) -> Iterator[tuple[str, Predicate]]:
        yield "negated", Not(self)
        if len(self.values) > 1:
            for value in self.values:
                yield f"without {value}", replace(self, values=tuple(v for v in self.values if v != value))
