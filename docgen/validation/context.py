"""What every check is given: the dossier, its regulation, the forms of its packet, and where findings go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from docgen.dossier.loaded import Dossier
from docgen.forms.definition import FormDefinition, load_form
from docgen.model import Finding, Severity
from docgen.paths import AnyRecord, JsonMap, get_mapping
from docgen.records import DossierData
from docgen.regulations.asked_of import said_by
from docgen.regulations.criteria_sets import Said
from docgen.regulations.loader import Assessor, PacketItem, RegulationData
from docgen.regulations.outside_review import Apart, apart_of
from docgen.regulations.subjects import BODIES, MEMBER, is_member


@dataclass(frozen=True, slots=True)
class Holder:
    """Someone who is assessed: the record, its pointer, the subject, and the id that findings carry."""

    record: AnyRecord
    pointer: str
    subject: str
    who: str
    #: Why the member stands outside the review or the grading; None for everybody else and for bodies.
    apart: Apart | None = None

    @property
    def is_member(self) -> bool:
        """True for a member, false for a body."""
        return is_member(self.subject)

    @property
    def reviewed(self) -> bool:
        """True where papers of the review are owed."""
        return self.apart is None or self.apart.out_of != "review"

    @property
    def printed(self) -> bool:
        """True where papers of the review go into the packet: owed, or given all the same (`packet.plan`)."""
        return self.reviewed or bool(self.record.get("review"))

    @property
    def graded(self) -> bool:
        """True where papers of the grading are owed."""
        return self.apart is None


@dataclass(slots=True)
class Check:
    """One run over one dossier."""

    dossier: Dossier
    regulation: RegulationData
    forms: Forms
    proposals: Mapping[str, str]
    findings: list[Finding] = field(default_factory=list)
    #: All members that are records at all, in order, each with a pointer and an id to group by.
    members: list[Holder] = field(init=False)

    def __post_init__(self) -> None:
        found = self.data.get("members")
        self.members = []
        for index, record in enumerate(found if isinstance(found, list) else ()):
            if isinstance(record, dict):
                given = record.get("id")
                who = given if isinstance(given, str) else f"#{index + 1}"
                apart = apart_of(self.regulation.apart, self.data, record)
                self.members.append(Holder(record, f"/members/{index}", MEMBER.code, who, apart))

    @property
    def data(self) -> DossierData:
        """The dossier's data."""
        return self.dossier.data

    def add(self, code: str, severity: Severity, pointer: str, who: str = "", **params: object) -> None:
        """Record a finding about the value at `pointer`."""
        self.findings.append(Finding(code, severity, self.dossier.place(pointer), params, who))

    def said(self, holder: Holder) -> Said:
        """What the dossier and the record of `holder` say of whom criteria are asked."""
        return said_by(self.regulation, self.data, holder.record if holder.is_member else None)

    def mapping(self, name: str) -> JsonMap:
        """The mapping `name` of the dossier; empty where it is missing or something else."""
        return get_mapping(self.data, name)

    @property
    def bodies(self) -> list[Holder]:
        """The collective and the party body, where the dossier has them."""
        return [
            Holder(get_mapping(self.data, name), f"/{name}", subject.code, name)
            for name, subject in BODIES.items()
            if name in self.data
        ]


def as_mapping(value: object) -> JsonMap:
    """`value` where it is a mapping, an empty one otherwise: the shape has its own finding for that."""
    return value if isinstance(value, dict) else {}


class Forms:
    """The forms of a regulation's packet, loaded once, and which of them each assessor fills in."""

    def __init__(self, regulation: RegulationData) -> None:
        self.regulation = regulation
        #: What a check has worked out from the forms, by a key of its own.
        self.kept: dict[tuple[Any, ...], Any] = {}
        self._of: dict[tuple[str, str], tuple[PacketItem, ...]] = {}
        self._assessors: dict[str, dict[str, Assessor]] = {}

    def definition(self, form: str) -> FormDefinition:
        """The definition of `form`."""
        return load_form(self.regulation, form)

    def each(self, kind: str, record: AnyRecord | None = None) -> list[FormDefinition]:
        """The forms made once for each `kind` of the packet (`dossier`, `members`), each once.

        With `record`, only those made for it (`only` in the packet).
        """
        items = (i for i in self._items(kind) if record is None or i.made_for(record))
        return [self.definition(name) for name in dict.fromkeys(i.form for i in items)]

    def _items(self, kind: str) -> Iterator[PacketItem]:
        return (item for item in self.regulation.packet if item.each == kind)

    def of_assessor(self, subject: str, assessor: str, record: AnyRecord | None = None) -> tuple[FormDefinition, ...]:
        """The forms on which `assessor` assesses `subject`; "others" of the packet means those not named otherwise.

        With `record`, only those made for it: a member's record, or the dossier for a body.
        """
        key = (subject, assessor)
        if key not in self._of:
            items = [i for i in self._items("assessments") if self.definition(i.form).subject == subject]
            named = [i for i in items if assessor in i.assessors]
            rest = [i for i in items if not i.assessors or "others" in i.assessors]
            self._of[key] = tuple(named or rest)
        return tuple(self.definition(i.form) for i in self._of[key] if record is None or i.made_for(record))

    def assessors(self, subject: str) -> dict[str, Assessor]:
        """The assessors of `subject`, by id."""
        if subject not in self._assessors:
            self._assessors[subject] = {a.id: a for a in self.regulation.assessors if a.subject == subject}
        return self._assessors[subject]


def forms_of(regulation: RegulationData) -> Forms:
    """The forms of `regulation`, kept from one call to the next as long as it is the same regulation."""
    return regulation.derived("validation.forms", lambda: Forms(regulation))
