"""`scores_below`: at most so many criteria score below a share of their maximum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Self

from docgen.regulations.predicate import Asker, Example, Predicate, Reader, Say, Spelling, World
from docgen.regulations.rule_facts import Fact
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.told import UNKNOWN, Note, Told, exact, not_known, outcome_of


@dataclass(frozen=True, slots=True)
class ScoresBelow(Predicate):
    """At most `at_most` criteria score below `percent` of their maximum."""

    fact: Fact
    percent: Fraction
    at_most: int

    spellings = (Spelling("scores_below", ("fact", "percent", "at_most")),)
    words = ("grading.says.scores_below", "grading.note.scores_below")
    examples = (
        Example(
            "scores_below: {fact: criterion_scores, percent: 90, at_most: 1}",
            World({"criterion_scores": [[9, 10], [8.9, 10]]}),
            World({"criterion_scores": [[8, 10], [8.9, 10]]}),
            stricter="scores_below: {fact: criterion_scores, percent: 95, at_most: 0}",
        ),
    )
    loose = ("percent", "at_most")

    @classmethod
    def parse(cls, reader: Reader, node: Mapping, key: str) -> Predicate:
        m = reader.keys(cls, node, key)
        return cls(
            reader.fact(m, "fact", m["fact"], "scores"),
            reader.number(m, "percent", m["percent"]),
            int(reader.number(m, "at_most", m["at_most"])),
        )

    def tell(self, ask: Asker) -> Told:
        value = ask.view.get(self.fact)
        if value is UNKNOWN or not value or None in value:
            return not_known(self.fact)
        count = sum(exact(score) * 100 < self.percent * exact(top) for score, top in value)
        params = {"count": count, "percent": self.percent, "bound": self.at_most, "total": len(value)}
        return Told(outcome_of(count <= self.at_most), (Note("grading.note.scores_below", params),))

    def in_words(self, say: Say) -> str:
        return say("scores_below", percent=self.percent, bound=self.at_most)

    def stricter(self, other: Self) -> bool:
        return self.percent >= other.percent and self.at_most <= other.at_most

    def broken(self) -> Iterator[tuple[str, Predicate]]:
        for step in (-1, 1):
            yield f"percent {step:+d}", replace(self, percent=self.percent + step)
            if self.at_most + step >= 0:
                yield f"count {step:+d}", replace(self, at_most=self.at_most + step)
