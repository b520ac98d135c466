"""`count_grades`: so many bodies of a map name -> grade have exactly the grade."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from docgen.model import GRADES
from docgen.regulations.predicate import Asker, Example, Predicate, Reader, Say, Spelling, World
from docgen.regulations.rule_facts import Fact
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.told import UNKNOWN, Note, Told, not_known


@dataclass(frozen=True, slots=True)
class CountGrades(Predicate):
    """At least `at_least` bodies of a map name -> grade, not counting `besides`, have exactly the grade."""

    fact: Fact
    grade: str
    besides: tuple[str, ...]
    at_least: int

    spellings = (Spelling("count_grades", ("fact", "grade", "at_least"), ("besides",)),)
    words = (
        "grading.says.count_grades",
        "grading.says.besides",
        "grading.note.count_grades",
        "grading.note.count_grades.none",
    )
    examples = (
        Example(
            "count_grades: {fact: same_level_grades, grade: HTXSNV, besides: [cong_doan], at_least: 1}",
            World({"same_level_grades": {"chinh_quyen": "HTXSNV", "cong_doan": "HTNV"}}),
            World({"same_level_grades": {"chinh_quyen": "HTTNV", "cong_doan": "HTXSNV"}}),
            stricter=(
                "count_grades: {fact: same_level_grades, grade: HTXSNV, besides: [cong_doan, mat_tran], at_least: 2}"
            ),
        ),
    )
    loose = ("at_least", "besides")

    @classmethod
    def parse(cls, reader: Reader, node: Mapping, key: str) -> Predicate:
        m = reader.keys(cls, node, key)
        return cls(
            reader.fact(m, "fact", m["fact"], "grades"),
            reader.grade(m, "grade", m["grade"]),
            reader.texts(m, "besides") if "besides" in m else (),
            int(reader.number(m, "at_least", m["at_least"])),
        )

    def tell(self, ask: Asker) -> Told:
        value = ask.view.get(self.fact)
        if value is UNKNOWN:
            return not_known(self.fact)
        asked = {k: g for k, g in value.items() if k not in self.besides}
        names = tuple(k for k, g in asked.items() if g == self.grade)
        params = {"names": names, "count": len(names), "grade": self.grade, "bound": self.at_least}
        note = Note("grading.note.count_grades" if names else "grading.note.count_grades.none", params)
        if len(names) >= self.at_least:
            return Told("holds", (note,))
        open_ones = sum(g is None for g in asked.values())
        return not_known(self.fact) if len(names) + open_ones >= self.at_least else Told("fails", (note,))

    def in_words(self, say: Say) -> str:
        besides = say("besides", names=self.besides) if self.besides else ""
        return say("count_grades", grade=self.grade, bound=self.at_least) + besides

    def stricter(self, other: Self) -> bool:
        return self.at_least >= other.at_least and set(self.besides) >= set(other.besides)

    def broken(self) -> Iterator[tuple[str, Predicate]]:
        for step in (-1, 1):
            yield f"count {step:+d}", replace(self, at_least=self.at_least + step)
        yield f"grade {GRADES[2]}", replace(self, grade=GRADES[2])
        for name in self.besides:
            yield f"counting {name}", replace(self, besides=tuple(b for b in self.besides if b != name))
