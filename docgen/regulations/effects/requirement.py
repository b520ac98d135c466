"""`requirement`: what is asked for while the proposal stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from docgen.regulations.effect import Effect
from docgen.regulations.entails import entails
from docgen.regulations.predicate import Predicate, Reader, Say, Spelling
from docgen.regulations.rule_facts import Fact
from docgen.regulations.strict_yaml import Mapping


@dataclass(frozen=True, slots=True)
class Requirement(Effect):
    """Where `when` holds `missing` is asked for; the proposal stands, for the time being."""

    when: Predicate
    missing: Fact

    spelling = Spelling("requirement", ("when", "missing"))
    words = ("grading.says.effect.requirement",)
    examples = (
        (
            "requirement: {when: {is: is_civil_servant}, missing: civil_servant_grade}",
            "requirement: {when: {all_of: [{is: is_civil_servant}, {given: gpa}]}, missing: civil_servant_grade}",
        ),
    )
    guard = "when"
    raising = False
    unbroken = "asking for another fact is another rule: it is left out as a whole"

    @classmethod
    def parse(cls, reader: Reader, parent: Mapping, key: str) -> Effect:
        node = cls.keys(reader, parent, key)
        return cls(reader.parse(node["when"], node, "when"), reader.fact(node, "missing", node["missing"]))

    def in_words(self, say: Say) -> str:
        return say("effect.requirement", that=self.when.in_words(say), fact=self.missing)

    def as_strict(self, old: Self) -> bool:
        return self.missing == old.missing and entails(old.when, self.when)

    def broken(self) -> tuple[tuple[str, Effect], ...]:
        return ()
