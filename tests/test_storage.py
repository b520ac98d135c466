"""Nothing is half-written, nothing existing is lost."""

from __future__ import annotations

import errno
import os
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen import storage
from docgen.errors import EnvironmentFault, UsageError
from docgen.storage import clear_hidden, new_folder, safe_name, write_whole


def test_a_file_is_not_overwritten_unasked(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    write_whole(path, b"one")
    with pytest.raises(UsageError):
        write_whole(path, b"two")
    assert path.read_bytes() == b"one"
    write_whole(path, b"two", overwrite=True)
    assert path.read_bytes() == b"two"
    assert [p.name for p in tmp_path.iterdir()] == ["a.docx"]


def test_a_full_disk_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storage.os, "replace", full)
    with pytest.raises(EnvironmentFault) as caught:
        write_whole(tmp_path / "a.docx", b"one")
    assert caught.value.code == "errors.environment.disk_full"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="quyền của tệp theo umask chỉ có ở POSIX")
def test_a_new_file_has_the_users_own_rights_and_no_mask_is_switched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = os.umask(0o027)
    monkeypatch.setattr(storage.os, "umask", None)
    try:
        write_whole(tmp_path / "a.docx", b"one")
    finally:
        monkeypatch.undo()
        os.umask(before)
    assert (tmp_path / "a.docx").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
def test_a_read_only_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(storage, "open", refuse, raising=False)
    with pytest.raises(EnvironmentFault) as caught:
        write_whole(tmp_path / "a.docx", b"one")
    assert caught.value.code == "errors.environment.no_access"


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "packet"
    with pytest.raises(RuntimeError), new_folder(target) as work:  # noqa: PT012 -- the fault comes after a file
        (work / "a").write_text("x")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    with new_folder(target) as work:
        (work / "a").write_text("x")
        assert not target.exists()
    assert (target / "a").read_text() == "x"


def test_an_old_folder_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "packet"
    target.mkdir()
    (target / "old").write_text("1")
    with pytest.raises(UsageError), new_folder(target):
        pass
    with pytest.raises(RuntimeError), new_folder(target, overwrite=True):
        raise RuntimeError
    assert (target / "old").read_text() == "1"
    with new_folder(target, overwrite=True) as work:
        (work / "new").write_text("2")
    assert [p.name for p in target.iterdir()] == ["new"]
    assert [p.name for p in tmp_path.iterdir()] == ["packet"]


def test_what_was_dear_is_found_again_and_goes_in_the_end(tmp_path: Path) -> None:
    target = tmp_path / "packet"
    with pytest.raises(RuntimeError), new_folder(target, keep="dear") as work:  # noqa: PT012
        (work / "cheap").write_text("1")
        (work / "dear").mkdir()
        (work / "dear" / "x").write_text("2")
        raise RuntimeError
    assert not target.exists()
    with new_folder(target, keep="dear") as work:
        assert [p.name for p in work.iterdir()] == ["dear"]
        (work / "cheap").write_text((work / "dear" / "x").read_text())
    assert [(p.name, p.read_text()) for p in target.iterdir()] == [("cheap", "2")]
    assert [p.name for p in tmp_path.iterdir()] == ["packet"]


def test_a_run_that_stopped_between_old_and_new_loses_neither(tmp_path: Path) -> None:
    target = tmp_path / "packet"
    (tmp_path / ".docgen-packet.old").mkdir()
    (tmp_path / ".docgen-packet.old" / "old").write_text("1")
    with pytest.raises(UsageError), new_folder(target):
        pass
    assert (target / "old").read_text() == "1"
    assert [p.name for p in tmp_path.iterdir()] == ["packet"]


def test_two_commands_do_not_make_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "_WAIT", 0.1)
    with new_folder(tmp_path / "packet") as work:
        (work / "a").write_text("x")
        with pytest.raises(EnvironmentFault, match="busy"), new_folder(tmp_path / "packet"):
            pass
    assert [p.name for p in (tmp_path / "packet").iterdir()] == ["a"]


def test_a_command_that_waited_finds_the_folder_and_leaves_it(tmp_path: Path) -> None:
    target, found = tmp_path / "packet", []

    def other() -> None:
        try:
            with new_folder(target) as work:
                (work / "theirs").write_text("2")
        except UsageError as fault:
            found.append(fault.code)

    thread = threading.Thread(target=other)
    with new_folder(target, keep="dear") as work:
        (work / "dear").mkdir()
        for number in range(500):
            (work / "dear" / str(number)).write_text("x")
        (work / "mine").write_text("1")
        thread.start()
        time.sleep(0.2)
    thread.join()
    assert found == ["errors.usage.exists"]
    assert [p.name for p in target.iterdir()] == ["mine"]
    assert [p.name for p in tmp_path.iterdir()] == ["packet"]


def test_a_command_that_waited_for_one_that_failed_makes_its_own(tmp_path: Path) -> None:
    target = tmp_path / "packet"

    def other() -> None:
        with new_folder(target) as work:
            time.sleep(0.2)
            (work / "theirs").write_text("2")

    thread = threading.Thread(target=other)
    with pytest.raises(KeyboardInterrupt), new_folder(target) as work:  # noqa: PT012
        (work / "mine").write_text("1")
        thread.start()
        time.sleep(0.2)
        raise KeyboardInterrupt
    thread.join()
    assert [p.name for p in target.iterdir()] == ["theirs"]
    assert [p.name for p in tmp_path.iterdir()] == ["packet"]


def test_the_folder_one_stands_in_is_refused_like_any_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "mine").write_text("1")
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(UsageError), new_folder(Path()):
        pass
    assert [p.name for p in (tmp_path / "here").iterdir()] == ["mine"]


def test_what_another_command_is_making_is_not_cleared(tmp_path: Path) -> None:
    (tmp_path / ".docgen-gone.part").mkdir()
    (tmp_path / ".docgen-gone.lock").touch()
    with new_folder(tmp_path / "packet") as work:
        (work / "a").write_text("x")
        clear_hidden(tmp_path)
    assert [p.name for p in (tmp_path / "packet").iterdir()] == ["a"]
    assert [p.name for p in tmp_path.iterdir()] == ["packet"]


@given(st.text())
def test_a_safe_name_is_safe_everywhere(text: str) -> None:
    name = safe_name(text)
    assert 0 < len(name) <= storage.NAME_LIMIT + 2
    assert all(c.isascii() and (c.isalnum() or c in "-_") for c in name)
    assert name.lower() not in storage.RESERVED


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Nguyễn Văn A", "nguyen-van-a"),
        ("Đặng Thị Ỷ", "dang-thi-y"),
        ("../../etc/passwd", "etc-passwd"),
        ("C:\\Windows\\x", "c-windows-x"),
        ("CON", "con-1"),
        ("😀", "khong-ten"),
    ],
)
def test_names_people_type(text: str, name: str) -> None:
    assert safe_name(text) == name
