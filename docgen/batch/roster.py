"""A roster in Excel: one record a row, one value a column.

The first line of a roster holds titles for people, the second the bindings (`id`, `member.full_name`); columns may be
moved, left out and added. Every row becomes a line of JSON, blank ones a blank line, so a line's number tells its row.
Values in tables of a form have no column: such a record needs JSON.
"""

# openpyxl comes without types: a call of it is not an error of ours.
# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import io
import json
from pathlib import Path

from docgen.batch.source import ROSTER, Source
from docgen.dossier.excel import library
from docgen.dossier.excel_cells import told_of, value_of
from docgen.dossier.excel_checks import astray, beside, hidden, spread_merged, without_value
from docgen.dossier.layout import Column
from docgen.dossier.spreadsheet import Told, letters, read_pages
from docgen.dossier.workbook_limits import MAX_FILE_BYTES, WorkbookError
from docgen.forms.bindings import Slot, slots
from docgen.forms.definition import FormDefinition
from docgen.model import Finding, Place, has_errors
from docgen.nearest import nearest
from docgen.paths import Json, JsonDict, put
from docgen.storage import write_whole

_ID = Slot(("id",), "text", "Mã bản ghi (đặt tên tệp)")
#: Drop-downs are offered for so many rows.
_ROWS = 5000
_LIST_LIMIT = 255


def columns(definition: FormDefinition) -> tuple[Slot, ...]:
    """The values of a form that a roster can hold, the id first."""
    return (_ID, *(slot for slot in slots(definition) if not slot.list))


def roster_lines(path: Path, work: Path, definition: FormDefinition) -> tuple[Source | None, list[Finding]]:
    """The first sheet of the workbook `path`, written to the folder `work` as lines of JSON.

    None and findings where that is no roster of the form, or where a cell of it cannot be read; a source with findings
    where something was read that a person should look at.
    """
    if path.stat().st_size > MAX_FILE_BYTES:
        return None, [Finding("dossier.file.too_large", "error", Place(str(path)), {"limit": MAX_FILE_BYTES >> 20})]
    try:
        page = read_pages(path.read_bytes(), first_only=True)[0]
    except WorkbookError as fault:
        return None, [Finding(fault.code, "error", Place(str(path)), fault.params)]
    rows = page.rows
    known = {slot.binding: slot for slot in columns(definition)}
    read_columns = [i for i, name in enumerate(rows[1] if len(rows) > 1 else ()) if str(name).strip() in known]
    findings = [
        _finding(path, told) for told in (*without_value(page, range(len(page.rows)), read_columns), *astray(page))
    ]
    found: list[tuple[int, Slot]] = []
    for index, name in enumerate(rows[1] if len(rows) > 1 else ()):
        binding = str(name).strip()
        if binding in known:
            found.append((index, known[binding]))
        elif binding:
            place = Place(str(path), "", f"{page.title}!{letters(index)}2")
            params = {"given": binding[:60], "near": nearest(binding, list(known))}
            findings.append(Finding("batch.roster.unknown_column", "error", place, params))
    if not found:
        findings.append(Finding("batch.roster.no_bindings", "error", Place(str(path), "", f"{page.title}!A2")))
    read = {index: Column(slot.path, slot.label, slot.kind, slot.options) for index, slot in found}
    titled = [index for row in rows[:2] for index, cell in enumerate(row) if cell not in ("", None)]
    told_of_page = (*hidden(page, 2), *spread_merged(page, 2, read), *beside(page, 2, read, titled))
    findings += [_finding(path, told) for told in told_of_page]
    if has_errors(findings):
        return None, findings
    target = work / "records.jsonl"
    with target.open("wb") as out:
        for number, row in enumerate(rows[2:], start=3):
            record: JsonDict = {}
            for index, column in read.items():
                cell = row[index] if index < len(row) else ""
                value, code = value_of(column, cell, page.since_1904)
                if code:
                    findings.append(_finding(path, told_of(code, column, cell, value, page, index, number)))
                if value is not ...:
                    put(record, column.path, _paragraphs(value) if column.kind.is_many else value)
            out.write(json.dumps(record, ensure_ascii=False).encode("utf-8", "replace") if record else b"")
            out.write(b"\n")
    if has_errors(findings):
        return None, findings
    at = {"/" + "/".join(slot.path): letters(index) for index, slot in found}
    return Source(str(path), target, ROSTER, 0, page.title, at), findings


def _finding(path: Path, told: Told) -> Finding:
    code, severity, source, params = told
    return Finding(code, severity, Place(str(path), "", source), dict(params))


def _paragraphs(value: Json) -> list[str]:
    return [line for line in str(value).splitlines() if line.strip()]


def write_roster(path: Path, definition: FormDefinition, *, overwrite: bool = False) -> None:
    """Write an empty roster of a form: titles, bindings, drop-downs. Raises `EnvironmentFault`, `UsageError`."""
    openpyxl = library("openpyxl")
    validation = library("openpyxl.worksheet.datavalidation")
    styles = library("openpyxl.styles")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = definition.form
    for number, slot in enumerate(columns(definition), start=1):
        column = letters(number - 1)
        title, binding = sheet.cell(1, number, slot.label), sheet.cell(2, number, slot.binding)
        title.font = styles.Font(bold=True)
        title.alignment = styles.Alignment(wrap_text=True, vertical="top")
        binding.font = styles.Font(italic=True, color="808080")
        sheet.column_dimensions[column].width = 40 if slot.kind.is_many else 18
        words = ",".join(text for _, text in slot.options)
        if slot.options and len(words) <= _LIST_LIMIT and words.count(",") == len(slot.options) - 1:
            menu = validation.DataValidation(type="list", formula1=f'"{words}"', allow_blank=True)
            menu.add(f"{column}3:{column}{_ROWS}")
            sheet.add_data_validation(menu)
        for row in range(3, 53) if slot.kind.cell_format else ():
            sheet.cell(row, number).number_format = slot.kind.cell_format  # or Excel turns an id like 1-2 into a date
    sheet.freeze_panes = "B3"
    out = io.BytesIO()
    book.save(out)
    write_whole(path, out.getvalue(), overwrite=overwrite)
