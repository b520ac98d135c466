"""`each_unit`: every unit of one kind in a list of units has the grade or better."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from docgen.model import GRADES
from docgen.regulations.comparison import at_least, near
from docgen.regulations.predicate import Asker, Example, Predicate, Reader, Say, Spelling, World
from docgen.regulations.rule_facts import Fact
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.told import UNKNOWN, Note, Told, not_known


@dataclass(frozen=True, slots=True)
class EachUnit(Predicate):
    """Every unit of one kind in a list of units has the grade or better."""

    fact: Fact
    kind: str
    grade: str

    spellings = (Spelling("each_unit", ("fact", "kind", "at_least")),)
    words = ("grading.says.each_unit", "grading.note.units_below", "grading.note.units_at_least")
    examples = (
        Example(
            "each_unit: {fact: led_units, kind: don_vi, at_least: HTTNV}",
            World({"led_units": [{"kind": "don_vi", "grade": "HTTNV"}, {"kind": "linh_vuc", "grade": "HTNV"}]}),
            World({"led_units": [{"kind": "don_vi", "grade": "HTNV"}]}),
            World({"led_units": [None, {"kind": "don_vi", "grade": "HTTNV"}]}),
            stricter="each_unit: {fact: led_units, kind: don_vi, at_least: HTXSNV}",
        ),
    )
    loose = ("grade",)

    @classmethod
    def parse(cls, reader: Reader, node: Mapping, key: str) -> Predicate:
        m = reader.keys(cls, node, key)
        found = reader.fact(m, "fact", m["fact"], "units")
        return cls(found, str(m["kind"]), reader.grade(m, "at_least", m["at_least"]))

    def tell(self, ask: Asker) -> Told:
        value = ask.view.get(self.fact)
        if value is UNKNOWN:
            return not_known(self.fact)
        # A unit of which nothing is said may be of this kind.
        grades = [unit and unit.get("grade") for unit in value if unit is None or unit.get("kind") == self.kind]
        order = self.fact.order
        low = tuple(g for g in grades if g is not None and order.index(g) > order.index(self.grade))
        params = {"kind": self.kind, "low": low, "grade": self.grade, "total": len(grades)}
        if low:
            return Told("fails", (Note("grading.note.units_below", params),))
        if None in grades:
            return not_known(self.fact)
        return Told("holds", (Note("grading.note.units_at_least", params),) if grades else ())

    def in_words(self, say: Say) -> str:
        return say("each_unit", kind=self.kind, grade=self.grade)

    def stricter(self, other: Self) -> bool:
        return at_least(self.grade, other.grade, GRADES)

    def broken(self) -> Iterator[tuple[str, Predicate]]:
        for grade in near(self.grade, GRADES):
            yield f"grade {grade}", replace(self, grade=grade)
