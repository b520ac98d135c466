"""The small programs of the folder for Windows, run as its batch files run them, with a profile of their own."""

from __future__ import annotations

import os
import re
import runpy
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from test_windows_zip import wheel

from tools.windows_zip import LOCKED, PARTS, Wheel, locked

PROGRAMS = PARTS / "he-thong"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The profile of whoever is signed in."""
    place = tmp_path / "Nguyễn Thị Ước"
    place.mkdir()
    monkeypatch.setenv("HOME", str(place))
    monkeypatch.syspath_prepend(str(PROGRAMS))
    for name in [name for name in os.environ if name.upper().startswith("ONEDRIVE")]:
        monkeypatch.delenv(name)
    return place


@pytest.fixture
def run(home: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a program of the folder."""

    def ran(name: str, *arguments: object, told: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(PROGRAMS / name), *map(str, arguments)], capture_output=True, text=True, input=told,
            encoding="utf-8", check=False, timeout=120,
        )  # fmt: skip

    return ran


Ran = Callable[..., subprocess.CompletedProcess[str]]


def filled(data: Path, unit: str) -> Path:
    """A folder of data with one more unit in it."""
    pytest.importorskip("fastapi")
    from docgen.web.access import add_unit
    from docgen.web.database import Database
    from docgen.web.settings import Settings

    settings = Settings(data)
    settings.prepare()
    database = Database(settings.url)
    database.upgrade()
    add_unit(database, unit, unit, "")
    database.close()
    return data


def units(data: Path) -> list[str]:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(data / "docgen.sqlite3")) as db:
        return [row[0] for row in db.execute("SELECT id FROM unit")]


@pytest.mark.parametrize(
    ("version", "platform", "good"),
    [
        ((3, 13, 1), "win-amd64", True), ((3, 12, 9), "win-amd64", False), ((3, 14, 0), "win-amd64", False),
        ((3, 13, 1), "win32", False), ((3, 13, 1), "win-arm64", False), ((3, 13, 1), "linux-x86_64", False),
    ],
)  # fmt: skip
def test_only_the_python_that_the_wheels_are_for(
    version: tuple[int, ...], platform: str, good: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    monkeypatch.setattr(sysconfig, "get_platform", lambda: platform)
    monkeypatch.setattr(sys, "argv", ["kiem-tra.py", "3.13"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(PROGRAMS / "kiem-tra.py"), run_name="__main__")
    assert (not ended.value.code) == good


def test_earlier_data_are_found_until_there_are_new_ones(home: Path) -> None:
    folder = runpy.run_path(str(PROGRAMS / "du_lieu.py"))["data_folder"]
    assert folder(home) == home / "docgen-du-lieu"
    for name in ("docgen", "docgen-du-lieu"):
        (home / name).mkdir()
        (home / name / "docgen.sqlite3").touch()
        assert folder(home) == home / name
    (home / "docgen-du-lieu" / "docgen.sqlite3").unlink()
    assert folder(home) == home / "docgen"


def test_where_docgen_may_be_installed(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = runpy.run_path(str(PROGRAMS / "noi-cai.py"))
    why = found["why_not"]
    monkeypatch.setenv("OneDriveCommercial", str(home / "OneDrive - Cơ quan"))
    for good in (home / "docgen-chuong-trinh", home / "a" / "b", tmp_path / "docgen"):
        assert why(good, home) == "", good
    data = ("docgen-du-lieu", "docgen", "docgen-sao-luu", "docgen/x", ".", "..")
    for bad in [*(Path(os.path.normpath(home / name)) for name in data), Path("/")]:
        assert "dữ liệu" in why(bad, home), bad
    (home / "a").mkdir()
    (home / "a" / "docgen.sqlite3").touch()
    assert "dữ liệu" in why(home / "a", home)
    assert "OneDrive" in why(home / "OneDrive - Cơ quan" / "Desktop" / "docgen", home)
    drives: dict[str, int] = {"/": 4}
    kernel = SimpleNamespace(GetDriveTypeW=drives.__getitem__)
    monkeypatch.setattr("ctypes.windll", SimpleNamespace(kernel32=kernel), raising=False)
    assert "ổ mạng" in why(home / "docgen-chuong-trinh", home)
    drives["/"] = 3
    assert why(home / "docgen-chuong-trinh", home) == ""


def test_a_mapped_drive_is_no_place_for_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from docgen.web.settings import network_share

    assert network_share(tmp_path) == ""
    kernel = SimpleNamespace(GetDriveTypeW={"/": 4}.__getitem__)
    monkeypatch.setattr("ctypes.windll", SimpleNamespace(kernel32=kernel), raising=False)
    assert network_share(tmp_path) == "network drive"


def test_the_place_is_named_where_it_is_refused_or_not_private(home: Path, tmp_path: Path) -> None:
    for place, code, word in (
        (home / "docgen", 1, "docgen-chuong-trinh"), (tmp_path / "chung", 0, "Lưu ý"), (home / "khác", 0, ""),
    ):  # fmt: skip
        (place / "he-thong").mkdir(parents=True)
        for name in ("noi-cai.py", "du_lieu.py"):
            shutil.copy(PROGRAMS / name, place / "he-thong")
        asked = [sys.executable, str(place / "he-thong" / "noi-cai.py")]
        done = subprocess.run(asked, capture_output=True, text=True, encoding="utf-8", check=False)
        assert (done.returncode, done.stderr) == (code, "")
        assert (word in done.stdout) if word else done.stdout == ""


def test_wheels_are_installed_and_counted(tmp_path: Path) -> None:
    """`cai.py` in an environment of its own; a wheel that is not the one of the list stops it."""
    root = tmp_path / "Thư mục của Ước (1)"
    (root / "wheels").mkdir(parents=True)
    (root / "he-thong").mkdir()
    shutil.copy(PROGRAMS / "cai.py", root / "he-thong")
    wheels = [installable(root / "wheels", name) for name in ("mot", "hai", "ba")]
    (root / LOCKED).write_text(locked(wheels), encoding="ascii")
    subprocess.run([sys.executable, "-m", "venv", str(root / "may")], check=True)
    python = str(root / "may" / "bin" / "python")
    program = [python, str(root / "he-thong" / "cai.py")]
    whole = wheels[2].path.read_bytes()
    installable(root / "wheels", "ba", "changed = 1\n")
    assert subprocess.run(program, capture_output=True, check=False).returncode != 0
    wheels[2].path.write_bytes(whole)
    done = subprocess.run(program, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stdout.split()[-1]) == (0, "3/3"), done.stderr
    assert subprocess.run([python, "-c", "import mot, hai, ba"], check=False).returncode == 0


def installable(folder: Path, name: str, code: str = "") -> Wheel:
    """A wheel of one module."""
    made = wheel(folder, name)
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(made.path) as archive:
        entries = {one: archive.read(one) for one in archive.namelist()} | {f"{name}.py": code.encode()}
    entries[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    entries[f"{info}/RECORD"] = "".join(f"{one},,\n" for one in [*entries, f"{info}/RECORD"]).encode()
    with zipfile.ZipFile(made.path, "w") as archive:
        for one, content in entries.items():
            archive.writestr(one, content)
    return made


def test_docgen_is_opened_on_the_data_and_holds_its_folder(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "docgen-chuong-trinh"
    shutil.copytree(PROGRAMS, folder / "he-thong", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "may").mkdir()
    mark = folder / "may" / "xong"
    mark.touch()
    seen: list[object] = []

    def main() -> None:
        open_files = {os.path.realpath(path) for path in Path("/proc/self/fd").iterdir()}
        seen.extend((sys.argv[1:], str(mark) in open_files))
        raise SystemExit(4)

    monkeypatch.setattr("docgen.cli.main", main)
    monkeypatch.setattr(sys, "argv", ["mo.py"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(folder / "he-thong" / "mo.py"), run_name="__main__")
    data = home / "docgen-du-lieu"
    arguments = ["serve", "--data", str(data), "--open", "--log-file", str(data / "docgen.log")]
    assert (ended.value.code, seen) == (4, [arguments, True])


def test_a_backup_goes_into_a_new_file(home: Path, run: Ran) -> None:
    """`sao-luu.bat` on data that `docgen serve` made, in a folder with blanks and accents; also onto a drive."""
    nothing = run("sao-luu.py")
    assert nothing.returncode == 1
    assert "docgen.sqlite3" in nothing.stdout
    filled(home / "docgen", "chi-bo-a")  # where the first folder for Windows had them
    usb = home / "USB"
    usb.mkdir()
    for arguments, place in (((), home / "docgen-sao-luu"), ((f"{usb}/.",), usb)):
        done = run("sao-luu.py", *arguments)
        assert done.returncode == 0, done.stderr
        (backup,) = place.iterdir()
        assert re.fullmatch(r"docgen-\d{4}-\d\d-\d\d-\d{6}\.zip", backup.name)
        assert str(backup) in done.stderr
        assert zipfile.ZipFile(backup).testzip() is None


def test_a_backup_that_cannot_be_written_says_why(home: Path, run: Ran) -> None:
    filled(home / "docgen-du-lieu", "chi-bo-a")
    (home / "docgen-sao-luu").write_text("một tệp", encoding="utf-8")
    for arguments, word in (((), "docgen-sao-luu"), ((home / "không có",), "không có")):
        done = run("sao-luu.py", *arguments)
        assert (done.returncode, done.stderr) == (1, "")
        assert word in done.stdout


def test_put_back_with_what_was_there_kept_beside(home: Path, run: Ran) -> None:
    filled(home / "docgen", "chi-bo-a")
    assert run("sao-luu.py").returncode == 0
    (backup,) = (home / "docgen-sao-luu").iterdir()
    assert run("dat-lai.py", backup, told="\n").returncode == 1  # nobody agreed
    assert not (home / "docgen-du-lieu").exists()
    assert run("dat-lai.py", backup, told="c\n").returncode == 0  # beside the data of the first folder for Windows
    assert units(home / "docgen") == units(home / "docgen-du-lieu") == ["chi-bo-a"]
    filled(home / "docgen-du-lieu", "chi-bo-b")
    done = run("dat-lai.py", backup, told="C\n")
    assert done.returncode == 0, done.stderr
    (kept,) = home.glob("docgen-du-lieu-cu-*")
    assert str(kept) in done.stdout
    assert (units(home / "docgen-du-lieu"), sorted(units(kept))) == (["chi-bo-a"], ["chi-bo-a", "chi-bo-b"])


def test_what_cannot_be_put_back_changes_nothing(home: Path, run: Ran, tmp_path: Path) -> None:
    from docgen.web.server import only_server
    from docgen.web.settings import Settings

    data = filled(home / "docgen-du-lieu", "chi-bo-a")
    broken = tmp_path / "hỏng.zip"
    broken.write_bytes(b"PK")
    done = run("dat-lai.py", broken, told="c\n")
    assert done.returncode == 1
    assert "hỏng.zip" in done.stderr
    assert run("dat-lai.py", tmp_path, told="c\n").returncode == 1
    with only_server(Settings(data)):
        done = run("dat-lai.py", broken, told="c\n")
    assert done.returncode == 1
    assert "docgen đang mở" in done.stdout
    assert sorted(path.name for path in home.iterdir()) == ["docgen-du-lieu"]
    assert units(data) == ["chi-bo-a"]
