"""The three answers a condition can give, what is noted on the way to them, and how both are put into words.

Nothing here decides anything: these are the values that predicates give to the engine and the engine to people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from docgen.i18n import DEFAULT_LANGUAGE, has_message, message, number
from docgen.regulations.rule_facts import Fact, Labelled

Outcome = Literal["holds", "fails", "unknown"]
FLIPPED: dict[Outcome, Outcome] = {"holds": "fails", "fails": "holds", "unknown": "unknown"}


class Unknown:
    """The type of `UNKNOWN`: a fact that nobody stated."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


def outcome_of(value: bool) -> Outcome:
    """`holds` for True, `fails` for False."""
    return "holds" if value else "fails"


def exact(value: float | int | Fraction) -> Fraction:
    """A number without the error of binary floating point: 69.9 is 699/10, as it was written."""
    return value if isinstance(value, Fraction) else Fraction(str(value))


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


def not_known(fact: Fact) -> Told:
    """That it cannot be told without `fact`."""
    judged = frozenset({fact.name}) if fact.attested else frozenset()
    key = "grading.note.not_attested" if fact.attested else "grading.note.missing"
    return Told("unknown", (Note(key, {"fact": fact}),), frozenset({fact.name}), judged)


def word(value: object, language: str, year: bool = False) -> str:
    """A parameter as people write it: a fact's label, `có`/`không`, a number, a value's name, a list of these.

    A `year` is no quantity: 2023, not 2.023.
    """
    if year and isinstance(value, (int, float, Fraction)) and not isinstance(value, bool):
        return str(int(value))
    if isinstance(value, Labelled):
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
