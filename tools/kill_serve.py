"""Save, upload and make packets while the server is killed again and again; then nothing acknowledged may be lost.

    python -m tools.kill_serve --kills 100

Each of those at work does what a person or a program does: one thing at a time, and after a broken answer the same
thing again. What the server had acknowledged must be there when it is back, and once. Killed (`kill -9`) are the
server, its process of the jobs, or both. Exit 1 where something is lost, is there twice, or is left half done.
"""

from __future__ import annotations

import argparse
import copy
import http.client
import io
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docgen
from docgen.dossier.sample import sample_dossier
from docgen.forms.data import Record, form_data
from docgen.forms.definition import load_form
from docgen.forms.fill import Filler
from docgen.regulations.loader import load_regulation
from docgen.signing import Asked, load_trust
from docgen.signing.demo_authority import Authority
from docgen.signing.fields import field_name
from docgen.signing.keys import describe, pkcs12_signer
from docgen.signing.pades import Signing, sign
from docgen.web import access, dossier_store, packet_store, people
from docgen.web.database import Database
from docgen.web.job_queue import latest
from docgen.web.settings import Settings

REGULATION, UNIT, PASSWORD = "kh55-2018", "chi-bo-a", "mot cau de nho 2026"
#: What ends an answer in the middle.
BROKEN = (OSError, http.client.HTTPException)
#: Seconds that nothing happens before it is said that nothing goes on any more; a job is taken up again after 30.
STUCK = 150.0
#: Seconds between two kills, at most: too few for a packet, which is then made in several goes or given up.
GAP = 1.5
#: What is killed: the first three times one each.
_KINDS = ("both", "server", "worker")
#: `docgen serve`, where a dead process of the jobs is given up after another time than 30 seconds.
_SERVE = """
from pathlib import Path
from docgen.cli.serve import _serve
from docgen.web.settings import Settings
_serve(Settings(Path({data!r}), job_silence={silence}), {port}, False, False, None, None, None)
"""


class Office:
    """The server under test: begun, killed, begun again at the same address.

    `silence` is after how many seconds a silent process of the jobs is taken for dead, None for the server's own;
    `pause` how many seconds everybody rests after each thing."""

    def __init__(self, place: Path, silence: float | None = None, pause: float = 0.0) -> None:
        self.data, self.silence, self.pause = place / "du-lieu", silence, pause
        self.settings = Settings(self.data)
        self.authority = Authority()
        self.settings.prepare()
        (self.data / "trust").mkdir()
        (self.data / "trust" / "ca.pem").write_bytes(self.authority.pem())
        self.database = Database(self.settings.url)
        self.database.upgrade()
        access.add_unit(self.database, UNIT, "Chi bộ thử")
        self.key = access.new_key(self.database, "phần mềm")
        with self.database.write() as db:
            people.add(db, "hanh", "Hạnh", "", UNIT, people.hashed(PASSWORD))
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = int(one.getsockname()[1])
        self.process: subprocess.Popen[bytes] | None = None
        self.log = place / "nhat-ky.txt"

    def begin(self) -> None:
        """Start the server and wait until it answers."""
        command = [sys.executable, "-m", "docgen", "serve", "--data", str(self.data), "--port", str(self.port)]
        if self.silence is not None:
            told = _SERVE.format(data=str(self.data), port=self.port, silence=self.silence)
            command = [sys.executable, "-c", told]
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(command, stderr=out)
        while True:
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")[-2000:]
            try:
                if self.ask("GET", "/health")[0] == 200:
                    return
            except BROKEN:
                time.sleep(0.05)

    def workers(self) -> list[int]:
        """The processes that the server began."""
        assert self.process is not None
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        told = [path.read_text() for path in listed.parent.parent.glob("*/children")]
        return [int(number) for line in told for number in line.split()]

    def kill(self, what: str) -> None:
        """`kill -9` of the server (`server`), its process of the jobs (`worker`), or `both`; it is begun again."""
        assert self.process is not None
        workers = self.workers()
        if what != "server":
            for number in workers:
                os.kill(number, signal.SIGKILL)
        if what != "worker":
            self.process.kill()
            self.process.wait()
            self.begin()

    def end(self) -> None:
        """Stop the server as one stops it."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait()

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """One request on a connection of its own: status, headers, body. Raises one of `BROKEN`."""
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            wire.request(method, path, body, headers or {})
            answer = wire.getresponse()
            content = answer.read()
            if answer.status == 503:  # the database is busy: the same as no answer
                raise ConnectionError("busy")
            kept = [value.partition(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"]
            told = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, told | {"set-cookie": "; ".join(kept)}, content
        finally:
            wire.close()


class AtWork(threading.Thread):
    """Somebody who does one thing after the other until told to stop. `done` counts what was acknowledged."""

    def __init__(self, office: Office, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.office, self.stop = office, stop
        self.done = 0
        self.fault: BaseException | None = None

    def run(self) -> None:
        try:
            self.prepare()
            while not self.stop.is_set():
                self.one()
                self.done += 1
                self.stop.wait(self.office.pause)
        except BaseException as fault:
            self.fault = fault

    def prepare(self) -> None:
        """What comes before the first thing."""

    def one(self) -> None:
        """One thing, done until it is acknowledged."""
        raise NotImplementedError

    def wrong(self) -> list[str]:
        """What is not as it was acknowledged, in the end."""
        raise NotImplementedError

    def until(self, act: Callable[[], Any]) -> Any:
        """Do `act` again and again until its answer arrives."""
        while True:
            try:
                return act()
            except BROKEN:
                time.sleep(0.05)

    def api(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """A request of the interface."""
        sent = None if body is None else json.dumps(body).encode()
        told = {"Authorization": f"Bearer {self.office.key}", "Content-Type": "application/json"}
        return self.office.ask(
            method, f"/api/v1{path}", sent, told | {n.replace("_", "-"): v for n, v in headers.items()}
        )

    def new_dossier(self, data: dict[str, Any], key: str) -> str:
        """The id of a dossier that is made once, however often it is asked for."""
        status, _, content = self.until(lambda: self.api("POST", f"/dossiers?unit={UNIT}", data, Idempotency_Key=key))
        assert status == 201, content
        return str(json.loads(content)["id"])

    def history(self, dossier: str, pointer: str) -> list[Any]:
        """Every value that a place was given, the oldest first; an altered log is a fault."""
        with self.office.database.read() as db:
            assert dossier_store.broken_chain(db, dossier) == 0, "the log does not hold"
            return [one["new"] for one in dossier_store.history(db, dossier, limit=10**6) if one["pointer"] == pointer]


def in_order_once(found: list[Any], expected: list[Any], what: str) -> list[str]:
    """What is wrong with a history that should hold each of `expected` once, in their order."""
    if found == expected:
        return []
    twice = [value for value, count in Counter(map(str, found)).items() if count > 1]
    lost = [value for value in expected if value not in found]
    return [f"{what}: lost {lost[:5]}, twice {twice[:5]}, {len(found)} of {len(expected)}"]


def small(members: int) -> dict[str, Any]:
    """The sample with so few members."""
    data: dict[str, Any] = copy.deepcopy(dict(sample_dossier(REGULATION)))
    data["members"] = data["members"][:members]
    return data


class Saver(AtWork):
    """A program that changes one place, each time with another value, by the version it has seen."""

    def __init__(self, office: Office, stop: threading.Event, dossier: str, name: str) -> None:
        super().__init__(office, stop)
        self.dossier, self.place = dossier, name

    def one(self) -> None:
        value = f"{self.place} {self.done + 1}"
        while True:
            try:
                _, headers, content = self.api("GET", f"/dossiers/{self.dossier}")
                now = json.loads(content)["meeting"].get(self.place)
                if now == value:  # the answer to it was lost, it was not
                    return
                assert now == (f"{self.place} {self.done}" if self.done else None), f"lost: {now} before {value}"
                status, _, told = self.api(
                    "PATCH", f"/dossiers/{self.dossier}", {"meeting": {self.place: value}}, If_Match=headers["etag"]
                )
            except BROKEN:
                time.sleep(0.05)
                continue
            assert status in (200, 412), told
            if status == 200:
                return

    def wrong(self) -> list[str]:
        found = self.history(self.dossier, f"/meeting/{self.place}")
        expected = [f"{self.place} {number + 1}" for number in range(max(self.done, len(set(found))))]
        return in_order_once(found, expected, f"{self.place} ({self.done} acknowledged)")


class Maker(AtWork):
    """A program that sends new dossiers, each under a key of its own."""

    def __init__(self, office: Office, stop: threading.Event) -> None:
        super().__init__(office, stop)
        self.made: dict[str, str] = {}

    def one(self) -> None:
        data = small(1)
        data["document"]["place"] = place = f"Xã số {self.done}"
        self.made[place] = self.new_dossier(data, f"ho-so-{self.done}")

    def wrong(self) -> list[str]:
        with self.office.database.read() as db:
            there = [
                (dossier_store.head(db, kept.id)["document"]["place"], kept.id) for kept in dossier_store.listed(db)
            ]
        ours = [(place, number) for place, number in there if str(place).startswith("Xã số")]
        twice = [place for place, count in Counter(place for place, _ in ours).items() if count > 1]
        lost = [place for place, number in self.made.items() if (place, number) not in ours]
        return [f"dossiers: lost {lost}, twice {twice}"] if lost or twice else []


class Reader(AtWork):
    """Somebody in a browser: signed in once, its forms with their tokens."""

    cookie = ""

    def prepare(self) -> None:
        self.until(self._sign_in)

    def _sign_in(self) -> None:
        _, headers, content = self.office.ask("GET", "/dang-nhap")
        given = {"ten": "hanh", "mk": PASSWORD, "ve": "/", "csrf": _token(content)}
        body, cookie = urllib.parse.urlencode(given).encode(), headers["set-cookie"]
        status, headers, _ = self._sent("/dang-nhap", body, cookie=cookie)
        assert status == 303
        self.cookie = headers["set-cookie"]

    def page(self, path: str) -> str:
        """A page as it is now."""
        status, _, content = self.office.ask("GET", path, headers={"Cookie": self.cookie})
        assert status == 200, (path, status)
        return content.decode()

    def _sent(self, path: str, body: bytes, media: str = "application/x-www-form-urlencoded", cookie: str = "") -> Any:
        origin = f"http://127.0.0.1:{self.office.port}"
        headers = {"Cookie": cookie or self.cookie, "Content-Type": media, "Origin": origin,
                   "Sec-Fetch-Site": "same-origin"}  # fmt: skip
        return self.office.ask("POST", path, body, headers)

    def post(self, path: str, at: str, given: dict[str, str], files: dict[str, tuple[str, bytes]] | None = None) -> Any:
        """Send a form that stands on the page `at`."""
        fields = {"csrf": _token(self.page(at).encode()), **given}
        if files is None:
            return self._sent(path, urllib.parse.urlencode(fields).encode())
        out = io.BytesIO()
        for name, text in fields.items():
            out.write(f'--docgen\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode())
        for name, (file, content) in files.items():
            head = f'--docgen\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n\r\n'
            out.write(head.encode() + content + b"\r\n")
        out.write(b"--docgen--\r\n")
        return self._sent(path, out.getvalue(), "multipart/form-data; boundary=docgen")


def _token(content: bytes) -> str:
    found = re.search(rb'name="csrf" value="([^"]+)"', content)
    assert found is not None
    return found[1].decode()


class Typist(Reader):
    """Types into one field of a form, over and over."""

    def __init__(self, office: Office, stop: threading.Event, dossier: str) -> None:
        super().__init__(office, stop)
        self.dossier, self.form = dossier, f"/ho-so/{dossier}/dien/dv-01/mau-02"

    def one(self) -> None:
        name, text = "member.workplace", f"Khoa số {self.done + 1}"
        while True:
            try:
                page = self.page(self.form)
                if f'value="{text}"' in page:  # the answer to it was lost, it was not
                    return
                assert not self.done or f'value="Khoa số {self.done}"' in page, f"lost: what came before {text}"
                mark = re.search(rf'name="v:{re.escape(name)}" value="([^"]*)"', page)
                assert mark is not None
                status, _, told = self.post(f"{self.form}/o?o={name}", self.form, {name: text, f"v:{name}": mark[1]})
            except BROKEN:
                time.sleep(0.05)
                continue
            assert status == 200, told
            return

    def wrong(self) -> list[str]:
        found = self.history(self.dossier, "/members/0/member/workplace")
        expected = [f"Khoa số {number + 1}" for number in range(max(self.done, len(set(found))))]
        return in_order_once(found, expected, f"typed ({self.done} acknowledged)")


class Collector(Reader):
    """Brings a member's Word file back, over and over, each time with another text in it."""

    def __init__(self, office: Office, stop: threading.Event, dossier: str) -> None:
        super().__init__(office, stop)
        self.dossier, self.home = dossier, f"/ho-so/{dossier}/phat-va-thu"
        self.data = small(2)
        self.definition = load_form(load_regulation(REGULATION, ()), "mau-02")

    def _paper(self, text: str) -> bytes:
        data = copy.deepcopy(self.data)
        data["members"][1]["review"]["ideology"] = [text]
        loaded, found = docgen.load_dossier(data)
        assert loaded is not None, found
        return Filler(self.definition).fill(form_data(self.definition, loaded.data, Record("dv-02")))

    def one(self) -> None:
        text = f"Tư tưởng vững vàng, bản số {self.done + 1} gửi về."
        paper = self._paper(text)
        while True:
            try:
                with self.office.database.read() as db:
                    now = dossier_store.content(db, self.dossier)["members"][1]["review"]["ideology"]
                if now == [text]:
                    return
                assert not self.done or now == [f"Tư tưởng vững vàng, bản số {self.done} gửi về."], f"lost: {now}"
                self.post(f"{self.home}/thu", self.home, {}, {"tep": ("ve.docx", paper)})
                page = self.page(self.home)
                row = re.findall(r'name="nhan" value="(\w+)".*?name="m:\1" value="(\w*)"', page, re.DOTALL)
                if not row:  # what waits is kept in memory: it was killed in between
                    continue
                number, mark = row[-1]
                given = {"nhan": number, f"m:{number}": mark, f"thay:{number}": "1"}
                status, _, told = self.post(f"{self.home}/nhan", self.home, given)
            except BROKEN:
                time.sleep(0.05)
                continue
            assert status in (303, 404, 409, 422), told

    def wrong(self) -> list[str]:
        # The sample has several paragraphs: the first time the whole place is another, then its one paragraph.
        place = "/members/1/review/ideology"
        with self.office.database.read() as db:
            lines = dossier_store.history(db, self.dossier, limit=10**6)
        news = [one["new"] for one in lines if str(one["pointer"]).startswith(place)]
        texts = [line for new in news for line in (new if isinstance(new, list) else [new])]
        found = [text for text in texts if text is not None]
        expected = [f"Tư tưởng vững vàng, bản số {n + 1} gửi về." for n in range(max(self.done, len(set(found))))]
        with self.office.database.read() as db:
            papers = dossier_store.content(db, self.dossier).get("papers", [])
        twice = [] if len(papers) <= 1 else [f"papers: {papers}"]
        return in_order_once(found, expected, f"returned ({self.done} acknowledged)") + twice


class Secretary(Reader):
    """Has a packet made, signs the authors' papers elsewhere, brings each back, notes that it was handed over."""

    def __init__(self, office: Office, stop: threading.Event) -> None:
        super().__init__(office, stop)
        self.packets: dict[str, list[int]] = {}
        self.killed = 0

    def prepare(self) -> None:
        super().prepare()
        self.dossier = self.new_dossier(small(2), "cua-thu-ky")
        names = [one["member"]["full_name"] for one in small(2)["members"]]
        self.keys = {}
        for name in names:
            store = self.office.authority.pkcs12(*self.office.authority.issue(name), "x")
            self.keys[name] = describe(pkcs12_signer(store, b"x"), name)

    def one(self) -> None:
        key = f"bo-{self.done}"
        status, _, content = self.until(
            lambda: self.api("POST", f"/dossiers/{self.dossier}/packets", {"pdf": True}, Idempotency_Key=key)
        )
        assert status == 202, content
        job = json.loads(content)["job"]
        while True:
            status, _, content = self.until(lambda: self.api("GET", f"/jobs/{job}"))
            assert status == 200, f"lost: job {job}"
            told = json.loads(content)
            if told["state"] in ("done", "failed"):
                break
            if self.stop.wait(0.2):
                return
        if told["state"] == "failed":
            assert told["problem"]["code"] == "web.job.killed", told
            self.killed += 1
            return
        assert told["packet"] == job
        self._sign(job)
        home = f"/ho-so/{self.dossier}/bo-ho-so"
        given = {"bo": job, "mot-lan": f"nop-{job}", "ngay": "20/12/2018", "noi": "Đảng ủy", "dong-y": "1"}
        status, _, content = self.until(lambda: self.post(f"{home}/nop", home, given))
        assert status == 303, content

    def _sign(self, packet: str) -> None:
        content = self.until(lambda: self.api("GET", f"/packets/{packet}/archive"))[2]
        signed = self.packets.setdefault(packet, [])
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {Path(name).name: name for name in archive.namelist()}
            manifest = json.loads(archive.read(names["manifest.json"]))
            for one in manifest["files"]:
                who = [signer for signer in one["signers"] if signer["role"] == "author"]
                if not who or one["pdf"] is None or who[0]["name"] not in self.keys:
                    continue
                pdf = archive.read(names[Path(one["pdf"]["file"]).name])
                key = self.keys[who[0]["name"]]
                self._bring(packet, sign(pdf, field_name("author"), key, Signing()))
                signed.append(int(one["number"]))

    def _bring(self, packet: str, pdf: bytes) -> None:
        home = f"/ho-so/{self.dossier}/ky"
        status, _, content = self.until(
            lambda: self.post(f"{home}/pdf", home, {"bo": packet}, {"pdf": ("to.pdf", pdf)})
        )
        text = content.decode()
        # Sent again after a broken answer it may have been taken the first time: the page says so and takes nothing.
        assert status == 200 or (status == 422 and "đã ký" in text), text[:3000]

    def wrong(self) -> list[str]:
        out = []
        settings, trust = self.office.settings, load_trust([self.office.data / "trust" / "ca.pem"])
        with self.office.database.read() as db:
            rows = {str(row["id"]): row for row in packet_store.made_of(db, self.dossier, 10_000)}
            notes = [str(one["new"]["packet"]) for one in dossier_store.noted(db, self.dossier, "/handed_over")]  # type: ignore[index,call-overload]
            last = latest(db, self.dossier, "packet")
        folders = {path.name for path in settings.packets.iterdir()}
        waiting = {last.id} if last is not None and not last.ended_now else set()
        if extra := folders - set(rows) - waiting:
            out.append(f"left: {sorted(extra)}")
        if gone := set(rows) - folders:
            out.append(f"lost: the files of {sorted(gone)}")
        for packet, numbers in self.packets.items():
            if packet not in rows:
                out.append(f"lost: packet {packet}")
                continue
            verdict = docgen.verify(packet_store.folder_of(settings, packet), Asked(trust))
            for paper in verdict.documents:
                bad = [
                    reason.words("vi") for one in paper.signatures if one.status == "failed" for reason in one.reasons
                ]
                out += [f"broken: {packet}, {paper.number}: {bad}"] if bad else []
            there = {paper.number: len(paper.signatures) for paper in verdict.documents}
            out += [f"{packet}: paper {number} has {there.get(number)}" for number in numbers if there.get(number) != 1]
        twice = [packet for packet, count in Counter(notes).items() if count > 1]
        lost = [packet for packet in list(self.packets)[: self.done - self.killed] if packet not in notes]
        return out + ([f"handed over: lost {lost}, twice {twice}"] if lost or twice else [])


def run(
    kills: int,
    seed: int = 1,
    say: Callable[[str], None] = lambda _: None,
    *,
    silence: float | None = None,
    pause: float = 0.0,
    gap: float = GAP,
) -> list[str]:
    """What is wrong after so many kills; empty where nothing is. `silence` and `pause` as in `Office`; after each
    restart at most `gap` seconds pass until the next kill."""
    chance, place, stop = random.Random(seed), Path(tempfile.mkdtemp(prefix="docgen-kill-")), threading.Event()
    office = Office(place, silence, pause)
    office.begin()
    first = AtWork(office, stop)
    shared, papers = first.new_dossier(small(3), "chung"), first.new_dossier(small(2), "ve")
    secretary = Secretary(office, stop)
    team: list[AtWork] = [
        Saver(office, stop, shared, "place"), Saver(office, stop, shared, "note"), Typist(office, stop, shared),
        Maker(office, stop), Collector(office, stop, papers), secretary,
    ]  # fmt: skip
    for one in team:
        one.start()
    struck, moved, quiet = Counter[str](), 0, time.monotonic()
    try:
        while (struck.total() < kills or not all(one.done for one in team)) and all(one.fault is None for one in team):
            time.sleep(chance.uniform(0.0, gap))
            now = sum(one.done for one in team)
            if now > moved:  # not before something was acknowledged again: else nothing ever would be
                moved, quiet = now, time.monotonic()
                if struck.total() < kills:
                    what = _KINDS[struck.total()] if struck.total() < 3 else chance.choices(_KINDS, (3, 5, 2))[0]
                    office.kill(what)
                    struck[what] += 1
            elif time.monotonic() - quiet > STUCK:
                break
        stop.set()
        for one in team:
            one.join(STUCK)
        _settle(office)
        wrong = [f"{type(one).__name__}: {one.fault!r}" for one in team if one.fault is not None]
        wrong += [f"{type(one).__name__} does not end" for one in team if one.is_alive()]
        if struck.total() < kills:
            wrong.append(f"only {struck.total()} kills")
        wrong += [line for one in team if one.fault is None for line in one.wrong()]
        with office.database.read() as db:
            told = db.exec_driver_sql("PRAGMA integrity_check").scalar()
            wrong += [] if told == "ok" else [f"database: {told}"]
        say(f"killed {dict(struck)}; acknowledged "
            f"{ {f'{number} {type(one).__name__}': one.done for number, one in enumerate(team)} }; packets "
            f"{ {'made': len(secretary.packets), 'given up': secretary.killed} }")  # fmt: skip
    finally:
        stop.set()
        office.end()
        office.database.close()
        shutil.rmtree(place)
    return wrong


def _settle(office: Office) -> None:
    """Wait until no job is in hand."""
    begun = time.monotonic()
    while time.monotonic() - begun < STUCK:
        with office.database.read() as db:
            left = db.exec_driver_sql("SELECT count(*) FROM job WHERE state IN ('queued', 'running')").scalar()
        if not left:
            return
        time.sleep(0.5)


def main() -> None:
    """Run as asked and tell."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--kills", type=int, default=100)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--gap", type=float, default=GAP, help="seconds between two kills, at most, and the restart")
    given = asked.parse_args()
    wrong = run(given.kills, given.seed, print, gap=given.gap)
    print("\n".join(wrong) or f"{given.kills} kills: nothing acknowledged is lost, nothing is twice")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
