"""Reading a workbook back into a dossier: sheets and columns found by their bindings, else by their titles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from docgen.dossier.excel_cells import put, told_of, value_of
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
from docgen.dossier.layout import (
    ASSESSMENTS,
    MARK,
    MEMBER_RECORDS,
    RECORDS,
    SHOWN_ONLY,
    VALUES,
    Column,
    Sheet,
    workbook_layout,
)
from docgen.dossier.model import Dossier, dossier_from_data, unit_folder
from docgen.dossier.spreadsheet import Page, Told, letters, position, read_pages
from docgen.dossier.text import clean, fold, one_line
from docgen.dossier.workbook_limits import WorkbookError
from docgen.model import Finding, Place, Severity
from docgen.nearest import nearest
from docgen.regulations.loader import Regulation, list_regulations, load_regulation

EXAMPLE = "(vi du)"
#: How far down a page the regulation is looked for.
_NAMED_ROWS = 500
_EMPTY = ("", None)
#: What the binding of a value looks like, one that is not known (any more) included.
_BINDING = re.compile(r"[a-z_0-9]+(\.[a-z_0-9]+)+|regulations?|sample|collective|superior")


class CellPlaces:
    """Where values of a workbook stand: `Đảng viên!C7`; for what is missing, the row or sheet that should hold it."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.cells: dict[str, str] = {}

    def find(self, pointer: str) -> Place:
        """The cell of `pointer`, or of the nearest value above it that has one."""
        at = pointer
        while at and at not in self.cells:
            at = at.rpartition("/")[0]
        return Place(self.file, pointer, self.cells.get(at, pointer))


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


def _regulation(pages: list[Page], folders: Sequence[Path | str]) -> Regulation | str:
    """The regulation a workbook names in any of its cells next to `regulation` or its title."""
    for page in pages:
        for row in page.rows[:_NAMED_ROWS]:
            texts = [str(cell).strip() for cell in row]
            if "regulation" in texts or (texts and fold(texts[0]).startswith("ma van ban")):
                given = texts[1] if len(texts) > 1 else ""
                if given in list_regulations(folders):
                    return load_regulation(given, folders)
                return given
    return ""


class _Reader:
    def __init__(self, regulation: Regulation, pages: list[Page], file: str) -> None:
        self.regulation = regulation
        self.pages = pages
        self.places = CellPlaces(file)
        self.findings: list[Finding] = []
        self.data: dict[str, Any] = {}
        #: id of a member -> its record and its position
        self.members: dict[str, tuple[dict[str, Any], int]] = {}
        self.names = Names({})

    def tell(self, told: Iterable[Told], who: str = "") -> None:
        """Record what a check found."""
        for code, severity, source, params in told:
            self.add(code, severity, source, who, **params)

    def add(self, code: str, severity: Severity, source: str, who: str = "", **params: Any) -> None:
        self.findings.append(Finding(code, severity, Place(self.places.file, "", source), params, who))

    def read(self) -> dict[str, Any]:
        self.data["members"] = []
        free = list(self.pages)
        layout = workbook_layout(self.regulation)
        found: list[tuple[Sheet, Page]] = []
        missing: list[Sheet] = []
        for sheet in layout:
            page = self.find(sheet, free)
            if page is None:
                missing.append(sheet)
            else:
                free.remove(page)
                found.append((sheet, page))
        for sheet in missing:
            severity: Severity = "error" if sheet.required else "warning"
            near = nearest(fold(sheet.title), {fold(p.title): p for p in free})
            shown = next((p.title for p in free if fold(p.title) == near), "")
            self.add("dossier.excel.missing_sheet", severity, sheet.title, sheet=sheet.title, near=shown)
        for sheet, page in found:
            self.tell(copies(sheet, page, free))
        for sheet, page in found:
            self.tell(without_value(page))
            self.tell(astray(page))
            if sheet.kind == VALUES:
                self.values(sheet, page)
            else:
                self.table(sheet, page)
        return self.data

    def find(self, sheet: Sheet, pages: list[Page]) -> Page | None:
        """The page that carries the sheet's mark, else the one with its name."""
        for page in pages:
            if mark_of(page) == sheet.key:
                return page
        wanted = fold(sheet.title)
        return next((page for page in pages if fold(page.title) == wanted), None)

    # -- sheets of values --

    def values(self, sheet: Sheet, page: Page) -> None:
        by_binding = {c.binding: c for c in sheet.columns}
        by_title = {fold(c.title): c for c in sheet.columns}
        self.tell(hidden(page, 0))
        for number, row in enumerate(page.rows):
            texts = [cell.strip() if isinstance(cell, str) else "" for cell in row]
            if not row or any(t.startswith(MARK) for t in texts):
                continue
            column = next((by_binding[t] for t in texts[2:] if t in by_binding), None)
            column = column or by_title.get(fold(texts[0]))
            self.tell(beside(Page(page.title, [*[[]] * number, row]), number, self.place_of(row, texts, column), ()))
            if column is None:
                if texts[0] and len(row) > 1 and row[1] not in ("", None) and fold(texts[0]) != "noi dung":
                    near = nearest(fold(texts[0]), by_title)
                    self.add("dossier.excel.unknown_row", "error", f"{page.title}!A{number + 1}",
                             title=texts[0][:60], near=by_title[near].title if near else "")  # fmt: skip
                continue
            cell = f"{page.title}!B{number + 1}"
            value = self.value(column, row[1] if len(row) > 1 else "", cell, page)
            self.places.cells["/" + "/".join(column.path)] = cell
            if value is not ...:
                put(self.data, column.path, value)

    @staticmethod
    def place_of(row: list[Any], texts: list[str], column: Column | None) -> set[int]:
        """Where the title, the value and the binding of a row of a sheet of values stand; no title, no value."""
        title = {0} if texts[0] or row[0] not in _EMPTY else set()
        value = {1} if title or column is not None else set()
        return title | value | {i for i, text in enumerate(texts) if i > 1 and _BINDING.fullmatch(text)}

    # -- tables --

    def table(self, sheet: Sheet, page: Page) -> None:
        columns, start = self.columns(sheet, page)
        if not columns:
            return
        self.tell(hidden(page, start))
        self.tell(spread_merged(page, start, columns))
        titles = [cell for above in page.rows[:start] for cell in enumerate(above)]
        self.tell(beside(page, start, columns, (i for i, cell in titles if cell not in _EMPTY)))
        shown = next((i for i, column in columns.items() if column.path == (SHOWN_ONLY,)), -1)
        for number, row in enumerate(page.rows[start:], start=start):
            first = next((row[i] for i in sorted(columns) if i < len(row)), "")
            if all(cell in ("", None) for cell in row) or fold(str(first)).startswith(EXAMPLE):
                continue
            values = {
                column.path: (value, f"{page.title}!{letters(i)}{number + 1}")
                for i, column in columns.items()
                if i < len(row) and column.path != (SHOWN_ONLY,)
                for value in (self.value(column, row[i], f"{page.title}!{letters(i)}{number + 1}", page),)
                if value is not ...
            }
            if 0 <= shown < len(row) and ("id",) in values:
                who = str(values[("id",)][0])
                source = f"{page.title}!{letters(shown)}{number + 1}"
                self.tell(self.names.contradiction(who, row[shown], page.title, source), who)
            if values:
                self.record(sheet, values, f"{page.title}!A{number + 1}")
        if sheet.key == "dang-vien":
            found = {
                who: (record.get("member") or {}).get("full_name", "") for who, (record, _) in self.members.items()
            }
            self.names = Names({who: str(name) for who, name in found.items()})

    def columns(self, sheet: Sheet, page: Page) -> tuple[dict[int, Column], int]:
        """Which column holds what, and the row where the records begin."""
        by_binding = {c.binding: c for c in sheet.columns}
        for number, row in enumerate(page.rows[:HEAD_ROWS]):
            names = [cell.strip() if isinstance(cell, str) else "" for cell in row]
            if not any(name.startswith(MARK) for name in names):
                continue
            names = [n.removeprefix(f"{MARK}{sheet.key}:") for n in names]
            found = {i: by_binding[n] for i, n in enumerate(names) if n in by_binding}
            titles = page.rows[number - 1] if number else []
            self.unknown_columns(sheet, page, titles, found, number)
            return found, number + 1
        return self.columns_by_title(sheet, page)

    def columns_by_title(self, sheet: Sheet, page: Page) -> tuple[dict[int, Column], int]:
        """The same by the titles people see, where the hidden row is gone."""
        by_title = {fold(c.title): c for c in sheet.columns}
        best: tuple[dict[int, Column], int] = ({}, 0)
        for number, row in enumerate(page.rows[:HEAD_ROWS]):
            found = {i: by_title[fold(c)] for i, c in enumerate(row) if isinstance(c, str) and fold(c) in by_title}
            if len(found) > len(best[0]):
                best = (found, number + 1)
        found, start = best
        if page.rows and found:
            self.unknown_columns(sheet, page, page.rows[start - 1], found, start - 1)
            needed = sheet.columns[0]
            if needed not in found.values():
                self.add("dossier.excel.missing_column", "error", f"{page.title}!A{start}",
                         title=needed.title, sheet=sheet.title)  # fmt: skip
                return {}, start
        elif any(any(c not in ("", None) for c in row) for row in page.rows):
            self.add("dossier.excel.no_titles", "error", page.title, sheet=sheet.title, title=sheet.columns[0].title)
        return found, start

    def unknown_columns(self, sheet: Sheet, page: Page, titles: list[Any], found: dict[int, Column], row: int) -> None:
        """Report a titled column that holds something and that nothing reads."""
        free = {fold(c.title): c for c in sheet.columns if c not in found.values()}
        for i, title in enumerate(titles):
            if i in found or not isinstance(title, str) or not title.strip():
                continue
            if not any(i < len(r) and r[i] not in ("", None) for r in page.rows[row + 1 :]):
                continue
            near = nearest(fold(title), free)
            self.add("dossier.excel.unknown_column", "error", f"{page.title}!{letters(i)}{max(row, 1)}",
                     title=title.strip()[:60], near=free[near].title if near else "")  # fmt: skip

    def record(self, sheet: Sheet, values: dict[tuple[str, ...], tuple[Any, str]], cell: str) -> None:
        """Put one row where it belongs."""
        record, pointer = self.target(sheet, values, cell)
        if record is None:
            return
        for path, (value, source) in values.items():
            if path in (("assessor",),) or (path == ("id",) and sheet.key != "dang-vien"):
                continue
            path = path[1:] if path[0] == "sheet" else path
            put(record, path, value)
            self.places.cells[f"{pointer}/{'/'.join(path)}"] = source

    def target(
        self, sheet: Sheet, values: dict[tuple[str, ...], tuple[Any, str]], cell: str
    ) -> tuple[dict[str, Any] | None, str]:
        """The record that a row belongs to, made where the row is what makes it, and its pointer."""
        if sheet.key == "dang-vien":
            return self.new(self.data["members"], "/members", values, cell)
        if sheet.kind == RECORDS:
            return self.new(self.data.setdefault(sheet.holder, []), f"/{sheet.holder}", {}, cell)
        holder, pointer, who = self.data, "", ""
        if sheet.holder == "members" or sheet.kind == MEMBER_RECORDS:
            who, source = values.get(("id",), ("", cell))
            if str(who) not in self.members:
                self.add("dossier.excel.unknown_member", "error", source, given=str(who)[:40],
                         near=nearest(str(who), self.members))  # fmt: skip
                return None, ""
            holder, index = self.members[str(who)]
            pointer = f"/members/{index}"
        else:
            holder = self.data.setdefault(sheet.holder, {})
            pointer = f"/{sheet.holder}"
        if sheet.kind == MEMBER_RECORDS:
            return self.new(holder.setdefault(sheet.holder, []), f"{pointer}/{sheet.holder}", {}, cell)
        if sheet.kind != ASSESSMENTS:
            seen = f"{pointer}@{sheet.key}"
            if seen in self.places.cells:
                self.add("dossier.excel.duplicate_row", "error", cell, str(who), first=self.places.cells[seen])
            self.places.cells[seen] = cell
            return holder, pointer
        assessor, source = values.get(("assessor",), ("", cell))
        if not assessor:
            self.add("dossier.excel.no_assessor", "error", cell, str(who), sheet=sheet.title)
            return None, ""
        sheets = holder.setdefault("assessments", {})
        pointer = f"{pointer}/assessments/{assessor}"
        if assessor in sheets:
            self.add("dossier.excel.duplicate_row", "error", source, str(who), first=self.places.cells[pointer])
        self.places.cells[pointer] = source
        found: dict[str, Any] = sheets.setdefault(assessor, {})
        return found, pointer

    def new(
        self, records: list[Any], above: str, values: dict[tuple[str, ...], tuple[Any, str]], cell: str
    ) -> tuple[dict[str, Any], str]:
        record: dict[str, Any] = {}
        records.append(record)
        index = len(records) - 1
        self.places.cells[f"{above}/{index}"] = cell
        given = values.get(("id",))
        if above == "/members" and given is not None:
            self.members.setdefault(str(given[0]), (record, index))
        return record, f"{above}/{index}"

    # -- cells --

    def value(self, column: Column, cell: Any, source: str, page: Page) -> Any:
        """The value in a cell, with what there is to say of it; `...` for an empty one."""
        value, code = value_of(column, cell, page.since_1904)
        if code:
            index, number = position(source.rpartition("!")[2])[::-1]
            self.tell([told_of(code, column, cell, value, page, index, number + 1)])
        if isinstance(value, str) and column.type in ("text", "assessor") and column.path in _KEYS:
            return one_line(clean(value))  # so that one id is one id, however its accents were typed
        return value


#: What other rows and sheets refer to.
_KEYS = (("id",), ("assessor",))
