"""A Word file as a package (ECMA-376 part 2): read its parts once, write documents from them by hand.

Writing does not use `zipfile`, which costs more than everything else together: the parts that never change are
compressed once and copied, the others follow, the main part last. Names, order and dates are fixed, so equal contents
give equal bytes.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from docgen.errors import InputError
from docgen.word.file import deflate

#: More than this unpacked is no form but an attack or an accident.
MAX_UNPACKED_BYTES = 256 * 1024 * 1024

_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_OVERRIDE = "{http://schemas.openxmlformats.org/package/2006/content-types}Override"
CONTENT_TYPES_PART = "[Content_Types].xml"
#: Stories that are found by their content type.
_STORY_TYPES = tuple(
    f"application/vnd.openxmlformats-officedocument.wordprocessingml.{story}+xml"
    for story in ("footnotes", "endnotes", "comments")
)


@dataclass(frozen=True, slots=True)
class Package:
    """The parts of one Word file by name, and which of them text is written in.

    `main` is the main document, `stories` its headers, footers, notes and comments, `core` and `custom` the core and
    the custom properties or "".
    """

    parts: dict[str, bytes]
    main: str
    stories: tuple[str, ...]
    core: str
    custom: str
    glossary: str

    @property
    def fillable(self) -> tuple[str, ...]:
        """The parts whose text may hold tags, the main one last."""
        return (*self.properties, *self.stories, self.main)

    @property
    def properties(self) -> tuple[str, ...]:
        """The parts that say something of the file itself: no page shows them."""
        return tuple(part for part in (self.core, self.custom) if part)


def read_package(source: str | Path | bytes) -> Package:
    """The package in `source` (a path or the file's bytes).

    Raises `InputError` `errors.word.unreadable` where that is no Word file (no zip, damaged, no main part).
    """
    name = "" if isinstance(source, bytes) else str(source)
    try:
        content = source if isinstance(source, bytes) else Path(source).read_bytes()
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(info.file_size for info in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise InputError("errors.word.unreadable", file=name, reason="too large")
            parts = {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, struct.error) as exc:
        raise InputError("errors.word.unreadable", file=name, reason=type(exc).__name__) from exc
    try:
        return _package(parts)
    except (KeyError, etree.XMLSyntaxError) as exc:
        raise InputError("errors.word.unreadable", file=name, reason=str(exc)) from exc


def _package(parts: dict[str, bytes]) -> Package:
    root = _relations(parts, "")
    main = next((target for kind, target in root if kind == "officeDocument"), "")
    if main not in parts:
        raise KeyError(main or "officeDocument")
    related = _relations(parts, main)
    stories = [target for kind, target in related if kind in ("header", "footer") and target in parts]
    types = parse_xml(parts[CONTENT_TYPES_PART])

    def of_file(kind: str) -> str:
        return next((target for found, target in root if found == kind and target in parts), "")

    stories += [
        name
        for override in types.iter(_OVERRIDE)
        if override.get("ContentType") in _STORY_TYPES
        and (name := str(override.get("PartName", "")).lstrip("/")) in parts
    ]
    return Package(
        parts=parts,
        main=main,
        stories=tuple(dict.fromkeys(stories)),
        core=of_file("core-properties"),
        custom=of_file("custom-properties"),
        glossary=next((t for kind, t in related if kind == "glossaryDocument" and t in parts), ""),
    )


def rels_of(part: str) -> str:
    """The name of the part with the relationships of `part` (ECMA-376 part 2, 9.3.3); "" stands for the package."""
    return posixpath.join(posixpath.dirname(part), "_rels", posixpath.basename(part) + ".rels")


def _relations(parts: Mapping[str, bytes], source: str) -> list[tuple[str, str]]:
    """(last word of the type, target part) of every internal relation of `source` ("" for the package)."""
    folder = posixpath.dirname(source)
    rels = parts.get(rels_of(source))
    if rels is None:
        return []
    found = []
    for relation in parse_xml(rels).iter(_RELATION):
        if relation.get("TargetMode") != "External":
            kind = str(relation.get("Type", "")).rsplit("/", 1)[-1]
            target = posixpath.normpath(posixpath.join("/", folder, str(relation.get("Target", ""))))
            found.append((kind, target.lstrip("/")))
    return found


def parse_xml(content: bytes) -> etree._Element:
    """The tree of one part, read as python-docx reads it. No entity is resolved and nothing is fetched."""
    parser = etree.XMLParser(remove_blank_text=True, resolve_entities=False, no_network=True)
    return etree.fromstring(content, parser)


_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_VERSION, _METHOD_STORE, _METHOD_DEFLATE, _TIME, _DATE_1980 = 20, 0, 8, 0, 0x21
_FLAG_UTF8 = 0x800


def _entry(
    name: bytes, packed: bytes, crc: int, size: int, offset: int, method: int = _METHOD_DEFLATE
) -> tuple[bytes, bytes]:
    """The local header and the directory record of one entry (PKWARE APPNOTE 4.3.7, 4.3.12)."""
    flags = 0 if name.isascii() else _FLAG_UTF8
    common = (flags, method, _TIME, _DATE_1980, crc, len(packed), size, len(name), 0)
    local = _LOCAL.pack(b"PK\x03\x04", _VERSION, *common) + name
    central = _CENTRAL.pack(b"PK\x01\x02", _VERSION, _VERSION, *common, 0, 0, 0, 0, offset) + name
    return local, central


class Archive:
    """Zip files that share their fixed parts. `assemble` makes one of them."""

    def __init__(
        self,
        fixed: Mapping[str, bytes],
        changing: Sequence[str],
        compress: Callable[[bytes], bytes] = deflate.deflate,
        checksum: Callable[[bytes], int] = deflate.crc32,
    ) -> None:
        """`fixed` are the parts equal in every file; `changing` the names of the others, in the order they stand."""
        self._compress = compress
        self._checksum = checksum
        order = sorted(fixed, key=lambda name: (name != CONTENT_TYPES_PART, name != "_rels/.rels", name))
        pieces: list[bytes] = []
        directory: list[bytes] = []
        offset = 0
        for name in order:
            packed = deflate.deflate_once(fixed[name])
            local, central = _entry(name.encode(), packed, deflate.crc32(fixed[name]), len(fixed[name]), offset)
            pieces += (local, packed)
            directory.append(central)
            offset += len(local) + len(packed)
        self._head = b"".join(pieces)
        self._directory = b"".join(directory)
        self._names = [name.encode() for name in changing]
        self._count = len(order) + len(self._names)
        self._last = [(b"", self._compress(b""), self._checksum(b""))] * len(self._names)

    def assemble(self, contents: Sequence[bytes], more: Sequence[tuple[str, bytes]] = ()) -> bytes:
        """The file whose changing parts hold `contents`, in the order of their names.

        `more` are further parts of this file alone; what is no XML (pictures) is packed already and stored as it is.
        """
        pieces = [self._head]
        directory = [self._directory]
        offset = len(self._head)
        for index, (name, content) in enumerate(zip(self._names, contents, strict=True)):
            last = self._last[index]
            if last[0] != content:  # a header is mostly the same in all documents
                self._last[index] = last = (content, self._compress(content), self._checksum(content))
            packed = last[1]
            local, central = _entry(name, packed, last[2], len(content), offset)
            pieces += (local, packed)
            directory.append(central)
            offset += len(local) + len(packed)
        for part, content in more:
            method = _METHOD_DEFLATE if part.endswith((".xml", ".rels")) else _METHOD_STORE
            packed = self._compress(content) if method == _METHOD_DEFLATE else content
            local, central = _entry(part.encode(), packed, self._checksum(content), len(content), offset, method)
            pieces += (local, packed)
            directory.append(central)
            offset += len(local) + len(packed)
        records = b"".join(directory)
        count = self._count + len(more)
        end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(records), offset, 0)
        return b"".join((*pieces, records, end))
