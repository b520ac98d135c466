"""`some_equal`: some item of the lists has exactly this value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from docgen.regulations.comparison import near
from docgen.regulations.predicate import Asker, Example, Predicate, Reader, Say, Spelling, World
from docgen.regulations.predicates._items import items
from docgen.regulations.rule_facts import Fact
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.told import Note, Told


@dataclass(frozen=True, slots=True)
class SomeEqual(Predicate):
    """Some item of the lists has exactly this value."""

    facts: tuple[Fact, ...]
    value: str

    spellings = (Spelling("some_equal", ("facts", "value")),)
    words = ("grading.says.some_equal", "grading.note.some_equal")
    examples = (
        Example(
            "some_equal: {facts: [core_criteria_levels, other_criteria_levels], value: kem}",
            World({"core_criteria_levels": ["kem"], "other_criteria_levels": ["tot"]}),
            World({"core_criteria_levels": ["tot"], "other_criteria_levels": ["tot"]}),
            World({"other_criteria_levels": ["tot"]}),
            stricter="some_equal: {facts: [core_criteria_levels], value: kem}",
        ),
    )
    loose = ("facts",)

    @classmethod
    def parse(cls, reader: Reader, node: Mapping, key: str) -> Predicate:
        m = reader.keys(cls, node, key)
        listed = reader.listed(m, "facts", "levels")
        return cls(listed, str(reader.bound(m, "value", m["value"], listed[0])))

    def tell(self, ask: Asker) -> Told:
        found, gap = items(ask.view, self.facts)
        count = found.count(self.value)
        note = Note("grading.note.some_equal", {"facts": self.facts, "value": self.value, "count": count})
        if count:
            return Told("holds", (note,))
        return gap or Told("fails", (note,))

    def in_words(self, say: Say) -> str:
        return say("some_equal", facts=self.facts, value=self.value)

    def stricter(self, other: Self) -> bool:
        return set(self.facts) <= set(other.facts)

    def broken(self) -> Iterator[tuple[str, Predicate]]:
        for word in near(self.value, self.facts[0].order):
            yield f"value {word}", replace(self, value=word)
        for fact in self.facts:
            yield f"without {fact.name}", replace(self, facts=tuple(f for f in self.facts if f != fact))
