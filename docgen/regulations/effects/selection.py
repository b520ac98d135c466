"""`selection`: who of many with one grade gets it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from docgen.regulations.effect import Effect
from docgen.regulations.predicate import Reader, Say, Spelling
from docgen.regulations.strict_yaml import Mapping


@dataclass(frozen=True, slots=True)
class Selection(Effect):
    """Among those whose votes give `grade`, from most votes down until the quota is used up; the others get `rest`."""

    grade: str
    rest: str

    spelling = Spelling("selection", ("grade", "rest"))
    words = ("grading.says.effect.selection",)
    examples = (("selection: {grade: HTXSNV, rest: HTTNV}", ""),)
    guard = ""
    raising = True

    @classmethod
    def parse(cls, reader: Reader, parent: Mapping, key: str) -> Effect:
        node = cls.keys(reader, parent, key)
        return cls(reader.grade(node, "grade", node["grade"]), reader.grade(node, "rest", node["rest"]))

    def in_words(self, say: Say) -> str:
        return say("effect.selection", grade=self.grade, rest=self.rest)

    def as_strict(self, old: Self) -> bool:
        return self == old

    def broken(self) -> Iterator[tuple[str, Effect]]:
        yield "rest HTNV", replace(self, rest="HTNV")
