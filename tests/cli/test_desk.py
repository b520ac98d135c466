"""The secretary's desk from the command line: papers handed out and taken in, the status page, the calendar."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from cli_run import Run
from openpyxl import load_workbook

from docgen.dossier import load_dossier
from docgen.dossier.excel import workbook_bytes
from docgen.regulations.loader import load_regulation
from docgen.word.file.safe_open import open_word


def records(path: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(path.read_text(encoding="utf-8")).get("papers", [])
    return found


def test_blank_records_what_was_handed_out(run: Run, dossier: Path, tmp_path: Path) -> None:
    to = tmp_path / "phat"
    assert run("blank", "mau-02", "--dossier", dossier, "--all-members", "-o", to).code == 0
    assert records(dossier) == []
    again = ("blank", "mau-02", "--dossier", dossier, "--all-members", "-o", to, "--overwrite", "--record")
    assert run(*again, "3/12/2018").code == 0
    assert records(dossier) == [{"form": "mau-02", "member": f"dv-0{n}", "given": "2018-12-03"} for n in (1, 2, 3)]
    before = dossier.read_bytes()
    run(*again, "2018-12-03")
    assert dossier.read_bytes() == before


@pytest.mark.parametrize("day", ["31/02/2018", "hôm qua", "2018-13-01", ""])
def test_no_day_is_refused(run: Run, dossier: Path, tmp_path: Path, day: str) -> None:
    ran = run("blank", "mau-02", "--dossier", dossier, "--all-members", "-o", tmp_path / "x", f"--record={day}")
    assert ran.code == 2
    assert not (tmp_path / "x").exists()


def test_recording_without_a_dossier_is_refused(run: Run, tmp_path: Path) -> None:
    assert run("blank", "mau-02", "-r", "kh55-2018", "-o", tmp_path / "x.docx", "--record").code == 2
    assert not (tmp_path / "x.docx").exists()


def test_a_workbook_keeps_the_record(run: Run, dossier: Path, tmp_path: Path) -> None:
    """JSON → Excel → JSON without loss; a record is written into a workbook too, which is kept beside it as it was."""
    run("blank", "mau-05", "--dossier", dossier, "--member", "dv-01", "-o", tmp_path / "p", "--record", "3/12/2018")
    loaded, _ = load_dossier(dossier)
    assert loaded is not None
    book = tmp_path / "so.xlsx"
    book.write_bytes(workbook_bytes(load_regulation("kh55-2018"), loaded.data))
    again, _ = load_dossier(book)
    assert again is not None
    assert again.data["papers"] == loaded.data["papers"]
    assert loaded.data["papers"][0] == {
        "form": "mau-05", "member": "dv-01", "assessor": "tu_danh_gia", "given": "2018-12-03",
    }  # fmt: skip
    ran = run("blank", "mau-02", "--dossier", book, "--all-members", "-o", tmp_path / "q", "--record")
    assert ran.code == 0, ran.err
    after, _ = load_dossier(book)
    assert after is not None
    members = [paper["member"] for paper in after.data["papers"] if paper["form"] == "mau-02"]
    assert members == [member["id"] for member in after.data["members"]]
    assert (tmp_path / "so.truoc-1.xlsx.bak").exists()


def test_a_book_without_the_sheet_of_papers_is_told_before_anything_is_written(
    run: Run, dossier: Path, tmp_path: Path
) -> None:
    loaded, _ = load_dossier(dossier)
    assert loaded is not None
    own = load_workbook(io.BytesIO(workbook_bytes(load_regulation("kh55-2018"), loaded.data)))
    del own["Phát, thu giấy tờ"]
    own.save(tmp_path / "so.xlsx")
    ran = run("blank", "mau-02", "--dossier", tmp_path / "so.xlsx", "--all-members", "-o", tmp_path / "q", "--record")
    assert ran.code == 2
    assert "Phát, thu giấy tờ" in ran.err
    assert not (tmp_path / "q").exists()


def test_read_with_a_day_records_a_paper_that_brought_nothing_new(run: Run, dossier: Path, tmp_path: Path) -> None:
    run("blank", "mau-02", "--dossier", dossier, "--member", "dv-01", "-o", tmp_path / "p")
    (form,) = (tmp_path / "p").iterdir()
    before = dossier.read_bytes()
    run("read", form, "--into", dossier, "--yes")
    assert dossier.read_bytes() == before
    run("read", form, "--into", dossier, "--yes", "--received", "7/12/2018")
    (row,) = records(dossier)
    assert (row["form"], row["member"], row["returned"]) == ("mau-02", "dv-01", "2018-12-07")
    assert len(row["sha256"]) == 64


def test_status_writes_a_page_and_a_sheet(run: Run, dossier: Path, tmp_path: Path) -> None:
    data = json.loads(dossier.read_text(encoding="utf-8"))
    del data["members"][1]["review"]["ideology"]
    data["members"][2]["member"]["full_name"] = "=1+1"
    dossier.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    page, book = tmp_path / "t.docx", tmp_path / "t.xlsx"
    ran = run("status", dossier, "--docx", page, "--excel", book, "--today", "1/12/2018")
    assert ran.code == 0
    assert "còn lỗi: 1 chỗ" in ran.out
    assert "Việc tiếp theo: " in ran.out
    opened, _ = open_word(page.read_bytes())
    assert opened is not None
    words = "".join(opened.document.itertext())
    assert "còn lỗi: 1 chỗ" in words
    assert "docgen " not in words  # the page goes round: no command, no path
    sheet = load_workbook(io.BytesIO(book.read_bytes())).active
    assert sheet is not None
    assert sheet.auto_filter.ref == f"A1:H{sheet.max_row}"
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert ["Trần Thị B", "dv-02", "còn lỗi", 1] in [[row[1], row[2], row[4], row[5]] for row in rows]
    assert sheet.cell(2 + next(i for i, row in enumerate(rows) if row[2] == "dv-03"), 2).data_type == "s"
    again = page.read_bytes()
    assert run("status", dossier, "--docx", page).code != 0
    assert page.read_bytes() == again


def test_status_of_a_broken_file_is_a_report(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("{", encoding="utf-8")
    assert run("status", path).code == 1
    assert run("calendar", path).code == 1


def test_a_calendar_file_without_an_entry_says_why(run: Run, tmp_path: Path) -> None:
    """The sample of HD 19 was handed in years ago: nothing is left to do."""
    assert run("init", tmp_path / "hd19", "--sample", "--regulation", "hd19-2024").code == 0
    ran = run("calendar", tmp_path / "hd19" / "ho-so.json", "--today", "01/12/2026", "--ics", tmp_path / "l.ics")
    assert ran.code == 0
    assert b"BEGIN:VEVENT" not in (tmp_path / "l.ics").read_bytes()
    assert "không có việc nào: mọi việc của lịch đã xong." in ran.err


def test_calendar_tells_and_writes(run: Run, dossier: Path, tmp_path: Path) -> None:
    data = json.loads(dossier.read_text(encoding="utf-8"))
    del data["meeting"]["submitted"]
    dossier.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    file = tmp_path / "l.ics"
    ran = run("calendar", dossier, "--today", "17/12/2018", "--ics", file)
    assert ran.code == 0
    assert "24/12/2018" in ran.out
    assert "còn 7 ngày, trong đó 5 ngày làm việc" in ran.out
    assert file.read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")
    assert f"việc chưa xong vào {file}." in ran.err
    assert run("calendar", dossier, "--today", "26/12/2018").code == 1  # an own deadline has passed
    english = run("--lang", "en", "calendar", dossier, "--today", "17/12/2018")
    assert "5 of them working days" in english.out
