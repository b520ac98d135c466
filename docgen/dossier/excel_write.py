"""Writing a workbook: titles people read, bindings in a hidden row, drop-downs, notes, wide cells for text."""

# openpyxl comes without types: a call of it is not an error of ours.
# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

from openpyxl.styles.alignment import Alignment
from openpyxl.styles.fills import PatternFill
from openpyxl.styles.fonts import Font
from openpyxl.utils.cell import get_column_letter
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation

from docgen.dossier.layout import (
    ASSESSMENTS,
    MARK,
    MEMBER_RECORDS,
    MEMBERS,
    SHOWN_ONLY,
    UNKNOWN,
    VALUES,
    Column,
    Sheet,
    workbook_layout,
)
from docgen.errors import UsageError
from docgen.regulations.loader import Regulation

#: What one cell of a workbook can hold.
CELL_LIMIT = 32_767
#: Drop-downs reach this far below the last row, for what people add.
SPARE_ROWS = 200
LISTS = "Danh mục"
EXAMPLE = "(ví dụ)"
_HEAD = PatternFill("solid", fgColor="DDE6F0")
_GREY = Font(italic=True, color="808080")
_EXAMPLES = {
    "text": "…", "paragraphs": "Đoạn thứ nhất\nĐoạn thứ hai (Alt+Enter để xuống dòng)", "date": "20/12/2018",
    "year": 2018, "integer": 12, "number": 7.5,
}  # fmt: skip


def build(regulation: Regulation, data: dict[str, Any] | None) -> bytes:
    """The bytes of a workbook with `data`, or of an empty one."""
    return _Writer(regulation, data).bytes()


class _Writer:
    def __init__(self, regulation: Regulation, data: dict[str, Any] | None) -> None:
        self.regulation = regulation
        self.empty = data is None
        self.data: dict[str, Any] = data if data is not None else {"regulation": regulation.id}
        self.book = Workbook()
        self.book.remove(self.book.active)
        self.lists: dict[tuple[str, ...], str] = {}
        self.names = {
            str(m.get("id")): (m.get("member") or {}).get("full_name", "")
            for m in self.data.get("members", ())
            if isinstance(m, dict)
        }

    def bytes(self) -> bytes:
        for sheet in workbook_layout(self.regulation):
            page = self.book.create_sheet(sheet.title)
            if sheet.kind == VALUES:
                self.values(page, sheet)
            else:
                self.table(page, sheet)
        self.write_lists()
        target = io.BytesIO()
        self.book.save(target)
        return target.getvalue()

    # -- the two kinds of sheets --

    def values(self, page: Any, sheet: Sheet) -> None:
        """Title, value, binding (hidden): one value a row."""
        for number, title in enumerate(("Nội dung", "Giá trị", MARK + sheet.key), start=1):
            self.head(page.cell(1, number, title))
        for row, column in enumerate(sheet.columns, start=2):
            page.cell(row, 1, column.title).alignment = Alignment(wrap_text=True, vertical="top")
            self.put(page.cell(row, 2), column, lookup(self.data, column.path))
            page.cell(row, 3, column.binding)
            self.drop_down(page, column, f"B{row}")
        page.column_dimensions["A"].width, page.column_dimensions["B"].width = 48, 90
        page.column_dimensions["C"].hidden = True
        page.freeze_panes = "A2"

    def table(self, page: Any, sheet: Sheet) -> None:
        """Titles, bindings (hidden), then one record a row."""
        records = [({}, True)] if self.empty else [(record, False) for record in self.records(sheet)]
        for number, column in enumerate(sheet.columns, start=1):
            letter = get_column_letter(number)
            self.head(page.cell(1, number, column.title))
            page.cell(2, number, MARK + sheet.key + ":" + column.binding if number == 1 else column.binding)
            page.column_dimensions[letter].width = 60 if column.wide else 14 if column.path[-1] == "id" else 20
            self.drop_down(page, column, f"{letter}3:{letter}{len(records) + 2 + SPARE_ROWS}")
            for row, (record, example) in enumerate(records, start=3):
                cell = page.cell(row, number)
                if example:
                    cell.value = EXAMPLE if number == 1 else self.example(column)
                    cell.font = _GREY
                else:
                    self.put(cell, column, lookup(record, column.path))
        page.row_dimensions[2].hidden = True
        page.row_dimensions[1].height = 62
        page.freeze_panes = "C3" if sheet.columns[1:2] and sheet.columns[1].path == (SHOWN_ONLY,) else "B3"

    def records(self, sheet: Sheet) -> Iterator[dict[str, Any]]:
        """The records of a table, each with what the sheet shows besides: the name, the assessor."""
        if sheet.kind == MEMBERS:
            for member in self.data.get("members", ()):
                yield member | {SHOWN_ONLY: self.names.get(str(member.get("id")), "")}
        elif sheet.kind == ASSESSMENTS:
            holders = self.data.get("members", ()) if sheet.holder == "members" else [self.data.get(sheet.holder) or {}]
            for holder in holders:
                for assessor, found in (holder.get("assessments") or {}).items():
                    yield {
                        "id": holder.get("id"), SHOWN_ONLY: self.names.get(str(holder.get("id")), ""),
                        "assessor": assessor, "sheet": found,
                    }  # fmt: skip
        elif sheet.kind == MEMBER_RECORDS:
            for member in self.data.get("members", ()):
                key = member.get("id")
                for row in member.get(sheet.holder) or ():
                    yield row | {"id": key, SHOWN_ONLY: self.names.get(str(key), "")}
        else:
            yield from self.data.get(sheet.holder, ())

    # -- cells --

    def head(self, cell: Any) -> None:
        cell.font = Font(bold=True)
        cell.fill = _HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="top")

    def put(self, cell: Any, column: Column, value: Any) -> None:
        shown = cell_value(column, value)
        if isinstance(shown, str):
            if len(shown) > CELL_LIMIT:
                raise UsageError(
                    "dossier.usage.cell_too_long", binding=column.binding, length=len(shown), limit=CELL_LIMIT
                )
            cell.value = shown
            # A text that begins with "=" is a text, never a formula.
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        elif shown is not None:
            cell.value = shown

    def example(self, column: Column) -> Any:
        if column.options:
            return column.options[0][1]
        return _EXAMPLES.get(column.type, "…")

    def drop_down(self, page: Any, column: Column, where: str) -> None:
        if not column.options:
            return
        words = tuple(word for _, word in column.options)
        if words not in self.lists:
            letter = get_column_letter(len(self.lists) + 1)
            self.lists[words] = f"'{LISTS}'!${letter}$1:${letter}${len(words)}"
        rule = DataValidation(type="list", formula1=self.lists[words], allow_blank=True, showErrorMessage=True)
        rule.error = "Chọn một mục trong danh sách"
        page.add_data_validation(rule)
        rule.add(where)

    def write_lists(self) -> None:
        page = self.book.create_sheet(LISTS)
        for number, words in enumerate(self.lists, start=1):
            for row, word in enumerate(words, start=1):
                page.cell(row, number, word)
        page.sheet_state = "hidden"


def lookup(record: Any, path: tuple[str, ...]) -> Any:
    """The value at `path` in `record`, or `...` (Ellipsis) where there is none; None is a value among facts."""
    for name in path:
        if not isinstance(record, dict) or name not in record:
            return ...
        record = record[name]
    return record


def cell_value(column: Column, value: Any) -> Any:
    """What a cell shows for `value`: words for codes, paragraphs one a line, dates as dd/mm/yyyy, JSON for the rest."""
    if value is ...:
        return None
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return dict(column.options).get("true" if value else "false", "Có" if value else "Không")
    if isinstance(value, list) and column.type == "paragraphs" and all(isinstance(v, str) for v in value):
        return "\n".join(value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str):
        if column.type in ("date", "fact:date") and len(value) == 10 and value[4] == value[7] == "-":
            return f"{value[8:]}/{value[5:7]}/{value[:4]}"
        return dict(column.options).get(value, value)
    return value
