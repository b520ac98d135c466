"""Very many members: counts and kinds first, everything on demand, the file read once."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cli_run import Run

import docgen
from docgen import pipeline
from docgen.dossier.sample import sample_dossier
from docgen.validation.report import MANY


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dossier of more members than are told one by one, each without a birth date."""
    data: dict[str, Any] = sample_dossier("kh55-2018", members=MANY + 5)
    for member in data["members"]:
        member["member"].pop("birth_date", None)
    path: Path = tmp_path_factory.mktemp("many") / "ho-so.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path


def test_very_many_findings_are_told_by_kind(run: Run, many: Path) -> None:
    brief = run("validate", many)
    assert brief.out.startswith("Tổng cộng: ")
    assert brief.out.count("[validation.member.no_birth_date]") == 1
    names = [member["member"]["full_name"] for member in json.loads(many.read_text(encoding="utf-8"))["members"]]
    assert f"… và {MANY + 4} chỗ nữa như vậy: {names[1]}, {names[2]}," in brief.out
    assert "--all" in brief.err
    everything = run("validate", many, "--all")
    assert everything.out.count("[validation.member.no_birth_date]") == MANY + 5
    assert everything.err == ""
    told = {finding["code"] for finding in run("validate", many, "--json").json}
    assert all(f"[{code}]" in brief.out for code in told)


def test_very_many_members_are_counted(run: Run, many: Path) -> None:
    brief, everything = run("grade", many), run("grade", many, "--all")
    assert f"\n{MANY + 5} đảng viên: HTXSNV " in f"\n{brief.out}"
    assert "Hạn mức" in brief.out
    assert len(brief.out.splitlines()) < 30 < MANY < len(everything.out.splitlines())
    rows = run("grade", many, "--json").json["rows"]
    assert f"HTTNV {sum(r['subject'] == 'dang_vien' and r['grade'] == 'HTTNV' for r in rows)}," in brief.out


def test_a_dossier_is_read_once_and_form_data_is_known_however_it_is_written(
    many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    monkeypatch.setattr(pipeline.json, "loads", lambda text: read.append(len(text)) or json.JSONDecoder().decode(text))
    assert pipeline._form_data_findings(many, ()) is None
    assert read == []
    form = tmp_path / "a.json"
    form.write_text('{"regulation": "kh55-2018", "\\u0066orm": "mau-05", "data": {"x": 1}}')
    assert pipeline.check_path(form)
    assert len(read) == 1


def test_the_host_programs_search_for_garbage_is_left_alone(many: Path) -> None:
    before, frozen = (gc.isenabled(), gc.get_threshold()), gc.get_freeze_count()
    assert pipeline.check_dossier(many).dossier is not None
    assert (gc.isenabled(), gc.get_threshold()) == before
    assert gc.get_freeze_count() <= frozen  # Something frozen before may be let go meanwhile.


SEEN = """
import gc, sys, docgen.cli
sys.argv = ["docgen", "--version"]
try:
    docgen.cli.main()
except SystemExit:
    print(gc.get_threshold()[0], gc.get_freeze_count() > 0)
"""


def test_the_command_line_searches_seldom() -> None:
    seen = subprocess.run([sys.executable, "-c", SEEN], capture_output=True, text=True, check=True)
    assert seen.stdout.split()[-2:] == ["50000", "True"]


def test_docgen_runs_as_a_module() -> None:
    seen = subprocess.run([sys.executable, "-m", "docgen", "--version"], capture_output=True, text=True, check=True)
    assert seen.stdout.split() == ["docgen", docgen.__version__]
