"""`docgen init`: a sample to try, a workbook to fill in."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest
from cli_run import Run

from docgen.cli import options
from docgen.dossier import load_dossier
from docgen.regulations.loader import list_regulations


@pytest.mark.parametrize("regulation", list_regulations())
def test_the_sample_has_no_error(run: Run, tmp_path: Path, regulation: str) -> None:
    assert run("init", tmp_path / "h", "-r", regulation).code == 0
    done = run("validate", tmp_path / "h")
    assert done.code == 0, done.out


def test_an_empty_workbook_has_drop_downs_and_an_example_row(run: Run, tmp_path: Path) -> None:
    import openpyxl

    done = run("init", tmp_path / "h", "-r", "kh55-2018", "--excel")
    assert done.code == 0
    book = openpyxl.load_workbook(tmp_path / "h" / "ho-so.xlsx")
    sheet = book["Đảng viên"]
    assert sheet.data_validations.dataValidation
    assert any(cell.value for cell in sheet[3])
    dossier, _ = load_dossier(tmp_path / "h" / "ho-so.xlsx")
    assert dossier is not None
    assert dossier.members == []


def test_a_filled_workbook_is_the_sample(run: Run, tmp_path: Path) -> None:
    run("init", tmp_path / "j", "-r", "kh55-2018")
    run("init", tmp_path / "x", "-r", "kh55-2018", "--excel", "--sample")
    json_dossier, _ = load_dossier(tmp_path / "j")
    excel_dossier, _ = load_dossier(tmp_path / "x")
    assert json_dossier is not None
    assert excel_dossier is not None
    assert json_dossier.data == excel_dossier.data


def test_nothing_is_overwritten(run: Run, tmp_path: Path) -> None:
    run("init", tmp_path / "h", "-r", "kh55-2018")
    before = (tmp_path / "h" / "ho-so.json").read_bytes()
    assert run("init", tmp_path / "h", "-r", "kh55-2018").code == 2
    assert (tmp_path / "h" / "ho-so.json").read_bytes() == before


@pytest.mark.parametrize(
    "arguments",
    [("hd16-2018/mau-01",), ("hd16-2018/mau-01", "-r", "hd16-2018"), ("-r", "hd16-2018", "mau-01")],
)
def test_a_form_is_named_as_docgen_forms_prints_it(run: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    run("blank", "mau-01", "-r", "hd16-2018", "-o", tmp_path / "plain.docx")
    assert run("blank", *arguments, "-o", tmp_path / "named.docx").code == 0
    assert (tmp_path / "named.docx").read_bytes() == (tmp_path / "plain.docx").read_bytes()
    assert run("blank", "hd16-2018/mau-01", "-o", tmp_path / "folder").code == 0
    assert (tmp_path / "folder" / "mau-01.docx").exists()


def test_every_command_that_takes_a_form_takes_that_name(run: Run) -> None:
    assert run("schema", "hd19-2024/kb-01").out == run("schema", "kb-01", "-r", "hd19-2024").out
    assert run("fill", "hd19-2024/kb-01", "--example").out == run("fill", "kb-01", "-r", "hd19-2024", "--example").out
    wrong = run("blank", "hd16-2018/mau-01", "-r", "kh55-2018")
    assert (wrong.code, "không thuộc văn bản kh55-2018" in wrong.err) == (2, True)


def test_a_form_of_another_regulation_is_not_filled_from_a_dossier(run: Run, dossier: Path, tmp_path: Path) -> None:
    wrong = run("blank", "hd16-2018/mau-01", "--dossier", dossier, "-o", tmp_path / "o")
    assert (wrong.code, (tmp_path / "o").exists()) == (2, False)
    assert run("blank", "kh55-2018/mau-01", "--dossier", dossier, "-o", tmp_path / "o").code == 0


def test_without_a_name_the_regulation_in_force_is_taken(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "vb" / "kh99-2026"
    own.mkdir(parents=True)
    (own / "regulation.yaml").write_text(
        'regulation: kh99-2026\nextends: kh55-2018\nshort: KH 99\nnumber: "99-KH/ĐU"\ntitle: "Kế hoạch năm 2026"\n'
        'life:\n  first_year: "2026"\n  last_year: "2026"\n  rules_last_year: "2026"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(options, "today", lambda: datetime.date(2026, 11, 30))
    done = run("init", tmp_path / "own", "--regulations", own.parent)
    assert '"kh99-2026"' in (tmp_path / "own" / "ho-so.json").read_text(encoding="utf-8")
    assert "kh99-2026" in done.err
    monkeypatch.setattr(options, "today", lambda: datetime.date(2017, 11, 30))
    run("init", tmp_path / "none")
    assert '"kh55-2018"' in (tmp_path / "none" / "ho-so.json").read_text(encoding="utf-8")
    monkeypatch.setattr(options, "today", lambda: datetime.date(2026, 11, 30))
    run("init", tmp_path / "now")
    made = json.loads((tmp_path / "now" / "ho-so.json").read_text(encoding="utf-8"))
    assert (made["regulation"], made["period"]["year"]) == ("hd43-2025", 2026)
    assert made["meeting"]["held"].startswith("2026-12-")
    assert run("validate", tmp_path / "now" / "ho-so.json").code == 0
    run("init", tmp_path / "named", "-r", "hd16-2018", "--regulations", own.parent)
    assert '"hd16-2018"' in (tmp_path / "named" / "ho-so.json").read_text(encoding="utf-8")
    assert "kh99-2026" in run("schema", "mau-05", "--regulations", own.parent).out
