"""`pin`: what makes the grade exactly this one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from docgen.regulations.effect import Effect
from docgen.regulations.entails import entails
from docgen.regulations.predicate import Predicate, Reader, Say, Spelling
from docgen.regulations.strict_yaml import Mapping


@dataclass(frozen=True, slots=True)
class Pin(Effect):
    """Where `that` holds the grade is `grade`: no higher one, and this one without its other conditions."""

    grade: str
    that: Predicate

    spelling = Spelling("pin", ("grade", "that"))
    words = ("grading.says.effect.pin",)
    examples = (("pin: {grade: HTNV, that: {compare: {fact: gpa, less_than: 5}}}", ""),)
    guard = "that"
    raising = True
    unbroken = "a pin to another grade is another rule: it is left out as a whole"

    @classmethod
    def parse(cls, reader: Reader, parent: Mapping, key: str) -> Effect:
        node = cls.keys(reader, parent, key)
        return cls(reader.grade(node, "grade", node["grade"]), reader.parse(node["that"], node, "that"))

    def in_words(self, say: Say) -> str:
        return say("effect.pin", grade=self.grade, that=self.that.in_words(say))

    def as_strict(self, old: Self) -> bool:
        return self.grade == old.grade and entails(self.that, old.that) and entails(old.that, self.that)

    def broken(self) -> tuple[tuple[str, Effect], ...]:
        return ()
