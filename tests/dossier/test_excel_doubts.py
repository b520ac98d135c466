"""What a clerk types in a book and may have meant otherwise: asked once, at the cell, never read in silence."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from typing import Any

import openpyxl
import pytest

import docgen
from docgen.desk.book_asked import asked_of
from docgen.dossier import Dossier
from docgen.dossier.excel import workbook_bytes
from docgen.dossier.layout import workbook_layout
from docgen.dossier.load import dossier_from_bytes
from docgen.dossier.sample import sample_dossier
from docgen.model import Finding
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.validation import render_text

HD43 = "hd43-2025"
REMEDIED = "facts.prior_shortcomings_remedied_pct"
KIND = "member.kind"


@cache
def raw() -> bytes:
    return workbook_bytes(load_regulation(HD43), sample_dossier(HD43, members=2))


def column_of(sheet: Any, binding: str) -> int:
    return next(c.column for c in sheet[2] if str(c.value).split(":")[-1] == binding)


def changed(change: Callable[[Any], None]) -> tuple[Dossier, list[Finding]]:
    """The dossier of the sample's book after `change`, and what validating it says beyond the sample's own."""
    book = openpyxl.load_workbook(io.BytesIO(raw()))
    change(book)
    target = io.BytesIO()
    book.save(target)
    before, after = (dossier_from_bytes(content, "ho-so.xlsx")[0] for content in (raw(), target.getvalue()))
    assert before is not None
    assert after is not None
    known = [(f.code, f.place.source) for f in docgen.validate(before)]
    return after, [f for f in docgen.validate(after) if (f.code, f.place.source) not in known]


@pytest.mark.parametrize(
    ("typed", "shown_as", "value", "asked"),
    [
        (0.8, "General", 0.8, True),
        ("0,8", "@", 0.8, True),
        (0.8, "0%", 80, False),
        (0.008, "0.0%", 0.8, False),
        ("0,8%", "@", 0.8, False),
        ("80 %", "@", 80, False),
        (0, "General", 0, False),
        (1, "General", 1, False),
        (80, "General", 80, False),
    ],
)
def test_a_share_between_0_and_1_is_asked_about(typed: Any, shown_as: str, value: float, asked: bool) -> None:
    def change(book: Any) -> None:
        sheet = book["Căn cứ"]
        cell = sheet.cell(3, column_of(sheet, REMEDIED))
        cell.value, cell.number_format = typed, shown_as

    dossier, found = changed(change)
    assert dossier.members[0]["facts"]["prior_shortcomings_remedied_pct"] == value
    told = [f for f in found if f.code == "dossier.excel.doubtful_share"]
    assert len(told) == asked
    for finding in told:
        assert finding.severity == "warning"
        assert finding.text().endswith("ghi 0,8, được đọc là 0,8%; có phải 80%?")
        assert "80%" in finding.hint()
        assert "80%" in finding.hint("en")


def test_a_small_share_of_a_dossier_comes_back_without_a_question() -> None:
    data = sample_dossier(HD43, members=1)
    data["members"][0]["facts"] = {"prior_shortcomings_remedied_pct": 0.5}
    again, found = dossier_from_bytes(workbook_bytes(load_regulation(HD43), data), "ho-so.xlsx")
    assert again is not None
    assert again.members[0]["facts"] == {"prior_shortcomings_remedied_pct": 0.5}
    assert found == []


@pytest.mark.parametrize(("typed", "code"), [("Mẫu 02C", "shape.unknown_code"), (None, "choice.open")])
def test_an_unknown_kind_of_member_is_one_finding(typed: str | None, code: str) -> None:
    def change(book: Any) -> None:
        sheet = book["Đảng viên"]
        sheet.cell(3, column_of(sheet, KIND)).value = typed

    _, found = changed(change)
    assert [f.code for f in found if f.severity == "error"] == [f"validation.{code}"]


def test_criteria_columns_say_which_criterion() -> None:
    for name in list_regulations():
        regulation = load_regulation(name)
        for sheet in workbook_layout(regulation):
            assert not [c.title for c in sheet.columns if c.binding and c.binding in c.title and "." in c.binding]
            for column in sheet.columns:
                if column.path[:2] == ("sheet", "scores"):
                    assert column.wording[:40] in column.title, column.title
    sheet = next(s for s in workbook_layout(load_regulation(HD43)) if s.key == "tieu-chi-dang-vien")
    title = next(c.title for c in sheet.columns if c.binding == "sheet.scores.ld_i_3_1_2.standard_points")
    assert title == ("I.3.(i) gạch 2. Có tầm nhìn, phương pháp làm việc khoa học; có năng lực tổn…: Điểm tối đa")


def cell_of(sheet_title: str, binding: str, value: Any) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        sheet = book[sheet_title]
        sheet.cell(3, column_of(sheet, binding)).value = value

    return change


def test_a_value_typed_wrong_is_one_finding_at_its_cell() -> None:
    for title, binding in (("Đảng viên", "review.score_tasks"), ("Tiêu chí", "sheet.scores.ld_i_3_1_2.points")):
        _, found = changed(cell_of(title, binding, "1đ"))
        assert [(f.code, f.place.source.split("!")[0]) for f in found if f.severity == "error"] == [
            ("validation.shape.needs_number", title)
        ]


def test_yes_and_no_in_the_words_of_the_book() -> None:
    _, found = changed(cell_of("Đảng viên", "member.official", "Dự bị"))
    assert [f.text() for f in found] == ['Đảng viên chính thức phải là Có hoặc Không, đang ghi "Dự bị"']
    assert "true" not in found[0].text("en")
    assert "[validation" not in render_text(found)


def test_a_column_of_ones_own_may_hold_an_error() -> None:
    def change(book: Any) -> None:
        sheet = book["Đảng viên"]
        own = sheet.max_column + 1
        sheet.cell(1, own).value, sheet.cell(3, own).value = "Số điện thoại", "#N/A"
        sheet.cell(3, own).data_type = "e"
        sheet.cell(4, own).value = "=1+1"

    _, found = changed(change)
    assert [(f.code, f.severity) for f in found] == [("dossier.excel.own_column", "info")]


def test_somebody_new_is_not_taken_for_another_member() -> None:
    def named(name: str) -> Finding:
        def change(book: Any) -> None:
            sheet = book["Kiểm điểm"]
            row = sheet.max_row + 1
            sheet.cell(row, 1).value, sheet.cell(row, 2).value = "dv-20", name
            sheet.cell(row, 3).value = "Đã xong mọi việc được giao."

        return next(f for f in changed(change)[1] if f.code == "dossier.excel.unknown_member")

    assert "thêm người này vào trang Đảng viên" in named("Lý Thị Ngoan").hint()
    assert named("").hint().startswith("Có phải là dv-0")


def test_who_has_no_grade_is_told_at_the_first_cell_to_fill() -> None:
    def change(book: Any) -> None:
        sheet = book["Đảng viên"]
        sheet.cell(4, column_of(sheet, "cell.grade")).value = None

    _, found = changed(change)
    told = [f.place.source for f in found if f.code == "board.finding.undecided"]
    assert [source[0:10] + source[-1] for source in told] == ["Đảng viên!4"]


@pytest.mark.parametrize("regulation", list_regulations())
def test_the_short_book_has_what_advice_names(regulation: str) -> None:
    asked = asked_of(load_regulation(regulation))
    assert ("to-chuc", ("sample",)) in asked
    assert ("ds-papers", ("given",)) in asked
    if load_regulation(regulation).fields.get("enclosures[].paper"):
        assert ("ds-enclosures", ("paper",)) in asked


def test_what_an_empty_list_lacks_is_told_on_its_sheet() -> None:
    book, _ = dossier_from_bytes(workbook_bytes(load_regulation(HD43)), "ho-so.xlsx")
    assert book is not None
    assert book.place("/enclosures").source == "Tài liệu kèm hồ sơ!A3"
    assert book.place("/unit_tasks").source == "Nhiệm vụ của đơn vị!A3"
