"""A roster in Excel: one record a row, one value a column.

The first line of a roster holds titles for people, the second the bindings (`id`, `member.full_name`); columns may be
moved, left out and added. Every row becomes a line of JSON, blank ones a blank line, so a line's number tells its row.
Values in tables of a form have no column: such a record needs JSON.
"""

# openpyxl comes without types: a call of it is not an error of ours.
# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import datetime
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from docgen.batch.source import ROSTER, Source
from docgen.dossier.excel import library
from docgen.dossier.model import nearest
from docgen.dossier.text import fold
from docgen.errors import InputError
from docgen.forms.bindings import Slot, slots
from docgen.forms.definition import FormDefinition
from docgen.model import Finding, Place
from docgen.regulations.loader import Regulation
from docgen.storage import write_whole

_ID = Slot(("id",), "text", "Mã bản ghi (đặt tên tệp)")
_TRUE = frozenset({"co", "x", "true", "dung", "1"})
_FALSE = frozenset({"khong", "false", "sai", "0"})
#: Drop-downs are offered for so many rows.
_ROWS = 5000
_LIST_LIMIT = 255


def columns(regulation: Regulation, definition: FormDefinition) -> tuple[Slot, ...]:
    """The values of a form that a roster can hold, the id first."""
    return (_ID, *(slot for slot in slots(regulation, definition) if not slot.list))


def roster_lines(
    path: Path, work: Path, regulation: Regulation, definition: FormDefinition
) -> tuple[Source | None, list[Finding]]:
    """The first sheet of the workbook `path`, written to the folder `work` as lines of JSON.

    None and findings where that is no roster of the form. Raises `EnvironmentFault` without the library for Excel.
    """
    calamine = library("python_calamine")
    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
        sheet = book.get_sheet_by_index(0)
        rows = _rows(sheet)
    except Exception as fault:  # the library has no common error of its own
        raise InputError("errors.input.cannot_read", file=str(path), problem=type(fault).__name__) from None
    next(rows, None)
    known = {slot.binding: slot for slot in columns(regulation, definition)}
    findings: list[Finding] = []
    found: list[tuple[int, Slot]] = []
    for index, name in enumerate(next(rows, ())):
        binding = str(name).strip()
        if binding in known:
            found.append((index, known[binding]))
        elif binding:
            place = Place(str(path), "", f"{sheet.name}!{_letters(index)}2")
            params = {"given": binding[:60], "near": nearest(binding, list(known))}
            findings.append(Finding("batch.roster.unknown_column", "error", place, params))
    if not found:
        findings.append(Finding("batch.roster.no_bindings", "error", Place(str(path), "", f"{sheet.name}!A2")))
    if findings:
        return None, findings
    target = work / "records.jsonl"
    with target.open("wb") as out:
        for row in rows:
            record: dict[str, Any] = {}
            for index, slot in found:
                if index < len(row) and (value := _value(slot, row[index])) is not None:
                    _put(record, slot.path, value)
            out.write(json.dumps(record, ensure_ascii=False).encode("utf-8", "replace") if record else b"")
            out.write(b"\n")
    at = {"/" + "/".join(slot.path): _letters(index) for index, slot in found}
    return Source(str(path), target, ROSTER, 0, str(sheet.name), at), []


def _rows(sheet: Any) -> Iterator[list[Any]]:
    """The rows of a sheet from its very first on, one at a time."""
    above, before = sheet.start or (0, 0)
    yield from ([] for _ in range(above))
    for row in sheet.iter_rows():
        yield [""] * before + row if before else row


def _put(record: dict[str, Any], path: Sequence[str], value: Any) -> None:
    for name in path[:-1]:
        record = record.setdefault(name, {})
    record[path[-1]] = value


def _value(slot: Slot, cell: Any) -> Any:
    """What a cell means: the words of a closed list, a date and a whole number as Excel has them; None for nothing."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, datetime.datetime):
        cell = cell.date()
    if isinstance(cell, datetime.date):
        return cell.isoformat() if slot.type == "date" else f"{cell:%d/%m/%Y}"
    if isinstance(cell, datetime.time | datetime.timedelta):
        return str(cell)
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if slot.type == "bool":
        folded = fold(str(cell))
        return True if folded in _TRUE else False if folded in _FALSE else cell
    if isinstance(cell, bool):
        return cell
    if slot.options:
        folded = fold(str(cell))
        return next((code for code, words in slot.options if folded in (fold(code), fold(words))), str(cell))
    if slot.type == "paragraphs":
        return [line for line in str(cell).splitlines() if line.strip()]
    return str(cell) if slot.type in ("text", "date") else cell


def _letters(column: int) -> str:
    """The letters of a column, counted from 0."""
    out = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        out = chr(65 + rest) + out
    return out


def write_roster(path: Path, regulation: Regulation, definition: FormDefinition, *, overwrite: bool = False) -> None:
    """Write an empty roster of a form: titles, bindings, drop-downs. Raises `EnvironmentFault`, `UsageError`."""
    openpyxl = library("openpyxl")
    validation = library("openpyxl.worksheet.datavalidation")
    styles = library("openpyxl.styles")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = definition.form
    for number, slot in enumerate(columns(regulation, definition), start=1):
        letters = _letters(number - 1)
        title, binding = sheet.cell(1, number, slot.label), sheet.cell(2, number, slot.binding)
        title.font = styles.Font(bold=True)
        title.alignment = styles.Alignment(wrap_text=True, vertical="top")
        binding.font = styles.Font(italic=True, color="808080")
        sheet.column_dimensions[letters].width = 40 if slot.type == "paragraphs" else 18
        words = ",".join(text for _, text in slot.options)
        if slot.options and len(words) <= _LIST_LIMIT and words.count(",") == len(slot.options) - 1:
            menu = validation.DataValidation(type="list", formula1=f'"{words}"', allow_blank=True)
            menu.add(f"{letters}3:{letters}{_ROWS}")
            sheet.add_data_validation(menu)
        for row in range(3, 53) if slot.type in ("text", "date") else ():
            sheet.cell(row, number).number_format = "@"  # or Excel turns an id like 1-2 into a date
    sheet.freeze_panes = "B3"
    out = io.BytesIO()
    book.save(out)
    write_whole(path, out.getvalue(), overwrite=overwrite)
