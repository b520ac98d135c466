"""Processes that share work: all tasks once, faults told, nobody left behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

import pytest

from docgen.errors import EnvironmentFault, InternalError
from docgen.sharing import share


class Awkward(Exception):  # noqa: N818
    """What cannot be sent to another process."""


class Doubler:
    """Doubles numbers; some numbers are trouble."""

    def __init__(self, number: int) -> None:
        self.number = number

    def run(self, task: int, alive: Callable[[], bool]) -> tuple[int, int]:
        if task == 13:
            os.kill(os.getpid(), signal.SIGKILL)
        if task == 19:
            raise Awkward(lambda: None)
        if task == 17:
            raise InternalError("errors.internal.unexpected", problem="17")
        return 2 * task, os.getpid()

    def close(self) -> None:
        pass


METHODS = [pytest.param("fork", marks=pytest.mark.serial), "spawn"]


@pytest.fixture
def method(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docgen.crew.start_method", lambda: request.param)


@pytest.mark.usefixtures("method")
@pytest.mark.parametrize("method", METHODS, indirect=True)
def test_every_task_once_by_several_processes() -> None:
    answers = list(share(range(12), 2, Doubler))
    assert sorted(double for double, _ in answers) == [2 * n for n in range(12)]
    assert os.getpid() not in {process for _, process in answers}


def _share_here(out: Path) -> None:
    out.write_text(repr([double for double, _ in share(range(4), 2, Doubler)]))


def test_a_worker_of_somebody_elses_pool_does_the_work_itself(tmp_path: Path) -> None:
    process = multiprocessing.get_context("spawn").Process(target=_share_here, args=(tmp_path / "out",), daemon=True)
    process.start()
    process.join(60)
    assert (tmp_path / "out").read_text() == "[0, 2, 4, 6]"


def test_one_job_needs_no_process_and_keeps_the_order() -> None:
    assert list(share(range(4), 1, Doubler)) == [(2 * n, os.getpid()) for n in range(4)]


def test_tasks_are_taken_only_when_a_process_is_free() -> None:
    taken = 0

    def tasks() -> Iterator[int]:
        nonlocal taken
        for number in range(10):
            taken += 1
            yield number

    answers = share(tasks(), 2, Doubler)
    next(answers)
    assert taken == 2
    answers.close()  # type: ignore[attr-defined]


def test_a_process_that_dies_is_told() -> None:
    with pytest.raises(EnvironmentFault, match="process_ended"):
        list(share([1, 13, 2], 2, Doubler))


def test_a_fault_of_a_worker_comes_back() -> None:
    with pytest.raises(InternalError, match="'problem': '17'"):
        list(share([1, 17, 2], 2, Doubler))


def test_a_fault_that_cannot_be_sent_is_told_by_kind_and_place(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InternalError, match="Awkward") as caught:
        list(share([1, 19, 2], 2, Doubler))
    assert "test_crew" in caught.value.facts["place"]
    assert "Traceback" not in capfd.readouterr().err


def test_the_end_of_a_pipe_may_be_of_any_class(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows it is no `multiprocessing.connection.Connection`."""

    class Other:
        def __init__(self, real: Any) -> None:
            self.real = real

        def __hash__(self) -> int:
            return hash(self.real)

        def __eq__(self, other: object) -> bool:
            return other is self or other is self.real

    monkeypatch.setattr("docgen.crew.wait", lambda *given: [Other(one) for one in wait(*given)])
    assert sorted(double for double, _ in share(range(4), 2, Doubler)) == [0, 2, 4, 6]


@pytest.mark.skipif(os.name == "nt", reason="process ids are looked up the POSIX way")
def test_no_process_outlives_a_command_that_was_killed(tmp_path: Path) -> None:
    ids = tmp_path / "ids"
    program = (
        "import os, sys, time\n"
        "from docgen.sharing import share\n"
        "class Slow:\n"
        "    def __init__(self, number): open(sys.argv[1], 'a').write(f'{os.getpid()}\\n')\n"
        "    def run(self, task, alive): return task\n"
        "    def close(self): pass\n"
        "answers = share(iter(range(100)), 2, Slow)\n"
        "next(answers), next(answers)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program, str(ids)])
    until = time.monotonic() + 30
    while not ids.exists() or ids.read_text(encoding="ascii").count("\n") < 2:
        assert time.monotonic() < until, "the processes never started"
        time.sleep(0.05)
    parent.kill()
    parent.wait()
    for line in ids.read_text(encoding="ascii").split():
        while _runs(int(line)):
            assert time.monotonic() < until, f"process {line} is still there"
            time.sleep(0.05)


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"
