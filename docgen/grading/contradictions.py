"""Facts that cannot be true together: a part above its whole, points above the scale, ballots above those who vote.

Nothing is concluded from them. A proposal that rests on such facts has no grade, unless a ground for KHTNV holds
without them; what contradicts what is a question to people, with both figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from docgen.i18n import DEFAULT_LANGUAGE, message, number
from docgen.regulations.rules import RuleSet

#: (part, whole, taken off the whole): a part above its whole cannot be true.
PARTS = (
    ("members_at_least_good", "members_total", "members_not_ranked"),
    ("members_at_least_fulfilled", "members_total", "members_not_ranked"),
    ("members_not_fulfilled", "members_total", "members_not_ranked"),
    ("members_at_least_good", "members_at_least_fulfilled", ""),
    ("members_not_ranked", "members_total", ""),
    ("subordinate_orgs_at_least_good", "subordinate_orgs_total", ""),
    ("subordinate_orgs_at_least_fulfilled", "subordinate_orgs_total", ""),
    ("subordinate_orgs_not_fulfilled", "subordinate_orgs_total", ""),
    ("subordinate_orgs_at_least_good", "subordinate_orgs_at_least_fulfilled", ""),
    ("ballots_collected", "ballots_issued", ""),
    ("ballots_invalid", "ballots_collected", ""),
    ("ballots_issued", "official_members_total", ""),
    ("led_units_not_fulfilled", "led_units_total", ""),
    ("sick_leave_longest_spell_months", "sick_leave_months_in_year", ""),
    ("n_good", "n_good_or_better", ""),
)
#: Parts of one whole that exclude one another: together they are not above it.
APART = (
    ("members_at_least_fulfilled", "members_not_fulfilled", "members_total", "members_not_ranked"),
    ("subordinate_orgs_at_least_fulfilled", "subordinate_orgs_not_fulfilled", "subordinate_orgs_total", ""),
    ("n_good_final", "n_excellent_final", "n_total_units", ""),
)
#: Ballots by grade, and what all of them together are not above; what is taken off that.
BALLOTS = (
    ("votes_by_official_members", "official_members_total", ""),
    ("votes", "official_members_total", ""),
    ("votes", "ballots_collected", "ballots_invalid"),
)
#: Values with a scale: the least and the most (RULES, scales of 100 points; marks of 10 or 4).
SCALES = {
    "score_total": (0, 100), "training_score": (0, 100), "gpa": (0, 10), "course_debt_pct": (0, 100),
    "late_or_substandard_pct": (0, 100), "task_criteria_not_completed_pct": (0, 100),
    "low_confidence_votes_pct": (0, 100), "disciplined_units_pct": (0, 100), "tasks_late_pct": (0, 100),
    "tasks_not_completed_pct": (0, 100), "led_tasks_late_pct": (0, 100), "sick_leave_months_in_year": (0, 12),
    "maternity_leave_months": (0, 12), "higher_quota_decided_pct": (0, 100),
}  # fmt: skip
CREDIT_MARKS = 4
#: What the maxima of a whole sheet add up to (KH 40 II.B.5).
FULL_MARKS = 100


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Figures that cannot be true together: the facts concerned, a message key and its parameters.

    A parameter that names a fact is put into words with the fact's label.
    """

    facts: tuple[str, ...]
    key: str
    params: Mapping[str, Any]

    def text(self, rules: RuleSet, language: str = DEFAULT_LANGUAGE) -> str:
        """The contradiction in words of `language`, with both figures."""
        return message(self.key, language, **self.words(rules, language))

    def words(self, rules: RuleSet, language: str = DEFAULT_LANGUAGE) -> dict[str, str]:
        """The parameters of the message in words of `language`."""
        out = {}
        for name, value in self.params.items():
            known = rules.facts.get(value) if isinstance(value, str) else None
            out[name] = known.label(language) if known else number(value, language)
        return out


def _number(value: Any) -> float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) and value == value else None


def _cast(value: Any) -> int | None:
    """The ballots of a count by grade; None for anything else."""
    if not isinstance(value, Mapping):
        return None
    counts = list(value.values())
    fits = all(isinstance(n, int) and not isinstance(n, bool) for n in counts)
    return sum(counts) if counts and fits else None


def _whole(facts: Mapping[str, Any], whole: str, off: str) -> float | None:
    found = _number(facts.get(whole))
    return None if found is None else found - (_number(facts.get(off)) or 0)


def contradictions(facts: Mapping[str, Any]) -> list[Contradiction]:
    """What in `facts` cannot be true together; facts of a wrong type are left to the check of types."""
    return list(_found(facts))


def _found(facts: Mapping[str, Any]) -> Iterator[Contradiction]:
    for part, whole, off in PARTS:
        value, limit = _number(facts.get(part)), _whole(facts, whole, off)
        if value is not None and limit is not None and value > limit:
            params = {"part": part, "value": value, "whole": whole, "limit": limit}
            yield Contradiction((part, whole), f"grading.together.part{'_off' if off else ''}", params)
    for first, second, whole, off in APART:
        values = [_number(facts.get(first)), _number(facts.get(second))]
        limit = _whole(facts, whole, off)
        if limit is not None and all(v is not None for v in values) and sum(v for v in values if v) > limit:
            params = {"first": first, "one": values[0], "second": second, "two": values[1], "limit": limit}
            yield Contradiction((first, second, whole), "grading.together.apart", params)
    for ballots, whole, off in BALLOTS:
        cast, limit = _cast(facts.get(ballots)), _whole(facts, whole, off)
        if cast is not None and limit is not None and cast > limit:
            params = {"value": cast, "whole": whole, "limit": limit}
            yield Contradiction((ballots, whole), "grading.together.ballots", params)
    for name, (least, most) in SCALES.items():
        value = _number(facts.get(name))
        top = CREDIT_MARKS if name == "gpa" and facts.get("gpa_scale") == "tin_chi" else most
        if value is not None and not least <= value <= top:
            params = {"name": name, "value": value, "least": least, "most": top}
            yield Contradiction((name,), "grading.together.scale", params)
    yield from _scores(facts)


def _scores(facts: Mapping[str, Any]) -> Iterator[Contradiction]:
    """Points of single criteria: none above its own maximum, and their sum the stated total."""
    scores, total = facts.get("criterion_scores"), _number(facts.get("score_total"))
    if not isinstance(scores, (list, tuple)):
        return
    points = [
        (_number(pair[0]), _number(pair[1])) for pair in scores if isinstance(pair, (list, tuple)) and len(pair) == 2
    ]
    for got, most in points:
        if got is not None and most is not None and not 0 <= got <= most:
            params = {"name": "criterion_scores", "value": got, "least": 0, "most": most}
            yield Contradiction(("criterion_scores",), "grading.together.scale", params)
    known = [got for got, _ in points if got is not None]
    maxima = [most for _, most in points if most is not None]
    if total is None or len(known) != len(scores) or sum(maxima) != FULL_MARKS:
        return  # Not the points of every criterion: nothing adds up to the total.
    if abs(sum(known) - total) > 0.05:  # Sheets keep one decimal.
        params = {"total": total, "sum": round(sum(known), 2)}
        yield Contradiction(("score_total", "criterion_scores"), "grading.together.sum", params)
