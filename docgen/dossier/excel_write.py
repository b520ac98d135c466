"""Writing a workbook: titles people read, bindings in a hidden row, drop-downs, notes, wide cells for text."""

# openpyxl comes without types: a call of it is not an error of ours.
# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from openpyxl.comments.comments import Comment
from openpyxl.styles.alignment import Alignment
from openpyxl.styles.fills import PatternFill
from openpyxl.styles.fonts import Font
from openpyxl.utils.cell import get_column_letter
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation

from docgen.dossier.excel_cells import cell_value
from docgen.dossier.excel_guide import (
    REQUIRED_FILL,
    TITLE,
    comment_of,
    fit_to_width,
    height_of,
    is_required,
    write_guide,
)
from docgen.dossier.layout import (
    ASSESSMENTS,
    LISTS,
    MARK,
    MEMBER_RECORDS,
    MEMBERS,
    REST_OF_SIGNS,
    SHOWN_ONLY,
    VALUES,
    Column,
    Sheet,
    workbook_layout,
)
from docgen.dossier.short_book import REQUIRED_MARK, Asked, is_later, shortened
from docgen.paths import AnyRecord, Json, JsonDict, get, get_mapping
from docgen.regulations.loader import RegulationData

if TYPE_CHECKING:
    from types import EllipsisType

    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

#: Drop-downs reach this far below the last row, for what people add.
SPARE_ROWS = 200
EXAMPLE = "(ví dụ)"
#: What stands below the rows that are folded away.
FOLDED = "Bấm dấu + ở lề trái: những mục chỉ ghi khi docgen grade hỏi đến"
_HEAD = PatternFill("solid", fgColor="DDE6F0")
_GREY = Font(italic=True, color="808080")


def build(regulation: RegulationData, data: AnyRecord | None, asked: Asked | None = None) -> bytes:
    """The bytes of a workbook with `data`, or of an empty one; with `asked` a short book with a guide."""
    return _Writer(regulation, data, asked).bytes()


class _Writer:
    def __init__(self, regulation: RegulationData, data: AnyRecord | None, asked: Asked | None) -> None:
        self.regulation = regulation
        self.asked: Asked = asked or {}
        self.short = asked is not None
        self.layout = workbook_layout(regulation)
        signs = {c.path for sheet in self.layout for c in sheet.columns if c.path[0] == "signs"}
        self.sign_ids = {path[1] for path in signs - {REST_OF_SIGNS}}
        self.empty = data is None
        #: As plain data: which names are asked for follows from the sheets.
        self.data: dict[str, Any] = dict(data) if data is not None else {"regulation": regulation.id}
        self.book = Workbook()
        self.book.remove(self.book.active)
        self.lists: dict[tuple[str, ...], str] = {}
        self.names = {
            str(m.get("id")): (m.get("member") or {}).get("full_name", "")
            for m in self.data.get("members", ())
            if isinstance(m, dict)
        }

    def bytes(self) -> bytes:
        sheets = self.layout
        if self.short:
            sheets = shortened(sheets, self.asked, self.has_value)
            title = self.regulation.short or self.regulation.id
            write_guide(self.book.create_sheet(TITLE), sheets, self.asked, title, self.empty)
        for sheet in sheets:
            page = self.book.create_sheet(sheet.title)
            if sheet.kind == VALUES:
                self.values(page, sheet)
            else:
                self.table(page, sheet)
        self.write_lists()
        target = io.BytesIO()
        self.book.save(target)
        return target.getvalue()

    def has_value(self, sheet: Sheet, column: Column) -> bool:
        """Whether the data has a value for `column`."""
        records = (self.data,) if sheet.kind == VALUES else () if self.empty else self.records(sheet)
        return any(lookup(record, column.path) is not ... for record in records)

    # -- the two kinds of sheets --

    def values(self, page: Worksheet, sheet: Sheet) -> None:
        """Title, value, binding (hidden): one value a row."""
        for number, title in enumerate(("Nội dung", "Giá trị", MARK + sheet.key), start=1):
            self.head(page.cell(1, number, title))
        columns = sorted(sheet.columns, key=lambda c: self.folded(sheet, c))
        for row, column in enumerate(columns, start=2):
            title = page.cell(row, 1, column.title)
            title.alignment = Alignment(wrap_text=True, vertical="top")
            self.explain(title, sheet, column)
            self.put(page.cell(row, 2), column, lookup(self.data, column.path))
            page.cell(row, 3, column.binding)
            # Bold or wide letters take more than the width says.
            page.row_dimensions[row].height = height_of(((title.value, 40), (page.cell(row, 2).value, 80)))
            self.drop_down(page, column, f"B{row}")
            if self.folded(sheet, column):
                page.row_dimensions[row].outlineLevel, page.row_dimensions[row].hidden = 1, True
        if any(self.folded(sheet, column) for column in columns):
            page.cell(len(columns) + 2, 1, FOLDED).font = _GREY
            page.row_dimensions[len(columns) + 2].collapsed = True
        page.column_dimensions["A"].width, page.column_dimensions["B"].width = 48, 90
        page.column_dimensions["C"].hidden = True
        page.freeze_panes = "A2"
        fit_to_width(page)

    def folded(self, sheet: Sheet, column: Column) -> bool:
        """Whether a row is folded away: grading may ask for it later, and nothing is written there yet."""
        return is_later(self.asked, sheet, column) and lookup(self.data, column.path) is ...

    def table(self, page: Worksheet, sheet: Sheet) -> None:
        """Titles, bindings (hidden), then one record a row."""
        records = [({}, True)] if self.empty else [(record, False) for record in self.records(sheet)]
        for number, column in enumerate(sheet.columns, start=1):
            letter = get_column_letter(number)
            self.head(title := page.cell(1, number, column.title))
            self.explain(title, sheet, column)
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
        page.page_setup.orientation, page.page_setup.paperSize = "landscape", page.PAPERSIZE_A4
        page.print_title_rows, page.print_title_cols = "1:1", "A:B"
        page.freeze_panes = "C3" if sheet.columns[1:2] and sheet.columns[1].path == (SHOWN_ONLY,) else "B3"

    def records(self, sheet: Sheet) -> Iterator[JsonDict]:
        """The records of a table, each with what the sheet shows besides: the name, the assessor."""
        if sheet.kind == MEMBERS:
            for member in self.data.get("members", ()):
                shown = {SHOWN_ONLY: self.names.get(str(member.get("id")), "")}
                yield member | shown | (self.signs(member) if sheet.key == "bieu-hien" else {})
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

    def signs(self, member: AnyRecord) -> JsonDict:
        """The answers of a member who has answered every sign, the most frequent as the one for all the rest."""
        given = get_mapping(member, "signs")
        answers = [answer for answer in given.values() if isinstance(answer, str)]
        if not answers or set(given) != self.sign_ids or len(answers) < len(given):
            return {}
        rest = Counter(answers).most_common(1)[0][0]
        return {"signs": {REST_OF_SIGNS[1]: rest, **{k: v for k, v in given.items() if v != rest}}}

    # -- cells --

    def head(self, cell: Cell) -> None:
        cell.font = Font(bold=True)
        cell.fill = _HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="top")

    def explain(self, title: Cell, sheet: Sheet, column: Column) -> None:
        """Mark the title of a column that has to be filled, and say in a comment what it is for."""
        if is_required(self.asked, sheet, column):
            title.value = column.title + REQUIRED_MARK
            title.fill = REQUIRED_FILL
        if self.short and (text := comment_of(self.asked, sheet, column)):
            title.comment = Comment(text, "docgen", height=40 + 14 * (len(text) // 40), width=320)

    def put(self, cell: Cell, column: Column, value: Json | EllipsisType) -> None:
        shown = cell_value(column, value)
        if isinstance(shown, str):
            cell.value = shown
            # A text that begins with "=" is a text, never a formula.
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        elif shown is not None:
            cell.value = shown

    def example(self, column: Column) -> str | float | None:
        if column.options:
            return column.options[0][1]
        return column.kind.cell_example

    def drop_down(self, page: Worksheet, column: Column, where: str) -> None:
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


def lookup(record: object, path: tuple[str, ...]) -> Json | EllipsisType:
    """The value at `path` in `record`, or `...` (Ellipsis) where there is none; None is a value among facts."""
    return get(record, path) if path[-1] in get_mapping(record, *path[:-1]) else ...
