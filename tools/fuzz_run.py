"""Running the console script within this process, and telling a fault of docgen from an answer.

An answer is an exit code and a report. A fault is exit code 5, a traceback, an odd exit code, too much time of the
processor or too much memory.
"""

from __future__ import annotations

import contextlib
import gc
import io
import itertools
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docgen.cli

CPU_SECONDS = 10.0
MEMORY_MB = 500
#: Exit codes that are an answer about data: good, findings, partly done.
ANSWERS = (0, 1, 3)


#: How often garbage is looked for before any command was run.
_COLLECTING = gc.get_threshold()
#: After so many commands the rings of dead values that each left are looked for: a process of the user's has ended.
_COMMANDS = 20
_counted = itertools.count(1)


class OutOfTimeError(BaseException):
    """Out of time. Not an `Exception`, so that nobody on the way takes it for a fault of the data."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one command came to: `fault` is empty for an answer."""

    command: str
    code: int
    seconds: float
    fault: str = ""
    output: str = ""


def run(*arguments: Any, answers: Sequence[int] = ANSWERS, seconds: float = CPU_SECONDS) -> Outcome:
    """Run `docgen` with `arguments` in this process."""
    out = io.StringIO()
    code, fault = 0, ""
    before = time.process_time()
    with _console([str(a) for a in arguments]), contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            with _at_most(seconds):
                docgen.cli.main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        except OutOfTimeError:
            code, fault = 5, f"more than {seconds:g} s of the processor\n{_last_lines()}"
        except BaseException:  # whatever it is, it reached the user
            code, fault = 5, _last_lines()
    if not fault and code not in answers:
        fault = f"exit code {code}: {out.getvalue()[-400:]}"
    return Outcome(str(arguments[0]), code, time.process_time() - before, fault, out.getvalue())


def memory_mb() -> int:
    """The most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _last_lines() -> str:
    return "".join(traceback.format_exc().splitlines(keepends=True)[-7:])


@contextlib.contextmanager
def _console(arguments: list[str]) -> Iterator[None]:
    """The command line as the console script sees it; a fault of docgen's own is raised, not only told."""
    kept, debug, here = sys.argv, os.environ.get("DOCGEN_DEBUG"), Path.cwd()
    sys.argv, os.environ["DOCGEN_DEBUG"] = ["docgen", *arguments], "1"
    try:
        yield
    finally:
        # The command line tells the collector that the process soon ends; this one goes on.
        gc.unfreeze()
        gc.set_threshold(*_COLLECTING)
        if next(_counted) % _COMMANDS == 0:
            gc.collect()
        sys.argv = kept
        os.chdir(here)
        os.environ.pop("DOCGEN_DEBUG")
        if debug is not None:
            os.environ["DOCGEN_DEBUG"] = debug


@contextlib.contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    def stop(number: int, frame: Any) -> None:
        raise OutOfTimeError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
