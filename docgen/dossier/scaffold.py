"""Writing a sample dossier to start from: JSON, or an Excel workbook."""

from __future__ import annotations

from pathlib import Path

from docgen.dossier.sample import sample_dossier
from docgen.dossier.sample_office import add_office
from docgen.dossier.short_book import Asked
from docgen.errors import UsageError
from docgen.regulations.loader import RegulationData
from docgen.storage import json_bytes, write_whole

FILE_NAME = "ho-so"


def write_sample(
    directory: Path,
    regulation: RegulationData,
    excel: bool = False,
    seed: int = 0,
    members: int | None = None,
    year: int | None = None,
    office: bool = False,
    asked: Asked | None = None,
) -> list[Path]:
    """Write the sample dossier of `regulation` into `directory` and return the files: one .json, or one .xlsx.

    `year` is the year it is of, where it is not the regulation's own. With `office` it also has what the papers around
    the packet ask for, which a workbook has no place for. `asked` makes a short book of
    the workbook (`docgen.dossier.short_book`).

    Raises `UsageError` where a file of that name exists (nothing is written then), `EnvironmentFault` where the disk
    refuses or the libraries for Excel are missing.
    """
    path = directory / f"{FILE_NAME}{'.xlsx' if excel else '.json'}"
    if path.exists():
        raise UsageError("errors.usage.exists", file=str(path))
    folders = tuple(folder.parent for folder in regulation.chain)
    data = sample_dossier(regulation.id, seed, members, folders, year)
    if office:
        add_office(regulation, data)
    if excel:
        from docgen.dossier.excel import workbook_bytes

        content = workbook_bytes(regulation, data, asked)
    else:
        content = json_bytes(data)
    write_whole(path, content)
    return [path]
