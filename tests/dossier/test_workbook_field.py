"""Workbooks as people keep them: percents, errors, copies, slipped ids, merged cells, numbers as dates."""

from __future__ import annotations

import datetime
import re
import unicodedata
from typing import Any

import pytest
from workbooks import (
    KH55,
    MEMBERS_PART,
    codes,
    column_of,
    opened,
    raw_workbook,
    read,
    read_back,
    saved,
    with_part,
)

import docgen
from docgen.dossier.loaded import dossier_from_data
from docgen.dossier.sample import sample_dossier
from docgen.model import has_errors


def put(book: Any, title: str, row: int, binding: str, value: Any, number_format: str = "") -> Any:
    sheet = book[title]
    cell = sheet.cell(row, column_of(sheet, binding))
    cell.value = value
    if number_format:
        cell.number_format = number_format
    return cell


# -- cells far away --


@pytest.mark.parametrize("reference", ["XFD1048576", "B1048576", "XFD3", "B5000", "CZZ4"])
def test_a_cell_far_away_is_named_and_costs_nothing(reference: str) -> None:
    book = opened()
    book["Đảng viên"][reference] = "lạc"
    dossier, findings = read_back(book)
    assert dossier is not None
    assert len(dossier.members) == 3
    (found,) = findings
    assert (found.code, found.severity) == ("dossier.excel.far_cell", "error")
    assert found.place.source == f"Đảng viên!{reference}"


def test_many_cells_astray_are_counted_and_blanks_do_not_count() -> None:
    book = opened()
    for row in range(500_000, 500_010):
        book["Đảng viên"].cell(row, 2).value = "lạc"
    book["Phiếu"]["XFD1048576"] = "   "
    _, findings = read_back(book)
    assert [f.place.source for f in findings] == [f"Đảng viên!B{n}" for n in (500_000, 500_001, 500_002)]
    assert {f.params["more"] for f in findings} == {7}


def test_a_value_in_a_column_without_title_is_named() -> None:
    book = opened()
    book["Đảng viên"]["AZ4"] = "ghi tạm"
    sheet = book["Tổ chức"]
    row = next(c.row for c in sheet["C"] if c.value == "document.place")
    sheet.cell(row, 2).value, sheet.cell(row, 4).value = None, "Cần Thơ"
    _, findings = read_back(book)
    assert [(f.code, f.place.source) for f in findings] == [
        ("dossier.excel.beside", f"Tổ chức!D{row}"), ("dossier.excel.beside", "Đảng viên!AZ4"),
    ]  # fmt: skip


# -- percent --


@pytest.mark.parametrize(
    ("stored", "number_format", "right"),
    [
        (0.95, "0%", 95), (0.955, "0.00%", 95.5), (0.07, '0.0%;[Red]-0.0%', 7), (0.95, '"tỷ lệ" 0%', 95),
        (1, "0%", 100), (0.95, "_(* #,##0%_);_(* (#,##0%);_(* -%_)", 95), (95, "0", 95), (95, '0"%"', 95),
        (0.95, "0.00", 0.95), (95, r"0\%", 95), ("95 %", "@", 95), ("95,5", "General", 95.5),
    ],
)  # fmt: skip
def test_a_percent_cell_is_what_it_shows(stored: Any, number_format: str, right: float) -> None:
    book = opened()
    fact = next(str(c.value) for c in book["Căn cứ"][2] if str(c.value).endswith("completed_pct"))
    put(book, "Căn cứ", 3, fact, stored, number_format)
    dossier, findings = read_back(book)
    assert dossier is not None
    assert not has_errors(findings)
    assert dossier.members[0]["facts"][fact.removeprefix("facts.")] == right


def test_a_percent_cell_in_a_column_of_words() -> None:
    book = opened()
    put(book, "Đảng viên", 3, "member.workplace", 0.125, "0.0%")
    dossier, _ = read_back(book)
    assert dossier is not None
    assert dossier.members[0]["member"]["workplace"] == "12,5%"


# -- errors and formulas --


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#DIV/0!", "#NAME?", "#VALUE!", "#NUM!", "#NULL!"])
@pytest.mark.parametrize(("title", "reference"), [("Đảng viên", "G3"), ("Phiếu", "D4"), ("Tổ chức", "B4")])
def test_an_error_of_excel_is_named_with_its_cell(error: str, title: str, reference: str) -> None:
    book = opened()
    book[title][reference] = error
    assert book[title][reference].data_type == "e"
    _, findings = read_back(book)
    told = [(f.severity, f.place.source, f.params["error"]) for f in findings if f.code == "dossier.excel.error_cell"]
    assert told == [("error", f"{title}!{reference}", error)]


@pytest.mark.parametrize("inside", ["<f>B4&amp;1</f><v></v>", "<f>B4&amp;1</f>", "<f>B4</f><v/>"])
def test_a_formula_never_worked_out_is_named(inside: str) -> None:
    raw = with_part(
        raw_workbook(), MEMBERS_PART, lambda x: re.sub(rb'<c r="G4".*?</c>', f'<c r="G4">{inside}</c>'.encode(), x)
    )
    _, findings = read(raw)
    assert [(f.code, f.place.source) for f in findings] == [("dossier.excel.no_result", "Đảng viên!G4")]


def test_the_stored_result_of_a_formula_is_read_and_an_empty_one_is_empty() -> None:
    def change(xml: bytes) -> bytes:
        xml = re.sub(rb'<c r="G3".*?</c>', '<c r="G3" t="str"><f>A1</f><v>Phòng Đào tạo</v></c>'.encode(), xml)
        return re.sub(rb'<c r="G4".*?</c>', b'<c r="G4" t="str"><f>""</f><v></v></c>', xml)

    dossier, findings = read(with_part(raw_workbook(), MEMBERS_PART, change))
    assert dossier is not None
    assert findings == []
    assert dossier.members[0]["member"]["workplace"] == "Phòng Đào tạo"
    assert "workplace" not in dossier.members[1]["member"]


# -- sheets --


def test_a_copied_sheet_is_named_with_the_original() -> None:
    book = opened()
    copy = book.copy_worksheet(book["Đảng viên"])
    copy.title = "Đảng viên (2)"
    _, findings = read_back(book)
    assert [(f.code, f.severity) for f in findings] == [("dossier.excel.copied_sheet", "warning")]
    copy["G3"] = "Phòng khác"
    _, findings = read_back(book)
    (found,) = findings
    assert (found.severity, found.params["sheet"], found.params["copy"]) == ("error", "Đảng viên", "Đảng viên (2)")
    assert found.params["rows"] == "3"


@pytest.mark.parametrize("title", ["Đảng viên (2)", "Đảng viên_2", "Bản nháp"])
def test_a_copy_is_found_in_front_under_another_name_and_without_its_mark(title: str) -> None:
    book = opened()
    copy = book.copy_worksheet(book["Đảng viên"])
    copy.title, copy["G3"] = title, "Phòng khác"
    if title != "Bản nháp":
        copy.delete_rows(2)
    book.move_sheet(copy, -20)
    _, findings = read_back(book)
    assert [f.severity for f in findings if f.code == "dossier.excel.copied_sheet"] == ["error"]


def test_notes_of_ones_own_on_another_sheet_are_left_alone() -> None:
    book = opened()
    book.create_sheet("Ghi chú của tôi")["A1"] = "gọi cho chị Hoa"
    assert read_back(book)[1] == []


def test_hidden_sheets_and_rows_are_read_and_named() -> None:
    book = opened()
    expected = read(raw_workbook())[0]
    book["Phiếu"].sheet_state = "hidden"
    for row in (3, 5):
        book["Đảng viên"].row_dimensions[row].hidden = True
    dossier, findings = read_back(book)
    assert dossier is not None
    assert expected is not None
    assert dossier.data == expected.data
    assert [(f.code, f.severity) for f in findings] == [
        ("dossier.excel.hidden_rows", "info"), ("dossier.excel.hidden_sheet", "info"),
    ]  # fmt: skip
    assert (findings[0].params["count"], findings[0].params["rows"]) == (2, "3, 5")


# -- ids and names --


def test_ids_that_slipped_against_the_names() -> None:
    book = opened(4)
    sheet = book["Kiểm điểm"]
    given = [sheet.cell(row, 1).value for row in range(3, 7)]
    for row, who in zip(range(3, 7), given[1:] + given[:1], strict=True):
        sheet.cell(row, 1).value = who
    _, findings = read_back(book)
    told = [f for f in findings if f.code == "dossier.excel.other_name"]
    assert [(f.severity, f.place.source, f.params["other"]) for f in told] == [
        ("error", f"Kiểm điểm!B{row}", who) for row, who in zip(range(3, 7), given, strict=True)
    ]


def test_names_that_differ_by_an_accent_only_are_two_people() -> None:
    book = opened()
    put(book, "Đảng viên", 3, "member.full_name", "Lê Thị Hòa")
    put(book, "Đảng viên", 4, "member.full_name", "Lê Thị Hoa")
    for row, shown in ((3, "Lê Thị Hoa"), (4, "lê thị  hòa")):
        book["Phiếu"].cell(row, 2).value = shown
    _, findings = read_back(book)
    told = [f.place.source for f in findings if f.code == "dossier.excel.other_name"]
    assert [place for place in told if place.startswith("Phiếu")] == ["Phiếu!B3", "Phiếu!B4"]


def test_a_corrected_name_is_no_contradiction_and_a_strangers_is_a_warning() -> None:
    book = opened()
    name = str(book["Phiếu"]["B3"].value)
    book["Phiếu"]["B3"] = unicodedata.normalize("NFD", name) + " "
    book["Phiếu"]["B4"] = "Trịnh Công Quốc Khánh"
    _, findings = read_back(book)
    assert [(f.code, f.severity, f.place.source) for f in findings] == [
        ("dossier.excel.unknown_shown_name", "warning", "Phiếu!B4")
    ]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_one_id_however_its_accents_were_typed(form: Any) -> None:
    book = opened()
    for title in ("Đảng viên", "Sinh viên", "Kiểm điểm", "Phiếu", "Biểu hiện", "Căn cứ"):
        book[title]["A3"] = unicodedata.normalize(form if title == "Đảng viên" else "NFD", "dv-hải") + " "
    for row in book["Tiêu chí"].iter_rows(min_row=3, max_col=1):
        if row[0].value == "dv-01":
            row[0].value = unicodedata.normalize("NFC", "dv-hải")
    dossier, findings = read_back(book)
    expected = read(raw_workbook())[0]
    assert dossier is not None
    assert expected is not None
    assert not has_errors(findings)
    assert dossier.members[0] == {**expected.members[0], "id": "dv-hải"}
    assert dossier.member(unicodedata.normalize("NFD", "dv-hải")) is dossier.members[0]


def test_names_in_json_that_are_one_after_composing_are_a_finding() -> None:
    data = sample_dossier(KH55, members=1)
    word = "chi_bộ"
    sheets = data["members"][0]["assessments"]
    sheets[unicodedata.normalize("NFC", word)] = {"note": "một"}
    sheets[unicodedata.normalize("NFD", word)] = {"note": "hai"}
    _, findings = dossier_from_data(data)
    assert "dossier.value.same_name" in [f.code for f in findings]


# -- dates --


@pytest.mark.parametrize(
    ("stored", "taken", "code"),
    [
        (26372, "1972-03-14", "taken_for_date"), (26372.5, "1972-03-14", "taken_for_date"),
        # A member's date of birth may be known by its year alone.
        (1972, "1972", ""), (14031972, None, "date_number"), (-5, None, "date_number"),
        (1e300, None, "date_number"), (0, None, "date_number"),
        ("14/03/1972 ", "1972-03-14", ""), ("1972-03-14", "1972-03-14", ""),
        (datetime.datetime(1972, 3, 14, 8, 30), "1972-03-14", ""),
    ],
)  # fmt: skip
def test_a_number_in_a_column_of_dates(stored: Any, taken: str | None, code: str) -> None:
    book = opened()
    put(book, "Đảng viên", 3, "member.birth_date", stored, "" if isinstance(stored, datetime.date) else "General")
    dossier, findings = read_back(book)
    assert dossier is not None
    assert dossier.members[0]["member"].get("birth_date") == taken
    assert codes(findings) == ([code] if code else [])
    for finding in findings:
        assert "nháy" not in finding.hint()
        assert "Ctrl+1" in finding.hint()


def test_dates_of_the_1904_system() -> None:
    book = opened()
    book.epoch = openpyxl_1904()
    put(book, "Đảng viên", 3, "member.birth_date", datetime.date(1972, 3, 14), "dd/mm/yyyy")
    put(book, "Đảng viên", 4, "member.birth_date", 26372 - 1462, "General")
    dossier, findings = read_back(book)
    assert dossier is not None
    assert [m["member"]["birth_date"] for m in dossier.members[:2]] == ["1972-03-14", "1972-03-14"]
    assert codes(findings) == ["taken_for_date"]


def openpyxl_1904() -> Any:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    return CALENDAR_MAC_1904


def test_advice_on_a_workbook_is_in_the_words_of_excel() -> None:
    book = opened()
    votes = column_of(book["Phiếu"], "votes.HTTNV")
    book["Phiếu"].cell(3, votes).value = "mười hai"
    put(book, "Đảng viên", 3, "member.head", "có lẽ")
    put(book, "Đảng viên", 4, "member.birth_date", "hôm qua")
    dossier, _ = read_back(book)
    assert dossier is not None
    found = [f for f in docgen.validate(dossier) if f.code.startswith("validation.shape")]
    assert len(found) == 3
    for finding in found:
        assert not re.search("nháy|true|năm-tháng", finding.hint()), finding.hint()


# -- merged cells, texts --


def test_a_value_merged_down_is_that_of_every_row() -> None:
    book = opened()
    sheet = book["Đảng viên"]
    column = column_of(sheet, "member.workplace")
    sheet.cell(3, column).value = "Phòng Đào tạo"
    sheet.merge_cells(start_row=3, end_row=5, start_column=column, end_column=column)
    dossier, findings = read_back(book)
    assert dossier is not None
    assert [m["member"]["workplace"] for m in dossier.members] == ["Phòng Đào tạo"] * 3
    assert [(f.code, f.severity, f.params["block"]) for f in findings] == [
        ("dossier.excel.merged_down", "warning", f"{sheet.cell(3, column).column_letter}3:G5")
    ]


def test_a_value_merged_across_columns_is_an_error_and_headings_may_be_merged() -> None:
    book = opened()
    book["Đảng viên"]["F3"] = "Ủy viên"
    book["Đảng viên"].merge_cells("F3:G4")
    book["Phiếu"].merge_cells("C1:D1")
    _, findings = read_back(book)
    assert [(f.code, f.severity, f.place.source) for f in findings] == [
        ("dossier.excel.merged_across", "error", "Đảng viên!F3")
    ]


@pytest.mark.parametrize("typed", ["12 ", "'12", "’12", "\u00a012", "12"])
def test_numbers_typed_as_text(typed: str) -> None:
    book = opened()
    put(book, "Phiếu", 3, "votes.HTTNV", typed)
    dossier, findings = read_back(book)
    assert dossier is not None
    assert findings == []
    assert dossier.members[0]["votes"]["HTTNV"] == 12


@pytest.mark.parametrize("typed", ["1.234", "1,234", "1 234", "12 phiếu"])
def test_what_may_be_another_number_is_never_guessed(typed: str) -> None:
    book = opened()
    put(book, "Phiếu", 3, "votes.HTTNV", typed)
    dossier, _ = read_back(book)
    assert dossier is not None
    assert "validation.shape.needs_integer" in [f.code for f in docgen.validate(dossier)]


def test_saving_through_openpyxl_alone_changes_nothing() -> None:
    before, after = read(raw_workbook()), read(saved(opened()))
    assert before[0] is not None
    assert after[0] is not None
    assert (before[0].data, before[1]) == (after[0].data, after[1])


def test_an_id_in_json_is_composed_too() -> None:
    data = sample_dossier(KH55, members=2)
    data["members"][0]["id"] = unicodedata.normalize("NFD", "dv-hải")
    dossier, _ = dossier_from_data(data)
    assert dossier is not None
    assert dossier.members[0]["id"] == unicodedata.normalize("NFC", "dv-hải")


@pytest.mark.parametrize("value", ["lạc", 5, datetime.date(2018, 12, 20), True])
@pytest.mark.parametrize("reference", ["B60", "D3", "F2", "C60"])
def test_a_value_beside_the_values_is_named(reference: str, value: Any) -> None:
    book = opened()
    book["Tổ chức"][reference] = value
    _, findings = read_back(book)
    assert [(f.code, f.place.source) for f in findings] == [("dossier.excel.beside", f"Tổ chức!{reference}")]


def test_the_name_of_another_beside_an_id_whose_own_name_is_missing() -> None:
    book = opened()
    put(book, "Đảng viên", 3, "member.full_name", None)
    book["Phiếu"]["B3"] = book["Phiếu"]["B4"].value
    _, findings = read_back(book)
    assert [f.place.source for f in findings if f.code == "dossier.excel.other_name"] == ["Phiếu!B3"]
