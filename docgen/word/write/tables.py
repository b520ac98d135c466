"""Tables as WordprocessingML (ECMA-376 part 1, 17.4): the grid and the cells always agree, rows do not split.

Word, LibreOffice and the embedded PDF engine all trust `w:tblGrid`; a table whose cells say otherwise looks different
in each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

from docgen.word.write import style

_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")


def widths(shares: Sequence[float], landscape: bool) -> list[int]:
    """Column widths in twips, in proportion to `shares`, together as wide as the text."""
    total = style.text_width(landscape)
    out = [int(total * share / sum(shares)) for share in shares]
    out[-1] += total - sum(out)
    return out


def cell(width: int, content: str, *, span: int = 1, merge: str = "", centred: bool = True) -> str:
    """A cell of `width` twips around `content` (paragraphs). `merge`: `restart` or `continue`, for merged rows."""
    properties = f'<w:tcW w:w="{width}" w:type="dxa"/>'
    if span > 1:
        properties += f'<w:gridSpan w:val="{span}"/>'
    if merge:
        properties += '<w:vMerge w:val="restart"/>' if merge == "restart" else "<w:vMerge/>"
    if centred:
        properties += '<w:vAlign w:val="center"/>'
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"


def row(cells: str, *, header: bool = False) -> str:
    """A row that stays on one page; a `header` row is repeated on each page."""
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if header else ''}</w:trPr>{cells}</w:tr>"


def table(
    columns: Sequence[int], rows: str, *, borders: bool = True, small: bool = False, caption: str = "", heads: str = ""
) -> str:
    """A table with the given column widths in twips around `rows`; a `small` one has many narrow columns.

    One that holds data has a `caption` and says what its `heads` are (17.4.62, 17.4.63): no page shows either, a
    screen reader reads them out. One that only places things has none, nor a heading row.
    """
    line = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for side in _SIDES)
    border = f"<w:tblBorders>{line}</w:tblBorders>" if borders else ""
    margin = style.twips(style.SMALL_CELL_MARGIN_MM if small else style.CELL_MARGIN_MM)
    # Not spacing of the paragraphs: rdocx leaves out what stands above the first of a cell, and text meets the line.
    upright = style.points20(style.CELL_UPRIGHT_PT) if borders else 0
    told = f"<w:tblCaption w:val={quoteattr(caption)}/>" if caption else ""
    told += f"<w:tblDescription w:val={quoteattr(heads)}/>" if heads else ""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in columns)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(columns)}" w:type="dxa"/>{border}<w:tblLayout w:type="fixed"/>'
        f'<w:tblCellMar><w:top w:w="{upright}" w:type="dxa"/><w:left w:w="{margin}" w:type="dxa"/>'
        f'<w:bottom w:w="{upright}" w:type="dxa"/><w:right w:w="{margin}" w:type="dxa"/></w:tblCellMar>'
        f"{told}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )
