"""The dossiers of the units below, for whom they are sent to: how far each is, its grades in figures, all together.

Papers, questions, counts and quota are those of a dossier's own status and board, worked out nowhere else. A grade
counts as decided only where people wrote it.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from docgen.desk.calendar import Calendar, Entry, make_calendar
from docgen.desk.next_step import next_step
from docgen.desk.status import THERE, Status
from docgen.dossier.loaded import Dossier
from docgen.grading import rules_of
from docgen.grading.ballots import Reading, decided_quota, readings
from docgen.grading.counts import GradeCount, added, grade_count
from docgen.grading.dossier_board import Board, share_decided
from docgen.grading.group_quota import quota_for
from docgen.i18n import DEFAULT_LANGUAGE, message, short_date
from docgen.model import Finding
from docgen.paths import Json, JsonDict, get_mapping, get_text, iso_day
from docgen.records import DossierData
from docgen.regulations.loader import RegulationData
from docgen.regulations.subjects import is_member
from docgen.values.number import number_text

#: What a unit's dossier can be, the later the further: nobody began one, it was begun and nothing is in it, papers are
#: missing, places are to be mended, all is there, the packet is made (of an older state), is made, signed in part,
#: signed, handed over. `unreadable`: docgen can make nothing of what is kept.
STATES = (
    "none", "unreadable", "begun", "working", "errors", "complete", "outdated", "packet", "signing", "signed",
    "handed_over",
)  # fmt: skip
#: The steps between complete papers and a packet.
_DECIDING = frozenset({"answer", "over_quota", "decide"})
#: What of a dossier its days depend on.
_DATED = ("organization", "party_organization", "collective", "meeting", "period", "document")


@dataclass(frozen=True, slots=True)
class Figures:
    """What one version of a dossier comes to, whatever day it is.

    `there` of its `papers` are done, `out` are not here; `errors` places are to be mended, `questions` members have
    one open; `work` is the state as long as no packet is made, `step` names what is to be done next (`NextStep`).
    `grades` counts what people decided; None where the dossier cannot be graded. `decided` and `proposed` are the
    members' grades by id, `share` the percentage that the competent level decided. `known` tells people apart (name,
    day of birth).
    """

    regulation: str
    year: int | None
    name: str
    papers: int
    there: int
    out: int
    errors: int
    questions: int
    work: str
    step: str
    grades: GradeCount | None
    decided: Mapping[str, str] = field(default_factory=dict, repr=False)
    proposed: Mapping[str, str] = field(default_factory=dict, repr=False)
    quota: tuple[Reading, ...] = ()
    share: object = None
    dated: JsonDict = field(default_factory=dict, repr=False)
    known: frozenset[tuple[str, str]] = field(default=frozenset(), repr=False)


def figures_of(
    dossier: Dossier, regulation: RegulationData, findings: Sequence[Finding], board: Board | None, status: Status
) -> Figures:
    """The figures of a dossier that was checked and graded."""
    papers = list(status.papers())
    there = sum(paper.state in THERE for paper in papers)
    out = sum(paper.state in ("not_given", "given", "returned") for paper in papers)
    untouched = all(paper.state == "not_given" for paper in papers)
    errors = sum(finding.severity == "error" for finding in findings)
    work = "begun" if untouched else "working" if out else "errors" if errors else "complete"
    members = [row for row in board.rows if is_member(row.subject)] if board is not None else []
    rules = rules_of(regulation.id, dossier.folders) if board is not None else None
    share = share_decided(dossier.data)
    return Figures(
        regulation.id, status.year, status.body, len(papers), there, out, errors,
        sum(row.asked for row in members), work,
        next_step(status, Calendar(status.today, status.year, status.body, (), ()), board, Path()).step,
        _grades(board), {row.id: row.decided for row in members if row.decided},
        {row.id: row.grade for row in members if row.grade},
        tuple(readings(rules, board.decided, share)) if rules is not None and board is not None else (), share,
        {name: cast(Json, dossier.data.get(name)) for name in _DATED if name in dossier.data},
        frozenset(_people(dossier.data)),
    )  # fmt: skip


def _grades(board: Board | None) -> GradeCount | None:
    """How many members have which grade by people's decision; all of them open where nobody has decided anything."""
    if board is None:
        return None
    counts = board.counts()
    if counts["decided"]:
        return counts["decided"][0]
    whole = counts["proposed"][0]
    return grade_count([None] * whole.base, apart=whole.apart)


def _people(data: DossierData) -> Iterable[tuple[str, str]]:
    for member in data.get("members") or ():
        name = " ".join(get_text(member, "member", "full_name").casefold().split())
        if name and (born := get_text(member, "member", "birth_date")):
            yield name, born


@dataclass(frozen=True, slots=True)
class HandedUp:
    """When a dossier was handed over, and to whom where that was noted."""

    on: datetime.date
    to: str = ""


@dataclass(frozen=True, slots=True)
class InHand:
    """The newest packet of a dossier that is no draft: whether it is of the dossier's present state, how many
    signatures it asks for and has."""

    current: bool
    due: int = 0
    done: int = 0


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit and one of its dossiers; without one the id is empty, and `figures` None (also as long as they are not
    worked out: `waiting`)."""

    unit: str
    name: str
    superior: str = ""
    dossier: str = ""
    version: int = 0
    waiting: bool = False
    figures: Figures | None = None
    packet: InHand | None = None
    handed: HandedUp | None = None
    late: Entry | None = None
    late_days: int = 0

    @property
    def state(self) -> str:
        """One of `STATES`; empty while it waits."""
        if not self.dossier:
            return "none"
        if self.waiting:
            return ""
        if self.handed is not None:
            return "handed_over"
        if self.figures is None:
            return "unreadable"
        if self.packet is None:
            return self.figures.work
        if not self.packet.current:
            return "outdated"
        if not self.packet.done:
            return "packet"
        return "signed" if self.packet.done >= self.packet.due else "signing"

    @property
    def grades(self) -> GradeCount | None:
        """The counts of what people decided."""
        return self.figures.grades if self.figures is not None else None

    def words(self, language: str = DEFAULT_LANGUAGE) -> str:
        """The state in words."""
        return message(f"desk.units.state.{self.state or 'waiting'}", language)

    def details(self, language: str = DEFAULT_LANGUAGE) -> list[str]:
        """What belongs to the state: papers there, places to mend, signatures, the day it was handed over."""
        out: list[tuple[str, dict[str, Any]]] = []
        if self.handed is not None:
            out.append(("handed_to" if self.handed.to else "handed",
                        {"day": short_date(self.handed.on), "to": self.handed.to}))  # fmt: skip
        found, state = self.figures, self.state
        if found is not None and state in ("begun", "working", "errors", "complete"):
            out.append(("papers", {"there": found.there, "total": found.papers}))
        if found is not None and found.errors and state != "begun":
            out.append(("errors", {"count": found.errors}))
        if found is not None and found.questions and state not in ("begun", "handed_over"):
            out.append(("questions", {"count": found.questions}))
        if self.packet is not None and state in ("signing", "packet"):
            out.append(("signatures", {"done": self.packet.done, "due": self.packet.due}))
        return [message(f"desk.units.{key}", language, **facts) for key, facts in out]

    def lateness(self, language: str = DEFAULT_LANGUAGE) -> str:
        """`trễ hạn 4 ngày`, or that it was handed over late; empty where it is neither."""
        if self.late is None:
            return ""
        key = "handed_late" if self.handed is not None else "late"
        return message(f"desk.units.{key}", language, days=self.late_days)

    @property
    def missing(self) -> bool:
        """True where a deadline passed and nothing was handed over."""
        return self.late is not None and self.handed is None

    def hint(self, language: str = DEFAULT_LANGUAGE) -> str:
        """What the unit does next, in a sentence without anybody's name; empty where nothing is left, or the state says
        it."""
        key = self.state
        if key in ("", "errors", "handed_over"):
            return ""
        if key == "complete" and self.figures is not None and self.figures.step in _DECIDING:
            key = self.figures.step
        return message(f"desk.units.hint.{key}", language)

    @property
    def quota(self) -> tuple[Reading, ...]:
        """The quota over what people decided in this dossier, by each reading."""
        return self.figures.quota if self.figures is not None else ()

    @property
    def over(self) -> bool:
        """True where more are HTXSNV than any reading of the dossier's own quota allows."""
        return bool(self.quota) and all(one.over for one in self.quota)

    def quota_words(self, language: str = DEFAULT_LANGUAGE) -> tuple[str, str]:
        """Whether it keeps within its own quota, and the formula with all readings; empty where nobody is HTXSNV."""
        if not self.quota:
            return "", ""
        least, most = min(one.over for one in self.quota), max(one.over for one in self.quota)
        key = "over" if least else "depends" if most else "within"
        said = message(f"desk.units.quota.{key}", language, over=_or([least, most], language))
        first = self.quota[0]
        facts = {"percent": first.share, "base": _or([one.base for one in self.quota], language), "below": first.below,
                 "most": _or([one.most for one in self.quota], language), "chosen": first.chosen}  # fmt: skip
        small = all(one.below for one in self.quota)
        return said, message(f"desk.units.quota.{'small' if small else 'formula'}", language, **facts)


def _or(numbers: Sequence[int], language: str) -> str:
    """`6`, or `6 hoặc 7`."""
    return message("desk.units.quota.or", language).join(str(one) for one in dict.fromkeys(numbers))


def with_days(row: UnitRow, regulation: RegulationData, today: datetime.date) -> UnitRow:
    """`row` with the day of handing over that its dossier states, where none was noted, and the deadline it missed."""
    if row.figures is None:
        return row
    dated, handed = row.figures.dated, row.handed
    meeting = get_mapping(dated, "meeting")
    sent = iso_day(meeting.get("submitted"))
    if handed is None and sent is not None and sent <= today:
        handed = HandedUp(sent)
    if handed is not None:
        dated = {**dated, "meeting": {**meeting, "submitted": handed.on.isoformat()}}
    calendar = make_calendar(regulation, cast(DossierData, dated), today)
    ended = handed.on if handed is not None else today
    missed = [one for one in calendar.entries if one.deadline and one.kind != "draft" and one.last < ended]
    if not missed:
        return replace(row, handed=handed)
    return replace(row, handed=handed, late=missed[-1], late_days=(ended - missed[-1].last).days)


@dataclass(frozen=True, slots=True)
class Whole:
    """The dossiers of one regulation and year together.

    `rows` as they came, `grades` added, `unreadable` dossiers left out of the sums; `readings` is the quota over all
    members, by each reading, `clause` its clause; `shares` are the different percentages that dossiers state, where
    they contradict each other and no quota is worked out. `proposed` members have only a proposed grade, which stands
    in the base of the quota as on the board of their own dossier. `twice` are units with several dossiers, `people`
    those who stand in several.
    """

    regulation: str
    rows: tuple[UnitRow, ...]
    grades: GradeCount
    readings: tuple[Reading, ...] = ()
    clause: str = ""
    shares: tuple[object, ...] = ()
    proposed: int = 0
    twice: tuple[str, ...] = ()
    people: int = 0

    def states(self) -> dict[str, int]:
        """How many rows are in each state."""
        found = [row.state for row in self.rows]
        return {state: found.count(state) for state in STATES}

    @property
    def late(self) -> list[UnitRow]:
        """Those who missed a deadline and have handed over nothing."""
        return [row for row in self.rows if row.missing]

    @property
    def waiting(self) -> int:
        """How many dossiers are not worked out yet."""
        return sum(row.waiting for row in self.rows)

    def remarks(self, language: str = DEFAULT_LANGUAGE) -> list[str]:
        """What has to be known of the sums and the quota."""
        out: list[tuple[str, dict[str, object]]] = []
        if self.waiting:
            out.append(("waiting", {"count": self.waiting}))
        if unreadable := sum(row.state == "unreadable" for row in self.rows):
            out.append(("unreadable", {"count": unreadable}))
        if self.twice:
            out.append(("twice", {"names": ", ".join(self.twice)}))
        if self.people:
            out.append(("people", {"count": self.people}))
        if self.shares:
            told = [message("desk.units.note.no_share", language) if one is None else f"{number_text(cast(Any, one))}%"
                    for one in self.shares]  # fmt: skip
            out.append(("shares", {"shares": ", ".join(told)}))
        elif not self.readings:
            out.append(("no_quota" if not self.clause else "no_best", {}))
        elif self.proposed:
            out.append(("proposed", {"count": self.proposed}))
        return [message(f"desk.units.note.{key}", language, **facts) for key, facts in out]

    @property
    def over(self) -> bool:
        """True where more are HTXSNV than any reading of the quota over all allows."""
        return bool(self.readings) and all(one.over for one in self.readings)


def whole_of(regulation: RegulationData, rows: Sequence[UnitRow]) -> Whole:
    """The rows of one regulation and year together."""
    counted = [(row.dossier, row.figures) for row in rows if row.figures is not None]
    grades = added(found.grades for _, found in counted if found.grades is not None)
    decided = {f"{key} {member}": grade for key, found in counted for member, grade in found.decided.items()}
    proposed = {f"{key} {member}": grade for key, found in counted for member, grade in found.proposed.items()}
    shares = list(
        dict.fromkeys(found.share if _is_number(found.share) else None for _, found in counted if found.decided)
    )
    rules = rules_of(regulation.id, regulation.folders)
    quota = quota_for(rules, "dang_vien")
    share = shares[0] if len(shares) == 1 else None
    held: tuple[Reading, ...] = ()
    if len(shares) < 2:
        held = tuple(readings(rules, decided_quota(rules, decided, proposed, share), share))
    units = Counter(row.unit for row in rows if row.dossier)
    people = [person for _, found in counted for person in found.known]
    return Whole(
        regulation.id, tuple(rows), grades, held, quota[0].clause if quota is not None else "",
        tuple(shares) if len(shares) > 1 else (), len(proposed.keys() - decided.keys()),
        tuple(dict.fromkeys(row.name for row in rows if units[row.unit] > 1)),
        len(people) - len(set(people)),
    )  # fmt: skip


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
