"""Keys of the HTTP interface and the tree of units.

A key is `docgen_<id>_<secret>` with 32 random bytes; the database keeps a SHA-256 of it, which is enough for a secret
that nobody chose. It is shown once, when it is made.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
import unicodedata

from sqlalchemy import Connection, RowMapping, insert, select, update

from docgen.errors import UsageError
from docgen.nearest import nearest
from docgen.web.database import Database
from docgen.web.database_tables import API_KEY, UNIT
from docgen.web.rights import ROLES, Principal

_KEY = re.compile(r"docgen_([0-9a-f]{16})_([A-Za-z0-9_-]{43})\Z")
_UNIT = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}\Z")


def new_id() -> str:
    """An id that cannot be guessed (128 bits)."""
    return secrets.token_hex(16)


def plain_words(text: str) -> str:
    """`text` in small letters without marks, words joined by `-`, no more than 40 characters: `chi-bo-khoa-dien`."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")


def digest(text: str | bytes) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def new_key(database: Database, name: str, role: str = "", unit: str = "") -> str:
    """Make a key called `name` and give it back; it can never be read again.

    Raises `UsageError` for an unknown role, an id that no unit can have, or an empty name.
    """
    if not name.strip():
        raise UsageError("web.usage.key_name")
    if role and role not in ROLES:
        raise UsageError("web.usage.role", role=role[:40], near=nearest(role, ROLES), roles=", ".join(ROLES))
    if role and not unit:
        raise UsageError("web.usage.role_without_unit", role=role)
    number = secrets.token_hex(8)
    key = f"docgen_{number}_{secrets.token_urlsafe(32)}"
    with database.write() as db:
        if unit:
            _known(db, unit)
        db.execute(
            insert(API_KEY).values(
                id=number, name=name.strip()[:200], digest=digest(key), role=role, unit=unit, created=time.time()
            )
        )
    return key


def revoke(database: Database, number: str) -> bool:
    """Make the key with this id (the middle part of it) worthless; False where there is none that was good."""
    with database.write() as db:
        done = db.execute(
            update(API_KEY).where(API_KEY.c.id == number, API_KEY.c.revoked.is_(None)).values(revoked=time.time())
        )
        return done.rowcount == 1


def principal(database: Database, key: str) -> Principal | None:
    """Whose `key` it is; None for one that is unknown or was revoked."""
    match = _KEY.match(key)
    if match is None:
        return None
    with database.read() as db:
        row = _good(db, match[1])
    if row is None or not hmac.compare_digest(row["digest"], digest(key)):
        return None
    return _principal(row)


def holder(db: Connection, number: str) -> Principal | None:
    """Whose key has this id; None where it was revoked since."""
    row = _good(db, number)
    return None if row is None else _principal(row)


def _good(db: Connection, number: str) -> RowMapping | None:
    row = db.execute(select(API_KEY).where(API_KEY.c.id == number)).mappings().first()
    return None if row is None or row["revoked"] is not None else row


def _principal(row: RowMapping) -> Principal:
    return Principal(row["id"], row["name"], row["role"], row["unit"])


def add_unit(database: Database, unit: str, name: str, parent: str = "") -> None:
    """Enter a unit below `parent` (empty: at the top), or give one another name.

    Raises `UsageError` for an unknown superior, an id that cannot be one, or a superior that is below it.
    """
    with database.write() as db:
        enter_unit(db, unit, name, parent)


def enter_unit(db: Connection, unit: str, name: str, parent: str) -> None:
    """`add_unit` in a transaction that was begun."""
    if not _UNIT.match(unit):
        raise UsageError("web.usage.unit", unit=unit[:60])
    if parent:
        if db.execute(select(UNIT.c.id).where(UNIT.c.id == parent)).first() is None:
            raise UsageError("web.usage.unknown_unit", unit=parent[:60])
        if unit == parent or unit in above(db, parent):
            raise UsageError("web.usage.unit_circle", unit=unit, parent=parent)
    if db.execute(select(UNIT.c.id).where(UNIT.c.id == unit)).first() is None:
        db.execute(insert(UNIT).values(id=unit, name=name or unit, parent=parent))
    else:
        db.execute(update(UNIT).where(UNIT.c.id == unit).values(name=name or unit, parent=parent))


def _known(db: Connection, unit: str) -> None:
    """Enter `unit` at the top of the tree where it is not known yet."""
    if not _UNIT.match(unit):
        raise UsageError("web.usage.unit", unit=unit[:60])
    if db.execute(select(UNIT.c.id).where(UNIT.c.id == unit)).first() is None:
        db.execute(insert(UNIT).values(id=unit, name=unit, parent=""))


def unit_exists(db: Connection, unit: str) -> bool:
    """True for a unit of the tree, and for "" (the server itself)."""
    return not unit or db.execute(select(UNIT.c.id).where(UNIT.c.id == unit)).first() is not None


def above(db: Connection, unit: str) -> tuple[str, ...]:
    """The superior units of `unit`, the nearest first, however deep the tree; a circle ends where it closes."""
    out: list[str] = []
    while unit:
        row = db.execute(select(UNIT.c.parent).where(UNIT.c.id == unit)).first()
        unit = row[0] if row else ""
        if not unit or unit in out:
            break
        out.append(unit)
    return tuple(out)
