"""`majority`: one single grade has more than half of the votes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Self

from docgen.regulations.predicate import Asker, Example, Predicate, Reader, Say, Spelling, World
from docgen.regulations.rule_facts import Fact
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.told import UNKNOWN, Note, Told, not_known, outcome_of


@dataclass(frozen=True, slots=True)
class Majority(Predicate):
    """One single grade among `grades` has more than half of `total` (no adding up of grades)."""

    votes: Fact
    total: Fact
    grades: tuple[str, ...]

    spellings = (Spelling("majority", ("votes", "total", "for")),)
    words = ("grading.says.majority", "grading.note.majority")
    examples = (
        Example(
            "majority: {votes: votes_by_official_members, total: official_members_total, for: [HTXSNV, HTTNV]}",
            World({"votes_by_official_members": {"HTTNV": 6, "HTNV": 4}, "official_members_total": 10}),
            World({"votes_by_official_members": {"HTXSNV": 5, "HTTNV": 5}, "official_members_total": 10}),
            World({"votes_by_official_members": {"HTTNV": 6}}),
            stricter="majority: {votes: votes_by_official_members, total: official_members_total, for: [HTXSNV]}",
        ),
    )
    loose = ("grades",)

    @classmethod
    def parse(cls, reader: Reader, node: Mapping, key: str) -> Predicate:
        m = reader.keys(cls, node, key)
        return cls(
            reader.fact(m, "votes", m["votes"], "tally"),
            reader.fact(m, "total", m["total"], "int"),
            tuple(reader.grade(m, "for", grade) for grade in reader.texts(m, "for")),
        )

    def tell(self, ask: Asker) -> Told:
        votes, total = ask.view.get(self.votes), ask.view.number(self.total)
        if votes is UNKNOWN or votes is None:
            return not_known(self.votes)
        if isinstance(total, Fraction) and total > 0:
            best = max(self.grades, key=lambda g: votes.get(g, 0))
            params = {"count": votes.get(best, 0), "total": total, "grade": best, "grades": self.grades}
            return Told(outcome_of(votes.get(best, 0) * 2 > total), (Note("grading.note.majority", params),))
        return not_known(self.total)

    def in_words(self, say: Say) -> str:
        return say("majority", grades=self.grades)

    def stricter(self, other: Self) -> bool:
        return set(self.grades) <= set(other.grades)

    def broken(self) -> Iterator[tuple[str, Predicate]]:
        if len(self.grades) > 1:
            for grade in self.grades:
                yield f"without {grade}", replace(self, grades=tuple(g for g in self.grades if g != grade))
