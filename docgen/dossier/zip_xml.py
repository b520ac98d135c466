"""The parts of a workbook (a zip of XML), read in pieces: nothing is unfolded whole, no entity is known.

The directory of the zip is judged before anything is unfolded, and each part again while it is, so that a directory
that lies gains nothing. A document type is refused, so there is no entity to expand and none to fetch.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable
from types import TracebackType
from xml.parsers import expat

from docgen.dossier import workbook_limits as limits
from docgen.dossier.workbook_limits import WorkbookError

#: Gets the local name of an element and its attributes by their local names.
Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Data = Callable[[str], None]
_CHUNK = 1 << 16
_ZIP_FAULTS = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError,
               struct.error, LookupError, OverflowError)  # fmt: skip


class Parts:
    """The parts of a zip. Raises `WorkbookError` from everywhere, and nothing else. Closes what it opened."""

    def __init__(self, raw: bytes) -> None:
        """`raw` are the bytes of the file."""
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(raw))
            listed = self._archive.infolist()
        except _ZIP_FAULTS:
            raise WorkbookError("dossier.excel.damaged") from None
        if len(listed) > limits.MAX_PARTS:
            raise _too_large("parts", len(listed), limits.MAX_PARTS)
        self._infos = {info.filename.lower(): info for info in listed if not info.is_dir()}
        if len(self._infos) < sum(not info.is_dir() for info in listed):
            raise WorkbookError("dossier.excel.damaged")  # two parts of one name: which of them is meant?
        total = sum(info.file_size for info in listed)
        if total > limits.MAX_TOTAL_BYTES:
            raise _too_large("megabytes", total >> 20, limits.MAX_TOTAL_BYTES >> 20)
        for info in listed:
            packed = limits.MAX_RATIO * max(info.compress_size, 1)
            if info.file_size > limits.RATIO_FROM_BYTES and info.file_size > packed:
                raise _too_large("ratio", info.file_size // max(info.compress_size, 1), limits.MAX_RATIO)

    def __enter__(self) -> Parts:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._archive.close()

    def __contains__(self, name: str) -> bool:
        """Whether there is a part of that name; upper and lower case count alike (OPC 6.2.2.3)."""
        return name.lower() in self._infos

    def names(self) -> list[str]:
        """The names of all parts, in small letters."""
        return list(self._infos)

    def head(self, name: str, size: int) -> bytes:
        """The first `size` bytes of a part."""
        try:
            with self._archive.open(self._infos[name.lower()]) as source:
                return source.read(size)
        except _ZIP_FAULTS:
            raise WorkbookError("dossier.excel.damaged") from None

    def walk(self, name: str, start: Start, end: End, data: Data, limit: int = limits.MAX_SMALL_BYTES) -> None:
        """Read the XML of a part, at most `limit` bytes of it, through the three callbacks."""
        parser = _parser(start, end, data)
        read = 0
        try:
            with self._archive.open(self._infos[name.lower()]) as source:
                while piece := source.read(_CHUNK):
                    read += len(piece)
                    if read > limit:
                        raise _too_large("megabytes", read >> 20, limit >> 20)
                    parser.Parse(piece, False)
                    if read - parser.CurrentByteIndex > limits.MAX_TAG_BYTES:
                        raise WorkbookError("dossier.excel.damaged")
            parser.Parse(b"", True)
        except (*_ZIP_FAULTS, expat.ExpatError):
            raise WorkbookError("dossier.excel.damaged") from None
        finally:
            # The parser and its callbacks hold one another.
            parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None

    def relations(self, source: str) -> list[tuple[str, str, str]]:
        """Id, kind (the last word of the type) and target of every relationship of `source` within the file."""
        folder, name = posixpath.split(source)
        part = posixpath.join(folder, "_rels", f"{name}.rels")
        found: list[tuple[str, str, str]] = []

        def start(tag: str, given: dict[str, str]) -> None:
            if tag == "Relationship" and given.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, given.get("Target", "")))
                found.append((given.get("Id", ""), given.get("Type", "").rsplit("/", 1)[-1], target.lstrip("/")))

        if part in self:
            self.walk(part, start, _nothing, _nothing)
        return found


def _parser(start: Start, end: End, data: Data) -> expat.XMLParserType:
    depth = 0

    def begin(name: str, given: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > limits.MAX_DEPTH:
            raise WorkbookError("dossier.excel.damaged")
        start(_local(name), {_local(k): v for k, v in given.items()} if given else given)

    def finish(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(_local(name))

    def refuse(*_: object) -> None:
        raise WorkbookError("dossier.excel.doctype")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = begin
    parser.EndElementHandler = finish
    parser.CharacterDataHandler = data
    parser.StartDoctypeDeclHandler = refuse
    return parser


def _local(name: str) -> str:
    return name.rpartition(":")[2] if ":" in name else name


def _nothing(*_: object) -> None:
    pass


def _too_large(what: str, count: int, limit: int) -> WorkbookError:
    return WorkbookError(f"dossier.excel.too_many.{what}", count=count, limit=limit)
