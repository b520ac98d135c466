"""`within`: two facts stand at most so many steps apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from docgen.regulations.comparison import rank
from docgen.regulations.predicate import Asker, Example, Predicate, Reader, Say, Spelling, World
from docgen.regulations.rule_facts import Fact
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.told import UNKNOWN, Note, Told, not_known, outcome_of


@dataclass(frozen=True, slots=True)
class Within(Predicate):
    """Two grades stand at most `steps` apart on their scale."""

    fact: Fact
    other: Fact
    steps: int

    spellings = (Spelling("within", ("fact", "of", "steps")),)
    words = ("grading.says.within", "grading.note.within")
    examples = (
        Example(
            "within: {fact: civil_servant_grade, of: headed_org_grade, steps: 1}",
            World({"civil_servant_grade": "HTXSNV", "headed_org_grade": "HTTNV"}),
            World({"civil_servant_grade": "HTXSNV", "headed_org_grade": "HTNV"}),
            World({"civil_servant_grade": "HTXSNV"}),
            stricter="within: {fact: civil_servant_grade, of: headed_org_grade, steps: 0}",
        ),
    )
    loose = ("steps",)

    @classmethod
    def parse(cls, reader: Reader, node: Mapping, key: str) -> Predicate:
        m = reader.keys(cls, node, key)
        return cls(
            reader.fact(m, "fact", m["fact"], "grade"),
            reader.fact(m, "of", m["of"], "grade"),
            int(reader.number(m, "steps", m["steps"])),
        )

    def tell(self, ask: Asker) -> Told:
        values = []
        for fact in (self.fact, self.other):
            value = ask.view.get(fact)
            if value is UNKNOWN or value is None:
                return not_known(fact)
            values.append(rank(value, fact.order))
        apart = abs(values[0] - values[1])
        params = {"fact": self.fact, "other": self.other, "apart": apart, "steps": self.steps}
        return Told(outcome_of(apart <= self.steps), (Note("grading.note.within", params),))

    def in_words(self, say: Say) -> str:
        return say("within", fact=self.fact, other=self.other, steps=self.steps)

    def stricter(self, other: Self) -> bool:
        return self.steps <= other.steps

    def broken(self) -> Iterator[tuple[str, Predicate]]:
        for step in (-1, 1):
            yield f"steps {step:+d}", replace(self, steps=self.steps + step)
