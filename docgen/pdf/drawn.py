"""What an engine is: Word files in, drawn pages out, one by one as they are there."""

from __future__ import annotations

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
    """The engine gave no PDF: the problem in its own words."""

    problem: str


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Room:
    """Where an engine works: a folder for its files, which others clear away in the end; whether anybody still waits;
    the seconds it may go on without a new file (None where somebody else watches and ends it with all it started)."""

    folder: Path
    alive: Callable[[], bool] = _always
    seconds: float | None = None


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


__all__ = ["Drawn", "Engine", "NotDrawn", "Room"]
