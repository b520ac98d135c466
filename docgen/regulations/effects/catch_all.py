"""`catch_all`: whoever does not reach HTNV is KHTNV."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from docgen.regulations.effect import Effect
from docgen.regulations.predicate import Reader, Say, Spelling
from docgen.regulations.strict_yaml import Mapping


@dataclass(frozen=True, slots=True)
class CatchAll(Effect):
    """Whoever does not reach HTNV is KHTNV."""

    spelling = Spelling("catch_all")
    words = ("grading.says.effect.catch_all",)
    examples = (("catch_all: KHTNV", ""),)
    guard = ""
    raising = False
    unbroken = "there is nothing in it"

    @classmethod
    def parse(cls, reader: Reader, parent: Mapping, key: str) -> Effect:
        if parent[key] != "KHTNV":
            raise parent.fault("grading.definition.bad_value", key, key=key, value=parent[key])
        return cls()

    def in_words(self, say: Say) -> str:
        return say("effect.catch_all")

    def as_strict(self, old: Self) -> bool:
        return True

    def broken(self) -> tuple[tuple[str, Effect], ...]:
        return ()
