"""Accounts: who may sign in, with which password, in which role and unit.

A password is kept as an argon2 hash and never told again; whoever manages accounts hands out a link that is good for
once, and its owner chooses the password. Working out a hash takes 64 MiB, so no more than two are at work at once.
"""

from __future__ import annotations

import re
import secrets
import threading
import time
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from docgen.errors import UsageError
from docgen.web.access import digest, new_id, unit_exists
from docgen.web.database_tables import LINK, PERSON, SESSION
from docgen.web.rights import ROLES, Principal

_HASHER = PasswordHasher()
#: Checked in the place of the hash of somebody who does not exist, so that both answers take as long.
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))
_AT_WORK = threading.BoundedSemaphore(2)
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}\Z")
SHORTEST, LONGEST = 10, 200
#: Seconds that a link is good for: the first one is used at once, the others travel between people.
FIRST_LINK, LINK_DAYS = 3600.0, 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class Person:
    """One account. `role` empty: everything in the own unit and below; `waiting`: no password chosen yet; `origin`:
    where its owner signs in (`oidc`, `ldap`), empty for a password of its own."""

    id: str
    login: str
    name: str
    role: str
    unit: str
    waiting: bool
    closed: bool
    origin: str = ""

    @property
    def principal(self) -> Principal:
        """The same for `docgen.web.rights`."""
        return Principal(self.id, self.name, self.role, self.unit)


def _person(row: RowMapping) -> Person:
    origin = row["origin"] or ""
    return Person(
        row["id"], row["login"], row["name"], row["role"], row["unit"], not row["password"] and not origin,
        row["closed"] is not None, origin,
    )  # fmt: skip


def find(db: Connection, number: str) -> Person | None:
    """The account with this id."""
    row = db.execute(select(PERSON).where(PERSON.c.id == number)).mappings().first()
    return None if row is None else _person(row)


def everybody(db: Connection) -> list[Person]:
    """All accounts by name."""
    return [_person(row) for row in db.execute(select(PERSON).order_by(PERSON.c.name, PERSON.c.login)).mappings()]


def any_account(db: Connection) -> bool:
    """True where somebody can sign in already."""
    return db.execute(select(PERSON.c.id).where(PERSON.c.password != "").limit(1)).first() is not None


def refuse_password(password: str, login: str) -> None:
    """Raise `UsageError` for a password that is too short, too long, or the name itself."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError("page.usage.password_length", shortest=SHORTEST, longest=LONGEST)
    if password.strip().lower() == login.lower() or len(set(password)) < 4:
        raise UsageError("page.usage.password_easy")


def hashed(password: str) -> str:
    """The hash that is kept of a password."""
    with _AT_WORK:
        return _HASHER.hash(password)


def add(db: Connection, login: str, name: str, role: str, unit: str, password_hash: str = "") -> Person:
    """Enter an account; without a password nobody can sign in until its link is used.

    Raises `UsageError` for a login that is none or is taken, a name that is empty, an unknown role or unit.
    """
    login = login.strip().lower()
    if not _LOGIN.match(login):
        raise UsageError("page.usage.login", login=login[:40])
    if not name.strip():
        raise UsageError("page.usage.name")
    if role and role not in ROLES:
        raise UsageError("page.usage.role")
    if not unit or not unit_exists(db, unit):
        raise UsageError("web.usage.unknown_unit", unit=unit[:60])
    if db.execute(select(PERSON.c.id).where(PERSON.c.login == login)).first() is not None:
        raise UsageError("page.usage.login_taken", login=login)
    number = new_id()
    db.execute(
        insert(PERSON).values(
            id=number, login=login, name=" ".join(name.split())[:200], role=role, unit=unit, password=password_hash,
            created=time.time(),
        )
    )  # fmt: skip
    made = find(db, number)
    assert made is not None
    return made


def set_password(db: Connection, person: str, password_hash: str) -> None:
    """Put another password in place; whoever is signed in with the old one is not any more.

    Raises `UsageError` for somebody who signs in elsewhere.
    """
    _refuse_outside(db, person)
    db.execute(update(PERSON).where(PERSON.c.id == person).values(password=password_hash))
    db.execute(delete(SESSION).where(SESSION.c.person == person))


def _refuse_outside(db: Connection, person: str) -> None:
    if db.execute(select(PERSON.c.origin).where(PERSON.c.id == person)).scalar():
        raise UsageError("page.usage.outside_password")


def close(db: Connection, person: str, closed: bool) -> None:
    """Let nobody sign in with an account any more, or let them again."""
    db.execute(update(PERSON).where(PERSON.c.id == person).values(closed=time.time() if closed else None))
    db.execute(delete(SESSION).where(SESSION.c.person == person))
    db.execute(delete(LINK).where(LINK.c.person == person))


def hash_of(db: Connection, login: str) -> tuple[Person | None, str]:
    """Who signs in by `login`, and the hash to check his password against; a hash that nothing fits for nobody."""
    row = db.execute(select(PERSON).where(PERSON.c.login == login.strip().lower()[:40])).mappings().first()
    if row is None or row["closed"] is not None or not row["password"] or row["origin"]:
        return None, _NOBODY
    return _person(row), row["password"]


def fits(password: str, password_hash: str) -> bool:
    """True where the hash is that of `password`."""
    with _AT_WORK:
        try:
            return _HASHER.verify(password_hash, password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False


# -- links that are good for once


def new_link(db: Connection, person: str = "", seconds: float = LINK_DAYS) -> str:
    """A secret by which `person` chooses a password; without one the first account is made. Earlier ones end.

    Raises `UsageError` for somebody who signs in elsewhere.
    """
    _refuse_outside(db, person)
    db.execute(delete(LINK).where((LINK.c.person == person) | (LINK.c.until < time.time())))
    secret = secrets.token_urlsafe(32)
    db.execute(insert(LINK).values(digest=digest(secret), person=person, until=time.time() + seconds))
    return secret


def link_of(db: Connection, secret: str) -> str | None:
    """Whose link it is ("" for the first account); None where it was used, is too old, or never was."""
    row = db.execute(select(LINK).where(LINK.c.digest == digest(secret))).mappings().first()
    return None if row is None or row["until"] < time.time() else str(row["person"])


def use_link(db: Connection, secret: str) -> bool:
    """Make a link worthless; False where somebody else used it first."""
    return db.execute(delete(LINK).where(LINK.c.digest == digest(secret))).rowcount == 1
