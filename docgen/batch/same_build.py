"""Whether another machine makes the same bytes: its docgen, its regulations, its engines, its folders.

What is compared is content, never dates or places, so that a copy installed elsewhere is the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from docgen.pdf.choice import ENGINE, is_there
from docgen.version import VERSION
from docgen.word.file.deflate import backend

_PACKAGE = Path(__file__).resolve().parents[1]
#: Where nothing is.
_NOTHING = "-"


def own_build() -> dict[str, str]:
    """What this machine's docgen is, in words that two machines can compare."""
    deflate = f"{backend} {_version('isal')}" if backend == "isal" else backend
    return {"docgen": VERSION, "files": _content(_PACKAGE, (".py", ".yaml")), "deflate": deflate}


def engines() -> str:
    """The engines that draw here, each with its version."""
    return ", ".join(f"{name} {ENGINE[name].version()}" for name in ENGINE if is_there(name)) or _NOTHING


def folders(paths: Iterable[Path | str]) -> str:
    """What the folders hold (`--regulations`, `--templates`), in one short word."""
    return ", ".join(_content(Path(path), (".yaml", ".docx")) for path in paths) or _NOTHING


def first_difference(ours: Mapping[str, str], theirs: Mapping[str, str]) -> tuple[str, str, str] | None:
    """The first thing that is not the same there: what it is, ours, theirs; None where all is."""
    for what, value in ours.items():
        if theirs.get(what, _NOTHING) != value:
            return what, value, theirs.get(what, _NOTHING)
    return None


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return _NOTHING


def _content(folder: Path, suffixes: tuple[str, ...]) -> str:
    """Twelve digits that stand for the files of these kinds below `folder`; a dash where there is no such folder."""
    if not folder.is_dir():
        return _NOTHING
    out = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix in suffixes and not name.startswith("_built/"):
            out.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return out.hexdigest()[:12]
