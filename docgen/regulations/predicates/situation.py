"""`situation`: a state that only the engine knows, by name."""

from __future__ import annotations

from dataclasses import dataclass

from docgen.regulations.predicate import Asker, Example, Predicate, Reader, Say, Spelling, World
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.told import Told, outcome_of

#: States that only the engine knows (how votes fell, what a quota rests on); a rule's data gives each its code.
SITUATIONS = (
    "vote_conflict", "no_majority", "majority_for_lowest", "exact_half", "denominator_matters", "slots_left",
    "zero_base", "base_reading", "tiers", "positions_differ", "no_vote_rule", "no_base_grade",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Situation(Predicate):
    """A state that only the engine knows, by name (see `SITUATIONS`)."""

    name: str

    spellings = (Spelling("situation"),)
    words = tuple(f"grading.situation.{name}" for name in SITUATIONS)
    examples = (Example("situation: exact_half", World(situations=("exact_half",)), World(), None),)
    loose = ()
    unbroken = "each ambiguity asks about a situation of its own: it is deleted as a whole"
    of_proposal = True

    @classmethod
    def parse(cls, reader: Reader, node: Mapping, key: str) -> Predicate:
        value = node[key]
        if not isinstance(value, str) or value not in SITUATIONS:
            raise node.fault("grading.definition.bad_value", key, key=key, value=value)
        return cls(value)

    def tell(self, ask: Asker) -> Told:
        return Told(outcome_of(ask.state.situation(self.name)))

    def in_words(self, say: Say) -> str:
        return say.message(f"grading.situation.{self.name}")

    def broken(self) -> tuple[tuple[str, Predicate], ...]:
        return ()
