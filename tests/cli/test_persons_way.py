"""A person's way: an empty book, 22 members typed with the usual slips, one round of messages, clean, then papers.

The way is told for a clerk in `docs/excel.md`. Every slip says how many messages it may cost (none, or one) and at
which cell; the clerk mends that cell and no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from clerk import NAMES, Clerk
from cli_run import Run

from docgen.regulations.loader import list_regulations
from tools.book_cells import OF_A_MEMBER, OF_THE_UNIT

PAGE = Path(__file__).parents[2] / "docs" / "excel.md"


class Slip(NamedTuple):
    """A usual slip: what it does to the book, the code and the cell of its one message (or none), how to mend it."""

    name: str
    make: Callable[[Clerk], None]
    code: str = ""
    cell: Callable[[Clerk], str] = lambda _: ""
    mend: Callable[[Clerk, Any], None] = lambda clerk, cell: None


def where(title: str, binding: str, who: int = 0) -> Callable[[Clerk], str]:
    return lambda clerk: f"{title}!{clerk.cell(title, binding, who).coordinate}"


def typed(title: str, binding: str, who: int, value: Any, form: str = "") -> Callable[[Clerk], None]:
    """Type `value` into a cell, formatted as `form`."""

    def make(clerk: Clerk) -> None:
        cell = clerk.cell(title, binding, who)
        cell.value = value
        cell.number_format = form or cell.number_format

    return make


def below(title: str, *values: Any) -> Callable[[Clerk], None]:
    """A row below the list of a sheet."""
    return lambda clerk: clerk.book[title].append(list(values))


def last_row(title: str) -> Callable[[Clerk], str]:
    return lambda clerk: f"{title}!A{clerk.book[title].max_row}"


def error_cell(clerk: Clerk) -> None:
    cell = clerk.cell("Kiểm điểm", "review.results", 4)
    cell.value, cell.data_type = "#N/A", "e"


def number_as_text(clerk: Clerk) -> None:
    cell = clerk.cell("Tổ chức", "period.year")
    cell.value = f"'{cell.value}"


def own_column(clerk: Clerk) -> None:
    page = clerk.book["Đảng viên"]
    column = page.max_column + 1
    page.cell(1, column).value = "Số điện thoại"
    for row in range(3, page.max_row + 1):
        page.cell(row, column).value = f"09{row:08d}"


def merged(clerk: Clerk) -> None:
    """The same workplace for two, in one merged cell."""
    cell = clerk.cell("Đảng viên", "member.workplace", 14)
    clerk.book["Đảng viên"].merge_cells(
        start_row=cell.row, end_row=cell.row + 1, start_column=cell.column, end_column=cell.column
    )


def percent(clerk: Clerk) -> None:
    """Every whole hundred of the common facts as Excel keeps it when it shows 100%."""
    for row in range(2, clerk.book["Căn cứ chung"].max_row + 1):
        title, cell = (clerk.book["Căn cứ chung"].cell(row, column) for column in (1, 2))
        if "%" in str(title.value) and cell.value == 100:
            cell.value, cell.number_format = 1, "0%"


def far(clerk: Clerk) -> None:
    clerk.book["Tập thể"]["BZ900"] = "x"


def copied(clerk: Clerk) -> None:
    clerk.book.copy_worksheet(clerk.book["Phiếu"]).title = "Phiếu (2)"


def own_column_cell(clerk: Clerk) -> str:
    page = clerk.book["Đảng viên"]
    return f"Đảng viên!{page.cell(1, page.max_column).coordinate}"


def set_to(value: Any) -> Callable[[Clerk, Any], None]:
    def mend(_: Clerk, cell: Any) -> None:
        cell.value = value

    return mend


def unmerge(clerk: Clerk, cell: Any) -> None:
    page = clerk.book["Đảng viên"]
    page.unmerge_cells(str(next(iter(page.merged_cells.ranges))))
    page.cell(cell.row + 1, cell.column).value = cell.value


RESULTS = "Đã hoàn thành mọi việc được giao."
SLIPS = (
    # What everybody types and docgen understands: no message.
    Slip("a code in capital letters", typed("Kiểm điểm", "id", 9, "DV-09")),
    Slip("a number typed as text", number_as_text),
    Slip("a date with one figure a day", typed("Đảng viên", "member.birth_date", 5, "9/8/1980")),
    Slip("a percentage", percent),
    Slip("yes as x", typed("Đảng viên", "member.official", 5, "x")),
    Slip("yes as Đúng", typed("Đảng viên", "member.official", 6, "Đúng")),
    # Her own rows and columns: a note, nothing to mend.
    Slip("a total below the votes", below("Phiếu", "Cộng", None, 40, 12), "dossier.excel.own_rows", last_row("Phiếu")),
    Slip("who made the list", below("Đảng viên", None, "Người lập biểu"), "dossier.excel.own_rows",
         last_row("Đảng viên")),
    Slip("a column of her own", own_column, "dossier.excel.own_column", own_column_cell),
    # What has to be mended: one message, at that cell.
    Slip("an error of a formula", error_cell, "dossier.excel.error_cell", where("Kiểm điểm", "review.results", 4),
         set_to(RESULTS)),
    Slip("a code nobody has", typed("Tiêu chí", "id", 11, "dv-111"), "dossier.excel.code_of_nobody",
         lambda clerk: f"Tiêu chí!A{row_of_name(clerk, 'Tiêu chí', 11)}", set_to("dv-11")),
    Slip("one code for two people", typed("Đảng viên", "id", 13, "dv-12"), "validation.members.same_id",
         lambda clerk: f"Đảng viên!A{row_of_name(clerk, 'Đảng viên', 13)}", set_to("dv-13")),
    Slip("another one's name", typed("Kiểm điểm", "=", 8, NAMES[14]), "dossier.excel.other_name",
         where("Kiểm điểm", "=", 8), set_to(NAMES[7])),
    Slip("a word that is not in the list", typed("Đảng viên", "review.grade_party", 10, "Hoàn thành tốt"),
         "validation.shape.unknown_code", where("Đảng viên", "review.grade_party", 10),
         set_to("Hoàn thành tốt nhiệm vụ")),
    Slip("a day that is none", typed("Đảng viên", "member.birth_date", 15, "30/02/1970"), "validation.shape.life_date",
         where("Đảng viên", "member.birth_date", 15), set_to("28/02/1970")),
    Slip("a cell far from everything", far, "dossier.excel.beside", lambda _: "Tập thể!BZ900", set_to(None)),
    Slip("a sheet copied to be safe", copied, "dossier.excel.copied_sheet", lambda _: "Phiếu (2)!A1",
         lambda clerk, _: clerk.book.remove(clerk.book["Phiếu (2)"])),
    Slip("merged cells", merged, "dossier.excel.merged_down", where("Đảng viên", "member.workplace", 14), unmerge),
)  # fmt: skip


def row_of_name(clerk: Clerk, title: str, who: int) -> int:
    return next(int(c.row) for c in clerk.book[title]["B"] if c.value == NAMES[who - 1])


def as_printed(told: list[dict[str, Any]]) -> str:
    """The messages as the page for clerks quotes them, those that change nothing last."""
    told = sorted(told, key=lambda f: f["severity"] == "info")
    return "\n".join(f"{f['source']}: {f['message']}\n    → {f['hint']}" for f in told)


@pytest.fixture
def book(run: Run, tmp_path: Path, request: pytest.FixtureRequest) -> Clerk:
    """The empty book of a regulation, filled in."""
    assert run("init", tmp_path, "-r", request.param, "--excel").code == 0
    clerk = Clerk(tmp_path / "ho-so.xlsx", request.param)
    clerk.fill()
    clerk.save()
    return clerk


def findings(run: Run, clerk: Clerk) -> list[dict[str, Any]]:
    return list(run("validate", clerk.path, "--json").json)


def new(found: list[dict[str, Any]], before: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What is said now and was not said before."""
    known = [(f["code"], f["source"], f["message"]) for f in before]
    return (f for f in found if (f["code"], f["source"], f["message"]) not in known)


@pytest.mark.parametrize("book", list_regulations(), indirect=True)
def test_the_book_as_typed_is_clean_and_asks_no_more_than_it_may(run: Run, book: Clerk) -> None:
    assert [f for f in findings(run, book) if f["severity"] == "error"] == []
    assert len(book.of_member) == len(NAMES)
    assert 0 < max(book.of_member.values()) <= OF_A_MEMBER
    assert 0 < book.of_unit <= OF_THE_UNIT
    # Beside them: what only people can say, and what holds of one person alone.
    assert book.by_people > sum(book.of_member.values())
    assert sum(book.exceptions.values()) < sum(book.of_member.values())


@pytest.mark.parametrize("book", ["hd43-2025", "hd19-2024", "kh40-2018"], indirect=True)
def test_empty_book_slips_one_round_of_messages_papers(run: Run, book: Clerk, tmp_path: Path) -> None:
    before = findings(run, book)
    for slip in SLIPS:
        slip.make(book)
    book.save()
    expected = sorted((slip.code, slip.cell(book)) for slip in SLIPS if slip.code)
    told = list(new(findings(run, book), before))
    assert sorted((f["code"], f["source"]) for f in told) == expected
    if book.regulation.id == "hd43-2025":
        assert f"```text\n{as_printed(told)}\n```" in PAGE.read_text(encoding="utf-8")
    # Mended at the cells that were named, and nowhere else.
    for slip in SLIPS:
        if slip.code:
            title, _, cell = slip.cell(book).rpartition("!")
            slip.mend(book, book.book[title][cell])
    book.save()
    left = [f for f in new(findings(run, book), before) if f["severity"] != "info"]
    assert left == []
    assert run("grade", book.path).code == 0
    done = run("packet", book.path, "-o", tmp_path / "bo")
    assert done.code == 0, done.err
    assert len(list((tmp_path / "bo").rglob("*.docx"))) > len(NAMES)
