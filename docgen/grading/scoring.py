"""Scoring one criterion, and the level that a total score means."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from docgen.grading.given_facts import FactView
from docgen.grading.outcome import Reason
from docgen.grading.proposal import Proposal, Question
from docgen.paths import JsonMap
from docgen.regulations.rules import Rule, RuleSet, Score
from docgen.regulations.told import UNKNOWN, Note, exact

SCORING = "criterion_scoring"


def total_level(scores: Iterable[tuple[Rule, Score]], view: FactView) -> str | None:
    """The level that the total score means, where one of `scores` is such a scale and the score is known."""
    for _, effect in scores:
        if effect.fact is not None:
            value = view.number(effect.fact)
            if isinstance(value, Fraction):
                return effect.level(value)
    return None


def _number(sheet: JsonMap, key: str) -> Fraction | None:
    value = sheet.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return exact(value)


def score_criterion(rules: RuleSet, scores: Iterable[tuple[Rule, Score]], view: FactView) -> Proposal | None:
    """The points and level of one criterion, where the facts ask for that alone (`criterion_scoring`).

    A quantitative one: share of the plan, at most 1, times the standard points. A qualitative one: the points given
    must lie in the band of the level declared. None where nothing is to be scored or the regulation scores nothing.
    """
    effects = {effect.scheme: (rule, effect) for rule, effect in scores if effect.fact is None}
    fact = rules.facts.get(SCORING)
    sheet = view.get(fact) if fact is not None and effects else None
    if not sheet or sheet is UNKNOWN or "bands" not in effects:
        return None
    rule, bands = effects["bands"]
    standard = _number(sheet, "standard_points")
    if standard is None or standard <= 0:
        return _missing(rules, "standard_points")
    if sheet.get("kind") == "quantitative" and "quantitative" in effects:
        rule = effects["quantitative"][0]
        plan, actual = _number(sheet, "plan"), _number(sheet, "actual")
        if plan is None or plan <= 0:
            return _missing(rules, "plan")
        if actual is None:
            return _missing(rules, "actual")
        points = min(Fraction(1), max(Fraction(0), actual / plan)) * standard
        note = Note("grading.note.scored", {"actual": actual, "plan": plan, "points": points, "standard": standard})
        return _scored(rules, rule, points, bands.level(points * 100 / standard), True, note)
    given = _number(sheet, "points")
    if given is None:
        return _missing(rules, "points")
    declared = sheet.get("declared_level")
    within = 0 <= given <= standard
    level = bands.level(given * 100 / standard) if within else None
    note = Note("grading.note.banded", {"points": given, "standard": standard, "level": level or "–"})
    return _scored(rules, rule, given, level, within and declared in (None, level), note)


def _scored(rules: RuleSet, rule: Rule, points: Fraction, level: str | None, valid: bool, note: Note) -> Proposal:
    reason = Reason(rule.id, rule.clause, "score", "holds" if valid else "fails", notes=(note,))
    blocked = () if valid else (rule.id,)
    return Proposal(
        rules.regulation, "to_chuc_dang", None, blocked, reasons=(reason,), points=float(points), level=level,
        score_valid=valid,
    )  # fmt: skip


def _missing(rules: RuleSet, what: str) -> Proposal:
    return Proposal(
        rules.regulation, "to_chuc_dang", questions=(Question(f"missing:{what}", Note(f"grading.ask.score.{what}")),)
    )
