"""Tables that only place things are no tables to a screen reader: the heading in two columns, a signature block.

Both engines tag every table of a Word file as one (ISO 32000-1, 14.8.4.3.4). One of data has heading cells in its first
row, because its heading row is repeated on each page; what has none only places things, and becomes divisions (`Div`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from docgen.pdf.reading import need_pikepdf

if TYPE_CHECKING:
    from pikepdf import Pdf

_PARTS = ("/THead", "/TBody", "/TFoot")


def untag_layout(document: Pdf) -> None:
    """Change the tags of the tables of `document` that only place things; nested ones are left as they are."""
    pikepdf = need_pikepdf()
    tree = document.Root.get("/StructTreeRoot")
    for top in _kids(tree) if tree is not None else ():
        for table in _kids(top):
            if _kind(table) != "/Table":
                continue
            rows = list(_rows(table))
            if not rows or any(_kind(cell) == "/TH" for cell in _kids(rows[0])):
                continue
            for element in (table, *rows, *(cell for row in rows for cell in _kids(row))):
                element.S = pikepdf.Name.Div
                if "/A" in element:  # sizes and spans that only a table has
                    del element.A


def _rows(table: Any) -> Iterator[Any]:
    for child in _kids(table):
        if _kind(child) in _PARTS:
            yield from _rows(child)
        elif _kind(child) == "/TR":
            yield child


def _kind(element: Any) -> str:
    return str(element.get("/S", ""))


def _kids(element: Any) -> list[Any]:
    """The structure elements right below one."""
    pikepdf = need_pikepdf()
    kids = element.get("/K")
    found = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
    return [kid for kid in found if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]
