"""`share`: a part of a whole, as a percentage, against a bound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Self

from docgen.regulations.comparison import COMPARISONS, OPPOSITE, SWAPPED, bounded, compare
from docgen.regulations.predicate import Asker, Example, Formula, Literal, Predicate, Reader, Say, Spelling, World
from docgen.regulations.rule_facts import Fact
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.told import Note, Told, not_known, outcome_of


@dataclass(frozen=True, slots=True)
class Share(Predicate):
    """`part` of (`whole` minus `minus`), as a percentage, compared with a bound by cross-multiplied integers."""

    part: Fact
    whole: Fact
    minus: Fact | None
    op: str
    percent: Fraction

    spellings = (Spelling("share", ("part", "whole"), ("minus", *COMPARISONS)),)
    words = (
        *(f"grading.says.share.{op}" for op in COMPARISONS),
        "grading.says.minus",
        *(f"grading.note.share.{op}" for op in COMPARISONS),
        "grading.note.share.all",
        "grading.note.share.minus",
    )
    examples = (
        Example(
            "share: {part: members_at_least_good, whole: members_total, minus: members_not_ranked, at_least: 80}",
            World({"members_at_least_good": 4, "members_total": 6, "members_not_ranked": 1}),
            World({"members_at_least_good": 4, "members_total": 6, "members_not_ranked": 0}),
            stricter=(
                "share: {part: members_at_least_good, whole: members_total, minus: members_not_ranked, at_least: 100}"
            ),
        ),
    )
    loose = ("op", "percent")

    @classmethod
    def parse(cls, reader: Reader, node: Mapping, key: str) -> Predicate:
        m = reader.keys(cls, node, key)
        op = reader.comparison(m)
        return cls(
            reader.fact(m, "part", m["part"], "int"),
            reader.fact(m, "whole", m["whole"], "int"),
            reader.fact(m, "minus", m["minus"], "int") if "minus" in m else None,
            op,
            reader.number(m, op, m[op]),
        )

    def tell(self, ask: Asker) -> Told:
        numbers: list[Fraction] = []
        for fact in (self.part, self.whole, *([self.minus] if self.minus else [])):
            value = ask.view.number(fact)
            if not isinstance(value, Fraction):
                return not_known(fact)
            numbers.append(value)
        part, whole = numbers[0], numbers[1] - sum(numbers[2:], Fraction(0))
        if whole <= 0:
            return not_known(self.whole)
        # Cross-multiplied: 2 of 10 is exactly 20 %, whatever floating point makes of it.
        verdict = compare(part * 100, self.op, self.percent * whole)
        params = {"part": part, "whole": whole, "fact": self.part, "percent": self.percent, "of": self.whole}
        whole_asked = self.op == "at_least" and self.percent == 100
        notes = [Note("grading.note.share.all" if whole_asked else f"grading.note.share.{self.op}", params)]
        if self.minus and numbers[2]:
            notes.append(Note("grading.note.share.minus", {"count": numbers[2], "fact": self.minus}))
        return Told(outcome_of(verdict), tuple(notes))

    def in_words(self, say: Say) -> str:
        minus = say("minus", fact=self.minus) if self.minus else ""
        return say(f"share.{self.op}", part=self.part, whole=self.whole, percent=self.percent) + minus

    def formula(self, positive: bool) -> Formula:
        return Literal(self if positive else replace(self, op=OPPOSITE[self.op]), True)

    def stricter(self, other: Self) -> bool:
        return bounded(self.op, self.percent, other.op, other.percent, ())

    def broken(self) -> Iterator[tuple[str, Predicate]]:
        yield "bound in or out", replace(self, op=SWAPPED[self.op])
        for step in (-1, 1):
            yield f"percent {step:+d}", replace(self, percent=self.percent + step)
        if self.minus:
            yield f"without {self.minus.name}", replace(self, minus=None)
