"""What stands in a Word document: paragraphs, tables, and the content controls among them.

The view is that of a reader who accepted all tracked changes: what was inserted is there, what was deleted or moved
away is not (ECMA-376 17.13.5). Runs are joined and the text is NFC, because Word cuts a word into runs wherever it
likes and macOS types Vietnamese letters decomposed. Text in a font of before Unicode is converted, text that is struck
through is none; comments are not text. Of alternate content the first choice counts (part 3, 10.2). What is not text
(pictures, drawings, remarks) is noted where it stands. Nothing here knows what a form is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from lxml import etree

from docgen.word.file.looks import Look, Looks, is_on
from docgen.word.file.safe_open import PartError
from docgen.word.read.old_fonts import TCVN3_CAPITALS, encoding_of, from_font
from docgen.word.read.old_text import mixed_fonts
from docgen.word.read.view import (
    Block,
    Control,
    Drawing,
    Marks,
    Paragraph,
    Row,
    Table,
    Where,
    WordText,
    clean,
    paragraphs_of,
)

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
_SYM_EX = "{http://schemas.microsoft.com/office/word/2015/wordml/symex}symEx"
_OBJECTS = frozenset(f"{W}{n}" for n in ("drawing", "pict", "object", "control", "contentPart"))
#: Marks that Word puts into a run at the end of a remark's place, and what they belong to.
_REMARKS = {f"{W}commentReference": "comment", f"{W}footnoteReference": "footnote", f"{W}endnoteReference": "endnote"}
_BLIP = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
_CROP = "{http://schemas.openxmlformats.org/drawingml/2006/main}srcRect"
_IMAGE_DATA = "{urn:schemas-microsoft-com:vml}imagedata"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_HORIZONTAL_RULE = "{urn:schemas-microsoft-com:office:office}hr"
_WORD_ART = "{urn:schemas-microsoft-com:vml}textpath"
#: Elements that only wrap others, in a paragraph or around paragraphs.
_WRAPPERS = frozenset(f"{W}{n}" for n in ("hyperlink", "smartTag", "customXml", "fldSimple", "dir", "bdo"))
_INSERTED = frozenset((f"{W}ins", f"{W}moveTo"))
_DELETED = frozenset((f"{W}del", f"{W}moveFrom"))
#: Kinds of control that hold other controls or things that are no value.
_HOLDERS = frozenset(("group", "docPartList", "docPartObj", "equation", "repeatingSection", "repeatingSectionItem"))
#: A control in a control in a control happens by pasting; this many happen by malice.
MAX_NESTED = 24
#: Remarks that are told of at one place; more say no more.
MAX_NOTES = 12
#: Paragraphs of one document. A table of 1,000 members has about 20,000; reading 50,000 takes some two seconds.
MAX_PARAGRAPHS = 50_000


def read_text(document: etree._Element, looks: Looks | None = None) -> WordText:
    """The document whose main part is `document` (the tree of `word/document.xml`); `looks` are its styles.

    Raises `PartError` for controls nested without end and for a document far longer than any form.
    """
    reader = _Reader(looks or Looks())
    reader.ended = {end.get(f"{W}id", "") for end in document.iter(f"{W}commentRangeEnd")}
    reader.mixed = mixed_fonts(document, reader.looks)
    body = document.find(f"{W}body")
    if body is not None:
        reader.blocks(body, reader.out.blocks, Where())
    return reader.out


def prompts_of(glossary: etree._Element | None) -> set[str]:
    """The prompts that the file's own glossary holds (17.12), as they read when shown."""
    if glossary is None:
        return set()
    out: set[str] = set()
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


class _Reader:
    def __init__(self, looks: Looks) -> None:
        self.out = WordText()
        self.looks = looks
        self.style = ""
        self.mixed: frozenset[str] = frozenset()
        #: The comments whose range is open, those whose range ends at all, and the form field being read.
        self.open: dict[str, None] = {}
        self.ended: set[str] = set()
        self.fields: list[bool] = []
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
            elif tag in (f"{W}altChunk", f"{W}subDoc"):
                self.out.foreign += 1
            elif tag in _DELETED:
                self.revised()
            elif tag in _INSERTED or tag in _WRAPPERS:
                self.blocks(child, out, where)
            elif tag == f"{MC}AlternateContent":
                self.blocks(self.chosen(child), out, where)
            else:
                self.range_mark(child)
        self.pending = None

    def range_mark(self, element: etree._Element) -> None:
        """The beginning or end of what a comment is about; these stand between elements of any level."""
        if element.tag == f"{W}commentRangeStart":
            if element.get(f"{W}id", "") in self.ended and len(self.open) < MAX_NOTES:
                self.open[element.get(f"{W}id", "")] = None
        elif element.tag == f"{W}commentRangeEnd":
            self.open.pop(element.get(f"{W}id", ""), None)

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
        if control.flagged and not control.tag:
            for outer in self.stack:  # a list dropped into a field that still shows its own prompt
                outer.flagged = True
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
                repeated = properties is not None and properties.find(f"{W}tblHeader") is not None
                row = Row(Where(0, table.number, len(table.rows) + 1, 0), heading=repeated)
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
            else:
                self.range_mark(child)

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
            else:
                self.range_mark(child)

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
        self.style = style.get(f"{W}val", "") if style is not None else ""
        self.fields = []
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
            elif tag == f"{W}subDoc":
                self.out.foreign += 1
            elif tag in (f"{W}commentRangeStart", f"{W}commentRangeEnd"):
                self.range_mark(child)
            elif isinstance(tag, str) and tag.endswith(("}oMath", "}oMathPara")):
                self.text("".join(t.text or "" for t in child.iter(_MATH_TEXT)), paragraph, True)

    def run(self, r: etree._Element, paragraph: Paragraph, boxes: list[etree._Element]) -> None:
        properties = r.find(f"{W}rPr")
        look = self.looks.of(properties, self.style)
        styled = False
        if look.hidden:
            if any((t.text or "").strip() for t in r.iter(f"{W}t")):
                self.out.hidden += 1
            return
        if properties is not None:
            styled = properties.find(f"{W}rStyle") is not None
            if properties.find(f"{W}ins") is not None:
                self.revised()
            if properties.find(f"{W}del") is not None:
                self.revised()
                return
        self.pieces(r, paragraph, boxes, look, styled)

    def pieces(
        self, parent: etree._Element, paragraph: Paragraph, boxes: list[etree._Element], look: Look, styled: bool
    ) -> None:
        """What stands in a run, or in the chosen alternative within it."""
        for child in parent:
            tag = child.tag
            if tag == f"{W}t":
                self.shown(child.text or "", paragraph, look, styled)
            elif tag in (f"{W}tab", f"{W}br", f"{W}cr", f"{W}ptab"):
                self.shown("\n", paragraph, look, styled)
            elif tag == f"{W}noBreakHyphen":
                self.shown("-", paragraph, look, styled)
            elif tag == f"{W}softHyphen":
                # No letter, but in TCVN3 it is the place of one.
                if any(encoding_of(font) for font in look.fonts):
                    self.shown("\u00ad", paragraph, look, styled)
            elif tag == f"{W}sym":
                self.shown(self.symbol(child.get(f"{W}char", "")), paragraph, look, styled)
            elif tag == _SYM_EX:
                self.shown(self.symbol(child.get(_SYM_EX.replace("symEx", "char"), "")), paragraph, look, styled)
            elif tag == f"{MC}AlternateContent":
                self.pieces(self.chosen(child), paragraph, boxes, look, styled)
            elif tag == f"{W}ruby":
                base = child.find(f"{W}rubyBase")  # the guide above it (17.3.3.25) is no text
                if base is not None:
                    self.inline(base, paragraph, boxes)
            elif tag in _OBJECTS:
                self.thing(child, paragraph, boxes, look)
            elif tag == f"{W}fldChar":
                self.form_field(child, paragraph, look, styled)
            elif tag in _REMARKS:
                self.note(_REMARKS[tag], child.get(f"{W}id", ""), paragraph)

    def thing(self, element: etree._Element, paragraph: Paragraph, boxes: list[etree._Element], look: Look) -> None:
        """A drawing, picture or embedded object: its text boxes are read after the paragraph, else it is noted."""
        inside = list(_outermost(element, f"{W}txbxContent"))
        boxes.extend(inside)
        words = [str(path.get("string", "")) for path in element.iter(_WORD_ART)]
        for word in words:
            self.shown(word, paragraph, look, False)
        rule = any(item.get(_HORIZONTAL_RULE) in ("t", "true", "1") for item in element)
        if rule or any(words) or (inside and not self.stack):
            return
        if self.stack and self.stack[-1].kind == "picture" and self.stack[-1].tag:
            self.stack[-1].drawings += _drawings(element)
            return
        if any(not control.has_text and control.flagged for control in self.stack):
            return  # the sign of an empty picture control
        for marks in self.marks(paragraph):
            marks.objects += 1

    def form_field(self, mark: etree._Element, paragraph: Paragraph, look: Look, styled: bool) -> None:
        """A form field of Word 97 (17.16.17): a drop-down list and a box have no text of their own, but show one."""
        kind = mark.get(f"{W}fldCharType", "")
        if kind == "end" and self.fields:
            self.fields.pop()
        if kind != "begin":
            return
        shown = _field_text(mark.find(f"{W}ffData"))
        if shown:
            self.shown(shown, paragraph, look, styled)
            for marks in self.marks(paragraph):
                marks.fields += 1
        self.fields.append(bool(shown))

    def note(self, kind: str, number: str, paragraph: Paragraph) -> None:
        for marks in self.marks(paragraph):
            if len(marks.notes) < MAX_NOTES and (kind, number) not in marks.notes:
                marks.notes.append((kind, number))

    def marks(self, paragraph: Paragraph) -> list[Marks]:
        """Where to note what stands beside text: at the controls that are open, or at the paragraph's place."""
        if any(control.tag for control in self.stack):
            return [control.marks for control in self.stack]
        return [self.out.marks.setdefault(paragraph.where, Marks())]

    def shown(self, text: str, paragraph: Paragraph, look: Look, styled: bool) -> None:
        """Text as it looks: not where it is struck through, and in Unicode where its font is an old one."""
        if not text or any(self.fields):
            return
        if look.struck:
            if text.strip():
                for marks in self.marks(paragraph):
                    marks.struck.append(text)
            return
        encoding = ""
        for font in look.fonts:
            encoding = encoding or encoding_of(font)
        if encoding and (not text.isascii() or encoding == TCVN3_CAPITALS):
            converted = from_font(text, encoding, encoding in self.mixed)
            if converted != text:
                font = next(name for name in look.fonts if encoding_of(name))
                for marks in self.marks(paragraph):
                    if (font, encoding) not in marks.fonts:
                        marks.fonts.append((font, encoding))
                text = converted
        self.text(text, paragraph, styled)

    @staticmethod
    def symbol(code: str) -> str:
        code = code.upper()
        if code in _SYMBOLS:
            return _SYMBOLS[code]
        try:
            found = chr(int(code, 16))
        except (ValueError, OverflowError):
            return ""
        return "" if unicodedata.category(found) in ("Cs", "Cc") else found

    def text(self, text: str, paragraph: Paragraph, styled: bool) -> None:
        if not text:
            return
        holder = None
        for control in self.stack:
            control.add(paragraph.number, text, styled or not text.strip())
            if holder is None and control.tag:
                holder = control
        for number in self.open:
            if text.strip():
                self.note("comment", number, paragraph)
        paragraph.pieces.append((text, holder))


def _drawings(element: etree._Element) -> Iterator[Drawing]:
    """The pictures of a drawing (20.1.8.13), or of a picture as Word 97 has it (part 4, 19.1.2.11)."""
    for blip in element.iter(_BLIP):
        crop = blip.getparent().find(_CROP)  # type: ignore[union-attr]
        cropped = crop is not None and any(crop.get(side, "0").strip("0%") for side in "ltrb")
        yield Drawing(blip.get(f"{_R}embed", ""), cropped)
    for image in element.iter(_IMAGE_DATA):
        yield Drawing(image.get(f"{_R}id", ""))


def _field_text(data: etree._Element | None) -> str:
    """What a drop-down list or a box among the form fields shows; an empty text for any other field."""
    if data is None:
        return ""
    choice, box = data.find(f"{W}ddList"), data.find(f"{W}checkBox")
    if choice is not None:
        entries = [item.get(f"{W}val", "") for item in choice.findall(f"{W}listEntry")]
        chosen = choice.find(f"{W}result")
        chosen = chosen if chosen is not None else choice.find(f"{W}default")
        number = chosen.get(f"{W}val", "0") if chosen is not None else "0"
        return entries[int(number)] if number.isdecimal() and len(number) < 5 and int(number) < len(entries) else ""
    if box is not None:
        state = box.find(f"{W}checked")
        return "☒" if is_on(state if state is not None else box.find(f"{W}default")) else "☐"
    return ""


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
            out.flagged = is_on(child)
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
        elif tag == f"{W}picture":
            out.kind = "picture"
        elif isinstance(tag, str) and tag.rsplit("}", 1)[-1] in _HOLDERS:
            out.kind = "other"
    return out


__all__ = ["Block", "Control", "Marks", "Paragraph", "Row", "Table", "Where", "WordText", "clean", "paragraphs_of",
           "prompts_of", "read_text"]  # fmt: skip
