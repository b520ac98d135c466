"""Books of earlier versions: the columns of students on the list of members, a sheet with a word of the program."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from workbooks import KH55, opened, read, read_back, saved

from docgen.desk.book_asked import asked_of
from docgen.dossier.excel import workbook_bytes
from docgen.dossier.excel_change import change_workbook
from docgen.dossier.layout import workbook_layout
from docgen.dossier.load import dossier_from_bytes
from docgen.dossier.sample import sample_dossier
from docgen.paths import copied
from docgen.regulations.loader import list_regulations, load_regulation

STUDENTS, MEMBERS = "Sinh viên", "Đảng viên"


def with_a_student() -> dict[str, Any]:
    data = sample_dossier(KH55, members=3)
    data["members"][1]["student"] = {"system": "chinh_quy", "gpa": 8.25, "training_score": 85, "tuition_debt": False}
    return data


def older(hidden_row: bool = True) -> Any:
    """A book whose columns about students stand on the list of members, as they did once."""
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(load_regulation(KH55), with_a_student())))
    source, target = book[STUDENTS], book[MEMBERS]
    first = target.max_column + 1
    for column in range(3, source.max_column + 1):
        for row in range(1, source.max_row + 1):
            target.cell(row, first + column - 3).value = source.cell(row, column).value
    del book[STUDENTS]
    if not hidden_row:
        target.delete_rows(2)
        target.row_dimensions[2].hidden = False
    return book


@pytest.mark.parametrize("hidden_row", [True, False])
def test_students_on_the_list_of_members_are_read(hidden_row: bool) -> None:
    dossier, findings = read_back(older(hidden_row))
    assert dossier is not None
    assert findings == []
    assert dossier.data == with_a_student()


def test_a_new_value_of_a_student_goes_where_the_older_book_has_it() -> None:
    raw = saved(older())
    dossier, _ = read(raw)
    assert dossier is not None
    data = copied(dossier.data)
    data["members"][1]["student"]["training_score"] = 77
    data["members"][2]["student"] = {"system": "lien_thong"}
    changed = change_workbook(raw, dossier, data)
    assert changed.findings == []
    assert changed.content is not None
    again, _ = read(changed.content)
    assert again is not None
    assert again.data == data


def test_a_sheet_without_its_columns_anywhere_is_missed() -> None:
    book = opened()
    del book[STUDENTS]
    _, findings = read_back(book)
    assert [(f.code, f.params["sheet"]) for f in findings] == [("dossier.excel.missing_sheet", STUDENTS)]


@pytest.mark.parametrize("marked", [True, False])
def test_the_former_name_of_a_sheet_is_known(marked: bool) -> None:
    data = sample_dossier("hd19-2024", members=2)
    data["bodies"] = [{"name": "Chi bộ Phòng Kế toán", "grade": "HTTNV"}]
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(load_regulation("hd19-2024"), data)))
    sheet = book["Tổ chức đảng xếp loại"]
    sheet.title = "Danh sách bodies"
    if not marked:
        sheet.delete_rows(2)
        sheet.row_dimensions[2].hidden = False
    dossier, findings = dossier_from_bytes(saved(book), "ho-so.xlsx")
    assert dossier is not None
    assert findings == []
    assert dossier.data["bodies"] == data["bodies"]


@pytest.mark.parametrize("regulation", list_regulations())
def test_no_sheet_is_called_by_a_word_of_the_program(regulation: str) -> None:
    for sheet in workbook_layout(load_regulation(regulation)):
        assert not sheet.title.startswith("Danh sách "), sheet.title
        assert sheet.holder not in sheet.title.split() or not sheet.holder


def test_a_folded_row_with_a_value_is_read_and_said() -> None:
    book_bytes = workbook_bytes(load_regulation(KH55), None, asked_of(load_regulation(KH55)))
    book = openpyxl.load_workbook(io.BytesIO(book_bytes))
    sheet = book["Căn cứ chung"]
    row = next(c.row for c in sheet["C"] if c.value == "party_organization.facts.force_majeure")
    assert sheet.row_dimensions[row].hidden
    assert sheet.row_dimensions[row].outlineLevel == 1
    sheet.cell(row, 2).value = "Không"
    dossier, findings = dossier_from_bytes(saved(book), "ho-so.xlsx")
    assert dossier is not None
    assert dossier.data["party_organization"]["facts"] == {"force_majeure": False}
    assert [(f.code, f.params["rows"]) for f in findings] == [("dossier.excel.folded_rows", str(row))]
    assert "xóa" not in findings[0].hint()
