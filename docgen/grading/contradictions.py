"""Facts that cannot be true together: a part above its whole, points above the scale, ballots above those who vote.

Nothing is concluded from them. A proposal that rests on such facts has no grade, unless a ground for KHTNV holds
without them; what contradicts what is a question to people, with both figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from docgen.i18n import DEFAULT_LANGUAGE, message, number
from docgen.paths import Json, JsonMap
from docgen.regulations.rules import RuleSet
from docgen.regulations.together import Limit, together

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


def _number(value: Json) -> float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) and value == value else None


def _cast(value: Json) -> int | None:
    """The ballots of a count by grade; None for anything else."""
    if not isinstance(value, Mapping):
        return None
    counts = [n for n in value.values() if isinstance(n, int) and not isinstance(n, bool)]
    return sum(counts) if counts and len(counts) == len(value) else None


def _whole(facts: JsonMap, limit: Limit) -> float | None:
    found = _number(facts.get(limit.whole))
    return None if found is None else found - (_number(facts.get(limit.off)) or 0)


def contradictions(facts: JsonMap) -> list[Contradiction]:
    """What in `facts` cannot be true together; facts of a wrong type are left to the check of types."""
    return list(_found(facts))


def _found(facts: JsonMap) -> Iterator[Contradiction]:
    table = together()
    for part, whole in table.parts:
        value, limit = _number(facts.get(part)), _whole(facts, whole)
        if value is not None and limit is not None and value > limit:
            params = {"part": part, "value": value, "whole": whole.whole, "limit": limit}
            yield Contradiction((part, whole.whole), f"grading.together.part{'_off' if whole.off else ''}", params)
    for first, second, whole in table.apart:
        values = [_number(facts.get(first)), _number(facts.get(second))]
        limit = _whole(facts, whole)
        if limit is not None and all(v is not None for v in values) and sum(v for v in values if v) > limit:
            params = {"first": first, "one": values[0], "second": second, "two": values[1], "limit": limit}
            yield Contradiction((first, second, whole.whole), "grading.together.apart", params)
    for ballots, whole in table.ballots:
        cast, limit = _cast(facts.get(ballots)), _whole(facts, whole)
        if cast is not None and limit is not None and cast > limit:
            params = {"value": cast, "whole": whole.whole, "limit": limit}
            yield Contradiction((ballots, whole.whole), "grading.together.ballots", params)
    scaled: set[str] = set()
    for scale in table.scales:
        if scale.fact in scaled or (scale.when is not None and facts.get(scale.when[0]) != scale.when[1]):
            continue
        scaled.add(scale.fact)  # the first that applies
        value = _number(facts.get(scale.fact))
        if value is not None and not scale.least <= value <= scale.most:
            params = {"name": scale.fact, "value": value, "least": scale.least, "most": scale.most}
            yield Contradiction((scale.fact,), "grading.together.scale", params)
    yield from _scores(facts)


def _scores(facts: JsonMap) -> Iterator[Contradiction]:
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
