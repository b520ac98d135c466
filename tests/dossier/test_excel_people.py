"""Whose row it is: codes typed another way or of nobody, names; what is no record; where a missing value belongs."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from workbooks import codes, column_of, opened, raw_workbook, read, read_back

import docgen
from docgen.dossier.excel_closing import sums_up
from docgen.model import Finding

ABOUT_MEMBERS = ("Sinh viên", "Kiểm điểm", "Tiêu chí", "Biểu hiện", "Phiếu", "Căn cứ")


def validated(book: Any) -> list[Finding]:
    dossier, _ = read_back(book)
    assert dossier is not None
    return docgen.validate(dossier)


def errors(findings: list[Finding]) -> list[Finding]:
    return [f for f in findings if f.severity == "error"]


def rename(book: Any, title: str, given: str, new: Any) -> None:
    for row in book[title].iter_rows(min_row=3, max_col=1):
        if row[0].value == given:
            row[0].value = new


# -- codes --


@pytest.mark.parametrize("where", ["Đảng viên", "Kiểm điểm"])
def test_small_and_capital_letters_are_one_code(where: str) -> None:
    book = opened()
    rename(book, where, "dv-02", "DV-02 ")
    dossier, findings = read_back(book)
    expected = read(raw_workbook())[0]
    assert dossier is not None
    assert expected is not None
    assert findings == []
    assert dossier.members[1] == {**expected.members[1], "id": "DV-02" if where == "Đảng viên" else "dv-02"}


def test_codes_that_differ_by_case_only_stay_two() -> None:
    book = opened()
    rename(book, "Đảng viên", "dv-02", "DV-01")
    for title in ABOUT_MEMBERS:
        rename(book, title, "dv-02", "DV-01")
    dossier, findings = read_back(book)
    expected = read(raw_workbook())[0]
    assert dossier is not None
    assert expected is not None
    assert findings == []
    assert dossier.members[0] == expected.members[0]
    assert dossier.members[1] == {**expected.members[1], "id": "DV-01"}


def test_a_wrong_code_in_the_list_of_members_is_one_error_at_that_cell() -> None:
    book = opened()
    rename(book, "Đảng viên", "dv-02", "dv-20")
    (found,) = errors(validated(book))
    assert (found.code, found.place.source) == ("dossier.excel.code_of_nobody", "Đảng viên!A4")
    # One row on each of the sheets, three assessors on Tiêu chí.
    assert (found.params["rows"], found.params["own"], found.params["given"]) == (8, "dv-20", "dv-02")
    assert found.params["sheets"] == "Sinh viên, Kiểm điểm, Tiêu chí, Biểu hiện, Phiếu, Căn cứ"


def test_a_wrong_code_on_one_sheet_is_one_error_at_its_cell_and_the_row_is_read_by_its_name() -> None:
    book = opened()
    rename(book, "Kiểm điểm", "dv-02", "dv-20")
    dossier, _ = read_back(book)
    expected = read(raw_workbook())[0]
    (found,) = errors(validated(book))
    assert (found.code, found.place.source, found.params["rows"]) == (
        "dossier.excel.code_of_nobody", "Kiểm điểm!A4", 1,
    )  # fmt: skip
    assert dossier is not None
    assert expected is not None
    assert dossier.data == expected.data


@pytest.mark.parametrize("shown", ["Trịnh Công Quốc Khánh", None])
def test_a_code_of_nobody_without_a_name_that_is_known_is_not_read(shown: str | None) -> None:
    book = opened()
    book["Phiếu"]["A4"], book["Phiếu"]["B4"] = "dv-20", shown
    dossier, findings = read_back(book)
    assert codes(findings) == ["unknown_member"]
    assert dossier is not None
    assert "votes" not in dossier.members[1]


def test_two_people_of_one_name_are_never_guessed() -> None:
    book = opened()
    for row in (3, 4):
        book["Đảng viên"].cell(row, 2).value = "Lê Văn Hai"
    book["Phiếu"]["A4"], book["Phiếu"]["B4"] = "dv-20", "Lê Văn Hai"
    dossier, findings = read_back(book)
    assert "unknown_member" in codes(findings)
    assert dossier is not None
    assert "votes" not in dossier.members[1]


def test_a_running_number_in_the_column_of_codes_is_one_error() -> None:
    book = opened(6)
    for row in range(3, 9):
        book["Phiếu"].cell(row, 1).value = row - 2
    dossier, findings = read_back(book)
    expected = read(raw_workbook(6))[0]
    (found,) = findings
    assert (found.code, found.place.source) == ("dossier.excel.unknown_codes", "Phiếu!A3")
    assert (found.params["count"], found.params["given"]) == (6, "1, 2, 3, 4, 5…")
    assert dossier is not None
    assert expected is not None
    assert dossier.data == expected.data


def test_rows_without_a_code_are_one_error() -> None:
    book = opened()
    book["Phiếu"]["A3"] = book["Phiếu"]["A4"] = None
    _, findings = read_back(book)
    assert [(f.code, f.place.source, f.params["rows"]) for f in findings] == [("dossier.excel.no_code", "Phiếu!A3", 2)]


def test_one_code_given_to_two_people_is_told_apart_by_the_names() -> None:
    book = opened()
    for title in ("Đảng viên", *ABOUT_MEMBERS):
        rename(book, title, "dv-02", "dv-01")
    dossier, _ = read_back(book)
    expected = read(raw_workbook())[0]
    assert dossier is not None
    assert expected is not None
    assert [m.get("votes") for m in dossier.members] == [m.get("votes") for m in expected.members]


# -- what is no record --


def test_a_total_and_who_made_the_list_are_passed_over_with_a_note() -> None:
    book = opened()
    book["Phiếu"]["A6"], book["Phiếu"]["D6"] = "Cộng", 20
    members = book["Đảng viên"]
    members["A6"], members["C6"] = "Tổng cộng: 3 đồng chí", 3
    members["G8"], members["G9"] = "Cần Thơ, ngày 20 tháng 12 năm 2018", "(Ký, ghi rõ họ tên)"
    members["B8"], members["B12"], members["A13"] = "Người lập biểu", "Nguyễn Thị H", "Nguyễn Thị Hồng"
    dossier, findings = read_back(book)
    expected = read(raw_workbook())[0]
    assert dossier is not None
    assert expected is not None
    assert dossier.data == expected.data
    assert [(f.code, f.severity, f.params["rows"]) for f in findings] == [
        ("dossier.excel.own_rows", "info", "6, 8, 9, 12, 13"), ("dossier.excel.own_rows", "info", "6"),
    ]  # fmt: skip


def test_a_member_below_the_closing_words_is_still_a_member() -> None:
    book = opened()
    sheet = book["Đảng viên"]
    sheet["B7"] = "Người lập biểu"
    for column, value in enumerate(("dv-09", "Phạm Văn Mười", "02/09/1980"), start=1):
        sheet.cell(9, column).value = value
    dossier, _ = read_back(book)
    assert dossier is not None
    assert [m["id"] for m in dossier.members] == ["dv-01", "dv-02", "dv-03", "dv-09"]


@pytest.mark.parametrize("text", ["CỘNG:", "Cộng", "Tổng cộng", "Tổng số: 22", "Người lập biểu", "T/M", "Bí thư"])
def test_words_that_sum_up_or_close(text: str) -> None:
    assert sums_up(unicodedata.normalize("NFD", text))


@pytest.mark.parametrize("name", ["Tống Văn A", "Kỳ Văn B", "Lập Thị C", "Công Tằng Tôn Nữ D", "Tăng Thị E", "dv-01"])
def test_names_that_begin_like_them_do_not(name: str) -> None:
    assert not sums_up(name)


def test_columns_and_rows_of_ones_own_are_noted_and_never_an_error() -> None:
    book = opened()
    members, body = book["Đảng viên"], book["Tổ chức"]
    column = members.max_column + 1
    members.cell(1, column).value, members.cell(3, column).value = "Số điện thoại", "0900 000 000"
    body.cell(body.max_row + 1, 1).value = "Gọi lại cho chị Hoa"
    body.cell(body.max_row, 2).value = "thứ Ba"
    _, findings = read_back(book)
    assert [(f.code, f.severity) for f in findings] == [
        ("dossier.excel.own_row", "info"), ("dossier.excel.own_column", "info"),
    ]  # fmt: skip


def test_a_column_whose_binding_nobody_knows_is_no_note() -> None:
    book = opened()
    sheet = book["Đảng viên"]
    column = column_of(sheet, "member.workplace")
    sheet.cell(1, column).value, sheet.cell(2, column).value = "Chỗ làm", "member.workplce"
    _, findings = read_back(book)
    assert [(f.code, f.severity) for f in findings] == [("dossier.excel.unknown_column", "error")]


# -- where a missing value belongs --


@pytest.mark.parametrize(
    ("title", "cell", "code"),
    [("Kiểm điểm", "C4", "validation.section.empty"), ("Tiêu chí", "I4", "validation.levels.missing")],
)
def test_what_is_missing_is_shown_at_the_cell_to_fill(title: str, cell: str, code: str) -> None:
    book = opened()
    book[title][cell] = None
    told = [f.place.source for f in validated(book) if f.code == code]
    assert told == [f"{title}!{cell}"]


def test_a_row_that_is_missing_is_shown_below_the_others() -> None:
    book = opened()
    sheet = book["Kiểm điểm"]
    sheet.delete_rows(5)  # the last of three members
    told = {f.place.source for f in validated(book) if f.code == "validation.section.empty"}
    first = column_of(sheet, "review.ideology")
    assert f"Kiểm điểm!{sheet.cell(1, first).column_letter}5" in told
    assert all(place.startswith("Kiểm điểm!") and place.endswith("5") for place in told)


def test_an_assessment_that_is_missing_is_shown_on_its_sheet() -> None:
    book = opened()
    sheet = book["Tiêu chí"]
    rows = [c.row for c in sheet["A"] if c.value == "dv-03"]
    sheet.delete_rows(rows[0], len(rows))
    told = [f.place.source for f in validated(book) if f.code == "validation.assessment.missing"]
    assert told
    assert set(told) == {f"Tiêu chí!A{rows[0]}"}


def test_a_part_of_the_dossier_that_is_missing_is_shown_at_its_first_cell() -> None:
    book = opened()
    sheet = book["Tổ chức"]
    rows = {str(c.value): c.row for c in sheet["C"]}
    for binding, row in rows.items():
        if binding.startswith(("organization.", "period.")):
            sheet.cell(row, 2).value = None
    places = [f.place.source for f in errors(validated(book))]
    # Each cell to be filled once: the part that is missing as a whole is not told beside its values.
    assert len(set(places)) == len(places)
    assert {f"Tổ chức!B{rows[name]}" for name in ("organization.name", "organization.parent", "period.year")} <= {
        *places
    }


def test_a_list_without_members_is_shown_where_the_first_would_stand() -> None:
    book = opened()
    book["Đảng viên"].delete_rows(3, 3)
    (found,) = [f for f in validated(book) if f.code == "validation.members.none"]
    assert found.place.source == "Đảng viên!A3"
