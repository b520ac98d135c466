"""`use`: a predicate that the file defines once under a name and uses in several places."""

from __future__ import annotations

from dataclasses import dataclass

from docgen.regulations.predicate import Asker, Combination, Example, Formula, Predicate, Reader, Say, Spelling, World
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.told import Told


@dataclass(frozen=True, slots=True)
class Named(Combination):
    """A predicate that the file defines once under a name and uses in several places."""

    name: str
    that: Predicate

    spellings = (Spelling("use"),)
    words = ()
    examples = (Example("use: vien_chuc", World({"is_civil_servant": True}), World({"is_civil_servant": False})),)
    unbroken = "what is defined under a name is broken once, where it is defined"

    @classmethod
    def parse(cls, reader: Reader, node: Mapping, key: str) -> Predicate:
        return cls(str(node[key]), reader.named(node, key, node[key]))

    def tell(self, ask: Asker) -> Told:
        return ask.tell(self.that)

    def in_words(self, say: Say) -> str:
        return self.that.in_words(say)

    def clauses(self) -> int:
        return self.that.clauses()

    def formula(self, positive: bool) -> Formula:
        return self.that.formula(positive)

    def broken(self) -> tuple[tuple[str, Predicate], ...]:
        return ()
