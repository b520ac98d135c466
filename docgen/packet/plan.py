"""Which documents a packet holds, in which order, under which names, signed by whom.

The order is the regulation's (`packet:` in `regulation.yaml`). Documents about one person that follow one another in
that list are put together person by person, the way they are filed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from docgen.errors import UsageError
from docgen.forms.alternatives import Answers, answers
from docgen.forms.complete import is_shown
from docgen.forms.data import Record
from docgen.forms.definition import FormDefinition, Hole, Part, Text, load_form
from docgen.forms.parts import Either
from docgen.i18n import message
from docgen.packet.blank_ballots import ballots_needed, is_ballot
from docgen.packet.issuer import issues_as_committee, with_issuer
from docgen.paths import AnyRecord, JsonMap, get_mapping, get_text
from docgen.records import DossierData, Member
from docgen.regulations.loader import Assessor, PacketItem, RegulationData
from docgen.regulations.office import office
from docgen.regulations.originals import SCAN, body_role, sealed_by
from docgen.regulations.subjects import BODIES, SUBJECTS, is_member
from docgen.regulations.whose_form import owes_no_paper
from docgen.storage import safe_name

#: The assessor id under which each subject assesses itself.
SELF = "tu_danh_gia"
#: Of a form that is made once a dossier.
_ONCE = Record()


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
    """One document of a packet; a ballot that is asked for is made in so many like `copies` in one file."""

    number: int
    definition: FormDefinition
    record: Record
    subject: str
    signers: tuple[Signer, ...]
    clause: str
    about: str = ""
    copies: int = 0

    @property
    def stem(self) -> str:
        """The file name without its ending: number, form, person; plain letters only."""
        parts = [f"{self.number:03d}", self.definition.form]
        parts += [part for part in (self.record.member, self.about, self.record.assessor) if part]
        return "-".join(safe_name(part, 40) for part in parts)


def _caption(parts: tuple[Part, ...], data: DossierData, known: Answers) -> str:
    """The words of a signature's first line as they are printed, with the values that stand in it."""
    out = []
    for part in parts:
        if isinstance(part, Either):
            out.append(part.said(known.get(part.question, "")))
        elif isinstance(part, (Text, Hole)):
            out.append(get_text(data, *part.binding.split(".")) if isinstance(part, Hole) else part.text)
    return "".join(out).strip()


def _signers(
    definition: FormDefinition, data: DossierData, holder: AnyRecord, record: Record = _ONCE
) -> tuple[Signer, ...]:
    """Who signs the paper of `record`; what it does not print nobody signs."""
    regulation = definition.law
    out = []
    sealed = sealed_by(regulation.originals, data)
    about = cast(JsonMap, holder)
    known = answers(regulation, data, {**about, "id": record.key().rpartition(".")[2]})
    for sign in definition.signs():
        if sign.when and not is_shown({**cast(JsonMap, data), **about}, sign.when):
            continue
        path = sign.name.binding.split(".") if sign.name is not None else [""]
        name = get_text(holder if path[0] in holder else data, *path)
        caption = " ".join(_caption(parts, data, known) for parts in sign.text[:1])
        # Where a body's signature stands for the seal, nobody stamps the person's paper besides. The papers around the
        # packet are a chi bộ's as well, which has no seal.
        stamped = (
            sign.seal and not regulation.originals and (definition.status != "office" or issues_as_committee(data))
        )
        out.append(Signer(sign.role, caption, stamped, name))
        if sign.seal and sign.role in sealed:
            out.append(body_signer(sign.role, sealed[sign.role]))
    return tuple(out)


def body_signer(role: str, name: str) -> Signer:
    """The body called `name` that seals what `role` signs."""
    return Signer(body_role(role), message(f"packet.body.{'scan' if role == SCAN else 'seal'}", "vi"), True, name)


def _ordered(regulation: RegulationData, subject: str, present: JsonMap) -> list[str]:
    """The assessor ids present, in the regulation's order, those it does not know last."""
    known = [a.id for a in regulation.assessors if a.subject == subject]
    return [a for a in known if a in present] + [a for a in present if a not in known]


def _assessments(holder: AnyRecord) -> JsonMap:
    """The sheets of a member or a body, by who assessed; one of nobody (an error among the findings) is left out."""
    found = holder.get("assessments")
    return {who: sheet for who, sheet in found.items() if str(who).strip()} if isinstance(found, Mapping) else {}


class _Planner:
    def __init__(self, regulation: RegulationData, data: DossierData) -> None:
        self.regulation = regulation
        self.data = data
        self.definitions: dict[str, FormDefinition] = {}
        # Whoever has no id (an error among the findings) cannot be told apart: no document is made for them.
        members = data.get("members", ())
        self.members = [m for m in members if str(m.get("id") or "").strip()]

    def definition(self, form: str) -> FormDefinition:
        if form not in self.definitions:
            self.definitions[form] = load_form(self.regulation, form)
        return self.definitions[form]

    def wanted(self, item: PacketItem, present: JsonMap) -> list[str]:
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
            item.each == "assessments" and is_member(self.definition(item.form).subject) and item.assessors == (SELF,)
        )

    def for_member(self, item: PacketItem, member: Member) -> Iterator[tuple[Record, AnyRecord]]:
        key = str(member.get("id", ""))
        if not item.made_for(member) or owes_no_paper(self.regulation, self.data, member):
            return
        if item.each == "members":
            yield Record(key), member
            return
        for assessor in self.wanted(item, _assessments(member)):
            yield Record(key, assessor), {**member, "assessment": _assessments(member)[assessor]}

    def for_body(self, item: PacketItem) -> Iterator[tuple[Record, AnyRecord, str]]:
        subject = self.definition(item.form).subject
        holder = get_mapping(self.data, SUBJECTS[subject].place)
        for assessor in self.wanted(item, _assessments(holder)):
            entry = {"assessment": _assessments(holder)[assessor]}
            yield Record("", assessor), entry, str(holder.get("name", ""))

    def documents(self) -> Iterator[tuple[PacketItem, Record, AnyRecord, str, str]]:
        items = list(self.regulation.packet)
        while items:
            item = items.pop(0)
            definition = self.definition(item.form)
            if item.each != "members" and not is_member(definition.subject) and not item.made_for(self.data):
                continue
            if item.each == "dossier":
                yield item, Record(), self.data, str(self._body_name(definition)), ""
                continue
            if item.each == "assessments" and not is_member(definition.subject):
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
        root = "collective" if definition.subject == BODIES["collective"].code else "organization"
        holder = self.data.get(root)
        return str(holder.get("name", "")) if isinstance(holder, Mapping) else ""


def _member_name(member: Member) -> str:
    person = member.get("member")
    return str(person.get("full_name", "")) if isinstance(person, Mapping) else ""


def plan_documents(regulation: RegulationData, data: DossierData, papers: Collection[str] = ()) -> list[Document]:
    """All documents of the packet for the dossier `data`, in order, numbered from 1.

    Behind them what is asked for besides (`papers`), in the order of `further_forms`. Raises `UsageError` for a form
    that is none of these.
    """
    refuse_unknown(regulation, papers)
    planner = _Planner(regulation, data)
    out = []
    for number, (item, record, holder, subject, about) in enumerate(planner.documents(), start=1):
        definition = planner.definition(item.form)
        signers = _signers(definition, data, holder, record)
        out.append(Document(number, definition, record, subject, signers, item.clause, about))
    issued = cast(DossierData, with_issuer(data)) if papers else data
    for form in [form for form in further_forms(regulation) if form in papers] if papers else ():
        definition = planner.definition(form)
        signers = _signers(definition, issued, issued)
        copies = ballots_needed(data) if is_ballot(form) else 0
        name = get_text(issued, "issuer", "called")
        clause = office().words["clause"]
        out.append(Document(len(out) + 1, definition, Record(), name, signers, clause, copies=copies))
    return out


def further_forms(regulation: RegulationData) -> tuple[str, ...]:
    """What may be asked for besides the packet: the papers around it, then the regulation's own forms that are made
    once a dossier and are no document of it."""
    made = {item.form for item in regulation.packet}
    own = [form for form in regulation.forms if form not in made and load_form(regulation, form).record == "dossier"]
    return (*regulation.office, *own)


def refuse_unknown(regulation: RegulationData, papers: Collection[str]) -> None:
    """Raise `UsageError` for one of `papers` that may not be asked for."""
    known = further_forms(regulation) if papers else ()
    for form in papers:
        if form not in known:
            raise UsageError("errors.usage.no_such_paper", form=form[:60], known=", ".join(known))


def unmade(regulation: RegulationData, data: DossierData, entries: Sequence[Mapping[str, Any]]) -> list[Document]:
    """The documents the dossier asks for that are not among the manifest's `entries`, by form and record."""
    made = {(entry.get("form"), str(entry.get("record"))) for entry in entries}
    return [
        d
        for d in plan_documents(regulation, data, besides(regulation, entries))
        if (d.definition.form, str(d.record.key())) not in made
    ]


def besides(regulation: RegulationData, entries: Sequence[Mapping[str, Any]]) -> list[str]:
    """The forms that the manifest's `entries` have besides the packet's own documents."""
    named = {entry.get("form") for entry in entries} - {item.form for item in regulation.packet}
    return [form for form in further_forms(regulation) if form in named] if named else []


def misnamed(
    regulation: RegulationData, data: DossierData, entries: Sequence[Mapping[str, Any]]
) -> list[tuple[int, Signer, str]]:
    """Where the manifest's `entries` name another signer than the dossier: document number, who it is, who is named."""
    made = {(entry.get("form"), str(entry.get("record"))): entry for entry in entries}
    out = []
    for document in plan_documents(regulation, data, besides(regulation, entries)):
        entry = made.get((document.definition.form, str(document.record.key())))
        if entry is None:
            continue  # that has a reason of its own
        named = {str(item["role"]): str(item.get("name") or "") for item in entry.get("signers") or ()}
        for signer in document.signers:
            if named.get(signer.role) != signer.name:
                out.append((int(entry["number"]), signer, named.get(signer.role, "")))
    return out


def assessor_label(regulation: RegulationData, subject: str, assessor: str) -> str:
    """How the regulation calls an assessor; the id itself for one it does not know."""
    for known in regulation.assessors:
        if isinstance(known, Assessor) and known.subject == subject and known.id == assessor:
            return known.label
    return assessor
