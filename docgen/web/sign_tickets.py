"""Files that are good for one signing: whoever signs has docgen on the own PC and no key to the server.

A file is for one packet, one role and the papers of one person, for half an hour. With it what is due is fetched once;
what was fetched is brought back within the hour. Only a digest of its secret is kept here. Whoever handed it out must
still be allowed to sign: an account that is closed takes its files with it.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import Connection, delete, insert, select, update

from docgen.paths import JsonDict
from docgen.signing.from_server import TICKET_FORMAT, TICKET_PREFIX
from docgen.web import people
from docgen.web.access import digest
from docgen.web.database import Database
from docgen.web.database_tables import SIGN_TICKET
from docgen.web.rights import Principal, Ticket

#: Seconds until a file is good for nothing when it was not used; until what it fetched must be back.
GOOD, BACK = 30 * 60.0, 3600.0
#: All that can be asked with a file, below `/api/v1/packets/{packet}/`.
_ASKED = re.compile(r"/api/v1/packets/([0-9a-f]{32})/(due|signatures|manifest)\Z")


def hand_out(db: Connection, person: str, packet: str, role: str, name: str, papers: Iterable[int]) -> str:
    """The secret of a new file, handed out by the account `person`. Those that are good no more are cleared away."""
    db.execute(delete(SIGN_TICKET).where(SIGN_TICKET.c.until < time.time()))
    secret = f"{TICKET_PREFIX}{secrets.token_urlsafe(32)}"
    db.execute(
        insert(SIGN_TICKET).values(
            digest=digest(secret), packet=packet, role=role, name=name, papers=json.dumps(sorted(papers)),
            person=person, until=time.time() + GOOD,
        )
    )  # fmt: skip
    return secret


def file_of(secret: str, server: str, packet: str, role: str, name: str) -> JsonDict:
    """What the file says: where to go, what for, and the secret."""
    return {"format": TICKET_FORMAT, "server": server, "packet": packet, "role": role, "name": name, "key": secret}


def principal(database: Database, secret: str, path: str) -> Principal | None:
    """Who asks with the secret of a file; None where it is good for nothing, or not for what is at `path`."""
    with database.read() as db:
        row = db.execute(select(SIGN_TICKET).where(SIGN_TICKET.c.digest == digest(secret))).mappings().first()
        person = people.find(db, row["person"]) if row is not None else None
    asked = _ASKED.match(path)
    if row is None or row["until"] < time.time() or person is None or person.closed:
        return None
    if asked is None or asked[1] != row["packet"]:
        return None
    ticket = Ticket(row["digest"], row["role"], row["name"], tuple(json.loads(row["papers"])), row["used"] is not None)
    return replace(person.principal, ticket=ticket)


def fetched(db: Connection, ticket: Ticket, papers: Sequence[int]) -> bool:
    """Note that `papers` were fetched; False where somebody was faster. From then on only they can be brought back."""
    moment = time.time()
    done = db.execute(
        update(SIGN_TICKET)
        .where(SIGN_TICKET.c.digest == ticket.id, SIGN_TICKET.c.used.is_(None))
        .values(used=moment, until=moment + BACK, papers=json.dumps(sorted(papers)))
    )
    return done.rowcount == 1
