"""A short form of `tools/kill_test.py`: kill -9 at random moments, resume, the same files with the same hashes."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
import kill_test


@pytest.mark.parametrize("jobs", [1, 2])
def test_kill_and_resume(tmp_path: Path, jobs: int, capsys: pytest.CaptureFixture[str]) -> None:
    source = kill_test.write_records(tmp_path / "r.jsonl", "kh55-2018", "mau-05", 200)
    command = [*kill_test.DOCGEN, "fill", "kh55-2018/mau-05", "--data", str(source), "--jobs", str(jobs)]
    assert kill_test.rounds(command, tmp_path, 4, random.Random(jobs)) == 0, capsys.readouterr().out


def test_kill_and_resume_packets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = kill_test.write_dossiers(tmp_path / "d.jsonl", "kh55-2018", 9)
    command = [*kill_test.DOCGEN, "packet", "--data", str(source), "--jobs", "2"]
    assert kill_test.rounds(command, tmp_path, 4, random.Random(1)) == 0, capsys.readouterr().out
