"""Which documents a packet holds, in which order, under which names, signed by whom.

The order is the regulation's (`packet:` in `regulation.yaml`). Documents about one person that follow one another in
that list are put together person by person, the way they are filed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from docgen.forms.data import Record
from docgen.forms.definition import FormDefinition, Part, Text, load_form
from docgen.i18n import message
from docgen.regulations.loader import Assessor, PacketItem, Regulation
from docgen.regulations.originals import SCAN, body_role, sealed_by
from docgen.regulations.standing import owes_review
from docgen.storage import safe_name

#: The assessor id under which each subject assesses itself.
SELF = "tu_danh_gia"


@dataclass(frozen=True, slots=True)
class Signer:
    """Someone who still has to sign a document: role, the printed words, whether a seal belongs to it, the name.

    A body that seals a paper is a signer with a role of its own (`docgen.regulations.originals.body_role`).
    """

    role: str
    caption: str
    seal: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a packet."""

    number: int
    definition: FormDefinition
    record: Record
    subject: str
    signers: tuple[Signer, ...]
    clause: str
    about: str = ""

    @property
    def stem(self) -> str:
        """The file name without its ending: number, form, person; plain letters only."""
        parts = [f"{self.number:03d}", self.definition.form]
        parts += [part for part in (self.record.member, self.about, self.record.assessor) if part]
        return "-".join(safe_name(part, 40) for part in parts)


def _caption(parts: tuple[Part, ...]) -> str:
    return "".join(part.text for part in parts if isinstance(part, Text)).strip()


def _signers(
    regulation: Regulation, definition: FormDefinition, data: Mapping[str, Any], holder: Mapping[str, Any]
) -> tuple[Signer, ...]:
    out = []
    sealed = sealed_by(regulation.originals, data)
    for sign in definition.signs():
        name = ""
        if sign.name is not None:
            path = sign.name.binding.split(".")
            value: Any = holder.get(path[0], data.get(path[0]))
            for step in path[1:]:
                value = value.get(step) if isinstance(value, Mapping) else None
            name = value if isinstance(value, str) else ""
        caption = " ".join(_caption(parts) for parts in sign.text[:1])
        # Where a body's signature stands for the seal, nobody stamps the person's paper besides.
        out.append(Signer(sign.role, caption, sign.seal and not regulation.originals, name))
        if sign.seal and sign.role in sealed:
            out.append(body_signer(sign.role, sealed[sign.role]))
    return tuple(out)


def body_signer(role: str, name: str) -> Signer:
    """The body called `name` that seals what `role` signs."""
    return Signer(body_role(role), message(f"packet.body.{'scan' if role == SCAN else 'seal'}", "vi"), True, name)


def _ordered(regulation: Regulation, subject: str, present: Mapping[str, Any]) -> list[str]:
    """The assessor ids present, in the regulation's order, those it does not know last."""
    known = [a.id for a in regulation.assessors if a.subject == subject]
    return [a for a in known if a in present] + [a for a in present if a not in known]


def _assessments(holder: Mapping[str, Any]) -> Mapping[str, Any]:
    """The sheets of a member or a body, by who assessed; one of nobody (an error among the findings) is left out."""
    found = holder.get("assessments")
    return {who: sheet for who, sheet in found.items() if str(who).strip()} if isinstance(found, Mapping) else {}


class _Planner:
    def __init__(self, regulation: Regulation, data: Mapping[str, Any]) -> None:
        self.regulation = regulation
        self.data = data
        self.definitions: dict[str, FormDefinition] = {}
        # Whoever has no id (an error among the findings) cannot be told apart: no document is made for them.
        members = [m for m in data.get("members", ()) if isinstance(m, Mapping)]
        self.members: list[Mapping[str, Any]] = [m for m in members if str(m.get("id") or "").strip()]

    def definition(self, form: str) -> FormDefinition:
        if form not in self.definitions:
            self.definitions[form] = load_form(self.regulation, form)
        return self.definitions[form]

    def wanted(self, item: PacketItem, present: Mapping[str, Any]) -> list[str]:
        """The assessors whose sheets `item` asks for; `others` are those that no item about the same subject names."""
        subject = self.definition(item.form).subject
        ordered = _ordered(self.regulation, subject, present)
        named = {a for a in item.assessors if a != "others"}
        if "others" not in item.assessors:
            return [a for a in ordered if a in named]
        elsewhere = {
            assessor
            for other in self.regulation.packet
            if other is not item and other.assessors and self.definition(other.form).subject == subject
            for assessor in other.assessors
        }
        return [a for a in ordered if a in named or a not in elsewhere]

    def personal(self, item: PacketItem) -> bool:
        """True for a document about one member that is filed with that member's own papers."""
        if item.each == "members":
            return True
        return (
            item.each == "assessments"
            and self.definition(item.form).subject == "dang_vien"
            and item.assessors == (SELF,)
        )

    def owes_nothing(self, member: Mapping[str, Any]) -> bool:
        """True for a member outside the review who has given no paper of it; what somebody gave all the same stays."""
        return not member.get("review") and not owes_review(self.regulation.apart, self.data, member)

    def for_member(self, item: PacketItem, member: Mapping[str, Any]) -> Iterator[tuple[Record, Mapping[str, Any]]]:
        key = str(member.get("id", ""))
        if not item.made_for(member) or self.owes_nothing(member):
            return
        if item.each == "members":
            yield Record(key), member
            return
        for assessor in self.wanted(item, _assessments(member)):
            yield Record(key, assessor), {**member, "assessment": _assessments(member)[assessor]}

    def for_body(self, item: PacketItem) -> Iterator[tuple[Record, Mapping[str, Any], str]]:
        subject = self.definition(item.form).subject
        root = "party_organization" if subject == "to_chuc_dang" else "collective"
        holder = self.data.get(root)
        holder = holder if isinstance(holder, Mapping) else {}
        for assessor in self.wanted(item, _assessments(holder)):
            entry = {"assessment": _assessments(holder)[assessor]}
            yield Record("", assessor), entry, str(holder.get("name", ""))

    def documents(self) -> Iterator[tuple[PacketItem, Record, Mapping[str, Any], str, str]]:
        items = list(self.regulation.packet)
        while items:
            item = items.pop(0)
            definition = self.definition(item.form)
            if item.each != "members" and definition.subject != "dang_vien" and not item.made_for(self.data):
                continue
            if item.each == "dossier":
                yield item, Record(), self.data, str(self._body_name(definition)), ""
                continue
            if item.each == "assessments" and definition.subject != "dang_vien":
                for record, holder, name in self.for_body(item):
                    yield item, record, holder, name, ""
                continue
            group = [item]
            while items and self.personal(item) and self.personal(items[0]):
                group.append(items.pop(0))
            for member in self.members:
                name = _member_name(member)
                for entry in group:
                    for record, holder in self.for_member(entry, member):
                        yield entry, record, holder, name, name

    def _body_name(self, definition: FormDefinition) -> str:
        root = "collective" if definition.subject == "tap_the" else "organization"
        holder = self.data.get(root)
        return str(holder.get("name", "")) if isinstance(holder, Mapping) else ""


def _member_name(member: Mapping[str, Any]) -> str:
    person = member.get("member")
    return str(person.get("full_name", "")) if isinstance(person, Mapping) else ""


def plan_documents(regulation: Regulation, data: Mapping[str, Any]) -> list[Document]:
    """All documents of the packet for the dossier `data`, in order, numbered from 1."""
    planner = _Planner(regulation, data)
    out = []
    for number, (item, record, holder, subject, about) in enumerate(planner.documents(), start=1):
        definition = planner.definition(item.form)
        signers = _signers(regulation, definition, data, holder)
        out.append(Document(number, definition, record, subject, signers, item.clause, about))
    return out


def unmade(regulation: Regulation, data: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> list[Document]:
    """The documents the dossier asks for that are not among the manifest's `entries`, by form and record."""
    made = {(entry.get("form"), str(entry.get("record"))) for entry in entries}
    return [d for d in plan_documents(regulation, data) if (d.definition.form, str(d.record.key())) not in made]


def misnamed(
    regulation: Regulation, data: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]
) -> list[tuple[int, Signer, str]]:
    """Where the manifest's `entries` name another signer than the dossier: document number, who it is, who is named."""
    made = {(entry.get("form"), str(entry.get("record"))): entry for entry in entries}
    out = []
    for document in plan_documents(regulation, data):
        entry = made.get((document.definition.form, str(document.record.key())))
        if entry is None:
            continue  # that has a reason of its own
        named = {str(item["role"]): str(item.get("name") or "") for item in entry.get("signers") or ()}
        for signer in document.signers:
            if named.get(signer.role) != signer.name:
                out.append((int(entry["number"]), signer, named.get(signer.role, "")))
    return out


def assessor_label(regulation: Regulation, subject: str, assessor: str) -> str:
    """How the regulation calls an assessor; the id itself for one it does not know."""
    for known in regulation.assessors:
        if isinstance(known, Assessor) and known.subject == subject and known.id == assessor:
            return known.label
    return assessor
