"""Who decided each grade that stands as decided, and when (QĐ 379-QĐ/TW Điều 4 khoản 7)."""

from __future__ import annotations

from docgen.i18n import short_date
from docgen.paths import at, iso_day
from docgen.regulations.decisions import Taken, taken
from docgen.validation.context import Check
from docgen.validation.kind import CheckKind


class Decisions(CheckKind):
    """Who decided each grade, and when."""

    name = "decisions"
    turn = 150
    codes = (
        "validation.decision.who",
        "validation.decision.when",
        "validation.decision.before_meeting",
    )

    def run(self, check: Check) -> None:
        check_decisions(check)


def check_decisions(check: Check) -> None:
    """Report a decided grade that does not say who decided it or when, or that was decided before the meeting."""
    clause = check.regulation.decisions.clause
    ids = {member.pointer: member.who for member in check.members}
    held = iso_day(check.mapping("meeting").get("held"))
    for decision in taken(check.regulation.decisions, check.data):
        _, by, on = decision.of.paths()
        who = ids.get(decision.pointer, "")
        for path, written, code in ((by, decision.by, "who"), (on, decision.on, "when")):
            if not written:
                check.add(f"validation.decision.{code}", "error", at(decision.pointer, *path), who,
                          grade=_label(check, decision), clause=clause)  # fmt: skip
        day = iso_day(decision.on)
        if day is not None and held is not None and day < held:
            check.add("validation.decision.before_meeting", "error", at(decision.pointer, *on), who,
                      day=short_date(day), held=short_date(held))  # fmt: skip


def _label(check: Check, decision: Taken) -> str:
    return check.regulation.fields[decision.of.binding].label
