"""Delivering: in order for each receiver, again and again until it answers, several receivers at once.

An answer of 2xx is a delivery. Everything else (another status, a redirection, silence, an address that is not allowed)
is tried again, later each time, for three days; then the event is given up and the next one has its turn. A receiver
may get an event twice, where its answer was lost: `Docgen-Event-Id` stays the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.client
import logging
import socket
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from sqlalchemy import delete, func, select, update

from docgen.errors import DocgenError, UsageError
from docgen.version import VERSION
from docgen.web import webhooks
from docgen.web.database import Database
from docgen.web.database_tables import DELIVERY
from docgen.web.settings import Settings
from docgen.web.webhook_address import Refused, Target, addresses_of, target_of
from docgen.web.webhooks import DELIVERED, GIVEN_UP, WAITING, Webhook

LOG = logging.getLogger("docgen.web.webhooks")
#: Seconds: a whole exchange, a look into the table; an event in hand is nobody else's for so long.
EXCHANGE, PAUSE, LEASE = 10.0, 0.5, 60.0
#: Seconds before the second try and before any later one at most; an event older than `PATIENCE` is given up, and
#: what has ended is forgotten after `KEPT`.
FIRST, LATEST, PATIENCE, KEPT = 5.0, 3600.0, 3 * 86400.0, 90 * 86400.0
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Parcel:
    """One event on its way."""

    number: int
    event: str
    kind: str
    body: str
    tries: int
    created: float


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What `Docgen-Signature` says: HMAC-SHA256 over the time stamp, a full stop and the body."""
    return "v1=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class Postman:
    """Delivers what is due, for as long as `run` runs."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings = settings
        self.database = database
        self._busy: set[str] = set()
        self._lock = threading.Lock()
        self._swept = 0.0

    def run(self, stopping: threading.Event) -> None:
        """Deliver until told to stop."""
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="webhook") as pool:
            while not stopping.wait(PAUSE):
                try:
                    for number in self.due():
                        with self._lock:
                            fresh = number not in self._busy
                            self._busy.add(number)
                        if fresh:
                            pool.submit(self._all_of, number)
                    self._sweep()
                except DocgenError as fault:
                    LOG.warning("no look at the webhooks", extra={"code": fault.code})

    def due(self) -> list[str]:
        """The receivers whose next event is due."""
        heads = (
            select(func.min(DELIVERY.c.number)).where(DELIVERY.c.state == WAITING).group_by(DELIVERY.c.webhook)
        )  # fmt: skip
        query = select(DELIVERY.c.webhook).where(DELIVERY.c.number.in_(heads), DELIVERY.c.due <= time.time())
        with self.database.read() as db:
            return [str(number) for number in db.execute(query).scalars()]

    def _all_of(self, number: str) -> None:
        try:
            while self.deliver(number):
                pass
        except DocgenError as fault:
            LOG.warning("a delivery could not be noted", extra={"code": fault.code, "webhook": number})
        except Exception:
            LOG.exception("delivering failed", extra={"webhook": number})
        finally:
            with self._lock:
                self._busy.discard(number)

    def deliver(self, number: str) -> bool:
        """Try the next event of a receiver; True where the one after it may follow at once."""
        taken = self._take(number)
        if taken is None:
            return False
        webhook, parcel = taken
        told = send(webhook, parcel, self.settings.webhook_hosts)
        came, now = told.startswith("2"), time.time()
        state = DELIVERED if came else GIVEN_UP if now - parcel.created > PATIENCE else WAITING
        wait = min(FIRST * 2 ** min(parcel.tries, 20), LATEST)
        with self.database.write() as db:
            db.execute(
                update(DELIVERY)
                .where(DELIVERY.c.number == parcel.number, DELIVERY.c.state == WAITING)
                .values(state=state, told=told, tries=parcel.tries + 1, due=now + wait,
                        ended=None if state == WAITING else now)
            )  # fmt: skip
        LOG.info("webhook", extra={"webhook": number, "event_id": parcel.event, "kind": parcel.kind, "told": told})
        return state != WAITING

    def _take(self, number: str) -> tuple[Webhook, Parcel] | None:
        """The next event of a receiver, if it is due: for `LEASE` seconds nobody else takes it."""
        with self.database.write() as db:
            webhook = webhooks.find(db, number)
            query = select(DELIVERY).where(DELIVERY.c.webhook == number, DELIVERY.c.state == WAITING)
            row = db.execute(query.order_by(DELIVERY.c.number).limit(1).with_for_update()).mappings().first()
            if webhook is None or row is None or row["due"] > time.time():
                return None
            db.execute(
                update(DELIVERY).where(DELIVERY.c.number == row["number"]).values(due=time.time() + LEASE)
            )  # fmt: skip
            return webhook, Parcel(
                row["number"], row["event"], row["kind"], row["body"], row["tries"], row["created"]
            )  # fmt: skip

    def _sweep(self) -> None:
        """Forget, once an hour, what ended long ago."""
        if time.time() - self._swept > 3600:
            self._swept = time.time()
            with self.database.write() as db:
                db.execute(
                    delete(DELIVERY).where(DELIVERY.c.state != WAITING, DELIVERY.c.ended < time.time() - KEPT)
                )  # fmt: skip


def send(webhook: Webhook, parcel: Parcel, hosts: tuple[str, ...]) -> str:
    """Send one event; what came of it: the status, or a word (`address`, `timeout`, `tls`, `connection`, `answer`)."""
    body, stamp = parcel.body.encode(), str(int(time.time()))
    headers = {
        "Content-Type": "application/json", "User-Agent": f"docgen/{VERSION}", "Docgen-Event": parcel.kind,
        "Docgen-Event-Id": parcel.event, "Docgen-Timestamp": stamp, "Connection": "close",
        "Docgen-Signature": signature(webhook.secret, stamp, body),
    }  # fmt: skip
    if webhook.bearer:
        headers["Authorization"] = f"Bearer {webhook.bearer}"
    try:
        target = target_of(webhook.url, hosts)
        return str(_exchange(target, addresses_of(target), body, headers))
    except (Refused, UsageError):
        return "address"
    except TimeoutError:
        return "timeout"
    except ssl.SSLError:
        return "tls"
    except OSError:
        return "connection"
    except http.client.HTTPException:
        return "answer"


def _exchange(target: Target, addresses: list[str], body: bytes, headers: dict[str, str]) -> int:
    """The status that the receiver answers with. No redirection is followed, nothing of the answer is read but that."""
    ended = threading.Event()
    channel = _connect(addresses, target.port)
    if target.scheme == "https":
        context = ssl.create_default_context()
        channel = context.wrap_socket(channel, server_hostname=target.host, do_handshake_on_connect=False)
    timer = threading.Timer(EXCHANGE, partial(_cut, channel, ended))  # a letter now and then is no answer
    timer.daemon = True
    timer.start()
    connection = http.client.HTTPConnection(target.host, target.port)
    connection.sock = channel
    try:
        if isinstance(channel, ssl.SSLSocket):
            channel.do_handshake()
        connection.request("POST", target.path, body, headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException) as fault:
        if ended.is_set():
            raise TimeoutError from fault
        raise
    finally:
        timer.cancel()
        connection.close()
        channel.close()


def _connect(addresses: list[str], port: int) -> socket.socket:
    """A connection to the first of the addresses that takes one."""
    for place, address in enumerate(addresses[:4]):
        try:
            return socket.create_connection((address, port), timeout=EXCHANGE / 2)
        except OSError:
            if place == len(addresses[:4]) - 1:
                raise
    raise ConnectionError


def _cut(channel: socket.socket, ended: threading.Event) -> None:
    ended.set()
    with contextlib.suppress(OSError):
        socket.socket.shutdown(channel, socket.SHUT_RDWR)  # of an encrypted one too, without another word
