"""Other machines make the packets: the same files, bytes and journal, whoever dies; strangers are refused."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cluster_trouble import FAULTY, FULL, KILLS, UNFORESEEN, Trouble

from docgen.batch import cluster
from docgen.batch.cluster import by_cluster
from docgen.batch.dossier_files import Dossiers, Item
from docgen.batch.journal import Journal, Known
from docgen.batch.many_packets import PacketBatch, _Hire
from docgen.batch.same_build import first_difference, folders, own_build
from docgen.errors import EXIT_ENVIRONMENT, EnvironmentFault, InternalError
from tools.kill_cluster import Rounds
from tools.local_cluster import LocalCluster, two_workers
from tools.local_store import local_store

# Dask opens sockets and loops of its own, and says so when they end.
pytestmark = pytest.mark.filterwarnings("default")
CAN_IMPORT = {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])}
Told = list[tuple[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    """A scheduler and two workers, who can import what the tests give them to do, and know a store."""
    with local_store(), two_workers(tmp_path_factory.mktemp("dask"), CAN_IMPORT) as found:
        yield found


@pytest.fixture
def told() -> Told:
    return []


def answers(address: str, hand: Trouble, numbers: range | list[int], told: Told) -> list[int]:
    """What comes of the numbers, in order."""
    return sorted(by_cluster(address, lambda key, params: told.append((key, dict(params))))(numbers, 1, hand))


def test_a_task_that_kills_three_workers_is_given_up_and_the_others_are_done(
    here: LocalCluster, tmp_path: Path, told: Told
) -> None:
    hand, numbers = Trouble(tmp_path), range(8, FAULTY)
    assert answers(here.address, hand, numbers, told) == sorted(-n if n == KILLS else 2 * n for n in numbers)
    assert hand.begun(KILLS) == 3
    assert [key for key, _ in told].count("gone") == 3


@pytest.mark.parametrize(
    ("task", "code"), [(FAULTY, "errors.internal.unexpected"), (UNFORESEEN, "errors.internal.worker")]
)
def test_a_fault_of_ours_is_told_without_the_data(
    here: LocalCluster, tmp_path: Path, told: Told, task: int, code: str
) -> None:
    with pytest.raises(InternalError) as caught:
        answers(here.address, Trouble(tmp_path), [1, task], told)
    assert caught.value.code == code
    assert "Nguyễn" not in str(caught.value)


def test_a_worker_whose_disk_is_full_is_left_alone(here: LocalCluster, tmp_path: Path, told: Told) -> None:
    hand, numbers = Trouble(tmp_path), range(20, 30)
    assert answers(here.address, hand, numbers, told) == [2 * n for n in numbers]
    assert hand.begun(FULL) == 2
    assert [params["problem"].code for key, params in told if key == "refused"] == ["errors.environment.disk_full"]


def test_a_worker_that_sees_other_folders_is_refused(
    here: LocalCluster, tmp_path: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_NONE_FIT", 0.0)
    with pytest.raises(EnvironmentFault) as caught:
        answers(here.address, Trouble(tmp_path, alike=False), [1], told)
    assert caught.value.code == "batch.cluster.refused.pdf"
    assert [key for key, _ in told if key != "dashboard"] == ["refused", "refused"]


@pytest.mark.parametrize(("what", "value"), [("docgen", "0.0.1"), ("files", "0" * 12), ("deflate", "other")])
def test_a_worker_of_another_docgen_is_refused(
    here: LocalCluster, tmp_path: Path, told: Told, monkeypatch: pytest.MonkeyPatch, what: str, value: str
) -> None:
    monkeypatch.setattr(cluster, "_NONE_FIT", 0.0)
    monkeypatch.setattr(cluster, "own_build", lambda: own_build() | {what: value})
    with pytest.raises(EnvironmentFault) as caught:
        answers(here.address, Trouble(tmp_path), [1], told)
    assert caught.value.code == f"batch.cluster.refused.{what}"
    assert caught.value.facts["own"] == value
    assert not list(tmp_path.iterdir())


def test_a_worker_that_does_not_know_what_it_is_given_is_refused(
    tmp_path: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_NONE_FIT", 0.0)
    with LocalCluster(tmp_path / "dask") as other:
        other.add_worker()
        with pytest.raises(EnvironmentFault) as caught:
            answers(other.address, Trouble(tmp_path), [1], told)
    assert caught.value.code == "batch.cluster.refused.docgen"
    assert caught.value.facts["other"] == "-"


def test_a_cluster_without_workers_is_told(tmp_path: Path, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_NOBODY", 0.2)
    with LocalCluster(tmp_path / "dask") as empty, pytest.raises(EnvironmentFault) as caught:
        answers(empty.address, Trouble(tmp_path), [1], told)
    assert caught.value.code == "batch.cluster.no_workers"


def test_a_scheduler_that_dies_is_told(tmp_path: Path, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_CONNECT", 2.0)
    with LocalCluster(tmp_path / "dask", environment=CAN_IMPORT) as dying:
        dying.add_worker()
        share = by_cluster(dying.address)(iter(int, 1), 1, Trouble(tmp_path))
        next(share)
        dying.__exit__()
        with pytest.raises(EnvironmentFault) as caught:
            list(share)
    assert caught.value.code == "batch.cluster.lost"


def test_nobody_at_the_address_is_told_by_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    (tmp_path / "d.jsonl").write_text("{}\n", encoding="utf-8")
    command = ["packet", "--data", str(tmp_path / "d.jsonl"), "--cluster", address, "-o", str(tmp_path / "out")]
    code = "import docgen.batch.cluster as c; c._CONNECT = 0.5; from docgen.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, text=True, check=False)
    assert done.returncode == EXIT_ENVIRONMENT, done.stderr
    assert address in done.stderr
    assert "dask scheduler" in done.stderr


def test_the_missing_extra_is_named(told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(EnvironmentFault) as caught:
        answers("tcp://127.0.0.1:1", Trouble(tmp_path), [1], told)
    assert (caught.value.code, caught.value.facts["extra"]) == ("errors.environment.extra_missing", "cluster")


def test_what_a_machine_must_have_to_make_the_same_packets(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "out" / ".docgen-journal", "packets")
    journal.open()
    unit, templates = tmp_path / "unit", tmp_path / "templates"
    for folder in (unit, templates):
        folder.mkdir()
    batch = PacketBatch((), tmp_path / "out", folders=(unit,))
    hire = _Hire(batch, Dossiers(()), tmp_path / "out", Known(), journal.sign())
    first = hire.proof()
    assert first_difference(first, hire.proof()) is None
    (unit / "regulation.yaml").write_text("x: 1", encoding="utf-8")
    assert first_difference(first, hire.proof())[:1] == ("regulations",)
    (unit / "regulation.yaml").unlink()
    journal.close()  # the folder is another one, as it is where it is not mounted
    assert first_difference(first, hire.proof()) == ("folder", str(tmp_path / "out"), "")
    assert folders([tmp_path / "nowhere"]) == "-"
    assert not list((tmp_path / "out").rglob("*.sign"))


def test_a_dossier_that_is_given_up_is_one_finding(tmp_path: Path) -> None:
    hire = _Hire(PacketBatch((), tmp_path), Dossiers(()), tmp_path, Known())
    done = hire(0).given_up(Item(4, "a", tmp_path / "a.json"), "3 × KilledWorker")
    assert (done.number, done.state, done.noted) == (4, "skipped", 1)
    assert b'"batch.packet.failed"' in done.findings
    assert "3 × KilledWorker" in done.told[0].text("vi")


@pytest.fixture(scope="module")
def rounds(here: LocalCluster, tmp_path_factory: pytest.TempPathFactory) -> Rounds:
    """A short run of `tools/kill_cluster.py`: four dossiers, one of them faulty."""
    return Rounds(tmp_path_factory.mktemp("rounds"), here, dossiers=4)


@pytest.mark.parametrize("kind", ["worker", "coordinator", "answer", "store"])
def test_whoever_is_killed_the_end_is_the_same(rounds: Rounds, kind: str) -> None:
    told = rounds.play(kind, 0)
    assert told["same"], told
