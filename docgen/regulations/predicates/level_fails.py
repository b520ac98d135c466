"""`level_fails`: the conditions of a grade certainly fail."""

from __future__ import annotations

from dataclasses import dataclass

from docgen.regulations.predicate import Asker, Example, Predicate, Reader, Say, Spelling, World
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.told import Told, outcome_of


@dataclass(frozen=True, slots=True)
class LevelFails(Predicate):
    """The conditions of a grade certainly fail."""

    grade: str

    spellings = (Spelling("level_fails"),)
    words = ("grading.says.level_fails",)
    examples = (Example("level_fails: HTNV", World(failing=("HTNV",)), World(failing=("HTXSNV",)), None),)
    loose = ()
    unbroken = "it is one part of an ambiguity's condition: left out part by part, its own grade is not changed"
    of_proposal = True

    @classmethod
    def parse(cls, reader: Reader, node: Mapping, key: str) -> Predicate:
        return cls(reader.grade(node, key, node[key]))

    def tell(self, ask: Asker) -> Told:
        return Told(outcome_of(ask.state.level_fails(self.grade)))

    def in_words(self, say: Say) -> str:
        return say("level_fails", grade=self.grade)

    def broken(self) -> tuple[tuple[str, Predicate], ...]:
        return ()
