"""Plain Word pages that are no forms: the index of a packet, the summary for the secretary, a board of grades.

They share styles, margins and headings with the forms. Nothing here passes through Jinja, so a text may hold braces.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from docgen.word.write import tables
from docgen.word.write.builder import package
from docgen.word.write.controls import run
from docgen.word.write.watermark import marked_draft

#: The styles that say what the table below them is about.
_HEADINGS = ("FormTitle", "SectionHeading")
_KEEP = "<w:keepNext/>"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a column: its text, its named style, how it is set."""

    text: str
    style_id: str
    bold: bool = False
    underlined: bool = False

    def xml(self) -> str:
        """The paragraph."""
        look = ("<w:b/><w:bCs/>" if self.bold else "") + ('<w:u w:val="single"/>' if self.underlined else "")
        return f'<w:p><w:pPr><w:pStyle w:val="{self.style_id}"/></w:pPr>{run(self.text, look)}</w:p>'


def _kept(paragraph: str) -> str:
    """A paragraph of `Page`, on one page with what follows it."""
    if _KEEP in paragraph:
        return paragraph
    style = re.match(r'<w:p><w:pPr>(<w:pStyle w:val="\w+"/>)?', paragraph)
    if style is None:
        return paragraph.replace("<w:p>", f"<w:p><w:pPr>{_KEEP}</w:pPr>", 1)
    return style[0] + _KEEP + paragraph[style.end() :]


class Page:
    """A document that grows paragraph by paragraph, table by table."""

    def __init__(self, landscape: bool = False) -> None:
        self.landscape = landscape
        self.author = ""
        self._about = ""
        self._body: list[str] = []

    def paragraph(self, text: str, style_id: str = "Normal", *, bold: bool = False, with_next: bool = False) -> None:
        """A paragraph in a named style (see `docgen.word.write.style`); `with_next`: on one page with what follows.

        A document has one title: further lines of it look the same and are no headings.
        """
        if style_id == "FormTitle" and self._about:
            style_id = "TitleLine"
        elif style_id in _HEADINGS:
            self._about = text
        styled = "" if style_id == "Normal" else f'<w:pStyle w:val="{style_id}"/>'
        formed = styled + (_KEEP if with_next else "")
        named = f"<w:pPr>{formed}</w:pPr>" if formed else ""
        self._body.append(f"<w:p>{named}{run(text, '<w:b/><w:bCs/>' if bold else '')}</w:p>")

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], shares: Sequence[float]) -> None:
        """A bordered table: repeated heading row, rows that do not split, widths in proportion to `shares`.

        Its last two rows stay together: under the heading row of another page one would stand alone.
        What it is about is the last heading. A line break inside a text starts a new paragraph of the cell.
        """
        columns = tables.widths(shares, self.landscape)

        def cell(text: str, width: int, style_id: str, keep: str) -> str:
            lines = "".join(
                f'<w:p><w:pPr><w:pStyle w:val="{style_id}"/>{keep}</w:pPr>{run(line)}</w:p>'
                for line in text.split("\n")
            )
            return tables.cell(width, lines, centred=False)

        def row(texts: Sequence[str], style_id: str, *, header: bool = False, keep: str = "") -> str:
            cells = "".join(cell(text, width, style_id, keep) for text, width in zip(texts, columns, strict=True))
            return tables.row(cells, header=header)

        content = row(heads, "CellSmallHead", header=True)
        for left, texts in zip(range(len(rows), 0, -1), rows, strict=True):
            content += row(texts, "CellSmall", keep=_KEEP if left == 2 else "")
        self._body.append(tables.table(columns, content, caption=self._about, heads="; ".join(heads)))
        self._body.append('<w:p><w:pPr><w:pStyle w:val="TinyLine"/></w:pPr></w:p>')

    def columns(self, columns: Sequence[Sequence[Line]], shares: Sequence[float]) -> None:
        """Columns of lines side by side, without borders, that stay on one page, and on that of the paragraph, or the
        last row, before them: a signature does not stand alone."""
        if self._body:
            self._body[-1] = _kept(self._body[-1])
        if self._body[-2:-1] and self._body[-2].startswith("<w:tbl>"):
            above, row, cells = self._body[-2].rpartition("<w:tr>")
            plain = '<w:pStyle w:val="CellSmall"/></w:pPr>'
            self._body[-2] = above + row + cells.replace(plain, plain.replace("</w:pPr>", f"{_KEEP}</w:pPr>"))
        widths = tables.widths(shares, self.landscape)
        cells = "".join(
            tables.cell(width, "".join(line.xml() for line in lines) or Line("", "HeaderLeft").xml(), centred=False)
            for width, lines in zip(widths, columns, strict=True)
        )
        self._body.append(tables.table(widths, tables.row(cells), borders=False))
        self._body.append('<w:p><w:pPr><w:pStyle w:val="TinyLine"/></w:pPr></w:p>')

    def docx(self, title: str, properties: Mapping[str, str], draft: bool = False) -> bytes:
        """The finished file. The same content gives the same bytes."""
        made = package(
            "".join(self._body),
            title=title,
            author=self.author,
            identifier=properties.get("docgen.record", ""),
            properties=properties,
            prompts=[],
            landscape=self.landscape,
            protect=False,
            draft=draft,
        )
        return marked_draft(made) if draft else made
