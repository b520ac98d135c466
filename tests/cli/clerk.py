"""A clerk who fills an empty book: 22 made-up people of a made-up office, typed into the cells the book shows.

What only the people can say (grades, levels, points, votes) is taken from a sample dossier; every word is her own.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import openpyxl
from openpyxl.cell.cell import Cell

from docgen.desk.book_asked import asked_of
from docgen.dossier.excel_cells import cell_value
from docgen.dossier.excel_write import _Writer, lookup
from docgen.dossier.layout import ASSESSMENTS, MEMBER_RECORDS, MEMBERS, SHOWN_ONLY, VALUES, Column, Sheet
from docgen.dossier.sample import sample_dossier
from docgen.paths import get, put
from docgen.regulations.loader import load_regulation
from tools.book_cells import by_people

NAMES = (
    "Trương Công Thắng", "Vũ Bích Hạnh", "Phan Ánh Tuyết", "Cao Trung Kiên", "Đoàn Thúy Loan", "Lâm Việt Hưng",
    "Tạ Tố Nga", "Trịnh Anh Tuấn", "Đinh Hồng Phượng", "Chu Mạnh Cường", "Kiều Bạch Liên", "Quách Tiến Dũng",
    "Lương Phương Thảo", "Thái Trọng Hiếu", "Hà Huyền Trang", "Tô Đăng Khoa", "Mạc Khánh Diệp", "Nông Khắc Toàn",
    "Hứa Bảo Ngân", "La Minh Trí", "Tôn Nữ Quỳnh Mai", "Ông Ích Bảo",
)  # fmt: skip
UNIT, PARENT = "Phòng Kế hoạch", "Sở Xây dựng tỉnh Hải Bình"
#: What a short text is, by the end of its path; another is called after its title.
TEXTS = {
    ("organization", "name"): UNIT, ("organization", "parent"): PARENT, ("organization", "unit"): f"{UNIT}, {PARENT}",
    ("party_organization", "name"): f"Chi bộ {UNIT}", ("collective", "name"): f"Chi ủy Chi bộ {UNIT}",
    ("document", "place"): "Hải Bình", ("member", "workplace"): f"{UNIT}, {PARENT}",
}  # fmt: skip


class Clerk:
    """Fills the book at `path` and counts the cells she types."""

    def __init__(self, path: Any, regulation: str) -> None:
        self.regulation = load_regulation(regulation)
        self.asked = asked_of(self.regulation)
        self.book = openpyxl.load_workbook(path)
        self.path = path
        self.data = known(regulation)
        self.source = _Writer(self.regulation, self.data, self.asked)
        #: Cells typed: of each member and of the unit, beside those by which people judge or tell.
        self.of_member: Counter[str] = Counter()
        #: What of each member differs from what is said of everybody, or is asked of students only.
        self.exceptions: Counter[str] = Counter()
        self.of_unit = 0
        self.by_people = 0

    def fill(self) -> None:
        """Type everything the book shows and she knows; what is folded away she does not see."""
        for sheet in self.source.layout:
            if sheet.title in self.book.sheetnames:
                (self.values if sheet.kind == VALUES else self.table)(self.book[sheet.title], sheet)

    def save(self) -> None:
        self.book.save(self.path)

    def values(self, page: Any, sheet: Sheet) -> None:
        columns = {column.binding: column for column in sheet.columns}
        for row in range(2, page.max_row + 1):
            column = columns.get(str(page.cell(row, 3).value))
            if column is not None and not page.row_dimensions[row].hidden and page.cell(row, 2).value is None:
                self.type(page.cell(row, 2), sheet, column, lookup(self.data, column.path), "")

    def table(self, page: Any, sheet: Sheet) -> None:
        columns = {column.binding: column for column in sheet.columns}
        shown = {c.column: columns[b] for c in page[2] if (b := str(c.value).rpartition(":")[2]) in columns}
        page.delete_rows(3)  # the example
        row = 3
        for record in self.source.records(sheet):
            if not self.has_something(sheet, record):
                continue
            for number, column in shown.items():
                self.type(page.cell(row, number), sheet, column, lookup(record, column.path), str(record.get("id", "")))
            row += 1

    def has_something(self, sheet: Sheet, record: Any) -> bool:
        """Whether there is more to write in a row than whose it is."""
        own = [c for c in sheet.columns if c.path not in (("id",), (SHOWN_ONLY,), ("assessor",))]
        return any(lookup(record, c.path) is not ... for c in own)

    def type(self, cell: Cell, sheet: Sheet, column: Column, value: Any, who: str) -> None:
        if value is ... or column.path == ("sheet", "assessor"):  # the book knows the words of a chosen assessor
            return
        cell.value = self.words(column, value, who)  # type: ignore[assignment]
        naming = column.path in ((SHOWN_ONLY,), ("assessor",)) or (column.path == ("id",) and sheet.key != "dang-vien")
        if naming:  # chosen from a list, copied down
            return
        if by_people(sheet, column):
            self.by_people += 1
        elif sheet.kind in (MEMBERS, MEMBER_RECORDS):
            own = sheet.key != "dang-vien" or column.path[0] == "facts"
            (self.exceptions if own else self.of_member)[who] += 1
        else:
            assert sheet.kind != ASSESSMENTS
            self.of_unit += 1

    def words(self, column: Column, value: Any, who: str) -> Any:
        """What she types for `value`."""
        name = NAMES[int(who[3:]) - 1] if who.startswith("dv-") else ""
        if column.path in ((SHOWN_ONLY,), ("member", "full_name")):
            return name
        if column.kind.is_many:
            return f"{column.title}: đã thực hiện đúng kế hoạch đề ra từ đầu năm" + (f" ({name})." if name else ".")
        if column.kind.is_words and not column.options and isinstance(value, str) and column.path not in SAME:
            signs = column.path[-1] == "signer" or column.path[0] in ("signers", "counting") or "chair" in column.path
            return TEXTS.get(column.path) or (NAMES[0] if signs else value if "position" in column.path else
                                              f"{column.title} {who}".strip())  # fmt: skip
        return cell_value(column, value)

    def cell(self, title: str, binding: str, who: int = 0) -> Cell:
        """The cell of a value: of the first row about the member number `who`, or of a sheet of values (0)."""
        page = self.book[title]
        if not who:
            row = next(c.row for c in page["C"] if c.value == binding)
            return page.cell(row, 2)  # type: ignore[no-any-return]
        column = next(c.column for c in page[2] if str(c.value).rpartition(":")[2] == binding)
        row = next(c.row for c in page["A"] if str(c.value).casefold() == f"dv-{who:02d}")
        return page.cell(row, column)  # type: ignore[no-any-return]


#: Texts that are codes to docgen, dates or bindings.
SAME = (("id",), ("regulation",), ("assessor",), ("period", "year"))


def known(regulation: str) -> Any:
    """What is known of the 22: a sample without its mark; what holds of nearly everybody is said once for all."""
    data: Any = sample_dossier(regulation, members=22)
    data.pop("sample", None)
    asked = {path[2] for _, path in asked_of(load_regulation(regulation)) if path[:2] == ("everyone", "facts")}
    for name in sorted(asked):
        given = [get(member, ("facts", name)) for member in data["members"] if name in member.get("facts", {})]
        if not given:
            continue
        usual = Counter(map(repr, given)).most_common(1)[0][0]
        value = next(v for v in given if repr(v) == usual)
        put(data, ("everyone", "facts", name), value)
        for member in data["members"]:
            if member.get("facts", {}).get(name) == value:
                del member["facts"][name]
    return data
