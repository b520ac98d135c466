"""Papers handed out and come back, as the dossier records them: `papers`, one record a paper.

A record names the form, and the member or the assessor it is of (neither for a paper of the whole dossier), the day it
was handed out, the day it came back, and the SHA-256 of the file that came. Only what people did is written; whether
a paper is complete is worked out from the dossier itself (`docgen.desk.status`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docgen.dossier.excel_change import change_workbook, holds
from docgen.dossier.loaded import Dossier
from docgen.dossier.write_back import is_workbook, refuse_open, replace_file
from docgen.errors import UsageError
from docgen.paths import AnyRecord, JsonDict, copied, get_list
from docgen.storage import json_bytes, write_whole

LIST = "papers"
#: Which paper a record is about.
KEYS = ("form", "member", "assessor")
PaperKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Handed:
    """What is recorded of one paper: the ISO days it was given out and came back, the hash of the file; empty: not."""

    given: str = ""
    returned: str = ""
    sha256: str = ""


def key_of(row: AnyRecord) -> PaperKey:
    """Which paper a record of `papers` is about."""
    form, member, assessor = (str(row.get(name) or "").strip() for name in KEYS)
    return form, member, assessor


def handed(data: AnyRecord) -> dict[PaperKey, Handed]:
    """What the dossier `data` records, by paper. Of two records of one paper the later day of each kind counts."""
    out: dict[PaperKey, Handed] = {}
    for row in _rows(data):
        known = out.get(key_of(row), Handed())
        given, returned = (str(row.get(name) or "") for name in ("given", "returned"))
        later = returned >= known.returned
        out[key_of(row)] = Handed(
            max(known.given, given), max(known.returned, returned),
            str(row.get("sha256") or "") if later else known.sha256,
        )  # fmt: skip
    return out


def record_papers(data: JsonDict, papers: Iterable[PaperKey], **told: str) -> int:
    """Write down `told` (`given`, `returned`, `sha256`) of each of `papers` in `data`, which is changed.

    A paper that has a record keeps what is not told anew. Returns how many records were made or changed.
    """
    rows = data.get(LIST)
    if not isinstance(rows, list):
        rows = data[LIST] = []
    known = {key_of(row): row for row in rows if isinstance(row, dict)}
    count = 0
    for key in papers:
        row = known.get(key)
        if row is None:
            row = known[key] = {name: value for name, value in zip(KEYS, key, strict=True) if value}
            rows.append(row)
        if any(row.get(name) != value for name, value in told.items()):
            row.update(told)
            count += 1
    return count


def refuse_unrecordable(path: Path, dossier: Dossier) -> None:
    """Raise what `write_handed` would raise of the file at `path`, before anything else is written."""
    if not is_workbook(path):
        _recordable(path)
        return
    refuse_open(path)
    if not holds(dossier, LIST):
        raise UsageError("dossier.usage.no_sheet_of_papers", file=str(path))


def _recordable(path: Path) -> tuple[bytes, dict[str, Any]]:
    if path.suffix.lower() != ".json":
        raise UsageError("read.usage.json_dossier", file=str(path))
    before = path.read_bytes()
    data: dict[str, Any] = json.loads(before.decode("utf-8-sig"))
    if not isinstance(data.get(LIST, []), list):
        raise UsageError("dossier.usage.papers_no_list", file=str(path))
    return before, data


def _rows(data: AnyRecord) -> list[AnyRecord]:
    return [row for row in get_list(data, LIST) if isinstance(row, Mapping)]


def write_handed(path: Path, dossier: Dossier, papers: Sequence[PaperKey], **told: str) -> None:
    """`record_papers` in the file at `path` that `dossier` was read from: JSON replaced whole, a workbook in its cells.

    Raises `UsageError` for a file of another kind, whose `papers` are no list or have no place, or that nothing could
    be made of afterwards.
    """
    from docgen.dossier import load_dossier

    if is_workbook(path):
        _write_in_book(path, dossier, papers, told)
        return
    before, data = _recordable(path)
    if not record_papers(data, papers, **told):
        return
    write_whole(path, json_bytes(data), overwrite=True)
    if load_dossier(path)[0] is None:
        write_whole(path, before, overwrite=True)
        raise UsageError("read.usage.would_break", file=str(path))


def _write_in_book(path: Path, dossier: Dossier, papers: Sequence[PaperKey], told: dict[str, str]) -> None:
    before, data = path.read_bytes(), copied(dossier.data)
    if not record_papers(data, papers, **told):
        return
    book = change_workbook(before, dossier, data, dossier.folders)
    if book.content is None:
        raise UsageError(book.findings[0].code, **book.findings[0].params)
    replace_file(path, before, book.content)
