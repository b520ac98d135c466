"""`not`: the inner predicate fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from docgen.regulations.predicate import Asker, Combination, Example, Formula, Predicate, Reader, Say, Spelling, World
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.told import FLIPPED, Told


@dataclass(frozen=True, slots=True)
class Not(Combination):
    """The inner predicate fails."""

    that: Predicate

    spellings = (Spelling("not"),)
    words = ("grading.says.not",)
    examples = (
        Example(
            "not: {one_of: {fact: meeting_quality, values: [kem]}}",
            World({"meeting_quality": "kha"}),
            World({"meeting_quality": "kem"}),
            stricter="not: {one_of: {fact: meeting_quality, values: [kem, trung_binh]}}",
        ),
    )

    @classmethod
    def parse(cls, reader: Reader, node: Mapping, key: str) -> Predicate:
        return cls(reader.parse(node[key], node, key))

    def tell(self, ask: Asker) -> Told:
        inner = ask.tell(self.that)
        return Told(FLIPPED[inner.outcome], inner.notes, inner.missing, inner.judged)

    def in_words(self, say: Say) -> str:
        return say("not", that=say.part(self.that))

    def formula(self, positive: bool) -> Formula:
        return self.that.formula(not positive)

    def broken(self) -> Iterator[tuple[str, Predicate]]:
        yield "not dropped", self.that
