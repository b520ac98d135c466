"""Writing a sample dossier to start from: JSON, or an Excel workbook."""

from __future__ import annotations

from pathlib import Path

from docgen.dossier.sample import sample_dossier
from docgen.errors import UsageError
from docgen.regulations.loader import Regulation
from docgen.storage import json_bytes, write_whole

FILE_NAME = "ho-so"


def write_sample(
    directory: Path,
    regulation: Regulation,
    excel: bool = False,
    seed: int = 0,
    members: int | None = None,
    year: int | None = None,
) -> list[Path]:
    """Write the sample dossier of `regulation` into `directory` and return the files: one .json, or one .xlsx.

    `year` is the year it is of, where it is not the regulation's own.

    Raises `UsageError` where a file of that name exists (nothing is written then), `EnvironmentFault` where the disk
    refuses or the libraries for Excel are missing.
    """
    path = directory / f"{FILE_NAME}{'.xlsx' if excel else '.json'}"
    if path.exists():
        raise UsageError("errors.usage.exists", file=str(path))
    folders = tuple(folder.parent for folder in regulation.chain)
    data = sample_dossier(regulation.id, seed, members, folders, year)
    if excel:
        from docgen.dossier.excel import workbook_bytes

        content = workbook_bytes(regulation, data)
    else:
        content = json_bytes(data)
    write_whole(path, content)
    return [path]


def write_empty_workbook(directory: Path, regulation: Regulation) -> list[Path]:
    """Write the workbook of `regulation` to fill in: titles, drop-downs, an example row that loading passes over.

    Raises as `write_sample` does.
    """
    from docgen.dossier.excel import workbook_bytes

    path = directory / f"{FILE_NAME}.xlsx"
    write_whole(path, workbook_bytes(regulation, None))
    return [path]
