"""`docgen serve` running: the HTTP server in this process, the jobs in another that is begun again when it dies."""

from __future__ import annotations

import http.client
import logging
import socket
import subprocess
import sys
import threading
import urllib.request
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from docgen.web.app import create_app
from docgen.web.job_worker import settings_line
from docgen.web.lan import Identity
from docgen.web.settings import Settings

LOG = logging.getLogger("docgen.web")
#: Seconds before a worker that died is begun again, and that a stopped one is waited for.
_AGAIN, _LAST = 1.0, 10.0


class JobProcess:
    """The process of the jobs. It ends by itself when this process does, however that ends."""

    def __init__(self, settings: Settings) -> None:
        self._line = settings_line(settings) + "\n"
        self._stopping = threading.Event()
        self._process: subprocess.Popen[str] | None = None
        self._keeper = threading.Thread(target=self._keep, name="jobs", daemon=True)

    def start(self) -> None:
        """Begin to do jobs."""
        self._keeper.start()

    def _keep(self) -> None:
        while not self._stopping.is_set():
            self._process = subprocess.Popen(
                [sys.executable, "-m", "docgen.web.job_worker"], stdin=subprocess.PIPE, text=True, encoding="utf-8"
            )
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
def working(settings: Settings) -> Iterator[None]:
    """Jobs are done for as long as the block runs."""
    process = JobProcess(settings)
    process.start()
    try:
        yield
    finally:
        process.stop()


def free_port(host: str, port: int) -> bool:
    """True where nobody listens at the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        # On Windows SO_REUSEADDR lets a second server have the port of a first one: there one asks for it alone.
        own = getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR)
        trial.setsockopt(socket.SOL_SOCKET, own, 1)
        try:
            trial.bind((host, port))
        except OSError:
            return False
    return True


def answers_here(port: int) -> bool:
    """True where what listens at the port of this machine is a docgen (without TLS)."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
            return answer.headers.get("Docgen-Version") is not None
    except (OSError, http.client.HTTPException, ValueError):
        return False


class _Server(uvicorn.Server):
    """Shows the first page in a browser once requests are answered."""

    open_at = ""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.open_at and self.started:
            threading.Thread(target=webbrowser.open, args=(self.open_at,), daemon=True).start()


def serve(settings: Settings, host: str, port: int, open_at: str = "", tls: Identity | None = None) -> None:
    """Answer requests until the process is told to end (SIGINT, SIGTERM); what is being answered is finished first.

    `open_at` is an address to show in this machine's browser; with `tls` only encrypted requests are answered.
    """
    config = uvicorn.Config(
        create_app(settings), host=host, port=port, log_config=None, access_log=False, server_header=False,
        timeout_graceful_shutdown=10, ssl_certfile=str(tls.certificate) if tls else None,
        ssl_keyfile=str(tls.key) if tls else None,
    )  # fmt: skip
    with working(settings):
        server = _Server(config)
        server.open_at = open_at
        server.run()
