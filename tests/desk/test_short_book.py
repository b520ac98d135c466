"""The short book: what it asks, what it marks, what it says; and that what is written into it is read."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import docgen
from docgen.desk.book_asked import asked_of, write_empty_book
from docgen.dossier import dossier_from_data, load_dossier
from docgen.dossier.excel import workbook_bytes
from docgen.dossier.load import dossier_from_bytes
from docgen.dossier.sample import sample_dossier
from docgen.errors import UsageError
from docgen.model import has_errors
from docgen.regulations.loader import list_regulations, load_regulation
from tools.book_cells import OF_A_MEMBER, OF_THE_UNIT, cells

KH40, HD19, HD43, KH55 = "kh40-2018", "hd19-2024", "hd43-2025", "kh55-2018"


def book_of(regulation: str, data: dict[str, Any] | None = None) -> Any:
    own = load_regulation(regulation)
    return openpyxl.load_workbook(io.BytesIO(workbook_bytes(own, data, asked_of(own))))


def saved(book: Any) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def bindings(sheet: Any) -> list[str]:
    """The bindings of a table (row 2) or of a sheet of values (column C)."""
    if str(sheet["C1"].value).startswith("docgen:"):
        return [str(c.value) for c in sheet["C"][1:]]
    return [str(c.value).rpartition(":")[2] for c in sheet[2]]


def column(sheet: Any, binding: str) -> int:
    return bindings(sheet).index(binding) + 1


def row_of(sheet: Any, binding: str) -> int:
    return bindings(sheet).index(binding) + 2


# -- what it asks --


@pytest.mark.parametrize("regulation", list_regulations())
def test_few_cells_are_asked(regulation: str) -> None:
    found = cells(regulation)
    assert 0 < found["member_required"] < found["member"] <= OF_A_MEMBER
    assert 0 < found["unit_required"] < found["unit"] <= OF_THE_UNIT
    assert found["short"] < found["full"]


def test_only_what_the_forms_of_the_regulation_print() -> None:
    book = book_of(HD19)
    # No form of a member prints points (HD 19: criteria of members have levels only), and nobody relates signs there.
    assert not [b for b in bindings(book["Tiêu chí"]) if b.startswith("sheet.scores")]
    assert "Biểu hiện" not in book.sheetnames
    assert "Phát, thu giấy tờ" in book.sheetnames, "docgen blank --record notes there what was handed out"
    # Decisions on another year's grade are no part of the packet.
    assert not [b for b in bindings(book["Đảng viên"]) if b.startswith("regrade.")]
    # KH 40, Mẫu 08: 82 signs, and one column for all that is not answered by itself.
    signs = [b for b in bindings(book_of(KH40)["Biểu hiện"]) if b.startswith("signs.")]
    assert (len(signs), signs[0]) == (83, "signs.*")


def test_a_fact_is_asked_once_for_all_and_of_nobody_by_name() -> None:
    book = book_of(KH55)
    common = book["Căn cứ chung"]
    row = row_of(common, "everyone.facts.disciplined_in_year")
    assert str(common.cell(row, 1).value).endswith("(*)")
    assert not str(book["Căn cứ"].cell(1, column(book["Căn cứ"], "facts.disciplined_in_year")).value).endswith("(*)")
    asked = " ".join(bindings(common) + bindings(book["Căn cứ"]))
    # Farms and private enterprises (HD 16) are in no rule of KH 55.
    assert "economic_activity" not in asked
    assert "private_enterprise_owner" not in asked


def test_required_columns_are_marked_and_explained() -> None:
    sheet = book_of(KH55)["Kiểm điểm"]
    title = sheet.cell(1, column(sheet, "review.ideology"))
    assert str(title.value).endswith("(*)")
    assert title.fill.fgColor.rgb.endswith("FFE699")
    assert "Bắt buộc." in title.comment.text
    assert "Mẫu 02-HD KĐ.ĐG 2018" in title.comment.text
    optional = sheet.cell(1, column(sheet, "review.explanation"))
    assert "(*)" not in str(optional.value)


def test_a_title_that_is_cut_has_its_full_wording_in_the_comment() -> None:
    sheet = book_of(KH40)["Biểu hiện"]
    cut = [cell for cell in sheet[1] if str(cell.value).endswith("…")]
    assert cut
    assert all(str(cell.value).rstrip("…").split(". ", 1)[1][:60] in cell.comment.text for cell in cut)


def test_the_guide_comes_first_with_five_steps_and_who_fills_what() -> None:
    book = book_of(HD43)
    guide = book.worksheets[0]
    assert guide.title == "Hướng dẫn"
    texts = [str(cell.value) for row in guide.iter_rows() for cell in row if cell.value]
    assert [t for t in texts if t.startswith("Bước")] == [f"Bước {n}" for n in range(1, 6)]
    assert set(book.sheetnames) - {"Hướng dẫn", "Danh mục"} <= set(texts)
    assert "Ban kiểm phiếu" in texts


def test_every_row_of_the_guide_is_as_high_as_its_text() -> None:
    guide = book_of(HD19).worksheets[0]
    for row in guide.iter_rows(min_row=3):
        for cell in row:
            width = next(d.width for d in guide.column_dimensions.values() if d.min <= cell.column <= d.max)
            assert len(str(cell.value or "")) <= width * (guide.row_dimensions[cell.row].height or 15) / 15


def test_a_long_title_has_a_row_of_its_height() -> None:
    sheet = book_of(KH55)["Căn cứ chung"]
    titles = [cell for cell in sheet["A"][1:-1] if len(str(cell.value)) > sheet.column_dimensions["A"].width]
    assert titles
    assert all(sheet.row_dimensions[cell.row].height >= 30 for cell in titles)


def test_no_list_shows_a_code() -> None:
    for name in list_regulations():
        words = [str(c.value) for row in book_of(name)["Danh mục"].iter_rows() for c in row if c.value]
        assert [word for word in words if "_" in word or word in ("none", "tot", "kha", "kem")] == []


def test_a_choice_that_decides_the_papers_is_required() -> None:
    # HD 19: which of three score sheets; HD 43: which of three kinds of member.
    body, members = book_of(HD19)["Tổ chức"], book_of(HD43)["Đảng viên"]
    assert str(body.cell(row_of(body, "party_organization.score_sheet"), 1).value).endswith("(*)")
    assert str(members.cell(1, column(members, "member.kind")).value).endswith("(*)")


@pytest.mark.parametrize("regulation", list_regulations())
def test_what_is_required_is_all_that_validation_asks_of_the_unit(regulation: str) -> None:
    """Each cell that an empty book is told to fill, is marked in it."""
    raw = saved(book_of(regulation))
    book = openpyxl.load_workbook(io.BytesIO(raw))
    dossier, _ = dossier_from_bytes(raw, "ho-so.xlsx")
    assert dossier is not None
    for finding in docgen.validate(dossier):
        if finding.severity == "error" and finding.place.source.startswith("Tổ chức!B"):
            title = book["Tổ chức"]["A" + finding.place.source.rpartition("B")[2]]
            assert str(title.value).endswith("(*)"), (finding.place.source, finding.text())


# -- reading it --


@pytest.mark.parametrize("regulation", list_regulations())
def test_an_empty_short_book_is_read_without_a_word(regulation: str, tmp_path: Path) -> None:
    (path,) = write_empty_book(tmp_path, load_regulation(regulation))
    dossier, findings = load_dossier(path)
    assert dossier is not None
    assert findings == []
    assert dossier.data == {"regulation": regulation, "members": []}
    with pytest.raises(UsageError):
        write_empty_book(tmp_path, load_regulation(regulation))


@pytest.mark.parametrize("regulation", list_regulations())
def test_a_short_book_of_a_dossier_loses_nothing(regulation: str) -> None:
    expected, _ = dossier_from_data(sample_dossier(regulation))
    again, findings = dossier_from_bytes(saved(book_of(regulation, sample_dossier(regulation))), "ho-so.xlsx")
    assert expected is not None
    assert again is not None
    assert findings == []
    assert again.data == expected.data


def test_a_value_that_nobody_asks_for_has_its_column_in_the_book_of_its_dossier() -> None:
    data = sample_dossier(KH55, members=2)
    data["members"][0]["facts"]["private_enterprise_owner"] = True
    data["members"][1]["signs"] = {"b3": "co"}
    again, _ = dossier_from_bytes(saved(book_of(KH55, data)), "ho-so.xlsx")
    assert again is not None
    assert again.data == dossier_from_data(data)[0].data  # type: ignore[union-attr]


def test_titles_are_enough_in_a_short_book_too() -> None:
    book = book_of(KH55, sample_dossier(KH55, members=2))
    book["Đảng viên"].delete_rows(2)
    book["Đảng viên"].row_dimensions[2].hidden = False
    again, findings = dossier_from_bytes(saved(book), "ho-so.xlsx")
    assert again is not None
    assert findings == []
    assert again.data == sample_dossier(KH55, members=2)


def test_a_sheet_that_a_short_book_had_is_missed() -> None:
    book = book_of(HD19, sample_dossier(HD19, members=2))
    del book["Phiếu"]
    _, findings = dossier_from_bytes(saved(book), "ho-so.xlsx")
    assert [(f.code, f.params["sheet"]) for f in findings] == [("dossier.excel.missing_sheet", "Phiếu")]


def test_no_sign_is_one_cell_and_one_sign_is_two() -> None:
    book = book_of(KH40)
    members, signs = book["Đảng viên"], book["Biểu hiện"]
    for row, (code, name) in enumerate((("dv-01", "Nguyễn Văn A"), ("dv-02", "Trần Thị B")), start=4):
        members.cell(row, 1).value, members.cell(row, 2).value = code, name
        signs.cell(row, 1).value = code
        signs.cell(row, column(signs, "signs.*")).value = "Không có biểu hiện"
    signs.cell(5, column(signs, "signs.b15")).value = "Có biểu hiện"
    dossier, findings = dossier_from_bytes(saved(book), "ho-so.xlsx")
    assert dossier is not None
    assert findings == []
    first, second = (member["signs"] for member in dossier.members)
    assert first == {f"b{n}": "khong" for n in range(1, 83)}
    assert second == {**first, "b15": "co"}
    assert dossier.place("/members/0/signs/b7").source == "Biểu hiện!C4"


def test_who_assesses_is_chosen_once() -> None:
    book = book_of(KH55)
    members, sheet = book["Đảng viên"], book["Tiêu chí"]
    members["A4"], members["B4"] = "dv-01", "Nguyễn Văn A"
    sheet["A4"] = "dv-01"
    sheet.cell(4, column(sheet, "assessor")).value = "Đảng viên tự đánh giá"
    dossier, findings = dossier_from_bytes(saved(book), "ho-so.xlsx")
    assert dossier is not None
    assert findings == []
    assert dossier.members[0]["assessments"] == {"tu_danh_gia": {"assessor": "Đảng viên tự đánh giá"}}


def test_an_assessment_without_a_name_comes_back_without_one() -> None:
    data = sample_dossier(KH55, members=1)
    del data["members"][0]["assessments"]["tu_danh_gia"]["assessor"]
    again, _ = dossier_from_bytes(saved(book_of(KH55, data)), "ho-so.xlsx")
    assert again is not None
    assert again.data == data


def test_one_answer_for_all_grades_everybody_but_the_exception() -> None:
    data = sample_dossier(KH55)
    for member in data["members"]:
        member["facts"].pop("disciplined_in_year", None)
    book = book_of(KH55, data)
    common, own = book["Căn cứ chung"], book["Căn cứ"]
    common.cell(row_of(common, "everyone.facts.disciplined_in_year"), 2).value = "Không"
    own.cell(4, column(own, "facts.disciplined_in_year")).value = "Có"
    dossier, _ = dossier_from_bytes(saved(book), "ho-so.xlsx")
    assert dossier is not None
    assert not has_errors([f for f in docgen.validate(dossier) if f.code.startswith("dossier.")])
    assert dossier.data["everyone"]["facts"] == {"disciplined_in_year": False}
    assert [m["facts"].get("disciplined_in_year") for m in dossier.members[:3]] == [None, True, None]
