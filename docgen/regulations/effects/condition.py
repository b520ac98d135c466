"""`condition`: what must hold for a grade."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from docgen.regulations.effect import Effect
from docgen.regulations.entails import entails
from docgen.regulations.predicate import Predicate, Reader, Say, Spelling
from docgen.regulations.strict_yaml import Mapping


@dataclass(frozen=True, slots=True)
class Condition(Effect):
    """`that` must hold for `grade`; and for the grades `also_for`, where a higher grade must not be easier."""

    grade: str
    that: Predicate
    also_for: tuple[str, ...] = ()

    spelling = Spelling("condition", ("grade", "that"), ("also_for",))
    words = ("grading.says.effect.condition", "grading.says.effect.also")
    examples = (
        (
            "condition: {grade: HTTNV, also_for: [HTXSNV], that: {compare: {fact: gpa, at_least: 7}}}",
            "condition: {grade: HTTNV, that: {compare: {fact: gpa, at_least: 7}}}",
        ),
        (
            "condition: {grade: HTTNV, that: {compare: {fact: gpa, at_least: 7}}}",
            "condition: {grade: HTTNV, that: {compare: {fact: gpa, at_least: 6}}}",
        ),
    )
    guard = "that"
    raising = False

    @classmethod
    def parse(cls, reader: Reader, parent: Mapping, key: str) -> Effect:
        node = cls.keys(reader, parent, key)
        also = tuple(reader.grade(node, "also_for", g) for g in reader.texts_if_any(node, "also_for"))
        return cls(reader.grade(node, "grade", node["grade"]), reader.parse(node["that"], node, "that"), also)

    def in_words(self, say: Say) -> str:
        also = say("effect.also", grades=self.also_for) if self.also_for else ""
        return say("effect.condition", grade=self.grade, that=self.that.in_words(say)) + also

    def as_strict(self, old: Self) -> bool:
        return {old.grade, *old.also_for} <= {self.grade, *self.also_for} and entails(self.that, old.that)

    def broken(self) -> Iterator[tuple[str, Effect]]:
        for grade in self.also_for:
            yield f"not for {grade}", replace(self, also_for=tuple(g for g in self.also_for if g != grade))
