"""The watch folder: what is being written waits, each file comes out once, what is wrong stands beside it."""

from __future__ import annotations

import errno
import json
import os
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from docgen.errors import DocgenError, EnvironmentFault
from docgen.web import watch_folder
from docgen.web.settings import Settings
from docgen.web.watch_folder import WORK, WatchFolder
from tools.kill_watch import run, tiny

GOOD, BAD = json.dumps(tiny(1)), json.dumps(tiny(0))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WatchFolder]:
    monkeypatch.setattr(watch_folder, "PAUSE", 0.0)
    settings = Settings(tmp_path / "d")
    settings.prepare()
    (tmp_path / "vao").mkdir()
    watched = WatchFolder(settings, tmp_path / "vao", tmp_path / "ra")
    yield watched
    watched.close()


def look(place: WatchFolder, times: int = 2) -> list[bool]:
    return [place.step() for _ in range(times)]


def out(place: WatchFolder) -> list[str]:
    return sorted(path.name for path in place.outbox.iterdir())


def again(place: WatchFolder) -> None:
    """Another process, after that one was killed: what it knew is gone, its lock too."""
    place.close()
    place.__init__(place.settings, place.inbox, place.outbox)  # type: ignore[misc]


def test_a_sound_dossier_comes_out_with_its_packet(place: WatchFolder) -> None:
    (place.inbox / "Chi bộ 1.json").write_text(GOOD, encoding="utf-8")
    assert look(place, 3) == [False, True, False]
    assert "Chi bộ 1.json.bo-ho-so.zip" in out(place)
    with zipfile.ZipFile(place.outbox / "Chi bộ 1.json.bo-ho-so.zip") as archive:
        assert archive.namelist()[0] == "manifest.json"
    assert [path.name for path in place.inbox.iterdir()] == [WORK]
    assert list((place.inbox / WORK).iterdir()) == []


def test_what_is_wrong_stands_beside_it_in_vietnamese(place: WatchFolder) -> None:
    (place.inbox / "a.json").write_text(BAD, encoding="utf-8")
    look(place)
    assert out(place) == ["a.json", "a.json.phat-hien.json", "a.json.phat-hien.txt"]
    text = (place.outbox / "a.json.phat-hien.txt").read_text(encoding="utf-8-sig")
    assert text.startswith("Chưa lập được bộ hồ sơ.")
    told = json.loads((place.outbox / "a.json.phat-hien.json").read_text(encoding="utf-8"))
    assert told["packet"] is False
    assert any(one["pointer"].startswith("/members/0") for one in told["findings"] if one["severity"] == "error")


def test_a_file_that_is_being_written_waits(place: WatchFolder) -> None:
    file = place.inbox / "a.json"
    for end in (10, 200, 3000):
        file.write_text(GOOD[:end], encoding="utf-8")
        assert not place.step()
    file.write_text(GOOD, encoding="utf-8")
    assert not place.step()
    os.utime(file, ns=(1, 1))  # the same size, but somebody wrote
    assert not place.step()
    assert place.step()


@pytest.mark.parametrize("name", [".a.json", "~$a.xlsx", "a.json.tmp", "a.json.part", "a.json.crdownload"])
def test_what_a_program_is_writing_is_left(place: WatchFolder, name: str) -> None:
    (place.inbox / name).write_text(GOOD, encoding="utf-8")
    (place.inbox / "thu-muc").mkdir()
    (place.inbox / "noi.json").symlink_to(place.inbox / name)
    assert look(place, 3) == [False] * 3


@pytest.mark.parametrize(("name", "content", "code"), [
    ("a.docx", b"PK", "web.watch.kind"), ("khong-duoi", b"{}", "web.watch.kind"), ("a.json", b"", ""),
    ("a.json", b"{", ""), ("a.json", b"\xff\xfe\x00", ""), ("a.xlsx", b"PK\x03\x04rest", ""),
    ("a.json", b"[" * 90_000, ""),
    ("a.json", b'{"regulation": "kh5"}', "dossier.regulation.unknown"),
])  # fmt: skip
def test_what_is_no_dossier_is_told(place: WatchFolder, name: str, content: bytes, code: str) -> None:
    (place.inbox / name).write_bytes(content)
    assert look(place)[1]
    assert out(place) == [name, f"{name}.phat-hien.json", f"{name}.phat-hien.txt"]
    found = json.loads((place.outbox / f"{name}.phat-hien.json").read_text(encoding="utf-8"))["findings"]
    assert "error" in {one["severity"] for one in found}
    assert not code or found[0]["code"] == code
    assert "web.watch.internal" not in {one["code"] for one in found}


def test_a_long_name_is_shortened(place: WatchFolder) -> None:
    name = f"{'ồ' * 83}.json"  # 254 bytes: as long as a name can be
    (place.inbox / name).write_text(BAD, encoding="utf-8")
    assert look(place)[1]
    names = out(place)
    assert len(names) == 3
    assert all(len(one.encode()) <= 255 for one in names)
    assert names[0].endswith(".json")


@pytest.mark.parametrize("good", [True, False])
def test_a_name_that_is_no_text_keeps_nobody_waiting(place: WatchFolder, good: bool) -> None:
    for name in (b"ho-so\xff.json", b"ho-so\xfe.json", b"sau.json"):
        (place.inbox / os.fsdecode(name)).write_text(GOOD if good else BAD, encoding="utf-8")
    look(place, 5)
    assert [path.name for path in place.inbox.iterdir()] == [WORK]
    given = [name for name in out(place) if name.endswith(".json") and not name.endswith(".phat-hien.json")]
    assert len(given) == 3
    assert [name.startswith("ho-so_-") for name in given] == [True, True, False]
    beside = ".bo-ho-so.zip" if good else ".phat-hien.txt"
    assert all(f"{name}{beside}" in out(place) for name in given)


def test_one_name_twice_is_two_files_and_one_file_twice_is_one(place: WatchFolder) -> None:
    for content in (BAD, BAD, json.dumps(tiny(5))):
        (place.inbox / "a.json").write_text(content, encoding="utf-8")
        assert look(place, 2)[1]
    assert [name for name in out(place) if name.endswith(".json") and "phat-hien" not in name] == [
        next(n for n in out(place) if n.startswith("a-") and n.count(".") == 1), "a.json",
    ]  # fmt: skip


@pytest.mark.parametrize("moment", ["_made", "zip_packet", "_move"])
def test_killed_while_it_had_a_file(place: WatchFolder, moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    (place.inbox / "a.json").write_text(GOOD, encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(place if moment == "_made" else watch_folder, moment, die)
        patched.setattr(Path, "unlink", lambda *_, **__: None)  # who is killed clears nothing away
        with pytest.raises(Killed):
            look(place)
    assert not (place.outbox / "a.json").exists()
    assert any(name.endswith(".part") for name in out(place)) is (moment == "zip_packet")
    (place.outbox / ".a.json.bo-ho-so.zip.khac.part").touch()  # somebody else's
    again(place)
    assert place.step()
    assert {name for name in out(place) if "phat-hien" not in name} == {
        "a.json", "a.json.bo-ho-so.zip", ".a.json.bo-ho-so.zip.khac.part",
    }  # fmt: skip
    assert list((place.inbox / WORK).iterdir()) == []


def test_a_disk_that_fails_is_no_fault_of_the_file(place: WatchFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise OSError(errno.EIO, "the share is away")

    (place.inbox / "a.json").write_text(GOOD, encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(watch_folder, "_move", away)
        place.step()
        for _ in range(place.settings.job_tries + 2):
            with pytest.raises(DocgenError):
                place.step()
    assert place.step()
    assert "a.json.bo-ho-so.zip" in out(place)


def test_a_file_that_may_not_be_read_keeps_nobody_waiting(place: WatchFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "a.json":
            raise PermissionError
        return read(path)

    (place.inbox / "a.json").write_text(GOOD, encoding="utf-8")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert look(place)[1]
    told = json.loads((place.outbox / "a.json.phat-hien.json").read_text(encoding="utf-8"))
    assert [one["code"] for one in told["findings"]] == ["web.watch.unreadable"]


def test_what_ends_the_server_each_time_is_given_up(place: WatchFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    (place.inbox / "a.json").write_text(GOOD, encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(WatchFolder, "_made", die)
        place.step()
        for _ in range(place.settings.job_tries):
            with pytest.raises(Killed):
                place.step()
            again(place)
    assert place.step()
    told = json.loads((place.outbox / "a.json.phat-hien.json").read_text(encoding="utf-8"))
    assert [one["code"] for one in told["findings"]] == ["web.watch.killed"]


def test_a_file_that_takes_too_long_ends_the_process(place: WatchFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    monkeypatch.setattr("os._exit", lambda _: ended.set())
    monkeypatch.setattr(place, "settings", replace(place.settings, job_seconds=0.01))
    monkeypatch.setattr(place, "_made", lambda *_: (not ended.wait(20), []))
    (place.inbox / "a.json").write_text(GOOD, encoding="utf-8")
    look(place)
    assert ended.is_set()


def test_a_server_that_ends_has_not_tried(place: WatchFolder) -> None:
    place._prepare()
    (place.inbox / WORK / f"{'0' * 16}.2").mkdir()
    place._in_hand = place.inbox / WORK / f"{'0' * 16}.2"
    place.give_back()
    assert [path.name for path in (place.inbox / WORK).iterdir()] == [f"{'0' * 16}.1"]


def test_two_servers_do_not_take_one_file(place: WatchFolder) -> None:
    place.step()
    with pytest.raises(EnvironmentFault):
        WatchFolder(place.settings, place.inbox, place.outbox).step()


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_a_server_that_is_killed_loses_no_file_and_does_none_twice() -> None:
    assert run(files=6, kills=2) == []
