"""The workbook: round trip, moved and renamed columns, what people do to it."""

from __future__ import annotations

import builtins
import datetime
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from docgen.dossier import Dossier, dossier_from_data, load_dossier
from docgen.dossier.excel import workbook_bytes, write_workbook
from docgen.dossier.excel_read import letters
from docgen.dossier.layout import workbook_layout
from docgen.dossier.load import dossier_from_bytes
from docgen.dossier.sample import sample_dossier
from docgen.dossier.scaffold import write_sample
from docgen.errors import EnvironmentFault, UsageError
from docgen.model import Finding
from docgen.regulations.loader import list_regulations, load_regulation

KH55 = "kh55-2018"


def opened(members: int = 3) -> Any:
    """The workbook of a small sample, opened for changing."""
    raw = workbook_bytes(load_regulation(KH55), sample_dossier(KH55, members=members))
    return openpyxl.load_workbook(io.BytesIO(raw))


def read_back(book: Any) -> tuple[Dossier | None, list[Finding]]:
    target = io.BytesIO()
    book.save(target)
    return dossier_from_bytes(target.getvalue(), "ho-so.xlsx")


def column_of(sheet: Any, binding: str) -> int:
    return next(c.column for c in sheet[2] if c.value == binding)


@pytest.mark.parametrize("regulation", list_regulations())
def test_dossier_to_workbook_and_back(regulation: str, tmp_path: Path) -> None:
    dossier, _ = dossier_from_data(sample_dossier(regulation))
    assert dossier is not None
    path = tmp_path / "ho-so.xlsx"
    write_workbook(path, load_regulation(regulation), dossier)
    again, findings = load_dossier(path)
    assert findings == []
    assert again is not None
    assert again.data == dossier.data


def test_every_value_knows_its_cell() -> None:
    dossier, _ = read_back(opened())
    assert dossier is not None
    place = dossier.place("/members/1/member/full_name")
    assert place.source == "Đảng viên!B4"
    assert dossier.place("/meeting/held").source.startswith("Tổ chức!B")
    assert dossier.place("/members/1/review/ideology/0").source.startswith("Kiểm điểm!")
    assert dossier.place("/members/0/assessments/chi_uy/levels/i1").source.startswith("Tiêu chí!")


def test_columns_and_sheets_may_be_moved_and_titles_reworded() -> None:
    book = opened()
    expected = read_back(opened())[0]
    sheet = book["Đảng viên"]
    first, last = 2, sheet.max_column
    for row in range(1, sheet.max_row + 1):
        a, b = sheet.cell(row, first), sheet.cell(row, last)
        a.value, b.value = b.value, a.value
    sheet.cell(1, 3).value = "Tên gọi khác"
    sheet.title = "Danh sách"
    book.move_sheet("Kiểm điểm", -2)
    found, findings = read_back(book)
    assert findings == []
    assert found is not None
    assert expected is not None
    assert found.data == expected.data


def test_titles_are_enough_where_the_hidden_row_is_gone() -> None:
    book = opened()
    expected = read_back(opened())[0]
    book["Đảng viên"].delete_rows(2)
    book["Đảng viên"].row_dimensions[2].hidden = False
    found, findings = read_back(book)
    assert findings == []
    assert found is not None
    assert expected is not None
    assert found.data == expected.data


def test_renamed_column_without_hidden_row_is_one_finding_with_the_nearest_name() -> None:
    book = opened()
    book["Đảng viên"].delete_rows(2)
    book["Đảng viên"].row_dimensions[2].hidden = False
    book["Đảng viên"]["B1"] = "Họ và tn"
    _, findings = read_back(book)
    assert [f.code for f in findings] == ["dossier.excel.unknown_column"]
    assert findings[0].params["near"] == "Họ và tên"
    assert findings[0].place.source == "Đảng viên!B1"


def test_missing_id_column_and_missing_titles() -> None:
    book = opened()
    book["Phiếu"].delete_rows(2)
    book["Phiếu"].delete_cols(1)
    book["Biểu hiện"].delete_rows(1, 2)
    _, findings = read_back(book)
    assert sorted(f.code for f in findings) == ["dossier.excel.missing_column", "dossier.excel.no_titles"]


def test_missing_sheets_required_ones_are_errors() -> None:
    book = opened()
    del book["Phiếu"]
    del book["Tổ chức"]
    book.create_sheet("Tổ chứcc")["A1"] = "regulation"
    book["Tổ chứcc"]["B1"] = KH55
    _, findings = read_back(book)
    found = {f.params["sheet"]: f for f in findings if f.code == "dossier.excel.missing_sheet"}
    assert (found["Tổ chức"].severity, found["Tổ chức"].params["near"]) == ("error", "Tổ chứcc")
    assert (found["Phiếu"].severity, found["Phiếu"].params["near"]) == ("warning", "")


def test_rows_that_belong_to_nobody_or_stand_twice() -> None:
    book = opened()
    book["Phiếu"]["A4"] = "dv-99"
    book["Kiểm điểm"]["A5"] = "dv-01"
    sheet = book["Tiêu chí"]
    sheet.cell(3, column_of(sheet, "assessor")).value = None
    _, findings = read_back(book)
    assert sorted(f.code for f in findings) == [
        "dossier.excel.code_of_nobody", "dossier.excel.duplicate_row", "dossier.excel.no_assessor",
        "dossier.excel.other_name",
    ]  # fmt: skip


def test_unknown_row_of_a_sheet_of_values() -> None:
    book = opened()
    sheet = book["Tổ chức"]
    row = next(c.row for c in sheet["C"] if c.value == "document.place")
    sheet.cell(row, 1).value, sheet.cell(row, 3).value = "Địa dan", None
    _, findings = read_back(book)
    assert [(f.code, f.params["near"]) for f in findings] == [("dossier.excel.unknown_row", "Địa danh")]


def test_types_as_people_type_them() -> None:
    book = opened()
    sheet = book["Đảng viên"]
    sheet.cell(3, column_of(sheet, "member.birth_date")).value = datetime.date(1972, 3, 14)
    sheet.cell(4, column_of(sheet, "member.birth_date")).value = "2/9/1978"
    sheet.cell(3, column_of(sheet, "member.head")).value = "x"
    sheet.cell(4, column_of(sheet, "member.head")).value = False
    sheet.cell(3, column_of(sheet, "review.grade_party")).value = "hoàn thành TỐT nhiệm vụ"
    sheet.cell(3, column_of(sheet, "member.workplace")).value = 12
    votes = book["Phiếu"]
    votes.cell(3, column_of(votes, "votes.HTTNV")).value = 2.0
    dossier, findings = read_back(book)
    assert dossier is not None
    assert findings == []
    one, two = dossier.members[0], dossier.members[1]
    assert (one["member"]["birth_date"], two["member"]["birth_date"]) == ("1972-03-14", "1978-09-02")
    assert (one["member"]["head"], two["member"]["head"]) == (True, False)
    assert one["review"]["grade_party"] == "HTTNV"
    assert one["member"]["workplace"] == "12"
    assert one["votes"]["HTTNV"] == 2


def test_text_is_never_a_formula_and_unknown_facts_come_back() -> None:
    data = sample_dossier(KH55, members=1)
    data["members"][0]["cell"]["note"] = "=1+1"
    data["members"][0]["facts"] |= {"exemplary_attested": None, "task_criteria_levels": ["tot", "kem"]}
    raw = workbook_bytes(load_regulation(KH55), data)
    sheet = openpyxl.load_workbook(io.BytesIO(raw))["Đảng viên"]
    assert sheet.cell(3, column_of(sheet, "cell.note")).data_type == "s"
    dossier, _ = dossier_from_bytes(raw, "x.xlsx")
    assert dossier is not None
    assert dossier.data == data


def test_empty_workbook_has_an_example_row_that_is_not_read() -> None:
    raw = workbook_bytes(load_regulation(KH55))
    sheet = openpyxl.load_workbook(io.BytesIO(raw))["Đảng viên"]
    assert sheet["A3"].value == "(ví dụ)"
    assert sheet.row_dimensions[2].hidden
    assert sheet.data_validations.dataValidation
    dossier, findings = dossier_from_bytes(raw, "x.xlsx")
    assert dossier is not None
    assert findings == []
    assert dossier.data == {"regulation": KH55, "members": []}


def test_damaged_workbook_and_other_regulation() -> None:
    assert [f.code for f in dossier_from_bytes(b"PK\x03\x04 no", "a.xlsx")[1]] == ["dossier.excel.damaged"]
    assert [f.code for f in dossier_from_bytes(b"PK\x03\x04 no", "a.docx")[1]] == ["dossier.file.kind"]
    book = opened()
    book["Tổ chức"]["B2"] = "kh55-2081"
    assert [f.code for f in read_back(book)[1]] == ["dossier.regulation.unknown"]
    assert [f.code for f in read_back(openpyxl.Workbook())[1]] == ["dossier.regulation.missing"]


def test_text_too_long_for_a_cell() -> None:
    data = sample_dossier(KH55, members=1)
    data["members"][0]["review"]["ideology"] = ["dài " * 10_000]
    with pytest.raises(UsageError) as fault:
        workbook_bytes(load_regulation(KH55), data)
    assert fault.value.facts["binding"] == "review.ideology"


def test_missing_library_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: Any) -> Any:
        if name.startswith("xlsxwriter"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr("importlib.import_module", refuse)
    with pytest.raises(EnvironmentFault) as fault:
        workbook_bytes(load_regulation(KH55))
    assert "pip install" in fault.value.facts["install"]


def test_titles_differ_inside_each_sheet_and_letters_count_on() -> None:
    for regulation in list_regulations():
        for sheet in workbook_layout(load_regulation(regulation)):
            titles = [c.title for c in sheet.columns]
            assert len(set(titles)) == len(titles)
    assert [letters(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


@pytest.mark.parametrize("excel", [False, True])
def test_scaffold_writes_a_sample_and_overwrites_nothing(excel: bool, tmp_path: Path) -> None:
    regulation = load_regulation(KH55)
    written = write_sample(tmp_path / "moi", regulation, excel=excel)
    assert [p.suffix for p in written] == [".xlsx" if excel else ".json"]
    dossier, findings = load_dossier(tmp_path / "moi")
    assert dossier is not None
    assert findings == []
    assert dossier.data == sample_dossier(KH55)
    with pytest.raises(UsageError):
        write_sample(tmp_path / "moi", regulation, excel=excel)
    assert list((tmp_path / "moi").iterdir()) == written
