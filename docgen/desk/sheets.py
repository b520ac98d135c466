"""The status on paper: one A4 page to send round, one sheet with filters.

Both are in Vietnamese whatever the language of messages, as every page of docgen's is.
"""

# openpyxl comes without types: a call of it is not an error of ours.
# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from string import ascii_lowercase
from typing import Any

from docgen.desk.next_step import NextStep
from docgen.desk.owed import Column
from docgen.desk.status import THERE, Paper, Status
from docgen.desk.status_text import ballots_words, counted, office_lines
from docgen.i18n import message, short_date
from docgen.packet.page_words import page_head
from docgen.records import DossierData
from docgen.word.write.pages import Page

_LANGUAGE = "vi"
#: More columns of papers than this do not fit across a sheet held upright.
_UPRIGHT_COLUMNS = 5
#: The narrowest a column of states can be, as a share of the width, before its words break.
_NUMBER, _NAME = 6.0, 26.0


def _text(key: str, **params: object) -> str:
    return message(f"desk.{key}", _LANGUAGE, **params)


def status_page(status: Status, data: DossierData, step: NextStep) -> bytes:
    """A Word page: counts, the matrix member × paper with its head on every sheet, the other papers, the next step."""
    page = Page(landscape=len(status.columns) > _UPRIGHT_COLUMNS)
    page_head(page, data, _text("page.title"))
    page.paragraph(_text("page.day", today=short_date(status.today), counts=counted(status.counts())))
    page.paragraph(_text("text.next", step=step.act(_LANGUAGE)), bold=True)
    if status.people and status.columns:
        titles, legend = _titles(status.columns)
        heads = [_text("page.number"), _text("page.name"), *titles]
        rows = [
            [str(number), person.name, *(_cell(paper) for paper in person.papers)]
            for number, person in enumerate(status.people, start=1)
        ]
        rows.append(["", _text("page.done"), *(_done(status, column) for column in status.columns)])
        share = (100 - _NUMBER - _NAME) / len(status.columns)
        page.table(heads, rows, [_NUMBER, _NAME, *([share] * len(status.columns))])
        if legend:
            page.paragraph(legend, "NoteText")
    others = _others(status)
    if status.ballots is not None:
        others.append([_text("ballots.title"), ballots_words(status, _LANGUAGE)])
    if others:
        page.table([_text("page.other"), _text("page.state")], others, [65, 35])
    for line in office_lines(status, _LANGUAGE, short=True):
        page.paragraph(line, "NoteText")
    return page.docx(_text("page.title"), {"docgen.page": "tinh-hinh", "docgen.regulation": status.regulation.id})


def _titles(columns: Sequence[Column]) -> tuple[list[str], str]:
    """The heads of the columns, and what the letters in them stand for: who assesses is said once, below the table, or
    the head of one sheet ("tập thể lãnh đạo đoàn thể mà đảng viên là thành viên lãnh đạo") is as high as half the rows.
    """
    groups = Counter(column.group for column in columns if column.assessor)
    letters: dict[str, list[str]] = {}
    titles = []
    for column in columns:
        code, _, who = column.title.partition(": ")
        if groups[column.group] < 2 or not who:
            titles.append(column.title)
            continue
        own = letters.setdefault(code, [])
        own.append(f"{ascii_lowercase[len(own) % len(ascii_lowercase)]} – {who}")
        titles.append(f"{code} {own[-1][0]}")
    return titles, " ".join(f"{code}: {'; '.join(own)}." for code, own in letters.items())


def _others(status: Status) -> list[list[str]]:
    """The papers of bodies: a row each for what is still to be done, the others by their codes, those in one state
    together."""
    rows: list[list[str]] = []
    there: dict[str, Counter[str]] = {}
    for paper in status.others:
        state = paper.words(_LANGUAGE)
        if paper.state in THERE:
            there.setdefault(state, Counter())[paper.code] += 1
        else:
            rows.append([paper.title, state])
    for state, codes in there.items():
        named = (_text("page.several", code=code, count=n) if n > 1 else code for code, n in codes.items())
        rows.append(["; ".join(named), state])
    return rows


def _cell(paper: Paper | None) -> str:
    return _text("state.not_owed") if paper is None else paper.words(_LANGUAGE)


def _done(status: Status, column: Column) -> str:
    """`3/16`: how many of the papers owed in a column are complete or signed."""
    counts = dict(status.by_column())[column]
    owed = sum(count for state, count in counts.items() if state != "not_owed")
    return f"{sum(counts[state] for state in THERE)}/{owed}"


def status_book(status: Status) -> bytes:
    """A workbook of one sheet, a paper a row, with filters; what nobody owes has no row."""
    from openpyxl.styles.alignment import Alignment
    from openpyxl.styles.fills import PatternFill
    from openpyxl.styles.fonts import Font
    from openpyxl.utils.cell import get_column_letter
    from openpyxl.workbook.workbook import Workbook

    book = Workbook()
    sheet: Any = book.active
    sheet.title = _text("book.sheet")
    keys = ("number", "who", "member", "paper", "state", "errors", "given", "returned")
    heads = [_text(f"book.{key}") for key in keys]
    for number, head in enumerate(heads, start=1):
        cell = sheet.cell(1, number, head)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DDE6F0")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    row = 1
    for row, values in enumerate(_rows(status), start=2):
        for number, value in enumerate((row - 1, *values), start=1):
            cell = sheet.cell(row, number, value)
            if isinstance(value, str):
                cell.data_type = "s"  # a name that begins with "=" is a name
    for number, width in enumerate((6, 28, 12, 48, 16, 12, 12, 12), start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{max(row, 1)}"
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9  # ISO A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToHeight = 0
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _rows(status: Status) -> Iterator[Sequence[str | int]]:
    for person in status.people:
        for paper in person.papers:
            if paper is not None:
                yield _row(paper, person.name, paper.title)
    for paper in status.others:
        yield _row(paper, paper.name, paper.title)
    for one in status.office:
        state = _text(f"office.{one.state}")
        yield (status.body, "", one.title, state, 0, _day(one.given), _day(one.returned))
    if (found := status.ballots) is not None:
        yield (status.body, "", _text("ballots.title"), _text(f"state.{found.state}"), found.errors, "", "")


def _row(paper: Paper, name: str, title: str) -> Sequence[str | int]:
    days = [_day(value) for value in (paper.given, paper.returned)]
    return (name, paper.member, title, _text(f"state.{paper.state}"), paper.errors, *days)


def _day(iso: str) -> str:
    return "/".join(reversed(iso.split("-"))) if iso else ""
