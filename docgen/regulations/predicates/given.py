"""`given`: a fact is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from docgen.regulations.predicate import Asker, Example, Predicate, Reader, Say, Spelling, World
from docgen.regulations.predicates.not_ import Not
from docgen.regulations.rule_facts import Fact
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.told import Told, outcome_of


@dataclass(frozen=True, slots=True)
class Given(Predicate):
    """A fact is known (for a fact with a default: it was stated)."""

    fact: Fact

    spellings = (Spelling("given"),)
    words = ("grading.says.given",)
    examples = (Example("given: gpa", World({"gpa": 7.5}), World(), unknown=None),)
    loose = ()

    @classmethod
    def parse(cls, reader: Reader, node: Mapping, key: str) -> Predicate:
        return cls(reader.fact(node, key, node[key]))

    def tell(self, ask: Asker) -> Told:
        return Told(outcome_of(ask.view.given(self.fact)))

    def in_words(self, say: Say) -> str:
        return say("given", fact=self.fact)

    def broken(self) -> Iterator[tuple[str, Predicate]]:
        yield "negated", Not(self)
