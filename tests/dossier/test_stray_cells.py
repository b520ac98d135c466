"""A value typed far from where it belongs: one message, at that cell; nobody is added and nothing is filled in."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import openpyxl
import pytest

import docgen
from docgen.dossier.excel import workbook_bytes
from docgen.dossier.load import dossier_from_bytes
from docgen.dossier.sample import sample_dossier
from docgen.model import Finding
from docgen.regulations.loader import load_regulation

HD43 = "hd43-2025"


@cache
def raw() -> bytes:
    return workbook_bytes(load_regulation(HD43), sample_dossier(HD43, members=2))


def told(title: str, cell: str, value: Any) -> tuple[list[Finding], int]:
    """What validating a book says beyond what it says without `value` in `cell`, and how many members there are."""
    book = openpyxl.load_workbook(io.BytesIO(raw()))
    book[title][cell] = value
    target = io.BytesIO()
    book.save(target)
    before, after = (dossier_from_bytes(content, "ho-so.xlsx")[0] for content in (raw(), target.getvalue()))
    assert before is not None
    assert after is not None
    known = [(f.code, f.place.source) for f in docgen.validate(before)]
    return [f for f in docgen.validate(after) if (f.code, f.place.source) not in known], len(after.members)


@pytest.mark.parametrize(
    ("title", "cell", "code", "source"),
    [
        ("Đảng viên", "G900", "nobody", "Đảng viên!G900"),  # a row of the list, but of nobody
        ("Đảng viên", "XFD1048576", "far_cell", "Đảng viên!XFD1048576"),
        ("Đảng viên", "CZ4", "beside", "Đảng viên!CZ4"),
        ("Phiếu", "C900", "no_code", "Phiếu!A900"),
        ("Kiểm điểm", "D500", "no_code", "Kiểm điểm!A500"),
        ("Tổ chức", "B900", "beside", "Tổ chức!B900"),
        ("Căn cứ chung", "F3", "beside", "Căn cứ chung!F3"),
        ("Nhiệm vụ của đơn vị", "B900", "apart", "Nhiệm vụ của đơn vị!A900"),
    ],
)
def test_one_message_at_the_cell(title: str, cell: str, code: str, source: str) -> None:
    findings, members = told(title, cell, "x")
    assert [(f.code, f.place.source) for f in findings] == [(f"dossier.excel.{code}", source)]
    assert members == 2


def test_a_row_of_nobody_says_what_to_do() -> None:
    (found,), _ = told("Đảng viên", "G900", "x")
    assert "900" in found.text()
    assert "G900" in found.hint()
