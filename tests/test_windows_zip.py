"""The folder for Windows: every wheel for the platform and none missing; the guide. Its programs: files beside."""

from __future__ import annotations

import hashlib
import re
import runpy
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.windows_zip import LOCKED, NAME, PARTS, PC, Target, UnfitError, Wheel, check, closure, gather, main, parts


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
    assert wheel(tmp_path, "good", tag=tag).tags <= PC.tags


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
        assert {"cai-dat.bat", "mo-docgen.bat", "sao-luu.bat", "dat-lai.bat", "HUONG-DAN.html", LOCKED} <= listed
        assert {name for name in listed if name.endswith(".whl")} == {f"wheels/{p.name}" for p in folder.iterdir()}
        for line in archive.read(LOCKED).decode("ascii").splitlines():
            name, version, digest = re.fullmatch(r"(\S+)==(\S+) --hash=sha256:(\w{64})", line).groups()  # type: ignore[union-attr]
            (held,) = (one for one in listed if one.startswith(f"wheels/{name.replace('-', '_')}-{version}-"))
            assert hashlib.sha256(archive.read(held)).hexdigest() == digest
        for name in listed:
            if not name.endswith(".whl"):
                assert not re.search(rb"\{(VERSION|PYTHON|DIGITS|RELEASE)\}", archive.read(name)), name
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
    asked = runpy.run_path(str(PARTS / "he-thong" / "cai.py"))["command"](place)
    assert asked[1:5] == ["-m", "pip", "--isolated", "install"]
    command = [
        sys.executable, *asked[1:], "--dry-run", "--target", str(tmp_path / "t"), "--platform", "win_amd64",
        "--python-version", "3.13", "--implementation", "cp", "--abi", "cp313", "--abi", "abi3", "--abi", "none",
        "--only-binary=:all:",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (place / "wheels" / "everywhere-1.0-cp313-cp313-win_amd64.whl").write_bytes(b"broken")
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0


def test_the_folder_for_another_python(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "x.zip"
    assert main(["--wheels", str(folder), "--out", str(target), "--python", "3.14"]) == 1  # a wheel for 3.13 alone
    assert "everywhere-1.0-cp313" in capsys.readouterr().err
    (folder / "everywhere-1.0-cp313-cp313-win_amd64.whl").unlink()
    wheel(folder, "everywhere", tag="cp314-cp314-win_amd64")
    assert main(["--wheels", str(folder), "--out", str(target), "--python", "3.14"]) == 0
    with zipfile.ZipFile(target) as archive:
        batch, guide = archive.read("cai-dat.bat"), archive.read("HUONG-DAN.html")
    assert b"py.exe -3.14\r\n" in batch
    assert b"\\Python314\\python.exe" in batch
    assert b"3.13" not in batch
    assert Target((3, 14)).release.encode() in guide
    with pytest.raises(SystemExit):
        main(["--out", str(target), "--python", "python3.14"])


@pytest.mark.chromium
def test_the_guide_prints_on_one_page(tmp_path: Path, tool_at: Callable[[str], str]) -> None:
    pikepdf = pytest.importorskip("pikepdf")
    for name, words in (("x", b""), ("too-long", b"<p>x</p>" * 40)):
        (tmp_path / f"{name}.html").write_bytes(parts("10.10.10")["HUONG-DAN.html"].replace(b"</body>", words))
        command = [tool_at("chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
                   f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={tmp_path / name}.pdf",
                   (tmp_path / f"{name}.html").as_uri()]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=60)
    assert [len(pikepdf.open(tmp_path / name).pages) for name in ("x.pdf", "too-long.pdf")] == [1, 2]
