"""`compare`: a number, or a value on an ordered scale, against a bound or another fact."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Self

from docgen.regulations.comparison import COMPARISONS, OPPOSITE, SWAPPED, bounded, compare, near, rank
from docgen.regulations.predicate import Asker, Example, Formula, Literal, Predicate, Reader, Say, Spelling, World
from docgen.regulations.rule_facts import Fact
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.told import UNKNOWN, Note, Told, exact, not_known, outcome_of


@dataclass(frozen=True, slots=True)
class Compare(Predicate):
    """A number, or a value on an ordered scale, compared with a bound or with another fact."""

    fact: Fact
    op: str
    bound: Fraction | str | Fact

    spellings = (Spelling("compare", ("fact",), ("than", *COMPARISONS)),)
    words = (
        *(f"grading.says.{op}" for op in COMPARISONS),
        *(f"grading.note.{op}" for op in COMPARISONS),
        "grading.note.best",
    )
    examples = (
        Example(
            "compare: {fact: targets_completed_pct, at_least: 90}",
            World({"targets_completed_pct": 90}),
            World({"targets_completed_pct": 89.9}),
            stricter="compare: {fact: targets_completed_pct, more_than: 90}",
        ),
        Example(
            "compare: {fact: meeting_quality, at_least: kha}",
            World({"meeting_quality": "kha"}),
            World({"meeting_quality": "trung_binh"}),
            stricter="compare: {fact: meeting_quality, at_least: tot}",
        ),
        Example(
            "compare: {fact: subordinate_orgs_at_least_good, than: at_least subordinate_orgs_total}",
            World({"subordinate_orgs_at_least_good": 4, "subordinate_orgs_total": 4}),
            World({"subordinate_orgs_at_least_good": 3, "subordinate_orgs_total": 4}),
            World({"subordinate_orgs_at_least_good": 3}),
        ),
    )
    loose = ("op", "bound")

    @classmethod
    def parse(cls, reader: Reader, node: Mapping, key: str) -> Predicate:
        m = reader.keys(cls, node, key)
        found = reader.fact(m, "fact", m["fact"])
        op = reader.comparison(m, ("than",))
        if op == "than":
            words = str(m["than"]).split()
            if len(words) != 2 or words[0] not in COMPARISONS:
                raise m.fault("grading.definition.bad_value", "than", key="than", value=m["than"])
            return cls(found, words[0], reader.fact(m, "than", words[1], "number", "percent", "int"))
        return cls(found, op, reader.bound(m, op, m[op], found))

    def tell(self, ask: Asker) -> Told:
        value = ask.view.get(self.fact)
        if value is UNKNOWN or value is None:
            return not_known(self.fact)
        bound: Any = self.bound
        if isinstance(bound, Fact):
            other = bound
            bound = ask.view.number(other)
            if bound is UNKNOWN:
                return not_known(other)
        # Nothing stands above the best value of a scale: "Xuất sắc or better" is just "Xuất sắc".
        best = isinstance(bound, str) and self.op == "at_least" and bound == self.fact.order[0]
        key = "grading.note.best" if best else f"grading.note.{self.op}"
        note = Note(key, {"fact": self.fact, "value": value, "bound": bound})
        if isinstance(bound, str):
            order = self.fact.order
            return Told(outcome_of(compare(rank(value, order), self.op, rank(bound, order))), (note,))
        return Told(outcome_of(compare(exact(value), self.op, bound)), (note,))

    def in_words(self, say: Say) -> str:
        return say(self.op, fact=self.fact, bound=self.bound)

    def formula(self, positive: bool) -> Formula:
        return Literal(self if positive else replace(self, op=OPPOSITE[self.op]), True)

    def stricter(self, other: Self) -> bool:
        return bounded(self.op, self.bound, other.op, other.bound, self.fact.order)

    def broken(self) -> Iterator[tuple[str, Predicate]]:
        yield "bound in or out", replace(self, op=SWAPPED[self.op])
        if isinstance(self.bound, Fraction):
            for step in (-1, 1):
                yield f"bound {step:+d}", replace(self, bound=self.bound + step)
        elif isinstance(self.bound, str):
            for word in near(self.bound, self.fact.order):
                yield f"bound {word}", replace(self, bound=word)
