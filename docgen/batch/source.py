"""Any data file as lines, one record a line, cut into pieces that processes read on their own.

JSON lines are read where they are. One JSON object, a JSON list and a roster in Excel are first written out as lines
(a list piece by piece, so that its size does not matter); the number of a line still tells where a record came from.
"""

from __future__ import annotations

import codecs
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from docgen.batch.request import MAX_RECORD, Piece
from docgen.dossier.json_reader import decode, parse
from docgen.dossier.loaded import Places, PlainPlaces
from docgen.errors import InputError
from docgen.model import Finding, Place
from docgen.paths import Json
from docgen.storage import environment_fault

LINES, OBJECT, LIST, ROSTER = "lines", "object", "list", "roster"
LINE_SUFFIXES = (".jsonl", ".ndjson")
ROSTER_SUFFIXES = (".xlsx", ".xlsm", ".ods")
_BLOCK = 1 << 20
_SMALLEST_PIECE, _LARGEST_PIECE = 1 << 16, 1 << 19
_SPACE = " \t\r\n"


#: Makes records of the rows of a roster: takes the file and a folder for their lines.
Columns = Callable[[Path, Path], "tuple[Source | None, list[Finding]]"]


@dataclass(frozen=True, slots=True)
class Source:
    """The lines of a data file.

    `lines` is the file to read from byte `start` on, `file` the one that the user knows; `sheet` and `columns` (by
    JSON pointer) say where a value of a roster stood.
    """

    file: str
    lines: Path
    kind: str = LINES
    start: int = 0
    sheet: str = ""
    columns: dict[str, str] = field(default_factory=dict)

    def read(self, piece: Piece) -> list[bytes]:
        """The lines of a piece, without their ends."""
        with self.lines.open("rb") as data:
            data.seek(piece.start)
            content = data.read(piece.end - piece.start)
        return content.removesuffix(b"\n").split(b"\n")

    def places(self, number: int) -> Places:
        """Gives the places of the values of record `number`."""
        if self.kind == LINES:
            return PlainPlaces(self.file, number)
        if self.kind == OBJECT:
            return PlainPlaces(self.file)
        return _Items(self, number)

    def too_large(self, number: int, line: bytes) -> Finding:
        """What is to be said of line `number` where it is longer than `MAX_RECORD`."""
        place = replace(self.places(number).find(""), pointer="")
        params = {"size": -(-len(line) // 1_000_000), "limit": MAX_RECORD // 1_000_000}
        return Finding("dossier.file.record_large", "error", place, params)

    def parse(self, number: int, line: bytes, findings: list[Finding]) -> Json:
        """The data of line `number`, with what is wrong with it added to `findings`; None where it is no JSON."""
        try:
            text = line.decode()
        except UnicodeDecodeError as fault:
            place = replace(self.places(number).find(""), pointer="")
            params = {"line": number, "byte": f"0x{line[fault.start]:02X}"}
            findings.append(Finding("dossier.file.encoding", "error", place, params))
            return None
        found: list[Finding] = []
        data: Json = parse(text, self.file, found)
        places = self.places(number)
        for finding in found:
            place = places.find(finding.place.pointer)
            if not finding.place.pointer:
                place = replace(place, pointer="")
            params = {**finding.params, "line": number} if "line" in finding.params else finding.params
            findings.append(replace(finding, place=place, params=params))
        return data


class _Items:
    """The places in one item of a JSON list, or in one row of a roster."""

    def __init__(self, source: Source, number: int) -> None:
        self.source = source
        self.number = number

    def find(self, pointer: str) -> Place:
        """The place of `pointer`."""
        source = self.source
        if source.kind == LIST:
            whole = f"/{self.number - 1}{pointer}"
            return Place(source.file, whole, whole)
        row = self.number + 2  # below the two lines of headings
        above = pointer
        while above and above not in source.columns:
            above = above.rpartition("/")[0]
        column = source.columns.get(above, "")
        return Place(source.file, pointer, f"{source.sheet}!{column}{row}")


def open_source(path: Path, work: Path, columns: Columns | None = None) -> tuple[Source | None, list[Finding]]:
    """The lines of `path`; None and findings where it is no data at all.

    `work` is a folder for lines that must first be written; `columns` makes records of the rows of a roster.
    Raises `InputError` for a file that cannot be read, `EnvironmentFault` for a disk that refuses.
    """
    try:
        with path.open("rb") as data:
            head = data.read(4096)
        if head.startswith(b"PK") or path.suffix.lower() in ROSTER_SUFFIXES:
            assert columns is not None
            return columns(path, work)
        encoding = json.detect_encoding(head)
        kind = _kind(path, encoding)
        if kind == LINES:
            if not encoding.startswith("utf-8"):
                raise InputError("errors.input.not_utf8", file=str(path))
            return Source(str(path), path, LINES, 3 if head.startswith(codecs.BOM_UTF8) else 0), []
    except OSError as fault:
        raise InputError("errors.input.cannot_read", file=str(path), problem=fault.strerror) from None
    target = work / "records.jsonl"
    try:
        with path.open(encoding=encoding, newline="") as text, target.open("wb") as out:
            for item in _items(text, kind):
                out.write(item.replace("\r", " ").replace("\n", " ").encode("utf-8", "surrogatepass") + b"\n")
    except (ValueError, RecursionError):  # not JSON, or not in the encoding it claims: read again, for clear words
        target.unlink(missing_ok=True)
        return None, _faults(path)
    except OSError as fault:
        raise environment_fault(fault, target) from None
    return Source(str(path), target, kind), []


def _kind(path: Path, encoding: str) -> str:
    """Lines, one object, or a list: by the name, else by how the file begins."""
    if path.suffix.lower() in LINE_SUFFIXES:
        return LINES
    try:
        with path.open(encoding=encoding, newline="") as text:
            start = text.read(_BLOCK).lstrip("\ufeff" + _SPACE)
    except ValueError:
        return OBJECT  # reading it all will say what is wrong
    if start.startswith("["):
        return LIST
    first, _, rest = start.partition("\n")
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return OBJECT
    return LINES if rest.strip() else OBJECT


def _items(text: IO[str], kind: str) -> Iterator[str]:
    """The text of each item of a JSON list (or of the one object), read block by block.

    Raises `ValueError` where it is not JSON.
    """
    decoder = json.JSONDecoder()
    rest = text.read(_BLOCK).lstrip("\ufeff" + _SPACE)
    at = 0
    if kind == LIST:
        at = 1
    ended = kind == OBJECT
    first = True
    while True:
        at, rest = _past_space(text, rest, at)
        if kind == LIST and rest[at : at + 1] == "]" and first:
            ended = True
            break
        found, rest, at = _one(decoder, text, rest, at)
        yield found
        first = False
        at, rest = _past_space(text, rest, at)
        mark = rest[at : at + 1]
        if kind == OBJECT:
            at -= 1
            break
        at += 1
        if mark == "]":
            ended, at = True, at - 1
            break
        if mark != ",":
            raise ValueError(mark)
    at, rest = _past_space(text, rest, at + 1)
    if not ended or rest[at:]:
        raise ValueError(rest[at : at + 1])


def _past_space(text: IO[str], rest: str, at: int) -> tuple[int, str]:
    """Go on to the next sign that is no space, reading on where needed."""
    while True:
        while at < len(rest) and rest[at] in _SPACE:
            at += 1
        if at < len(rest):
            return at, rest
        rest, at = text.read(_BLOCK), 0
        if not rest:
            return 0, ""


def _one(decoder: json.JSONDecoder, text: IO[str], rest: str, at: int) -> tuple[str, str, int]:
    """The text of the value that begins at `at`, and where the next sign stands."""
    while True:
        try:
            _, end = decoder.raw_decode(rest, at)
            if end < len(rest):
                return rest[at:end], rest, end
        except ValueError:
            end = -1
        more = text.read(max(_BLOCK, len(rest)))
        if not more:
            if end < 0:
                raise ValueError(rest[at : at + 1])
            return rest[at:end], rest, end
        rest, at = rest[at:] + more, 0


def _faults(path: Path) -> list[Finding]:
    """What is wrong with a file that is not JSON."""
    findings: list[Finding] = []
    text = decode(path.read_bytes(), Place(str(path)), findings)
    if text is not None:
        parse(text, str(path), findings)
    if not any(finding.severity == "error" for finding in findings):
        findings.append(Finding("dossier.json.syntax", "error", Place(str(path)), {"line": 1, "column": 1}))
    return findings


def cut(source: Source, workers: int) -> list[Piece]:
    """The pieces of a source: small enough to share out evenly, large enough to be worth the handing over."""
    size = os.stat(source.lines).st_size
    step = min(max((size - source.start) // (workers * 16), _SMALLEST_PIECE), _LARGEST_PIECE)
    pieces: list[Piece] = []
    with source.lines.open("rb") as data:
        start = source.start
        while start < size:
            data.seek(min(start + step, size) - 1)
            data.readline()
            end = data.tell()
            pieces.append(Piece(len(pieces), start, end))
            start = end
    return pieces
