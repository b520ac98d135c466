"""Regrading after discipline: the decision (QĐ 01) of HD 19 C.IV.9, from the board to Word."""

from __future__ import annotations

import json
from pathlib import Path

from cli_run import Run

from docgen.dossier.sample import sample_dossier
from docgen.word.after.written import paragraphs


def test_a_decision_for_the_one_who_needs_it(run: Run, tmp_path: Path) -> None:
    data = sample_dossier("hd19-2024")
    facts = data["members"][2].setdefault("facts", {})
    facts.update(
        disciplined_in_year=True, violation_year=2023, evaluation_year=2024, discipline_decided_year=2024,
        prior_grade="HTTNV", discipline_self_detected_and_remedied=False,
    )  # fmt: skip
    path = tmp_path / "ho-so.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    done = run("grade", path, "--decisions", tmp_path / "qd")
    assert done.code == 0, done.err
    assert [p.name for p in (tmp_path / "qd").iterdir()] == ["qd-01-dv-03.docx"]
    page = "\n".join(paragraphs((tmp_path / "qd" / "qd-01-dv-03.docx").read_bytes()))
    assert data["members"][2]["member"]["full_name"] in page
    assert "Không hoàn thành nhiệm vụ" in page
    again = run("grade", path, "--decisions", tmp_path / "qd")
    assert again.code == 2


def test_nobody_needs_one(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "ho-so.json"
    path.write_text(json.dumps(sample_dossier("hd19-2024"), ensure_ascii=False), encoding="utf-8")
    assert run("grade", path, "--decisions", tmp_path / "qd").code == 0
    assert not (tmp_path / "qd").exists()
