"""Who has a form open: a notice for the others, never a lock. Kept in this process alone, for two minutes."""

from __future__ import annotations

import threading
import time
from typing import cast

from fastapi import Request

from docgen.web.people import Person

#: Seconds after which somebody who was not heard of has gone.
GONE = 120.0


class Presence:
    """Who was seen where; may be asked by many at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, ...], dict[str, tuple[str, float, float]]] = {}

    def see(self, place: tuple[str, ...], person: Person) -> list[tuple[str, str]]:
        """Note that `person` is at `place`; the others who are: name, since when (`14:01`)."""
        moment = time.time()
        with self._lock:
            for at in [at for at, there in self._seen.items() if all(one[2] < moment - GONE for one in there.values())]:
                del self._seen[at]
            there = self._seen.setdefault(place, {})
            first = there[person.id][1] if person.id in there and there[person.id][2] > moment - GONE else moment
            there[person.id] = (person.name, first, moment)
            return [(name, time.strftime("%H:%M", time.localtime(since)))
                    for number, (name, since, last) in there.items()
                    if number != person.id and last > moment - GONE]  # fmt: skip


def presence_of(request: Request) -> Presence:
    """The one of this server."""
    state = request.app.state
    if not hasattr(state, "presence"):
        state.presence = Presence()
    return cast(Presence, state.presence)
