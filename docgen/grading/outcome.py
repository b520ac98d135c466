"""The three answers a condition can give, and what is noted on the way to them.

Nothing here decides anything: these are the values that evaluation hands to the engine and the engine to people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from docgen.i18n import DEFAULT_LANGUAGE, has_message, message, number
from docgen.regulations.rule_facts import Fact
from docgen.regulations.rules import Ambiguity, Rule

Outcome = Literal["holds", "fails", "unknown"]
#: The grade of a ceiling that nobody has set yet.
UNSET = "…"
FLIPPED: dict[Outcome, Outcome] = {"holds": "fails", "fails": "holds", "unknown": "unknown"}


def outcome_of(value: bool) -> Outcome:
    """`holds` for True, `fails` for False."""
    return "holds" if value else "fails"


@dataclass(frozen=True, slots=True)
class Note:
    """A message key and its parameters, put into words by `text`: a value beside what is asked for, or a question."""

    key: str
    params: Mapping[str, object] = field(default_factory=dict)

    def text(self, language: str = DEFAULT_LANGUAGE) -> str:
        """The note in words of `language`."""
        fact = self.params.get("fact")
        year = isinstance(fact, Fact) and fact.is_year
        return message(self.key, language, **{k: word(v, language, year) for k, v in self.params.items()})


@dataclass(frozen=True, slots=True)
class Told:
    """What a predicate says about given facts.

    `missing` names the facts without which it cannot be told; `judged` those among them that only people confirm.
    """

    outcome: Outcome
    notes: tuple[Note, ...] = ()
    missing: frozenset[str] = frozenset()
    judged: frozenset[str] = frozenset()


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


def word(value: object, language: str, year: bool = False) -> str:
    """A parameter as people write it: a fact's label, `có`/`không`, a number, a value's name, a list of these.

    A `year` is no quantity: 2023, not 2.023.
    """
    if year and isinstance(value, (int, float, Fraction)) and not isinstance(value, bool):
        return str(int(value))
    if isinstance(value, (Fact, Ambiguity)):
        return value.label(language)
    if isinstance(value, Note):
        return value.text(language)
    if isinstance(value, bool):
        return message(f"grading.word.{'yes' if value else 'no'}", language)
    if isinstance(value, Fraction):
        return number(int(value) if value.denominator == 1 else float(value), language)
    if isinstance(value, (int, float)):
        return number(value, language)
    if isinstance(value, (tuple, list)):
        return ", ".join(word(item, language) for item in value)
    text = str(value)
    key = f"grading.word.{text}"
    return message(key, language) if has_message(key, language) else text


_ASKED = {"bool": "yes_no", "number": "how_many", "percent": "how_many", "int": "how_many", "grade": "grade"}


def ask(fact: Fact) -> Note:
    """The question that a missing `fact` puts to people, as a question."""
    kind = (
        "which" if fact.is_year or fact.type in ("date", "text", "scale", "choice") else _ASKED.get(fact.type, "list")
    )
    return Note(f"grading.ask.{kind}", {"fact": fact})


def ask_reading(entry: Ambiguity) -> Note:
    """The question of a place that can be read in several ways."""
    return Note("grading.ask.reading", {"text": entry})


def ask_clause(rule: Rule) -> Note:
    """The question whether what a clause asks is so, in the clause's own words, which are official and Vietnamese."""
    return Note("grading.ask.clause", {"clause": rule.clause, "wording": rule.wording})
