"""A copy of a Word file as a converter to PDF should see it: without content controls, and nothing that Word does not
print.

LibreOffice 7.4 draws controls wrongly (bold lost, a line break moved), so every `w:sdt` (ISO/IEC 29500-1, 17.5.2) is
replaced by its content before a conversion. Revisions are accepted (`docgen.word.after.accept`), links that lead out
of the file taken out (`docgen.word.after.links_out`), and the main part gets its usual name. Text, tables, bookmarks
and pictures stay as they are.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from dataclasses import dataclass

from lxml import etree

from docgen.errors import InputError, InternalError
from docgen.word.after.accept import MAY_CHANGE, accept
from docgen.word.after.links_out import Link, outside
from docgen.word.after.symbols import SIGN_BYTES, part_signs
from docgen.word.after.written import paragraph_text
from docgen.word.file.package import rels_of
from docgen.word.file.safe_open import PartError, read_parts

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
#: The date of every entry of a zip we write: the same input gives the same bytes.
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_POINTS = 20.0
#: Fields in fields; Word itself makes a handful.
MAX_FIELDS_NESTED = 100
_DOCUMENT = "word/document.xml"


def _parts(docx: bytes, name: str) -> dict[str, bytes]:
    """The parts of a Word file. Raises `InputError`: with the finding's own code for what is not safe to unpack."""
    try:
        return read_parts(docx)
    except PartError as fault:
        raise InputError(fault.code, file=name, **fault.params) from None
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError,
            OSError, ValueError, struct.error) as fault:  # fmt: skip
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


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """A copy for conversion, and the links that were taken out of it."""

    docx: bytes
    links: tuple[Link, ...] = ()


def unwrap(docx: bytes, name: str = "docx", section: str = "") -> bytes:
    """`docx` as `unwrapped` gives it; the same input gives the same bytes."""
    return unwrapped(docx, name, section).docx


def unwrapped(docx: bytes, name: str = "docx", section: str = "") -> Unwrapped:
    """`docx` without content controls, revisions, editing protection and links that lead out of it.

    `name` is what errors call the file. With `section`, that `w:sectPr` takes the place of the last one.
    Raises `InputError` for what is no Word file or not safe to unpack (`docgen.word.file.safe_open`), `InternalError`
    where a text would be lost.
    """
    parts = _usual_name(_parts(docx, name), name)
    links: list[Link] = []
    for entry, content, found in list(outside(parts)):
        parts[entry] = content
        links += found
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry, content in parts.items():
            if entry.startswith("word/") and entry.endswith(".xml") and "glossary" not in entry:
                content = _unwrapped_part(entry, content, name, section)
            target.writestr(zipfile.ZipInfo(entry, _ZIP_DATE), content, zipfile.ZIP_DEFLATED, 6)
    return Unwrapped(out.getvalue(), tuple(links))


def _unwrapped_part(entry: str, content: bytes, name: str, section: str) -> bytes:
    if section and entry == _DOCUMENT:
        content = _with_section(_tree(content, name), section)
    if entry == "word/settings.xml":
        if b"documentProtection" not in content:
            return content
        tree = _tree(content, name)
        for item in list(tree.iter(f"{W}documentProtection")):
            tree.remove(item)
        return _bytes(tree)
    _refuse_nested_fields(entry, content, name)
    changes, controls = MAY_CHANGE.search(content), b":sdt>" in content or b":sdt " in content
    signs = SIGN_BYTES.search(content)
    if not changes and not controls and not signs:
        return content
    tree = _tree(content, name)
    if changes:
        accept(tree)
    if controls:
        before = _texts(tree)
        _lift(tree)
        if _texts(tree) != before:
            raise InternalError("pdf.error.unwrap_lost", file=name, part=entry)
    if signs or changes:
        part_signs(tree)
    return _bytes(tree)


def _refuse_nested_fields(entry: str, content: bytes, name: str) -> None:
    """Raise `InputError` where fields stand in fields (17.16.18) deeper than any writer puts them: it takes GBs."""
    if content.count(b"fldChar") <= MAX_FIELDS_NESTED:
        return
    depth = 0
    for mark in _tree(content, name).iter(f"{W}fldChar"):
        kind = mark.get(f"{W}fldCharType")
        depth = max(0, depth + (kind == "begin") - (kind == "end"))
        if depth > MAX_FIELDS_NESTED:
            raise InputError("read.file.too_deep", file=name, part=entry)


def _bytes(tree: etree._Element) -> bytes:
    return bytes(etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True))


def _usual_name(parts: dict[str, bytes], name: str) -> dict[str, bytes]:
    """`parts` with the main part called as Word calls it; any name is allowed (ECMA-376 part 1, 11.3.10)."""
    main = _main_part(parts, name)
    if main == _DOCUMENT:
        return parts
    if main not in parts or _DOCUMENT in parts:
        raise InputError("errors.word.unreadable", file=name, reason=_DOCUMENT)
    old_rels, new_rels = rels_of(main), rels_of(_DOCUMENT)
    out: dict[str, bytes] = {}
    for entry, content in parts.items():
        if entry == main:
            out[_DOCUMENT] = content
        elif entry == old_rels:
            out[new_rels] = _from_root(_tree(content, name), posixpath.dirname(main))
        elif entry == "[Content_Types].xml":
            tree = _tree(content, name)
            for item in tree:
                if item.get("PartName", "").lstrip("/") == main:
                    item.set("PartName", f"/{_DOCUMENT}")
            out[entry] = _bytes(tree)
        elif entry == "_rels/.rels":
            tree = _tree(content, name)
            for item in tree:
                if item.get("Type", "").endswith("/officeDocument"):
                    item.set("Target", _DOCUMENT)
            out[entry] = _bytes(tree)
        else:
            out[entry] = content
    return out


def _main_part(parts: dict[str, bytes], name: str) -> str:
    """The name of the main part, by the relationships of the package."""
    rels = parts.get("_rels/.rels")
    if rels is None:
        return _DOCUMENT
    for item in _tree(rels, name):
        if item.get("Type", "").endswith("/officeDocument") and item.get("TargetMode") != "External":
            return posixpath.normpath(item.get("Target", "")).lstrip("/")
    return _DOCUMENT


def _from_root(tree: etree._Element, folder: str) -> bytes:
    """Relationships with targets named from the root, so that they hold wherever their part lies."""
    for item in tree:
        target = item.get("Target", "")
        if item.get("TargetMode") != "External" and not target.startswith("/"):
            item.set("Target", "/" + posixpath.normpath(posixpath.join(folder, target)))
    return _bytes(tree)


def _with_section(tree: etree._Element, section: str) -> bytes:
    last = tree.find(f"{W}body/{W}sectPr")
    if last is not None:
        parent = last.getparent()
        assert parent is not None
        parent.replace(last, etree.fromstring(section, _PARSER))
    return _bytes(tree)


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
    content = _parts(docx, "docx").get("word/document.xml", b"")
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
