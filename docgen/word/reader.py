"""What stands in a Word document: paragraphs, tables, and the content controls among them.

The view is that of a reader who accepted all tracked changes: what was inserted is there, what was deleted or moved
away is not (ECMA-376 17.13.5). Runs are joined and the text is NFC, because Word cuts a word into runs wherever it
likes and macOS types Vietnamese letters decomposed. Comments are not text. Of alternate content the first choice
counts (part 3, 10.2). Nothing here knows what a form is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from docgen.word.safe_open import PartError

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"

#: Characters of the fonts Wingdings and Wingdings 2 that people insert as ticks (`w:sym`), as Unicode.
_SYMBOLS = {
    "F0FE": "☒", "F078": "☒", "F0FD": "☒", "F052": "☑", "F0FC": "✓", "F050": "✓", "F04F": "✗", "F0FB": "✗",
    "F0A8": "☐", "F06F": "☐", "F0A3": "☐", "F071": "☐",
}  # fmt: skip
_OFF = ("0", "false", "off", "none")
#: Elements that only wrap others, in a paragraph or around paragraphs.
_WRAPPERS = frozenset(f"{W}{n}" for n in ("hyperlink", "smartTag", "customXml", "fldSimple", "dir", "bdo", "ruby"))
_INSERTED = frozenset((f"{W}ins", f"{W}moveTo"))
_DELETED = frozenset((f"{W}del", f"{W}moveFrom"))
#: Kinds of control that hold other controls or things that are no value.
_HOLDERS = frozenset(
    ("group", "picture", "docPartList", "docPartObj", "equation", "repeatingSection", "repeatingSectionItem")
)
#: A control in a control in a control happens by pasting; this many happen by malice.
MAX_NESTED = 24
#: Paragraphs of one document. A table of 1,000 members has about 20,000; reading 50,000 takes some two seconds.
MAX_PARAGRAPHS = 50_000


@dataclass(frozen=True, slots=True)
class Where:
    """Where something stands: paragraph (counted outside tables), or table, row and cell; all from 1, 0 for none."""

    paragraph: int = 0
    table: int = 0
    row: int = 0
    cell: int = 0


@dataclass(slots=True, eq=False)
class Control:
    """A content control and what is in it, in the accepted view.

    `kind` is text, rich, date, choice, box, or other (groups, pictures, repeating sections). `flagged` says that Word
    calls the content a prompt, `styled` that every run of it has a character style, as prompts have. `line` numbers
    the table row the control stands in, so that controls of one row are known as such (0 outside tables).
    """

    tag: str
    alias: str
    kind: str
    where: Where
    line: int = 0
    options: dict[str, str] = field(default_factory=dict)
    checked: bool | None = None
    full_date: str = ""
    flagged: bool = False
    styled: bool = True
    revised: bool = False
    heading: str = ""
    _texts: list[tuple[int, list[str]]] = field(default_factory=list)

    @property
    def paragraphs(self) -> list[str]:
        """The text, one item a paragraph."""
        return [clean("".join(pieces)) for _, pieces in self._texts]

    @property
    def text(self) -> str:
        """The text in one line."""
        return clean(" ".join(self.paragraphs))

    def add(self, paragraph: int, text: str, has_style: bool) -> None:
        """Take in `text`, which stands in the paragraph with that number."""
        if not self._texts or self._texts[-1][0] != paragraph:
            self._texts.append((paragraph, []))
        self._texts[-1][1].append(text)
        self.styled = self.styled and has_style


@dataclass(slots=True, eq=False)
class Paragraph:
    """A paragraph: its text in pieces, each with the outermost tagged control it stands in, or None."""

    where: Where
    style: str = ""
    number: int = 0
    pieces: list[tuple[str, Control | None]] = field(default_factory=list)
    bookmarks: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text of the paragraph."""
        return clean("".join(text for text, _ in self.pieces))


@dataclass(slots=True, eq=False)
class Row:
    """A table row: the blocks of each of its cells."""

    where: Where
    cells: list[list[Block]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Table:
    """A table."""

    number: int
    rows: list[Row] = field(default_factory=list)


Block = Paragraph | Table


@dataclass(slots=True)
class WordText:
    """The document as read: blocks, controls in order, and what was met on the way.

    `revisions` counts tracked changes, `hidden` runs of hidden text (left out), `foreign` pieces that only Word can
    read (`w:altChunk`).
    """

    blocks: list[Block] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)
    revisions: int = 0
    hidden: int = 0
    foreign: int = 0


def clean(text: str) -> str:
    """`text` in NFC, white space of any kind as one space, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def read_text(document: etree._Element) -> WordText:
    """The document whose main part is `document` (the tree of `word/document.xml`).

    Raises `PartError` for controls nested without end and for a document far longer than any form.
    """
    reader = _Reader()
    body = document.find(f"{W}body")
    if body is not None:
        reader.blocks(body, reader.out.blocks, Where())
    return reader.out


def paragraphs_of(blocks: list[Block]) -> Iterator[Paragraph]:
    """Every paragraph below `blocks`, tables included, in order."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block
        else:
            for row in block.rows:
                for cell in row.cells:
                    yield from paragraphs_of(cell)


def prompts_of(glossary: etree._Element | None) -> set[str]:
    """The prompts that the file's own glossary holds (17.12), as they read when shown."""
    if glossary is None:
        return set()
    out = set()
    for part in glossary.iter(f"{W}docPartBody"):
        text = clean("".join(t.text or "" for t in part.iter(f"{W}t")))
        if text:
            out.add(text)
    return out


def _outermost(element: etree._Element, tag: str) -> Iterator[etree._Element]:
    """The elements `tag` below `element` that are in no other of them."""
    for child in element:
        if child.tag == tag:
            yield child
        else:
            yield from _outermost(child, tag)


def _on(element: etree._Element | None) -> bool:
    """True for a toggle that is there and not switched off (17.17.4)."""
    return element is not None and (element.get(f"{W}val") or "1").lower() not in _OFF


class _Reader:
    def __init__(self) -> None:
        self.out = WordText()
        self.stack: list[Control] = []
        self.paragraph_count = 0
        self.paragraph_number = 0
        self.table_count = 0
        self.line = 0
        self.lines = 0
        self.heading = ""
        self.pending: Paragraph | None = None

    # -- blocks ------------------------------------------------------------------------------------------------------

    def blocks(self, parent: etree._Element, out: list[Block], where: Where) -> None:
        for child in parent:
            tag = child.tag
            if tag == f"{W}p":
                self.paragraph(child, out, where)
            elif tag == f"{W}tbl":
                self.table(child, out, where)
            elif tag == f"{W}sdt":
                content = self.enter(child, where)
                if content is not None:
                    self.blocks(content, out, where)
                self.stack.pop()
            elif tag == f"{W}altChunk":
                self.out.foreign += 1
            elif tag in _DELETED:
                self.revised()
            elif tag in _INSERTED or tag in _WRAPPERS:
                self.blocks(child, out, where)
            elif tag == f"{MC}AlternateContent":
                self.blocks(self.chosen(child), out, where)
        self.pending = None

    @staticmethod
    def chosen(alternate: etree._Element) -> etree._Element:
        choice = alternate.find(f"{MC}Choice")
        fallback = alternate.find(f"{MC}Fallback")
        found = choice if choice is not None else fallback
        return found if found is not None else alternate

    def enter(self, sdt: etree._Element, where: Where) -> etree._Element | None:
        """Step into a control: it is on the stack, and its content comes back."""
        if len(self.stack) >= MAX_NESTED:
            raise PartError("read.file.too_deep", part="word/document.xml")
        control = _control(sdt.find(f"{W}sdtPr"), where)
        control.line = self.line
        control.heading = self.heading
        self.stack.append(control)
        self.out.controls.append(control)
        return sdt.find(f"{W}sdtContent")

    def revised(self) -> None:
        self.out.revisions += 1
        for control in self.stack:
            control.revised = True

    def table(self, tbl: etree._Element, out: list[Block], where: Where) -> None:
        self.table_count += 1
        table = Table(self.table_count)
        out.append(table)
        self.rows(tbl, table)

    def rows(self, parent: etree._Element, table: Table) -> None:
        for child in parent:
            if child.tag == f"{W}tr":
                properties = child.find(f"{W}trPr")
                if properties is not None and properties.find(f"{W}del") is not None:
                    self.revised()
                    continue
                if properties is not None and properties.find(f"{W}ins") is not None:
                    self.revised()
                row = Row(Where(0, table.number, len(table.rows) + 1, 0))
                table.rows.append(row)
                outer, self.lines = self.line, self.lines + 1
                self.line = self.lines
                self.cells(child, row)
                self.line = outer
            elif child.tag == f"{W}sdt":
                content = self.enter(child, Where(0, table.number, len(table.rows) + 1, 0))
                if content is not None:
                    self.rows(content, table)
                self.stack.pop()
            elif child.tag in _WRAPPERS or child.tag in _INSERTED:
                self.rows(child, table)
            elif child.tag == f"{MC}AlternateContent":
                self.rows(self.chosen(child), table)

    def cells(self, parent: etree._Element, row: Row) -> None:
        for child in parent:
            where = Where(0, row.where.table, row.where.row, len(row.cells) + 1)
            if child.tag == f"{W}tc":
                if child.find(f"{W}tcPr/{W}cellDel") is not None:
                    self.revised()
                    continue
                cell: list[Block] = []
                row.cells.append(cell)
                self.blocks(child, cell, where)
            elif child.tag == f"{W}sdt":
                content = self.enter(child, where)
                if content is not None:
                    self.cells(content, row)
                self.stack.pop()
            elif child.tag in _WRAPPERS:
                self.cells(child, row)

    # -- paragraphs --------------------------------------------------------------------------------------------------

    def paragraph(self, p: etree._Element, out: list[Block], where: Where) -> None:
        properties = p.find(f"{W}pPr")
        style = mark = None
        if properties is not None:
            style = properties.find(f"{W}pStyle")
            mark = properties.find(f"{W}rPr")
        paragraph = self.pending
        self.pending = None
        if paragraph is None:
            if not where.table:
                self.paragraph_count += 1
                where = Where(self.paragraph_count)
            self.paragraph_number += 1
            if self.paragraph_number > MAX_PARAGRAPHS:
                raise PartError("read.file.too_long", limit=MAX_PARAGRAPHS)
            paragraph = Paragraph(where, style.get(f"{W}val", "") if style is not None else "", self.paragraph_number)
            out.append(paragraph)
        boxes: list[etree._Element] = []
        self.inline(p, paragraph, boxes)
        if paragraph.style.endswith("Heading"):
            self.note_heading(paragraph)
        if mark is not None and any(mark.find(name) is not None for name in _DELETED):
            # The paragraph mark was deleted: in the accepted view the next paragraph continues this one.
            self.revised()
            self.pending = paragraph
        elif mark is not None and any(mark.find(name) is not None for name in _INSERTED):
            self.revised()
        for box in boxes:
            self.blocks(box, out, where)

    def note_heading(self, paragraph: Paragraph) -> None:
        found = re.match(r"\s*([IVXLC]+|\d+(?:\.\d+)*)[.)]", paragraph.text)
        if found is None:
            return
        top = self.heading.split(".")[0] if self.heading else ""
        self.heading = found[1] if not found[1][0].isdigit() or not top else f"{top}.{found[1]}"

    def inline(self, parent: etree._Element, paragraph: Paragraph, boxes: list[etree._Element]) -> None:
        for child in parent:
            tag = child.tag
            if tag == f"{W}r":
                self.run(child, paragraph, boxes)
            elif tag == f"{W}sdt":
                content = self.enter(child, paragraph.where)
                if content is not None:
                    self.inline(content, paragraph, boxes)
                self.stack.pop()
            elif tag in _DELETED:
                self.revised()
            elif tag in _INSERTED:
                self.revised()
                self.inline(child, paragraph, boxes)
            elif tag in _WRAPPERS:
                self.inline(child, paragraph, boxes)
            elif tag == f"{MC}AlternateContent":
                self.inline(self.chosen(child), paragraph, boxes)
            elif tag == f"{W}bookmarkStart":
                paragraph.bookmarks.append(child.get(f"{W}name", ""))
            elif isinstance(tag, str) and tag.endswith(("}oMath", "}oMathPara")):
                self.text("".join(t.text or "" for t in child.iter(_MATH_TEXT)), paragraph, True)

    def run(self, r: etree._Element, paragraph: Paragraph, boxes: list[etree._Element]) -> None:
        properties = r.find(f"{W}rPr")
        styled = False
        if properties is not None:
            styled = properties.find(f"{W}rStyle") is not None
            if _on(properties.find(f"{W}vanish")):
                if any((t.text or "").strip() for t in r.iter(f"{W}t")):
                    self.out.hidden += 1
                return
            if properties.find(f"{W}ins") is not None:
                self.revised()
            if properties.find(f"{W}del") is not None:
                self.revised()
                return
        for child in r:
            tag = child.tag
            if tag == f"{W}t":
                self.text(child.text or "", paragraph, styled)
            elif tag in (f"{W}tab", f"{W}br", f"{W}cr", f"{W}ptab"):
                self.text("\n", paragraph, styled)
            elif tag == f"{W}noBreakHyphen":
                self.text("-", paragraph, styled)
            elif tag == f"{W}sym":
                self.text(self.symbol(child), paragraph, styled)
            elif tag == f"{MC}AlternateContent":
                boxes.extend(_outermost(self.chosen(child), f"{W}txbxContent"))
            elif tag in (f"{W}drawing", f"{W}pict", f"{W}object"):
                boxes.extend(_outermost(child, f"{W}txbxContent"))

    @staticmethod
    def symbol(sym: etree._Element) -> str:
        code = sym.get(f"{W}char", "").upper()
        if code in _SYMBOLS:
            return _SYMBOLS[code]
        try:
            return chr(int(code, 16))
        except (ValueError, OverflowError):
            return ""

    def text(self, text: str, paragraph: Paragraph, styled: bool) -> None:
        if not text:
            return
        holder = None
        for control in self.stack:
            control.add(paragraph.number, text, styled or not text.strip())
            if holder is None and control.tag:
                holder = control
        paragraph.pieces.append((text, holder))


def _control(properties: etree._Element | None, where: Where) -> Control:
    """The control that `properties` (`w:sdtPr`, 17.5.2.38) describe, still without its text."""
    out = Control("", "", "rich", where)
    if properties is None:
        return out
    for child in properties:
        tag = child.tag
        value = child.get(f"{W}val", "")
        if tag == f"{W}tag":
            out.tag = unicodedata.normalize("NFC", value).strip()
        elif tag == f"{W}alias":
            out.alias = unicodedata.normalize("NFC", value).strip()
        elif tag == f"{W}showingPlcHdr":
            out.flagged = _on(child)
        elif tag == f"{W}text":
            out.kind = "text"
        elif tag == f"{W}date":
            out.kind = "date"
            out.full_date = child.get(f"{W}fullDate", "")[:10]
        elif tag in (f"{W}dropDownList", f"{W}comboBox"):
            out.kind = "choice"
            for item in child.iter(f"{W}listItem"):
                code = item.get(f"{W}value", "")
                out.options[clean(item.get(f"{W}displayText") or code)] = code
        elif tag == f"{W14}checkbox":
            out.kind = "box"
            checked = child.find(f"{W14}checked")
            if checked is not None:
                out.checked = (checked.get(f"{W14}val") or "1").lower() not in _OFF
        elif isinstance(tag, str) and tag.rsplit("}", 1)[-1] in _HOLDERS:
            out.kind = "other"
    return out
