"""Who is told of events, and what is to be told: an event is written in the transaction of the change it tells of.

A body holds ids, versions and states, nothing of a dossier's contents. Receivers get what they asked for in the order
of the changes; who has got it is `webhook_sending`'s matter.
"""

from __future__ import annotations

import datetime
import json
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from docgen.errors import UsageError
from docgen.nearest import nearest
from docgen.paths import Json, JsonDict
from docgen.web.access import above, new_id
from docgen.web.database_tables import DELIVERY, WEBHOOK
from docgen.web.webhook_address import target_of

EVENTS = ("dossier.changed", "packet.ready", "packet.signed")
WAITING, DELIVERED, GIVEN_UP = STATES = ("waiting", "delivered", "given_up")
_LONGEST_BEARER = 2000


@dataclass(frozen=True, slots=True)
class Webhook:
    """One receiver; `unit` (empty: all of this server) is where the things are whose events it gets."""

    id: str
    unit: str
    url: str
    events: tuple[str, ...]
    secret: str
    bearer: str

    def as_json(self) -> JsonDict:
        """What may be told of it: no secret, no token."""
        return {"id": self.id, "unit": self.unit, "url": self.url, "events": list(self.events)}


def _webhook(row: RowMapping) -> Webhook:
    events = tuple(str(row["events"]).split())
    return Webhook(row["id"], row["unit"], row["url"], events, row["secret"], row["bearer"])


def add(
    db: Connection, url: str, events: Iterable[str] = (), unit: str = "", bearer: str = "",
    hosts: Iterable[str] = (),
) -> Webhook:  # fmt: skip
    """Register a receiver of `events` (none: of all); its secret is told once, by whoever calls this.

    `hosts` are names of this office's own network that may be written to. Raises `UsageError` for an address that
    nothing is sent to, an unknown event, or a token that no header can hold.
    """
    chosen = tuple(dict.fromkeys(events)) or EVENTS
    for event in chosen:
        if event not in EVENTS:
            raise UsageError(
                "web.usage.event", event=event[:40], near=nearest(event, EVENTS), events=", ".join(EVENTS)
            )  # fmt: skip
    target_of(url, hosts)
    if len(bearer) > _LONGEST_BEARER or not all("!" <= letter <= "~" for letter in bearer):
        raise UsageError("web.usage.bearer")
    made = Webhook(new_id(), unit, url, chosen, secrets.token_urlsafe(32), bearer)
    db.execute(
        insert(WEBHOOK).values(
            id=made.id, unit=unit, url=url, events=" ".join(chosen), secret=made.secret, bearer=bearer,
            created=time.time(),
        )
    )  # fmt: skip
    return made


def remove(db: Connection, number: str) -> bool:
    """Tell this receiver nothing more; what waits for it is given up. False where there is none."""
    done = db.execute(
        update(WEBHOOK).where(WEBHOOK.c.id == number, WEBHOOK.c.removed.is_(None)).values(removed=time.time())
    )
    db.execute(
        update(DELIVERY)
        .where(DELIVERY.c.webhook == number, DELIVERY.c.state == WAITING)
        .values(state=GIVEN_UP, told="removed", ended=time.time())
    )
    return done.rowcount == 1


def find(db: Connection, number: str) -> Webhook | None:
    """The receiver with this id; None where there is none or it was removed."""
    query = select(WEBHOOK).where(WEBHOOK.c.id == number, WEBHOOK.c.removed.is_(None))
    row = db.execute(query).mappings().first()
    return None if row is None else _webhook(row)


def listed(db: Connection) -> list[Webhook]:
    """All receivers, the oldest first."""
    query = select(WEBHOOK).where(WEBHOOK.c.removed.is_(None)).order_by(WEBHOOK.c.created, WEBHOOK.c.id)
    return [_webhook(row) for row in db.execute(query).mappings()]


def tell(db: Connection, kind: str, unit: str, **facts: Json) -> None:
    """Note an event of something of `unit` for whoever asked for it; `facts` are ids, versions and states."""
    receivers = [one for one in listed(db) if kind in one.events]
    if not receivers:
        return
    places, moment, event = {"", unit, *above(db, unit)}, time.time(), new_id()
    at = datetime.datetime.fromtimestamp(moment, datetime.UTC).isoformat(timespec="milliseconds")
    body = json.dumps({"id": event, "event": kind, "at": at, **facts}, separators=(",", ":"))
    for one in receivers:
        if one.unit in places:
            db.execute(
                insert(DELIVERY).values(
                    webhook=one.id, event=event, kind=kind, body=body, created=moment, state=WAITING, tries=0,
                    due=moment, told="",
                )
            )  # fmt: skip


def log(db: Connection, number: str, limit: int = 200) -> list[JsonDict]:
    """The last events for a receiver, the newest first: how often tried, the last answer, what became of each."""
    query = select(DELIVERY).where(DELIVERY.c.webhook == number).order_by(DELIVERY.c.number.desc()).limit(limit)
    names = ("event", "kind", "created", "state", "tries", "told", "ended")
    return [{name: row[name] for name in names} for row in db.execute(query).mappings()]


def counts(db: Connection) -> dict[str, int]:
    """How many deliveries are in each state."""
    rows = db.execute(select(DELIVERY.c.state, func.count()).group_by(DELIVERY.c.state))
    return {str(state): int(count) for state, count in rows}
