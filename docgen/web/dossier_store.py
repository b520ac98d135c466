"""Dossiers in the database: kept in parts, so that one person's change rewrites one person, and with their history.

A dossier comes out as it went in: the same names in the same order, the same values. Its version is its ETag; a change
names the version it was made from, and is refused where somebody else was faster.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from docgen.paths import Json, JsonDict, JsonMap, get
from docgen.web.access import digest, new_id
from docgen.web.database_tables import CHANGE, DOSSIER, RECORD
from docgen.web.pointers import changes
from docgen.web.webhooks import tell

#: The position of everything but the members.
HEAD = -1
#: The event of the webhooks.
CHANGED = "dossier.changed"
#: Under which the log says that the grades were closed or opened again.
CLOSED = "/grades_closed"


class Stale(Exception):  # noqa: N818 -- a state of things, not a fault of anybody
    """The dossier is not at the version that was asked for; `version` is the one it is at."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version


class Closed(Exception):  # noqa: N818 -- a state of things, not a fault of anybody
    """The grades of the dossier are closed, and what was asked for would change what they rest on."""


#: No id that anybody gave is longer; SQLite looks for no text of any length.
_LONGEST_ID = 500


@dataclass(frozen=True, slots=True)
class Kept:
    """One dossier of the store, without its content."""

    id: str
    unit: str
    regulation: str
    version: int
    created: float
    changed: float
    closed: bool = False


def text_of(value: Json) -> str:
    """JSON in one line, letters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def file_bytes(data: JsonMap) -> bytes:
    """A dossier as the file that people exchange."""
    return (json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def create(db: Connection, data: JsonDict, unit: str, who: str) -> Kept:
    """Keep a new dossier of `unit`."""
    moment = time.time()
    row = Kept(new_id(), unit, str(data.get("regulation", ""))[:80], 1, moment, moment)
    db.execute(
        insert(DOSSIER).values(
            id=row.id, unit=unit, regulation=row.regulation, version=1, created=moment, changed=moment
        )
    )
    _write_parts(db, row.id, _parts(data), {})
    _log(db, row.id, 1, who, [("", None, {"members": len(_members(data))})])
    tell(db, CHANGED, unit, dossier=row.id, version=1, state="created")
    return row


def find(db: Connection, dossier: str, *, lock: bool = False) -> Kept | None:
    """The dossier with this id; None where there is none or it was deleted. `lock` keeps others from changing it."""
    query = select(DOSSIER).where(DOSSIER.c.id == dossier, DOSSIER.c.deleted.is_(None))
    row = db.execute(query.with_for_update() if lock else query).mappings().first()
    return None if row is None else _kept(row)


def _kept(row: RowMapping) -> Kept:
    return Kept(
        row["id"], row["unit"], row["regulation"], row["version"], row["created"], row["changed"],
        row["closed"] is not None,
    )  # fmt: skip


def listed(db: Connection) -> list[Kept]:
    """All dossiers, the newest change first."""
    rows = db.execute(select(DOSSIER).where(DOSSIER.c.deleted.is_(None)).order_by(DOSSIER.c.changed.desc()))
    return [_kept(row) for row in rows.mappings()]


def content(db: Connection, dossier: str) -> JsonDict:
    """All of a dossier."""
    return _joined(_kept_parts(db, dossier))


def _kept_parts(db: Connection, dossier: str) -> dict[int, str]:
    """The content by position, the head first."""
    rows = db.execute(
        select(RECORD.c.position, RECORD.c.content).where(RECORD.c.dossier == dossier).order_by(RECORD.c.position)
    )
    return {int(row[0]): str(row[1]) for row in rows}


def _joined(parts: dict[int, str]) -> JsonDict:
    data: JsonDict = json.loads(parts[HEAD])
    if len(parts) > 1:
        data["members"] = [json.loads(text) for place, text in parts.items() if place != HEAD]
    return data


def _alone(db: Connection, dossier: str, member: str) -> tuple[int, str, str] | None:
    """The position and the text of the one record with `member` in it, whose id it is, and the text of the head."""
    if not member or len(member) > _LONGEST_ID:
        return None
    about = (RECORD.c.position == HEAD) | RECORD.c.content.contains(member, autoescape=True)
    query = select(RECORD.c.position, RECORD.c.content).where(RECORD.c.dossier == dossier, about)
    parts = {int(row[0]): str(row[1]) for row in db.execute(query)}
    # The database may find capital letters in small ones: what is meant is the id as it stands.
    found = [(place, text) for place, text in parts.items() if place != HEAD and member in text]
    if len(found) != 1:
        return None
    one = json.loads(found[0][1])
    if not isinstance(one, dict) or one.get("id") != member:
        return None
    return (*found[0], parts[HEAD])


def _one_member(head: str, member: str) -> JsonDict:
    data: JsonDict = json.loads(head)
    data["members"] = [json.loads(member)]
    return data


def with_one_member(db: Connection, dossier: str, member: str) -> JsonDict | None:
    """A dossier as it would be with this member alone: the one whose id is `member`, read without the others.

    None where it cannot be told without reading all: nobody has this id as it stands, or it is also found in the record
    of another one.
    """
    found = _alone(db, dossier, member)
    return None if found is None else _one_member(found[2], found[1])


def head(db: Connection, dossier: str) -> JsonDict:
    """Everything of a dossier but its members."""
    query = select(RECORD.c.content).where(RECORD.c.dossier == dossier, RECORD.c.position == HEAD)
    found: JsonDict = json.loads(db.execute(query).scalar_one())
    return found


def change(
    db: Connection, dossier: str, who: str, seen: int | None, make: Callable[[JsonDict], JsonDict],
    keeps: Callable[[JsonMap, JsonMap], bool] | None = None,
) -> Kept:  # fmt: skip
    """Put in place of a dossier's content what `make` makes of it; one version further, each changed place logged.

    `seen` is the version the change was made from; None does not ask. Nothing is written where nothing differs. Raises
    `Stale` where the dossier has moved on, and whatever `make` raises; `Closed` where the grades are closed, unless
    `keeps` says of the content before and after that the result is the same (`closing.keeps_result`).
    """
    row = find(db, dossier, lock=True)
    assert row is not None
    if seen is not None and seen != row.version:
        raise Stale(row.version)
    before = _kept_parts(db, dossier)
    new = make(_joined(before))
    parts = _parts(new)
    old = _beside(before, new, parts)
    found = list(changes(old, new))
    if not found:
        if before != parts:  # the order of names alone
            _write_parts(db, dossier, parts, before)
        return row
    if row.closed and (keeps is None or not keeps(old, new)):
        raise Closed
    version, moment = row.version + 1, time.time()
    _write_parts(db, dossier, parts, before)
    regulation = str(new.get("regulation", ""))[:80]
    db.execute(
        update(DOSSIER).where(DOSSIER.c.id == dossier).values(version=version, changed=moment, regulation=regulation)
    )
    _log(db, dossier, version, who, found)
    tell(db, CHANGED, row.unit, dossier=dossier, version=version, state="changed")
    return Kept(row.id, row.unit, regulation, version, row.created, moment, row.closed)


def change_member(
    db: Connection, dossier: str, who: str, member: str, make: Callable[[JsonDict], JsonDict]
) -> Kept | None:
    """As `change`, for a `make` that touches this member alone and sees nobody beside him: the others are neither read
    nor written. None, and nothing is done, where that cannot be told, or where the grades are closed."""
    row = find(db, dossier, lock=True)
    assert row is not None
    found = None if row.closed else _alone(db, dossier, member)
    if found is None:
        return None
    place, text, head_text = found
    old, new = _one_member(head_text, text), make(_one_member(head_text, text))
    ours = _members(new)
    if len(ours) != 1 or get(ours[0], ("id",)) != member or {**new, "members": 0} != {**old, "members": 0}:
        raise ValueError(f"more than one member is changed in {dossier}")
    lines = [
        (pointer.replace("/members/0", f"/members/{place}", 1), before, after)
        for pointer, before, after in changes(old, new)
    ]
    if not lines:
        return row
    version, moment = row.version + 1, time.time()
    db.execute(
        update(RECORD).where(RECORD.c.dossier == dossier, RECORD.c.position == place).values(content=text_of(ours[0]))
    )
    db.execute(update(DOSSIER).where(DOSSIER.c.id == dossier).values(version=version, changed=moment))
    _log(db, dossier, version, who, lines)
    tell(db, CHANGED, row.unit, dossier=dossier, version=version, state="changed")
    return Kept(row.id, row.unit, row.regulation, version, row.created, moment, row.closed)


def remove(db: Connection, dossier: str, who: str) -> None:
    """Take a dossier out of every list; its history stays. Raises `Closed` where its grades are closed."""
    row = find(db, dossier, lock=True)
    assert row is not None
    if row.closed:
        raise Closed
    db.execute(update(DOSSIER).where(DOSSIER.c.id == dossier).values(deleted=time.time(), version=row.version + 1))
    _log(db, dossier, row.version + 1, who, [("", {"deleted": False}, {"deleted": True})])
    tell(db, CHANGED, row.unit, dossier=dossier, version=row.version + 1, state="deleted")


def _members(data: JsonMap) -> list[Json]:
    members = data.get("members")
    return members if isinstance(members, list) else []


def _parts(data: JsonMap) -> dict[int, str]:
    """The content by position. What stands as members and is no list stays in the head, as it is."""
    members = _members(data)
    head = {name: [] if name == "members" and members else value for name, value in data.items()}
    return {HEAD: text_of(head)} | {place: text_of(member) for place, member in enumerate(members)}


def _beside(before: dict[int, str], new: JsonDict, parts: dict[int, str]) -> JsonDict:
    """What `new` was made from, to be compared with it: each member that is the same to the letter is the very one of
    `new`, so that nobody reads it again or looks for changes in it."""
    old: JsonDict = json.loads(before[HEAD])
    if len(before) > 1:
        ours, numbered = _members(new), range(len(before) - 1)
        same = len(ours) == len(before) - 1
        old["members"] = [
            ours[n] if same and before[n] == parts.get(n) else json.loads(text)
            for n, text in zip(numbered, (text for place, text in before.items() if place != HEAD), strict=True)
        ]
    return old


def _write_parts(db: Connection, dossier: str, new: dict[int, str], before: dict[int, str]) -> None:
    """Put the parts `new` in place of those `before`; only what differs is written."""
    for place in before.keys() - new.keys():
        db.execute(delete(RECORD).where(RECORD.c.dossier == dossier, RECORD.c.position == place))
    fresh = [{"dossier": dossier, "position": p, "content": text} for p, text in new.items() if p not in before]
    if fresh:
        db.execute(insert(RECORD), fresh)
    for place, text in new.items():
        if place in before and before[place] != text:
            db.execute(
                update(RECORD).where(RECORD.c.dossier == dossier, RECORD.c.position == place).values(content=text)
            )


# -- the history


def _log(db: Connection, dossier: str, version: int, who: str, found: list[tuple[str, Json, Json]]) -> None:
    last = db.execute(
        select(CHANGE.c.chain).where(CHANGE.c.dossier == dossier).order_by(CHANGE.c.number.desc()).limit(1)
    ).scalar()
    chain, moment = last or "", time.time()
    for pointer, old, new in found:
        line: JsonDict = {
            "dossier": dossier, "version": version, "at": moment, "who": who, "pointer": pointer,
            "old": None if old is None else text_of(old), "new": None if new is None else text_of(new),
        }  # fmt: skip
        chain = digest(chain + text_of(line))
        db.execute(insert(CHANGE).values(**line, chain=chain))


def history(db: Connection, dossier: str, after: int = 0, limit: int = 500) -> list[JsonDict]:
    """The lines of the log after number `after`, the oldest first: who changed what, from what to what."""
    query = select(CHANGE).where(CHANGE.c.dossier == dossier, CHANGE.c.number > after)
    return [_told(row) for row in db.execute(query.order_by(CHANGE.c.number).limit(limit)).mappings()]


def last_changes(db: Connection, dossier: str, limit: int, before: int = 0) -> list[JsonDict]:
    """The last lines of the log, of those before the number `before` (0: of all), the oldest first."""
    query = select(CHANGE).where(CHANGE.c.dossier == dossier)
    if before > 0:
        query = query.where(CHANGE.c.number < before)
    rows = db.execute(query.order_by(CHANGE.c.number.desc()).limit(limit)).mappings().all()
    return [_told(row) for row in reversed(rows)]


def changes_since(db: Connection, dossier: str, version: int, limit: int) -> list[JsonDict]:
    """The first lines of the log after a version of the dossier, the oldest first."""
    query = select(CHANGE).where(CHANGE.c.dossier == dossier, CHANGE.c.version > version)
    return [_told(row) for row in db.execute(query.order_by(CHANGE.c.number).limit(limit)).mappings()]


def note(db: Connection, dossier: str, who: str, pointer: str, told: JsonMap) -> None:
    """A line of the log about something that was done with the dossier and is no part of it (`noted` reads it)."""
    row = find(db, dossier, lock=True)
    assert row is not None
    _log(db, dossier, row.version, who, [(pointer, None, dict(told))])


def set_closed(db: Connection, dossier: str, who: str, closed: bool, told: JsonMap) -> None:
    """Close the grades of a dossier, or open them again; `told` is what the log says of it."""
    moment = time.time() if closed else None
    db.execute(update(DOSSIER).where(DOSSIER.c.id == dossier).values(closed=moment))
    note(db, dossier, who, CLOSED, {**told, "closed": closed})


def noted(db: Connection, dossier: str, pointer: str) -> list[JsonDict]:
    """The lines that `note` wrote under `pointer`, the newest first."""
    query = select(CHANGE).where(CHANGE.c.dossier == dossier, CHANGE.c.pointer == pointer)
    return [_told(row) for row in db.execute(query.order_by(CHANGE.c.number.desc())).mappings()]


def noted_of(db: Connection, dossiers: Sequence[str], pointer: str) -> dict[str, JsonDict]:
    """By dossier the newest line that `note` wrote under `pointer`."""
    query = select(CHANGE).where(CHANGE.c.dossier.in_(dossiers), CHANGE.c.pointer == pointer)
    return {row["dossier"]: _told(row) for row in db.execute(query.order_by(CHANGE.c.number)).mappings()}


def last_lines(db: Connection, dossiers: Sequence[str]) -> dict[str, int]:
    """By dossier the number of the last line of its log."""
    query = select(CHANGE.c.dossier, func.max(CHANGE.c.number)).where(CHANGE.c.dossier.in_(dossiers))
    return {row[0]: int(row[1]) for row in db.execute(query.group_by(CHANGE.c.dossier))}


def last_at(db: Connection, dossier: str, pointers: Sequence[str]) -> dict[str, JsonDict]:
    """By pointer the last line about exactly that place; nothing for a place that nobody changed here."""
    query = select(CHANGE).where(CHANGE.c.dossier == dossier, CHANGE.c.pointer.in_(pointers)).order_by(CHANGE.c.number)
    return {row["pointer"]: _told(row) for row in db.execute(query).mappings()}


def _told(row: RowMapping) -> JsonDict:
    return {
        "number": row["number"], "version": row["version"], "at": row["at"], "who": row["who"],
        "pointer": row["pointer"], "old": None if row["old"] is None else json.loads(row["old"]),
        "new": None if row["new"] is None else json.loads(row["new"]), "chain": row["chain"],
    }  # fmt: skip


def broken_chain(db: Connection, dossier: str) -> int:
    """The number of the first line of the log that was altered or follows a missing one; 0 where all hold."""
    chain = ""
    names = ("dossier", "version", "at", "who", "pointer", "old", "new")
    for row in db.execute(select(CHANGE).where(CHANGE.c.dossier == dossier).order_by(CHANGE.c.number)).mappings():
        chain = digest(chain + text_of({name: row[name] for name in names}))
        if chain != row["chain"]:
            return int(row["number"])
    return 0
