"""`hold`: when no grade is proposed yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from docgen.regulations.effect import Effect
from docgen.regulations.entails import entails
from docgen.regulations.predicate import Predicate, Reader, Say, Spelling
from docgen.regulations.rule_facts import Fact
from docgen.regulations.strict_yaml import Mapping


@dataclass(frozen=True, slots=True)
class Hold(Effect):
    """Where `when` holds no grade is proposed yet: `missing` is asked for, or people decide."""

    when: Predicate
    missing: Fact | None = None

    spelling = Spelling("hold", ("when",), ("missing",))
    words = ("grading.says.effect.hold",)
    examples = (
        (
            "hold: {when: {is: is_civil_servant}, missing: civil_servant_grade}",
            "hold: {when: {all_of: [{is: is_civil_servant}, {given: gpa}]}, missing: civil_servant_grade}",
        ),
    )
    guard = "when"
    raising = False
    unbroken = "without its question the proposal is still held"

    @classmethod
    def parse(cls, reader: Reader, parent: Mapping, key: str) -> Effect:
        node = cls.keys(reader, parent, key)
        missing = reader.fact(node, "missing", node["missing"]) if "missing" in node else None
        return cls(reader.parse(node["when"], node, "when"), missing)

    def in_words(self, say: Say) -> str:
        return say("effect.hold", that=self.when.in_words(say))

    def as_strict(self, old: Self) -> bool:
        return self.missing == old.missing and entails(old.when, self.when)

    def broken(self) -> tuple[tuple[str, Effect], ...]:
        return ()
