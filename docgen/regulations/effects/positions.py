"""`positions`: of several posts, which one counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from docgen.regulations.effect import Effect
from docgen.regulations.predicate import Reader, Say, Spelling
from docgen.regulations.rule_facts import Fact
from docgen.regulations.strict_yaml import Mapping


@dataclass(frozen=True, slots=True)
class Positions(Effect):
    """The grade is the one voted at the main and highest post."""

    fact: Fact

    spelling = Spelling("positions")
    words = ("grading.says.effect.positions",)
    examples = (("positions: positions", ""),)
    guard = ""
    raising = True
    unbroken = "it names the one fact that holds posts"

    @classmethod
    def parse(cls, reader: Reader, parent: Mapping, key: str) -> Effect:
        return cls(reader.fact(parent, key, parent[key], "positions"))

    def in_words(self, say: Say) -> str:
        return say("effect.positions")

    def as_strict(self, old: Self) -> bool:
        return self == old

    def broken(self) -> tuple[tuple[str, Effect], ...]:
        return ()
