"""Saving what was typed in the fields of a form: each by itself, none over what somebody else put there since.

A field comes with the mark of what was seen in it (`form_drawing.mark_of`). Untouched fields are left alone; a touched
one whose place still holds what was seen is written; else it is a conflict, and both texts are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from fastapi import Request
from sqlalchemy import Connection, select

from docgen.dossier.cleaning import LONG_TEXT
from docgen.errors import UsageError
from docgen.forms.bindings import Slot
from docgen.forms.data import Record, root_places
from docgen.forms.definition import FormDefinition
from docgen.i18n import message
from docgen.paths import Json, JsonDict, Step, at, get, get_list, names
from docgen.web import dossier_store
from docgen.web.asking import database_of
from docgen.web.database_tables import CHANGE
from docgen.web.dossier_edit import edit, set_at
from docgen.web.form_drawing import MEMBERS, known_slots, mark_of, words_of
from docgen.web.history_words import moment_words
from docgen.web.page_asking import Post
from docgen.web.problems import Problem, language_of

SEEN, CHOSEN, THEIRS = "v:", "x:", "c:"
_CELL = re.compile(r"([a-z_][a-z_0-9]*)\[(\d{1,5})\]\.(.+)\Z")
#: What a choice between two texts says.
KEEP, MINE = "giu", "toi"


@dataclass(slots=True)
class Theirs:
    """What somebody else put in a field meanwhile."""

    value: Json
    who: str
    when: str
    mark: str


@dataclass(slots=True)
class Outcome:
    """What became of the fields of one form that was sent."""

    version: int = 0
    written: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    conflicts: dict[str, Theirs] = field(default_factory=dict)
    #: Kept as somebody else has it, by the reader's choice.
    left: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """True where nothing that was typed is left to be dealt with."""
        return not self.refused and not self.conflicts


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field's value stands in the dossier; of a cell also its table, its row, and how many rows there are."""

    slot: Slot
    path: tuple[Step, ...]
    listing: tuple[Step, ...] = ()
    index: int = 0
    rows: int | None = None


def place_of(definition: FormDefinition, record: Record, data: JsonDict, name: str) -> Place | None:
    """The place of the field `name` in `data` as it is kept; None for no field of the form, or a row too far."""
    known = known_slots(definition)
    try:
        roots = root_places(definition, data, record)
    except UsageError:  # the member has been taken off the list
        return None
    if (cell := _CELL.match(name)) is not None:
        listed, index, leaf = cell[1], int(cell[2]), cell[3]
        slot = known.get(f"{listed}[].{leaf}")
        if slot is None:
            return None
        rows = len(get_list(data, *roots[listed]))
        most = rows if roots[listed] == MEMBERS else rows + 200
        place = (*roots[listed], index, *slot.path)
        return Place(slot, place, roots[listed], index, rows) if index < most else None
    slot = known.get(name)
    if slot is None or slot.list:
        return None
    return Place(slot, (*roots[slot.path[0]], *slot.path[1:]))


def parsed(slot: Slot, text: str, language: str) -> tuple[Json, str]:
    """The value that was typed (None for nothing), or why it is none."""
    if not text.strip():
        return None, ""
    if len(text) > LONG_TEXT:
        return None, message("dossier.text.long", language, length=len(text), limit=LONG_TEXT)
    if slot.options:
        if text in dict(slot.options):
            return slot.kind.of_code(text), ""
        return None, message("page.fill.unknown_choice", language)
    found = slot.kind.parse(text.split("\n"), slot.options, "")
    for code, severity, params in found.problems:
        if severity == "error":
            return None, message(code, language, label=slot.label, **params)
    return found.value, ""


def save(
    request: Request, post: Post, number: str, definition: FormDefinition, record: Record, fields: Iterable[str],
    member: str = "",
) -> Outcome:  # fmt: skip
    """Save the `fields` of the form that was sent, in one transaction; with `member`, all of them are that member's."""
    language = language_of(request)
    given = {name: post.text(name) for name in fields}
    out = Outcome()

    def make(data: JsonDict) -> JsonDict:
        out.__init__()  # type: ignore[misc]
        ready: list[tuple[str, Place, Json]] = []
        for name, text in given.items():
            place = place_of(definition, record, data, name)
            if place is None:
                raise Problem(404, "page.problem.not_found")
            if place.slot.kind.is_media:
                continue
            _decide(data, name, text, place, ready)
        for name, place, value in sorted(ready, key=lambda one: str(one[1].path)):
            _fill_up(data, place)
            set_at(data, place.path, value)
            out.written.append(name)
        return data

    def _decide(data: JsonDict, name: str, text: str, place: Place, ready: list[tuple[str, Place, Json]]) -> None:
        held = get(data, place.path)
        now, seen, choice = mark_of(held, place.rows), post.text(SEEN + name), post.text(CHOSEN + name)
        value, fault = parsed(place.slot, text, language)
        if choice == KEEP:
            out.left.append(name)
        elif text.strip() == words_of(place.slot, held).strip():
            pass
        elif fault:
            out.refused[name] = fault
        elif _same(place.slot, value, held):
            pass
        elif now == seen or (choice == MINE and post.text(THEIRS + name) == now):
            ready.append((name, place, value))
        elif mark_of(value, place.rows) != seen or choice:
            out.conflicts[name] = Theirs(held, "", "", now)

    out.version = edit(request, post, number, make, member).version
    if out.conflicts:
        with database_of(request).read() as db:
            data = dossier_store.content(db, number)
            for name, theirs in out.conflicts.items():
                place = place_of(definition, record, data, name)
                if place is not None:
                    theirs.who, theirs.when = last_hand(db, number, at("", *place.path))
    return out


def _same(slot: Slot, value: Json, held: Json) -> bool:
    """True where what was typed is what is kept, only kept in another spelling (12/3/1980 for 1980-03-12)."""
    if value == held and isinstance(value, bool) is isinstance(held, bool):
        return value is not None or held is None
    if isinstance(held, str) and isinstance(value, (str, int, float)):
        return slot.kind.typed(held.strip(), slot.options) == value
    if isinstance(held, str) and isinstance(value, list):
        return [line for line in (" ".join(line.split()) for line in held.split("\n")) if line] == value
    return value is None and held in ("", [], {})


def _fill_up(data: JsonDict, place: Place) -> None:
    """Make the rows of a table that stand before the one written to."""
    if place.rows is not None:
        while (count := len(get_list(data, *place.listing))) < place.index:
            set_at(data, (*place.listing, count), {})


def last_hand(db: Connection, number: str, pointer: str) -> tuple[str, str]:
    """Who changed the place at `pointer` last, and when."""
    steps = names(pointer)
    above = [at("", *steps[:end]) for end in range(len(steps) + 1)]
    row = db.execute(
        select(CHANGE.c.who, CHANGE.c.at)
        .where(
            CHANGE.c.dossier == number,
            CHANGE.c.pointer.in_(above) | CHANGE.c.pointer.startswith(f"{pointer}/", autoescape=True),
        )
        .order_by(CHANGE.c.number.desc())
        .limit(1)
    ).first()
    return ("", "") if row is None else (str(row.who), moment_words(float(row.at)))
