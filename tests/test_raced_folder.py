"""A folder that several machines make at the same time: no lock, one of them wins, nobody's is half there."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from pathlib import Path

import pytest

from docgen import storage
from docgen.errors import EnvironmentFault
from docgen.storage import Raced, clear_raced, raced_folder


def test_it_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "p"
    with pytest.raises(RuntimeError), raced_folder(target) as work:  # noqa: PT012
        (work / "a").write_text("x")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    with raced_folder(target) as work:
        (work / "a").write_text("x")
        assert not target.exists()
    assert [p.name for p in target.iterdir()] == ["a"]
    assert [p.name for p in tmp_path.iterdir()] == ["p"]


@pytest.mark.parametrize("overwrite", [False, True])
def test_whoever_is_late_discards_his(tmp_path: Path, overwrite: bool) -> None:
    target = tmp_path / "p"
    with pytest.raises(Raced), raced_folder(target, overwrite=overwrite) as mine:  # noqa: PT012
        (mine / "a").write_text("mine")
        with raced_folder(target) as theirs:
            (theirs / "a").write_text("theirs")
    assert (target / "a").read_text() == "theirs"
    assert [p.name for p in tmp_path.iterdir()] == ["p"]
    with pytest.raises(Raced), raced_folder(target):
        pass


def test_only_what_was_there_at_the_beginning_gives_way(tmp_path: Path) -> None:
    target = tmp_path / "p"
    with raced_folder(target) as work:
        (work / "a").write_text("1")
    with raced_folder(target, overwrite=True) as work:
        (work / "a").write_text("2")
    assert (target / "a").read_text() == "2"
    with pytest.raises(Raced), raced_folder(target, overwrite=True) as work:  # noqa: PT012
        (work / "a").write_text("3")
        (target / "signature").write_text("a person's")
    assert {p.name: p.read_text() for p in target.iterdir()} == {"a": "2", "signature": "a person's"}
    assert [p.name for p in tmp_path.iterdir()] == ["p"]


def test_of_many_one_wins(tmp_path: Path) -> None:
    target, told, barrier = tmp_path / "p", [], threading.Barrier(8)

    def make(number: int) -> None:
        try:
            with raced_folder(target) as work:
                for name in "abc":
                    (work / name).write_text(str(number))
                barrier.wait()
            told.append(number)
        except Raced:
            pass

    threads = [threading.Thread(target=make, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 1
    assert {p.read_text() for p in target.iterdir()} == {str(told[0])}
    assert [p.name for p in tmp_path.iterdir()] == ["p"]


def test_one_whose_folder_was_cleared_away_does_not_write_half_of_it(tmp_path: Path) -> None:
    target = tmp_path / "p"
    with pytest.raises(Raced), raced_folder(target) as work:  # noqa: PT012
        (work / "a").write_text("1")
        clear_raced(tmp_path)
        storage.write_whole(work / "b", b"2")  # makes the folder anew
    assert list(tmp_path.iterdir()) == []


def test_what_killed_runs_left_is_cleared_and_nothing_is_lost(tmp_path: Path) -> None:
    for name in (".docgen-p.0123456789abcdef.was", ".docgen-q.0123456789abcdef.was", ".docgen-q.fedcba9876543210.new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a").write_text(name)
    (tmp_path / "q").mkdir()
    clear_raced(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["p", "q"]
    assert (tmp_path / "p" / "a").read_text() == ".docgen-p.0123456789abcdef.was"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EFBIG, errno.EACCES])
def test_a_disk_that_refuses_is_told_as_such(tmp_path: Path, number: int) -> None:
    with pytest.raises(EnvironmentFault), raced_folder(tmp_path / "p") as work:  # noqa: PT012
        (work / "a").write_text("1")
        raise OSError(number, os.strerror(number))
    assert list(tmp_path.iterdir()) == []


def test_an_old_folder_comes_back_where_the_new_one_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "p"
    target.mkdir()
    (target / "a").write_text("old")
    real = os.rename

    def full(source: Path, to: Path) -> None:
        if Path(source).suffix == ".new":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(source, to)

    monkeypatch.setattr(storage.os, "rename", full)
    with pytest.raises(EnvironmentFault, match="disk_full"), raced_folder(target, overwrite=True) as work:
        (work / "a").write_text("new")
    assert (target / "a").read_text() == "old"
    shutil.rmtree(target)
    assert list(tmp_path.iterdir()) == []
