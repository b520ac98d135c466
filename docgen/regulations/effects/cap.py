"""`cap`: a grade, or the grades of others, that the proposal may not pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from docgen.model import GRADES
from docgen.regulations.comparison import near
from docgen.regulations.effect import Effect, when
from docgen.regulations.entails import entails
from docgen.regulations.predicate import Predicate, Reader, Say, Spelling
from docgen.regulations.rule_facts import Fact
from docgen.regulations.strict_yaml import Mapping


@dataclass(frozen=True, slots=True)
class Cap(Effect):
    """Where `when` holds the grade is not above `at`, nor above any of the grades in `at_facts`."""

    when: Predicate
    at: str = ""
    at_facts: tuple[Fact, ...] = ()

    spelling = Spelling("cap", (), ("when", "at", "at_facts"))
    words = ("grading.says.effect.cap",)
    examples = (
        ("cap: {when: {is: is_civil_servant}, at: HTNV}", "cap: {when: {is: is_civil_servant}, at: HTTNV}"),
        ("cap: {at_facts: [headed_org_grade]}", "cap: {when: {is: is_civil_servant}, at_facts: [headed_org_grade]}"),
    )
    guard = "when"
    raising = False

    @classmethod
    def parse(cls, reader: Reader, parent: Mapping, key: str) -> Effect:
        node = cls.keys(reader, parent, key)
        if ("at" in node) == ("at_facts" in node):
            raise parent.fault("grading.definition.cap_at", key)
        at = reader.grade(node, "at", node["at"]) if "at" in node else ""
        listed = tuple(reader.fact(node, "at_facts", f, "grade") for f in reader.texts_if_any(node, "at_facts"))
        return cls(when(reader, node), at, listed)

    def in_words(self, say: Say) -> str:
        at = self.at or "; ".join(fact.label(say.language) for fact in self.at_facts)
        return say("effect.cap", at=at, that=self.when.in_words(say))

    def as_strict(self, old: Self) -> bool:
        lower = GRADES.index(self.at) >= GRADES.index(old.at) if self.at and old.at else not (self.at or old.at)
        return lower and set(self.at_facts) >= set(old.at_facts) and entails(old.when, self.when)

    def broken(self) -> Iterator[tuple[str, Effect]]:
        for grade in near(self.at, GRADES) if self.at else ():
            yield f"at {grade}", replace(self, at=grade)
        if len(self.at_facts) > 1:
            for fact in self.at_facts:
                yield f"without {fact.name}", replace(self, at_facts=tuple(f for f in self.at_facts if f != fact))
