"""Files that came back, as one heap: unpacked, read, and kept until somebody has looked at what they change.

A heap belongs to who brought it and to one dossier. It lies in memory, never on the disk, is bounded, and ends after
an hour: what nobody accepted is in no dossier.
"""

from __future__ import annotations

import hashlib
import io
import secrets
import struct
import threading
import time
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from fastapi import Request

from docgen.forms.merge import REFUSED, Change, Merge, merge_form
from docgen.forms.readback import ReadResult, read_form
from docgen.model import Finding, Place, has_errors
from docgen.paths import AnyRecord
from docgen.regulations.loader import load_regulation
from docgen.web.dossier_store import text_of
from docgen.web.problems import Problem
from docgen.word.file.safe_open import PartError, read_parts

#: So many files are read at once; so many bytes may a heap unpack to; so long is it kept, in seconds.
MOST_FILES, MOST_BYTES, KEPT = 100, 64 * 1024 * 1024, 3600.0
#: So many heaps are kept, the oldest goes.
_HEAPS = 40
#: What other systems put into an archive beside the files.
_BESIDE = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class Returned:
    """One file: its name, the hash of its bytes, what was read of it, and whose it is where somebody said so."""

    id: str
    name: str
    sha256: str
    read: ReadResult
    member: str = ""


@dataclass(slots=True)
class Heap:
    """Files that wait to be looked at."""

    at: float
    files: list[Returned]


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a file would change in the dossier as it is now. `takes` is False where nothing of it can be taken."""

    file: Returned
    merge: Merge | None
    replaced: tuple[Change, ...]
    findings: tuple[Finding, ...]
    takes: bool
    mark: str

    @property
    def asks_whose(self) -> bool:
        """True where everything is well but whose the file is."""
        wrong = {one.code for one in self.findings if one.severity == "error"}
        return bool(wrong) and wrong <= _WHOSE

    @property
    def not_theirs(self) -> list[Finding]:
        """What stands in the file and is not its holder's to say."""
        return [one for one in self.findings if one.code == "read.merge.not_yours"]

    @property
    def to_see(self) -> list[Finding]:
        """What somebody must look at, errors first."""
        shown = [one for one in self.findings if one.severity != "info" and one.code not in _OWN_COLUMN]
        return sorted(shown, key=lambda one: one.severity != "error")


#: Findings that the page tells in a column of their own.
_OWN_COLUMN = frozenset({"read.merge.not_yours", "read.merge.conflict", "read.merge.replaced"})


#: Findings that end once somebody says whose file it is.
_WHOSE = frozenset(f"read.merge.{what}" for what in ("member_needed", "name_twice", "other_person"))


class Heaps:
    """The heaps of a server, by who brought them and the dossier."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], Heap] = {}

    def get(self, person: str, dossier: str) -> list[Returned]:
        """The files that wait; none once their time is over."""
        with self._lock:
            self._clear()
            heap = self._kept.get((person, dossier))
            return list(heap.files) if heap is not None else []

    def put(self, person: str, dossier: str, files: Sequence[Returned]) -> None:
        """Keep `files` in the place of those that waited."""
        with self._lock:
            self._kept.pop((person, dossier), None)
            if files:
                self._kept[person, dossier] = Heap(time.time(), list(files))
            self._clear()

    def say_whose(self, person: str, dossier: str, file: str, member: str) -> bool:
        """Note that a file that waits is `member`'s; False where it waits no more."""
        with self._lock:
            heap = self._kept.get((person, dossier))
            for place, one in enumerate(heap.files if heap is not None else ()):
                if one.id == file and heap is not None:
                    heap.files[place] = replace(one, member=member)
                    return True
        return False

    def _clear(self) -> None:
        late = time.time() - KEPT
        for key in [key for key, heap in self._kept.items() if heap.at < late]:
            del self._kept[key]
        while len(self._kept) > _HEAPS:
            del self._kept[next(iter(self._kept))]


def heaps_of(request: Request) -> Heaps:
    """The heaps of the server."""
    app = request.app
    if not hasattr(app.state, "heaps"):
        app.state.heaps = Heaps()
    return cast(Heaps, app.state.heaps)


def unpacked(files: Sequence[tuple[str, bytes]]) -> Iterator[tuple[str, bytes | Finding]]:
    """Each file; of an archive of files each of its own, or the finding why it is not unpacked. 422 for too many."""
    left, count = MOST_BYTES, 0
    for name, content in files:
        found: list[tuple[str, bytes | Finding]] = [(name, content)]
        if is_archive(content):
            inner = from_archive(content, name, left)
            found = [(name, inner)] if isinstance(inner, Finding) else [(n, c) for n, c in inner.items()]
        for one, what in found:
            count += 1
            left -= len(what) if isinstance(what, bytes) else 0
            if count > MOST_FILES or left < 0:
                raise Problem(422, "page.problem.too_many_files", most=MOST_FILES, megabytes=MOST_BYTES >> 20)
            yield one, what


def is_archive(content: bytes) -> bool:
    """True for a zip of files: neither a Word file nor another that only looks like a zip from within."""
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {info.filename for info in archive.infolist()[:5000]}
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error):
        return False
    return not names & {"[Content_Types].xml", "mimetype"}


def from_archive(content: bytes, name: str, limit: int) -> dict[str, bytes] | Finding:
    """The files of an archive by name; the finding where unpacking them is not safe or not possible."""
    at = Place(name)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(info.file_size for info in archive.infolist())
        if size > limit:
            return Finding("read.file.bomb", "error", at, {"part": "", "size": size >> 20, "limit": limit >> 20})
        parts = read_parts(content)
    except PartError as fault:
        return Finding(fault.code, "error", at, fault.params)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError,
            struct.error) as fault:  # fmt: skip
        return Finding("read.file.damaged", "error", at, {"reason": type(fault).__name__})
    return {
        part.rsplit("/", 1)[-1]: inner for part, inner in parts.items()
        if not any(beside in part.lower() for beside in _BESIDE) and not part.rsplit("/", 1)[-1].startswith("._")
    }  # fmt: skip


def read_files(
    files: Sequence[tuple[str, bytes]], folders: Sequence[Path], templates: Sequence[Path]
) -> list[Returned]:
    """What stands in the files; what cannot be read says why. 422 for too many at once."""
    out = []
    for name, what in unpacked(files):
        shown = "".join(letter for letter in name if letter.isprintable())[-80:]
        if isinstance(what, Finding):
            out.append(Returned(secrets.token_hex(8), shown, "", ReadResult(findings=[what])))
            continue
        result = read_form(what, None, None, folders, file=shown, templates=templates)
        out.append(Returned(secrets.token_hex(8), shown, hashlib.sha256(what).hexdigest(), result))
    return out


def proposed(file: Returned, data: AnyRecord, folders: Sequence[Path], *, take_over: bool = False) -> Proposed:
    """What `file` changes in `data` (canonical, left as it is). Without `take_over` what is written there stays."""
    result = file.read
    if result.definition is None or any(one.code in REFUSED for one in result.findings):
        return Proposed(file, None, (), tuple(result.findings), False, "")
    law = load_regulation(result.regulation, folders)
    told = merge_form(data, result, law, result.definition, file=file.name, member=file.member)
    whole = merge_form(data, result, law, result.definition, file=file.name, member=file.member, prefer="word")
    filled = {change.pointer for change in told.changes}
    replaced = tuple(change for change in whole.changes if change.pointer not in filled)
    takes = told.record is not None and not has_errors(told.findings)
    mark = text_of([[one.pointer, one.old, one.new] for one in whole.changes])
    digest = hashlib.sha256(mark.encode()).hexdigest()[:16]
    findings = (*result.findings, *told.findings)
    return Proposed(file, whole if take_over else told, replaced, findings, takes, digest)
