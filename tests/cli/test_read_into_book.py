"""`docgen read --into so.xlsx` and `docgen grade so.xlsx --write`: a workbook is changed in place, after a backup."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest
from cli_run import Run

from docgen.dossier import load_dossier
from docgen.dossier.excel import workbook_bytes
from docgen.forms.data import Record, form_data
from docgen.forms.definition import load_form
from docgen.forms.fill import Filler
from docgen.regulations.loader import load_regulation

REGULATION = "kh55-2018"
TEXT = "Chấp hành tốt kỷ luật phát ngôn."


@pytest.fixture
def book(tmp_path: Path, dossier: Path) -> Path:
    """The book of three members; dv-02 has written nothing yet, and there is a sheet of her own."""
    data = json.loads(dossier.read_text(encoding="utf-8"))
    del data["members"][1]["review"]
    raw = workbook_bytes(load_regulation(REGULATION), data)
    own = openpyxl.load_workbook(io.BytesIO(raw))
    own.create_sheet("Điện thoại")["A1"] = "090"
    path = tmp_path / "so.xlsx"
    own.save(path)
    return path


@pytest.fixture
def returned(tmp_path: Path, dossier: Path) -> Path:
    """Mẫu 02 of dv-02, filled."""
    regulation = load_regulation(REGULATION)
    definition = load_form(regulation, "mau-02")
    data = json.loads(dossier.read_text(encoding="utf-8"))
    path = tmp_path / "mau-02.docx"
    path.write_bytes(Filler(definition).fill(form_data(definition, data, Record("dv-02"))))
    return path


def review(path: Path) -> object:
    dossier, _ = load_dossier(path)
    assert dossier is not None
    return dossier.data["members"][1].get("review")


def test_the_form_goes_into_the_book(run: Run, book: Path, returned: Path, dossier: Path, tmp_path: Path) -> None:
    before = book.read_bytes()
    ran = run("read", returned, "--into", book)
    assert book.read_bytes() == before, "the preview writes nothing"
    assert "/members/1/review/" in ran.out
    ran = run("read", returned, "--into", book, "--yes")
    assert ran.code == 0, ran.err
    assert "so.truoc-1.xlsx.bak" in ran.err
    assert (tmp_path / "so.truoc-1.xlsx.bak").read_bytes() == before
    assert review(book) == review(dossier)
    assert openpyxl.load_workbook(book)["Điện thoại"]["A1"].value == "090"
    assert "Không có gì mới" in run("read", returned, "--into", book, "--yes").err


def test_the_day_a_paper_came_stands_in_the_book(run: Run, book: Path, returned: Path) -> None:
    ran = run("read", returned, "--into", book, "--yes", "--received", "5/12/2018", "--json")
    assert ran.code == 0, ran.err
    assert ran.json["written"] is True
    loaded, _ = load_dossier(book)
    assert loaded is not None
    [paper] = loaded.data["papers"]
    assert (paper["form"], paper["member"], paper["returned"]) == ("mau-02", "dv-02", "2018-12-05")


def test_a_book_without_the_sheet_of_papers_takes_the_form(run: Run, returned: Path, tmp_path: Path) -> None:
    """A book whose sheet of papers was deleted: what was typed goes in, and that the day is not noted is said."""
    assert run("init", tmp_path, "--excel", "-r", REGULATION).code == 0
    book = tmp_path / "ho-so.xlsx"
    own = openpyxl.load_workbook(book)
    sheet = own["Đảng viên"]
    at = next(r for r in range(1, 7) if str(sheet.cell(r, 1).value).startswith("docgen:"))
    for row, who in enumerate(("dv-01", "dv-02", "dv-03"), start=at + 1):
        sheet.cell(row, 1).value = who
    del own["Phát, thu giấy tờ"]
    own.save(book)
    ran = run("read", returned, "--into", book, "--member", "dv-02", "--yes")
    assert ran.code == 0, ran.err
    assert ran.err.count("Phát, thu giấy tờ") == 1, "that the day is not noted"
    assert review(book)
    ran = run("read", returned, "--into", book, "--member", "dv-02", "--yes", "--received", "today")
    assert ran.code == 1, "asked for by name, it is not left out"
    assert "Sổ Excel không có ô cho" in ran.err


@pytest.mark.parametrize("lock", ["~$so.xlsx", ".~lock.so.xlsx#"])
def test_a_book_that_is_open_is_left(run: Run, book: Path, returned: Path, lock: str) -> None:
    before = book.read_bytes()
    book.with_name(lock).write_bytes(b"")
    ran = run("read", returned, "--into", book, "--yes")
    assert ran.code == 4
    assert lock in ran.err
    assert book.read_bytes() == before
    assert not list(book.parent.glob("*.bak"))


def test_where_the_book_has_no_place_nothing_is_written(run: Run, book: Path, returned: Path) -> None:
    own = openpyxl.load_workbook(book)
    del own["Kiểm điểm"]
    own.save(book)
    before = book.read_bytes()
    ran = run("read", returned, "--into", book, "--yes")
    assert ran.code == 1
    assert ran.err.count("Sổ Excel không có ô cho") == 1, "one cause, one finding"
    assert "Kiểm điểm / " in ran.err
    assert "chưa ghi gì" in ran.err
    assert book.read_bytes() == before
    assert not list(book.parent.glob("*.bak"))


def test_macros_stay(run: Run, book: Path, returned: Path, dossier: Path) -> None:
    with zipfile.ZipFile(book, "a") as target:
        target.writestr("xl/vbaProject.bin", b"macro")
    macros = book.rename(book.with_suffix(".xlsm"))
    assert run("read", returned, "--into", macros, "--yes").code == 0
    assert zipfile.ZipFile(macros).read("xl/vbaProject.bin") == b"macro"
    assert review(macros) == review(dossier)


def test_proposed_grades_go_into_the_book(run: Run, tmp_path: Path, dossier: Path) -> None:
    """Written into the book is what is written into the JSON dossier it was made of."""
    data = json.loads(dossier.read_text(encoding="utf-8"))
    for member in data["members"]:
        member["cell"].pop("grade", None)
    dossier.write_text(json.dumps(data), encoding="utf-8")
    book = tmp_path / "so.xlsx"
    book.write_bytes(workbook_bytes(load_regulation(REGULATION), data))
    before = book.read_bytes()
    assert run("grade", dossier, "--write").code == 0
    ran = run("grade", book, "--write")
    assert ran.code == 0, ran.err
    one, other = (load_dossier(path)[0] for path in (dossier, book))
    assert one is not None
    assert other is not None
    assert [m["cell"].get("grade") for m in one.members] == [m["cell"].get("grade") for m in other.members]
    assert any(m["cell"].get("grade") for m in other.members)
    assert (tmp_path / "so.truoc-1.xlsx.bak").read_bytes() == before
