"""What an engine is: Word files in, drawn pages out, one by one as they are there."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from docgen.pdf.zones import BlockBox


@dataclass(frozen=True, slots=True)
class Drawn:
    """A converted file and, where the engine tells them, the box of each top-level block of its body."""

    pdf: bytes
    boxes: Mapping[int, BlockBox] | None = None


@dataclass(frozen=True, slots=True)
class NotDrawn:
    """The engine gave no PDF: the code and the facts of the finding that says why."""

    code: str
    params: Mapping[str, object]

    @staticmethod
    def because(problem: str) -> NotDrawn:
        """It failed; `problem` in its own words."""
        return NotDrawn("pdf.convert.failed", {"problem": problem[:200]})

    @staticmethod
    def late(seconds: float) -> NotDrawn:
        """It gave nothing for so many seconds and was ended."""
        return NotDrawn("pdf.convert.timeout", {"seconds": round(seconds)})


_PREFIX = "docgen-pdf"


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Room:
    """Where an engine works.

    `token` names the run; `alive` tells whether anybody still waits; `seconds` is how long the engine may go on without
    a new file (None where somebody else watches and ends the process with all it started).
    """

    token: str
    alive: Callable[[], bool] = _always
    seconds: float | None = None

    def folder(self) -> tempfile.TemporaryDirectory[str]:
        """A temporary folder, gone after the `with` block, or by `clear` where this process is ended in it."""
        prefix = f"{_PREFIX}-{self.token}-{os.getpid()}-"
        return tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True)


def clear(token: str, process: int | str = "*") -> None:
    """Remove what a process that was ended, or any of a run, left in its temporary folders."""
    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}-{token}-{process}-*"):
        shutil.rmtree(path, ignore_errors=True)


class Engine(Protocol):
    """One way from Word to PDF. Where processes cannot be forked it is pickled."""

    @property
    def name(self) -> str:
        """What results and findings call it."""
        ...

    @property
    def files_a_call(self) -> int:
        """How many files are best drawn at once."""
        ...

    @property
    def attempts(self) -> int:
        """How often a file is tried that failed, took too long or ended the process; from the second time, alone."""
        ...

    def need(self) -> None:
        """Raise `EnvironmentFault` where it is not installed."""
        ...

    def version(self) -> str:
        """What is installed. Raises `EnvironmentFault` where nothing is."""
        ...

    def draw(self, files: Sequence[tuple[int, bytes]], room: Room) -> Iterator[tuple[int, Drawn | NotDrawn]]:
        """Draw `files` (number, Word file without content controls), each given as soon as it is there.

        A file that is not given at all was not come to and may be asked for again.
        """
        ...


__all__ = ["Drawn", "Engine", "NotDrawn", "Room", "clear"]
