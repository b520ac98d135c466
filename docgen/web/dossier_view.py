"""A kept dossier as its pages show it: checked, graded, each paper's state, the deadlines, the next step.

All of it follows from the dossier's version and the day, so it is worked out once for each and kept for a while.
"""

from __future__ import annotations

import datetime
import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import cast

from fastapi import Request
from sqlalchemy import Connection

import docgen
from docgen.desk.calendar import Calendar, make_calendar
from docgen.desk.next_step import NextStep, next_step
from docgen.desk.status import THERE, Status, make_status
from docgen.desk.units_below import InHand
from docgen.dossier.loaded import Dossier
from docgen.grading.dossier_board import Board
from docgen.model import Finding
from docgen.paths import JsonDict
from docgen.pipeline import Checked, check_loaded
from docgen.regulations.loader import RegulationData, load_regulation
from docgen.web import dossier_store, packet_store
from docgen.web.asking import database_of, dossier_for, settings_of
from docgen.web.dossier_store import Kept
from docgen.web.http_regulations import regulations_of
from docgen.web.packet_state import in_hand
from docgen.web.page_asking import Visitor
from docgen.web.page_render import page_message
from docgen.web.problems import Problem

#: So many dossiers are kept worked out.
_MOST = 16
#: The steps that have a page by now; the others are named in the bar and lead nowhere.
READY = frozenset({"", "dien", "phat-va-thu", "kiem-tra", "xep-loai", "bo-ho-so", "ky"})
#: The steps of a dossier in their order, with the last part of their addresses.
STEPS = ("dien", "phat-va-thu", "kiem-tra", "xep-loai", "bo-ho-so", "ky")


class Worked:
    """What is worked out of one version of a dossier, each part when it is first asked for.

    `dossier.data` is canonical; nobody changes any of it. A field that is saved asks for `wrong` alone.
    """

    def __init__(self, dossier: Dossier, today: datetime.date) -> None:
        self.dossier = dossier
        self.today = today
        self.regulation: RegulationData = load_regulation(dossier.regulation, dossier.folders)

    @cached_property
    def wrong(self) -> list[Finding]:
        """The findings as far as they say nothing of grades."""
        return check_loaded(self.dossier, list(self.dossier.findings), grade=False).findings

    @cached_property
    def _checked(self) -> Checked:
        return check_loaded(self.dossier, list(self.dossier.findings))

    @property
    def findings(self) -> list[Finding]:
        """Everything wrong or doubtful."""
        return self._checked.findings

    @property
    def board(self) -> Board | None:
        """The proposals."""
        return self._checked.board

    @cached_property
    def status(self) -> Status:
        """Each paper's state."""
        return make_status(self.dossier, self.regulation, self.findings, self.today)

    @cached_property
    def calendar(self) -> Calendar:
        """The deadlines."""
        return make_calendar(self.regulation, self.dossier.data, self.today)

    @cached_property
    def next(self) -> NextStep:
        """The next step."""
        return next_step(self.status, self.calendar, self.board, Path())


@dataclass(frozen=True, slots=True)
class Look:
    """One dossier for one visitor: the row, the data as it is kept, what is worked out of it, its newest packet that is
    no draft."""

    kept: Kept
    data: JsonDict
    worked: Worked
    packet: InHand | None
    may_write: bool
    #: The member who is alone in `data`; empty where all are there.
    alone: str = ""

    @property
    def id(self) -> str:
        """The dossier's id."""
        return self.kept.id

    @property
    def address(self) -> str:
        """Where its pages are."""
        return f"/ho-so/{self.kept.id}"

    @property
    def errors(self) -> list[Finding]:
        """The places that must be mended."""
        return [finding for finding in self.worked.findings if finding.severity == "error"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the bar: what it is called, where it stands, whether it is done."""

    key: str
    href: str
    title: str
    note: str
    done: bool
    current: bool


class Kitchen:
    """Keeps what was worked out last; may be asked by many at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[object, ...], Worked] = OrderedDict()

    def worked(self, key: tuple[object, ...], data: JsonDict, regulations: docgen.Regulations) -> Worked:
        """What is worked out of `data`, which `key` names. Raises `Problem` 422 where it can be read no more."""
        with self._lock:
            if (found := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                return found
        made = work_out(data, regulations)
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return made


def work_out(data: JsonDict, regulations: docgen.Regulations) -> Worked:
    """What is to be known of `data`. 422 where docgen can make nothing of it."""
    loaded, found = docgen.load_dossier(data, regulations=regulations)
    if loaded is None:
        raise Problem(422, "web.problem.no_dossier", findings=found)
    return Worked(loaded, datetime.date.today())


def _kitchen(request: Request, name: str = "kitchen") -> Kitchen:
    state = request.app.state
    if not hasattr(state, name):
        setattr(state, name, Kitchen())
    return cast(Kitchen, getattr(state, name))


def look(request: Request, visitor: Visitor, number: str, operation: str = "dossier.read") -> Look:
    """The dossier, where the visitor may do `operation` with it; 404 for another unit's, 403 for another role's."""
    with database_of(request).read() as db:
        kept = dossier_for(db, visitor.principal, operation, number)
        data = dossier_store.content(db, number)
        packet = packet_store.newest_whole(db, number)
        may_write = operation == "dossier.write" or dossier_writable(db, visitor, number)
    key = (number, kept.version, datetime.date.today(), settings_of(request).folders)
    worked = _kitchen(request).worked(key, data, regulations_of(request))
    return Look(kept, data, worked, in_hand(request, packet, kept.version), may_write)


def look_at_member(request: Request, visitor: Visitor, number: str, member: str, operation: str) -> Look | None:
    """The dossier as if `member` were alone in it, refused as `look` refuses; None where all of it has to be read.

    Checking one field this way costs what one member costs, however many there are. What is wrong with it only beside
    other members (he alone has no ballots, say) is seen wherever the whole is checked: each page shows it.
    """
    with database_of(request).read() as db:
        kept = dossier_for(db, visitor.principal, operation, number)
        data = dossier_store.with_one_member(db, number, member)
        may_write = operation == "dossier.write" or dossier_writable(db, visitor, number)
    if data is None:
        return None
    key = (number, kept.version, datetime.date.today(), settings_of(request).folders, member)
    return Look(
        kept,
        data,
        _kitchen(request, "member_kitchen").worked(key, data, regulations_of(request)),
        None,
        may_write,
        member,
    )


def dossier_writable(db: Connection, visitor: Visitor, number: str) -> bool:
    """True where the visitor may write in the dossier."""
    try:
        dossier_for(db, visitor.principal, "dossier.write", number)
    except Problem:
        return False
    return True


def steps_of(seen: Look, current: str, language: str) -> list[Step]:
    """The bar of the steps: the dossier's page first. `current` is one of `STEPS`, or "" for that page."""
    worked = seen.worked
    papers = list(worked.status.papers())
    there = sum(paper.state in THERE for paper in papers)
    out = sum(paper.state in ("not_given", "given", "returned") for paper in papers)
    errors = len(seen.errors)
    questions = sum(row.asked for row in worked.board.rows) if worked.board is not None else 0
    packet = seen.packet
    made, stale = packet is not None, packet is not None and not packet.current
    signed = packet is not None and not stale and packet.done >= packet.due
    to_sign = "not_yet" if packet is None else "signed" if signed else "signed_part" if packet.done else "to_sign"

    def note(key: str, **facts: object) -> str:
        return page_message(language, f"steps.{key}", **facts)

    year = worked.status.year
    found = {
        "": (note("year", year=year) if year else note("no_year"), False),
        "dien": (note("filled", done=there, total=len(papers)), bool(papers) and there == len(papers)),
        "phat-va-thu": (note("out", count=out) if out else note("nothing_out"), bool(papers) and not out),
        "kiem-tra": (note("errors", count=errors) if errors else note("no_errors"), bool(papers) and not errors),
        "xep-loai": (note("questions", count=questions) if questions else note("no_questions"),
                     bool(papers) and worked.board is not None and not questions),
        "bo-ho-so": (note("packet_old" if stale else "packet_made" if made else "no_packet"), made and not stale),
        "ky": (note(to_sign, done=packet.done if packet else 0, due=packet.due if packet else 0), signed),
    }  # fmt: skip
    return [
        Step(
            key, f"{seen.address}/{key}".rstrip("/") if key in READY else "",
            page_message(language, f"steps.title.{key or 'ho-so'}"), *found[key], key == current,
        )
        for key in ("", *STEPS)
    ]  # fmt: skip


#: The step of the bar at which each next step is done, and the words of its button.
DONE_AT = {
    "read": "phat-va-thu", "hand_out": "phat-va-thu", "collect": "phat-va-thu", "mend": "kiem-tra",
    "answer": "xep-loai", "over_quota": "xep-loai", "decide": "xep-loai",
    "make_packet": "bo-ho-so", "remake_packet": "bo-ho-so",
    "sign": "ky", "hand_over": "bo-ho-so",
}  # fmt: skip
