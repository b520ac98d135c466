"""Writing files so that nothing is ever half-written and nothing existing is lost.

A file appears whole (temporary file beside it, then rename) or not at all; a folder likewise.
"""

from __future__ import annotations

import errno
import glob
import json
import os
import secrets
import shutil
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from docgen.errors import DocgenError, EnvironmentFault, UsageError

#: Names that Windows keeps for devices, whatever the extension.
RESERVED = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))}
)
NAME_LIMIT = 80
#: What a folder is called while it is being made, and the old one while it makes place.
_HIDDEN = ".docgen-{}.{}"
_HIDDEN_LIMIT = 200
#: As `_HIDDEN`, where several machines may make one folder: each has a name of its own, and no lock.
_RACED = ".docgen-{}.{}.{}"
#: What a file is called while it is being written.
_PART = ".{}.{}.part"
_PART_LIMIT = 40
#: Lies in such a folder while it is being made: whoever finds it gone is not the only one who writes there.
_ROOM = ".room"
#: Seconds to wait for another command to let go.
_WAIT = 20.0
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


def json_bytes(value: object) -> bytes:
    """`value` as the text of a JSON file, UTF-8, indented by two.

    A letter that UTF-8 cannot write (a file name copied from an old disk holds such) becomes a question mark.
    """
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def write_whole(path: Path, content: bytes, *, overwrite: bool = False) -> None:
    """Write `content` to `path`, whole or not at all.

    Raises `UsageError` where the file exists and `overwrite` is not set, `EnvironmentFault` where the disk refuses.
    """
    with open_whole(path, overwrite=overwrite) as target:
        target.write(content)


@contextmanager
def open_whole(path: Path, *, overwrite: bool = False) -> Iterator[IO[bytes]]:
    """A file to write to that becomes `path` when the block ends well, and vanishes when it does not.

    Raises as `write_whole` does.
    """
    if path.exists() and not overwrite:
        raise UsageError("errors.usage.exists", file=str(path))
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = str(path.parent / _PART.format(path.name[:_PART_LIMIT], secrets.token_hex(6)))
        # `x`: never a file or link that is there; the rights of a new file are the user's own (umask).
        with open(temporary, "xb") as target:
            yield target
        os.replace(temporary, path)
        temporary = None
    except OSError as fault:
        raise environment_fault(fault, path) from None
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def clear_parts(path: Path) -> None:
    """Take away what killed runs left of `path` while they wrote it whole. Nobody may be writing it now."""
    for left in path.parent.glob(_PART.format(glob.escape(path.name[:_PART_LIMIT]), "[0-9a-f]" * 12)):
        left.unlink(missing_ok=True)


@contextmanager
def new_folder(path: Path, *, overwrite: bool = False, keep: str = "") -> Iterator[Path]:
    """A hidden folder beside `path` that becomes `path` when the block ends well, and vanishes when it does not.

    `keep` names a folder inside it for work that was dear: when the block fails or the machine stops, that folder is
    found again by the next run; when the block ends well it goes. Raises `UsageError` where `path` exists, is not an
    empty folder and `overwrite` is not set, `EnvironmentFault` where another command is making the same folder. An
    old folder is only removed after the new one stands in its place.
    """
    work, old = _hidden(path, "part"), _hidden(path, "old")
    with working_on(path):
        try:
            _put_back(old, path)
            if path.exists() and not overwrite and (not path.is_dir() or any(path.iterdir())):
                raise UsageError("errors.usage.exists", file=str(path))
            work.mkdir(exist_ok=True)
            _clear(work, keep)
            yield work
            if keep:
                shutil.rmtree(work / keep, ignore_errors=True)
            if path.exists():
                os.replace(path, old)
            os.replace(work, path)
            shutil.rmtree(old, ignore_errors=True)
        except OSError as fault:
            raise environment_fault(fault, path) from None
        finally:
            if work.exists():
                _clear(work, keep)
                with suppress(OSError):  # there is something in it to be kept
                    work.rmdir()


class Raced(UsageError):  # noqa: N818 -- nobody's error
    """Another machine was faster, or took the folder that was being made: look again at what is there."""

    def __init__(self, path: Path) -> None:
        super().__init__("errors.usage.exists", file=str(path))


@contextmanager
def raced_folder(path: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """As `new_folder`, where other machines may make `path` at the same time: no lock, one of them wins.

    The folder is made under a name nobody else has, and becomes `path` by being renamed, which the system refuses for
    all but the first. Raises `Raced` for whoever was late, and for one whose hidden folder was cleared away meanwhile;
    nothing of his is left then. With `overwrite` the folder that was there at the beginning gives way, no other.
    """
    work, begun = _raced(path, "new"), False
    try:
        before = _identity(path)
        if before is not None and not overwrite:
            raise Raced(path)
        work.mkdir(parents=True)
        (work / _ROOM).touch()
        begun = True
        yield work
        (work / _ROOM).unlink()
        _take_place(work, path, before)
    except (OSError, EnvironmentFault) as fault:
        if begun and not (work / _ROOM).exists() and not _is_full(fault):
            raise Raced(path) from None
        raise (environment_fault(fault, path) if isinstance(fault, OSError) else fault) from None
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _take_place(work: Path, path: Path, before: tuple[int, int] | None) -> None:
    """Let `work` be called `path`; what was there before goes, if it is still the same. Raises `Raced`, `OSError`."""
    old = _raced(path, "was")
    try:
        if before is not None:
            os.rename(path, old)
            if _identity(old) != before:
                raise Raced(path)
        os.rename(work, path)
    except (Raced, OSError) as fault:
        with suppress(OSError):
            os.rename(old, path)
        if path.exists() and not _is_full(fault):
            raise Raced(path) from None
        raise
    finally:
        if path.exists():
            shutil.rmtree(old, ignore_errors=True)


def _identity(folder: Path) -> tuple[int, int] | None:
    """Tells a folder, as it is now, from any other and from itself after a change; None for no or an empty one."""
    try:
        seen = folder.stat()
        return (seen.st_ino, seen.st_mtime_ns) if any(folder.iterdir()) else None
    except FileNotFoundError:
        return None


def _is_full(fault: Exception) -> bool:
    code = environment_fault(fault, "").code if isinstance(fault, OSError) else getattr(fault, "code", "")
    return code == "errors.environment.disk_full"


def _raced(path: Path, kind: str) -> Path:
    path = path.absolute()
    return path.with_name(_RACED.format(path.name[:_HIDDEN_LIMIT], secrets.token_hex(8), kind))


def clear_raced(folder: Path) -> None:
    """Take away what killed runs left of `raced_folder`; an old folder whose place is empty goes back to it.

    Whoever is still at work there, unheard by anybody, notices (`Raced`).
    """
    begin = _HIDDEN.partition("{")[0]
    for path in sorted(folder.glob(f"{begin}*.new")) + sorted(folder.glob(f"{begin}*.was")):
        target = folder / path.name.removeprefix(begin).rpartition(".")[0].rpartition(".")[0]
        with suppress(OSError):
            if path.suffix == ".was" and not target.exists():
                os.rename(path, target)
                continue
            # Renamed first, so that nobody finds half of it to be whole.
            gone = _raced(target, "new")
            os.rename(path, gone)
            shutil.rmtree(gone, ignore_errors=True)


def _hidden(path: Path, kind: str) -> Path:
    path = path.absolute()  # `.` has no name of its own
    return path.with_name(_HIDDEN.format(path.name[:_HIDDEN_LIMIT], kind))


@contextmanager
def working_on(path: Path) -> Iterator[None]:
    """Let no other command make or change the folder `path` until the block ends: it waits a little, then gives up.

    The lock lies beside the folder, and is let go of as the last thing. Raises `EnvironmentFault` where another
    command is at work or the disk refuses.
    """
    lock = _hidden(path, "lock")
    try:
        held = hold(lock, path)
    except OSError as fault:
        raise environment_fault(fault, path) from None
    try:
        yield
    finally:
        let_go(held, lock)


def _put_back(old: Path, path: Path) -> None:
    """Tidy up after a run that stopped while the new folder took the place of the old one."""
    if old.exists() and not path.exists():
        os.replace(old, path)
    elif old.exists():
        shutil.rmtree(old, ignore_errors=True)


def _clear(work: Path, keep: str) -> None:
    """Empty a hidden folder, but for what is to be kept."""
    for entry in list(work.iterdir()):
        if entry.name == keep and any(entry.iterdir()):
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)


def clear_hidden(folder: Path, *, keep_parts: bool = False) -> None:
    """Tidy up in `folder` after runs that were killed while they made folders in it.

    An old folder whose place is empty goes back to it. With `keep_parts` what a next run could go on from stays. What
    another command is working on is not touched.
    """
    begin = _HIDDEN.partition("{")[0]
    for path in sorted(folder.glob(f"{begin}*")):
        name, _, kind = path.name.removeprefix(begin).rpartition(".")
        if kind not in ("old", "part", "lock") or path.is_dir() == (kind == "lock"):
            continue
        lock = _hidden(folder / name, "lock")
        try:
            held = hold(lock, folder, patience=0.0)
        except EnvironmentFault:
            continue
        try:
            if kind == "old":
                _put_back(path, folder / name)
            elif kind == "part" and not keep_parts:
                shutil.rmtree(path, ignore_errors=True)
        finally:
            let_go(held, lock)


def hold(lock: Path, folder: Path, patience: float | None = None) -> IO[bytes]:
    """Hold the file `lock` until `let_go`, so that one command at a time works on `folder`.

    Waits a little (`patience` seconds): processes of a command that was killed may still be ending. Raises
    `EnvironmentFault` where another command is at work, `OSError` where the disk refuses.
    """
    until = time.monotonic() + (_WAIT if patience is None else patience)
    while True:
        lock.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # the folder was taken away in between
            file = lock.open("ab")
            if _locked(file) and _is_the_file(file, lock):
                return file
            file.close()
        if time.monotonic() > until:
            raise EnvironmentFault("errors.environment.busy", folder=str(folder))
        time.sleep(0.05)


def let_go(file: IO[bytes], lock: Path, *, remove: bool = True) -> None:
    """Let others have what `hold` gave; with `remove` no file is left behind."""
    # While it is held nobody else may take the file for theirs; Windows removes no open file.
    if remove and os.name != "nt":
        lock.unlink(missing_ok=True)
    file.close()
    if remove and os.name == "nt":  # pragma: no cover
        with suppress(OSError):
            lock.unlink(missing_ok=True)


def _is_the_file(file: IO[bytes], lock: Path) -> bool:
    """True where the open file is still the one called `lock`: whoever held it before may have removed it."""
    try:
        return os.name == "nt" or os.fstat(file.fileno()).st_ino == lock.stat().st_ino
    except FileNotFoundError:
        return False


def _locked(file: IO[bytes]) -> bool:
    """Try to lock `file` for this process and those it starts: these hold it too, until the last of them has ended."""
    from filelock import lock_descriptor

    try:
        return lock_descriptor(file.fileno(), blocking=False)
    except OSError:
        return False


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
