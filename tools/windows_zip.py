"""The folder for a clerk's Windows PC, as one zip: `python -m tools.windows_zip --out docgen-windows.zip`.

In it: docgen's own wheel and all that it needs in `wheels/`, `cai-dat.bat` (installs without a network and without an
administrator), `mo-docgen.bat`, `sao-luu.bat`, `dat-lai.bat` and a one-page guide. The wheels are fetched by
pip as it is configured; `--wheels FOLDER` takes those of a folder instead, and asks nobody. `--python 3.14` makes it
for another Python, where all wheels exist for that one. The same wheels give the same zip, byte for byte.

pip reads the conditions of requirements (`; sys_platform == "win32"`) for the machine it runs on, not for the one that
it fetches for. So each wheel's own requirements are read here for Windows: what is missing is fetched too, what only
another system needs is left out, and a version that does not fit stops the build. Every wheel must be for the platform.
"""

from __future__ import annotations

import argparse
import email.parser
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import canonicalize_name, parse_wheel_filename

ROOT = Path(__file__).parents[1]
PARTS = Path(__file__).parent / "windows"
NAME = "docgen-xep-loai"
#: Not `cluster` and `postgresql`: those are for a server, not for a clerk's PC.
EXTRAS = ("excel", "pdf", "sign", "fast", "web")
PLATFORM = "win_amd64"
#: Releases known to have an installer for Windows at python.org: a version gets none any more two years after its first
#: (PEP 719 for 3.13, PEP 745 for 3.14).
RELEASES = {(3, 13): "3.13.14", (3, 14): "3.14.4"}
#: Rounds of fetching what only Windows needs, until nothing is missing.
ROUNDS = 5
LOCKED = "he-thong/cai-gi.txt"


@dataclass(frozen=True)
class Target:
    """Which CPython of 64-bit Windows the folder is for."""

    python: tuple[int, int] = (3, 13)

    @property
    def version(self) -> str:
        return "{}.{}".format(*self.python)

    @property
    def interpreter(self) -> str:
        return "cp{}{}".format(*self.python)

    @property
    def release(self) -> str:
        """What to install where there is no such Python."""
        return RELEASES.get(self.python, self.version)

    @property
    def conditions(self) -> dict[str, str]:
        """What a requirement's condition is asked about."""
        full = f"{self.version}.0"
        return {
            "implementation_name": "cpython", "implementation_version": full, "os_name": "nt",
            "platform_machine": "AMD64", "platform_python_implementation": "CPython", "platform_release": "10",
            "platform_system": "Windows", "platform_version": "10.0.19045", "python_full_version": full,
            "python_version": self.version, "sys_platform": "win32",
        }  # fmt: skip

    @cached_property
    def tags(self) -> frozenset[Tag]:
        """Every tag of a wheel that it installs."""
        own = cpython_tags(self.python, abis=[self.interpreter], platforms=[PLATFORM])
        return frozenset([*own, *compatible_tags(self.python, self.interpreter, [PLATFORM])])


PC = Target()


class UnfitError(Exception):
    """The wheels do not make a folder that installs; the text says which and why."""


@dataclass(frozen=True)
class Wheel:
    """One wheel file."""

    path: Path

    @cached_property
    def _parsed(self) -> tuple[str, str, frozenset[Tag]]:
        name, version, _, tags = parse_wheel_filename(self.path.name)
        return str(name), str(version), tags

    @property
    def name(self) -> str:
        """The distribution's normal name."""
        return self._parsed[0]

    @property
    def version(self) -> str:
        return self._parsed[1]

    @property
    def tags(self) -> frozenset[Tag]:
        return self._parsed[2]

    @cached_property
    def _metadata(self) -> email.message.Message:
        with zipfile.ZipFile(self.path) as archive:
            (found,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
            return email.parser.Parser().parsestr(archive.read(found).decode("utf-8"))

    @property
    def python(self) -> SpecifierSet:
        """The versions of Python that it is for."""
        return SpecifierSet(self._metadata.get("Requires-Python") or "")

    def needs(self, extras: Iterable[str], target: Target = PC) -> list[Requirement]:
        """What it requires on Windows, with these extras."""
        asked = ["", *extras]
        given = [Requirement(text) for text in self._metadata.get_all("Requires-Dist") or ()]
        return [
            one for one in given
            if one.marker is None or any(one.marker.evaluate({**target.conditions, "extra": extra}) for extra in asked)
        ]  # fmt: skip


def closure(
    wheels: Sequence[Wheel], extras: Sequence[str] = EXTRAS, target: Target = PC
) -> tuple[list[Wheel], list[Requirement]]:
    """The wheels that docgen with `extras` needs on Windows, by name, and the requirements that none of them meets.

    Raises `UnfitError` for two versions of one distribution, or one that is not as required.
    """
    there: dict[str, Wheel] = {}
    for wheel in wheels:
        if wheel.name in there:
            raise UnfitError(f"two wheels of {wheel.name}: {there[wheel.name].path.name}, {wheel.path.name}")
        there[wheel.name] = wheel
    needed: dict[str, Wheel] = {}
    missing: dict[str, Requirement] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [Requirement(f"{NAME}[{','.join(extras)}]")]
    while waiting:
        one = waiting.pop()
        name, asked = canonicalize_name(one.name), frozenset(one.extras)
        wheel = there.get(name)
        if wheel is None:
            missing[str(one)] = one
            continue
        if not one.specifier.contains(wheel.version, prereleases=True):
            raise UnfitError(f"{wheel.path.name}: {one} is required")
        needed[name] = wheel
        if (name, asked) not in seen:
            seen.add((name, asked))
            waiting += wheel.needs(asked, target)
    return [needed[name] for name in sorted(needed)], list(missing.values())


def check(wheels: Sequence[Wheel], target: Target = PC) -> None:
    """Raise `UnfitError` for each wheel that the platform does not install."""
    full = target.conditions["python_full_version"]
    wrong = [wheel.path.name for wheel in wheels if not wheel.tags & target.tags or not wheel.python.contains(full)]
    if wrong:
        raise UnfitError(f"not for {PLATFORM}, Python {target.version}: {', '.join(sorted(wrong))}")


def _pip(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments], check=True)


def fetch(folder: Path, requirements: Sequence[str], target: Target = PC) -> None:
    """Have pip fetch wheels for the platform into `folder`; docgen's own is there already."""
    _pip(
        "download", "--quiet", "--dest", str(folder), "--find-links", str(folder), "--only-binary=:all:",
        "--platform", PLATFORM, "--python-version", target.version, "--implementation", "cp",
        "--abi", target.interpreter, "--abi", "abi3", "--abi", "none", *requirements,
    )  # fmt: skip


def in_folder(folder: Path) -> list[Wheel]:
    """The wheels of a folder. Raises `UnfitError` for any other file: what is no wheel has to be built on the PC."""
    files = sorted(folder.iterdir())
    others = [path.name for path in files if path.suffix != ".whl"]
    if others:
        raise UnfitError(f"no wheel: {', '.join(others)}")
    return [Wheel(path) for path in files]


def gather(folder: Path, more: Callable[[Path, Sequence[str]], None] | None = None, target: Target = PC) -> list[Wheel]:
    """The wheels to hand on, checked; `more(folder, requirements)` fetches those that only Windows needs.

    Raises `UnfitError` where one is missing that cannot be fetched, or is not for the platform.
    """
    for _ in range(ROUNDS):
        wheels, missing = closure(in_folder(folder), EXTRAS, target)
        if not missing or more is None:
            break
        more(folder, [_plain(one) for one in missing])
    if missing:
        raise UnfitError(f"missing: {', '.join(sorted(map(str, missing)))}")
    check(wheels, target)
    return wheels


def _plain(one: Requirement) -> str:
    """A requirement without its condition: it was asked about already."""
    extras = f"[{','.join(sorted(one.extras))}]" if one.extras else ""
    return f"{one.name}{extras}{one.specifier}"


def locked(wheels: Sequence[Wheel]) -> str:
    """What `cai-dat.bat` has pip install: each wheel by version and SHA-256, so that a broken file is noticed."""
    return "".join(
        f"{wheel.name}=={wheel.version} --hash=sha256:{hashlib.sha256(wheel.path.read_bytes()).hexdigest()}\n"
        for wheel in wheels
    )


def parts(version: str, target: Target = PC) -> dict[str, bytes]:
    """The files beside the wheels, by name: with the line ends of Windows, whatever they have here."""
    filled = {
        "{VERSION}": version, "{PYTHON}": target.version, "{RELEASE}": target.release,
        "{DIGITS}": "{}{}".format(*target.python),
    }  # fmt: skip
    out = {}
    for path in sorted(PARTS.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            text = path.read_text(encoding="utf-8")
            for name, told in filled.items():
                text = text.replace(name, told)
            out[path.relative_to(PARTS).as_posix()] = text.replace("\n", "\r\n").encode("utf-8")
    return out


def write(out: Path, wheels: Sequence[Wheel], target: Target = PC) -> None:
    """Write the zip, whole or not at all: names in order, one fixed time, nothing compressed that is so already."""
    (own,) = (wheel for wheel in wheels if wheel.name == NAME)
    content = {**parts(own.version, target), LOCKED: locked(wheels).replace("\n", "\r\n").encode("ascii")}
    half = out.with_name(out.name + ".part")
    with zipfile.ZipFile(half, "w", zipfile.ZIP_STORED) as archive:
        for name, data in sorted(content.items()):
            archive.writestr(_entry(name), data)
        for wheel in sorted(wheels, key=lambda one: one.path.name):
            archive.writestr(_entry(f"wheels/{wheel.path.name}"), wheel.path.read_bytes())
    os.replace(half, out)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.create_system, entry.external_attr = 0, 0
    return entry


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the zip and say what is in it; 1 where the wheels do not make one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, required=True, help="the zip to write")
    parser.add_argument("--wheels", type=Path, help="a folder of wheels, docgen's own among them; nothing is fetched")
    parser.add_argument("--python", default=PC.version, help="the CPython of the PC (default: %(default)s)")
    told = parser.parse_args(arguments)
    if not re.fullmatch(r"3\.\d{1,2}", told.python):
        parser.error(f"--python {told.python}: write it as 3.13")
    target = Target((3, int(told.python.partition(".")[2])))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        try:
            if told.wheels is not None:
                for path in told.wheels.iterdir():
                    shutil.copy2(path, folder)
                wheels = gather(folder, None, target)
            else:
                _pip("wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT))
                (own,) = folder.iterdir()
                asked = f"{NAME}[{','.join(EXTRAS)}]=={Wheel(own).version}"
                fetch(folder, [asked], target)
                wheels = gather(folder, lambda place, names: fetch(place, [asked, *names], target), target)
            write(told.out, wheels, target)
        except UnfitError as fault:
            print(f"windows_zip: {fault}", file=sys.stderr)
            return 1
        except subprocess.CalledProcessError as fault:
            print(f"windows_zip: pip failed ({fault.returncode}), see above", file=sys.stderr)
            return 1
    size = told.out.stat().st_size
    print(f"{told.out}: {len(wheels)} wheels for {PLATFORM}, Python {target.version}; {size / 1e6:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
