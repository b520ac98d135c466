"""What a Word file says each piece of it is, so that a page drawn from it can be judged: a heading, a signature block,
the head row of a table, a note, or ordinary text.

A piece (`Unit`) is a paragraph of the body or a row of one of its tables, in the order in which they are drawn.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Literal

from lxml import etree

from docgen.word.after.written import paragraph_text
from docgen.word.file.looks import is_on
from docgen.word.file.safe_open import read_parts

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
#: Styles of the notes at the end, and of the room of a signature (`docgen.word.write.style`).
NOTE_STYLES = frozenset({"NoteRule", "NoteText"})
ZONE_STYLE = "SignZone"
#: An outline level from here on is body text (ISO/IEC 29500-1, 17.3.1.20).
_BODY_LEVEL = 9
_DOCUMENT = "word/document.xml"
#: Styles based on styles: more than this many is a circle.
_MAX_CHAIN = 20
#: Groups stand in groups no deeper than that; where more rows are kept together, a table is to stand whole.
MOST_GROUPS = 3
_POINTS = 20.0

Role = Literal["text", "heading", "note", "sign", "head", "group", "row"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A paragraph or a row: what it is, the texts of its paragraphs, the number of its table (from 1, 0 for none).

    `head` is a row that is repeated on each page, `group` a row that is kept with the rows below it, `sign` a
    signature block. `new_page`: the file itself begins a page here. `whole`: a row of a table that stands on one page.
    """

    role: Role
    texts: tuple[str, ...]
    table: int = 0
    new_page: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Paged:
    """The pieces of a file, the upper and the lower margin of its pages in points, the texts of its page heads and
    feet."""

    units: tuple[Unit, ...]
    top: float
    bottom: float
    heads: tuple[str, ...]


def paged(docx: bytes) -> Paged:
    """The pieces of `docx`, which must have been through `docgen.word.after.unwrap`."""
    parts = read_parts(docx)
    body = _tree(parts.get(_DOCUMENT, b"<none/>")).find(f"{W}body")
    styles = _Styles(_tree(parts.get("word/styles.xml", b"<none/>")))
    if body is None:
        return Paged((), 0.0, 0.0, ())
    found = body.find(f"{W}sectPr/{W}pgMar")
    top, bottom = (
        abs(float(found.get(f"{W}{side}", "0"))) / _POINTS if found is not None else 0.0 for side in ("top", "bottom")
    )
    heads = [
        text
        for name, content in parts.items()
        if name.startswith(("word/header", "word/footer"))
        for text in map(paragraph_text, _tree(content).iter(f"{W}p"))
        if text.strip()
    ]
    return Paged(tuple(unit for unit, _ in _units(body, styles)), top, bottom, tuple(heads))


def _tree(content: bytes) -> etree._Element:
    return etree.fromstring(content, _PARSER)


class _Styles:
    """The paragraph styles of a file: outline level, kept with what follows, begins a page."""

    def __init__(self, tree: etree._Element) -> None:
        self._styles = {style.get(f"{W}styleId", ""): style for style in tree.iter(f"{W}style")}

    def find(self, paragraph: etree._Element, name: str) -> etree._Element | None:
        """The paragraph property `name`: the paragraph's own, or that of its style or of those it is based on."""
        own = paragraph.find(f"{W}pPr/{W}{name}")
        at = style_of(paragraph)
        for _ in range(_MAX_CHAIN):
            if own is not None or at not in self._styles:
                break
            style = self._styles[at]
            own = style.find(f"{W}pPr/{W}{name}")
            based = style.find(f"{W}basedOn")
            at = based.get(f"{W}val", "") if based is not None else ""
        return own

    def is_heading(self, paragraph: etree._Element) -> bool:
        level = self.find(paragraph, "outlineLvl")
        return level is not None and int(level.get(f"{W}val", str(_BODY_LEVEL))) < _BODY_LEVEL

    def is_kept(self, paragraph: etree._Element) -> bool:
        return is_on(self.find(paragraph, "keepNext"))

    def begins_page(self, paragraph: etree._Element) -> bool:
        return is_on(self.find(paragraph, "pageBreakBefore"))


def style_of(paragraph: etree._Element) -> str:
    """The id of the style of a paragraph; empty where it names none."""
    named = paragraph.find(f"{W}pPr/{W}pStyle")
    return named.get(f"{W}val", "") if named is not None else ""


def _units(body: etree._Element, styles: _Styles) -> Iterator[tuple[Unit, etree._Element]]:
    """The pieces, each with its paragraph or row."""
    tables = 0
    broken = False  # the file itself has ended a page before what comes next
    for child in body:
        if child.tag == f"{W}p":
            before, after = _breaks(child)
            broken = broken or before or styles.begins_page(child)
            text = paragraph_text(child)
            if text.strip():
                role: Role = "note" if style_of(child) in NOTE_STYLES else "text"
                yield Unit("heading" if styles.is_heading(child) else role, (text,), 0, broken), child
                broken = False
            broken = broken or after
        elif child.tag == f"{W}tbl":
            tables += 1
            for unit, row in _rows(child, tables, styles, broken):
                yield unit, row
                broken = False


def _breaks(paragraph: etree._Element) -> tuple[bool, bool]:
    """Whether a page ends right before the first text of a paragraph, and right after its last (17.3.3.1, 17.6.22)."""
    signs = [
        item.tag == f"{W}br"
        for item in paragraph.iter(f"{W}br", f"{W}t")
        if (item.get(f"{W}type") == "page" if item.tag == f"{W}br" else item.text)
    ]
    section = paragraph.find(f"{W}pPr/{W}sectPr")
    kind = section.find(f"{W}type") if section is not None else None
    ended = section is not None and (kind is None or kind.get(f"{W}val") != "continuous")
    return bool(signs) and signs[0] and not all(signs), ended or (bool(signs) and signs[-1])


def _rows(table: etree._Element, number: int, styles: _Styles, broken: bool) -> Iterator[tuple[Unit, etree._Element]]:
    rows = list(table.iterchildren(f"{W}tr"))
    shown = [[(p, text) for p in row.iter(f"{W}p") if (text := paragraph_text(p)).strip()] for row in rows]
    heads = [is_on(row.find(f"{W}trPr/{W}tblHeader")) for row in rows]
    kept = [bool(row) and all(styles.is_kept(p) for p, _ in row) for row in shown]
    # Of a blank table too, whose rows have no text to go by.
    whole = all(styles.is_kept(p) for row in rows[heads.count(True) : -1] for p in row.iter(f"{W}p"))
    is_sign = any(style_of(paragraph) == ZONE_STYLE for paragraph in table.iter(f"{W}p"))
    for position, row in enumerate(rows):
        begins = (broken and position == 0) or any(styles.begins_page(p) for p in list(row.iter(f"{W}p"))[:1])
        role: Role = "row"
        if is_sign:
            role = "sign"
        elif heads[position]:
            role = "head"
        elif kept[position] and position + 1 < len(rows) and _together(kept, heads, position) <= MOST_GROUPS:
            role = "group"
        yield Unit(role, tuple(text for _, text in shown[position]), number, begins, whole and not is_sign), row


def _together(kept: list[bool], heads: list[bool], position: int) -> int:
    """How many rows in a row, that at `position` among them, are each kept with the next."""
    first = last = position
    while first > 0 and kept[first - 1] and not heads[first - 1]:
        first -= 1
    while last + 1 < len(kept) and kept[last + 1]:
        last += 1
    return last - first + 1


def new_page_before(docx: bytes, number: int) -> bytes:
    """A copy of `docx` in which the piece `number` (as in `Paged.units`) begins a page; its table is divided there.

    For a drawing only: an engine that does not keep a row with what follows it is told where the page ends.
    """
    parts = read_parts(docx)
    tree = _tree(parts[_DOCUMENT])
    body = tree.find(f"{W}body")
    styles = _Styles(_tree(parts.get("word/styles.xml", b"<none/>")))
    assert body is not None  # it has a piece
    element = next(found for n, (_, found) in enumerate(_units(body, styles)) if n == number)
    table = element.getparent()
    target = element
    if table is not None and table.tag == f"{W}tbl":
        target = table if table.find(f"{W}tr") is element else _divided(table, element)
    target.addprevious(_page_end())
    parts[_DOCUMENT] = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return out.getvalue()


def _divided(table: etree._Element, row: etree._Element) -> etree._Element:
    """Move the rows from `row` on to a table of their own right behind, under the same head rows."""
    rows = list(table.iterchildren(f"{W}tr"))
    second = etree.Element(f"{W}tbl")
    for part in (table.find(f"{W}tblPr"), table.find(f"{W}tblGrid")):
        if part is not None:
            second.append(deepcopy(part))
    second.extend(deepcopy(head) for head in rows if is_on(head.find(f"{W}trPr/{W}tblHeader")))
    second.extend(rows[rows.index(row) :])
    table.addnext(second)
    return second


def _page_end() -> etree._Element:
    """A paragraph as low as can be that begins a page."""
    return _tree(
        f'<w:p xmlns:w="{W[1:-1]}"><w:pPr><w:pageBreakBefore/><w:spacing w:before="0" w:after="0" w:line="1" '
        'w:lineRule="exact"/></w:pPr></w:p>'.encode()
    )


__all__ = ["NOTE_STYLES", "ZONE_STYLE", "Paged", "Role", "Unit", "new_page_before", "paged"]
