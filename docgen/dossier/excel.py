"""The dossier as an Excel workbook: `read_workbook` and `write_workbook`. Writing needs the extra `excel`."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docgen.dossier.loaded import Dossier
from docgen.dossier.short_book import Asked
from docgen.errors import EnvironmentFault
from docgen.model import Finding
from docgen.paths import AnyRecord
from docgen.regulations.loader import RegulationData
from docgen.storage import write_whole


def library(name: str) -> Any:
    """The library `name`; `EnvironmentFault` with the line to install it where it is missing."""
    try:
        return importlib.import_module(name)
    except ImportError:
        raise EnvironmentFault("dossier.environment.no_excel", library=name, install="pip install '.[excel]'") from None


def read_workbook(
    raw: bytes, file: str, sha256: str, folders: Sequence[Path | str] = (), base: Path | None = None
) -> tuple[Dossier | None, list[Finding]]:
    """The dossier in the bytes of a workbook, and all findings. Every value knows its cell (`Đảng viên!C7`)."""
    from docgen.dossier.excel_read import read

    return read(raw, file, sha256, folders, base)


def workbook_bytes(regulation: RegulationData, data: AnyRecord | None = None, asked: Asked | None = None) -> bytes:
    """A workbook with `data` (in canonical form), or an empty one with an example row in each table.

    With `asked` it is a short book: a guide first, then what is asked or has a value; else it has every column.

    Raises `UsageError` for a text longer than a cell can hold.
    """
    library("xlsxwriter")
    from docgen.dossier.excel_write import build

    return build(regulation, data, asked)


def write_workbook(
    path: Path, regulation: RegulationData, dossier: Dossier | None = None, *, overwrite: bool = False
) -> None:
    """Write a workbook for `dossier`, or an empty one, to `path`, whole or not at all."""
    write_whole(path, workbook_bytes(regulation, dossier.data if dossier else None), overwrite=overwrite)
