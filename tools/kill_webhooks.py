"""Kill a server while it delivers events; then each event must have come, in order, signed, and twice only by its id.

    python -m tools.kill_webhooks --kills 30 [--seed 1]

A dossier is changed again and again; its receiver kills the server by turns before it answers, after it has answered,
and at any moment, with the process of the jobs or alone. Exit 1 where an event is missing, comes before an earlier one
for the first time, or its HMAC is wrong.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from docgen.dossier.sample import sample_dossier
from tools.loopback import answering, free_port

#: When the receiver has the server killed.
MOMENTS = ("before it answers", "after it answered", "at any moment")


@dataclass
class Told:
    """What a run came to: how often the server was killed, what came and how often, and what is wrong."""

    kills: int = 0
    changes: int = 0
    came: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def twice(self) -> int:
        """How many deliveries were of an event that had come before."""
        return len(self.came) - len(set(self.came))


@dataclass
class Bench:
    """A server, its one receiver, and a dossier that is changed."""

    place: Path
    chance: random.Random
    told: Told
    port: int = 0
    key: str = ""
    secret: str = ""
    dossier: str = ""
    server: subprocess.Popen[bytes] | None = None
    #: The kill that is to come, where the receiver is to see to it.
    moment: str = ""
    killed: threading.Event = field(default_factory=threading.Event)

    def begin(self) -> None:
        """Start the server, wait until it answers; time has passed, so that everything that waits is due."""
        database = self.place / "d" / "docgen.sqlite3"
        with closing(sqlite3.connect(database, timeout=30)) as db, db:
            db.execute("UPDATE delivery SET due = 0 WHERE state = 'waiting'")
        self.server = subprocess.Popen(
            [*_serve(self.place), "--port", str(self.port), "--allow-webhook-host", "localhost"],
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        while self.server.poll() is None:
            with suppress(OSError):
                self.ask("GET", "/health")
                return
            time.sleep(0.05)
        raise SystemExit("the server did not start")

    def kill(self, all_of_it: bool) -> None:
        """SIGKILL the server, with the process of the jobs or alone (that one then ends by itself)."""
        if self.server is not None and self.server.poll() is None:
            if all_of_it:
                os.killpg(self.server.pid, signal.SIGKILL)
            else:
                self.server.kill()
            self.server.wait()

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The JSON of an answer."""
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", content, method=method)
        for name, value in {"Authorization": f"Bearer {self.key}", **headers}.items():
            request.add_header(name, value)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def change(self) -> None:
        """Change the dossier once; a change counts where the server said so, or did it before it died."""
        body = {"document": {"place": f"Xã số {self.told.changes}"}}
        self.ask("PATCH", f"/api/v1/dossiers/{self.dossier}", body,
                 **{"If-Match": "*", "Content-Type": "application/merge-patch+json"})  # fmt: skip
        self.told.changes += 1

    def waiting(self) -> list[str]:
        """The events that are not delivered yet."""
        with closing(sqlite3.connect(self.place / "d" / "docgen.sqlite3", timeout=30)) as db:
            return [row[0] for row in db.execute("SELECT event FROM delivery WHERE state = 'waiting'")]

    def events(self) -> list[str]:
        """Every event, in the order of the changes."""
        with closing(sqlite3.connect(self.place / "d" / "docgen.sqlite3", timeout=30)) as db:
            return [row[0] for row in db.execute("SELECT event FROM delivery ORDER BY number")]


def _serve(place: Path) -> list[str]:
    return [sys.executable, "-m", "docgen", "serve", "--data", str(place / "d")]


@contextmanager
def _receiver(bench: Bench) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            stamp = self.headers["Docgen-Timestamp"]
            made = hmac.new(bench.secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
            event = json.loads(body)["id"]
            if self.headers["Docgen-Signature"] != f"v1={made}" or self.headers["Docgen-Event-Id"] != event:
                bench.told.wrong.append(f"{event}: not signed as it must be")
            bench.told.came.append(event)
            moment, bench.moment = bench.moment, ""
            if moment == MOMENTS[0]:
                bench.kill(bench.chance.random() < 0.5)
            with suppress(OSError):
                self.send_response(204)
                self.end_headers()
                self.wfile.flush()
            if moment == MOMENTS[1]:
                bench.kill(bench.chance.random() < 0.5)
            if moment:
                bench.killed.set()

    with answering(Handler) as port:
        yield port


def run(kills: int, seed: int = 1) -> Told:
    """Kill so many times while changes are made and told; what came of it."""
    told, place = Told(), Path(tempfile.mkdtemp(prefix="docgen-webhooks-"))
    bench = Bench(place, random.Random(seed), told, free_port())
    try:
        with _receiver(bench) as port:
            bench.key = _said(place, "--new-key", "a")
            bench.secret = _said(
                place, "--add-webhook", f"http://localhost:{port}/", "--events", "dossier.changed",
                "--allow-webhook-host", "localhost",
            )  # fmt: skip
            bench.begin()
            bench.dossier = bench.ask("POST", "/api/v1/dossiers", sample_dossier("kh55-2018", members=1))["id"]
            while told.kills < kills:
                _kill_once(bench)
            deadline = time.monotonic() + 120
            while bench.waiting() and time.monotonic() < deadline:
                time.sleep(0.1)
            _look(bench)
    finally:
        bench.kill(True)
        shutil.rmtree(place)
    return told


def _said(place: Path, *arguments: str) -> str:
    return subprocess.run(
        [*_serve(place), *arguments], capture_output=True, text=True, encoding="utf-8", check=True
    ).stdout.strip()  # fmt: skip


def _kill_once(bench: Bench) -> None:
    """Make changes until the server is dead, and begin it again."""
    moment = MOMENTS[bench.told.kills % len(MOMENTS)]
    bench.killed.clear()
    bench.moment = moment if moment != MOMENTS[2] else ""
    last = time.monotonic() + bench.chance.uniform(0.0, 1.5)
    while not bench.killed.is_set():
        with suppress(OSError):  # it died under the request: whether the change was made is seen in the database
            bench.change()
        if moment == MOMENTS[2] and time.monotonic() > last:
            bench.kill(bench.chance.random() < 0.5)
            break
    bench.told.kills += 1
    bench.begin()


def _look(bench: Bench) -> None:
    """Every change has an event, every event came, the first time after all earlier ones."""
    told, events = bench.told, bench.events()
    first = list(dict.fromkeys(told.came))
    if len(events) < told.changes:
        told.wrong.append(f"{told.changes} changes were acknowledged, {len(events)} events noted")
    told.wrong += [f"{event}: never came" for event in events if event not in set(first)]
    if [event for event in events if event in set(first)] != first:
        told.wrong.append("events came in another order than that of the changes")


def main() -> None:
    """Run as asked and tell."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--kills", type=int, default=30)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    told = run(given.kills, given.seed)
    done = f"{told.kills} kills, {len(set(told.came))} events, {told.twice} of them came again under the same id"
    print("\n".join(told.wrong) or f"{done}: none lost, in order, each signed")
    sys.exit(1 if told.wrong else 0)


if __name__ == "__main__":
    main()
