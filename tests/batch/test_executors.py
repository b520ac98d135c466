"""Somebody else's executor fills forms and makes packets: the same bytes, and nobody's work lost."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from batch_samples import FORM, REGULATION, Records

from docgen.batch import Batch, Summary, run_batch
from docgen.batch.many_packets import PacketBatch, run_packets
from docgen.dossier.sample import sample_dossier
from docgen.errors import EnvironmentFault, InternalError
from docgen.pipeline import PacketOptions
from docgen.sharing import Share, by_executor, share

Run = Callable[..., Summary]


def tree(folder: Path) -> dict[str, bytes]:
    """Everything a run left: the files, the findings, the journal."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().replace(str(folder).encode(), b"OUT")
        for path in folder.rglob("*")
        if path.is_file() and path.name != "lock"
    }


def run_forms(source: Path, output: Path, share: Share = share, jobs: int = 4) -> Summary:
    return run_batch(Batch(REGULATION, FORM, source, output, jobs=jobs), share=share)


def run_dossiers(source: Path, output: Path, share: Share = share, jobs: int = 4) -> Summary:
    return run_packets(PacketBatch((source,), output, PacketOptions(jobs=jobs)), share=share)


@pytest.fixture
def forms(tmp_path: Path, records: Records) -> Path:
    """Eighty records in several pieces: two of one name, far apart (a warning), one with an error."""
    made = [dict(records[number % 12], id=f"dv-{number:02d}") for number in range(80)]
    made[70]["id"] = made[3]["id"]
    lines = [json.dumps(record, ensure_ascii=False) for record in made]
    lines[20] = '{"id": "hong", '
    path = tmp_path / "data.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def dossiers(tmp_path: Path) -> Path:
    """Three dossiers, the last with an error."""
    folder = tmp_path / "ho-so"
    folder.mkdir()
    for name in ("a", "b", "c"):
        one = sample_dossier(REGULATION, members=1)
        one["organization"]["name"] = f"Chi bộ {name}"
        if name == "c":
            one["members"][0]["member"].pop("full_name")
        (folder / f"{name}.json").write_text(json.dumps(one, ensure_ascii=False), encoding="utf-8")
    return folder


@pytest.fixture(params=["forms", "dossiers"])
def work(request: pytest.FixtureRequest) -> tuple[Run, Path]:
    """What is run, and on what."""
    return {"forms": run_forms, "dossiers": run_dossiers}[request.param], request.getfixturevalue(request.param)


def processes(count: int) -> Executor:
    return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"))


@pytest.mark.parametrize("executor", [ThreadPoolExecutor, processes])
def test_an_executor_makes_the_same_files(
    work: tuple[Run, Path], tmp_path: Path, executor: Callable[[int], Executor]
) -> None:
    run, source = work
    alone = run(source, tmp_path / "alone", jobs=1)
    with executor(2) as pool:
        shared = run(source, tmp_path / "shared", share=by_executor(pool))
    assert alone.made > 1
    assert alone.skipped == 1
    assert (shared.made, shared.skipped, shared.noted) == (alone.made, alone.skipped, alone.noted)
    assert tree(tmp_path / "shared") == tree(tmp_path / "alone")


def test_a_worker_that_may_have_no_children_does_it_itself(work: tuple[Run, Path], tmp_path: Path) -> None:
    run, source = work
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        there = pool.apply(run, (source, tmp_path / "there"), {"jobs": 0})
    here = run(source, tmp_path / "here", jobs=1)
    assert (there.made, there.skipped) == (here.made, here.skipped)
    assert tree(tmp_path / "there") == tree(tmp_path / "here")


def test_a_piece_of_records_done_twice_counts_once(forms: Path, tmp_path: Path) -> None:
    def twice(tasks: Iterable[Any], jobs: int, hire: Callable[[int], Any]) -> Iterator[Any]:
        first, second = hire(0), hire(0)  # two places with one number
        for task in tasks:
            lost = first.run(task, lambda: True)  # the worker dies, the task is given to another
            yield second.run(task, lambda: True)
            yield lost  # … who was only slow
        first.close()
        second.close()

    calm = run_forms(forms, tmp_path / "calm", jobs=4)
    twofold = run_forms(forms, tmp_path / "out", share=twice)
    assert (twofold.made + twofold.kept, twofold.skipped, twofold.noted) == (calm.made, 1, calm.noted)
    assert tree(tmp_path / "out") == tree(tmp_path / "calm")


class Trouble:
    """A place where some numbers are trouble."""

    def __init__(self, number: int) -> None:
        self.number = number

    def run(self, task: int, alive: Callable[[], bool]) -> int:
        if task == 13:
            os.kill(os.getpid(), signal.SIGKILL)
        if task == 17:
            raise InternalError("errors.internal.unexpected", problem="17")
        return 2 * task

    def close(self) -> None:
        """Nothing is held."""


def test_an_executor_is_given_a_few_tasks_at_a_time() -> None:
    taken = 0

    def tasks() -> Iterator[int]:
        nonlocal taken
        for taken in range(1, 101):
            yield taken + 100

    with ThreadPoolExecutor(2) as pool:
        answers = by_executor(pool, ahead=3)(tasks(), 2, Trouble)
        first = next(answers)
        assert taken <= 3
        assert sorted([first, *answers]) == [2 * number for number in range(101, 201)]
        pool.submit(int).result()  # it was not shut down


def test_what_a_task_raises_is_raised_and_a_lost_process_is_told() -> None:
    with ThreadPoolExecutor(2) as threads, pytest.raises(InternalError):
        list(by_executor(threads)([1, 17, 2], 2, Trouble))
    with processes(1) as pool, pytest.raises(EnvironmentFault) as caught:
        list(by_executor(pool)([1, 13, 2], 2, Trouble))
    assert caught.value.code == "errors.environment.process_ended"


def test_what_a_lost_executor_had_made_is_kept(forms: Path, tmp_path: Path) -> None:
    def lost(tasks: Iterable[Any], jobs: int, hire: Callable[[int], Any]) -> Iterator[Any]:
        with ThreadPoolExecutor(1) as pool:
            for number, answer in enumerate(by_executor(pool, ahead=1)(tasks, jobs, hire)):
                if number == 1:
                    raise EnvironmentFault("errors.environment.process_ended")
                yield answer

    with pytest.raises(EnvironmentFault):
        run_forms(forms, tmp_path / "out", share=lost)
    calm = run_forms(forms, tmp_path / "calm", jobs=4)
    again = run_forms(forms, tmp_path / "out")
    assert again.kept > 0
    assert again.made + again.kept == calm.made
    assert tree(tmp_path / "out") == tree(tmp_path / "calm")
