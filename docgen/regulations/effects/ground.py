"""`ground`: what makes the grade KHTNV."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from docgen.regulations.effect import Effect
from docgen.regulations.entails import entails
from docgen.regulations.predicate import Predicate, Reader, Say, Spelling
from docgen.regulations.strict_yaml import Mapping


@dataclass(frozen=True, slots=True)
class Ground(Effect):
    """Where `that` holds the grade is KHTNV."""

    that: Predicate

    spelling = Spelling("ground")
    words = ("grading.says.effect.ground",)
    examples = (("ground: {compare: {fact: gpa, less_than: 5}}", "ground: {compare: {fact: gpa, less_than: 4}}"),)
    guard = "that"
    raising = False
    unbroken = "it has nothing but its predicate"

    @classmethod
    def parse(cls, reader: Reader, parent: Mapping, key: str) -> Effect:
        return cls(reader.parse(parent[key], parent, key))

    def in_words(self, say: Say) -> str:
        return say("effect.ground", that=self.that.in_words(say))

    def as_strict(self, old: Self) -> bool:
        return entails(old.that, self.that)

    def broken(self) -> tuple[tuple[str, Effect], ...]:
        return ()
