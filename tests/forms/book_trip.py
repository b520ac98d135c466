"""From a Word form into an Excel book, out of the book into Word again, and read once more: what is lost on the way.

The form is about the first member of a small sample; who it is stays, everything else is made up.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from docgen.cli.read import ROLES
from docgen.dossier.differences import differences
from docgen.dossier.excel import workbook_bytes
from docgen.dossier.excel_change import change_workbook
from docgen.dossier.excel_closing import sums_up
from docgen.dossier.load import dossier_from_bytes
from docgen.dossier.sample import sample_dossier
from docgen.forms.data import Record, form_data
from docgen.forms.definition import FormDefinition
from docgen.forms.fill import Filler
from docgen.forms.merge import merge_form
from docgen.forms.printed import canonical_data
from docgen.forms.readback import read_form
from docgen.paths import at, get
from docgen.regulations.loader import RegulationData
from docgen.regulations.subjects import SUBJECTS, is_member

#: What says whose form it is: another one's is refused, rightly.
IDENTITY = ("regulation", "id", "period", "organization", "party_organization.name", "collective.name",
            "collective.kind", "member", "superior.name")  # fmt: skip


@cache
def book(regulation: str, only: str = "") -> bytes:
    """The book of a small sample: every column, so that whatever a form may say has its place; no list has a row yet.

    `only` is for whom the form is made (`member.kind=khong_lanh_dao`): the first member is made one of them. No row is
    ever taken out of a book, so a form with fewer would be refused.
    """
    from docgen.regulations.loader import load_regulation

    data: Any = sample_dossier(regulation, members=2)
    path, _, code = only.partition("=")
    if path.startswith("member."):
        data["members"][0]["member"][path.removeprefix("member.")] = {"true": True, "false": False}.get(code, code)
    for holder in (data, *data["members"]):
        for name in [key for key, value in holder.items() if isinstance(value, list) and key != "members"]:
            del holder[name]
    return workbook_bytes(load_regulation(regulation), data)


def record_of(definition: FormDefinition, data: Any) -> Record:
    """The first member, the first assessor: whichever the form is about."""
    member = "dv-01" if is_member(definition.subject) or definition.record in ("member", "assessment") else ""
    if definition.record != "assessment":
        return Record(member)
    place = SUBJECTS[definition.subject].record(0)
    return Record(member if is_member(definition.subject) else "", next(iter(get(data, (*place, "assessments")))))


def texts_of(row: Any) -> list[str]:
    return [str(value) for value in row.values()] if isinstance(row, dict) else [str(row)]


def trip(regulation: RegulationData, definition: FormDefinition, made_up: dict[str, Any]) -> list[str]:
    """Where a value differs after Word → Excel → Word → JSON; empty where nothing is lost."""
    raw = book(regulation.id, next((item.only for item in regulation.packet if item.form == definition.form), ""))
    first, _ = dossier_from_bytes(raw, "so.xlsx")
    assert first is not None
    record = record_of(definition, first.data)
    filler = Filler(definition)
    own = form_data(definition, first.data, record)
    data = {**made_up, **{k: v for k, v in own.items() if k in IDENTITY or k == "id"}}
    for name in ("collective", "party_organization", "superior"):
        if name in data and name in own:
            kept = {k: v for k, v in own[name].items() if f"{name}.{k}" in IDENTITY}
            data[name] = {**data[name], **kept}
    for name, rows in data.items():  # a row that begins as a total or a signature does is no row of a book: refused
        if isinstance(rows, list) and name != "members":
            data[name] = [row for row in rows if not any(map(sums_up, texts_of(row)))]
    if "members" in data:  # who the members are is the dossier's to say
        rows = zip(own["members"], data["members"], strict=False)
        data["members"] = [{**row, "member": person.get("member", {})} for person, row in rows]
    read = read_form(filler.fill(data))
    merged = merge_form(first.data, read, regulation, definition, member=record.member, assessor=record.assessor,
                        prefer="word", roles=ROLES)  # fmt: skip
    if merged.record is None:
        return [f"refused: {[f.text() for f in merged.findings]}"]
    changed = change_workbook(raw, first, merged.data)
    if changed.content is None:
        return [f"book: {f.text()}" for f in changed.findings]
    again, _ = dossier_from_bytes(changed.content, "so.xlsx")
    assert again is not None
    out = [f"book {at('', *path)}" for path in differences(merged.data, again.data)]
    expected = canonical_data(definition, form_data(definition, merged.data, record))
    last = read_form(filler.fill(form_data(definition, again.data, record)))
    out += [f"word {at('', *path)}" for path in differences(expected, last.data)]
    # And the dossier says what the form said.
    # A member that the form marks as left out stands on it no more: then there are no rows to compare.
    said = canonical_data(definition, data)
    if "members" not in expected:
        said.pop("members", None)
    found = [
        path
        for path in differences(said, expected)
        if path[0] != "id" and get(said, path) not in (None, get(expected, path))
    ]
    out += [f"form {at('', *path)}: {get(said, path)!r:.60} -> {get(expected, path)!r:.60}" for path in found]
    return out
