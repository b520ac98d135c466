"""What is said of a workbook is said in the words of Excel: no codes, no JSON; one slip, one finding."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import pytest
from babel.messages import pofile
from workbooks import column_of, opened, read_back

import docgen
from docgen.i18n import locale_folder
from docgen.model import Finding

#: Words of the data format that nobody sees in a workbook.
JARGON = re.compile(
    r"\b(true|false|null|nháy|JSON|assessments|meeting|ballots|votes|facts|scores|xuat_sac|official|head)\b|\w+\.\w+_\w+"
)
OTHER_FILE = re.compile(r"\b(?:tệp|hồ sơ|sang|trong) JSON\b")
#: Findings that no workbook can have: on the text of a JSON file, on records of facts and of forms given one a line.
#: Those on the mark of a sample say what to do in both.
NOT_EXCEL = re.compile(r"dossier\.json\.|dossier\.usage\.|grading\.|validation\.sample\.|validation\.record\.")


def hints(room: str) -> dict[str, str]:
    with (locale_folder() / "vi" / "LC_MESSAGES" / f"{room}.po").open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in pofile.read_po(file) if entry.id}


def with_jargon(texts: dict[str, str]) -> list[str]:
    """The hints that say words of JSON and have no wording for a workbook, or one that says them too.

    One that sends to the other kind of file ("tệp JSON", "sang JSON") has to name it.
    """
    return [
        key
        for key, text in texts.items()
        if key.endswith((".hint", ".hint_cell"))
        and JARGON.search(OTHER_FILE.sub("", text))
        and not NOT_EXCEL.match(key)
        and (key.endswith("_cell") or f"{key}_cell" not in texts)
    ]


@pytest.mark.parametrize("room", ["validation", "board", "dossier"])
def test_every_hint_has_words_for_a_workbook(room: str) -> None:
    assert with_jargon(hints(room)) == []


def test_a_hint_in_the_words_of_json_is_noticed() -> None:
    assert with_jargon({"a.b.hint": "Bổ sung ballots"}) == ["a.b.hint"]
    assert with_jargon({"a.b.hint": "Bổ sung ballots", "a.b.hint_cell": "Ghi số phiếu"}) == []
    assert with_jargon({"a.b.hint_cell": "Ghi true"}) == ["a.b.hint_cell"]
    assert with_jargon({"a.b.hint": "Lập hồ sơ JSON (docgen convert)"}) == []
    assert with_jargon({"a.b.hint": "Bổ sung ballots rồi docgen convert"}) == ["a.b.hint"]


def errors(book: Any) -> list[Finding]:
    dossier, _ = read_back(book)
    assert dossier is not None
    return [f for f in docgen.validate(dossier) if f.severity == "error"]


def test_a_word_that_is_not_in_the_list_is_answered_with_the_words_of_the_list() -> None:
    book = opened()
    sheet = book["Đảng viên"]
    sheet.cell(3, column_of(sheet, "review.grade_party")).value = "Hoàn thành tốt"
    (found,) = errors(book)
    assert (found.code, found.place.source) == ("validation.shape.unknown_code", "Đảng viên!N3")
    assert found.text() == 'Tự xếp loại đảng viên: "Hoàn thành tốt" không có trong danh sách'
    assert "Hoàn thành tốt nhiệm vụ" in found.hint()
    assert "HTTNV" not in found.hint()


def test_a_misspelt_assessor_is_one_error() -> None:
    book = opened()
    sheet = book["Tiêu chí"]
    row = next(
        r for r in range(3, sheet.max_row + 1)
        if str(sheet.cell(r, column_of(sheet, "assessor")).value) == "Đảng viên tự đánh giá"
    )  # fmt: skip
    sheet.cell(row, column_of(sheet, "assessor")).value = "Đảng viên tự đánh gá"
    (found,) = errors(book)
    assert found.code == "validation.assessment.unknown"
    assert "Đảng viên tự đánh giá" in found.hint()
    assert "tu_danh_gia" not in found.hint()


def test_a_fact_is_called_by_its_name() -> None:
    book = opened()
    sheet = book["Căn cứ"]
    sheet.cell(3, column_of(sheet, "facts.targets_completed_pct")).value = "nhiều"
    (found,) = [f for f in errors(book) if f.code == "validation.facts.type"]
    assert "targets_completed_pct" not in found.text() + found.hint()


def test_a_member_without_a_code_is_one_error_at_its_row() -> None:
    book = opened()
    book["Đảng viên"]["A5"] = None
    assert [(f.code, f.place.source) for f in errors(book)] == [("validation.shape.required", "Đảng viên!A5")]


@pytest.mark.parametrize("typed", ["ngày 14 tháng 3 năm 1972", "Ngày 14 tháng 03 năm 1972.", "14 . 3 . 1972"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_date_in_words_is_a_date(typed: str, form: Any) -> None:
    book = opened()
    sheet = book["Đảng viên"]
    sheet.cell(3, column_of(sheet, "member.birth_date")).value = unicodedata.normalize(form, typed)
    dossier, _ = read_back(book)
    assert dossier is not None
    assert dossier.members[0]["member"]["birth_date"] == "1972-03-14"


@pytest.mark.parametrize(
    ("typed", "kept"), [("07/1980", "1980-07"), ("1988 ", "1988"), ("tháng 7 năm 1980", "1980-07")]
)
def test_a_month_or_a_year_is_never_completed(typed: str, kept: str) -> None:
    book = opened()
    sheet = book["Đảng viên"]
    sheet.cell(3, column_of(sheet, "member.birth_date")).value = typed
    dossier, _ = read_back(book)
    assert dossier is not None
    assert dossier.members[0]["member"]["birth_date"] == kept


@pytest.mark.parametrize("typed", ["13/1980", "ngày 31 tháng 2 năm 1980", "ngày 14 tháng 3", "khoảng 1980"])
def test_what_is_no_date_is_an_error(typed: str) -> None:
    book = opened()
    sheet = book["Đảng viên"]
    sheet.cell(3, column_of(sheet, "member.birth_date")).value = typed
    assert [f.code for f in errors(book)] == ["validation.shape.life_date"]
