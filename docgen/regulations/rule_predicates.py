"""The closed set of predicates that a rule may use, as typed values; `rule_parser` reads them.

A predicate is written in `rules.yaml` as a mapping with exactly one key, its kind:

    all_at_least: {facts: [task_criteria_levels], value: tot}
    share: {part: members_at_least_good, whole: members_total, minus: members_not_ranked, at_least: 100}
    unless: {that: {is: committee_member_disciplined}, attested: discipline_self_detected_and_remedied}

Nothing is evaluated here (see `docgen.grading.evaluate`); nothing in a file can run code.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, fields
from fractions import Fraction

from docgen.derived import Owner
from docgen.regulations.rule_facts import Fact

#: The four comparisons, and those a percentage or a count may use.
COMPARISONS = ("at_least", "more_than", "at_most", "less_than")
#: States that only the engine knows (how votes fell, what a quota rests on); a rule's data gives each its code.
SITUATIONS = (
    "vote_conflict", "no_majority", "majority_for_lowest", "exact_half", "denominator_matters", "slots_left",
    "zero_base", "base_reading", "tiers", "positions_differ", "no_vote_rule", "no_base_grade",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Predicate(Owner):
    """Root of all predicates."""


@dataclass(frozen=True, slots=True)
class Is(Predicate):
    """A yes/no fact is true."""

    fact: Fact


@dataclass(frozen=True, slots=True)
class Given(Predicate):
    """A fact is known (for a fact with a default: it was stated)."""

    fact: Fact


@dataclass(frozen=True, slots=True)
class OneOf(Predicate):
    """A fact has one of the values."""

    fact: Fact
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compare(Predicate):
    """A number, or a value on an ordered scale, compared with a bound or with another fact."""

    fact: Fact
    op: str
    bound: Fraction | str | Fact


@dataclass(frozen=True, slots=True)
class AllAtLeast(Predicate):
    """Every item of the lists is at the bound or better."""

    facts: tuple[Fact, ...]
    bound: Fraction | str


@dataclass(frozen=True, slots=True)
class SomeEqual(Predicate):
    """Some item of the lists has exactly this value."""

    facts: tuple[Fact, ...]
    value: str


@dataclass(frozen=True, slots=True)
class Share(Predicate):
    """`part` of (`whole` minus `minus`), as a percentage, compared with a bound by cross-multiplied integers."""

    part: Fact
    whole: Fact
    minus: Fact | None
    op: str
    percent: Fraction


@dataclass(frozen=True, slots=True)
class EachGrade(Predicate):
    """Every body of a map name -> grade (`only` these, or all but `besides`) has the grade or better."""

    fact: Fact
    grade: str
    only: tuple[str, ...]
    besides: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CountGrades(Predicate):
    """At least `at_least` bodies of a map name -> grade, not counting `besides`, have exactly the grade."""

    fact: Fact
    grade: str
    besides: tuple[str, ...]
    at_least: int


@dataclass(frozen=True, slots=True)
class EachUnit(Predicate):
    """Every unit of one kind in a list of units has the grade or better."""

    fact: Fact
    kind: str
    grade: str


@dataclass(frozen=True, slots=True)
class ScoresBelow(Predicate):
    """At most `at_most` criteria score below `percent` of their maximum."""

    fact: Fact
    percent: Fraction
    at_most: int


@dataclass(frozen=True, slots=True)
class Majority(Predicate):
    """One single grade among `grades` has more than half of `total` (no adding up of grades)."""

    votes: Fact
    total: Fact
    grades: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DateAfter(Predicate):
    """A date lies after the bound."""

    fact: Fact
    bound: datetime.date


@dataclass(frozen=True, slots=True)
class SumAtLeast(Predicate):
    """The sum of several numbers is at the bound or more."""

    facts: tuple[Fact, ...]
    bound: Fraction


@dataclass(frozen=True, slots=True)
class Not(Predicate):
    """The inner predicate fails."""

    that: Predicate


@dataclass(frozen=True, slots=True)
class AllOf(Predicate):
    """All hold."""

    each: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class AnyOf(Predicate):
    """One holds at least."""

    each: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Implies(Predicate):
    """`that` is asked for only where `when` holds."""

    when: Predicate
    that: Predicate


@dataclass(frozen=True, slots=True)
class Unless(Predicate):
    """`that` holds and the exception, which only people confirm, was not confirmed."""

    that: Predicate
    attested: Fact


@dataclass(frozen=True, slots=True)
class Named(Predicate):
    """A predicate that the file defines once under a name and uses in several places."""

    name: str
    that: Predicate


@dataclass(frozen=True, slots=True)
class RuleHolds(Predicate):
    """The ground, pin or condition of another rule holds."""

    rule: str


@dataclass(frozen=True, slots=True)
class Standing(Predicate):
    """The grade reached before ceilings is one of `grades` (`none`: no grade reached)."""

    grades: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Final(Predicate):
    """The grade after ceilings is one of `grades` (`none`: none is proposed)."""

    grades: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LevelFails(Predicate):
    """The conditions of a grade certainly fail."""

    grade: str


@dataclass(frozen=True, slots=True)
class Situation(Predicate):
    """A state that only the engine knows, by name (see `SITUATIONS`)."""

    name: str


def parts(predicate: Predicate) -> tuple[Predicate, ...]:
    """`predicate` and every predicate inside it."""
    return predicate.derived("parts", lambda: tuple(_walk(predicate)))


def _walk(predicate: Predicate) -> Iterator[Predicate]:
    yield predicate
    for field in fields(predicate):
        value = getattr(predicate, field.name)
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, Predicate):
                yield from _walk(inner)


def facts_of(predicate: Predicate) -> set[Fact]:
    """The facts that `predicate` reads."""
    found: set[Fact] = set()
    for part in parts(predicate):
        for field in fields(part):
            value = getattr(part, field.name)
            found.update(v for v in (value if isinstance(value, tuple) else (value,)) if isinstance(v, Fact))
    return found
