"""`docgen grade --facts`: a line that cannot be read is named and ends with 1; the others are graded all the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_run import Run

GOOD = json.dumps({"id": "tot", "regulation": "kh55-2018", "subject": "dang_vien", "facts": {}})
BROKEN = [
    "[1]", '"x"', "null", "{", "[" * 100_000, '{"id": "a"}', '{"id": "a", "facts": ' + "9" * 5000 + "}",
    '{"id": "a", "regulation": ["x"], "subject": {}, "facts": []}',
    '{"id": "a", "regulation": "../../etc", "subject": "dang_vien", "facts": {}}',
    '{"id": "\\u001b[2J", "regulation": "kh55-2018", "subject": "khong-co", "facts": {}}',
]  # fmt: skip


@pytest.mark.parametrize("line", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_line_is_said(run: Run, tmp_path: Path, line: str) -> None:
    path = tmp_path / "can-cu.jsonl"
    path.write_text(f"{line}\n{GOOD}\n", encoding="utf-8")
    result = run("grade", "--facts", path)
    assert result.code == 1, result.err
    assert "tot: " in result.out
    assert result.err.strip()
    assert "\x1b" not in result.out + result.err
    answers = run("grade", "--facts", path, "--json")
    assert answers.code == 1
    assert len(answers.out.splitlines()) == 2


def test_good_lines_end_well(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "can-cu.jsonl"
    path.write_text(GOOD + "\n", encoding="utf-8")
    assert run("grade", "--facts", path).code == 0


@pytest.mark.parametrize("regulation", ["kh55-2018", "hd43-2025"])
def test_what_is_still_open_is_asked_in_words(run: Run, tmp_path: Path, regulation: str) -> None:
    path = tmp_path / "can-cu.jsonl"
    case = {"id": "a", "regulation": regulation, "subject": "dang_vien", "facts": {}}
    path.write_text(json.dumps(case) + "\n", encoding="utf-8")
    asked = [line.strip() for line in run("grade", "--facts", path).out.splitlines() if line.strip().startswith("? ")]
    assert any("? Đã hoàn thành kiểm điểm: có hay không?" in line for line in asked)
    assert not any(line.startswith(("? missing:", "? judgement:")) for line in asked)
    codes = json.loads(run("grade", "--facts", path, "--json").out)["needs_human"]
    assert len(asked) == len(codes) > 0


def test_a_fault_of_the_regulation_is_a_finding_of_the_line(run: Run, tmp_path: Path) -> None:
    """Facts of the fault (file, line) stand in its own words; they once met those of the line, and it ended with 5."""
    folder = tmp_path / "x-2030"
    folder.mkdir()
    (folder / "regulation.yaml").write_text("regulation: x-2030\nextends: kh55-2018\nnumber: 1\nissuer: A\ntitle: B\n")
    (folder / "rules.yaml").write_text("regulation: x-2030\nrules:\n  - catch_all: {grade: KHTNV}\n")
    case = {"id": "a", "regulation": "x-2030", "subject": "dang_vien", "facts": {}}
    (tmp_path / "can-cu.jsonl").write_text(json.dumps(case))
    result = run("grade", "--facts", tmp_path / "can-cu.jsonl", "--regulations", tmp_path)
    assert result.code == 1, result.err
    assert "rules.yaml" in result.out + result.err
