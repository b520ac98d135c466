"""Who is missing what: every paper a dossier owes, in one state each, counted, and the next thing to do."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from docgen.desk.ballot_row import BallotCount, count_ballots
from docgen.desk.office_row import OfficePaper, office_papers
from docgen.desk.owed import BODY, MEMBER, Column, Owed, owed_papers, with_due_sheets
from docgen.desk.paper_state import STATES, Faults, state_of, written
from docgen.desk.signed import InPacket
from docgen.dossier.handed_papers import Handed, PaperKey, handed
from docgen.dossier.loaded import Dossier
from docgen.i18n import DEFAULT_LANGUAGE, message, short_date
from docgen.model import Finding
from docgen.packet.issuer import issuer_of
from docgen.packet.page_words import document_title, short_code
from docgen.packet.plan import assessor_label
from docgen.paths import get, get_text, iso_day
from docgen.records import DossierData
from docgen.regulations.loader import RegulationData
from docgen.regulations.outside_review import apart_of

#: States in which nothing is left to do for a paper before it is signed.
THERE = frozenset(("complete", "signed", "signed_by_hand"))


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper and its state. `name` is whose it is, `code` and `title` what it is called in
    few words and in full, `errors` how many places to mend."""

    kind: str
    form: str
    code: str
    title: str
    member: str
    assessor: str
    name: str
    state: str
    errors: int = 0
    given: str = ""
    returned: str = ""

    def words(self, language: str = DEFAULT_LANGUAGE) -> str:
        """The state in words, with what belongs to it: how many places to mend, since when."""
        word = message(f"desk.state.{self.state}", language)
        if self.state == "faulty":
            return message("desk.state.faulty_count", language, count=self.errors)
        day = iso_day({"given": self.given, "returned": self.returned}.get(self.state, ""))
        return f"{word} {short_date(day)}" if day else word


@dataclass(frozen=True, slots=True)
class Person:
    """One row of the matrix: a member, and in each column the paper; None where none is owed.

    `apart` is the clause by which a member owes nothing at all.
    """

    member: str
    name: str
    papers: tuple[Paper | None, ...]
    apart: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """The whole of it. `elsewhere` counts errors that stand on no paper (the meeting's days, ballots …), `office` are
    the papers around the packet, which nobody owes and none of the counts has."""

    regulation: RegulationData
    body: str
    year: int | None
    today: datetime.date
    columns: tuple[Column, ...]
    people: tuple[Person, ...]
    others: tuple[Paper, ...]
    ballots: BallotCount | None
    elsewhere: int
    packet: InPacket | None = None
    office: tuple[OfficePaper, ...] = ()
    #: How many errors the whole dossier has, each once; one that stands on two papers is in the counts of both.
    errors: int = 0
    #: How the body calls itself on its papers ("Chi bộ Phòng …"); `body` is as the dossier has it.
    called: str = ""

    def papers(self) -> Iterator[Paper]:
        """Every paper that is owed: members' row by row, then bodies' and those made once."""
        for person in self.people:
            yield from (paper for paper in person.papers if paper is not None)
        yield from self.others

    def counts(self) -> dict[str, int]:
        """How many papers are in each state, in the order of `STATES`; what nobody owes is not counted."""
        found = Counter(paper.state for paper in self.papers())
        return {state: found[state] for state in STATES if state != "not_owed"}

    def by_column(self) -> list[tuple[Column, dict[str, int]]]:
        """The same for each column of the matrix."""
        out = []
        for position, column in enumerate(self.columns):
            papers = [person.papers[position] for person in self.people]
            found = Counter(paper.state if paper is not None else "not_owed" for paper in papers)
            out.append((column, {state: found[state] for state in STATES}))
        return out


def make_status(
    dossier: Dossier,
    regulation: RegulationData,
    findings: Sequence[Finding],
    today: datetime.date,
    packet: InPacket | None = None,
) -> Status:
    """The status of a loaded `dossier` with its `findings`; `packet` is what was verified of a packet made of it."""
    data = with_due_sheets(regulation, dossier.data)
    faults = Faults(findings)
    recorded = handed(dossier.data)
    owed = owed_papers(regulation, data)
    columns: dict[Column, None] = {}
    own: dict[str, dict[Column, Paper]] = {}
    others = []
    for one in owed:
        paper = _paper(regulation, one, data, faults, recorded, packet)
        if one.kind == MEMBER and one.column is not None:
            columns.setdefault(one.column)
            own.setdefault(one.record.member, {})[one.column] = paper
        else:
            others.append(paper)
    ordered = tuple(columns)
    people = []
    for member in dossier.members:
        key = str(member.get("id") or "")
        has = own.get(key, {})
        apart = apart_of(regulation.apart, dossier.data, member)
        clause = apart.clause if apart is not None and not has else ""
        people.append(
            Person(key, get_text(member, "member", "full_name"), tuple(has.get(column) for column in ordered), clause)
        )
    year = get(dossier.data, ("period", "year"))
    return Status(
        regulation,
        get_text(dossier.data, "organization", "name"),
        year if isinstance(year, int) else None,
        today,
        ordered,
        tuple(people),
        tuple(others),
        count_ballots(regulation, dossier.data, findings),
        faults.elsewhere(),
        packet,
        office_papers(regulation, dossier.data, recorded, packet),
        len(faults.all),
        issuer_of(dossier.data).get("called", ""),
    )


def _paper(
    regulation: RegulationData,
    owed: Owed,
    data: DossierData,
    faults: Faults,
    recorded: Mapping[PaperKey, Handed],
    packet: InPacket | None,
) -> Paper:
    errors = faults.of(regulation, owed, data)
    told = recorded.get(owed.key, Handed())
    state = state_of(errors, written(regulation, owed, data), told)
    if packet is not None and state == "complete":
        state = packet.states.get((owed.definition.form, owed.record.key()), state)
    code = short_code(owed.definition.code)
    title = document_title(code, owed.definition.name)
    if owed.kind == BODY:
        title += f" – {assessor_label(regulation, owed.definition.subject, owed.record.assessor)}"
    return Paper(
        owed.kind, owed.definition.form, code, title, owed.record.member, owed.record.assessor, owed.document.subject,
        state, errors, told.given, told.returned,
    )  # fmt: skip


def one_state(person: Person) -> str:
    """The state that all papers of a person share, so that one word serves for the row; empty where they differ."""
    states = {paper.state for paper in person.papers if paper is not None}
    return states.pop() if len(states) == 1 else "not_owed" if not states else ""
