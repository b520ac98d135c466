"""What a clerk types in a book and may have meant otherwise: asked once, at the cell, never read in silence."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from typing import Any

import openpyxl
import pytest

import docgen
from docgen.dossier import Dossier
from docgen.dossier.excel import workbook_bytes
from docgen.dossier.load import dossier_from_bytes
from docgen.dossier.sample import sample_dossier
from docgen.model import Finding
from docgen.regulations.loader import load_regulation

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
