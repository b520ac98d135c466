"""What a rule can do to a proposal: the closed set of effects, as typed values.

Each is written in `rules.yaml` under its own key (`condition`, `ground`, `cap` …) and read by
`docgen.regulations.rules`; `docgen.grading` gives them their meaning.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from docgen.model import LEVELS
from docgen.regulations.predicate import Predicate
from docgen.regulations.predicates.all_any import AllOf
from docgen.regulations.rule_facts import Fact

READINGS = ("given", "pool", "both")
SCHEMES = ("cumulative", "single", "sequence")
#: A predicate that always holds: a rule without `when`.
ALWAYS = AllOf(())


@dataclass(frozen=True, slots=True)
class Condition:
    """`that` must hold for `grade`; and for the grades `also_for`, where a higher grade must not be easier."""

    grade: str
    that: Predicate
    also_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """Where `that` holds the grade is KHTNV."""

    that: Predicate


@dataclass(frozen=True, slots=True)
class Pin:
    """Where `that` holds the grade is `grade`: no higher one, and this one without its other conditions."""

    grade: str
    that: Predicate


@dataclass(frozen=True, slots=True)
class Cap:
    """Where `when` holds the grade is not above `at`, nor above any of the grades in `at_facts`."""

    when: Predicate
    at: str = ""
    at_facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Where `when` holds the subject is not graded."""

    when: Predicate


@dataclass(frozen=True, slots=True)
class Hold:
    """Where `when` holds no grade is proposed yet: `missing` is asked for, or people decide."""

    when: Predicate
    missing: Fact | None = None


@dataclass(frozen=True, slots=True)
class Requirement:
    """Where `when` holds `missing` is asked for; the proposal stands, for the time being."""

    when: Predicate
    missing: Fact


@dataclass(frozen=True, slots=True)
class Action:
    """Where `when` holds people are reminded of `actions`; `{fact}` in them is replaced by the fact's value."""

    when: Predicate
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CatchAll:
    """Whoever does not reach HTNV is KHTNV."""


@dataclass(frozen=True, slots=True)
class Positions:
    """The grade is the one voted at the main and highest post."""

    fact: Fact


@dataclass(frozen=True, slots=True)
class Raised:
    """The competent level may decide another share, the percentage in `fact`, of `at_most` at the most."""

    fact: Fact
    at_most: int


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `percent` of `base` may be HTXSNV; below `below` (if any) `gives` may.

    `reading`: what the base is once the results are final (ambiguity A01): `pool` counts the excellent ones in,
    `given` does not, `both` asks where the two differ. `tiers`: whether a cohort that is only one cell has a quota of
    its own beside the one of the whole base organisation. `raised`: the share that the competent level may decide in
    place of `percent`.
    """

    cohort: str
    percent: int | Fraction
    base: Fact
    reading: str = "both"
    below: int = 0
    gives: int = 0
    tiers: bool = False
    raised: Raised | None = None


@dataclass(frozen=True, slots=True)
class Ballot:
    """How votes give a grade. `cumulative`: votes for a grade or better, over a percentage of the valid ballots;
    `single`: votes for one grade, over a percentage of the official members; `sequence`: no threshold is printed.
    `decides`: the kinds of body (`org_type`) whose vote is the grade itself, not a proposal to somebody above."""

    scheme: str
    more_than: Fraction = Fraction(50)
    decides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """Among those whose votes give `grade`, from most votes down until the quota is used up; the others get `rest`."""

    grade: str
    rest: str


@dataclass(frozen=True, slots=True)
class Score:
    """`quantitative`: share of the plan times the standard points; `bands`: the level that a share of points means;
    `total`: the level that a total score means, and (`sum`) what the maxima of all criteria must add up to."""

    scheme: str
    bands: tuple[tuple[str, Fraction], ...] = ()
    fact: Fact | None = None
    sum: Fraction | None = None

    def level(self, value: Fraction) -> str:
        """The level whose floor `value` reaches, best first; the lowest level where it reaches none."""
        floors = dict(self.bands)
        return next((level for level in LEVELS if level in floors and value >= floors[level]), LEVELS[-1])


Effect = (
    Condition | Ground | Pin | Cap | Exclusion | Hold | Requirement | Action | CatchAll | Positions | Quota | Ballot
    | Selection | Score
)  # fmt: skip
