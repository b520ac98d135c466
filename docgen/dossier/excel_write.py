"""Writing a workbook: titles people read, bindings in a hidden row, drop-downs, notes, wide cells for text."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import xlsxwriter
from xlsxwriter.utility import xl_range_abs

from docgen.dossier.excel_cells import cell_value
from docgen.dossier.excel_guide import TITLE, comment_of, height_of, is_required, write_guide
from docgen.dossier.excel_looks import Looks, fit_to_width, on_landscape
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
from docgen.paths import AnyRecord, Json, JsonDict, get_mapping
from docgen.regulations.loader import RegulationData

if TYPE_CHECKING:
    from types import EllipsisType

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

#: Drop-downs reach this far below the last row, for what people add.
SPARE_ROWS = 200
EXAMPLE = "(ví dụ)"
#: What stands below the rows that are folded away.
FOLDED = "Bấm dấu + ở lề trái: những mục chỉ ghi khi docgen grade hỏi đến"


def build(regulation: RegulationData, data: AnyRecord | None, asked: Asked | None = None) -> bytes:
    """The bytes of a workbook with `data`, or of an empty one; with `asked` a short book with a guide."""
    return _Writer(regulation, data, asked).bytes()


@dataclass(frozen=True, slots=True)
class _Title:
    text: str
    required: bool
    comment: str


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
        self.lists: dict[tuple[str, ...], str] = {}
        self.book: xlsxwriter.Workbook
        self.looks: Looks
        self.names = {
            str(m.get("id")): (m.get("member") or {}).get("full_name", "")
            for m in self.data.get("members", ())
            if isinstance(m, dict)
        }

    def bytes(self) -> bytes:
        target = io.BytesIO()
        # Row after row goes to a file of its own: a book of thousands of people takes no more memory than one of few.
        # What people wrote is text, never a formula, an address or a number.
        how = {
            "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False,
        }  # fmt: skip
        with xlsxwriter.Workbook(target, how) as self.book:  # a value that does not fit ends the book's files, too
            self.looks = Looks(self.book)
            self.write()
        return target.getvalue()

    def write(self) -> None:
        """Write every sheet."""
        sheets = self.layout
        if self.short:
            sheets = shortened(sheets, self.asked, self.has_value)
            title = self.regulation.short or self.regulation.id
            write_guide(self.book.add_worksheet(TITLE), self.looks, sheets, self.asked, title, self.empty)
        for sheet in sheets:
            page = self.book.add_worksheet(sheet.title)
            if sheet.kind == VALUES:
                self.values(page, sheet)
            else:
                self.table(page, sheet)
        self.write_lists()

    def has_value(self, sheet: Sheet, column: Column) -> bool:
        """Whether the data has a value for `column`."""
        records = (self.data,) if sheet.kind == VALUES else () if self.empty else self.records(sheet)
        return any(lookup(record, column.path) is not ... for record in records)

    # -- the two kinds of sheets --

    def values(self, page: Worksheet, sheet: Sheet) -> None:
        """Title, value, binding (hidden): one value a row."""
        page.set_column(0, 0, 48)
        page.set_column(1, 1, 90)
        page.set_column(2, 2, None, None, {"hidden": True})
        page.freeze_panes(1, 0)
        fit_to_width(page)
        for number, head in enumerate(("Nội dung", "Giá trị", MARK + sheet.key)):
            page.write_string(0, number, head, self.looks.head)
        columns = sorted(sheet.columns, key=lambda c: self.folded(sheet, c))
        for row, column in enumerate(columns, start=1):
            title = self.titled(sheet, column)
            shown = cell_value(column, lookup(self.data, column.path))
            folded = {"level": 1, "hidden": True} if self.folded(sheet, column) else {}
            # Bold or wide letters take more than the width says.
            page.set_row(row, height_of(((title.text, 40), (shown, 80))), None, folded)
            self.write_title(page, row, 0, title, self.looks.required if title.required else self.looks.text)
            self.put(page, row, 1, shown)
            page.write_string(row, 2, column.binding)
            self.drop_down(page, column, row, 1, row)
        if any(self.folded(sheet, column) for column in columns):
            page.set_row(len(columns) + 1, None, None, {"collapsed": True})
            page.write_string(len(columns) + 1, 0, FOLDED, self.looks.grey)

    def folded(self, sheet: Sheet, column: Column) -> bool:
        """Whether a row is folded away: grading may ask for it later, and nothing is written there yet."""
        return is_later(self.asked, sheet, column) and lookup(self.data, column.path) is ...

    def table(self, page: Worksheet, sheet: Sheet) -> None:
        """Titles, bindings (hidden), then one record a row."""
        columns = sheet.columns
        for number, column in enumerate(columns):
            page.set_column(number, number, _width(column))
        on_landscape(page)
        page.repeat_rows(0)
        page.repeat_columns(0, 1)
        page.freeze_panes(2, 2 if columns[1:2] and columns[1].path == (SHOWN_ONLY,) else 1)
        page.set_row(0, 62)
        for number, column in enumerate(columns):
            title = self.titled(sheet, column)
            self.write_title(page, 0, number, title, self.looks.required_head if title.required else self.looks.head)
        page.set_row(1, None, None, {"hidden": True})
        for number, column in enumerate(columns):
            mark = MARK + sheet.key + ":" if number == 0 else ""
            page.write_string(1, number, mark + column.binding)
        row = 2
        if self.empty:
            for number, column in enumerate(columns):
                example = EXAMPLE if number == 0 else self.example(column)
                if example is not None:
                    page.write(row, number, example, self.looks.grey)
            row += 1
        else:
            for record in self.records(sheet):
                for number, column in enumerate(columns):
                    self.put(page, row, number, cell_value(column, lookup(record, column.path)))
                row += 1
        for number, column in enumerate(columns):
            self.drop_down(page, column, 2, number, row - 1 + SPARE_ROWS)

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

    def titled(self, sheet: Sheet, column: Column) -> _Title:
        """The title of a column: marked where it has to be filled, with a comment what it is for."""
        required = is_required(self.asked, sheet, column)
        comment = comment_of(self.asked, sheet, column) if self.short else ""
        return _Title(column.title + REQUIRED_MARK if required else column.title, required, comment)

    def write_title(self, page: Worksheet, row: int, number: int, title: _Title, look: Format) -> None:
        page.write_string(row, number, title.text, look)
        if title.comment:
            height = 40 + 14 * (len(title.comment) // 40)
            page.write_comment(row, number, title.comment, {"author": "docgen", "height": height, "width": 320})

    def put(self, page: Worksheet, row: int, number: int, shown: str | float | bool | None) -> None:
        if isinstance(shown, bool):
            page.write_boolean(row, number, shown)
        elif isinstance(shown, str):
            page.write_string(row, number, shown, self.looks.text)
        elif shown is not None:
            page.write_number(row, number, shown)

    def example(self, column: Column) -> str | float | None:
        if column.options:
            return column.options[0][1]
        return column.kind.cell_example

    def drop_down(self, page: Worksheet, column: Column, first: int, number: int, last: int) -> None:
        if not column.options:
            return
        words = tuple(word for _, word in column.options)
        if words not in self.lists:
            at = len(self.lists)
            self.lists[words] = f"='{LISTS}'!{xl_range_abs(0, at, len(words) - 1, at)}"
        page.data_validation(first, number, last, number, {
            "validate": "list", "source": self.lists[words], "error_message": "Chọn một mục trong danh sách",
        })  # fmt: skip

    def write_lists(self) -> None:
        page = self.book.add_worksheet(LISTS)
        for row in range(max(map(len, self.lists), default=0)):
            for number, words in enumerate(self.lists):
                if row < len(words):
                    page.write_string(row, number, words[row])
        page.hide()


def lookup(record: object, path: tuple[str, ...]) -> Json | EllipsisType:
    """The value at `path` in `record`, or `...` (Ellipsis) where there is none; None is a value among facts."""
    found = record
    for step in path:
        # A dict is told in a tenth of the time.
        if not isinstance(found, dict | Mapping) or step not in found:
            return ...
        found = found[step]
    return cast(Json, found)


def _width(column: Column) -> int:
    """The width of a column in characters: that of the longest of its choices, as far as that is no sentence."""
    if column.wide:
        return 60
    longest = max((len(words) for _, words in column.options), default=0) + 2
    return 14 if column.path[-1] == "id" else min(max(20, longest), 34)
