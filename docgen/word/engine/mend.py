"""What docxtpl's way of filling can leave behind, put right: before its patching and after the filling.

A `{%p %}` tag takes its whole paragraph with it, a loop copies whatever stands in it, a condition may take the last
paragraph of a cell. Word then loses a section, or calls the file damaged. `keep_sections` works on the template,
`mend` on a filled part; both leave alone what is right.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator

from lxml import etree

from docgen.word.engine.tags import W, paragraph_text

#: What needs a paragraph as its last block (17.4.66 for cells; Word asks it of the others too).
STORIES = frozenset(f"{W}{n}" for n in ("tc", "hdr", "ftr", "footnote", "endnote", "comment", "txbxContent"))
_BLOCKS = STORIES | {f"{W}body"}
_P, _R, _T, _TBL, _TR, _TC, _SDT, _CONTENT = (
    f"{W}{n}" for n in ("p", "r", "t", "tbl", "tr", "tc", "sdt", "sdtContent")
)
#: Elements of the namespace that hold text by right.
_TEXTS = frozenset(f"{W}{n}" for n in ("t", "delText", "instrText", "delInstrText", "fldData"))
#: Elements that hold runs, so that a text in them becomes a run.
_RUN_LEVEL = frozenset(
    f"{W}{n}" for n in ("p", "hyperlink", "ins", "del", "moveTo", "moveFrom", "smartTag", "fldSimple", "dir", "bdo")
)
#: Marks whose number may stand once in a part; what a loop repeats of them goes, the first stays.
_MARKS = tuple(
    f"{W}{n}" for n in ("bookmarkStart", "bookmarkEnd", "commentRangeStart", "commentRangeEnd", "commentReference")
)
_NOTES = (f"{W}footnoteReference", f"{W}endnoteReference")
_REPEATABLE = re.compile(rb"<w:(?:bookmark|comment|footnoteRef|endnoteRef)")
_PARAGRAPH_TAG = re.compile(r"\{[{%#]p\s+(\w*)")
_BREAK = re.compile("([\t\n])")
SPACE = "{http://www.w3.org/XML/1998/namespace}space"


class DamagedError(Exception):
    """The filled part cannot be made a sound one. `code` is the message."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason


def repeats_marks(text: bytes) -> bool:
    """True where `text`, which a loop repeats, holds marks that may stand only once."""
    return _REPEATABLE.search(text) is not None


def has_repeated(root: etree._Element) -> bool:
    """True where marks that may stand only once stand twice in the template itself, in two branches or by a fault."""
    seen: set[tuple[object, str]] = set()
    for mark in _marks(root):
        keys = {(mark.tag, f"{name}={mark.get(W + name)}") for name in ("id", "name") if mark.get(W + name)}
        if keys & seen:
            return True
        seen |= keys
    return False


def keep_sections(root: etree._Element) -> None:
    """Give the section that ends in a paragraph with a paragraph tag a paragraph of its own.

    It stands outside what the tag opens or closes: the section is there for every record, and once.
    """
    for paragraph in list(root.iter(_P)):
        section = paragraph.find(f"{W}pPr/{W}sectPr")
        tag = _PARAGRAPH_TAG.search(paragraph_text(paragraph)) if section is not None else None
        if section is None or tag is None:
            continue
        own = etree.Element(_P)
        etree.SubElement(own, f"{W}pPr").append(section)
        if tag[1] in ("for", "if", "elif", "else"):
            paragraph.addprevious(own)
        else:
            paragraph.addnext(own)


def mend(root: etree._Element) -> bool:
    """Make the filled part `root` one that Word opens; True where something had to be changed.

    Texts outside runs get a run, empty rows and tables go, what needs a paragraph gets one, and of repeated bookmarks
    and comment marks the first stays. Raises `DamagedError` for what has no such answer: a footnote that a loop
    repeats, a text between rows.
    """
    changed = _stray(root)
    changed |= _emptied(root)
    changed |= _repeated(root)
    return changed


def _stray(root: etree._Element) -> bool:
    found = [
        element
        for element in root.iter(f"{W}*")
        if element.tag not in _TEXTS and (_has(element.text) or any(_has(child.tail) for child in element))
    ]
    for element in found:
        kind = _level(element)
        for index, child in reversed(list(enumerate(element))):
            if _has(child.tail):
                text, child.tail = str(child.tail), None
                element.insert(index + 1, _wrapped(text, kind, _run_before(element, index + 1)))
        if _has(element.text):
            text, element.text = str(element.text), None
            element.insert(0, _wrapped(text, kind, None))
    return bool(found)


def _has(text: str | None) -> bool:
    return bool(text) and not str(text).isspace()


def _level(element: etree._Element) -> str:
    """What a text directly in `element` has to become: a text, a run or a paragraph."""
    if element.tag == _R:
        return "text"
    if element.tag in _RUN_LEVEL:
        return "run"
    if element.tag in _BLOCKS:
        return "paragraph"
    if element.tag == _CONTENT:
        around = next((a for a in element.iterancestors() if a.tag in _RUN_LEVEL | _BLOCKS | {_TBL, _TR}), None)
        if around is not None and around.tag in _RUN_LEVEL | _BLOCKS:
            return "run" if around.tag in _RUN_LEVEL else "paragraph"
    raise DamagedError("errors.template.malformed", f"a text directly in <w:{etree.QName(element).localname}>")


def _run_before(parent: etree._Element, index: int) -> etree._Element | None:
    """The run before place `index` of `parent`: the one the tag stood in."""
    return next((child for child in reversed(list(parent)[:index]) if child.tag == _R), None)


def _wrapped(text: str, kind: str, model: etree._Element | None) -> etree._Element:
    if kind == "text":
        out = etree.Element(_T, {SPACE: "preserve"})
        out.text = text
        return out
    run = etree.Element(_R)
    look = model.find(f"{W}rPr") if model is not None else None
    if look is not None:
        run.append(copy.deepcopy(look))
    for piece in _BREAK.split(text):
        if piece in ("\t", "\n"):
            etree.SubElement(run, f"{W}{'tab' if piece == chr(9) else 'br'}")
        elif piece:
            etree.SubElement(run, _T, {SPACE: "preserve"}).text = piece
    if kind == "run":
        return run
    paragraph = etree.Element(_P)
    paragraph.append(run)
    return paragraph


def _emptied(root: etree._Element) -> bool:
    changed = False
    for outer, inner in ((_TR, _TC), (_TBL, _TR)):
        for element in reversed(list(root.iter(outer))):
            if next(element.iter(inner), None) is None:
                _remove(element)
                changed = True
    for element in root.iter(*STORIES):
        if not _ends_with_paragraph(element):
            etree.SubElement(element, _P)
            changed = True
    return changed


def _ends_with_paragraph(element: etree._Element) -> bool:
    """True where the last block of `element` is a paragraph, seen through content controls."""
    for last in reversed(element):
        if last.tag == _P:
            return True
        if last.tag == _SDT:
            content = last.find(_CONTENT)
            return content is not None and _ends_with_paragraph(content)
        if last.tag == _TBL:
            return False
    return False


def _repeated(root: etree._Element) -> bool:
    changed = False
    seen: set[tuple[object, str, str]] = set()
    for mark in list(_marks(root)):
        names = [("id", str(mark.get(f"{W}id", "")))]
        if name := mark.get(f"{W}name"):
            names.append(("name", str(name)))
        keys = [(mark.tag, *name) for name in names]
        if not any(key in seen for key in keys):
            seen.update(keys)
        elif mark.tag in _NOTES:
            raise DamagedError("errors.template.repeated_note", "")
        else:
            if mark.tag == f"{W}bookmarkStart" and keys[0] not in seen:
                seen.add(keys[0])
                _remove_end(root, names[0][1])
            _remove(mark)
            changed = True
    return changed


def _marks(root: etree._Element) -> Iterator[etree._Element]:
    return root.iter(*_MARKS, *_NOTES)


def _remove_end(root: etree._Element, number: str) -> None:
    """Remove the end of a bookmark whose beginning went because of its name."""
    for end in list(root.iter(f"{W}bookmarkEnd")):
        if end.get(f"{W}id") == number:
            _remove(end)
            return


def _remove(element: etree._Element) -> None:
    """Take `element` out; what follows it stays."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)
