"""Score sheets: points for every criterion, within the maximum and the band, sums that are right.

What a sheet must satisfy is worked out in `docgen.regulations.score_sheet` from the regulation's own numbers; here
each fault becomes a finding with its place.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from docgen.errors import UsageError
from docgen.forms.data import number_text
from docgen.model import LEVEL_TEXT
from docgen.regulations.rules import RuleSet, kept_rules
from docgen.regulations.score_sheet import Fault, plain, read_sheet
from docgen.validation.assessments import numbering
from docgen.validation.choices import check_stated_sums
from docgen.validation.context import Check, Holder, as_mapping, at

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


def check_scores(check: Check) -> None:
    """Report what is wrong on the score sheets of the party body, of the collective and of the members scored."""
    try:
        rules = kept_rules(check.regulation.id, check.regulation.folders)
    except UsageError:
        return  # a regulation without rules has nothing to score by
    for holder in (*check.bodies, *(check.members if "dang_vien" in check.regulation.chosen else ())):
        known = check.forms.assessors(holder.subject)
        for assessor, sheet in as_mapping(holder.record.get("assessments")).items():
            if isinstance(sheet, dict) and assessor in known:
                _check_sheet(check, rules, holder, assessor, sheet)


def _check_sheet(check: Check, rules: RuleSet, holder: Holder, assessor: str, sheet: dict[str, Any]) -> None:
    kind = holder.record.get("kind") if holder.subject == "tap_the" else None
    kind = applies_code(check, kind if isinstance(kind, str) else "")
    chosen = check.regulation.criteria_set(holder.subject, holder.record)
    found = read_sheet(check.regulation, rules, holder.subject, sheet, kind, chosen)
    pointer = at(holder.pointer, "assessments", assessor)
    record = holder.record if holder.subject == "dang_vien" else check.data
    forms = check.forms.of_assessor(holder.subject, assessor, record)
    required = [d.code for d in forms if SCORES in d.required]
    if found is None:
        if required:
            check.add("validation.score.none", "error", at(pointer, "scores"), holder.who, forms=", ".join(required))
        return
    numbers = numbering(check.regulation.criteria.get(chosen, ()))
    missing = [fault.criterion for fault in found.faults if fault.kind == "missing"]
    if missing:
        shown = ", ".join(numbers.get(name, name) for name in missing[:12]) + ("…" if len(missing) > 12 else "")
        check.add("validation.score.missing", "error" if required else "warning", at(pointer, "scores"), holder.who,
                  count=len(missing), criteria=shown)  # fmt: skip
    if found.sound:
        points = {line.criterion.id: line.points for line in found.lines}
        check_stated_sums(check, holder, check.regulation.criteria.get(chosen, ()), points)
    for fault in found.faults:
        if fault.kind != "missing":
            place, params = _place(pointer, fault), _shown(fault)
            name = numbers.get(fault.criterion, fault.criterion[:40])
            check.add(f"validation.score.{fault.kind}", "error", place, holder.who, criterion=name, **params)


def applies_code(check: Check, kind: str) -> str:
    """The code that criteria of one kind of body must name: `kind`, or the dossier's value the regulation names."""
    if not check.regulation.applies:
        return kind
    root, _, leaf = check.regulation.applies.partition(".")
    found = check.mapping(root).get(leaf)
    return found if isinstance(found, str) else ""


def _place(pointer: str, fault: Fault) -> str:
    if not fault.criterion:
        return at(pointer, "score_total" if fault.kind == "total" else "scores")
    line = at(pointer, "scores", fault.criterion)
    return at(line, _VALUES[fault.kind]) if fault.kind in _VALUES else line


def _shown(fault: Fault) -> dict[str, Any]:
    """The facts of a fault as people read them: numbers with a comma, levels in words."""
    out: dict[str, Any] = {}
    for name, value in fault.params.items():
        if isinstance(value, Fraction):
            out[name] = number_text(round(plain(value), 2))
        else:
            out[name] = LEVEL_TEXT.get(value, value)
    return out
