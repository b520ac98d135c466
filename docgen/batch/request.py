"""What a batch is asked for, how far it is, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: The folder, inside the output folder, that remembers what is done.
JOURNAL = ".docgen-journal"
#: The bytes of the record of one form; the longest met, a summary of 20,000 members, has some 10 million.
MAX_RECORD = 32_000_000
#: What every file that is still being written is called; nothing else may bear such a name.
PART = ".docgen-{}.part"


@dataclass(frozen=True, slots=True)
class Batch:
    """One form, one data file, one place for the results.

    `output` is a folder, or one .docx for a single record. With `archive` the files end up in that zip instead, with
    `shard` in several zips of so many files each (named after the archive, or after the form, in the folder).
    `jobs` is the number of processes, 0 for as many as are worth it. `findings` is the file for everything that was
    found; left out, it lies beside the results.
    """

    regulation: str
    form: str
    source: Path
    output: Path
    folders: tuple[Path, ...] = ()
    templates: tuple[Path, ...] = ()
    overwrite: bool = False
    draft: bool = False
    jobs: int = 0
    archive: Path | None = None
    shard: int = 0
    findings: Path | None = None
    language: str = "vi"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is: records done, of how many, and the seconds since the first of them."""

    done: int
    total: int
    seconds: float


@dataclass(slots=True)
class Summary:
    """What came of a batch.

    `made` were written now, `kept` were there from an earlier run of the same data, `skipped` had an error. `stale`
    names files of earlier runs whose record is gone or has become faulty; they are left alone. `results` are the
    archives, or the folder, or the one file; `findings` the file of findings, where there are any.
    """

    results: list[Path] = field(default_factory=list)
    made: int = 0
    kept: int = 0
    skipped: int = 0
    stale: list[str] = field(default_factory=list)
    noted: int = 0
    findings: Path | None = None
    #: The first findings, as the file of findings has them, for people to see at once.
    first: list[dict[str, Any]] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All records that were looked at."""
        return self.made + self.kept + self.skipped


@dataclass(slots=True)
class Piece:
    """A range of lines of the source: what a process works on at a time.

    `before` is the number of lines in front of it. `ordinals` counts the names that more than one record has: which
    of them the next one in this piece is.
    """

    number: int
    start: int
    end: int
    before: int = 0
    ordinals: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Done:
    """What a process reports about a piece: counts, and where its lines stand in the process's own two files."""

    piece: int
    owner: str
    made: int = 0
    kept: int = 0
    skipped: int = 0
    noted: int = 0
    journal: tuple[int, int] = (0, 0)
    findings: tuple[int, int] = (0, 0)
