"""In the PDF a table is a table of data; what only places things is none, in both engines."""

from __future__ import annotations

import io
from collections import Counter
from typing import Any

import pytest

from docgen.forms.definition import load_form
from docgen.forms.example import sample_record
from docgen.forms.fill import Filler
from docgen.pdf import convert
from docgen.regulations.loader import load_regulation

pikepdf = pytest.importorskip("pikepdf")
pytest.importorskip("rdocx")


def _tags(element: Any, out: Counter[str]) -> None:
    kids = element.get("/K")
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            out[str(kid.S)] += 1
            _tags(kid, out)


@pytest.mark.parametrize("engine", ["rdocx", pytest.param("libreoffice", marks=pytest.mark.libreoffice)])
def test_only_data_are_a_table(engine: str) -> None:
    """Mẫu 06 of KH 55: a heading in two columns, one table with two heading rows, one block of signatures."""
    definition = load_form(load_regulation("kh55-2018"), "mau-06")
    record = sample_record(definition)
    result = convert([("a", Filler(definition).fill(record))], engine)
    tags: Counter[str] = Counter()
    with pikepdf.open(io.BytesIO(result.pdfs["a"])) as document:
        _tags(document.Root.StructTreeRoot, tags)
        with document.open_outline() as outline:
            assert len(outline.root) == 1
    assert tags["/Table"] == 1
    assert tags["/TR"] == 2 + len(record["members"]), tags
    assert tags["/H1"] == 1
    assert tags["/Div"] >= 2 * 3  # table, row, cell, at least, of two
