"""The pages of `docgen serve` beside an empty page of the same server, and eight people who save at once.

    python -m benchmarks.serve [--json] [--times 30] [--saves 200] [--units 300] [--postgresql] [--database URL]

First, in this process and by turns, in processor time: an empty page (the refusal of a made-up dossier: signing in,
layout, rights and nothing else), a form of a member as it is read again, the same just after a save (the dossier is
then checked anew), a save of one of its fields, the home of a dossier of 300 members.
Then a server of its own, over loopback: one person saves alone, then eight people at once, each in the form
of another member; every value must be there in the end, and every save a line of the log. Its memory is read before
anybody has signed in. With `--postgresql` the same again on a PostgreSQL of a plain user, begun for it, that writes as
in earnest (fsync).
Last the summary that the level above sees of so many units, each with a dossier of 16 members: first until every
dossier is worked out, then the page alone beside an empty page.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select

from benchmarks.records import emit
from docgen.dossier.sample import sample_dossier
from docgen.web import access, dossier_store, people
from docgen.web.app import create_app
from docgen.web.database import Database
from docgen.web.database_tables import CHANGE
from docgen.web.settings import Settings
from tools.postgres_here import new_database, running

PASSWORD, UNIT = "mot cau de nho 2026", "chi-bo-a"
PEOPLE, MEMBERS = 8, 300
FIELD = "member.workplace"
#: At most: times the empty page, times a lone save, megabytes.
LIMITS = {
    "form": 6.0, "save": 4.0, "home": 40.0, "summary": 30.0, "crowd": 15.0, "crowd_postgresql": 15.0, "memory": 150.0,
}  # fmt: skip


@dataclass(frozen=True)
class Office:
    """A folder of a server with eight accounts and three dossiers: two of 16 members, one of 300."""

    settings: Settings
    still: str
    small: str
    large: str


def office(folder: Path, url: str) -> Office:
    """The folder, made."""
    settings = Settings(folder, url)
    settings.prepare()
    database = Database(settings.url)
    database.upgrade()
    with database.write() as db:
        access.enter_unit(db, UNIT, "Chi bộ A", "")
        for number in range(PEOPLE):
            people.add(db, f"nguoi{number}", f"Người {number}", "", UNIT, people.hashed(PASSWORD))
        made = [dossier_store.create(db, sample_dossier("hd43-2025", members=size), UNIT, "docgen")
                for size in (16, 16, MEMBERS)]  # fmt: skip
    database.close()
    return Office(settings, *(str(getattr(one, "id", one)) for one in made))


Ask = Callable[[str, str, dict[str, str], dict[str, str]], tuple[int, dict[str, str], str]]


class Visitor:
    """Somebody with a browser: keeps the cookie, sends forms with their token."""

    def __init__(self, ask: Ask, login: str) -> None:
        self.ask, self.cookies = ask, dict[str, str]()
        page = self.get("/dang-nhap")
        status, _ = self.post("/dang-nhap", {"csrf": _value(page, "csrf"), "ten": login, "mk": PASSWORD, "ve": "/"})
        if status != 303:
            raise RuntimeError(f"{login}: {status}")

    def _send(self, method: str, path: str, form: dict[str, str], **headers: str) -> tuple[int, str]:
        sent = {"cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "accept-language": "vi", **headers}
        status, answered, text = self.ask(method, path, form, sent)
        for cookie in filter(None, answered.get("set-cookie", "").split("\n")):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return status, text

    def get(self, path: str) -> str:
        """The text of a page, whatever its status."""
        return self._send("GET", path, {})[1]

    def post(self, path: str, form: dict[str, str], **headers: str) -> tuple[int, str]:
        """Status and text of what a form is answered."""
        return self._send("POST", path, form, origin="http://127.0.0.1", **{"sec-fetch-site": "same-origin"}, **headers)


class Typing:
    """Somebody who types into one field again and again."""

    def __init__(self, visitor: Visitor, page: str) -> None:
        self.visitor, self.page = visitor, page
        text = visitor.get(page)
        self.token, self.mark, self.count = _value(text, "csrf"), _value(text, f"v:{FIELD}"), 0

    def save(self) -> None:
        """One more value; its next mark is taken from the answer. Raises `RuntimeError` where it was not kept."""
        self.count += 1
        form = {"csrf": self.token, FIELD: f"Phòng số {self.count}", f"v:{FIELD}": self.mark}
        status, text = self.visitor.post(f"{self.page}/o?o={FIELD}", form, **{"hx-request": "true"})
        if status != 200:
            raise RuntimeError(f"{self.page}: {status}")
        self.mark = _value(text, f"v:{FIELD}")


def _value(page: str, name: str) -> str:
    found = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', page)
    if found is None:
        raise RuntimeError(f"no {name} on the page")
    return found[1]


def in_process(app: Any, loop: asyncio.AbstractEventLoop) -> Ask:
    """Asks the application itself: no socket, no other process."""

    def ask(method: str, path: str, form: dict[str, str], headers: dict[str, str]) -> tuple[int, dict[str, str], str]:
        body, (bare, _, query) = urlencode(form).encode(), path.partition("?")
        sent = {"host": "127.0.0.1", "content-type": "application/x-www-form-urlencoded",
                "content-length": str(len(body)), **headers}  # fmt: skip
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
            "path": bare, "raw_path": bare.encode(), "query_string": query.encode(), "root_path": "",
            "headers": [(k.encode(), v.encode()) for k, v in sent.items()], "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80), "app": app,
        }  # fmt: skip
        out: dict[str, Any] = {"body": b""}

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(event: dict[str, Any]) -> None:
            if event["type"] == "http.response.start":
                out.update(event)
            else:
                out["body"] += event.get("body", b"")

        loop.run_until_complete(app(scope, receive, send))
        return out["status"], _headers([(k.decode(), v.decode()) for k, v in out["headers"]]), out["body"].decode()

    return ask


def over_loopback(port: int) -> Ask:
    """Asks a server; one connection for each asker."""
    line, used = http.client.HTTPConnection("127.0.0.1", port, timeout=120), 0.0

    def ask(method: str, path: str, form: dict[str, str], headers: dict[str, str]) -> tuple[int, dict[str, str], str]:
        nonlocal used
        if time.monotonic() - used > 3:  # the server hangs up on who says nothing for five seconds
            line.close()
        sent = {**headers, "content-type": "application/x-www-form-urlencoded", "origin": f"http://127.0.0.1:{port}"}
        line.request(method, path, urlencode(form) if method == "POST" else None, sent)
        answer = line.getresponse()
        text, used = answer.read().decode(), time.monotonic()
        return answer.status, _headers(answer.getheaders()), text

    return ask


def _headers(found: list[tuple[str, str]]) -> dict[str, str]:
    out: dict[str, str] = {}
    for name, value in found:
        out[name.lower()] = f"{out[name.lower()]}\n{value}" if name.lower() in out else value
    return out


def pages(here: Office, times: int) -> dict[str, float]:
    """Median processor milliseconds of each page, measured by turns, and the number of fields of the form."""
    app, loop = create_app(here.settings), asyncio.new_event_loop()
    visitor = Visitor(in_process(app, loop), "nguoi0")
    form = f"/ho-so/{here.small}/dien/dv-01/mau-02a"
    typing = Typing(visitor, form)
    work: dict[str, Callable[[], object]] = {
        "empty": lambda: visitor.get(f"/ho-so/{'0' * 32}"),
        "form": lambda: visitor.get(form.replace(here.small, here.still)),
        "save": typing.save,
        "form_after": lambda: visitor.get(form),
        "home": lambda: visitor.get(f"/ho-so/{here.large}"),
    }
    taken: dict[str, list[float]] = {name: [] for name in work}
    for turn in range(times + 2):
        for name, one in work.items():
            start = time.process_time()
            one()
            if turn > 1:
                taken[name].append(time.process_time() - start)
    fields = len(re.findall(r'name="v:', visitor.get(form)))
    app.state.database.close()
    loop.close()
    return {f"{name}_ms": 1000 * statistics.median(found) for name, found in taken.items()} | {"fields": float(fields)}


def summary(folder: Path, units: int, times: int) -> dict[str, float]:
    """Median processor milliseconds of the summary of so many units and of an empty page, by turns; and how long it
    took, over how many pages, until every dossier was worked out."""
    settings = Settings(folder)
    settings.prepare()
    database = Database(settings.url)
    database.upgrade()
    sample = sample_dossier("hd43-2025")
    with database.write() as db:
        access.enter_unit(db, "truong", "Đảng bộ Trường", "")
        people.add(db, "nguoi0", "Người 0", "dang_uy", "truong", people.hashed(PASSWORD))
        for number in range(units):
            access.enter_unit(db, f"chi-bo-{number}", f"Chi bộ {number}", "truong")
            dossier_store.create(db, sample, f"chi-bo-{number}", "docgen")
    database.close()
    app, loop = create_app(settings), asyncio.new_event_loop()
    visitor = Visitor(in_process(app, loop), "nguoi0")
    start, looks = time.process_time(), 0
    waiting = True
    while waiting:
        looks += 1
        waiting = 'hx-trigger="load delay' in visitor.get("/tong-hop")
        if looks > units:
            raise RuntimeError("the summary is never done")
    first = time.process_time() - start
    work: dict[str, Callable[[], object]] = {
        "empty": lambda: visitor.get(f"/ho-so/{'0' * 32}"), "summary": lambda: visitor.get("/tong-hop"),
    }  # fmt: skip
    taken: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(times):
        for name, one in work.items():
            start = time.process_time()
            one()
            taken[name].append(time.process_time() - start)
    size = len(visitor.get("/tong-hop"))
    app.state.database.close()
    loop.close()
    empty, whole = (1000 * statistics.median(taken[name]) for name in ("empty", "summary"))
    return {"summary_ms": whole, "summary_empty_ms": empty, "summary_first_ms": 1000 * first, "looks": float(looks),
            "summary_kb": size / 1024}  # fmt: skip


def crowd(here: Office, saves: int) -> dict[str, float]:
    """A lone save and eight people's at once, in milliseconds on the clock; what was lost; memory at rest."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "docgen", "serve", "--data", str(here.settings.data), "--port", str(port)]
    command += ["--database", here.settings.database] if here.settings.database else []
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as server:
        try:
            _wait(port)
            memory = _memory(server.pid)
            visitors = [Visitor(over_loopback(port), f"nguoi{n}") for n in range(PEOPLE)]
            each = [Typing(one, f"/ho-so/{here.small}/dien/dv-0{n + 1}/{_form(one, here, n)}")
                    for n, one in enumerate(visitors)]  # fmt: skip
            before = _lines(here)[1]
            lone = _timed(each[0], max(20, saves // 4))
            start = time.monotonic()
            with ThreadPoolExecutor(PEOPLE) as pool:
                together = [t for times in pool.map(lambda one: _timed(one, saves), each) for t in times]
            seconds = time.monotonic() - start
            lost = sum(f'value="Phòng số {one.count}"' not in one.visitor.get(one.page) for one in each)
            wrong = _wrong_lines(here, each, before)
        finally:
            server.terminate()
    ordered = sorted(together)
    return {
        "lone_ms": 1000 * statistics.median(lone), "p95_ms": 1000 * ordered[int(len(ordered) * 0.95)],
        "saves_a_second": len(together) / seconds, "lost": float(lost + wrong), "memory_mb": memory,
    }  # fmt: skip


def _lines(here: Office, after: int = 0) -> tuple[dict[str, list[str]], int]:
    """What the log says was typed into the fields since the line `after`, by field; the number of its last line."""
    kept: dict[str, list[str]] = {}
    database, last = Database(here.settings.url), after
    with database.read() as db:
        asked = select(CHANGE.c.number, CHANGE.c.pointer, CHANGE.c.new).order_by(CHANGE.c.number)
        for number, pointer, new in db.execute(asked.where(CHANGE.c.dossier == here.small, CHANGE.c.number > after)):
            last = number
            if "Phòng số" in str(value := json.loads(new or "null")):
                kept.setdefault(pointer, []).append(value)
    database.close()
    return kept, last


def _wrong_lines(here: Office, each: list[Typing], after: int) -> int:
    """In how many fields a save is missing from the log, or there twice, or out of its order."""
    kept = _lines(here, after)[0]
    typed = sorted([f"Phòng số {n + 1}" for n in range(one.count)] for one in each)
    return abs(len(typed) - len(kept)) + sum(a != b for a, b in zip(typed, sorted(kept.values()), strict=False))


def _form(visitor: Visitor, here: Office, number: int) -> str:
    """The form of a member's own review."""
    found = re.search(rf"/dien/dv-0{number + 1}/(mau-02[abc])", visitor.get(f"/ho-so/{here.small}/dien"))
    if found is None:
        raise RuntimeError("no form of this member")
    return found[1]


def _timed(one: Typing, saves: int) -> list[float]:
    taken = []
    for _ in range(saves):
        start = time.monotonic()
        one.save()
        taken.append(time.monotonic() - start)
    return taken


def _wait(port: int) -> None:
    for _ in range(600):
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server never started")


def _memory(pid: int) -> float:
    """Megabytes of the server and of its worker of jobs, without what they share with others."""
    time.sleep(3)
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    total = 0
    for one in (str(pid), *children):
        found = re.search(r"^Rss:\s+(\d+)", Path(f"/proc/{one}/smaps_rollup").read_text(), re.MULTILINE)
        total += int(found[1]) if found else 0
    return total / 1024


def _program(name: str) -> str:
    """The program of PostgreSQL; Debian keeps those of the server out of the way."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which(name, path=os.pathsep.join([*map(str, places), os.environ.get("PATH", "")]))
    if found is None:
        raise SystemExit(f"{name}: not installed (apt install postgresql)")
    return found


def main() -> int:
    """Measure and print; ends with 1 where anything was lost or is over its limit."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serve", description="The pages of a server.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--saves", type=int, default=200)
    parser.add_argument("--units", type=int, default=300)
    parser.add_argument("--postgresql", action="store_true", help="the crowd again on a PostgreSQL begun for it")
    parser.add_argument("--database", default="", help="an empty PostgreSQL database; SQLite in a new folder without")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        here = office(Path(folder), options.database)
        found = pages(here, options.times)
        found |= crowd(here, options.saves)
    if options.postgresql:
        with running(_program, quick=False) as socket_folder, tempfile.TemporaryDirectory() as folder:
            told = crowd(office(Path(folder), new_database(socket_folder, "docgen")), options.saves)
        found |= {f"postgresql_{name}": value for name, value in told.items()}
    with tempfile.TemporaryDirectory() as folder:
        found |= summary(Path(folder), options.units, options.times)
    ratios = {name: found[f"{name}_ms"] / found["empty_ms"] for name in ("form", "save", "home")}
    ratios |= {"crowd": found["p95_ms"] / found["lone_ms"], "memory": found["memory_mb"],
               "summary": found["summary_ms"] / found["summary_empty_ms"]}  # fmt: skip
    if options.postgresql:
        ratios["crowd_postgresql"] = found["postgresql_p95_ms"] / found["postgresql_lone_ms"]
    text = [
        f"an empty page takes {found['empty_ms']:.1f} ms of the processor",
        f"a form of {found['fields']:.0f} fields: {ratios['form']:.1f} times that (at most {LIMITS['form']:g})",
        f"the same just after a save: {found['form_after_ms'] / found['empty_ms']:.1f} times",
        f"a save: {ratios['save']:.1f} times (at most {LIMITS['save']:g})",
        f"the home of {MEMBERS} members: {ratios['home']:.1f} times (at most {LIMITS['home']:g})",
        *(
            f"{PEOPLE} people, {options.saves} saves each{where}: {found[f'{key}saves_a_second']:.0f} a second, 95 % "
            f"within {found[f'{key}p95_ms'] / found[f'{key}lone_ms']:.1f} times a lone save of "
            f"{found[f'{key}lone_ms']:.0f} ms (at most {LIMITS['crowd']:g}), {found[f'{key}lost']:.0f} lost"
            for key, where in (("", ""), ("postgresql_", " on PostgreSQL"))
            if f"{key}lost" in found
        ),
        f"the summary of {options.units} units ({found['summary_kb']:.0f} KB): {ratios['summary']:.1f} times an empty "
        f"page (at most {LIMITS['summary']:g}); all worked out before in {found['looks']:.0f} looks, "
        f"{found['summary_first_ms'] / 1000:.1f} s of the processor",
        f"memory at rest, server and worker: {found['memory_mb']:.0f} MB (at most {LIMITS['memory']:g})",
    ]
    over = [name for name, ratio in ratios.items() if ratio > LIMITS[name]]
    lost = found["lost"] + found.get("postgresql_lost", 0.0)
    emit({"ratios": ratios, "measured": found, "over": over, "machine": os.uname().machine}, options.json, text)
    return 1 if over or lost else 0


if __name__ == "__main__":
    sys.exit(main())
