"""The table of the units below as a workbook: a dossier a row, the sums, the quota; in Vietnamese, as every paper is.

It is written row by row, numbers as numbers and shares as percentages that Excel can sort and add.
"""

# openpyxl comes without types: a call of it is not an error of ours.
# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from docgen.desk.units_below import UnitRow, Whole
from docgen.dossier.excel import library
from docgen.grading.counts import GradeCount
from docgen.i18n import message
from docgen.model import GRADE_TEXT, GRADES

_LANGUAGE = "vi"
_PERCENT = "0.0%"
_DAY = "d/m/yyyy"
Value = str | int | float | None | tuple[Any, str]


def _text(key: str, **facts: object) -> str:
    return message(f"desk.units.book.{key}", _LANGUAGE, **facts)


@dataclass(frozen=True, slots=True)
class Listed:
    """The units of one regulation and year: what it is called, the sums (None: these have no dossier), the rows."""

    number: str
    year: int | None
    whole: Whole | None
    rows: Sequence[UnitRow]


def units_book(listed: Sequence[Listed]) -> bytes:
    """A workbook of all that is `listed`."""
    library("openpyxl")
    from openpyxl.workbook.workbook import Workbook

    book = Workbook(write_only=True)
    grades = [head for grade in GRADES for head in (GRADE_TEXT[grade], _text("share", grade=GRADE_TEXT[grade]))]
    heads = [
        _text(key) for key in ("document", "year", "unit", "superior", "state", "details", "late", "handed", "base")
    ]
    ends = [_text(key) for key in ("open", "apart", "quota_most", "over", "next")]
    rows = (_unit(one, row) for one in listed for row in one.rows)
    widths = (18, 8, 34, 30, 18, 36, 12, 12, 12, *([14, 10] * len(GRADES)), 12, 12, 16, 10, 44)
    _sheet(book, _text("units"), [*heads, *grades, *ends], rows, widths)
    heads = [_text(key) for key in ("document", "year", "dossiers", "handed_count", "late_count", "base")]
    rows = (_sum(one, one.whole) for one in listed if one.whole is not None)
    _sheet(book, _text("sums"), [*heads, *grades, _text("open"), _text("apart")], rows,
           (18, 8, 12, 12, 12, 12, *([14, 10] * len(GRADES)), 12, 12))  # fmt: skip
    heads = [_text(key) for key in ("document", "year", "clause", "reading", "quota_base", "percent", "quota_most",
                                    "chosen", "over", "remark")]  # fmt: skip
    rows = (row for one in listed if one.whole is not None for row in _quota(one, one.whole))
    _sheet(book, _text("quota"), heads, rows, (18, 8, 24, 40, 12, 10, 16, 12, 10, 60))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(book: Any, title: str, heads: Sequence[str], rows: Iterable[Sequence[Value]], widths: Sequence[int]) -> None:
    from openpyxl.cell.cell import WriteOnlyCell
    from openpyxl.styles.alignment import Alignment
    from openpyxl.styles.fills import PatternFill
    from openpyxl.styles.fonts import Font
    from openpyxl.utils.cell import get_column_letter

    sheet = book.create_sheet(title)
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9  # ISO A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToHeight = 0
    first = []
    for head in heads:
        cell = WriteOnlyCell(sheet, head)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DDE6F0")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        first.append(cell)
    sheet.append(first)
    count = 1
    for row in rows:
        count += 1
        cells = []
        for value in row:
            shown, how = value if isinstance(value, tuple) else (value, "")
            cell = WriteOnlyCell(sheet, shown)
            if isinstance(shown, str):
                cell.data_type = "s"  # a name that begins with "=" is a name
            if how:
                cell.number_format = how
            cells.append(cell)
        sheet.append(cells)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{count}"


def _grades(found: GradeCount | None) -> list[Value]:
    if found is None:
        return [None] * (2 * len(GRADES))
    out: list[Value] = []
    for grade in GRADES:
        share = found.grades[grade] / found.base if found.base else None
        out += [found.grades[grade], (share, _PERCENT) if share is not None else None]
    return out


def _unit(listed: Listed, row: UnitRow) -> list[Value]:
    found = row.grades
    quota = row.figures.quota if row.figures is not None else ()
    most = " / ".join(str(most) for most in dict.fromkeys(one.most for one in quota))
    shown: Value = int(most) if most.isdecimal() else most or None
    over = min((one.over for one in quota), default=None)
    return [
        listed.number, listed.year, row.name, row.superior, row.words(_LANGUAGE), "; ".join(row.details(_LANGUAGE)),
        row.late_days or None, (row.handed.on, _DAY) if row.handed is not None else None,
        found.base if found is not None else None, *_grades(found), found.open if found is not None else None,
        found.apart if found is not None else None, shown, over, row.hint(_LANGUAGE),
    ]  # fmt: skip


def _sum(listed: Listed, whole: Whole) -> list[Value]:
    states = whole.states()
    dossiers = sum(bool(row.dossier) for row in whole.rows)
    return [listed.number, listed.year, dossiers, states["handed_over"], len(whole.late), whole.grades.base,
            *_grades(whole.grades), whole.grades.open, whole.grades.apart]  # fmt: skip


def _quota(listed: Listed, whole: Whole) -> Iterable[list[Value]]:
    remarks = "; ".join(whole.remarks(_LANGUAGE))
    for one in whole.readings:
        reading = _text("reading_wide" if one.wide else "reading_strict")
        percent: Value = (float(one.percent) / 100, "0.##%") if not one.below else _text("small", below=one.below)
        yield [
            listed.number,
            listed.year,
            whole.clause,
            reading,
            one.base,
            percent,
            one.most,
            one.chosen,
            one.over,
            remarks,
        ]
    if not whole.readings:
        yield [listed.number, listed.year, whole.clause, *([None] * 6), remarks]
