"""`all_at_least`: every item of the lists is at the bound or better."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Self

from docgen.regulations.comparison import at_least, near
from docgen.regulations.predicate import Asker, Example, Predicate, Reader, Say, Spelling, World
from docgen.regulations.predicates._items import items
from docgen.regulations.rule_facts import Fact
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.told import Note, Told, exact


@dataclass(frozen=True, slots=True)
class AllAtLeast(Predicate):
    """Every item of the lists is at the bound or better."""

    facts: tuple[Fact, ...]
    bound: Fraction | str

    spellings = (Spelling("all_at_least", ("facts", "value")),)
    words = (
        "grading.says.all_at_least",
        "grading.note.some_below",
        "grading.note.all_best",
        "grading.note.all_at_least",
    )
    examples = (
        Example(
            "all_at_least: {facts: [core_criteria_levels, other_criteria_levels], value: tot}",
            World({"core_criteria_levels": ["xuat_sac", "tot"], "other_criteria_levels": ["tot"]}),
            World({"core_criteria_levels": ["xuat_sac", "tot"], "other_criteria_levels": ["trung_binh"]}),
            World({"core_criteria_levels": ["xuat_sac", "tot"]}),
            stricter="all_at_least: {facts: [core_criteria_levels, other_criteria_levels], value: xuat_sac}",
        ),
        Example(
            "all_at_least: {facts: [core_criteria_percents], value: 80}",
            World({"core_criteria_percents": [80, 95]}),
            World({"core_criteria_percents": [79, 95]}),
            stricter="all_at_least: {facts: [core_criteria_percents, other_criteria_percents], value: 80}",
        ),
    )
    loose = ("facts", "bound")

    @classmethod
    def parse(cls, reader: Reader, node: Mapping, key: str) -> Predicate:
        m = reader.keys(cls, node, key)
        listed = reader.listed(m, "facts", "levels", "percents")
        return cls(listed, reader.bound(m, "value", m["value"], listed[0]))

    def tell(self, ask: Asker) -> Told:
        found, gap = items(ask.view, self.facts)
        if isinstance(self.bound, str):
            order = self.facts[0].order
            low = [item for item in found if order.index(item) > order.index(self.bound)]
        else:
            low = [item for item in found if exact(item) < self.bound]
        params = {
            "facts": self.facts,
            "bound": self.bound,
            "low": tuple(low),
            "count": len(low),
            "total": len(found),
        }
        if low:
            return Told("fails", (Note("grading.note.some_below", params),))
        best = isinstance(self.bound, str) and self.bound == self.facts[0].order[0]
        return gap or Told("holds", (Note("grading.note.all_best" if best else "grading.note.all_at_least", params),))

    def in_words(self, say: Say) -> str:
        return say("all_at_least", facts=self.facts, bound=self.bound)

    def stricter(self, other: Self) -> bool:
        return set(self.facts) >= set(other.facts) and at_least(self.bound, other.bound, self.facts[0].order)

    def broken(self) -> Iterator[tuple[str, Predicate]]:
        bounds: list[Any] = []
        if isinstance(self.bound, Fraction):
            bounds = [self.bound - 1, self.bound + 1]
        else:
            bounds = list(near(self.bound, self.facts[0].order))
        for bound in bounds:
            yield f"bound {bound}", replace(self, bound=bound)
        if len(self.facts) > 1:
            for fact in self.facts:
                yield f"without {fact.name}", replace(self, facts=tuple(f for f in self.facts if f != fact))
