"""What a proposal rests on, rule by rule, and the question that a missing fact puts to people.

Nothing here decides anything: these are the values that the engine gives to people.
"""

from __future__ import annotations

from dataclasses import dataclass

from docgen.i18n import DEFAULT_LANGUAGE, message
from docgen.regulations.rule_facts import Fact
from docgen.regulations.rules import Ambiguity, Rule
from docgen.regulations.told import Note, Outcome

#: The grade of a ceiling that nobody has set yet.
UNSET = "…"


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule's say in a proposal: the rule, its clause, the outcome, and the values it rests on.

    `role` is the effect that was asked (`condition`, `ground`, `cap` …), `grade` the grade it is about.
    """

    rule_id: str
    clause: str
    role: str
    outcome: Outcome
    grade: str = ""
    notes: tuple[Note, ...] = ()

    def text(self, language: str = DEFAULT_LANGUAGE) -> str:
        """The reason in words of `language`, with its clause."""
        detail = "; ".join(note.text(language) for note in self.notes)
        key = f"grading.reason.{self.role}.{self.outcome}"
        if self.role == "cap" and self.grade == UNSET:
            key = "grading.reason.cap.open"
        return message(key, language, clause=self.clause, grade=self.grade, detail=f": {detail}" if detail else "")


def ask(fact: Fact) -> Note:
    """The question that a missing `fact` puts to people, as a question."""
    return Note(f"grading.ask.{'which' if fact.is_year else fact.kind.ask}", {"fact": fact})


def ask_reading(entry: Ambiguity) -> Note:
    """The question of a place that can be read in several ways."""
    return Note("grading.ask.reading", {"text": entry})


def ask_clause(rule: Rule) -> Note:
    """The question whether what a clause asks is so, in the clause's own words, which are official and Vietnamese."""
    # A lead-in or an item of a list is quoted without the mark it ends with.
    return Note("grading.ask.clause", {"clause": rule.clause, "wording": rule.wording.rstrip(" :;,.")})
