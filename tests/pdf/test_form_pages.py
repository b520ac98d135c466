"""No form has a badly filled page, blank or with data of any size (all forms: tools/look_at_pages.py)."""

from __future__ import annotations

import pytest

pytest.importorskip("rdocx")
pytest.importorskip("pypdfium2")

from docgen.pdf import convert
from tools.look_at_pages import files


def _faults(names: tuple[str, ...], engine: str) -> list[tuple[str, str]]:
    drawn = [(name, docx) for name, docx in files(["hd16-2018"]) if name.split("/")[1] in names]
    assert len(drawn) == 6 * len(names)
    return [(finding.place.file, finding.code) for finding in convert(drawn, engine).findings]


def test_pages_of_the_embedded_engine() -> None:
    assert _faults(("mau-01", "mau-02", "mau-03", "mau-04", "mau-05", "mau-06", "phu-luc"), "rdocx") == []


@pytest.mark.libreoffice
def test_pages_of_libreoffice() -> None:
    assert _faults(("mau-03", "mau-04", "mau-06"), "libreoffice") == []
