"""The units below and their dossiers of one year, as the page and the interface show them.

What a version of a dossier comes to is worked out once and kept (`Ledger`); so much of it as one request may work out
anew is bounded, and whatever is left is shown as waiting and never counted. Dossiers under different regulations stand
in different groups: nothing of two of them is added.
"""

from __future__ import annotations

import datetime
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from fastapi import Request
from sqlalchemy import Connection, select

import docgen
from docgen.desk.units_below import Figures, HandedUp, UnitRow, Whole, figures_of, whole_of, with_days
from docgen.errors import UsageError
from docgen.i18n import message
from docgen.paths import JsonDict, get, get_text, iso_day
from docgen.regulations.loader import RegulationData, load_regulation
from docgen.web import dossier_store, packet_store
from docgen.web.asking import database_of, settings_of
from docgen.web.database_tables import UNIT
from docgen.web.dossier_store import Kept
from docgen.web.dossier_view import work_out
from docgen.web.history_words import HANDED_OVER
from docgen.web.http_regulations import regulations_of
from docgen.web.packet_state import in_hand
from docgen.web.problems import Problem
from docgen.web.rights import Principal, allowed, below

#: So many dossiers' figures, years and notes are kept.
_MOST = 4096
#: So many dossiers are asked about in one query.
_AT_A_TIME = 500
#: A tree is not deeper than this.
_DEPTH = 12


@dataclass(frozen=True, slots=True)
class UnitBelow:
    """A unit that the asker may read: `superior` is the name of the one between, empty directly below the root."""

    id: str
    name: str
    superior: str
    has_below: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The dossiers of one year under one regulation; without one, the units that have no dossier, or (`unknown` says
    which) whose dossiers are under a regulation that the server has no more."""

    regulation: RegulationData | None
    whole: Whole | None
    rows: tuple[UnitRow, ...]
    unknown: str = ""

    @property
    def key(self) -> str:
        """The regulation's id."""
        return self.regulation.id if self.regulation is not None else ""

    @property
    def number(self) -> str:
        """The regulation as people call it."""
        return (self.regulation.short or self.regulation.number) if self.regulation is not None else ""


@dataclass(frozen=True, slots=True)
class Below:
    """The units below `root`, the years that they have dossiers of, and those of `year` in groups."""

    root: str
    root_name: str
    root_superior: str
    units: tuple[UnitBelow, ...]
    years: tuple[int | None, ...]
    year: int | None
    groups: tuple[Group, ...]

    @property
    def wholes(self) -> list[Whole]:
        """The groups that have dossiers."""
        return [group.whole for group in self.groups if group.whole is not None]

    @property
    def rows(self) -> list[UnitRow]:
        """All rows."""
        return [row for group in self.groups for row in group.rows]

    @property
    def waiting(self) -> int:
        """How many dossiers are not worked out yet."""
        return sum(row.waiting for row in self.rows)


class Ledger:
    """Keeps figures by dossier and version, bounded; what was not asked for longest goes first."""

    def __init__(self, most: int = _MOST) -> None:
        self._lock, self._most = threading.Lock(), most
        self._kept: OrderedDict[tuple[object, ...], object] = OrderedDict()

    def get(self, key: tuple[object, ...]) -> object | None:
        """What is kept under `key`, None where nothing is."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: tuple[object, ...], value: object) -> None:
        """Keep `value`, which is never None."""
        with self._lock:
            self._kept[key] = value
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def __len__(self) -> int:
        return len(self._kept)


def _ledger(request: Request, name: str) -> Ledger:
    state = request.app.state
    if not hasattr(state, name):
        setattr(state, name, Ledger())
    return cast(Ledger, getattr(state, name))


#: What stands for a dossier that can be read no more.
_UNREADABLE = "unreadable"


def units_below(request: Request, asker: Principal, root: str) -> Below:
    """The readable units below `root` (empty: the asker's own unit, or all of the server), without any dossier yet.

    403 for a role that reads nothing below its own unit; 404 for a root that it may not read.
    """
    if not below(asker, "dossier.read"):
        raise Problem(403, "web.problem.role", role=asker.role, operation="dossier.read")
    with database_of(request).read() as db:
        tree = {row.id: (row.name, row.parent) for row in db.execute(select(UNIT))}
    root = root or asker.unit
    if root and (root not in tree or not allowed(asker, "dossier.read", root, _above(tree, root))):
        raise Problem(404, "web.problem.not_found")
    children: dict[str, list[str]] = {}
    for unit, (_, parent) in tree.items():
        children.setdefault(parent, []).append(unit)
    units = []
    for unit in _walk(tree, children, root):
        name, parent = tree[unit]
        if allowed(asker, "dossier.read", unit, _above(tree, unit)):
            units.append(UnitBelow(unit, name, tree[parent][0] if parent and parent != root else "", unit in children))
    name, parent = tree.get(root, ("", ""))
    return Below(root, name, tree[parent][0] if parent in tree else "", tuple(units), (), None, ())


def _above(tree: dict[str, tuple[str, str]], unit: str) -> tuple[str, ...]:
    """The superior units, the nearest first, as `access.above` tells them."""
    out: list[str] = []
    while unit in tree and len(out) < _DEPTH:
        unit = tree[unit][1]
        if not unit or unit in out:
            break
        out.append(unit)
    return tuple(out)


def _walk(tree: dict[str, tuple[str, str]], children: dict[str, list[str]], root: str, depth: int = 0) -> Iterator[str]:
    """The units below `root`, each before those below it, by name."""
    if depth < _DEPTH:
        for unit in sorted(children.get(root, ()), key=lambda one: (tree[one][0].casefold(), one)):
            yield unit
            yield from _walk(tree, children, unit, depth + 1)


def year_of(given: str) -> int | None:
    """The year that an address names; None for dossiers that state none. 404 for what is no year."""
    if given == "0":
        return None
    if not given.isascii() or not given.isdecimal() or len(given) > 4:
        raise Problem(404, "web.problem.not_found")
    return int(given)


def look_below(request: Request, asker: Principal, root: str = "", year: str = "", most: int | None = None) -> Below:
    """The units below `root` with their dossiers of `year` (empty: the latest that there is one of).

    At most so many dossiers are worked out anew as `most` says (None: all); the others wait. Refuses as `units_below`.
    """
    found = units_below(request, asker, root)
    mine = {unit.id for unit in found.units}
    years = _ledger(request, "unit_years")
    with database_of(request).read() as db:
        kept = [one for one in dossier_store.listed(db) if one.unit in mine]
        by_dossier = {one.id: _year(db, years, one) for one in kept}
    listed = sorted(set(by_dossier.values()), key=lambda one: (one is None, -(one or 0)))
    chosen = year_of(year) if year else (listed[0] if listed else None)
    kept = [one for one in kept if by_dossier[one.id] == chosen]
    rows = _rows(request, found.units, kept, most)
    return replace(found, years=tuple(listed), year=chosen, groups=tuple(_groups(request, found.units, kept, rows)))


def _year(db: Connection, years: Ledger, kept: Kept) -> int | None:
    """The year that a dossier states; None for none, or for one that is no year."""
    key = (kept.id, kept.version)
    if (known := years.get(key)) is None:
        year = get(dossier_store.head(db, kept.id), ("period", "year"))
        text = str(year) if isinstance(year, (int, str)) and not isinstance(year, bool) else ""
        known = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else 0
        years.put(key, known)
    return int(str(known)) or None


def _rows(request: Request, units: Sequence[UnitBelow], kept: Sequence[Kept], most: int | None) -> dict[str, UnitRow]:
    """By dossier its row."""
    names = {unit.id: unit for unit in units}
    packets: dict[str, JsonDict] = {}
    handed: dict[str, HandedUp] = {}
    for start in range(0, len(kept), _AT_A_TIME):
        some = [one.id for one in kept[start : start + _AT_A_TIME]]
        with database_of(request).read() as db:
            packets |= packet_store.newest_whole_of(db, some)
            handed |= _handed(db, _ledger(request, "unit_notes"), some)
    out = {}
    today = datetime.date.today()
    left = most
    for one in kept:
        unit = names[one.unit]
        row = UnitRow(unit.id, unit.name, unit.superior, one.id, one.version, waiting=True, handed=handed.get(one.id))
        figures = _known(request, one)
        if figures is None and (left is None or left > 0):
            left = None if left is None else left - 1
            figures, version = _work(request, one)
            row = replace(row, version=version)
        if isinstance(figures, Figures):
            packet = in_hand(request, packets.get(one.id), row.version)
            row = replace(row, waiting=False, figures=figures, packet=packet)
            row = with_days(row, load_regulation(figures.regulation, settings_of(request).folders), today)
        elif figures is not None:
            row = replace(row, waiting=False)
        out[one.id] = row
    return out


def _handed(db: Connection, notes: Ledger, dossiers: Sequence[str]) -> dict[str, HandedUp]:
    """By dossier when it was handed over last, as the log has it; read anew only where the log has grown."""
    last = dossier_store.last_lines(db, dossiers)
    unknown = [one for one in dossiers if notes.get((one, last.get(one, 0))) is None]
    found = dossier_store.noted_of(db, unknown, HANDED_OVER) if unknown else {}
    for one in unknown:
        told = found[one]["new"] if one in found else None
        day = iso_day(get_text(told, "on")) if told is not None else None
        notes.put((one, last.get(one, 0)), HandedUp(day, get_text(told, "to")) if day is not None else _UNREADABLE)
    known = {one: notes.get((one, last.get(one, 0))) for one in dossiers}
    return {one: told for one, told in known.items() if isinstance(told, HandedUp)}


def _key(kept: Kept, folders: tuple[Path, ...]) -> tuple[object, ...]:
    return (kept.id, kept.version, folders)


def _known(request: Request, kept: Kept) -> object | None:
    return _ledger(request, "unit_figures").get(_key(kept, settings_of(request).folders))


def _work(request: Request, kept: Kept) -> tuple[object, int]:
    """The figures of the dossier as it is now, and its version; kept for who asks next."""
    with database_of(request).read() as db:
        now = dossier_store.find(db, kept.id)
        data = dossier_store.content(db, kept.id) if now is not None else None
    if now is None or data is None:
        return _UNREADABLE, kept.version
    figures: object = _UNREADABLE
    try:
        worked = work_out(data, regulations_of(request))
        figures = figures_of(worked.dossier, worked.regulation, worked.findings, worked.board, worked.status)
    except (Problem, UsageError):
        pass
    _ledger(request, "unit_figures").put(_key(now, settings_of(request).folders), figures)
    return figures, now.version


def _groups(
    request: Request, units: Sequence[UnitBelow], kept: Sequence[Kept], rows: dict[str, UnitRow]
) -> Iterator[Group]:
    """The rows by regulation in the order of the tree; the units without a dossier stand with the others where there
    is one regulation alone, else by themselves."""
    order = {unit.id: place for place, unit in enumerate(units)}
    by_regulation: dict[str, list[UnitRow]] = {}
    for one in sorted(kept, key=lambda one: (order[one.unit], one.created, one.id)):
        by_regulation.setdefault(one.regulation, []).append(rows[one.id])
    having = {one.unit for one in kept}
    without = [UnitRow(unit.id, unit.name, unit.superior) for unit in units if unit.id not in having]
    for regulation, listed in sorted(by_regulation.items(), key=lambda item: (-len(item[1]), item[0])):
        if len(by_regulation) == 1 and without:
            listed = sorted([*listed, *without], key=lambda row: order[row.unit])
        try:
            law = load_regulation(regulation, settings_of(request).folders)
            yield Group(law, whole_of(law, listed), tuple(listed))
        except UsageError:  # the regulation's files are there no more, or it has no rules
            yield Group(None, None, tuple(listed), regulation)
    if without and len(by_regulation) != 1:
        yield Group(None, None, tuple(without))


def loaded_of(request: Request, rows: Sequence[UnitRow]) -> Iterator[tuple[UnitRow, docgen.Dossier]]:
    """The dossiers of `rows`, one after the other. 422 naming the unit whose dossier can be read no more."""
    for row in rows:
        if row.dossier:
            with database_of(request).read() as db:
                data = dossier_store.content(db, row.dossier)
            loaded, _ = docgen.load_dossier(data, regulations=regulations_of(request))
            if loaded is None:
                raise Problem(422, "page.problem.unit_unreadable", name=row.name)
            yield row, loaded


def as_json(found: Below, language: str) -> JsonDict:
    """As plain data for the interface."""
    return {
        "year": found.year, "years": list(found.years),
        "groups": [
            {
                "regulation": group.key, "number": group.number, "grades": group.whole.grades.as_json(),
                "quota": [
                    {"reading": "wide" if one.wide else "strict", "base": one.base, "percent": float(one.percent),
                     "small_base": bool(one.below), "most": one.most, "chosen": one.chosen, "over": one.over}
                    for one in group.whole.readings
                ],
                "clause": group.whole.clause or None, "remarks": group.whole.remarks(language),
                "units": [_unit_json(row, language) for row in group.rows],
            }
            for group in found.groups if group.whole is not None
        ],
        "without": [_unit_json(row, language) for group in found.groups if group.whole is None for row in group.rows],
    }  # fmt: skip


def _unit_json(row: UnitRow, language: str) -> JsonDict:
    figures = row.figures
    return {
        "unit": row.unit, "name": row.name, "superior": row.superior or None, "dossier": row.dossier or None,
        "version": row.version or None, "state": row.state, "state_text": row.words(language),
        "handed_over": row.handed.on.isoformat() if row.handed is not None else None,
        "handed_to": (row.handed.to or None) if row.handed is not None else None,
        "late_days": row.late_days, "deadline": row.late.last.isoformat() if row.late is not None else None,
        "papers": figures.papers if figures is not None else None, "papers_there": figures.there if figures else None,
        "errors": figures.errors if figures is not None else None,
        "grades": row.grades.as_json() if row.grades is not None else None, "next": row.hint(language) or None,
    }  # fmt: skip


def deadline_words(row: UnitRow, language: str) -> str:
    """The deadline that a unit missed, as its own page calls it."""
    return row.late.title(language) if row.late is not None else message("desk.units.state.none", language)
