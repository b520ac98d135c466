"""Two addresses for a signing program that has no key of ours: fetch a paper, send it back signed; each works once.

A pair is bound to the packet, the paper, its bytes as they were, the role, and the key that asked for it. It lies in
memory alone: a server that is begun again knows none of the earlier ones, and nothing of a secret is ever kept.
"""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass
from typing import Literal

from docgen.web.access import digest

#: Seconds that a pair is good for, and so many are open at once: the oldest goes.
GOOD_FOR, _MOST = 900.0, 2000
Way = Literal["fetch", "send"]


@dataclass(frozen=True, slots=True)
class Errand:
    """What a pair is for: `number` and `role` of the packet, `base` the SHA-256 of the paper, `key` the id of who
    asked."""

    packet: str
    number: int
    role: str
    base: str
    key: str


@dataclass(slots=True)
class Pair:
    """Two addresses and what they are for; `ways` says by its digest which secret does what."""

    errand: Errand
    until: float
    ways: dict[str, Way]
    fetched: bool = False


class Links:
    """The pairs of one server that are open."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[str, Pair] = {}

    def open(self, errand: Errand) -> tuple[str, str]:
        """A new pair: the secret to fetch by, and the one to send by."""
        fetch, send = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        made = Pair(errand, time.monotonic() + GOOD_FOR, {digest(fetch): "fetch", digest(send): "send"})
        with self._lock:
            self._forget()
            self._open |= dict.fromkeys(made.ways, made)
        return fetch, send

    def _forget(self) -> None:
        now = time.monotonic()
        self._open = {told: one for told, one in self._open.items() if one.until > now}
        for told in list(self._open)[: max(0, len(self._open) - _MOST)]:
            del self._open[told]

    def look(self, secret: str, way: Way) -> Errand | None:
        """What the address is for, where it is good still; a paper is sent back only after it was fetched."""
        with self._lock:
            found = self._find(secret, way)
            return None if found is None else found.errand

    def use(self, secret: str, way: Way) -> Pair | None:
        """Make the address worthless; None where somebody did so before."""
        with self._lock:
            found = self._find(secret, way)
            if found is not None:
                del self._open[digest(secret)]
                found.fetched = True
            return found

    def give_back(self, secret: str, used: Pair) -> None:
        """Let an address be used again: what was sent to it could not be looked at."""
        with self._lock:
            self._open[digest(secret)] = used

    def _find(self, secret: str, way: Way) -> Pair | None:
        told = digest(secret)
        found = self._open.get(told)
        if found is None or found.until <= time.monotonic() or found.ways[told] != way:
            return None
        return found if way == "fetch" or found.fetched else None
