"""`final`: the grade after ceilings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from docgen.regulations.predicate import Asker, Example, Predicate, Reader, Say, Spelling, World
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.told import Told, outcome_of


@dataclass(frozen=True, slots=True)
class Final(Predicate):
    """The grade after ceilings is one of `grades` (`none`: none is proposed)."""

    grades: tuple[str, ...]

    spellings = (Spelling("final"),)
    words = ("grading.says.grade_is",)
    examples = (
        Example("final: [HTTNV, none]", World(ends="none"), World(ends="HTNV"), None, stricter="final: [HTTNV]"),
    )
    loose = ("grades",)
    of_proposal = True

    @classmethod
    def parse(cls, reader: Reader, node: Mapping, key: str) -> Predicate:
        return cls(reader.grades_or_none(node, key))

    def tell(self, ask: Asker) -> Told:
        return Told(outcome_of(ask.state.final() in self.grades))

    def in_words(self, say: Say) -> str:
        return say("grade_is", grades=self.grades)

    def stricter(self, other: Self) -> bool:
        return set(self.grades) <= set(other.grades)

    def broken(self) -> Iterator[tuple[str, Predicate]]:
        if len(self.grades) > 1:
            for grade in self.grades:
                yield f"without {grade}", replace(self, grades=tuple(g for g in self.grades if g != grade))
