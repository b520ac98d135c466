"""The process that does the jobs, delivers to the webhooks, looks into the watch folder: one a server, gone with it.

    python -m docgen.web.job_worker     (settings as JSON on the first line of standard input, which stays open)

The end of standard input is the end of the server: the job in hand is given back and the process ends. A job that
takes longer than its limit ends the process too, which counts as a death.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from docgen.errors import DocgenError
from docgen.paths import JsonDict
from docgen.storage import clear_hidden
from docgen.web import dossier_store, job_queue, packet_store, webhooks
from docgen.web.access import new_id
from docgen.web.database import Database
from docgen.web.job_queue import Job
from docgen.web.log_lines import log_to_stderr
from docgen.web.settings import Settings
from docgen.web.watch_folder import WatchFolder
from docgen.web.webhook_sending import Postman

LOG = logging.getLogger("docgen.web.jobs")
#: Seconds between two looks into the table, and between two signs of life.
PAUSE, BEAT = 0.3, 5.0


def settings_line(settings: Settings) -> str:
    """The settings as the worker reads them."""
    return json.dumps(asdict(settings), default=str)


def settings_from(line: str) -> Settings:
    """The settings in a line that `settings_line` wrote."""
    read: dict[str, Any] = json.loads(line)
    for name in ("folders", "templates"):
        read[name] = tuple(Path(folder) for folder in read[name])
    for name in ("watch_in", "watch_out", "sign_in"):
        read[name] = Path(read[name]) if read[name] is not None else None
    read["webhook_hosts"] = tuple(read["webhook_hosts"])
    return Settings(**{**read, "data": Path(read["data"])})


class _Stopped(Exception):  # noqa: N818 -- what somebody wanted, not a fault
    """The job in hand is not wanted any more."""


class Worker:
    """Claims jobs and does them, one at a time."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings = settings
        self.database = database
        self.name = new_id()
        self.job: Job | None = None
        self.progress = (0, 0)
        self.unwanted = threading.Event()
        self._lock = threading.Lock()
        self._untidy = True

    def step(self) -> bool:
        """Do the next job; False where there was none."""
        with self.database.write() as db:
            job = job_queue.claim(db, self.name, self.settings.job_silence, self.settings.job_tries)
        if job is None:
            self._tidy()
            return False
        self._untidy = True
        with self._lock:
            self.job, self.progress = job, (0, 0)
            self.unwanted.clear()
        ended = threading.Event()
        beating = threading.Thread(target=self._beat, args=(job, ended), daemon=True)
        beating.start()
        try:
            packet, problem = self._do(job)
        finally:
            ended.set()
            beating.join()
        with self._lock, self.database.write() as db:
            job_queue.hear(db, job.id, self.name, *self.progress)
            if job_queue.finish(db, job.id, self.name, packet=packet, problem=problem) and packet:
                asked = job_queue.asked_of(db, job.id)
                version, draft = int(str(asked["version"])), bool(asked["draft"])
                packet_store.enter(db, packet, job.dossier, version, draft)
                kept = dossier_store.find(db, job.dossier)
                if kept is not None:
                    facts: JsonDict = {"dossier": job.dossier, "version": version, "packet": packet, "draft": draft}
                    webhooks.tell(db, "packet.ready", kept.unit, **facts)
            elif packet and (job_queue.find(db, job.id) or job).stopped:  # too late to stop the making of it
                shutil.rmtree(packet_store.folder_of(self.settings, packet), ignore_errors=True)
            self.job = None
        LOG.info("job ended", extra={"job": job.id, "failed": bool(problem)})
        return True

    def _tidy(self) -> None:
        """Take away what is left of packets whose makers were killed, once nobody is to go on with any."""
        if not self._untidy:
            return
        with self.database.read() as db:
            if job_queue.unended(db):
                return
        self._untidy = False
        try:
            clear_hidden(self.settings.packets)
        except OSError as fault:
            LOG.warning("what is left of a packet could not be cleared away", extra={"code": type(fault).__name__})

    def _do(self, job: Job) -> tuple[str, JsonDict | None]:
        """The packet that was made, or why not."""
        try:
            return self._packet(job)
        except _Stopped:
            return "", {"code": job_queue.STOPPED, "findings": []}
        except DocgenError as fault:
            found = [finding.as_json() for finding in fault.findings]
            return "", {"code": fault.code, "detail": fault.text(), "findings": found}
        except Exception as fault:  # whatever it is, the job ends and its cause is told by kind alone
            LOG.exception("job failed", extra={"job": job.id})
            return "", {"code": "web.problem.internal", "detail": type(fault).__name__, "findings": []}

    def _packet(self, job: Job) -> tuple[str, JsonDict | None]:
        import docgen
        from docgen.pipeline import PacketProgress

        folder = packet_store.folder_of(self.settings, job.id)
        if folder.is_dir():  # made by a worker that died before it could say so
            return job.id, None
        with self.database.write() as db:
            row = dossier_store.find(db, job.dossier, lock=True)
            if row is None:
                return "", {"code": "web.job.dossier_gone", "findings": []}
            data = dossier_store.content(db, job.dossier)
            job_queue.note(db, job.id, {**job.asked, "version": row.version})
        regulations = docgen.Regulations(self.settings.folders, templates=self.settings.templates)
        dossier, findings = docgen.load_dossier(data, regulations=regulations)
        if dossier is not None:
            made, checked = docgen.build_packet(
                dossier, folder, draft=bool(job.asked["draft"]), pdf_engine="auto" if job.asked["pdf"] else "",
                regulations=regulations, progress=PacketProgress(self._filled(bool(job.asked["pdf"])), self._drawn),
            )  # fmt: skip
            if made is not None:
                return job.id, None
            findings = checked.findings
        told = [finding.as_json() for finding in findings if finding.severity == "error"]
        return "", {"code": "web.job.dossier_has_errors", "findings": told}

    def _filled(self, pdf: bool) -> Callable[[int, int], None]:
        def told(done: int, total: int) -> None:
            self._go_on()
            self.progress = (done, total * 2 if pdf else total)  # what was filled is still to be drawn

        return told

    def _drawn(self, done: int, total: int) -> None:
        self._go_on()
        self.progress = (total + done, total * 2)

    def _go_on(self) -> None:
        """Asked between two papers: the folder that was begun is cleared away by whoever makes it."""
        if self.unwanted.is_set():
            raise _Stopped

    def _beat(self, job: Job, ended: threading.Event) -> None:
        begun = time.monotonic()
        while not ended.wait(BEAT):
            if time.monotonic() - begun > self.settings.job_seconds:
                os._exit(3)
            try:
                with self.database.write() as db:
                    if not job_queue.hear(db, job.id, self.name, *self.progress):
                        self.unwanted.set()
            except DocgenError:
                LOG.warning("no sign of life could be given", extra={"job": job.id})

    def stop(self) -> None:
        """Give back the job in hand."""
        with self._lock:
            if self.job is not None:
                with self.database.write() as db:
                    job_queue.release(db, self.job.id, self.name)


def main() -> None:
    """Work until standard input ends."""
    log_to_stderr(logging.INFO)
    settings = settings_from(sys.stdin.readline())
    worker = Worker(settings, Database(settings.url))
    folder = None
    if settings.watch_in is not None and settings.watch_out is not None:
        folder = WatchFolder(settings, settings.watch_in, settings.watch_out)

    def watch() -> None:
        sys.stdin.read()
        try:
            if folder is not None:
                folder.give_back()
            worker.stop()
        finally:
            os._exit(0)

    threading.Thread(target=watch, daemon=True).start()
    threading.Thread(target=Postman(settings, worker.database).run, args=(threading.Event(),), daemon=True).start()
    while True:
        try:
            busy = worker.step() or (folder is not None and folder.step())
        except DocgenError as fault:
            LOG.warning("nothing can be done now", extra={"code": fault.code})
            busy = False
        if not busy:
            time.sleep(PAUSE)


if __name__ == "__main__":
    main()
