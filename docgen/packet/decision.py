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
from docgen.forms.alternatives import answers
from docgen.forms.bindings import slots
from docgen.forms.data import Record, form_data
from docgen.forms.definition import load_form
from docgen.forms.fill import Filler
from docgen.grading.proposal import Proposal
from docgen.model import GRADES
from docgen.paths import JsonDict, JsonMap, get, put
from docgen.records import DossierData
from docgen.regulations.loader import RegulationData
from docgen.storage import safe_name, write_whole

#: The root of the values that belong to the decision alone, by whom it is about.
ROOTS = {"dang_vien": "regrade", "to_chuc_dang": "organization_regrade"}
#: Whom a decision about the body of the dossier is keyed by: no member's id.
BODY = ""


def decision_form(regulation: RegulationData, proposal: Proposal) -> str:
    """The form that the proposal's actions tell to issue (`issue:QD-01`), or an empty text.

    Where a regulation has the form once for each kind of those it is about (`qd-01`, `qd-01-to-chuc`), it is the one
    about the proposal's own subject.
    """
    for action in proposal.actions:
        if not action.startswith("issue:"):
            continue
        named = action.partition(":")[2].lower()
        for form in regulation.forms:
            known = form == named or form.startswith(f"{named}-")
            if known and load_form(regulation, form).subject == proposal.subject:
                return form
    return ""


def decision_data(regulation: RegulationData, data: DossierData, about: str, proposal: Proposal) -> JsonDict:
    """The record of the decision about one member of the dossier `data` (`about` is the id), or about its body
    (`BODY`), for `docgen fill`.

    What the record already says about the decision stays as it is. Raises `UsageError` where the proposal asks for no
    decision, or for a member who is not in the dossier.
    """
    form = decision_form(regulation, proposal)
    if not form:
        raise UsageError("errors.usage.no_decision", member=about or proposal.subject, regulation=regulation.id)
    definition = load_form(regulation, form)
    out = form_data(definition, data, Record(about) if about else Record())
    if about:
        facts = next(m for m in data["members"] if m.get("id") == about).get("facts")
    else:
        facts = (data.get("party_organization") or {}).get("facts")
    root = ROOTS[proposal.subject]
    places = {slot.binding for slot in slots(definition)}
    for name, value in _known(facts or {}, proposal).items():
        # The grade of a decision is for those who take it where a person must answer for it (QĐ 379 Điều 4).
        binding = f"{root}.{name}"
        if binding in places and not regulation.decisions.holds(binding) and get(out, (root, name)) is None:
            put(out, (root, name), value)
    return out


def write_decisions(
    regulation: RegulationData,
    data: DossierData,
    proposals: Mapping[str, Proposal],
    output: Path,
    *,
    overwrite: bool = False,
) -> list[Path]:
    """One Word file for each proposal that asks for a decision, in the folder `output`.

    `proposals` are keyed by member id, that of the body by `BODY`. What nobody knows yet (number, issuer) stays open.
    Raises `UsageError` where a file exists and `overwrite` is not set.
    """
    written = []
    for about, proposal in proposals.items():
        form = decision_form(regulation, proposal)
        if not form:
            continue
        record = decision_data(regulation, data, about, proposal)
        docx = Filler(load_form(regulation, form)).fill(record, known=answers(regulation, data, record))
        path = output / (f"{form}-{safe_name(about)}.docx" if about else f"{form}.docx")
        write_whole(path, docx, overwrite=overwrite)
        written.append(path)
    return written


def _known(facts: JsonMap, proposal: Proposal) -> JsonDict:
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
