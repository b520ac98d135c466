"""Writing files so that nothing is ever half-written and nothing existing is lost.

A file appears whole (temporary file beside it, then rename) or not at all; a folder likewise.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from docgen.errors import DocgenError, EnvironmentFault, UsageError

#: Names that Windows keeps for devices, whatever the extension.
RESERVED = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))}
)
NAME_LIMIT = 80
_PROBLEMS = {
    errno.ENOSPC: "errors.environment.disk_full",
    errno.EDQUOT: "errors.environment.disk_full",
    errno.EACCES: "errors.environment.no_access",
    errno.EPERM: "errors.environment.no_access",
    errno.EROFS: "errors.environment.no_access",
}


def environment_fault(fault: OSError, path: Path | str) -> DocgenError:
    """The `DocgenError` for a fault of the file system at `path`: full disk, no access, or its own words."""
    code = _PROBLEMS.get(fault.errno or 0, "errors.environment.file_system")
    return EnvironmentFault(code, file=str(path), problem=fault.strerror or type(fault).__name__)


def write_whole(path: Path, content: bytes, *, overwrite: bool = False) -> None:
    """Write `content` to `path`, whole or not at all.

    Raises `UsageError` where the file exists and `overwrite` is not set, `EnvironmentFault` where the disk refuses.
    """
    if path.exists() and not overwrite:
        raise UsageError("errors.usage.exists", file=str(path))
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent)
        with os.fdopen(handle, "wb") as target:
            target.write(content)
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
        temporary = None
    except OSError as fault:
        raise environment_fault(fault, path) from None
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextmanager
def new_folder(path: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """A temporary folder that becomes `path` when the block ends well, and vanishes when it does not.

    Raises `UsageError` where `path` exists, is not an empty folder and `overwrite` is not set. An old folder is only
    removed after the new one stands in its place.
    """
    if path.exists() and not overwrite and (not path.is_dir() or any(path.iterdir())):
        raise UsageError("errors.usage.exists", file=str(path))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent))
    except OSError as fault:
        raise environment_fault(fault, path) from None
    try:
        yield work
        os.chmod(work, 0o777 & ~_umask())
        old: Path | None = None
        if path.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{path.name[:40]}.", suffix=".old", dir=path.parent))
            os.replace(path, old / "content")
        os.replace(work, path)
        if old is not None:
            shutil.rmtree(old, ignore_errors=True)
    except OSError as fault:
        raise environment_fault(fault, path) from None
    finally:
        if work.exists():
            shutil.rmtree(work, ignore_errors=True)


def safe_name(text: str, limit: int = NAME_LIMIT) -> str:
    """`text` as part of a file name that any Windows and any mail program takes: a-z, 0-9, `-`, `_`, no accents.

    Never empty, never a device name, never a path.
    """
    text = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    plain = "".join(c for c in text if not unicodedata.combining(c)).lower()
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in plain)
    while "--" in kept:
        kept = kept.replace("--", "-")
    kept = kept.strip("-")[:limit].strip("-") or "khong-ten"
    return f"{kept}-1" if kept in RESERVED else kept
