"""`docgen init`: a sample to try, a workbook to fill in."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_run import Run

from docgen.dossier import load_dossier
from docgen.regulations.loader import list_regulations


@pytest.mark.parametrize("regulation", list_regulations())
def test_the_sample_has_no_error(run: Run, tmp_path: Path, regulation: str) -> None:
    assert run("init", tmp_path / "h", "-r", regulation).code == 0
    done = run("validate", tmp_path / "h")
    assert done.code == 0, done.out


def test_an_empty_workbook_has_drop_downs_and_an_example_row(run: Run, tmp_path: Path) -> None:
    import openpyxl

    done = run("init", tmp_path / "h", "--excel")
    assert done.code == 0
    book = openpyxl.load_workbook(tmp_path / "h" / "ho-so.xlsx")
    sheet = book["Đảng viên"]
    assert sheet.data_validations.dataValidation
    assert any(cell.value for cell in sheet[3])
    dossier, _ = load_dossier(tmp_path / "h" / "ho-so.xlsx")
    assert dossier is not None
    assert dossier.members == []


def test_a_filled_workbook_is_the_sample(run: Run, tmp_path: Path) -> None:
    run("init", tmp_path / "j")
    run("init", tmp_path / "x", "--excel", "--sample")
    json_dossier, _ = load_dossier(tmp_path / "j")
    excel_dossier, _ = load_dossier(tmp_path / "x")
    assert json_dossier is not None
    assert excel_dossier is not None
    assert json_dossier.data == excel_dossier.data


def test_nothing_is_overwritten(run: Run, tmp_path: Path) -> None:
    run("init", tmp_path / "h")
    before = (tmp_path / "h" / "ho-so.json").read_bytes()
    assert run("init", tmp_path / "h").code == 2
    assert (tmp_path / "h" / "ho-so.json").read_bytes() == before
