"""Score sheets: points for every criterion, within the maximum and the band, sums that are right.

What a sheet must satisfy is worked out in `docgen.regulations.score_sheet` from the regulation's own numbers; here
each fault becomes a finding with its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from docgen.errors import UsageError
from docgen.forms.data import number_text
from docgen.model import LEVEL_TEXT
from docgen.paths import JsonMap, at, get
from docgen.regulations.criteria_sets import Criterion
from docgen.regulations.loader import RegulationData, options_of
from docgen.regulations.rules import RuleSet, kept_rules
from docgen.regulations.score_sheet import Fault, plain, read_sheet
from docgen.regulations.subjects import MEMBER
from docgen.validation.checks.assessments import numbering
from docgen.validation.context import Check, Holder, as_mapping
from docgen.validation.kind import CheckKind

#: The value of a line (or of the sheet) that each kind of fault is about; others are about the whole line.
_VALUES = {
    "above": "points",
    "band": "points",
    "product": "points",
    "yes_no": "points",
    "no_level": "declared_level",
    "maximum": "standard_points",
}
SCORES = "assessment.scores"


class Scores(CheckKind):
    """Score sheets that add up, within what the criteria give."""

    name = "scores"
    turn = 90
    codes = (
        "validation.score.none",
        "validation.score.missing",
        "validation.score.stated",
        "validation.score.unknown",
        "validation.score.other_set",
        "validation.score.plan",
        "validation.score.maximum",
        "validation.score.above",
        "validation.score.product",
        "validation.score.yes_no",
        "validation.score.no_level",
        "validation.score.band",
        "validation.score.sum",
        "validation.score.total",
        "validation.score.group",
    )

    def run(self, check: Check) -> None:
        check_scores(check)


def check_scores(check: Check) -> None:
    """Report what is wrong on the score sheets of the party body, of the collective and of the members scored."""
    try:
        rules = kept_rules(check.regulation.id, check.regulation.folders)
    except UsageError:
        return  # a regulation without rules has nothing to score by
    for holder in (*check.bodies, *(check.members if MEMBER.code in check.regulation.chosen else ())):
        known = check.forms.assessors(holder.subject)
        for assessor, sheet in as_mapping(holder.record.get("assessments")).items():
            if isinstance(sheet, dict) and assessor in known:
                _check_sheet(check, rules, holder, assessor, sheet)


def _check_sheet(check: Check, rules: RuleSet, holder: Holder, assessor: str, sheet: JsonMap) -> None:
    said = check.said(holder)
    chosen = check.regulation.criteria_set(holder.subject, holder.record)
    by_record = "." in check.regulation.chosen.get(holder.subject, "")
    if by_record and chosen not in check.regulation.criteria_sets(holder.subject):
        return  # which criteria are asked is not known: the one cell that decides it has a finding of its own
    found = read_sheet(check.regulation, rules, holder.subject, sheet, said, chosen)
    pointer = at(holder.pointer, "assessments", assessor)
    record = holder.record if holder.is_member else check.data
    forms = check.forms.of_assessor(holder.subject, assessor, record)
    required = [d.code for d in forms if SCORES in d.required]
    if found is None:
        if required:
            check.add("validation.score.none", "error", at(pointer, "scores"), holder.who, forms=", ".join(required))
        return
    if _other_set(check, holder, as_mapping(sheet.get("scores")), chosen):
        return
    numbers = numbering(check.regulation.criteria.get(chosen, ()))
    told = [f.place.pointer for f in check.findings if f.code.startswith("validation.shape.") and f.who == holder.who]
    missing = [
        fault.criterion for fault in found.faults
        if fault.kind == "missing"
        and not any(place.startswith(at(pointer, "scores", fault.criterion) + "/") for place in told)
    ]  # fmt: skip
    if missing:
        shown = ", ".join(numbers.get(name, name) for name in missing[:12]) + ("…" if len(missing) > 12 else "")
        check.add("validation.score.missing", "error" if required else "warning", at(pointer, "scores"), holder.who,
                  count=len(missing), criteria=shown)  # fmt: skip
    if found.sound:
        points = {line.criterion.id: line.points for line in found.lines if line.points is not None}
        check_stated_sums(check, holder, check.regulation.criteria.get(chosen, ()), points)
    for fault in found.faults:
        if fault.kind != "missing":
            place, params = _place(pointer, fault), _shown(fault)
            name = numbers.get(fault.criterion, fault.criterion[:40])
            check.add(f"validation.score.{fault.kind}", "error", place, holder.who, criterion=name, **params)


def _other_set(check: Check, holder: Holder, scores: JsonMap, chosen: str) -> bool:
    """Whether a sheet was scored by another set than the one that the record chooses; told once, where it is chosen.

    Else each criterion of either would be an error of its own.
    """
    regulation = check.regulation
    binding = regulation.chosen.get(holder.subject, "")
    if "." not in binding or not holder.is_member or scores.keys() <= _ids(regulation, chosen):
        return False
    theirs = next((s for s in regulation.criteria_sets(holder.subject) if scores.keys() <= _ids(regulation, s)), "")
    if not theirs or not chosen:
        return False
    place = at(holder.pointer, *binding.split("."))
    if not any(f.code == "validation.score.other_set" and f.who == holder.who for f in check.findings):
        field = regulation.fields[binding]
        words = {code.replace("_", "-"): said for code, said in options_of(regulation, field)}
        check.add("validation.score.other_set", "error", place, holder.who, label=field.label, ours=words[chosen],
                  theirs=words[theirs])  # fmt: skip
    return True


def _ids(regulation: RegulationData, name: str) -> set[str]:
    return {leaf.id for row in regulation.criteria.get(name, ()) for leaf in row.leaves()}


def check_stated_sums(check: Check, holder: Holder, rows: Iterable[Criterion], points: Mapping[str, Fraction]) -> None:
    """The points of each group as the form states them once more (`total` of a criterion)."""
    stated: dict[str, Fraction] = {}
    for row in rows:
        if row.total:
            stated[row.total] = sum((points[leaf.id] for leaf in row.leaves() if leaf.id in points), Fraction(0))
    if not stated or holder.pointer == "/party_organization":
        return
    for binding, due in stated.items():
        path = binding.split(".")
        base, record = (holder.pointer, holder.record) if holder.is_member else ("", check.data)
        given = get(record, path)
        if isinstance(given, (int, float)) and not isinstance(given, bool) and abs(given - float(due)) > 0.05:
            field = check.regulation.fields[binding]
            check.add("validation.score.stated", "error", at(base, *path), holder.who, label=field.label,
                      given=_short(given), due=_short(float(due)))  # fmt: skip


def _short(value: float) -> str:
    return f"{value:g}".replace(".", ",")


def _place(pointer: str, fault: Fault) -> str:
    if not fault.criterion:
        return at(pointer, "score_total" if fault.kind == "total" else "scores")
    line = at(pointer, "scores", fault.criterion)
    return at(line, _VALUES[fault.kind]) if fault.kind in _VALUES else line


def _shown(fault: Fault) -> dict[str, object]:
    """The facts of a fault as people read them: numbers with a comma, levels in words."""
    out: dict[str, Any] = {}
    for name, value in fault.params.items():
        if isinstance(value, Fraction):
            out[name] = number_text(round(plain(value), 2))
        else:
            out[name] = LEVEL_TEXT.get(value, value)
    return out
