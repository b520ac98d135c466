"""A PostgreSQL of the tests' own: a plain user's, on a socket in a folder of its own, gone afterwards."""

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

#: Nothing has to outlive the run; nobody is listened to but through the socket.
_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "listen_addresses=")


@contextmanager
def running(tool: Callable[[str], str]) -> Iterator[Path]:
    """A server for as long as the block runs, of the programs that `tool` finds; gives the folder of its socket."""
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
        options = [word for option in (*_QUICK, f"unix_socket_directories={folder}") for word in ("-c", option)]
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
