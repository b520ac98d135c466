"""The folder for Windows: every wheel for the platform and none missing; batch files that say what is wrong."""

from __future__ import annotations

import hashlib
import re
import runpy
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from tools.windows_zip import LOCKED, NAME, PARTS, UnfitError, Wheel, check, closure, gather, main, parts, windows_tags

BATCHES = sorted(PARTS.glob("*.bat"))
#: What a batch file can go on from without asking how it went.
SURE = ("@echo off", "rem ", "setlocal ", "chcp ", "set ", "type ", "echo ", "pause", "exit /b ", "goto ", "if ", ":")


def wheel(folder: Path, name: str, *requires: str, version: str = "1.0", tag: str = "py3-none-any",
          python: str = ">=3.11") -> Wheel:  # fmt: skip
    """A wheel that holds nothing but what it says of itself."""
    plain = name.replace("-", "_")
    path = folder / f"{plain}-{version}-{tag}.whl"
    told = [f"Name: {name}", f"Version: {version}", f"Requires-Python: {python}", "Provides-Extra: web"]
    told += [f"Requires-Dist: {one}" for one in requires]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{plain}-{version}.dist-info/METADATA", "Metadata-Version: 2.1\n" + "\n".join(told) + "\n")
        archive.writestr(f"{plain}-{version}.dist-info/WHEEL", f"Wheel-Version: 1.0\nTag: {tag}\n")
    return Wheel(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """docgen, what it needs everywhere, what only Windows needs, what only another system needs."""
    place = tmp_path / "wheels"
    place.mkdir()
    wheel(place, NAME, "everywhere>=1", 'for-windows; sys_platform == "win32"', 'for-linux; sys_platform == "linux"',
          'for-the-page; extra == "web"', 'for-the-office; extra == "cluster"',
          'for-old-python; python_version < "3.13"')  # fmt: skip
    wheel(place, "everywhere", tag="cp313-cp313-win_amd64")
    wheel(place, "for-windows", tag="cp310-abi3-win_amd64")
    wheel(place, "for-the-page", tag="py2.py3-none-win_amd64")
    return place


def names(wheels: list[Wheel]) -> list[str]:
    return [one.name for one in wheels]


def test_what_windows_needs_is_there_and_what_it_does_not_is_left_out(folder: Path) -> None:
    wheel(folder, "for-linux")
    wheel(folder, "for-old-python")
    assert names(gather(folder)) == [NAME, "everywhere", "for-the-page", "for-windows"]


def test_what_only_windows_needs_is_fetched_too(folder: Path) -> None:
    (folder / "for_windows-1.0-cp310-abi3-win_amd64.whl").unlink()
    asked: list[list[str]] = []

    def fetched(place: Path, wanted: object) -> None:
        asked.append(list(wanted))  # type: ignore[call-overload]
        wheel(place, "for-windows")

    assert "for-windows" in names(gather(folder, fetched))
    assert asked == [["for-windows"]]


def test_a_missing_wheel_is_named(folder: Path) -> None:
    (folder / "for_windows-1.0-cp310-abi3-win_amd64.whl").unlink()
    with pytest.raises(UnfitError, match="for-windows"):
        gather(folder)
    with pytest.raises(UnfitError, match="for-windows"):  # what cannot be fetched is not asked for without end
        gather(folder, lambda place, wanted: None)


@pytest.mark.parametrize(
    "tag",
    [
        "cp313-cp313-manylinux_2_28_x86_64", "cp313-cp313-win32", "cp313-cp313-win_arm64", "cp312-cp312-win_amd64",
        "cp314-cp314-win_amd64", "cp313-cp313t-win_amd64", "cp314-abi3-win_amd64", "py2-none-any",
        "cp313-cp313-macosx_11_0_arm64",
    ],
)  # fmt: skip
def test_a_wheel_for_another_platform_is_refused(folder: Path, tag: str) -> None:
    (folder / "everywhere-1.0-cp313-cp313-win_amd64.whl").unlink()
    stranger = wheel(folder, "everywhere", tag=tag)
    with pytest.raises(UnfitError, match=re.escape(stranger.path.name)):
        gather(folder)


@pytest.mark.parametrize("tag", ["py3-none-any", "cp313-cp313-win_amd64", "cp39-abi3-win_amd64", "py3-none-win_amd64"])
def test_a_wheel_for_the_platform_is_taken(tmp_path: Path, tag: str) -> None:
    check([wheel(tmp_path, "good", tag=tag)])
    assert wheel(tmp_path, "good", tag=tag).tags <= windows_tags()


def test_other_faults_of_a_folder(folder: Path) -> None:
    with pytest.raises(UnfitError, match="other_python"):
        check([wheel(folder, "other-python", python="<3.13", tag="py3-none-any")])
    (folder / "other_python-1.0-py3-none-any.whl").unlink()
    source = folder / "everywhere-1.0.tar.gz"
    source.write_bytes(b"")
    with pytest.raises(UnfitError, match=re.escape(source.name)):
        gather(folder)
    source.unlink()
    newer = wheel(folder, "everywhere", version="2.0")
    with pytest.raises(UnfitError, match="two wheels of everywhere"):
        gather(folder)
    newer.path.unlink()
    with pytest.raises(UnfitError, match=r"everywhere.*>=2"):
        closure([wheel(folder, NAME, "everywhere>=2"), wheel(folder, "everywhere")], ())


def built(folder: Path, target: Path) -> zipfile.ZipFile:
    assert main(["--wheels", str(folder), "--out", str(target)]) == 0
    return zipfile.ZipFile(target)


def test_the_zip(folder: Path, tmp_path: Path) -> None:
    with built(folder, tmp_path / "một.zip") as archive:
        assert archive.testzip() is None
        listed = set(archive.namelist())
        assert {"cai-dat.bat", "mo-docgen.bat", "sao-luu.bat", "HUONG-DAN.html", LOCKED} <= listed
        assert {name for name in listed if name.endswith(".whl")} == {f"wheels/{p.name}" for p in folder.iterdir()}
        for line in archive.read(LOCKED).decode("ascii").splitlines():
            name, version, digest = re.fullmatch(r"(\S+)==(\S+) --hash=sha256:(\w{64})", line).groups()  # type: ignore[union-attr]
            (held,) = (one for one in listed if one.startswith(f"wheels/{name.replace('-', '_')}-{version}-"))
            assert hashlib.sha256(archive.read(held)).hexdigest() == digest
        assert b"{VERSION}" not in archive.read("HUONG-DAN.html")
    # The order and the times of the files on disk do not matter.
    again = tmp_path / "again"
    again.mkdir()
    for path in sorted(folder.iterdir(), reverse=True):
        (again / path.name).write_bytes(path.read_bytes())
    built(again, tmp_path / "hai.zip").close()
    assert (tmp_path / "một.zip").read_bytes() == (tmp_path / "hai.zip").read_bytes()


def test_nothing_is_written_from_wheels_that_do_not_fit(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wheel(folder, "for-windows", version="2.0", tag="cp313-cp313-manylinux_2_28_x86_64")
    (folder / "for_windows-1.0-cp310-abi3-win_amd64.whl").unlink()
    target = tmp_path / "out.zip"
    target.write_bytes(b"the earlier one")
    assert main(["--wheels", str(folder), "--out", str(target)]) == 1
    assert "manylinux" in capsys.readouterr().err
    assert target.read_bytes() == b"the earlier one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.zip", "wheels"]


def test_pip_takes_the_locked_list(folder: Path, tmp_path: Path) -> None:
    """What `cai-dat.bat` asks of pip, for the platform and from a path with blanks and accents, without installing."""
    place = tmp_path / "Thư mục của Ước (1)"
    with built(folder, tmp_path / "x.zip") as archive:
        archive.extractall(place)
    command = [
        sys.executable, "-m", "pip", "--isolated", "install", "--dry-run", "--disable-pip-version-check", "--no-index",
        "--no-deps", "--require-hashes", "--find-links", str(place / "wheels"), "-r", str(place / LOCKED),
        "--target", str(tmp_path / "t"), "--platform", "win_amd64", "--python-version", "3.13",
        "--implementation", "cp", "--abi", "cp313", "--abi", "abi3", "--abi", "none", "--only-binary=:all:",
    ]  # fmt: skip
    batch = (PARTS / "cai-dat.bat").read_text(encoding="ascii")
    for part in command[3:11]:
        if part.startswith("--") and part != "--dry-run":
            assert f" {part} " in batch
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (place / "wheels" / "everywhere-1.0-cp313-cp313-win_amd64.whl").write_bytes(b"broken")
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0


# --- the batch files, as far as they can be read here ----------------------------------------------------------------


def test_every_file_has_the_line_ends_of_windows() -> None:
    for name, content in parts("1.0").items():
        assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r") > 0, name
        assert content.endswith(b"\r\n"), name


def labels(text: str) -> dict[str, list[str]]:
    """The lines below each label; those above the first one under no name."""
    out: dict[str, list[str]] = {"": []}
    for line in text.splitlines():
        if line.startswith(":"):
            out[line[1:]] = []
        elif line:
            out[list(out)[-1]].append(line)
    return out


@pytest.mark.parametrize("path", BATCHES, ids=lambda path: path.name)
def test_batch_file(path: Path) -> None:
    text = path.read_bytes().decode("ascii")  # cmd reads labels by byte: words in Vietnamese lie in files beside it
    lines = text.splitlines()
    assert lines[0] == "@echo off"
    assert "setlocal EnableExtensions DisableDelayedExpansion" in lines  # a path may have "!"
    assert "chcp 65001 >nul" in lines
    blocks = labels(text)
    gone_to = set(re.findall(r"goto (\w+)", text))
    assert gone_to == set(blocks) - {""}
    for line in lines:
        # A path with a blank is one word only within quotes, and "C:\x\" would escape the quote after it.
        for found in re.finditer(r"%(?:~dp0|HERE|SYSTEM|MACHINE|USERPROFILE|LOCALAPPDATA)", line):
            assert line[: found.start()].count('"') % 2 == 1, line
        assert '%~dp0"' not in line or line == 'set "HERE=%~dp0"', line
        assert not re.search(r"[()]", line) or line.startswith("rem "), line  # a path may have ")"
        assert "errorlevel 1" not in line.lower(), line  # is not true of the negative codes of a crash
    for shown in re.findall(r'type "%SYSTEM%\\([^"]+)"', text):
        assert (PARTS / "he-thong" / shown).is_file(), shown
    for called in re.findall(r'"%SYSTEM%\\([^"]+\.py)"', text):
        assert (PARTS / "he-thong" / called).is_file(), called


@pytest.mark.parametrize("path", BATCHES, ids=lambda path: path.name)
def test_a_batch_file_that_stops_says_why_and_waits(path: Path) -> None:
    blocks = labels(path.read_text(encoding="ascii"))
    for name, lines in blocks.items():
        if name not in ("", "python_found"):
            assert any(line.startswith(("type ", "echo ")) for line in lines), name
            assert lines[-2:] == ["pause", "exit /b 1"], name
        elif name == "" and "python_found" in blocks:
            assert lines[-1] == "goto no_python"
        else:
            assert lines[-1] == "exit /b 0"
        for line, after in zip(lines, [*lines[1:], ""], strict=True):
            if not line.lower().startswith(SURE) and not line.startswith("rmdir "):
                assert after.startswith(('if "%ERRORLEVEL%"=="0" goto ', 'if not "%ERRORLEVEL%"=="0" goto ')), line
    assert any(line.startswith("if ") for line in blocks[""])


def test_what_the_reading_of_batch_files_would_catch(tmp_path: Path) -> None:
    good = (PARTS / "mo-docgen.bat").read_text(encoding="ascii")
    for what, instead in (
        ('"%SYSTEM%\\da-dung.txt"', "%SYSTEM%\\da-dung.txt"), ("goto stopped", "goto halted"),
        ('set "MACHINE=%~dp0may"', 'cd "%~dp0"'), ("rem Opens", "rem Mở"), ("da-dung.txt", "not-there.txt"),
    ):  # fmt: skip
        assert what in good
        (tmp_path / "x.bat").write_text(good.replace(what, instead), encoding="utf-8")
        with pytest.raises((AssertionError, UnicodeDecodeError)):
            test_batch_file(tmp_path / "x.bat")
    for what, instead in (("pause\n", ""), ('if not "%ERRORLEVEL%"=="0" goto stopped\n', "")):
        (tmp_path / "x.bat").write_text(good.replace(what, instead), encoding="utf-8")
        with pytest.raises(AssertionError):
            test_a_batch_file_that_stops_says_why_and_waits(tmp_path / "x.bat")


def test_words_are_shown_and_no_file_of_words_is_left_over() -> None:
    batches = "".join(path.read_text(encoding="ascii") for path in BATCHES)
    for path in (PARTS / "he-thong").iterdir():
        if path.suffix == ".txt":
            assert path.name in batches, path.name
            assert not path.read_bytes().startswith(b"\xef\xbb\xbf")  # `type` would show the mark


# --- the two small programs ------------------------------------------------------------------------------------------


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
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(PARTS / "he-thong" / "kiem-tra.py"), run_name="__main__")
    assert (not ended.value.code) == good


def test_a_backup_goes_into_a_new_file(tmp_path: Path) -> None:
    """`sao-luu.bat` on data that `docgen serve` made, in a folder with blanks and accents."""
    pytest.importorskip("fastapi")
    data, kept = tmp_path / "dữ liệu", tmp_path / "sao lưu"
    made = [sys.executable, "-m", "docgen", "serve", "--data", str(data), "--new-key", "thử"]
    subprocess.run(made, check=True, capture_output=True)
    command = [sys.executable, str(PARTS / "he-thong" / "sao-luu.py"), str(data), str(kept)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (backup,) = kept.iterdir()
    assert re.fullmatch(r"docgen-\d{4}-\d\d-\d\d-\d{6}\.zip", backup.name)
    assert zipfile.ZipFile(backup).testzip() is None
