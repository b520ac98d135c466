"""A PostgreSQL for tests and measurements: a plain user's, on a socket in a folder of its own, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: Nobody is listened to but through the socket.
_HERE = ("max_connections=200", "listen_addresses=")
#: Where nothing has to outlive the run.
_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@contextmanager
def running(tool: Callable[[str], str], quick: bool = True) -> Iterator[Path]:
    """A server for as long as the block runs, of the programs that `tool` finds; gives the folder of its socket.

    Without `quick` it writes as one does whose data must outlive a power cut.
    """
    folder = Path(tempfile.mkdtemp(prefix="docgen-pg-"))
    who = _plain_user()
    if who:
        os.chown(folder, who["user"], who["group"])
    data = folder / "data"
    how: dict[str, Any] = {"cwd": folder, "stdin": subprocess.DEVNULL, **who}
    try:
        subprocess.run(
            [tool("initdb"), "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "-N"],
            check=True, capture_output=True, timeout=120, **how,
        )  # fmt: skip
        told = (*_HERE, *(_QUICK if quick else ()), f"unix_socket_directories={folder}")
        options = [word for option in told for word in ("-c", option)]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen([tool("postgres"), "-D", data, *options], stdout=log, stderr=log, **how)
        try:
            _wait(process, folder)
            yield folder
        finally:
            process.send_signal(signal.SIGINT)  # end now, connections or not
            process.wait(60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_database(folder: Path, name: str) -> str:
    """The URL of a new, empty database."""
    import psycopg

    with psycopg.connect(f"host={folder} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return f"postgresql+psycopg://postgres@/{name}?host={folder}"


def _plain_user() -> dict[str, Any]:
    """PostgreSQL will not run as root: who else."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise AssertionError("no user but root")


def _wait(process: subprocess.Popen[bytes], folder: Path) -> None:
    import psycopg

    for _ in range(600):
        try:
            psycopg.connect(f"host={folder} user=postgres dbname=postgres").close()
            return
        except psycopg.OperationalError:
            assert process.poll() is None, (folder / "log").read_text(encoding="utf-8", errors="replace")
            time.sleep(0.1)
    raise AssertionError("PostgreSQL does not answer")
