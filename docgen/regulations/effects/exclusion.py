"""`exclusion`: who is not graded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from docgen.regulations.effect import Effect
from docgen.regulations.entails import entails
from docgen.regulations.predicate import Predicate, Reader, Say, Spelling
from docgen.regulations.strict_yaml import Mapping


@dataclass(frozen=True, slots=True)
class Exclusion(Effect):
    """Where `when` holds the subject is not graded."""

    when: Predicate

    spelling = Spelling("exclusion")
    words = ("grading.says.effect.exclusion",)
    examples = (("exclusion: {compare: {fact: months_since_admission, less_than: 6}}", ""),)
    guard = "when"
    raising = True
    unbroken = "it has nothing but its predicate"

    @classmethod
    def parse(cls, reader: Reader, parent: Mapping, key: str) -> Effect:
        return cls(reader.parse(parent[key], parent, key))

    def in_words(self, say: Say) -> str:
        return say("effect.exclusion", that=self.when.in_words(say))

    def as_strict(self, old: Self) -> bool:
        return entails(self.when, old.when) and entails(old.when, self.when)

    def broken(self) -> tuple[tuple[str, Effect], ...]:
        return ()
