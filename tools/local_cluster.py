"""A Dask scheduler and workers on this machine, as processes of their own: for tests, measuring, and killing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

#: How often Dask looks at itself: many times a second by default, which costs more than handing packets out does.
QUIET = {
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s",
    "DASK_DISTRIBUTED__ADMIN__TICK__CYCLE": "5s",
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__INTERVAL": "5s",
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
}
#: Seconds to wait for a process to come up.
_PATIENCE = 120.0


class LocalCluster:
    """A scheduler on 127.0.0.1 and workers of one thread each; use it as a context manager, which ends them all."""

    def __init__(self, folder: Path, options: Sequence[str] = (), environment: Mapping[str, str] | None = None) -> None:
        """`folder` is for the processes' own files, `options` go to the scheduler."""
        self.folder = folder
        self._environment = {**QUIET, **os.environ, **(environment or {})}
        self._options = options
        self._processes: list[subprocess.Popen[bytes]] = []
        self._file = folder / "scheduler.json"

    def __enter__(self) -> LocalCluster:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._file.unlink(missing_ok=True)
        self._start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(self._file), *self._options
        )
        end = time.monotonic() + _PATIENCE
        while not (self._file.is_file() and self._file.read_bytes().endswith(b"}")):
            if time.monotonic() > end or self._processes[0].poll() is not None:
                raise RuntimeError((self.folder / "0.log").read_text())
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
        for process in self._processes:
            process.wait()

    @property
    def address(self) -> str:
        """Where the scheduler listens."""
        return str(json.loads(self._file.read_text())["address"])

    def add_worker(self, *options: str, quiet: bool = False) -> subprocess.Popen[bytes]:
        """Start a worker with its nanny; returns the nanny. A `quiet` one writes no log."""
        return self._start(
            "worker", self.address, "--nthreads", "1", "--memory-limit", "0", "--no-dashboard", "--local-directory",
            str(self.folder), "--death-timeout", "600", *options, quiet=quiet,
        )  # fmt: skip

    def _start(self, *command: str, quiet: bool = False) -> subprocess.Popen[bytes]:
        log_file = Path(os.devnull) if quiet else self.folder / f"{len(self._processes)}.log"
        with log_file.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *command], stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
                env=self._environment,
            )  # fmt: skip
        self._processes.append(process)
        return process

    def working(self) -> list[int]:
        """The process ids of the workers themselves, not of their nannies."""
        import psutil

        found = []
        for process in self._processes[1:3]:
            with suppress(psutil.Error):
                children = psutil.Process(process.pid).children()
                found += [child.pid for child in children if "resource_tracker" not in " ".join(child.cmdline())]
        return found

    def cpu_seconds(self) -> list[float]:
        """The processor seconds of the scheduler, and of all workers together with their nannies."""
        import psutil

        out = []
        for process in self._processes:
            known = psutil.Process(process.pid)
            times = [one.cpu_times() for one in (known, *known.children(recursive=True))]
            out.append(sum(one.user + one.system for one in times))
        return [out[0], sum(out[1:])]


@contextmanager
def two_workers(folder: Path, environment: Mapping[str, str] | None = None) -> Iterator[LocalCluster]:
    """A cluster of two workers."""
    with LocalCluster(folder, environment=environment) as cluster:
        cluster.add_worker()
        cluster.add_worker()
        yield cluster
