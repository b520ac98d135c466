"""`standing`: the grade reached before ceilings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from docgen.regulations.predicate import Asker, Example, Predicate, Reader, Say, Spelling, World
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.told import Told, outcome_of


@dataclass(frozen=True, slots=True)
class Standing(Predicate):
    """The grade reached before ceilings is one of `grades` (`none`: no grade reached)."""

    grades: tuple[str, ...]

    spellings = (Spelling("standing"),)
    words = ("grading.says.grade_is",)
    examples = (
        Example(
            "standing: [HTTNV, none]", World(stands="none"), World(stands="HTNV"), None, stricter="standing: [HTTNV]"
        ),
    )
    loose = ("grades",)
    of_proposal = True

    @classmethod
    def parse(cls, reader: Reader, node: Mapping, key: str) -> Predicate:
        return cls(reader.grades_or_none(node, key))

    def tell(self, ask: Asker) -> Told:
        return Told(outcome_of(ask.state.standing() in self.grades))

    def in_words(self, say: Say) -> str:
        return say("grade_is", grades=self.grades)

    def stricter(self, other: Self) -> bool:
        return set(self.grades) <= set(other.grades)

    def broken(self) -> Iterator[tuple[str, Predicate]]:
        if len(self.grades) > 1:
            for grade in self.grades:
                yield f"without {grade}", replace(self, grades=tuple(g for g in self.grades if g != grade))
