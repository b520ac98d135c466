"""The ballots as a row of the status: handed out, taken in, counted, by the figures of the tally team."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from docgen.forms.bindings import slots
from docgen.forms.definition import load_form
from docgen.model import Finding
from docgen.paths import get_list, get_mapping, names
from docgen.records import DossierData
from docgen.regulations.loader import RegulationData

_ROOTS = frozenset(("ballots", "votes", "vote"))


@dataclass(frozen=True, slots=True)
class BallotCount:
    """Issued, collected, invalid ballots (None: not written), for how many votes are written, errors about them."""

    issued: int | None
    collected: int | None
    invalid: int | None
    counted: int
    errors: int

    @property
    def state(self) -> str:
        """The state, in the words of papers: counted and without error is complete."""
        if self.errors:
            return "faulty"
        if self.collected is not None and self.counted:
            return "complete"
        if self.collected is not None:
            return "returned"
        return "given" if self.issued is not None else "not_given"


def count_ballots(regulation: RegulationData, data: DossierData, findings: Sequence[Finding]) -> BallotCount | None:
    """The ballots of the dossier `data`; None where the regulation has no form about them and none were written of."""
    told = get_mapping(data, "ballots")
    counted = sum(bool(get_mapping(member, "votes")) for member in get_list(data, "members"))
    if not told and not counted and not votes_are_printed(regulation):
        return None

    def number(name: str) -> int | None:
        value = told.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    errors = sum(f.severity == "error" and bool(_ROOTS & set(names(f.place.pointer)[:3])) for f in findings)
    return BallotCount(number("issued"), number("collected"), number("invalid"), counted, errors)


def votes_are_printed(regulation: RegulationData) -> bool:
    """True where a form of the regulation prints ballots or votes."""

    def made() -> bool:
        forms = [load_form(regulation, form) for form in regulation.forms]
        return any(slot.path[0] in _ROOTS for form in forms for slot in slots(form))

    return regulation.derived("desk.ballots", made)
