"""The decision that cancels an old grade and recognises a new one (HD 19 C.IV.9, form QĐ 01), prefilled.

Only what is known is put in: the year and the new grade from the rule that asks for the decision, the old grade and
the year of the violation from the facts, and whatever the dossier already says. Numbers, dates and the issuer's name
are for those who issue it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docgen.errors import UsageError
from docgen.forms.bindings import slots
from docgen.forms.data import Record, form_data
from docgen.forms.definition import load_form
from docgen.forms.fill import Filler
from docgen.grading.proposal import Proposal
from docgen.model import GRADES
from docgen.regulations.loader import Regulation
from docgen.storage import safe_name, write_whole

#: The root of the values that belong to the decision alone.
ROOT = "regrade"


def decision_form(regulation: Regulation, proposal: Proposal) -> str:
    """The form that the proposal's actions tell to issue (`issue:QD-01`), or an empty text."""
    named = [action.partition(":")[2].lower() for action in proposal.actions if action.startswith("issue:")]
    return next((form for form in named if form in regulation.forms), "")


def decision_data(
    regulation: Regulation, data: Mapping[str, Any], member_id: str, proposal: Proposal
) -> dict[str, Any]:
    """The record of the decision about one member of the dossier `data`, for `docgen fill`.

    What the member's record already says about the decision stays as it is. Raises `UsageError` where the proposal
    asks for no decision, or for a member who is not in the dossier.
    """
    form = decision_form(regulation, proposal)
    if not form:
        raise UsageError("errors.usage.no_decision", member=member_id, regulation=regulation.id)
    definition = load_form(regulation, form)
    out = form_data(regulation, definition, data, Record(member_id))
    member = next(m for m in data["members"] if m.get("id") == member_id)
    known = _known(member.get("facts") or {}, proposal)
    places = {slot.binding for slot in slots(regulation, definition)}
    for name, value in known.items():
        if f"{ROOT}.{name}" in places:
            out.setdefault(ROOT, {}).setdefault(name, value)
    return out


def write_decisions(
    regulation: Regulation,
    data: Mapping[str, Any],
    proposals: Mapping[str, Proposal],
    output: Path,
    *,
    overwrite: bool = False,
) -> list[Path]:
    """One Word file a member whose proposal asks for a decision, in the folder `output`.

    `proposals` are keyed by member id. What nobody knows yet (number, issuer) stays open. Raises `UsageError` where a
    file exists and `overwrite` is not set.
    """
    written = []
    for member_id, proposal in proposals.items():
        form = decision_form(regulation, proposal)
        if not form:
            continue
        docx = Filler(regulation, load_form(regulation, form)).fill(
            decision_data(regulation, data, member_id, proposal)
        )
        path = output / f"{form}-{safe_name(member_id)}.docx"
        write_whole(path, docx, overwrite=overwrite)
        written.append(path)
    return written


def _known(facts: Mapping[str, Any], proposal: Proposal) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for action in proposal.actions:
        name, *values = action.split(":")
        if name == "regrade" and len(values) == 2 and values[0].isdigit() and values[1] in GRADES:
            out |= {"year": int(values[0]), "new_grade": values[1]}
    if facts.get("prior_grade") in GRADES:
        out["old_grade"] = facts["prior_grade"]
    if isinstance(facts.get("violation_year"), int):
        out["violation_time"] = f"năm {facts['violation_year']}"
    return out
