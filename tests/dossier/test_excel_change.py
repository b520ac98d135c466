"""Values put into a workbook in place: the data are there, and everything else of the book is what it was."""

from __future__ import annotations

import copy
import io
import re
import zipfile
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from workbooks import KH55, column_of, opened, raw_workbook, read, saved, with_part

from docgen.dossier import Dossier
from docgen.dossier.excel import workbook_bytes
from docgen.dossier.excel_change import ChangedBook, change_workbook
from docgen.dossier.layout import workbook_layout
from docgen.dossier.loaded import dossier_from_data
from docgen.dossier.sample import sample_dossier
from docgen.regulations.loader import list_regulations, load_regulation


def loaded(raw: bytes) -> Dossier:
    dossier, _ = read(raw)
    assert dossier is not None
    return dossier


def changed(raw: bytes, *path: Any, value: Any) -> ChangedBook:
    """The book with one value put in."""
    dossier = loaded(raw)
    data = copy.deepcopy(dossier.data)
    holder: Any = data
    for step in path[:-1]:
        holder = holder[step] if isinstance(holder, list) else holder.setdefault(step, {})
    holder[path[-1]] = value
    return change_workbook(raw, dossier, data)


def parts(raw: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(raw)) as source:
        return {name: source.read(name) for name in source.namelist()}


def told(book: ChangedBook) -> list[str]:
    return [f.code.removeprefix("dossier.excel.") for f in book.findings]


NAME = ("members", 1, "member", "workplace")


@pytest.mark.parametrize("regulation", list_regulations())
def test_a_book_of_names_takes_a_whole_dossier(regulation: str) -> None:
    """Every value of every sample has its cell: rows of lists, of assessors, of sheets that were empty."""
    full, _ = dossier_from_data(sample_dossier(regulation))
    assert full is not None
    kept = {"regulation", "period", "organization", "members"}
    data = {name: value for name, value in full.data.items() if name in kept}
    data["members"] = [{"id": m["id"], "member": m["member"]} for m in full.data["members"]]
    raw = workbook_bytes(load_regulation(regulation), data)
    book = change_workbook(raw, loaded(raw), full.data)
    assert book.findings == []
    assert book.content is not None
    assert loaded(book.content).data == full.data


def test_only_the_sheet_concerned_is_another() -> None:
    book = changed(raw_workbook(), *NAME, value="Phó Trưởng phòng_x0041_\nkiêm = 1")
    assert book.content is not None
    before, after = parts(raw_workbook()), parts(book.content)
    assert list(before) == list(after)
    assert [name for name in before if before[name] != after[name]] == ["xl/worksheets/sheet2.xml"]
    assert loaded(book.content).data["members"][1]["member"]["workplace"] == "Phó Trưởng phòng_x0041_ kiêm = 1"


def test_what_people_put_into_the_book_stays() -> None:
    own = opened()
    sheet = own["Đảng viên"]
    column = column_of(sheet, "member.workplace")
    cell = sheet.cell(4, column)
    cell.comment = Comment("hỏi lại anh Bình", "Hoa")
    cell.fill = PatternFill("solid", fgColor="FFFF00")
    sheet.column_dimensions["B"].width = 33
    own.create_sheet("Của tôi")["B2"] = "điện thoại"
    book = changed(saved(own), *NAME, value="Chánh Văn phòng")
    assert book.content is not None
    again = openpyxl.load_workbook(io.BytesIO(book.content))
    cell = again["Đảng viên"].cell(4, column)
    assert (cell.value, cell.comment.text, cell.fill.fgColor.rgb) == (
        "Chánh Văn phòng", "hỏi lại anh Bình", "00FFFF00",
    )  # fmt: skip
    assert again["Đảng viên"].column_dimensions["B"].width == 33
    assert again["Của tôi"]["B2"].value == "điện thoại"


def test_parts_no_library_knows_and_macros_stay() -> None:
    raw = with_part(raw_workbook(), "xl/vbaProject.bin", lambda _: b"\xd0\xcfmacro")
    raw = with_part(raw, "xl/threadedComments/threadedComment1.xml", lambda _: b"<ThreadedComments/>")
    raw = with_part(raw, "[Content_Types].xml", lambda c: c.replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    ))  # fmt: skip
    book = changed(raw, *NAME, value="Kế toán")
    assert book.content is not None
    assert parts(book.content)["xl/vbaProject.bin"] == b"\xd0\xcfmacro"
    assert parts(book.content)["xl/threadedComments/threadedComment1.xml"] == b"<ThreadedComments/>"


def with_formula(raw: bytes, reference: str) -> bytes:
    """The members' sheet with a formula, worked out to 7, in the cell `reference` (which was there)."""

    def put(content: bytes) -> bytes:
        pattern = rf'<c r="{reference}"[^>]*?(/>|>.*?</c>)'.encode()
        found, count = re.subn(pattern, f'<c r="{reference}"><f>3+4</f><v>7</v></c>'.encode(), content, count=1)
        assert count == 1
        return found

    return with_part(raw, "xl/worksheets/sheet2.xml", put)


def test_results_of_formulas_stay_and_are_to_be_worked_out_anew() -> None:
    own = opened()
    own["Đảng viên"]["A40"] = ""
    own.create_sheet("Đếm", 0)["A1"] = 5
    raw = saved(own)
    raw = with_part(raw, "xl/worksheets/sheet1.xml", lambda c: c.replace(b"<v>5</v>", b"<f>2+3</f><v>5</v>"))
    book = changed(raw, *NAME, value="Kế toán")
    assert book.content is not None
    assert book.formulas
    assert b"<f>2+3</f><v>5</v>" in parts(book.content)["xl/worksheets/sheet1.xml"]
    assert b'fullCalcOnLoad="1"' in parts(book.content)["xl/workbook.xml"]


def test_no_formula_is_written_over() -> None:
    sheet = opened()["Đảng viên"]
    reference = sheet.cell(4, column_of(sheet, "member.workplace")).coordinate
    book = changed(with_formula(raw_workbook(), reference), *NAME, value="Kế toán")
    assert (book.content, told(book)) == (None, ["formula_there"])
    assert book.findings[0].place.source == f"Đảng viên!{reference}"


def test_nothing_is_written_into_merged_cells() -> None:
    own = opened()
    sheet = own["Đảng viên"]
    column = column_of(sheet, "member.workplace")
    sheet.merge_cells(start_row=4, end_row=5, start_column=column, end_column=column)
    book = changed(saved(own), *NAME, value="Kế toán")
    assert (book.content, told(book)) == (None, ["merged_there"])


def test_a_signed_book_is_refused() -> None:
    raw = with_part(raw_workbook(), "_xmlsignatures/sig1.xml", lambda _: b"<x/>")
    assert told(changed(raw, *NAME, value="Kế toán")) == ["signed"]


def test_a_column_that_was_taken_away_is_named() -> None:
    own = opened()
    sheet = own["Đảng viên"]
    sheet.delete_cols(column_of(sheet, "member.workplace"))
    book = changed(saved(own), *NAME, value="Kế toán")
    assert (book.content, told(book)) == (None, ["no_cell"])
    title = next(c.title for s in workbook_layout(load_regulation(KH55)) for c in s.columns
                 if (s.key, c.binding) == ("dang-vien", "member.workplace"))  # fmt: skip
    assert book.findings[0].params == {"label": f"Đảng viên / {title}", "count": 1}


def test_what_a_cell_cannot_say_is_a_finding() -> None:
    """Paragraphs are texts; what is none is read back as another value."""
    path = ("members", 1, *narrative().split("."))
    book = changed(raw_workbook(), *path, value=["Đoạn một", {"đoạn": "hai"}])
    assert book.content is None
    assert told(book) == ["would_differ"]


def narrative() -> str:
    """The binding of the first text of a member."""
    return next(str(c.value) for c in opened()["Kiểm điểm"][2][2:] if c.value)


def test_a_new_row_stands_below_everything_and_looks_like_the_one_above() -> None:
    own = opened()
    sheet = own["Kiểm điểm"]
    for row in range(sheet.max_row, 2, -1):
        sheet.delete_rows(row)
    sheet["A3"], sheet["A3"].fill = "dv-01", PatternFill("solid", fgColor="FFFF00")
    raw = saved(own)
    dossier = loaded(raw)
    binding = narrative()
    path = binding.split(".")
    data = copy.deepcopy(dossier.data)
    data["members"][1].setdefault(path[0], {})[path[1]] = ["Đoạn một", "Đoạn hai"]
    book = change_workbook(raw, dossier, data)
    assert book.findings == []
    assert book.content is not None
    sheet = openpyxl.load_workbook(io.BytesIO(book.content))["Kiểm điểm"]
    assert [sheet["A4"].value, sheet.cell(4, column_of(sheet, binding)).value] == ["dv-02", "Đoạn một\nĐoạn hai"]
    assert sheet["A4"].fill.fgColor.rgb == "00FFFF00"
