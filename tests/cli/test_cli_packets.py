"""`docgen packet` with many dossiers, as its users meet it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cli_run import Run

from docgen.dossier.sample import sample_dossier
from docgen.packet.handover import look_into


@pytest.fixture
def small() -> dict[str, Any]:
    return sample_dossier("kh55-2018", members=1)


def line(path: Path, dossier: dict[str, Any]) -> Path:
    path.write_text(json.dumps(dossier, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def test_exit_codes(run: Run, small: dict[str, Any], tmp_path: Path) -> None:
    good, bad = line(tmp_path / "good.jsonl", small), line(tmp_path / "bad.jsonl", {**small, "wrong": 1})
    assert run("packet", good, "-o", tmp_path / "a").code == 0
    done = run("packet", good, bad, "-o", tmp_path / "b", "--json")
    assert done.code == 3
    assert (done.json["made"], done.json["skipped"]) == (1, 1)
    assert run("packet", "--data", bad, "-o", tmp_path / "c").code == 1
    assert run("packet").code == 2


def test_the_screen_tells_counts_and_the_skipped_ones(run: Run, small: dict[str, Any], tmp_path: Path) -> None:
    good, bad = line(tmp_path / "good.jsonl", small), line(tmp_path / "bad.jsonl", {**small, "wrong": 1})
    done = run("packet", good, bad, "-o", tmp_path / "b")
    assert done.out.strip() == str(tmp_path / "b")
    assert "Chưa lập bộ hồ sơ" in done.err
    assert "1 bộ hồ sơ đã lập, 0 bộ đã có sẵn, 1 hồ sơ bị bỏ qua" in done.err
    assert (tmp_path / "b" / "findings.jsonl").is_file()


def test_one_dossier_is_one_packet_unless_asked_otherwise(run: Run, small: dict[str, Any], tmp_path: Path) -> None:
    path = line(tmp_path / "ho-so.json", small)
    assert run("packet", path, "-o", tmp_path / "p").code == 0
    assert look_into(tmp_path / "p").sound
    assert run("packet", path, "-o", tmp_path / "many", "--archive", tmp_path / "all.zip").code == 0
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert "ho-so/manifest.json" in archive.namelist()
