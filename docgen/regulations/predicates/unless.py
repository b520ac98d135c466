"""`unless`: something holds, and an exception that only people confirm was not confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from docgen.regulations.predicate import (
    Asker,
    Combination,
    Example,
    Formula,
    Predicate,
    Reader,
    Say,
    Spelling,
    World,
)
from docgen.regulations.predicates.all_any import AllOf
from docgen.regulations.predicates.is_ import Is
from docgen.regulations.predicates.not_ import Not
from docgen.regulations.rule_facts import Fact
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.told import Note, Told

_SAID = {"holds": "yes", "fails": "no", "unknown": "unknown"}


@dataclass(frozen=True, slots=True)
class Unless(Combination):
    """`that` holds and the exception, which only people confirm, was not confirmed."""

    that: Predicate
    attested: Fact

    spellings = (Spelling("unless", ("that", "attested")),)
    words = ("grading.says.unless", "grading.note.exception")
    examples = (
        Example(
            "unless: {that: {one_of: {fact: meeting_quality, values: [trung_binh, kem]}}, attested: force_majeure}",
            World({"meeting_quality": "kem", "force_majeure": False}),
            World({"meeting_quality": "kem", "force_majeure": True}),
            World({"meeting_quality": "kem"}),
            stricter="unless: {that: {one_of: {fact: meeting_quality, values: [kem]}}, attested: force_majeure}",
        ),
    )

    @classmethod
    def parse(cls, reader: Reader, node: Mapping, key: str) -> Predicate:
        m = reader.keys(cls, node, key)
        found = reader.fact(m, "attested", m["attested"], "bool")
        if not found.attested:
            raise m.fault("grading.definition.not_attested", "attested", fact=found.name)
        return cls(reader.parse(m["that"], m, "that"), found)

    def tell(self, ask: Asker) -> Told:
        that = ask.tell(self.that)
        if that.outcome == "fails":
            return that
        excuse = ask.tell(Is(self.attested))
        said = _SAID[excuse.outcome]
        notes = (*that.notes, Note("grading.note.exception", {"fact": self.attested, "value": said}))
        if excuse.outcome == "holds":
            return Told("fails", notes)
        if that.outcome == "unknown":
            return that
        return Told("holds" if excuse.outcome == "fails" else "unknown", notes, excuse.missing, excuse.judged)

    def in_words(self, say: Say) -> str:
        return say("unless", that=say.part(self.that), fact=self.attested)

    def formula(self, positive: bool) -> Formula:
        return AllOf((self.that, Not(Is(self.attested)))).formula(positive)

    def broken(self) -> Iterator[tuple[str, Predicate]]:
        yield "exception dropped", self.that
