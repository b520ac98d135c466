"""A receiver of webhooks on loopback: answers as it is told, remembers what came."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from tools.loopback import answering


@dataclass
class Receiver:
    """What came: headers and bodies; `answers` are the next statuses (then 204), `hang` lets it say nothing."""

    port: int = 0
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    location: str = ""
    hang: threading.Event | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}/nhan"


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver for as long as the block runs."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.came.append((dict(self.headers), body))
            if receiver.hang is not None:
                receiver.hang.wait(30)
                return
            self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
            if receiver.location:
                self.send_header("Location", receiver.location)
            self.end_headers()

    with answering(Handler) as receiver.port:
        try:
            yield receiver
        finally:
            if receiver.hang is not None:
                receiver.hang.set()
