"""`each_grade`: every body of a map name -> grade has the grade or better."""

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
class EachGrade(Predicate):
    """Every body of a map name -> grade (`only` these, or all but `besides`) has the grade or better."""

    fact: Fact
    grade: str
    only: tuple[str, ...]
    besides: tuple[str, ...]

    spellings = (Spelling("each_grade", ("fact", "at_least"), ("only", "besides")),)
    words = (
        "grading.says.each_grade",
        "grading.says.only",
        "grading.says.besides",
        "grading.note.bodies_below",
        "grading.note.bodies_at_least",
    )
    examples = (
        Example(
            "each_grade: {fact: same_level_grades, at_least: HTTNV, besides: [cong_doan]}",
            World({"same_level_grades": {"chinh_quyen": "HTXSNV", "cong_doan": "HTNV"}}),
            World({"same_level_grades": {"chinh_quyen": "HTNV", "cong_doan": "HTTNV"}}),
            stricter="each_grade: {fact: same_level_grades, at_least: HTTNV}",
        ),
        Example(
            "each_grade: {fact: same_level_grades, at_least: HTTNV, only: [chinh_quyen]}",
            World({"same_level_grades": {"chinh_quyen": "HTTNV", "cong_doan": "HTNV"}}),
            World({"same_level_grades": {"chinh_quyen": "HTNV"}}),
            World({"same_level_grades": {"chinh_quyen": None}}),
            stricter="each_grade: {fact: same_level_grades, at_least: HTXSNV}",
        ),
    )
    loose = ("grade", "only", "besides")

    @classmethod
    def parse(cls, reader: Reader, node: Mapping, key: str) -> Predicate:
        m = reader.keys(cls, node, key)
        return cls(
            reader.fact(m, "fact", m["fact"], "grades"),
            reader.grade(m, "at_least", m["at_least"]),
            reader.texts(m, "only") if "only" in m else (),
            reader.texts(m, "besides") if "besides" in m else (),
        )

    def tell(self, ask: Asker) -> Told:
        value = ask.view.get(self.fact)
        if value is UNKNOWN:
            return not_known(self.fact)
        asked = {k: g for k, g in value.items() if k not in self.besides and (not self.only or k in self.only)}
        order = self.fact.order
        low = tuple(k for k, g in asked.items() if g is not None and order.index(g) > order.index(self.grade))
        params = {"names": low, "grade": self.grade, "total": len(asked), "asked": tuple(asked)}
        if low:
            return Told("fails", (Note("grading.note.bodies_below", params),))
        if None in asked.values():
            return not_known(self.fact)
        return Told("holds", (Note("grading.note.bodies_at_least", params),))

    def in_words(self, say: Say) -> str:
        which = say("only", names=self.only) if self.only else ""
        which += say("besides", names=self.besides) if self.besides else ""
        return say("each_grade", grade=self.grade) + which

    def stricter(self, other: Self) -> bool:
        if self.only and not (other.only and set(other.only) <= set(self.only)):
            return False  # it does not ask all the bodies that the other asks
        return at_least(self.grade, other.grade, GRADES) and set(self.besides) <= set(other.besides)

    def broken(self) -> Iterator[tuple[str, Predicate]]:
        for grade in near(self.grade, GRADES):
            yield f"grade {grade}", replace(self, grade=grade)
        if self.only or self.besides:
            yield "for all bodies", replace(self, only=(), besides=())
