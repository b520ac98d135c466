"""Inputs that are nearly right are answered: exit code and report, never a fault of docgen's own, never a hang.

A short run of what `tools/fuzz_dossiers.py` does by the thousand.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

import fuzz_dossiers
import fuzz_run
from fuzz_mutators import NUMBERS, changed, written
from fuzz_run import run

SEEDS = st.integers(0, 2**64 - 1)
FEW = settings(deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))


def wrong_with(kind: str, seed: int) -> list[str]:
    with tempfile.TemporaryDirectory() as room:
        return [f"{o.command}: {o.fault}" for o in fuzz_dossiers.RUNS[kind](Random(seed), Path(room)) if o.fault]


@settings(FEW, max_examples=100)
@given(regulation=st.sampled_from(fuzz_dossiers.REGULATIONS), steps=st.lists(SEEDS, min_size=1, max_size=8))
def test_dossiers_with_a_few_things_wrong(regulation: str, steps: list[int]) -> None:
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        path = room / "ho-so.json"
        path.write_text(changed(fuzz_dossiers.sample(regulation), steps), encoding="utf-8")
        assert [f"{o.command}: {o.fault}" for o in fuzz_dossiers.read_runs(path, room, packet=True) if o.fault] == []


@pytest.mark.parametrize("kind", ["counts", "workbook", "manifest", "yaml"])
def test_other_files_with_a_few_things_wrong(kind: str) -> None:
    examples = {"counts": 150, "workbook": 60, "manifest": 25, "yaml": 8}[kind]

    @settings(FEW, max_examples=examples)
    @given(seed=SEEDS)
    def each(seed: int) -> None:
        assert wrong_with(kind, seed) == []

    each()


@pytest.mark.parametrize("number", [n for n in NUMBERS if isinstance(n, str)])
@pytest.mark.parametrize("where", [("period", "year"), ("ballots", "issued"), ("members", 0, "votes", "HTTNV")])
def test_numbers_that_no_number_can_hold(number: str, where: tuple[Any, ...], tmp_path: Path) -> None:
    data = json.loads(json.dumps(fuzz_dossiers.sample("kh55-2018")))
    holder = data
    for step in where[:-1]:
        holder = holder[step]
    holder[where[-1]] = "@"
    path = tmp_path / "ho-so.json"
    path.write_text(json.dumps(data).replace('"@"', written(number)), encoding="utf-8")
    assert [o.fault for o in fuzz_dossiers.read_runs(path, tmp_path, packet=True) if o.fault] == []


# -- the net itself: it would catch something --


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Callable[..., Any]], Path]:
    path = tmp_path / "x.json"
    path.write_text("{}", encoding="utf-8")

    def put(instead: Callable[..., Any]) -> Path:
        monkeypatch.setattr("docgen.pipeline.check_path", instead)
        return path

    return put


def test_a_fault_of_ours_is_noticed(breaking: Callable[[Callable[..., Any]], Path]) -> None:
    outcome = run("validate", breaking(lambda *_: 1 / 0))
    assert outcome.code == 5
    assert "ZeroDivisionError" in outcome.fault


@pytest.mark.timeout(60)
def test_a_hang_is_noticed(breaking: Callable[[Callable[..., Any]], Path]) -> None:
    def hang(*_: Any) -> None:
        while True:
            sum(range(1000))

    outcome = run("validate", breaking(hang), seconds=0.2)
    assert "more than 0.2 s" in outcome.fault


def test_an_odd_exit_code_and_too_much_memory_are_noticed(
    breaking: Callable[[Callable[..., Any]], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "exit code 7" in run("validate", breaking(lambda *_: sys.exit(7))).fault
    monkeypatch.setattr(fuzz_dossiers, "MEMORY_MB", 1)
    done = fuzz_dossiers.piece("counts", 1, 0, 5, "")
    assert done.reached == 1
    assert "memory" in done.faults[0][2]
    assert fuzz_run.memory_mb() > 1


def test_the_same_chance_gives_the_same_file(tmp_path: Path) -> None:
    raws = []
    for name in ("a", "b"):
        room = tmp_path / name
        room.mkdir()
        fuzz_dossiers.workbook.cache_clear()
        fuzz_dossiers.one("workbook", 3, 4, room)
        raws.append((room / "ho-so.xlsx").read_bytes())
        time.sleep(2.1)  # a zip counts in two seconds
    assert raws[0] == raws[1]


@pytest.mark.parametrize("regulation", fuzz_dossiers.REGULATIONS)
@pytest.mark.parametrize("grades", [("HTTNV", "HTXSNV"), ("HTXSNV", "HTTNV"), ("HTXSNV", "HTXSNV")])
def test_two_members_of_one_id_of_whom_one_is_excellent(
    regulation: str, grades: tuple[str, str], tmp_path: Path
) -> None:
    data = json.loads(json.dumps(fuzz_dossiers.sample(regulation)))
    for member, grade in zip(data["members"], grades, strict=True):
        member["id"] = "dv-01"
        for holder in ("cell", "committee", "vote"):
            member[holder] = {**member.get(holder, {}), "grade": grade}
    path = tmp_path / "ho-so.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    assert [o.fault for o in fuzz_dossiers.read_runs(path, tmp_path, packet=True) if o.fault] == []


@pytest.mark.parametrize("name", ["x" * 300, "../../mau-01", "mau 01", "Mẫu-01", "/etc/passwd", "a/b", "''"])
def test_a_form_of_a_unit_is_named_by_no_path(name: str, tmp_path: Path) -> None:
    own = tmp_path / "van-ban" / "cua-don-vi"
    shutil.copytree(fuzz_dossiers.OWN / "kh55-2018", own)
    for path in own.rglob("*.yaml"):
        path.write_text(path.read_text(encoding="utf-8").replace("kh55-2018", own.name), encoding="utf-8")
    head = own / "regulation.yaml"
    head.write_text(head.read_text(encoding="utf-8").replace("mau-01", name, 1), encoding="utf-8")
    outcome = run("regulations", "--regulations", own.parent)
    assert (outcome.code, outcome.fault) == (1, "")
