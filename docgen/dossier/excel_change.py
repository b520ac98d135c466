"""A workbook with other values in it: what changed in the data goes into its cells, everything else stays.

The changed book is read again before it is given back: where it does not say exactly what the data say, there is no
book, and the findings name what it cannot hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from docgen.dossier.differences import Path, differences
from docgen.dossier.excel_cells import cell_value
from docgen.dossier.excel_patch import patch_workbook
from docgen.dossier.excel_places import CellPlaces
from docgen.dossier.layout import (
    ASSESSMENTS,
    MEMBER_RECORDS,
    MEMBERS,
    RECORDS,
    SHOWN_ONLY,
    VALUES,
    Column,
    Sheet,
    list_key,
    workbook_layout,
)
from docgen.dossier.load import dossier_from_bytes
from docgen.dossier.loaded import Dossier, dossier_from_data
from docgen.dossier.spreadsheet import position
from docgen.dossier.workbook_limits import WorkbookError
from docgen.model import Finding, Place
from docgen.paths import AnyRecord, at, copied, get
from docgen.regulations.loader import load_regulation

#: So many places are named in one finding.
_SHOWN = 4


@dataclass(slots=True)
class ChangedBook:
    """The bytes of the changed workbook (None where it could not be changed), and why.

    `formulas` is true where the book has formulas: Excel works them out anew when it opens the book.
    """

    content: bytes | None = None
    findings: list[Finding] = field(default_factory=list)
    formulas: bool = False


def change_workbook(
    raw: bytes, dossier: Dossier, data: AnyRecord, folders: Sequence[FilePath | str] = ()
) -> ChangedBook:
    """The workbook in `raw`, from which `dossier` was read, changed so that it says `data` (canonical).

    Values are put into their cells, records that are new into rows below the others; no row is ever taken away.
    Raises `UsageError` for a text that no cell can hold.
    """
    assert isinstance(dossier.places, CellPlaces)
    run = _Changing(dossier, dossier.places, data)
    run.place_all()
    out = ChangedBook(findings=run.findings)
    if out.findings:
        return out
    try:
        patched = patch_workbook(raw, run.cells)
    except WorkbookError as fault:
        where = f"{fault.params['sheet']}!{fault.params['cell']}" if "cell" in fault.params else ""
        out.findings.append(Finding(fault.code, "error", Place(dossier.file, "", where), fault.params))
        return out
    base = FilePath(dossier.file).parent
    again, _ = dossier_from_bytes(patched.content, dossier.file, folders, base)
    wanted, _ = dossier_from_data(copied(data), file=dossier.file, folders=dossier.folders, base=base, quiet=True)
    if again is None or wanted is None:
        out.findings.append(Finding("dossier.excel.would_differ", "error", Place(dossier.file), {"label": "/"}))
        return out
    out.findings += [
        Finding("dossier.excel.would_differ", "error", dossier.place(at("", *path)), {"label": at("", *path)})
        for path in differences(wanted.data, again.data)
    ]
    if not out.findings:
        out.content, out.formulas = patched.content, patched.formulas
    return out


def holds(dossier: Dossier, name: str) -> bool:
    """Whether the file that `dossier` was read from has a place for the list `name`: a workbook may lack its sheet."""
    return not isinstance(dossier.places, CellPlaces) or any(t.key == list_key(name) for t in dossier.places.tables)


class _Changing:
    def __init__(self, dossier: Dossier, places: CellPlaces, data: AnyRecord) -> None:
        self.dossier = dossier
        self.places = places
        self.data = data
        self.layout = workbook_layout(load_regulation(dossier.regulation, dossier.folders))
        self.findings: list[Finding] = []
        self.cells: dict[str, dict[tuple[int, int], Any]] = {}
        self.tables = {table.key: table for table in places.tables}
        #: The row, from 0, of each record by the key of a sheet and the record's pointer.
        self.rows = {(t.key, pointer): row - 1 for t in places.tables for pointer, row in t.rows.items() if pointer}
        self.free = {table.key: table.free for table in places.tables}

    def place_all(self) -> None:
        """Find the cell of everything that changed; what has none is told once."""
        lost: dict[str, Path] = {}
        for path in differences(self.dossier.data, self.data):
            label = at("", *path)
            for sheet in self.layout:
                found = _in_sheet(sheet, path)
                if found is None:
                    continue
                if self.put(sheet, *found):
                    break
                label = f"{sheet.title} / {found[1].title}"
            else:
                lost.setdefault(label, path)
        if lost:
            place = self.dossier.place(at("", *next(iter(lost.values()))))
            some = "; ".join(list(lost)[:_SHOWN]) + ("; …" if len(lost) > _SHOWN else "")
            self.findings.append(Finding("dossier.excel.no_cell", "error", place, {"label": some, "count": len(lost)}))

    def put(self, sheet: Sheet, record: Path, column: Column) -> bool:
        """Note the value of `column` in `record`; False where the book has no place for it."""
        leaf = _leaf(column)
        value = cell_value(column, _at(self.data, (*record, *leaf)))
        if sheet.kind == VALUES:
            cell = self.places.cells.get(at("", *leaf), "")
            if cell:
                title, _, reference = cell.rpartition("!")
                self.cells.setdefault(title, {})[position(reference)] = value
            return bool(cell)
        table = self.tables.get(sheet.key)
        if sheet.kind == MEMBERS and (table is None or column.binding not in table.bindings):
            # An older book may have the column on another sheet that has one row a member.
            table = next((t for t in self.tables.values() if t.of_members and column.binding in t.bindings), None)
        if table is None or column.binding not in table.bindings:
            return False
        row = self.row(next(s for s in self.layout if s.key == table.key), record)
        if row is None:
            return False
        self.cells.setdefault(table.title, {})[row, table.bindings[column.binding]] = value
        return True

    def row(self, sheet: Sheet, record: Path) -> int | None:
        """The row of `record`, a new one below all others where it has none; None where it cannot be named there."""
        key = sheet.key, at("", *record)
        if key not in self.rows:
            table = self.tables[sheet.key]
            for column in sheet.columns:
                value = self.named(column, record)
                if value is ... or column.binding not in table.bindings:
                    if column.path in (("id",), ("assessor",)) and sheet.kind != RECORDS:
                        return None
                    continue
                self.cells.setdefault(table.title, {})[self.free[sheet.key], table.bindings[column.binding]] = value
            self.rows[key] = self.free[sheet.key]
            self.free[sheet.key] += 1
        return self.rows[key]

    def named(self, column: Column, record: Path) -> Any:
        """What a new row says of itself in `column`: whose record it is, and by whom; `...` for everything else."""
        member = _at(self.data, record[:2]) if record[:1] == ("members",) else {}
        if column.path == ("id",):
            return member.get("id", ...)
        if column.path == (SHOWN_ONLY,):
            return get(member, ("member", "full_name")) or ...
        if column.path == ("assessor",) and "assessments" in record:
            return cell_value(column, record[-1])
        return ...


def _in_sheet(sheet: Sheet, path: Path) -> tuple[Path, Column] | None:
    """The record of `sheet` and the column in it that hold the value at `path`; None where the sheet has neither."""
    depth = _depth(sheet, path)
    if depth is None:
        return None
    record, rest = path[:depth], path[depth:]
    for column in sheet.columns:
        leaf = _leaf(column)
        if leaf == rest[: len(leaf)] and (column.path[0] == "sheet" or not _names_only(sheet, column)):
            return record, column
    return None


def _leaf(column: Column) -> tuple[str, ...]:
    """The path of a column below the record."""
    return column.path[1:] if column.path[0] == "sheet" else column.path


def _names_only(sheet: Sheet, column: Column) -> bool:
    """True for a column that says whose the row is, in a sheet that does not make the record."""
    naming = column.path in ((SHOWN_ONLY,), ("id",), ("assessor",))
    return naming and sheet.kind != RECORDS and sheet.key != "dang-vien"


def _depth(sheet: Sheet, path: Path) -> int | None:
    """How many steps of `path` lead to a record of `sheet`; None where they lead elsewhere."""
    if sheet.kind == VALUES:
        return 0
    above: tuple[Any, ...] = (
        ("members", ...) if sheet.holder == "members" or sheet.kind == MEMBER_RECORDS else (sheet.holder,)
    )
    pattern: tuple[Any, ...]
    if sheet.kind == MEMBERS:
        pattern = above
    elif sheet.kind == ASSESSMENTS:
        pattern = (*above, "assessments", ...)
    elif sheet.kind == MEMBER_RECORDS:
        pattern = (*above, sheet.holder, ...)
    else:
        pattern = (sheet.holder, ...)
    fits = len(path) > len(pattern) and all(p is ... or p == step for p, step in zip(pattern, path, strict=False))
    return len(pattern) if fits else None


def _at(data: Any, path: Path) -> Any:
    """The value at `path`, or `...` where there is none."""
    for step in path:
        known = step in data if isinstance(data, dict) else isinstance(data, list) and step in range(len(data))
        if not known:
            return ...
        data = data[step]
    return data
