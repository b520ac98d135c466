"""From ballots to the minutes of the count (biên bản kiểm phiếu): the votes of a dossier or of a file of counts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docgen.dossier import Dossier
from docgen.errors import InputError, UsageError
from docgen.forms.alternatives import answers
from docgen.forms.data import Record, form_data
from docgen.forms.definition import load_form
from docgen.forms.fill import Filler
from docgen.forms.handing import counted_locked
from docgen.grading.tally import TallyResult, tally
from docgen.model import Finding, Severity
from docgen.packet.office_data import office_data
from docgen.paths import JsonDict, get, get_list, put, put_into
from docgen.records import DossierData, Member
from docgen.regulations.loader import RegulationData, list_regulations, load_regulation
from docgen.regulations.outside_review import is_graded
from docgen.storage import write_whole

#: The form of the minutes: a regulation's own, else the paper that every regulation has.
MINUTES = "bien-ban-kiem-phieu"
#: The places of a dossier that a tally reads.
_COUNTED = re.compile(r"/ballots(/|$)|/members(/\d+(/votes(/.*)?)?)?$")


@dataclass(slots=True)
class Counted:
    """A tally and the dossier it came from (None for a file of plain counts)."""

    result: TallyResult
    regulation: str
    data: DossierData | None
    findings: list[Finding]
    folders: tuple[Path, ...] = ()

    def as_text(self, language: str) -> str:
        """The tally for a terminal."""
        return self.result.as_text(language)

    def as_json(self, language: str) -> JsonDict:
        """The tally as plain data."""
        return self.result.as_json(language)


def counts_of(data: DossierData) -> JsonDict:
    """What a dossier says of its ballots, in the shape `docgen.grading.tally` counts."""
    ballots = data.get("ballots") or {}
    out: dict[str, Any] = {name: ballots[name] for name in ("issued", "collected", "invalid") if name in ballots}
    if ballots.get("official_members") is not None:
        out["official_members_total"] = ballots["official_members"]
    out["people"] = [
        {
            "id": str(member.get("id", "")),
            "name": str((member.get("member") or {}).get("full_name", "")),
            "votes": dict(member["votes"]),
        }
        for member in data.get("members") or ()
        if isinstance(member.get("votes"), Mapping)
    ]
    return out


def count_file(path: Path, folders: Sequence[Path] = ()) -> Counted:
    """The tally of a dossier (JSON or Excel), or of a JSON file of counts or single ballots that names its regulation.

    Raises `InputError` for a file that cannot be read or whose regulation is not known.
    """
    from docgen.dossier import load_dossier

    if path.suffix.lower() == ".json":
        try:
            content = json.loads(path.read_text(encoding="utf-8-sig"))
        except (UnicodeDecodeError, ValueError, RecursionError):
            content = None
        named = content.get("regulation") if isinstance(content, Mapping) and "members" not in content else None
        if isinstance(named, str) and named in list_regulations(folders):
            result = tally(named, content, folders)
            return Counted(result, named, None, list(result.findings))
    dossier, findings = load_dossier(path, folders)
    if dossier is None:
        raise InputError("errors.input.no_dossier", file=str(path), count=len(findings))
    result = tally(dossier.regulation, counts_of(dossier.data), dossier.folders)
    errors = [f for f in findings if f.severity == "error"]
    found = [*errors, *_shape_of_votes(dossier), *result.findings]
    return Counted(result, dossier.regulation, dossier.data, found, dossier.folders)


def _shape_of_votes(dossier: Dossier) -> list[Finding]:
    """What has the wrong shape among the dossier's ballots, votes and members: such a value was not counted."""
    from docgen.dossier.shape import dossier_shape
    from docgen.validation.checks.shape import dossier_validator, shape_findings

    regulation = load_regulation(dossier.regulation, dossier.folders)
    found: list[Finding] = []

    def report(code: str, severity: Severity, pointer: str, **params: object) -> None:
        if _COUNTED.match(pointer):
            found.append(Finding(code, severity, dossier.places.find(pointer), params))

    shape_findings(dossier.given or dossier.data, dossier_validator(regulation), dossier_shape(regulation), report)
    return found


def on_the_ballot(regulation: RegulationData, data: DossierData) -> list[Member]:
    """The members who are voted on, in order: those who are to be graded."""
    return [member for member in data.get("members") or () if is_graded(regulation.apart, data, member)]


def write_minutes(counted: Counted, output: Path, folders: Sequence[Path] = (), *, overwrite: bool = False) -> Path:
    """The minutes as a Word file at `output`.

    Raises `UsageError` where the votes came without a dossier.
    """
    regulation = load_regulation(counted.regulation, (*folders, *counted.folders))
    if counted.data is None:
        raise UsageError("errors.usage.minutes_need_dossier")
    definition = load_form(regulation, MINUTES)
    if definition.status == "office":
        data = form_data(definition, office_data(regulation, counted.data), Record())
    else:
        data = form_data(definition, counted.data, Record())
        _add_result(regulation, counted, data)
    docx = Filler(definition).fill(data, known=answers(regulation, counted.data, data))
    if definition.status == "office":
        docx = counted_locked(regulation, docx)
    target = output if output.suffix.lower() == ".docx" else output / f"{MINUTES}.docx"
    write_whole(target, docx, overwrite=overwrite)
    return target


def _add_result(regulation: RegulationData, counted: Counted, data: JsonDict) -> None:
    """Put what the count itself gives into the data of the minutes: the valid ballots, each person's grade."""
    assert counted.data is not None
    if counted.result.valid is not None and get(data, ("ballots", "valid")) is None:
        put(data, ("ballots", "valid"), counted.result.valid)
    grades = {person.id: person.grade for person in counted.result.people}
    for row, member in zip(get_list(data, "members"), on_the_ballot(regulation, counted.data), strict=True):
        # The grade that the vote itself gives; what the cell has put down already stands.
        grade = grades.get(str(member.get("id", "")))
        if grade and get(row, ("cell", "grade")) is None:
            put_into(row, ("cell", "grade"), grade)
