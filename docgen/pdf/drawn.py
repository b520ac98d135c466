"""What an engine is: Word files in, drawn pages out, one by one as they are there."""

from __future__ import annotations

import os
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

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


#: What every engine says beside its methods.
SAID = ("name",)


class Engine(ABC):
    """One way from Word to PDF. It has no state; where processes cannot be forked it is pickled."""

    #: What it is called on the command line, in results and findings; its module is called the same.
    name: str
    #: Its turn where the choice is left to docgen, from 1: the first that is installed draws, the next draws what that
    #: one loses. 0 for one that draws only where it is named.
    turn: int = 0
    #: How many files are best drawn at once.
    files_a_call: int = 1
    #: How often a file is tried that failed, took too long or ended the process; from the second time, alone.
    attempts: int = 1
    #: True where it runs and watches a process of its own: it needs no worker to be ended in time.
    is_process: bool = False
    #: True where a file is drawn again with a page ended earlier, when a page of it is badly filled.
    redraws: bool = True

    @classmethod
    def names(cls) -> Iterable[str]:
        """Its one name."""
        return (cls.name,)

    @abstractmethod
    def need(self) -> None:
        """Raise `EnvironmentFault` where it is not installed."""

    @abstractmethod
    def version(self) -> str:
        """What is installed. Raises `EnvironmentFault` where nothing is."""

    @abstractmethod
    def draw(self, files: Sequence[tuple[int, bytes]], room: Room) -> Iterator[tuple[int, Drawn | NotDrawn]]:
        """Draw `files` (number, Word file without content controls), each given as soon as it is there.

        A file that is not given at all was not come to and may be asked for again.
        """


__all__ = ["SAID", "Drawn", "Engine", "NotDrawn", "Room", "clear"]
