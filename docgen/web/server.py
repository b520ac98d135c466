"""`docgen serve` running: the HTTP server in this process, the jobs in another that is begun again when it dies."""

from __future__ import annotations

import http.client
import logging
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import cast

import uvicorn
from fastapi import FastAPI

from docgen.errors import EnvironmentFault
from docgen.storage import environment_fault, hold, let_go
from docgen.web.app import create_app
from docgen.web.job_worker import settings_line
from docgen.web.lan import Identity
from docgen.web.settings import Settings

LOG = logging.getLogger("docgen.web")
#: Seconds before a worker that died is begun again, and that a stopped one is waited for.
_AGAIN, _LAST = 1.0, 10.0
#: Lies in the folder of a server for as long as it serves.
LOCK = "serving.lock"
#: Seconds that a server that holds the folder is waited for until it answers, and until it listens at all.
STARTING, _LISTENING = 90.0, 3.0


class ServedAlready(EnvironmentFault):
    """Another docgen serves this folder, or is about to."""


class PortTaken(EnvironmentFault):
    """Somebody listens at the port."""


class JobProcess:
    """The process of the jobs. It ends by itself when this process does, however that ends."""

    def __init__(self, settings: Settings, log: Path | None = None) -> None:
        self._line = settings_line(settings) + "\n"
        self._log = log
        self._stopping = threading.Event()
        self._process: subprocess.Popen[str] | None = None
        self._keeper = threading.Thread(target=self._keep, name="jobs", daemon=True)

    def start(self) -> None:
        """Begin to do jobs."""
        self._keeper.start()

    def _keep(self) -> None:
        while not self._stopping.is_set():
            # A file of its own: two processes that append to one lose lines on Windows.
            told = None if self._log is None else self._log.open("ab")
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "docgen.web.job_worker"],
                    stdin=subprocess.PIPE, stderr=told, text=True, encoding="utf-8",
                )  # fmt: skip
            finally:
                if told is not None:
                    told.close()
            assert self._process.stdin is not None
            try:
                self._process.stdin.write(self._line)
                self._process.stdin.flush()
            except OSError:
                pass  # it died at once: seen below
            code = self._process.wait()
            if not self._stopping.wait(_AGAIN):
                LOG.warning("the process of the jobs ended and is begun again", extra={"code": code})

    def stop(self) -> None:
        """Let the worker give back what it has in hand, and wait for its end."""
        self._stopping.set()
        process = self._process
        if process is not None and process.stdin is not None:
            try:
                process.stdin.close()
                process.wait(_LAST)
            except (OSError, subprocess.TimeoutExpired):
                process.kill()
        self._keeper.join(_LAST)


@contextmanager
def working(settings: Settings, log: Path | None = None) -> Iterator[None]:
    """Jobs are done for as long as the block runs; the process that does them writes its log to `log`, or stderr."""
    process = JobProcess(settings, log)
    process.start()
    try:
        yield
    finally:
        process.stop()


@contextmanager
def only_server(settings: Settings) -> Iterator[None]:
    """While the block runs nobody else serves this folder. Raises `ServedAlready` where somebody does.

    A database of its own (PostgreSQL) may have several servers: for them the port decides alone.
    """
    settings.prepare()
    if settings.database:
        yield
        return
    lock = settings.data / LOCK
    try:
        held = hold(lock, settings.data, patience=0.5)
    except EnvironmentFault:
        raise ServedAlready("web.error.served", folder=str(settings.data)) from None
    except OSError as fault:
        raise environment_fault(fault, settings.data) from fault
    try:
        yield
    finally:
        let_go(held, lock)


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """The port, taken at once and for as long as the block runs. Raises `PortTaken` where somebody has it."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as door:
        # On Windows SO_REUSEADDR lets a second server have the port of a first one: there one asks for it alone.
        own = getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR)
        door.setsockopt(socket.SOL_SOCKET, own, 1)
        try:
            door.bind((host, port))
            door.listen()  # elsewhere two may bind one port, and only one of them may listen there
        except OSError:
            raise PortTaken("web.error.port", port=port) from None
        yield door


def answers_here(port: int, patience: float = 0.0) -> bool:
    """True where what listens at the port of this machine is a docgen (without TLS).

    `patience` is how many seconds one is waited for that listens and does not answer yet.
    """
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    begun = time.monotonic()
    while True:
        try:
            with opener.open(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
                return answer.headers.get("Docgen-Version") is not None
        except (urllib.error.HTTPError, http.client.HTTPException, ValueError):
            return False
        except OSError as fault:
            nobody = isinstance(getattr(fault, "reason", fault), ConnectionRefusedError)
            if time.monotonic() - begun >= min(patience, _LISTENING if nobody else patience):
                return False
        time.sleep(0.1)


class _Server(uvicorn.Server):
    """Shows the first page in a browser once requests are answered; says to answers that go on that it is ending."""

    open_at = ""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.open_at and self.started:
            threading.Thread(target=webbrowser.open, args=(self.open_at,), daemon=True).start()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        cast(FastAPI, self.config.app).state.ending = True
        super().handle_exit(sig, frame)


def serve(
    settings: Settings, door: socket.socket, open_at: str = "", tls: Identity | None = None, log: Path | None = None
) -> None:
    """Answer requests at `door` until the process is told to end (SIGINT, SIGTERM); what is begun is finished first.

    `open_at` is an address to show in this machine's browser; with `tls` only encrypted requests are answered; `log`
    is the file that the process of the jobs writes its log to.
    """
    config = uvicorn.Config(
        create_app(settings), log_config=None, access_log=False, server_header=False,
        timeout_graceful_shutdown=10, ssl_certfile=str(tls.certificate) if tls else None,
        ssl_keyfile=str(tls.key) if tls else None,
    )  # fmt: skip
    with working(settings, log):
        server = _Server(config)
        server.open_at = open_at
        server.run([door])
