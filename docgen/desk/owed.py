"""Which papers a dossier owes: what the packet holds (`docgen.packet.plan`), and the sheets that must still be begun.

A packet is made of what is there. A member whose chi ủy has not assessed him yet has no such sheet in the dossier, and
so none in the plan; it is owed all the same (`required` of the assessor, or `due_by` his post).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from docgen.dossier.handed_papers import PaperKey
from docgen.dossier.posts import union_post
from docgen.forms.data import Record
from docgen.forms.definition import FormDefinition
from docgen.packet.page_words import short_code
from docgen.packet.plan import Document, assessor_label, plan_documents
from docgen.paths import AnyRecord
from docgen.records import DossierData
from docgen.regulations.loader import RegulationData
from docgen.regulations.outside_review import is_graded
from docgen.regulations.subjects import BODIES
from docgen.regulations.subjects import MEMBER as PEOPLE
from docgen.regulations.whose_form import grouped

#: Whose papers stand together: one member's, one body's sheets, those made once a dossier.
MEMBER, BODY, DOSSIER = "member", "body", "dossier"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the matrix: papers that take each other's place (Mẫu 02A, 02B, 02C) share one."""

    group: str
    assessor: str
    title: str


@dataclass(frozen=True, slots=True)
class Owed:
    """One paper that is owed: its form, whose it is, in which column of the matrix it stands (None: no member's)."""

    document: Document
    kind: str
    column: Column | None

    @property
    def definition(self) -> FormDefinition:
        """The form."""
        return self.document.definition

    @property
    def record(self) -> Record:
        """Of whom it is."""
        return self.document.record

    @property
    def key(self) -> PaperKey:
        """How the dossier's own record calls it (`docgen.dossier.handed_papers`)."""
        return self.definition.form, self.record.member, self.record.assessor


def with_due_sheets(regulation: RegulationData, data: DossierData) -> DossierData:
    """`data` (left as it is), with an empty sheet for each assessor who owes one and has not begun."""

    def begun(holder: AnyRecord, subject: str, person: AnyRecord | None = None) -> dict[str, object]:
        found = holder.get("assessments")
        sheets = dict(found) if isinstance(found, Mapping) else {}
        for assessor in regulation.assessors:
            due = assessor.required or bool(assessor.due_by and union_post(person))
            if assessor.subject == subject and due:
                sheets.setdefault(assessor.id, {})
        return {**holder, "assessments": sheets} if sheets else dict(holder)

    out = dict(data)
    for name, subject in BODIES.items():
        if isinstance(body := data.get(name), Mapping):
            out[name] = begun(body, subject.code)
    members = data.get("members")
    out["members"] = [
        begun(member, PEOPLE.code, member.get("member"))
        if isinstance(member, Mapping) and is_graded(regulation.apart, data, member)
        else member
        for member in (members if isinstance(members, list) else ())
    ]
    return cast(DossierData, out)


def owed_papers(regulation: RegulationData, data: DossierData) -> list[Owed]:
    """The papers that the dossier `data` (with its due sheets) owes, in the order of the packet."""
    documents = plan_documents(regulation, data)
    groups = grouped(regulation.packet)
    codes: dict[tuple[str, str], list[str]] = {}
    for document in documents:
        if document.record.member:
            key = groups[document.definition.form], document.record.assessor
            if (code := document.definition.code) not in codes.setdefault(key, []):
                codes[key].append(code)
    # Who assesses is said where a form has sheets of several.
    several = Counter(group for group, _ in codes)
    columns = {
        key: Column(*key, column_title(sorted(found), _assessor(regulation, key[1]) if several[key[0]] > 1 else ""))
        for key, found in codes.items()
    }
    out = []
    for document in documents:
        record = document.record
        kind = MEMBER if record.member else BODY if record.assessor else DOSSIER
        column = columns[groups[document.definition.form], record.assessor] if record.member else None
        out.append(Owed(document, kind, column))
    return out


def _assessor(regulation: RegulationData, assessor: str) -> str:
    return assessor_label(regulation, PEOPLE.code, assessor) if assessor else ""


def column_title(codes: Sequence[str], assessor: str) -> str:
    """The head of a column: the codes of its forms, the words they share said once, and who assesses.

    "Mẫu 02A-HD KĐ.ĐG 2025" and "Mẫu 02B-HD KĐ.ĐG 2025" are "Mẫu 02A, 02B".
    """
    words = [short_code(code).split() for code in codes]
    shared = 0
    while all(len(one) > shared + 1 and one[shared] == words[0][shared] for one in words):
        shared += 1
    title = " ".join([*words[0][:shared], ", ".join(" ".join(one[shared:]) for one in words)])
    return f"{title}: {assessor}" if assessor else title
