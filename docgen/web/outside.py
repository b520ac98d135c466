"""People who sign in with an account of their office: asked elsewhere, let in here by a rule, never by a name.

An account made so has no password here. It belongs to an id that its origin gives nobody else, whatever it is called;
its role and unit are what the first fitting rule says, read anew at each sign-in. Without a rule nobody comes in.
"""

from __future__ import annotations

import re
import time
import unicodedata
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.exc import IntegrityError

from docgen.errors import UsageError
from docgen.web import people
from docgen.web.access import unit_exists
from docgen.web.database import Database
from docgen.web.database_tables import PERSON, SESSION
from docgen.web.people import Person
from docgen.web.sign_in_file import SignIn

#: So often a new account is tried where another one comes first.
_TRIES = 5
Origin = Literal["oidc", "ldap"]


@dataclass(frozen=True, slots=True)
class Outsider:
    """Whom a provider or directory named: `subject` is nobody else's for ever, `groups` as rules write them."""

    origin: Origin
    subject: str
    login: str
    name: str
    groups: frozenset[str]


class Down(Exception):  # noqa: N818 -- a state of things, told on a page
    """The provider or directory gave no answer that can be used; `reason` is a code for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotBelieved(Exception):  # noqa: N818 -- a state of things, told on a page
    """An answer came that is not to be believed; `reason` is a code for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotLetIn(Exception):  # noqa: N818 -- a state of things, told on a page
    """Known elsewhere, and not let in here: `reason` is `no_rule` or `closed`."""

    def __init__(self, reason: Literal["no_rule", "closed"]) -> None:
        super().__init__(reason)
        self.reason = reason


def let_in(database: Database, outsider: Outsider, rules: SignIn) -> Person:
    """The account of `outsider`, made where there was none, with the role and unit of his rule.

    Raises `NotLetIn` where no rule fits him any more (whoever is signed in with the account is not from then on), or
    where the account was closed here.
    """
    for left in reversed(range(_TRIES)):
        try:
            with database.write() as db:
                found = _admitted(db, outsider, rules)
            break
        except (IntegrityError, UsageError):  # the same person, or the same login, was entered at the same moment
            if not left:
                raise
    if isinstance(found, NotLetIn):
        raise found
    return found


def _admitted(db: Connection, outsider: Outsider, rules: SignIn) -> Person | NotLetIn:
    subject = f"{outsider.origin}:{outsider.subject}"
    number = db.execute(select(PERSON.c.id).where(PERSON.c.subject == subject)).scalar()
    rule = rules.rule_for(outsider.groups)
    if rule is None or not unit_exists(db, rule.unit):
        if number is not None:
            db.execute(delete(SESSION).where(SESSION.c.person == number))
        return NotLetIn("no_rule")
    name = " ".join(outsider.name.replace("\0", "").split())[:200] or outsider.login[:40] or outsider.origin
    if number is None:
        number = people.add(db, _free_login(db, outsider.login), name, rule.role, rule.unit).id
        db.execute(update(PERSON).where(PERSON.c.id == number).values(origin=outsider.origin, subject=subject))
    else:
        told = {"name": name, "role": rule.role, "unit": rule.unit}
        db.execute(update(PERSON).where(PERSON.c.id == number).values(**told))
    person = people.find(db, number)
    assert person is not None
    return NotLetIn("closed") if person.closed else person


def _free_login(db: Connection, wanted: str) -> str:
    """A login like the one that the office uses and that nobody has here; it opens nothing."""
    plain = unicodedata.normalize("NFD", wanted.partition("@")[0].lower().replace("đ", "d"))
    stem = re.sub(r"[^a-z0-9._-]+", "-", plain.encode("ascii", "ignore").decode()).strip("._-")[:30]
    stem = stem if len(stem) > 1 else f"nguoi-{stem or int(time.time()) % 100_000}"
    taken = set(db.execute(select(PERSON.c.login).where(PERSON.c.login.startswith(stem, autoescape=True))).scalars())
    return next(one for one in (stem, *(f"{stem}-{n}" for n in range(2, 100_000))) if one not in taken)
