"""Where the values of a workbook stand, and where those that are missing would have to be typed."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field

from docgen.dossier.spreadsheet import letters
from docgen.model import Place
from docgen.regulations.subjects import MEMBER

_SHEETS = re.compile(r"(/members/\d+|/[a-z_]+)/assessments(?:/|$)")


@dataclass(slots=True)
class TablePlace:
    """One table: its tab, the column of each path below a record (from 0), the row of each record (from 1).

    `end` is the first row below the records, `holder` the pointer of the body whose assessments it holds ("members"
    for those of members), `of_members` whether every member has a row of it. `key` is that of its sheet,
    `bindings` the column of each binding (an assessor's code and the words for it have one path), `free` the first row
    (from 0) below everything that stands on the page.
    """

    title: str
    columns: dict[tuple[str, ...], int]
    end: int
    holder: str = ""
    of_members: bool = False
    rows: dict[str, int] = field(default_factory=dict)
    key: str = ""
    bindings: dict[str, int] = field(default_factory=dict)
    free: int = 0

    def cell(self, record: str, path: tuple[str, ...], whole: bool, filled: Container[str]) -> str:
        """The cell of `path` in the row of `record`; with `whole` the first below `path` that is not `filled`."""
        index = self.columns.get(path)
        if index is None and whole:
            below = {known: i for known, i in self.columns.items() if known[: len(path)] == path}
            free = (i for known, i in below.items() if f"{record}/{'/'.join(known)}" not in filled)
            index = next(free, next(iter(below.values()), None))
        return "" if index is None else f"{self.title}!{letters(index)}{self.rows.get(record, self.end)}"


class CellPlaces:
    """The places of a workbook: `Đảng viên!C7`; for what is missing, the cell in which it would stand."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.cells: dict[str, str] = {}
        self.tables: list[TablePlace] = []
        self._first: dict[str, str] = {}

    def find(self, pointer: str) -> Place:
        """The cell of `pointer`; else the empty cell meant for it; else that of what stands below or above it."""
        return Place(self.file, pointer, self.cells.get(pointer) or self._missing(pointer) or pointer)

    def _missing(self, pointer: str) -> str:
        for at in _upwards(pointer):
            if found := self.cells.get(at) if at not in self._people else "":
                return found
            if found := self._empty_cell(at, whole=at == pointer):
                return found
        sheets = _SHEETS.match(pointer)
        if sheets and (found := self._free_row(sheets[1])):
            return found
        if pointer == f"/{MEMBER.place}" and pointer not in self.cells:
            found = next((f"{table.title}!A{table.end}" for table in self.tables if table.of_members), "")
            if not self._people and found:
                return found
        return (
            self._below(pointer)
            or self._empty_list(pointer)
            or next((c for at in _upwards(pointer) if (c := self.cells.get(at))), "")
        )

    @property
    def _people(self) -> Iterable[str]:
        """The records of members: their own row says nothing of what stands on another sheet."""
        return next((table.rows for table in self.tables if table.of_members), {})

    def _empty_cell(self, pointer: str, whole: bool) -> str:
        """The cell of the column for `pointer` in the row of the record that it belongs to."""
        people = self._people
        for record in _upwards(pointer):
            path = tuple(pointer[len(record) :].strip("/").split("/"))
            for table in self.tables if path != ("",) else ():
                has_row = record in table.rows or (table.of_members and record in people)
                if has_row and (found := table.cell(record, path, whole, self.cells)):
                    return found
        return ""

    def _free_row(self, holder: str) -> str:
        """Below the assessments of `holder`: where a row that is missing would be added."""
        wanted = "members" if holder.startswith("/members/") else holder.strip("/")
        return next((f"{table.title}!A{table.end}" for table in self.tables if table.holder == wanted), "")

    def _empty_list(self, pointer: str) -> str:
        """The first row of the sheet of a list of the dossier that has none yet."""
        key = f"ds-{pointer.strip('/')}"
        return next((f"{table.title}!A{table.end}" for table in self.tables if table.key == key), "")

    def _below(self, pointer: str) -> str:
        """The first cell of what stands below `pointer`: of a part of the dossier that is missing as a whole."""
        if not self._first:
            for known, cell in self.cells.items():
                for above in _upwards(known):
                    self._first.setdefault(above, cell)
        return self._first.get(pointer, "")


def _upwards(pointer: str) -> Iterator[str]:
    """`pointer` and every pointer above it, but the dossier itself."""
    while pointer:
        yield pointer
        pointer = pointer.rpartition("/")[0]
