"""Taking the content controls off a Word file, and nothing else: what a converter to PDF should see.

LibreOffice 7.4 draws controls wrongly (bold lost, a line break moved), so every `w:sdt` (ISO/IEC 29500-1, 17.5.2) is
replaced by its content before a conversion. Text, tables, bookmarks and pictures stay as they are.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from docgen.errors import InputError, InternalError
from docgen.word.written import paragraph_text

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
#: The date of every entry of a zip we write: the same input gives the same bytes.
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_POINTS = 20.0


def _parts(docx: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(docx)) as archive:
            for entry in archive.namelist():
                yield entry, archive.read(entry)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError) as fault:
        raise InputError("errors.word.unreadable", file=name, reason=type(fault).__name__) from None


def _tree(content: bytes, name: str) -> etree._Element:
    try:
        return etree.fromstring(content, _PARSER)
    except etree.XMLSyntaxError as fault:
        raise InputError("errors.word.unreadable", file=name, reason=str(fault.msg)) from None


def _lift(tree: etree._Element) -> None:
    """Replace each control by the children of its content, innermost last so that nesting needs no second pass."""
    for control in list(tree.iter(f"{W}sdt")):
        parent = control.getparent()
        if parent is None:
            continue
        position = parent.index(control)
        content = control.find(f"{W}sdtContent")
        inner = list(content) if content is not None else []
        parent.remove(control)
        for offset, child in enumerate(inner):
            parent.insert(position + offset, child)
    for cell in tree.iter(f"{W}tc"):
        # A cell must end with a paragraph (17.4.65); a control that held nothing may have been its only content.
        if not len(cell) or cell[-1].tag != f"{W}p":
            etree.SubElement(cell, f"{W}p")


def _texts(tree: etree._Element) -> list[str]:
    return [text for text in (paragraph_text(p) for p in tree.iter(f"{W}p")) if text]


def unwrap(docx: bytes, name: str = "docx", section: str = "") -> bytes:
    """`docx` without content controls and without editing protection; the same input gives the same bytes.

    `name` is what errors call the file. With `section`, that `w:sectPr` takes the place of the last one.
    Raises `InputError` for what is no Word file and `InternalError` where a text
    would be lost.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry, content in _parts(docx, name):
            if entry.startswith("word/") and entry.endswith(".xml") and "glossary" not in entry:
                if section and entry == "word/document.xml":
                    content = _with_section(_tree(content, name), section)
                if b":sdt>" in content or b":sdt " in content:
                    tree = _tree(content, name)
                    before = _texts(tree)
                    _lift(tree)
                    if _texts(tree) != before:
                        raise InternalError("pdf.error.unwrap_lost", file=name, part=entry)
                    content = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
                elif entry == "word/settings.xml" and b"documentProtection" in content:
                    tree = _tree(content, name)
                    for item in list(tree.iter(f"{W}documentProtection")):
                        tree.remove(item)
                    content = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
            target.writestr(zipfile.ZipInfo(entry, _ZIP_DATE), content, zipfile.ZIP_DEFLATED, 6)
    return out.getvalue()


def _with_section(tree: etree._Element, section: str) -> bytes:
    last = tree.find(f"{W}body/{W}sectPr")
    if last is not None:
        parent = last.getparent()
        assert parent is not None
        parent.replace(last, etree.fromstring(section, _PARSER))
    return bytes(etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True))


@dataclass(frozen=True, slots=True)
class MarkedCell:
    """A table cell with a bookmark, as the document states it (lengths in points).

    `block` is the position of its table among the children of the body, `left` and `width` its column measured from
    the left margin, `above` and `below` the texts before and after the bookmark's paragraph.
    """

    bookmark: str
    block: int
    left: float
    width: float
    above: tuple[str, ...]
    below: tuple[str, ...]
    left_margin: float


def marked_cells(docx: bytes, prefix: str) -> list[MarkedCell]:
    """Every cell of a top-level table that holds a bookmark whose name begins with `prefix`, in document order.

    `docx` must have been through `unwrap`. A bookmark outside a table is left out.
    """
    content = dict(_parts(docx, "docx")).get("word/document.xml", b"")
    body = _tree(content, "docx").find(f"{W}body")
    out: list[MarkedCell] = []
    if body is None:
        return out
    margin = body.find(f"{W}sectPr/{W}pgMar")
    left_margin = float(margin.get(f"{W}left", "0")) / _POINTS if margin is not None else 0.0
    for block, child in enumerate(body):
        if child.tag != f"{W}tbl":
            continue
        for mark in child.iter(f"{W}bookmarkStart"):
            bookmark = mark.get(f"{W}name", "")
            paragraph = next(mark.iterancestors(f"{W}p"), None)
            cell = next(mark.iterancestors(f"{W}tc"), None)
            if not bookmark.startswith(prefix) or paragraph is None or cell is None:
                continue
            left, width = _column(child, cell)
            paragraphs = list(cell.iter(f"{W}p"))
            position = paragraphs.index(paragraph)
            above = tuple(text for text in map(paragraph_text, paragraphs[:position]) if text.strip())
            below = tuple(text for text in map(paragraph_text, paragraphs[position + 1 :]) if text.strip())
            out.append(MarkedCell(bookmark, block, left, width, above, below, left_margin))
    return out


def _column(table: etree._Element, cell: etree._Element) -> tuple[float, float]:
    """Left edge and width of the columns that `cell` covers, from the table's grid."""
    grid = [float(column.get(f"{W}w", "0")) / _POINTS for column in table.iterfind(f"{W}tblGrid/{W}gridCol")]
    row = cell.getparent()
    start = 0
    for other in row.iterfind(f"{W}tc") if row is not None else ():
        span = other.find(f"{W}tcPr/{W}gridSpan")
        columns = int(span.get(f"{W}val", "1")) if span is not None else 1
        if other is cell:
            return sum(grid[:start]), sum(grid[start : start + columns])
        start += columns
    return 0.0, sum(grid)
