"""Workbooks to break: a small dossier in Excel, changed through openpyxl or in its XML."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from functools import cache
from typing import Any

import openpyxl

from docgen.dossier import Dossier
from docgen.dossier.excel import workbook_bytes
from docgen.dossier.load import dossier_from_bytes
from docgen.dossier.sample import sample_dossier
from docgen.model import Finding
from docgen.regulations.loader import load_regulation

KH55 = "kh55-2018"
#: The sheet "Đảng viên", as the second of the workbook.
MEMBERS_PART = "xl/worksheets/sheet2.xml"
Read = tuple[Dossier | None, list[Finding]]


@cache
def raw_workbook(members: int = 3) -> bytes:
    return workbook_bytes(load_regulation(KH55), sample_dossier(KH55, members=members))


def opened(members: int = 3) -> Any:
    """The workbook of a small sample, opened for changing."""
    return openpyxl.load_workbook(io.BytesIO(raw_workbook(members)))


def saved(book: Any) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def read(raw: bytes) -> Read:
    return dossier_from_bytes(raw, "ho-so.xlsx")


def read_back(book: Any) -> Read:
    return read(saved(book))


def with_part(raw: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same zip with one part changed (or made, from nothing)."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        names = source.namelist()
        for entry in dict.fromkeys((*names, name)):
            content = source.read(entry) if entry in names else b""
            target.writestr(entry, change(content) if entry == name else content)
    return out.getvalue()


def column_of(sheet: Any, binding: str, row: int = 2) -> int:
    return next(int(c.column) for c in sheet[row] if c.value == binding)


def codes(findings: list[Finding]) -> list[str]:
    return [f.code.removeprefix("dossier.excel.") for f in findings]
