"""Browsers that are signed in, and the count of sign-ins that failed.

A session is 32 random bytes in a cookie, of which the database keeps a digest. It ends when it was not used for eight
hours, and after seven days in any case; that of somebody who signed in elsewhere after twelve hours, so that his rule
is asked anew each day. Each has a token of its own that every form of it carries.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, update

from docgen.web.access import digest
from docgen.web.database_tables import LOGIN_TRY, SESSION
from docgen.web.people import Person, find

COOKIE = "docgen_session"
#: Seconds without use after which a session ends; the longest that one lasts; how often use is noted.
IDLE, LONGEST, NOTED = 8 * 3600.0, 7 * 86_400.0, 60.0
#: Seconds that a session of somebody who signed in elsewhere lasts.
OUTSIDE = 12 * 3600.0
#: So many failed sign-ins with one name from one address in so many seconds are listened to.
TRIES, TRIES_WITHIN = 5, 15 * 60.0


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in, and the token that his forms carry."""

    person: Person
    token: str
    seen: float


def begin(db: Connection, person: str) -> str:
    """Begin a session; what its cookie holds. Sessions that have ended are cleared away."""
    moment = time.time()
    db.execute(delete(SESSION).where((SESSION.c.seen < moment - IDLE) | (SESSION.c.begun < moment - LONGEST)))
    secret = secrets.token_urlsafe(32)
    db.execute(
        insert(SESSION).values(
            digest=digest(secret), person=person, token=secrets.token_urlsafe(32), begun=moment, seen=moment
        )
    )
    return secret


def session_of(db: Connection, secret: str) -> Session | None:
    """The session whose cookie holds `secret`; None where there is none any more, or its account was closed."""
    row = db.execute(select(SESSION).where(SESSION.c.digest == digest(secret))).mappings().first()
    moment = time.time()
    if row is None or row["seen"] < moment - IDLE or row["begun"] < moment - LONGEST:
        return None
    person = find(db, row["person"])
    if person is None or person.closed or (person.origin and row["begun"] < moment - OUTSIDE):
        return None
    return Session(person, row["token"], row["seen"])


def note_use(db: Connection, secret: str) -> None:
    """Note that a session is in use."""
    db.execute(update(SESSION).where(SESSION.c.digest == digest(secret)).values(seen=time.time()))


def end(db: Connection, secret: str) -> None:
    """End a session."""
    db.execute(delete(SESSION).where(SESSION.c.digest == digest(secret)))


# -- sign-ins that failed


def _who(login: str, address: str) -> str:
    return digest(f"{login.strip().lower()[:40]}\n{address}")


def tries_left(db: Connection, login: str, address: str) -> int:
    """How often a sign-in with this name from this address may still fail; 0: it is not even looked at."""
    count = db.execute(
        select(func.count()).where(LOGIN_TRY.c.who == _who(login, address), LOGIN_TRY.c.at > time.time() - TRIES_WITHIN)
    ).scalar_one()
    return max(0, TRIES - int(count))


def take_try(db: Connection, login: str, address: str) -> bool:
    """Count a try before the password is looked at, so that many at once count as many; False where none is left."""
    db.execute(delete(LOGIN_TRY).where(LOGIN_TRY.c.at < time.time() - TRIES_WITHIN))
    if not tries_left(db, login, address):
        return False
    db.execute(insert(LOGIN_TRY).values(who=_who(login, address), at=time.time()))
    return True


def give_back_try(db: Connection, login: str, address: str) -> None:
    """The password could not be looked at: the try that was taken for it does not count."""
    last = select(func.max(LOGIN_TRY.c.number)).where(LOGIN_TRY.c.who == _who(login, address)).scalar_subquery()
    db.execute(delete(LOGIN_TRY).where(LOGIN_TRY.c.number == last))


def forget_tries(db: Connection, login: str, address: str) -> None:
    """A sign-in succeeded: what failed before it counts no more."""
    db.execute(delete(LOGIN_TRY).where(LOGIN_TRY.c.who == _who(login, address)))
