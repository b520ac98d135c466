"""Reading a workbook back into a dossier: sheets and columns found by their bindings, else by their titles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from docgen.dossier.cleaning import bare, one_line, storable
from docgen.dossier.excel_cells import Read, told_of, value_of
from docgen.dossier.excel_checks import (
    HEAD_ROWS,
    Names,
    astray,
    beside,
    copies,
    hidden,
    mark_of,
    spread_merged,
    without_value,
)
from docgen.dossier.excel_closing import Closing, sums_up
from docgen.dossier.excel_people import People
from docgen.dossier.excel_places import CellPlaces, TablePlace
from docgen.dossier.excel_titles import columns_of, title_key
from docgen.dossier.layout import (
    ASSESSMENTS,
    MARK,
    MEMBER_RECORDS,
    MEMBERS,
    RECORDS,
    REST_OF_SIGNS,
    SHOWN_ONLY,
    VALUES,
    Column,
    Sheet,
    workbook_layout,
)
from docgen.dossier.loaded import Dossier, dossier_from_data, unit_folder
from docgen.dossier.short_book import guide_of
from docgen.dossier.spreadsheet import Page, Told, letters, position, read_pages
from docgen.dossier.workbook_limits import WorkbookError
from docgen.model import Finding, Place, Severity
from docgen.nearest import nearest
from docgen.paths import Json, put
from docgen.regulations.loader import RegulationData, list_regulations, load_regulation

EXAMPLE = "(vi du)"
#: How far down a page the regulation is looked for.
_NAMED_ROWS = 500
_EMPTY = ("", None)
#: What the binding of a value looks like, one that is not known (any more) included.
_BINDING = re.compile(r"[a-z_0-9]+(\.[a-z_0-9]+)+|regulations?|sample|collective|superior")


def read(
    raw: bytes, file: str, sha256: str, folders: Sequence[Path | str], base: Path | None = None
) -> tuple[Dossier | None, list[Finding]]:
    """The dossier in the bytes of a workbook; None with findings where there is none."""
    at = Place(file)
    try:
        pages = read_pages(raw)
    except WorkbookError as fault:
        return None, [Finding(fault.code, "error", at, fault.params)]
    folders = (*folders, *unit_folder(_beside(pages, "regulations") or None, base)[0])
    regulation = _regulation(pages, folders)
    if isinstance(regulation, str):
        known = ", ".join(list_regulations(folders))
        if not regulation:
            return None, [Finding("dossier.regulation.missing", "error", at, {"known": known})]
        near = nearest(regulation, list_regulations(folders))
        params = {"given": regulation[:60], "near": near, "known": known}
        return None, [Finding("dossier.regulation.unknown", "error", at, params)]
    reader = _Reader(regulation, pages, file)
    data = reader.read()
    return dossier_from_data(
        data, file=file, sha256=sha256, places=reader.places, findings=reader.findings, folders=folders, base=base,
        quiet=True,
    )  # fmt: skip


def _beside(pages: list[Page], binding: str) -> str:
    """The text in the cell that the sheets bind to `binding`, before anything else of the workbook is understood."""
    for page in pages:
        for row in page.rows[:_NAMED_ROWS]:
            texts = [str(cell).strip() for cell in row]
            if binding in texts[2:]:  # title, value, binding
                return texts[1]
    return ""


def _regulation(pages: list[Page], folders: Sequence[Path | str]) -> RegulationData | str:
    """The regulation a workbook names in any of its cells next to `regulation` or its title."""
    for page in pages:
        for row in page.rows[:_NAMED_ROWS]:
            texts = [str(cell).strip() for cell in row]
            if "regulation" in texts or (texts and bare(texts[0]).startswith("ma van ban")):
                given = texts[1] if len(texts) > 1 else ""
                if given in list_regulations(folders):
                    return load_regulation(given, folders)
                return given
    return ""


class _Reader:
    def __init__(self, regulation: RegulationData, pages: list[Page], file: str) -> None:
        self.layout = workbook_layout(regulation)
        self.pages = pages
        self.places = CellPlaces(file)
        self.findings: list[Finding] = []
        self.data: dict[str, Any] = {}
        self.people = People()
        self.names = Names({})
        #: The sheets that the guide of a short book names, and whether that book was made empty.
        self.expected: frozenset[str] | None = None
        self.made_empty = False

    def tell(self, told: Iterable[Told], who: str = "") -> None:
        """Record what a check found."""
        for code, severity, source, params in told:
            self.add(code, severity, source, who, **params)

    def add(self, code: str, severity: Severity, source: str, who: str = "", **params: object) -> None:
        self.findings.append(Finding(code, severity, Place(self.places.file, "", source), params, who))

    def read(self) -> dict[str, Any]:
        self.data["members"] = []
        free = [page for page in self.pages if not self.is_guide(page)]
        found: list[tuple[Sheet, Page]] = []
        missing: list[Sheet] = []
        for sheet in self.layout:
            page = self.find(sheet, free)
            if page is None:
                missing.append(sheet)
            else:
                free.remove(page)
                found.append((sheet, page))
        for sheet, page in found:
            self.tell(copies(sheet, page, free))
        for sheet, page in found:
            self.tell(astray(page))
            if sheet.kind == VALUES:
                self.values(sheet, page)
            else:
                self.table(sheet, page)
        self.missing(missing, free)
        for slip, who in self.people.slips():
            self.tell([slip], who)
        return self.data

    def missing(self, sheets: Iterable[Sheet], free: Iterable[Page]) -> None:
        """Say which `sheets` the book lacks, and which of its `free` pages may be meant."""
        read = {"id", SHOWN_ONLY}.union(*(table.bindings for table in self.places.tables))
        for sheet in sheets:
            # A short book has no sheet for what its regulation does not ask; an older one had the columns elsewhere.
            unasked = self.expected is not None and sheet.key not in self.expected
            if unasked or (sheet.kind == MEMBERS and all(c.binding in read for c in sheet.columns)):
                continue
            severity: Severity = "error" if sheet.required else "warning"
            near = nearest(bare(sheet.title), {bare(p.title): p for p in free})
            shown = next((p.title for p in free if bare(p.title) == near), "")
            self.add("dossier.excel.missing_sheet", severity, sheet.title, sheet=sheet.title, near=shown)

    def others(self, sheet: Sheet) -> tuple[Column, ...]:
        """The columns of the other sheets that have one row a member, for one that has it as well.

        Of two with one title the sheet that comes first goes before: it stands last here.
        """
        if sheet.kind != MEMBERS:
            return ()
        own = {column.binding for column in sheet.columns}
        return tuple(c for s in reversed(self.layout) if s.kind == MEMBERS for c in s.columns
                     if c.binding not in own)  # fmt: skip

    def is_guide(self, page: Page) -> bool:
        """Whether a page is the guide of a short book; what it says of the book is kept."""
        marks = (str(cell) for row in page.rows[:HEAD_ROWS] for cell in row[:1])
        found = next((guide for mark in marks if (guide := guide_of(mark)) is not None), None)
        if found is not None:
            self.expected, self.made_empty = found
        return found is not None

    def find(self, sheet: Sheet, pages: list[Page]) -> Page | None:
        """The page that carries the sheet's mark, else the one with its name."""
        for page in pages:
            if mark_of(page) == sheet.key:
                return page
        wanted = {bare(sheet.title), bare(sheet.former)}
        return next((page for page in pages if bare(page.title) in wanted), None)

    # -- sheets of values --

    def values(self, sheet: Sheet, page: Page) -> None:
        by_binding = {c.binding: c for c in sheet.columns}
        by_title = {bare(c.title): c for c in sheet.columns}
        for code, severity, source, params in hidden(page, 0, 1):
            # A short book comes with rows folded away: nobody hid them, and nobody should delete them.
            folded = self.expected is not None and code == "dossier.excel.hidden_rows"
            self.tell([("dossier.excel.folded_rows" if folded else code, severity, source, params)])
        for number, row in enumerate(page.rows):
            texts = [cell.strip() if isinstance(cell, str) else "" for cell in row]
            if not row or any(t.startswith(MARK) for t in texts):
                continue
            column = next((by_binding[t] for t in texts[2:] if t in by_binding), None)
            column = column or by_title.get(title_key(texts[0]))
            self.tell(without_value(page, {number}, {1} if column is not None else ()))
            self.tell(beside(Page(page.title, [*[[]] * number, row]), number, self.place_of(row, texts, column), ()))
            if column is None:
                if texts[0] and len(row) > 1 and row[1] not in ("", None) and bare(texts[0]) != "noi dung":
                    # Of her own, unless it is nearly the title of a value that is read, or was bound to one.
                    near = nearest(title_key(texts[0]), by_title)
                    bound = any(_BINDING.fullmatch(text) for text in texts[2:])
                    self.add("dossier.excel.unknown_row" if near or bound else "dossier.excel.own_row",
                             "error" if near or bound else "info", f"{page.title}!A{number + 1}",
                             title=texts[0][:60], near=by_title[near].title if near else "")  # fmt: skip
                continue
            cell = f"{page.title}!B{number + 1}"
            value = self.value(column, row[1] if len(row) > 1 else "", cell, page)
            self.places.cells["/" + "/".join(column.path)] = cell
            if value is not ...:
                put(self.data, column.path, value)

    @staticmethod
    def place_of(row: Sequence[object], texts: list[str], column: Column | None) -> set[int]:
        """Where the title, the value and the binding of a row of a sheet of values stand; no title, no value."""
        title = {0} if texts[0] or row[0] not in _EMPTY else set()
        value = {1} if title or column is not None else set()
        return title | value | {i for i, text in enumerate(texts) if i > 1 and _BINDING.fullmatch(text)}

    # -- tables --

    def table(self, sheet: Sheet, page: Page) -> None:
        columns, start, told = columns_of(sheet, page, self.others(sheet))
        self.tell(told)
        faults = list(without_value(page, range(start, len(page.rows)), columns))
        if not columns:
            return
        self.tell(hidden(page, start))
        self.tell(spread_merged(page, start, columns))
        code = next((i for i, column in columns.items() if column.path == _CODE), -1)
        shown = next((i for i, column in columns.items() if column.path == (SHOWN_ONLY,)), -1)
        place = self.place_of_table(sheet, page, columns, start)
        self.places.tables.append(place)
        own = self.own_rows(sheet, page, start, code)
        unread = len(self.findings)
        self.tell(fault for fault in faults if position(fault[2].rpartition("!")[2])[0] not in own)
        unread_of = range(unread, len(self.findings))
        titles = [cell for above in page.rows[:start] for cell in enumerate(above)]
        records = Page(page.title, [[] if n in own else row for n, row in enumerate(page.rows)])
        self.tell(beside(records, start, columns, (i for i, cell in titles if cell not in _EMPTY)))
        for number, row in enumerate(records.rows[start:], start=start):
            first = next((row[i] for i in sorted(columns) if i < len(row)), "")
            if all(cell in _EMPTY for cell in row) or bare(str(first)).startswith(EXAMPLE):
                continue
            if sheet.kind == RECORDS and place.rows and number + 2 - place.end > _GAP:
                self.add(
                    "dossier.excel.apart", "warning", f"{page.title}!A{number + 1}", sheet=page.title, row=number + 1
                )
            place.end = number + 2
            values = {
                column.path: (value, f"{page.title}!{letters(i)}{number + 1}")
                for i, column in columns.items()
                if i < len(row) and column.path != (SHOWN_ONLY,)
                for value in (self.value(column, row[i], f"{page.title}!{letters(i)}{number + 1}", page),)
                if value is not ...
            }
            name = row[shown] if 0 <= shown < len(row) else ""
            if values:
                cell = f"{page.title}!A{number + 1}"
                pointer = self.record(sheet, values, cell, f"{page.title}!{letters(max(shown, 0))}{number + 1}", name)
                place.rows.setdefault(pointer, number + 1)
        self.led_to_records(place, unread_of)
        if sheet.key == "dang-vien":
            self.names = Names(self.people.names())

    def led_to_records(self, place: TablePlace, unread: range) -> None:
        """Give the findings `unread`, of cells of this table, the place of the value that was not read: whose it is was
        not known before the rows were."""
        records = {row: pointer for pointer, row in place.rows.items() if pointer}
        paths = {index: path for path, index in place.columns.items()}
        for at in unread:
            finding = self.findings[at]
            row, column = position(finding.place.source.rpartition("!")[2])
            if (pointer := records.get(row + 1)) and column in paths:
                whole = Place(self.places.file, f"{pointer}/{'/'.join(paths[column])}", finding.place.source)
                self.findings[at] = replace(finding, place=whole)

    @staticmethod
    def place_of_table(sheet: Sheet, page: Page, columns: dict[int, Column], start: int) -> TablePlace:
        """What the places of the workbook have to know of a table."""
        paths = {(c.path[1:] if c.path[0] == "sheet" else c.path): i for i, c in columns.items()}
        holder = sheet.holder if sheet.kind == ASSESSMENTS else ""
        bindings = {column.binding: index for index, column in columns.items()}
        return TablePlace(
            page.title, paths, start + 1, holder, sheet.kind == MEMBERS,
            key=sheet.key, bindings=bindings, free=len(page.rows),
        )  # fmt: skip

    def own_rows(self, sheet: Sheet, page: Page, start: int, code: int) -> set[int]:
        """The rows that are no records: a total, who made the list. They are named in a note."""
        about_members = sheet.holder == "members" or sheet.kind in _ABOUT_MEMBERS
        closing = Closing(self.people.has if about_members and sheet.key != "dang-vien" else _may_be_code)
        for number, row in enumerate(page.rows[start:], start=start):
            closing.passes(row, row[code] if 0 <= code < len(row) else "", number)
        if closing.rows:
            rows = ", ".join(str(number + 1) for number in closing.rows)
            source = f"{page.title}!A{closing.rows[0] + 1}"
            self.add("dossier.excel.own_rows", "info", source, sheet=page.title, rows=rows)
        return set(closing.rows)

    def record(
        self, sheet: Sheet, values: dict[tuple[str, ...], tuple[Json, str]], cell: str, name_cell: str, name: object
    ) -> str:
        """Put one row where it belongs, and return the pointer of its record; `name` stands in it for people."""
        record, pointer = self.target(sheet, values, cell, name_cell, name)
        if record is None:
            return ""
        self.fill_in(sheet, values)
        for path, (value, source) in values.items():
            # They say whose record it is; a list that the dossier has once has such values of its own.
            naming = path == ("assessor",) or (path == _CODE and sheet.key != "dang-vien")
            if naming and sheet.kind != RECORDS:
                continue
            path = path[1:] if path[0] == "sheet" else path
            put(record, path, value)
            self.places.cells[f"{pointer}/{'/'.join(path)}"] = source
        return pointer

    def fill_in(self, sheet: Sheet, values: dict[tuple[str, ...], tuple[Json, str]]) -> None:
        """What a row says without a cell for it: the answer for all other signs, the name of a chosen assessor."""
        if REST_OF_SIGNS in values:
            rest = values.pop(REST_OF_SIGNS)
            for column in sheet.columns:
                if column.path[0] == "signs" and column.path != REST_OF_SIGNS:
                    values.setdefault(column.path, rest)
        if self.made_empty and sheet.kind == ASSESSMENTS and ("assessor",) in values:
            code, source = values["assessor",]
            label = next(
                (words for c in sheet.columns if c.path == ("assessor",) for k, words in c.options if k == code), ""
            )
            if label:
                values.setdefault(("sheet", "assessor"), (label, source))

    def target(
        self, sheet: Sheet, values: dict[tuple[str, ...], tuple[Json, str]], cell: str, name_cell: str, name: object
    ) -> tuple[dict[str, Any] | None, str]:
        """The record that a row belongs to, made where the row is what makes it, and its pointer."""
        if sheet.key == "dang-vien":
            if not values.keys() & {_CODE, _NAME}:
                stray = next(iter(values.values()))[1]
                where, row = stray.rpartition("!")[2], position(cell.rpartition("!")[2])[0] + 1
                self.add("dossier.excel.nobody", "error", stray, row=row, cell=where, count=len(values))
                return None, ""
            record, pointer = self.new(self.data["members"], "/members", cell)
            code = str(values[_CODE][0]) if _CODE in values else ""
            self.people.add(record, len(self.data["members"]) - 1, code, cell)
            return record, pointer
        if sheet.kind == RECORDS:
            return self.new(self.data.setdefault(sheet.holder, []), f"/{sheet.holder}", cell)
        holder, pointer, who = self.data, "", ""
        if sheet.kind in _ABOUT_MEMBERS or sheet.holder == "members":
            given, source = values.get(_CODE, ("", cell))
            person = self.people.find(str(given), str(name or ""), sheet.title, source)
            if person is None:
                return None, ""
            holder, who, pointer = person.record, person.code, f"/members/{person.index}"
            self.tell(self.names.contradiction(who, person.name, name or "", sheet.title, name_cell), who)
        else:
            holder = self.data.setdefault(sheet.holder, {})
            pointer = f"/{sheet.holder}"
        if sheet.kind == MEMBER_RECORDS:
            return self.new(holder.setdefault(sheet.holder, []), f"{pointer}/{sheet.holder}", cell)
        if sheet.kind != ASSESSMENTS:
            seen = f"{pointer}@{sheet.key}"
            if seen in self.places.cells:
                self.add("dossier.excel.duplicate_row", "error", cell, who, first=self.places.cells[seen])
            self.places.cells[seen] = cell
            return holder, pointer
        assessor, source = values.get(("assessor",), ("", cell))
        if not assessor:
            self.add("dossier.excel.no_assessor", "error", cell, who, sheet=sheet.title)
            return None, ""
        sheets = holder.setdefault("assessments", {})
        pointer = f"{pointer}/assessments/{assessor}"
        if assessor in sheets:
            self.add("dossier.excel.duplicate_row", "error", source, who, first=self.places.cells[pointer])
        self.places.cells[pointer] = source
        found: dict[str, Any] = sheets.setdefault(assessor, {})
        return found, pointer

    def new(self, records: list[Any], above: str, cell: str) -> tuple[dict[str, Any], str]:
        """A new record of a list, whose row begins at `cell`, and its pointer."""
        record: dict[str, Any] = {}
        records.append(record)
        pointer = f"{above}/{len(records) - 1}"
        self.places.cells[pointer] = cell
        return record, pointer

    # -- cells --

    def value(self, column: Column, cell: object, source: str, page: Page) -> Read:
        """The value in a cell, with what there is to say of it; `...` for an empty one."""
        value, code = value_of(column, cell, page.since_1904)
        if code:
            index, number = position(source.rpartition("!")[2])[::-1]
            self.tell([told_of(code, column, cell, value, page, index, number + 1)])
        if isinstance(value, str) and column.path in _KEYS:
            return one_line(storable(value))  # so that one id is one id, however its accents were typed
        return value


def _may_be_code(text: str) -> bool:
    """Whether a text in the column of codes can be one: no words that close a list, and not the name of somebody."""
    return " " not in text and not sums_up(text)


_CODE, _NAME = ("id",), ("member", "full_name")
#: So many empty rows above a row of a list are a sign that it is no row of it.
_GAP = 20
#: What other rows and sheets refer to.
_KEYS = (_CODE, ("assessor",))
#: Sheets whose every row names a member.
_ABOUT_MEMBERS = (MEMBERS, MEMBER_RECORDS)
