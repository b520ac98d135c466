"""`is`: a yes/no fact is true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from docgen.regulations.predicate import Asker, Example, Predicate, Reader, Say, Spelling, World
from docgen.regulations.predicates.not_ import Not
from docgen.regulations.rule_facts import Fact
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.told import UNKNOWN, Note, Told, not_known, outcome_of


@dataclass(frozen=True, slots=True)
class Is(Predicate):
    """A yes/no fact is true."""

    fact: Fact

    spellings = (Spelling("is"),)
    words = ("grading.says.is", "grading.note.value")
    examples = (Example("is: is_civil_servant", World({"is_civil_servant": True}), World({"is_civil_servant": False})),)
    loose = ()

    @classmethod
    def parse(cls, reader: Reader, node: Mapping, key: str) -> Predicate:
        return cls(reader.fact(node, key, node[key], "bool"))

    def tell(self, ask: Asker) -> Told:
        value = ask.view.get(self.fact)
        if value is UNKNOWN:
            return not_known(self.fact)
        return Told(outcome_of(bool(value)), (Note("grading.note.value", {"fact": self.fact, "value": bool(value)}),))

    def in_words(self, say: Say) -> str:
        return say("is", fact=self.fact)

    def broken(self) -> Iterator[tuple[str, Predicate]]:
        yield "negated", Not(self)
