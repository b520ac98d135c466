"""The file of a dossier replaced by its next version: the one before it is kept beside it."""

from __future__ import annotations

from pathlib import Path

from docgen.errors import EnvironmentFault, UsageError
from docgen.storage import write_whole

#: Workbooks that are changed in place; one with macros keeps them.
WORKBOOKS = (".xlsx", ".xlsm")


def is_workbook(path: Path) -> bool:
    """True for a file whose name says that it is a workbook."""
    return path.suffix.lower() in WORKBOOKS


def refuse_open(path: Path) -> None:
    """Raise `EnvironmentFault` where Excel (`~$name`) or LibreOffice (`.~lock.name#`) has the file open.

    What is written behind their back is lost with the next "Save".
    """
    for name in (f"~${path.name}", f".~lock.{path.name}#"):
        if path.with_name(name).exists():
            raise EnvironmentFault("dossier.environment.open_elsewhere", file=str(path), lock=name)


def replace_file(target: Path, before: bytes, content: bytes) -> Path:
    """Put `content` in the place of `before`, which `target` held when it was read; gives the path of the backup.

    Raises `UsageError` where the file has changed since, `EnvironmentFault` where it is open in another program or the
    disk refuses.
    """
    refuse_open(target)
    if target.read_bytes() != before:
        raise UsageError("read.usage.changed_meanwhile", file=str(target))
    number = 1
    while (backup := target.with_name(f"{target.stem}.truoc-{number}{target.suffix}.bak")).exists():
        number += 1
    write_whole(backup, before)
    write_whole(target, content, overwrite=True)
    return backup
