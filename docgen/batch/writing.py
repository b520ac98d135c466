"""Writing thousands of files, each whole or not at all.

As `docgen.storage.write_whole`, but with one open file at a time under one name of the process's own, so that writing
costs little more than creating the file. Nothing is forced to the disk file by file: the journal knows every file's
size, and a file that a power cut has shortened is made again.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from docgen.batch.request import PART
from docgen.storage import environment_fault

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
_BEGIN, _END = PART.split("{}")


class Writer:
    """Writes files into one folder, for one process."""

    def __init__(self, folder: Path, owner: str) -> None:
        """`owner` tells the processes apart."""
        self._folder = folder
        self.part = str(folder / PART.format(owner))

    def prepare(self, content: bytes) -> None:
        """Put `content` on the disk, under no name that counts. Raises `EnvironmentFault`."""
        try:
            handle = os.open(self.part, _FLAGS, 0o666)
            try:
                rest = memoryview(content)
                while rest:
                    rest = rest[os.write(handle, rest) :]
            finally:
                os.close(handle)
        except OSError as fault:
            self.discard()
            raise environment_fault(fault, self._folder) from None

    def place(self, path: str) -> None:
        """Let what was prepared appear as `path`. Raises `EnvironmentFault`."""
        try:
            os.replace(self.part, path)
        except OSError as fault:
            self.discard()
            raise environment_fault(fault, path) from None

    def discard(self) -> None:
        """Take back what was prepared."""
        with contextlib.suppress(OSError):
            os.unlink(self.part)


def leftovers(folder: Path) -> Iterator[str]:
    """What runs that were killed left in `folder`."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(_BEGIN) and entry.name.endswith(_END) and entry.is_file():
                yield entry.path
