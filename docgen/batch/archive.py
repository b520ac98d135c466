"""One zip of many files, written as a stream.

Word and PDF files are compressed already, so all files are stored as they are. The directory of the zip grows on the
disk and not in memory; names, order and dates are fixed, so equal files give equal archives. Zip64 throughout (PKWARE
APPNOTE 4.3.14 to 4.3.16, 4.5.3), since a province's archive is beyond 65,535 files.
"""

from __future__ import annotations

import os
import shutil
import struct
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import IO

from docgen.storage import environment_fault
from docgen.word.file.deflate import crc32

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_END = struct.Struct("<4s4H2LH")
_VERSION, _STORED, _DATE_1980, _UTF8 = 45, 0, 0x21, 0x800
_BIG, _MANY = 0xFFFFFFFF, 0xFFFF
_FILE_MODE = 0o100644 << 16


class StreamedZip:
    """A zip that is written from front to back."""

    def __init__(self, out: IO[bytes], directory: IO[bytes]) -> None:
        """`directory` is a temporary file for what comes at the end."""
        self._out = out
        self._directory = directory
        self._offset = 0
        self._count = 0

    def add(self, name: str, content: bytes) -> None:
        """Add one file."""
        encoded = name.encode()
        size = len(content)
        common = (_UTF8, _STORED, 0, _DATE_1980, crc32(content), size, size, len(encoded))
        self._out.write(_LOCAL.pack(b"PK\x03\x04", _VERSION, *common, 0) + encoded)
        self._out.write(content)
        far = self._offset >= _BIG
        extra = struct.pack("<2HQ", 1, 8, self._offset) if far else b""
        place = _BIG if far else self._offset
        self._directory.write(
            _CENTRAL.pack(b"PK\x01\x02", _VERSION | 3 << 8, _VERSION, *common, len(extra), 0, 0, 0, _FILE_MODE, place)
            + encoded
            + extra
        )
        self._offset += _LOCAL.size + len(encoded) + size
        self._count += 1

    def finish(self) -> None:
        """Write the directory and the end."""
        size = self._directory.tell()
        self._directory.seek(0)
        shutil.copyfileobj(self._directory, self._out)
        at, count = self._offset, self._count
        self._out.write(_END64.pack(b"PK\x06\x06", 44, _VERSION, _VERSION, 0, 0, count, count, size, at))
        self._out.write(_LOCATOR.pack(b"PK\x06\x07", 0, at + size, 1))
        many = min(count, _MANY)
        self._out.write(_END.pack(b"PK\x05\x06", 0, 0, many, many, min(size, _BIG), min(at, _BIG), 0))


#: The files of one record: the name in the archive, the file.
Group = Sequence[tuple[str, Path]]


def pack(groups: Iterator[Group], target: Path, shard: int = 0) -> list[Path]:
    """Pack the files of all records into `target`, or into `target-001.zip` … of `shard` records each.

    Returns the archives. Each appears whole or not at all. Raises `EnvironmentFault`.
    """
    if not shard:
        _write(groups, target)
        return [target]
    out: list[Path] = []
    while batch := list(islice(groups, shard)):
        out.append(target.with_name(f"{target.stem}-{len(out) + 1:03d}{target.suffix}"))
        _write(batch, out[-1])
    return out


def _write(groups: Iterable[Group], target: Path) -> None:
    part = target.with_name(f".docgen-{target.name}.part")
    try:
        with part.open("wb") as out, tempfile.TemporaryFile(dir=target.parent) as directory:
            made = StreamedZip(out, directory)
            for name, path in chain.from_iterable(groups):
                made.add(name, path.read_bytes())
            made.finish()
        os.replace(part, target)
    except OSError as fault:
        part.unlink(missing_ok=True)
        raise environment_fault(fault, target) from None
