"""What is done, so that a batch that was stopped goes on where it stood.

A folder `.docgen-journal` in the output folder, with one file a form. A line a record: its number, the hash of its data
and of all that the document depends on, the size of the file, whether there were findings, the name. While a batch
runs each process adds lines to a file of its own; at the end they become one, in the order of the data, equal for
equal results. A line that was torn off is passed over, and so is one whose file is not there or not of that size.

A new file's line is written before the file appears, so no file of ours is ever taken for somebody else's; the line
of a file that is replaced is written afterwards, so no old file is ever taken for the new one.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import IO, Any

from docgen.batch.file_names import name_hash
from docgen.storage import environment_fault, hold, let_go

CLEAN, NOTED = b"-", b"+"
#: The key of what was made of a record that is gone.
NO_KEY = b"0" * 32
_RUN = ".run"
_FOUND = ".found"
_SIGN = ".sign"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: record number, key of data and template, size of the file, `NOTED` where findings came with it."""

    number: int
    key: bytes
    size: int
    mark: bytes
    name: str

    def line(self) -> bytes:
        """The line as it is written."""
        return b"%d %b %d %b %b\n" % (self.number, self.key, self.size, self.mark, self.name.encode())


def read_entries(path: Path) -> Iterator[Entry]:
    """The entries of a file; what is no whole line is passed over."""
    with path.open("rb") as lines:
        for line in lines:
            fields = line.split(b" ")
            if len(fields) != 5 or not line.endswith(b"\n") or len(fields[1]) != 32:
                continue
            try:
                yield Entry(int(fields[0]), fields[1], int(fields[2]), fields[3], fields[4][:-1].decode())
            except ValueError:
                continue


def _hashed(key: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(key, digest_size=8).digest(), "little")


class Known:
    """What earlier runs made: by name, the last line of each. Twenty-five bytes a file."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        names, keys, sizes, noted = array("Q"), array("Q"), array("q"), bytearray()
        for entry in entries:
            names.append(name_hash(entry.name))
            keys.append(_hashed(entry.key))
            sizes.append(entry.size)
            noted.append(entry.mark == NOTED)
        order = array("L", sorted(range(len(names)), key=names.__getitem__))
        # equal names stand in the order they were written in: the last one counts
        last = (
            (at, after) for at, after in zip_longest(order, order[1:]) if after is None or names[at] != names[after]
        )
        order = array("L", (at for at, _ in last))
        self._names = array("Q", (names[at] for at in order))
        self._keys = array("Q", (keys[at] for at in order))
        self._sizes = array("q", (sizes[at] for at in order))
        self._noted = bytes(noted[at] for at in order)

    def __len__(self) -> int:
        return len(self._names)

    def _at(self, name: str) -> int:
        wanted = name_hash(name)
        at = bisect_left(self._names, wanted)
        return at if at < len(self._names) and self._names[at] == wanted else -1

    def __contains__(self, name: str) -> bool:
        return self._at(name) >= 0

    def size(self, name: str) -> int:
        """The size of what was made under `name`; -1 where nothing was."""
        at = self._at(name)
        return self._sizes[at] if at >= 0 else -1

    def has_key(self, name: str, key: bytes) -> bool:
        """True where what was made under `name` was made of what `key` stands for."""
        at = self._at(name)
        return at >= 0 and self._keys[at] == _hashed(key)

    def noted(self, name: str, key: bytes, size: int) -> bool | None:
        """Whether there were findings with the file; None where what is there is not what `key` and `size` say."""
        at = self._at(name)
        made = at >= 0 and self._sizes[at] == size and self._keys[at] == _hashed(key)
        return bool(self._noted[at]) if made else None


class Journal:
    """The journal of one form in one folder, held by one command at a time."""

    def __init__(self, folder: Path, form: str) -> None:
        self.folder = folder
        self.form = form
        self._lock: IO[Any] | None = None
        self._run = 0

    def __getstate__(self) -> dict[str, Any]:
        """For another process: all but the lock, which is this one's."""
        return {**self.__dict__, "_lock": None}

    def open(self) -> Known:
        """Take the journal for this command, and give what earlier runs made.

        Raises `EnvironmentFault` where another command is at work or the disk refuses.
        """
        try:
            self._lock = hold(self.folder / "lock", self.folder.parent)
        except OSError as fault:
            raise environment_fault(fault, self.folder) from None
        runs = self.runs()
        self._run = 1 + max((int(path.suffixes[-3][1:]) for path in runs), default=0)
        for path in self.folder.glob(f"{self.form}.*{_FOUND}"):
            path.unlink()
        return Known(self.entries())

    def runs(self) -> list[Path]:
        """What processes of runs that did not end well have written, oldest first."""
        found = [p for p in self.folder.glob(f"{self.form}.*{_RUN}") if p.suffixes[-3][1:].isdigit()]
        return sorted(found, key=lambda p: (int(p.suffixes[-3][1:]), p.name))

    def path(self) -> Path:
        """The journal as it is between runs."""
        return self.folder / self.form

    def entries(self) -> Iterator[Entry]:
        """All that earlier runs wrote, the last word last."""
        for path in (self.path(), *self.runs()):
            if path.is_file():
                yield from read_entries(path)

    def part(self, worker: str) -> Path:
        """Where `worker`, one place of this run, writes its lines."""
        return self.folder / f"{self.form}.{self._run}.{worker}{_RUN}"

    def found(self, worker: str) -> Path:
        """Where `worker`, one place of this run, writes its findings."""
        return self.folder / f"{self.form}.{self._run}.{worker}{_FOUND}"

    def sign(self) -> Path:
        """A file with a name of this run's own: whoever sees it sees this very folder. It goes when the run ends."""
        path = self.folder / f"{secrets.token_hex(8)}{_SIGN}"
        path.touch()
        return path

    def finish(
        self, ranges: Sequence[tuple[str, tuple[int, int]]], exists: Callable[[str], bool], earlier: bool = True
    ) -> list[str]:
        """Make one journal of the processes' lines, in the order of the data; returns the names that are stale.

        `earlier` says whether there were earlier runs at all; `ranges` are (owner, (start, end)) of each piece in
        order. A stale file stays in the journal as long as it `exists`: it is ours, and will be reported again.
        """
        target = self.folder / f"{self.form}.new"
        try:
            with target.open("wb") as out:
                copy_ranges([(self.part(worker), range_) for worker, range_ in ranges], out)
            last: dict[str, Entry] = {}
            if earlier:
                current = Known(read_entries(target))
                last = {e.name: e for e in self.entries() if e.name not in current}
            stale = sorted(name for name in last if exists(name))
            with target.open("ab") as out:
                for name in stale:
                    entry = last[name]
                    out.write(Entry(0, entry.key, entry.size, entry.mark, name).line())
            os.replace(target, self.path())
            for path in self.runs():
                path.unlink()
        except OSError as fault:
            raise environment_fault(fault, self.path()) from None
        return stale

    def close(self) -> None:
        """Take away what was for this run only, and let others in."""
        if self._lock is not None:
            for path in self.folder.glob(f"{self.form}.*{_FOUND}"):
                path.unlink(missing_ok=True)
            (self.folder / "records.jsonl").unlink(missing_ok=True)
            for path in self.folder.glob(f"*{_SIGN}"):
                path.unlink(missing_ok=True)
            for path in self.folder.glob("lines-*"):
                shutil.rmtree(path, ignore_errors=True)
            let_go(self._lock, self.folder / "lock", remove=False)
            self._lock = None


def copy_ranges(ranges: Iterable[tuple[Path, tuple[int, int]]], out: IO[bytes]) -> None:
    """Copy byte ranges of files to `out`, one after the other."""
    opened: dict[Path, IO[bytes]] = {}
    try:
        for path, (start, end) in ranges:
            if start == end:
                continue
            if path not in opened:
                opened[path] = path.open("rb")
            opened[path].seek(start)
            out.write(opened[path].read(end - start))
    finally:
        for file in opened.values():
            file.close()
