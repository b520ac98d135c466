"""What a Word file shows when it is printed: revisions accepted, wrappers off, fields as their results.

Word prints a file with the last word of its authors; converters print what was deleted as well, in colour, or lose
what stands inside a wrapper they do not know. So a copy for conversion has its revisions accepted (ISO/IEC 29500-1,
17.13.5), smart tags and custom XML unwrapped (17.5.1), the old form fields (17.16.5, FORMTEXT and its like) replaced
by what they show, and fields that would fetch something (INCLUDEPICTURE, LINK, DDE) by their stored results.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: Whether a part may hold anything of this, told from its bytes: most files hold nothing, and are not touched.
MAY_CHANGE = re.compile(
    rb"[<:](?:ins|del|moveFrom\w*|moveTo\w*|\w+Change|cellIns|cellDel|smartTag|customXml|fldSimple|fldChar)[ />]"
)
_REMOVED = ("del", "moveFrom")
_KEPT = ("ins", "moveTo", "smartTag", "customXml")
_CHANGES = tuple(
    f"{W}{name}Change"
    for name in ("rPr", "pPr", "sectPr", "tblPr", "trPr", "tcPr", "tblGrid", "tblPrEx", "numbering")
)  # fmt: skip
_RANGES = tuple(
    f"{W}{name}Range{end}"
    for name in ("moveFrom", "moveTo", "customXmlIns", "customXmlDel", "customXmlMoveFrom", "customXmlMoveTo")
    for end in ("Start", "End")
)
_PROPERTIES = frozenset({f"{W}rPr", f"{W}trPr", f"{W}tcPr", f"{W}pPr", f"{W}numPr"})
#: Fields that read another file or ask the network when they are brought up to date (17.16.5).
FETCHING = frozenset(
    {"INCLUDEPICTURE", "INCLUDETEXT", "INCLUDE", "IMPORT", "LINK", "DDE", "DDEAUTO", "DATABASE", "RD", "EMBED"}
)
#: Old form fields with no result of their own in the text.
_BOX = {True: "\u2612", False: "\u2610"}
_FALSE = frozenset({"0", "false", "off"})


def accept(tree: etree._Element) -> None:
    """Change the tree of a part so that it holds what Word prints."""
    _rows_and_cells(tree)
    _paragraph_marks(tree)
    for tag in (*_CHANGES, *_RANGES):
        for item in list(tree.iter(tag)):
            _drop(item)
    for name in _REMOVED:
        for item in list(tree.iter(W + name)):
            _drop(item)
    for name in _KEPT:
        for item in list(tree.iter(W + name)):
            if _parent_tag(item) in _PROPERTIES:
                _drop(item)
            else:
                _unwrap(item)
    for tag in (f"{W}cellIns", f"{W}cellDel"):
        for item in list(tree.iter(tag)):
            _drop(item)
    for item in list(tree.iter(f"{W}fldSimple")):
        if field_name(item.get(f"{W}instr", "")) in FETCHING:
            _unwrap(item)
    for paragraph in tree.iter(f"{W}p"):
        _fields(paragraph)
    _closed(tree)


def field_name(instruction: str) -> str:
    """The name of a field: the first word of its instruction, in capitals."""
    words = instruction.split(None, 1)
    return words[0].upper().lstrip("\\") if words else ""


def _parent_tag(item: etree._Element) -> str:
    parent = item.getparent()
    return str(parent.tag) if parent is not None else ""


def _drop(item: etree._Element) -> None:
    parent = item.getparent()
    if parent is not None:
        parent.remove(item)


def _unwrap(item: etree._Element) -> None:
    parent = item.getparent()
    if parent is None:
        return
    position = parent.index(item)
    inner = [child for child in item if child.tag not in (f"{W}smartTagPr", f"{W}customXmlPr")]
    parent.remove(item)
    for offset, child in enumerate(inner):
        parent.insert(position + offset, child)


def _rows_and_cells(tree: etree._Element) -> None:
    """Rows and cells that were deleted go; a table without rows goes as well."""
    for row in list(tree.iter(f"{W}tr")):
        if row.find(f"{W}trPr/{W}del") is not None:
            _drop(row)
            continue
        for cell in row.findall(f"{W}tc"):
            if cell.find(f"{W}tcPr/{W}cellDel") is not None:
                row.remove(cell)
        if row.find(f".//{W}tc") is None:
            _drop(row)
    for table in list(tree.iter(f"{W}tbl")):
        if table.find(f".//{W}tr") is None:
            _drop(table)


def _paragraph_marks(tree: etree._Element) -> None:
    """A paragraph whose mark was deleted becomes one with the next; deleted whole, it goes."""
    for paragraph in list(tree.iter(f"{W}p")):
        properties = paragraph.find(f"{W}pPr")
        gone = properties is not None and any(
            properties.find(f"{W}rPr/{W}{name}") is not None for name in _REMOVED
        )  # fmt: skip
        if not gone:
            continue
        following = paragraph.getnext()
        left = [child for child in paragraph if child.tag != f"{W}pPr" and child.tag not in map(W.__add__, _REMOVED)]
        section = properties is not None and properties.find(f"{W}sectPr") is not None
        if section or following is None or following.tag != f"{W}p":
            continue  # nothing to join: the mark stays, what was deleted in it goes
        first = 1 if following.find(f"{W}pPr") is not None else 0
        for offset, child in enumerate(left):
            following.insert(first + offset, child)
        _drop(paragraph)


def _closed(tree: etree._Element) -> None:
    """What must end with a paragraph (a cell, 17.4.65; a header) does so again."""
    for tag in (f"{W}tc", f"{W}hdr", f"{W}ftr", f"{W}txbxContent"):
        for holder in tree.iter(tag):
            if not len(holder) or holder[-1].tag != f"{W}p":
                etree.SubElement(holder, f"{W}p")


# -- fields of the old kind --


class _Open:
    """A field that has begun: its runs so far, its instruction, the form field in it."""

    def __init__(self, run: etree._Element) -> None:
        self.runs = [run]
        self.code: list[etree._Element] = [run]
        self.instruction = ""
        self.form = run.find(f"{W}fldChar/{W}ffData")
        self.inner = False
        self.separated = False


def _fields(paragraph: etree._Element) -> None:
    """Replace the form fields and the fetching fields that begin and end in a paragraph."""
    stack: list[_Open] = []
    for run in list(_runs(paragraph)):
        mark = run.find(f"{W}fldChar")
        kind = mark.get(f"{W}fldCharType", "") if mark is not None else ""
        if kind == "begin":
            if stack:
                stack[-1].inner = True
            stack.append(_Open(run))
            continue
        if not stack:
            continue
        field = stack[-1]
        field.runs.append(run)
        for text in run.iter(f"{W}instrText"):
            field.instruction += text.text or ""
        if not field.separated or kind:
            field.code.append(run)
        if kind == "separate":
            field.separated = True
        elif kind == "end":
            _closed_field(stack.pop())


def _runs(paragraph: etree._Element) -> Iterator[etree._Element]:
    """The runs of a paragraph, without those of text boxes in it."""
    for run in paragraph.iter(f"{W}r"):
        if next(run.iterancestors(f"{W}p"), None) is paragraph:
            yield run


def _closed_field(field: _Open) -> None:
    name = field_name(field.instruction)
    shown = _form_text(field.form) if field.form is not None else None
    if shown is not None:
        _show(field, shown)
    elif (field.form is not None or name in FETCHING) and not field.inner:
        for run in field.code:
            _drop(run)


def _show(field: _Open, text: str) -> None:
    """Put `text` in the place of the whole field."""
    first = field.runs[0]
    for child in list(first):
        if child.tag != f"{W}rPr":
            first.remove(child)
    etree.SubElement(first, f"{W}t").text = text
    for run in field.runs[1:]:
        _drop(run)


def _form_text(form: etree._Element) -> str | None:
    """What an old check box or drop-down list shows; None for a text field, whose result stands in the text."""
    box = form.find(f"{W}checkBox")
    if box is not None:
        for name in ("checked", "default"):
            found = box.find(W + name)
            if found is not None:
                return _BOX[found.get(f"{W}val", "1").lower() not in _FALSE]
        return _BOX[False]
    choice = form.find(f"{W}ddList")
    if choice is None:
        return None
    entries = [entry.get(f"{W}val", "") for entry in choice.findall(f"{W}listEntry")]
    for name in ("result", "default"):
        found = choice.find(W + name)
        number = found.get(f"{W}val", "") if found is not None else ""
        if number.isascii() and number.isdigit() and int(number[:6]) < len(entries):
            return entries[int(number[:6])]
    return entries[0] if entries else ""
