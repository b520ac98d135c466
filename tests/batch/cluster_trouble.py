"""What workers of the tests' cluster are given to do: a module of its own, which they can import."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from docgen.errors import EnvironmentFault, InternalError

#: Ends the process, is a fault of ours with words, is one without, is a disk that is full for the first who tries.
KILLS, FAULTY, UNFORESEEN, FULL = 13, 17, 19, 23


@dataclass(frozen=True)
class Trouble:
    """A place where some numbers are trouble; in `folder` a file tells of each who began with one."""

    folder: Path
    alike: bool = True

    def __call__(self, number: int) -> Trouble:
        return self

    def proof(self) -> dict[str, str]:
        """What this process is, alike everywhere or nowhere."""
        return {"pdf": "" if self.alike else str(os.getpid())}

    def run(self, task: int, alive: object) -> int:
        """Twice the number."""
        first = not list(self.folder.glob(f"{task}-*"))
        (self.folder / f"{task}-{os.getpid()}-{time.monotonic_ns()}").touch()
        if task == KILLS:
            os.kill(os.getpid(), signal.SIGKILL)
        if task == FAULTY:
            raise InternalError("errors.internal.unexpected", problem="17")
        if task == UNFORESEEN:
            raise ValueError("Nguyễn Văn A")
        if task == FULL and first:
            raise EnvironmentFault("errors.environment.disk_full", file="x")
        return 2 * task

    def close(self) -> None:
        """Nothing is held."""

    def given_up(self, task: int, kind: str) -> int:
        """The answer for a number that nobody lived through."""
        return -task

    def begun(self, task: int) -> int:
        """How many times somebody began with `task`."""
        return len(list(self.folder.glob(f"{task}-*")))
