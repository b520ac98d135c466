"""What one process does with one piece: read, validate, fill, check, write, note.

How a document is known to be good, from cheap to dear:

- The template's plan was proven well-formed when it was compiled, and every value is escaped and its characters looked
  at as it is put in (`docgen.word`): that holds for every document.
- Every document: the zip's directory lies where its end says.
- Once a process: sample records that between them use every value and every code of the form are filled and read back
  in full, so each value is known to reach the page.
- The first records of the data, and from then on one in a thousand (chosen by its content), are read back in full.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import struct
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, NoReturn

from docgen.batch.file_names import name_hash, numbered_name, record_name
from docgen.batch.journal import CLEAN, NO_KEY, NOTED, Entry, Journal, Known
from docgen.batch.request import MAX_RECORD, Batch, Done, Piece
from docgen.batch.source import Source
from docgen.batch.writing import Writer
from docgen.dossier.picture_files import PictureFolder
from docgen.errors import DocgenError, EnvironmentFault, InputError, InternalError
from docgen.forms.bindings import Slot, slots
from docgen.forms.build import template_bytes
from docgen.forms.definition import load_form
from docgen.forms.example import sample_record
from docgen.forms.fill import Filler
from docgen.model import Finding, has_errors
from docgen.paths import Json, JsonDict, get, get_list, put_into
from docgen.regulations.loader import load_regulation
from docgen.storage import environment_fault
from docgen.validation import validate_form_data
from docgen.validation.form_data import canonical_form_data
from docgen.validation.plain_record import is_plain_record, plain_id
from docgen.validation.report import to_json
from docgen.values.picture import is_path
from docgen.version import VERSION

#: So many records at the start of the data are checked in full, then one in so many.
_FIRST, _ONE_IN = 5, 1000
#: Templates that are not a plan are not proven: these are checked more often.
_ONE_IN_UNPROVEN = 20
_ZIP_END = struct.Struct("<4s4H2LH")


class _NotPlainError(ValueError):
    """JSON with something in it that deserves a finding."""


def _pairs(items: list[tuple[str, Json]]) -> JsonDict:
    out = dict(items)
    if len(out) != len(items):
        raise _NotPlainError
    return out


def _constant(_: str) -> NoReturn:
    raise _NotPlainError


_DECODE = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_constant).decode


class ReadyForm:
    """One form, loaded and ready to be filled: the same for all processes."""

    def __init__(self, batch: Batch) -> None:
        self.regulation = load_regulation(batch.regulation, batch.folders)
        self.definition = load_form(self.regulation, batch.form)
        self.filler = Filler(self.definition, batch.templates)
        found = slots(self.definition)
        self.pictures = [slot.path for slot in found if slot.kind.is_media]
        content, _ = template_bytes(self.definition, batch.templates)
        depends = (VERSION, batch.regulation, batch.form, self.definition.definition_hash, str(batch.draft))
        #: Stands for all that a document depends on besides its record.
        self.key = hashlib.blake2b("\n".join(depends).encode() + content, digest_size=32).digest()

    def roster(self, path: Path, work: Path) -> tuple[Source | None, list[Finding]]:
        """The rows of an Excel file as lines of records of this form."""
        from docgen.batch.roster import roster_lines

        return roster_lines(path, work, self.definition)

    def prove(self) -> None:
        """Fill and read back records that use every value, and every code of every value, of the form.

        Raises `InternalError` where something of them is lost.
        """
        found = slots(self.definition)
        for turn in range(max((len(slot.options) for slot in found), default=1) or 1):
            self.filler.fill(_turned(sample_record(self.definition), found, turn))


def _turned(record: JsonDict, found: Sequence[Slot], turn: int) -> JsonDict:
    """`record` with another code of each closed list."""
    for slot in found:
        if not slot.options:
            continue
        for holder in get_list(record, slot.list) if slot.list else (record,):
            if get(holder, slot.path) is not None:
                put_into(holder, slot.path, slot.kind.of_code(slot.options[turn % len(slot.options)][0]))
    return record


class Maker:
    """Makes the files of one piece after the other, in one process."""

    def __init__(
        self, batch: Batch, form: ReadyForm, source: Source, folder: Path, journal: Journal, known: Known, worker: int
    ) -> None:
        """`folder` is where the files go; `worker` tells this place from the others."""
        self.batch = batch
        self.form = form
        self.source = source
        self.folder = folder
        self.known = known
        # An executor may have several places in one process, or several with one number.
        self.owner = f"{worker}-{secrets.token_hex(4)}"
        self.single = folder / batch.output.name if batch.output.suffix.lower() == ".docx" else None
        self._writer = Writer(folder, self.owner)
        self._journal_path, self._found_path = journal.part(self.owner), journal.found(self.owner)
        self._journal: IO[bytes] | None = None
        self._found: IO[bytes] | None = None
        self._waiting: list[bytes] = []
        self._one_in = _ONE_IN if form.filler.template.fast else _ONE_IN_UNPROVEN

    def close(self) -> None:
        """Close the process's two files and leave no half one."""
        self._writer.discard()
        for file in (self._journal, self._found):
            if file is not None:
                with suppress(OSError):  # a full disk has been reported already
                    file.close()

    def run(self, piece: Piece, alive: Callable[[], bool] = lambda: True) -> Done:
        """Make all files of `piece`. Raises `EnvironmentFault`, or `InternalError` where a check fails.

        Stops between two records, by `SystemExit`, when `alive` says that nobody waits for the result any more.
        """
        # An answer may be lost, and the piece be done again: its numbers must not have moved on.
        piece = replace(piece, ordinals=dict(piece.ordinals))
        try:
            if self._journal is None or self._found is None:
                self._journal = self._journal_path.open("ab", buffering=0)
                self._found = self._found_path.open("ab")
            done = Done(piece.number, self.owner)
            starts = self._journal.tell(), self._found.tell()
            for number, line in enumerate(self.source.read(piece), start=piece.before + 1):
                if line and not line.isspace():
                    if not alive():
                        raise SystemExit(1)
                    self._record(number, line, piece, done)
            self._flush()
            self._found.flush()
            done.journal = starts[0], self._journal.tell()
            done.findings = starts[1], self._found.tell()
            return done
        except OSError as fault:
            raise environment_fault(fault, fault.filename or self.folder) from None

    # -- one record --

    def _record(self, number: int, line: bytes, piece: Piece, done: Done) -> None:
        name = record_name(line) or numbered_name(self.form.definition.form, number)
        file, ordinal = name, 1
        if piece.ordinals and (hashed := name_hash(name)) in piece.ordinals:
            ordinal = piece.ordinals[hashed]
            piece.ordinals[hashed] += 1
            file = name if ordinal == 1 else f"{name}~{ordinal}"
        key = hashlib.blake2b(line + self._pictures(line), digest_size=16, key=self.form.key).hexdigest().encode()
        path = str(self.single or self.folder / f"{file}.docx")
        size = _size(path) if plain_id(name) else -1
        noted = self.known.noted(file, key, size) if size >= 0 else None
        if noted is False:  # done, and nothing to say about it
            self._waiting.append(Entry(number, key, size, CLEAN, file).line())
            done.kept += 1
            return
        data, findings = self._validated(number, line, name)
        if ordinal > 1 and data is not None:
            params = {"id": name, "file": f"{file}.docx"}
            place = self.source.places(number).find("/id")
            findings.append(Finding("batch.id.duplicate", "warning", place, params, name))
        if data is not None and noted is not None:
            self._waiting.append(Entry(number, key, size, NOTED, file).line())
            done.kept += 1
        elif data is not None:
            data = self._make(number, data, key, file, path, size, findings, done)
        if data is None:
            done.skipped += 1
        self._note(findings, done)

    def _pictures(self, line: bytes) -> bytes:
        """The digest of the files that the record names as pictures: it is another record when one of them changes."""
        if not self.form.pictures:
            return b""
        digest = hashlib.blake2b(digest_size=16)
        folder = PictureFolder(Path(self.source.file).parent)
        with suppress(ValueError, RecursionError):
            data = _DECODE(line.decode())
            for path in self.form.pictures:
                value = get(data, path)
                if isinstance(value, str) and is_path(value):
                    with suppress(InputError):  # said when the record is looked at
                        digest.update(folder.read(value))
        return digest.digest()

    def _make(
        self, number: int, data: dict[str, Any], key: bytes, file: str, path: str, size: int, findings: list[Finding],
        done: Done,
    ) -> dict[str, Any] | None:  # fmt: skip
        """Fill, check and write one record; None, with a finding, where that cannot be."""
        place = self.source.places(number).find("")
        filler = self.form.filler
        try:
            docx = filler.fill(data, draft=self.batch.draft, check=False)
        except (EnvironmentFault, InternalError):
            raise
        except DocgenError as fault:
            findings.append(Finding(fault.code, "error", place, fault.facts, str(data.get("id", ""))))
            return None
        except Exception as fault:  # ours; the other records are made all the same
            kind = type(fault).__name__
            findings.append(Finding("batch.record.failed", "error", place, {"kind": kind}, str(data.get("id", ""))))
            return None
        if not _whole(docx):
            raise InternalError("batch.internal.zip", record=str(data.get("id", "")))
        if number <= _FIRST or int(key[:8], 16) % self._one_in == 0:
            filler.check(data, docx)
        entry = Entry(number, key, len(docx), NOTED if findings else CLEAN, file).line()
        if size >= 0 and not self.batch.overwrite and self.known.size(file) != size:
            there = Path(path).read_bytes()
            if there == docx:  # the very file we would have written
                self._waiting.append(entry)
                done.kept += 1
                return data
            if file not in self.known or _whole(there):
                return self._left_alone(
                    Entry(number, key, self.known.size(file), NOTED, file), path, findings, data, done
                )
            # else a power cut has shortened a file of ours
        self._writer.prepare(docx)
        if size < 0:
            self._flush(entry)
        self._writer.place(path)
        if size >= 0:
            self._flush(entry)
        done.made += 1
        return data

    def _left_alone(
        self, entry: Entry, path: str, findings: list[Finding], data: dict[str, Any], done: Done
    ) -> dict[str, Any] | None:
        """Say why a file that is there is not written over: it is somebody else's, or was changed since it was made.

        Where only the file was changed, and not its record, it is as good as any.
        """
        place, who, params = self.source.places(entry.number).find(""), str(data.get("id", "")), {"file": path}
        if entry.name not in self.known:
            findings.append(Finding("batch.file.exists", "error", place, params, who))
            return None
        if self.known.has_key(entry.name, entry.key):
            findings.append(Finding("batch.file.edited", "warning", place, params, who))
            self._waiting.append(entry.line())
            done.kept += 1
            return data
        findings.append(Finding("batch.file.outdated", "error", place, params, who))
        # It stays ours, made of a record that is not known any more.
        self._waiting.append(replace(entry, key=NO_KEY).line())
        return None

    def _validated(self, number: int, line: bytes, name: str) -> tuple[JsonDict | None, list[Finding]]:
        """The record in canonical form, or None where it has an error; and all findings."""
        definition = self.form.definition
        findings: list[Finding] = []
        if len(line) > MAX_RECORD:
            return None, [self.source.too_large(number, line)]
        try:
            data = _DECODE(line.decode())
        except (ValueError, RecursionError):  # not UTF-8 is a `ValueError` too
            data = self.source.parse(number, line, findings)
            if findings and data is None:
                return None, findings
        if not isinstance(data, dict):
            return None, [Finding("validation.record.not_object", "error", self.source.places(number).find(""))]
        if data.get("id") in (None, ""):
            data["id"] = name
        if not findings and is_plain_record(data, definition):
            return data, findings
        folder = Path(self.source.file).parent
        findings += validate_form_data(data, definition, self.source.places(number), folder=folder)
        if has_errors(findings):
            return None, findings
        return canonical_form_data(data, definition, folder=folder)[0], findings

    def _note(self, findings: list[Finding], done: Done) -> None:
        """Add findings to the process's file of them."""
        if findings:
            assert self._found is not None
            for item in to_json(findings, self.batch.language):
                self._found.write(json.dumps(item, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
            done.noted += len(findings)

    def _flush(self, entry: bytes = b"") -> None:
        """Write the lines of the journal that wait, and `entry`."""
        assert self._journal is not None
        if self._waiting or entry:
            self._waiting.append(entry)
            rest = memoryview(b"".join(self._waiting))
            while rest:
                rest = rest[self._journal.write(rest) :]
            self._waiting.clear()


def _size(path: str) -> int:
    """The size of the file `path`, -1 where there is none."""
    try:
        return os.stat(path).st_size
    except FileNotFoundError:
        return -1


def _whole(docx: bytes) -> bool:
    """True where the zip ends as a zip ends, and its directory lies where the end says."""
    end = len(docx) - _ZIP_END.size
    if end < 0 or docx[:4] != b"PK\x03\x04":
        return False
    mark, _, _, _, _, size, offset, comment = _ZIP_END.unpack_from(docx, end)
    return bool(
        mark == b"PK\x05\x06" and offset + size == end and not comment and docx[offset : offset + 4] == b"PK\x01\x02"
    )
