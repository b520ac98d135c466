"""The summary forms of the level above, filled from the dossiers of its units: Mẫu 06, BTH 02, BTH 03, bảng tổng hợp.

A form that a chi bộ signs is made for each unit by itself; one that a committee signs is made once, with the members or
bodies of all. Only what people wrote is printed: whoever has no decided grade has none here, and the note says so.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from docgen.forms.data import Record, form_data, own_rows, what_fits
from docgen.forms.definition import FormDefinition, load_form
from docgen.forms.fill import Filler
from docgen.forms.handing import counted_locked
from docgen.grading.disagreements import decision_of
from docgen.grading.dossier_board import share_decided
from docgen.packet.office_data import office_data
from docgen.paths import JsonDict, copied, get_list, get_text
from docgen.records import DossierData, Member
from docgen.regulations.loader import RegulationData
from docgen.regulations.office import office
from docgen.regulations.outside_review import is_graded
from docgen.storage import safe_name

#: The moment that files in a zip carry: the same dossiers give the same bytes.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class SummaryForm:
    """A form of the level above; `apart` where each unit has its own."""

    definition: FormDefinition
    apart: bool


@dataclass(frozen=True, slots=True)
class FromUnit:
    """A unit and its dossier, in canonical form."""

    name: str
    data: DossierData


@dataclass(frozen=True, slots=True)
class Above:
    """Who makes the form: the body's name and that of the one above it; of which year the dossiers are."""

    name: str
    superior: str = ""
    year: int | None = None


def summary_forms(regulation: RegulationData) -> list[SummaryForm]:
    """The forms that the level above can make of dossiers under `regulation`, in their order."""
    known = (*regulation.forms, *regulation.office)
    found = [load_form(regulation, form) for form in office().above if form in known]
    return [SummaryForm(one, any(sign.role == "cell" for sign in one.signs())) for one in found]


def _noted(regulation: RegulationData, unit: FromUnit, named: bool) -> Iterator[Member]:
    """The members of a unit, the note saying of which unit each is (`named`) and that he has no decided grade."""
    for member in unit.data.get("members") or ():
        one = copied(member)
        graded = is_graded(regulation.apart, unit.data, member)
        told = [unit.name] if named else []
        if graded and decision_of(member) is None:
            told.append(office().words["undecided"])
        if own := get_text(one, "cell", "note"):
            told.append(own)
        if told:
            cell = one.get("cell")
            one["cell"] = {**(cell if isinstance(cell, dict) else {}), "note": "; ".join(told)}
        yield cast(Member, one)


def together(regulation: RegulationData, units: Sequence[FromUnit], above: Above, *, graded: bool) -> DossierData:
    """One dossier of the body `above` with the members of all `units` (`graded`: only those who are to be graded).

    A value about the body as a whole stands in it where every unit says the same.
    """
    members: list[Member] = []
    for number, unit in enumerate(units, start=1):
        kept = [is_graded(regulation.apart, unit.data, one) or not graded for one in unit.data.get("members") or ()]
        for member, keep in zip(_noted(regulation, unit, True), kept, strict=True):
            if keep:
                members.append(cast(Member, {**member, "id": f"{number}.{member.get('id', '')}"}))
    organization = {"name": above.name, "kind": "dang_bo"} | ({"parent": above.superior} if above.superior else {})
    data: JsonDict = {
        "regulation": regulation.id, "organization": organization, "party_organization": {"name": above.name},
        "members": cast(list[JsonDict], members),
    }  # fmt: skip
    if above.year is not None:
        data["period"] = {"year": above.year}
    shares = [share_decided(unit.data) for unit in units]
    if shares and isinstance(shares[0], (int, float)) and all(one == shares[0] for one in shares):
        data["superior"] = {"quota_pct": shares[0]}
    return cast(DossierData, data)


def _bodies(definition: FormDefinition, units: Sequence[FromUnit]) -> list[JsonDict]:
    """The bodies of all units: those that a dossier lists, else the unit itself."""
    rows: list[JsonDict] = []
    for unit in units:
        own = [copied(row) for row in get_list(unit.data, "bodies") if isinstance(row, dict)]
        rows += own or own_rows(definition, "bodies", unit.data) or [{"name": unit.name}]
    for row in rows:
        if not row.get("grade"):
            row["note"] = "; ".join(filter(None, (office().words["undecided"], get_text(row, "note"))))
    return rows


def whole_form(
    definition: FormDefinition, units: Sequence[FromUnit], above: Above, templates: Sequence[Path | str] = ()
) -> bytes:
    """The Word file of a form with the members or bodies of all `units`. Raises as `Filler` does."""
    graded = any(table.graded for table in definition.tables())
    data = together(definition.law, units, above, graded=graded)
    if any(table.binding == "bodies" for table in definition.tables()):
        data = cast(DossierData, {**data, "bodies": _bodies(definition, units)})
    if definition.status == "office":
        data = cast(DossierData, office_data(definition.law, data))
    docx = Filler(definition, templates).fill(what_fits(definition, form_data(definition, data, Record())))
    return counted_locked(definition.law, docx) if definition.status == "office" else docx


def forms_apart(definition: FormDefinition, units: Sequence[FromUnit], templates: Sequence[Path | str] = ()) -> bytes:
    """A zip with the form of each unit, numbered in their order and named after them. Raises as `Filler` does."""
    filler, out = Filler(definition, templates), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, unit in enumerate(units, start=1):
            data = cast(DossierData, {**unit.data, "members": list(_noted(definition.law, unit, False))})
            content = filler.fill(what_fits(definition, form_data(definition, data, Record())))
            name = f"{number:03d}-{definition.form}-{safe_name(unit.name, 60)}.docx"
            archive.writestr(zipfile.ZipInfo(name, _NO_TIME), content)
    return out.getvalue()
