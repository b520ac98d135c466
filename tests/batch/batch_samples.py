"""What the tests of batches share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from docgen.batch import Summary

REGULATION, FORM = "kh55-2018", "mau-05"
Records = list[dict[str, Any]]
Fill = Callable[..., Summary]


def docx(folder: Path) -> dict[str, bytes]:
    """The Word files in a folder."""
    return {path.name: path.read_bytes() for path in folder.glob("*.docx")}
