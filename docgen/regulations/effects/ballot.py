"""`ballot`: how votes give a grade."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Self

from docgen.regulations.effect import Effect
from docgen.regulations.predicate import Reader, Say, Spelling
from docgen.regulations.strict_yaml import Mapping

#: How votes are counted.
SCHEMES = ("cumulative", "single", "sequence")


@dataclass(frozen=True, slots=True)
class Ballot(Effect):
    """How votes give a grade. `cumulative`: votes for a grade or better, over a percentage of the valid ballots;
    `single`: votes for one grade, over a percentage of the official members; `sequence`: no threshold is printed.
    `decides`: the kinds of body (`org_type`) whose vote is the grade itself, not a proposal to somebody above."""

    scheme: str
    more_than: Fraction = Fraction(50)
    decides: tuple[str, ...] = ()

    spelling = Spelling("ballot", ("scheme",), ("more_than", "decides"))
    words = tuple(f"grading.says.effect.ballot.{scheme}" for scheme in SCHEMES)
    examples = (
        ("ballot: {scheme: cumulative, more_than: 50}", "ballot: {scheme: cumulative, more_than: 40}"),
        ("ballot: {scheme: single, decides: [chi_bo]}", "ballot: {scheme: single, more_than: 40}"),
    )
    guard = ""
    raising = True

    @classmethod
    def parse(cls, reader: Reader, parent: Mapping, key: str) -> Effect:
        node = cls.keys(reader, parent, key)
        if node["scheme"] not in SCHEMES:
            raise node.fault("grading.definition.bad_value", "scheme", key="scheme", value=node["scheme"])
        more_than = reader.number(node, "more_than", node.get("more_than", "50"))
        return cls(node["scheme"], more_than, reader.texts_if_any(node, "decides"))

    def in_words(self, say: Say) -> str:
        return say(f"effect.ballot.{self.scheme}", share=self.more_than)

    def as_strict(self, old: Self) -> bool:
        return self.scheme == old.scheme and self.more_than >= old.more_than

    def broken(self) -> Iterator[tuple[str, Effect]]:
        for step in (-1, 1) if self.scheme != "sequence" else ():
            yield f"share {step:+d}", replace(self, more_than=self.more_than + step)
