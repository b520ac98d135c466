"""Many dossiers: the files, folders and lines they are in, and the name that each one's packet gets.

A name is the same on every run over the same data: of a file its own, with its folder's where several files are called
the same; of a line that of the body it is about. Where several still have one name (upper and lower case count alike),
the first keeps it and the others get `~2`, `~3` … in the order of the data, with a finding that says so.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from docgen.batch.file_names import name_hash
from docgen.batch.request import Piece
from docgen.batch.source import LINE_SUFFIXES, Source, open_source
from docgen.dossier import Dossier, dossier_from_data, load_dossier
from docgen.dossier.load import MAX_BYTES, SUFFIXES, dossier_from_bytes
from docgen.errors import UsageError
from docgen.model import Finding, Place, has_errors
from docgen.packet.manifest import MANIFEST, sha256
from docgen.storage import safe_name

_NAME_LIMIT = 60


@dataclass(frozen=True, slots=True)
class Item:
    """One dossier: its place in the order, the name of its packet, and where it is read from.

    `source` is an index into the lines that were opened, `line` its line there (from 1) and `start`, `end` its bytes;
    `file` alone where the dossier is a file of its own. `twice` is set where an earlier dossier has the name. `content`
    are the dossier's bytes where it travels to somebody who may not reach the file.
    """

    number: int
    name: str
    file: Path
    source: int = -1
    line: int = 0
    start: int = 0
    end: int = 0
    twice: bool = False
    content: bytes | None = field(default=None, repr=False)


@dataclass(slots=True)
class Dossiers:
    """All dossiers of a batch. What is wrong with a source as a whole is in `findings`."""

    folders: tuple[Path, ...]
    sources: list[Source] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    _files: list[tuple[str, Path]] = field(default_factory=list)

    def items(self) -> Iterator[Item]:
        """Every dossier with its name, in order. The lines are read, and not kept."""
        seen: Counter[int] = Counter()
        for item in self._places():
            hashed = name_hash(item.name)
            seen[hashed] += 1
            ordinal = seen[hashed]
            yield item if ordinal == 1 else replace(item, name=f"{item.name}~{ordinal}", twice=True)

    def _places(self) -> Iterator[Item]:
        """Every dossier with the name that it would have if it were the only one."""
        number = 0
        for name, file in self._files:
            number += 1
            yield Item(number, name, file)
        for index, source in enumerate(self.sources):
            for line, start, content in _lines(source):
                number += 1
                name = _line_name(content) or f"ho-so-{line:05d}"
                yield Item(number, name, Path(source.file), index, line, start, start + len(content))

    def carrying(self, item: Item) -> Item:
        """`item` with the dossier's bytes; as it is where they cannot be read, which `load` then says."""
        try:
            if item.source >= 0:
                line = self.sources[item.source].read(Piece(0, item.start, item.end))[0]
                return replace(item, content=bytes(line))
            if item.file.is_file() and item.file.stat().st_size <= MAX_BYTES:
                return replace(item, content=item.file.read_bytes())
        except OSError:
            pass
        return item

    def load(self, item: Item) -> tuple[Dossier | None, list[Finding]]:
        """The dossier of `item`, and what was found on reading it."""
        if item.source < 0 and item.content is None:
            return load_dossier(item.file, self.folders)
        if item.source < 0 and item.content is not None:
            return dossier_from_bytes(item.content, str(item.file), self.folders, item.file.parent)
        source = self.sources[item.source]
        line = item.content if item.content is not None else source.read(Piece(0, item.start, item.end))[0]
        findings: list[Finding] = []
        data = source.parse(item.line, line, findings)
        if data is None and has_errors(findings):
            return None, findings
        return dossier_from_data(
            data, file=source.file, sha256=sha256(line), places=source.places(item.line), findings=findings,
            folders=self.folders, base=item.file.parent,
        )  # fmt: skip


def find_dossiers(paths: Sequence[Path], folders: Sequence[Path], work: Path) -> Dossiers:
    """The dossiers in `paths`: files (.json, .xlsx), folders of them, and files of one dossier a line (.jsonl).

    A folder is searched to its ends; hidden files and folders, and packets, are left out. `work` is a folder for lines
    that must first be written. Raises `UsageError` where there is none, `InputError` for a file that cannot be read.
    """
    found = Dossiers(tuple(folders))
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += _below(path)
        elif path.suffix.lower() in LINE_SUFFIXES or _is_list(path):
            room = work / f"lines-{len(found.sources)}"
            room.mkdir(parents=True, exist_ok=True)
            source, problems = open_source(path, room, _no_lines)
            found.findings += problems
            if source is not None:
                found.sources.append(source)
        else:
            files.append(path)
    found._files = list(_named(dict.fromkeys(files)))
    if not files and not found.sources and not found.findings:
        raise UsageError("batch.usage.no_dossiers", places=", ".join(str(path) for path in paths))
    return found


def _no_lines(path: Path, work: Path) -> tuple[None, list[Finding]]:
    """What there is to say of an Excel file that is called a file of lines."""
    return None, [Finding("dossier.file.kind", "error", Place(str(path)), {"kind": ".xlsx"})]


def _below(folder: Path) -> list[Path]:
    """The dossier files in a folder and all folders below it, in the order of their names; packets are left out."""
    out: list[Path] = []
    for at, names, files in os.walk(folder):
        if MANIFEST in files:
            names.clear()
            continue
        names[:] = sorted(name for name in names if not name.startswith("."))
        out += [
            Path(at, name)
            for name in sorted(files)
            if Path(name).suffix.lower() in SUFFIXES and not name.startswith((".", "~$"))
        ]
    return out


def _named(files: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    """Each file with a name: its own; where several files are called the same, its folder's before it."""
    given = list(files)
    own = [safe_name(path.stem, _NAME_LIMIT) for path in given]
    counts = Counter(own)
    for name, path in zip(own, given, strict=True):
        yield name if counts[name] == 1 else safe_name(f"{path.absolute().parent.name}-{path.stem}", _NAME_LIMIT), path


def _is_list(path: Path) -> bool:
    """True for a JSON file that holds a list: one dossier an item."""
    if path.suffix.lower() != ".json":
        return False
    try:
        with path.open("rb") as data:
            return data.read(256).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")
    except OSError:
        return False


def _lines(source: Source) -> Iterator[tuple[int, int, bytes]]:
    """The lines of a source that are not blank: number, first byte, content without the end of the line."""
    with source.lines.open("rb") as data:
        data.seek(source.start)
        at = source.start
        for number, line in enumerate(data, start=1):
            content = line.rstrip(b"\r\n")
            if content.strip():
                yield number, at, content
            at += len(line)


def _line_name(line: bytes) -> str:
    """The name of the body that the dossier in `line` is about; empty where it does not tell."""
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return ""
    organization = data.get("organization") if isinstance(data, dict) else None
    name = organization.get("name") if isinstance(organization, dict) else None
    return safe_name(name, _NAME_LIMIT) if isinstance(name, str) and name.strip() else ""


def place_of(item: Item) -> Place:
    """Where `item` stands, for a finding about the dossier as a whole."""
    return Place(str(item.file), line=item.line)
