"""Plain Word pages that are no forms: the index of a packet, the summary for the secretary, a board of grades.

They share styles, margins and headings with the forms. Nothing here passes through Jinja, so a text may hold braces.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from docgen.word import tables
from docgen.word.builder import package
from docgen.word.controls import run


class Page:
    """A document that grows paragraph by paragraph, table by table."""

    def __init__(self, landscape: bool = False) -> None:
        self.landscape = landscape
        self._body: list[str] = []

    def paragraph(self, text: str, style_id: str = "Normal", *, bold: bool = False, new_page: bool = False) -> None:
        """A paragraph in a named style (see `docgen.word.style`); `new_page`: it begins a page."""
        styled = "" if style_id == "Normal" else f'<w:pStyle w:val="{style_id}"/>'
        formed = styled + ("<w:pageBreakBefore/>" if new_page else "")
        named = f"<w:pPr>{formed}</w:pPr>" if formed else ""
        self._body.append(f"<w:p>{named}{run(text, '<w:b/><w:bCs/>' if bold else '')}</w:p>")

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], shares: Sequence[float]) -> None:
        """A bordered table: repeated heading row, rows that do not split, widths in proportion to `shares`.

        A line break inside a text starts a new paragraph of the cell.
        """
        columns = tables.widths(shares, self.landscape)

        def cell(text: str, width: int, style_id: str) -> str:
            lines = "".join(
                f'<w:p><w:pPr><w:pStyle w:val="{style_id}"/></w:pPr>{run(line)}</w:p>' for line in text.split("\n")
            )
            return tables.cell(width, lines, centred=False)

        def row(texts: Sequence[str], style_id: str, header: bool) -> str:
            cells = "".join(cell(text, width, style_id) for text, width in zip(texts, columns, strict=True))
            return tables.row(cells, header=header)

        content = row(heads, "CellSmallHead", True) + "".join(row(texts, "CellSmall", False) for texts in rows)
        self._body.append(tables.table(columns, content))
        self._body.append('<w:p><w:pPr><w:pStyle w:val="TinyLine"/></w:pPr></w:p>')

    def docx(self, title: str, properties: Mapping[str, str], draft: bool = False) -> bytes:
        """The finished file. The same content gives the same bytes."""
        return package(
            "".join(self._body),
            title=title,
            identifier=properties.get("docgen.record", ""),
            properties=properties,
            prompts=[],
            landscape=self.landscape,
            protect=False,
            draft=draft,
        )
