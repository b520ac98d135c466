"""Checking a Word file that was just written, before it is kept.

What no schema catches: duplicate zip names, parts that are not well-formed, relationships to nothing, repeated control
ids, cells without a paragraph, names beyond Word's limits, Jinja tags that were left over. Each was seen to pass the
XSD or the Open XML SDK.
"""

from __future__ import annotations

import hashlib
import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_W15 = "{http://schemas.microsoft.com/office/word/2012/wordml}"
_IGNORABLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Ignorable"
#: What Word 2010 and 2013 added to the properties of a control. No schema is at hand for these, and the Open XML SDK
#: passes a name that is misspelt; Word then shows something other than a box.
_NEWER = frozenset(
    [_W14 + n for n in ("checkbox", "checked", "checkedState", "uncheckedState", "entityPicker")]
    + [_W15 + n for n in ("repeatingSection", "repeatingSectionItem", "sectionTitle", "doNotAllowInsertDeleteSection",
                          "appearance", "color", "dataBinding", "webExtensionLinked", "webExtensionCreated")]
)  # fmt: skip
_LOCKS = ("sdtLocked", "contentLocked", "unlocked", "sdtContentLocked")
_PREFIXES = {"w": W[1:-1], "w14": _W14[1:-1], "w15": _W15[1:-1]}
_CHECKBOX = f"{_W14}checkbox"
_DOCUMENT, _DOCUMENT_RELS = "word/document.xml", "word/_rels/document.xml.rels"
_BLIP = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
_EMBED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"
_PICTURES = (".png", ".jpeg", ".jpg")
_PARAGRAPH, _TEXT = f"{W}p", f"{W}t"
#: What a run shows beside its text.
_SIGNS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "\u2011"}
_PRINTED = (_TEXT, *_SIGNS)
MAX_NAME = 64
INT32 = 2**31 - 1


class WrittenFile:
    """A .docx that was written, read once: its parts for `problems`, its texts for `paragraphs`."""

    def __init__(self, docx: bytes) -> None:
        self.faults: list[str] = []
        self._trees: dict[str, etree._Element] = {}
        self._keys: dict[str, tuple[str, bytes]] = {}
        self._media: dict[str, bytes] = {}
        self._texts: list[str] | None = None
        self._names: list[str] = []
        self._read(docx)

    def _read(self, docx: bytes) -> None:
        try:
            archive = zipfile.ZipFile(io.BytesIO(docx))
        except zipfile.BadZipFile:
            self.faults.append("not a zip")
            return
        self._names = archive.namelist()
        if len(set(self._names)) != len(self._names):
            twice = sorted({name for name in self._names if self._names.count(name) > 1})
            self.faults.append(f"duplicate parts: {twice}")
        for name in dict.fromkeys(self._names):
            try:
                content = archive.read(name)
            except (zipfile.BadZipFile, zlib.error):
                self.faults.append(f"bad checksum: {name}")
                return
            if name.endswith(_PICTURES):
                self._media[name] = content
                continue
            # Styles, settings and prompts are the same in every file made from a template: one look is enough.
            key = (name, hashlib.blake2b(content, digest_size=16).digest())
            if key in _PROVEN or not name.endswith((".xml", ".rels")):
                continue
            try:
                self._trees[name] = etree.fromstring(content, _PARSER)
                self._keys[name] = key
            except etree.XMLSyntaxError as fault:
                self.faults.append(f"{name}: not well-formed: {fault.msg}")

    def problems(self, literals: Collection[str] = ()) -> list[str]:
        """What is wrong with the file; an empty list is the good answer. `literals` as in `problems`."""
        out = list(self.faults)
        if out and not self._trees:
            return out
        proven: list[tuple[str, bytes]] = []
        for name, tree in self._trees.items():
            if not name.startswith("word/") or name.endswith(".rels"):
                continue
            texts = self.paragraphs() if name == _DOCUMENT else _texts(tree)
            found = [f"{name}: {text}" for text in (*_part_problems(tree), *_tag_problems(texts, literals))]
            out.extend(found)
            if not found and name != _DOCUMENT:
                proven.append(self._keys[name])
        # These are looked at in every file: what they lead to is not in the part itself.
        out.extend(_relationship_problems(self._trees, set(self._names)))
        if _DOCUMENT not in self._trees:
            return [*out, f"{_DOCUMENT}: missing"]
        out.extend(_picture_problems(self._trees[_DOCUMENT], self._trees.get(_DOCUMENT_RELS)))
        _remember(proven)
        body = self._trees[_DOCUMENT].find(f"{W}body")
        if body is None or len(body) == 0 or body[-1].tag != f"{W}sectPr":
            out.append(f"{_DOCUMENT}: the last section is gone")
        return out

    def pictures(self) -> list[bytes]:
        """The pictures that the drawings of the main part show, each once; what leads nowhere is a problem already."""
        tree = self._trees.get(_DOCUMENT)
        shown = {blip.get(_EMBED) for blip in tree.iter(_BLIP)} if tree is not None else set()
        rels = self._trees.get(_DOCUMENT_RELS)
        if not shown or rels is None:
            return []
        targets = [_target("word", item) for item in rels.iter(_RELATIONSHIPS) if item.get("Id") in shown]
        return [self._media[target] for target in dict.fromkeys(targets) if target in self._media]

    def paragraphs(self) -> list[str]:
        """The text of each paragraph of the main part, as `paragraphs` gives it; nothing where that cannot be read."""
        if self._texts is None:
            self._texts = _texts(self._trees[_DOCUMENT]) if _DOCUMENT in self._trees else []
        return self._texts


def problems(docx: bytes, literals: Collection[str] = ()) -> list[str]:
    """What is wrong with a written .docx; an empty list is the good answer.

    `literals` are the values that went in: `{{` inside one of them is text that somebody typed, not a tag left over.
    """
    return WrittenFile(docx).problems(literals)


#: Parts in which nothing was wrong: name and hash. Emptied when it grows, so that it never holds much.
_PROVEN: set[tuple[str, bytes]] = set()
_PROVEN_LIMIT = 4096


def _remember(keys: Iterable[tuple[str, bytes]]) -> None:
    if len(_PROVEN) > _PROVEN_LIMIT:
        _PROVEN.clear()
    _PROVEN.update(keys)


def _target(base: str, relation: etree._Element) -> str:
    """The part that a relationship of a part in the folder `base` leads to."""
    return posixpath.normpath(posixpath.join(base, relation.get("Target", ""))).lstrip("/")


def _relationship_problems(trees: dict[str, etree._Element], names: set[str]) -> Iterator[str]:
    for name, tree in trees.items():
        if not name.endswith(".rels"):
            continue
        base = posixpath.dirname(posixpath.dirname(name))
        seen: set[str] = set()
        for item in tree.iter(_RELATIONSHIPS):
            rid = item.get("Id", "")
            if rid in seen:
                yield f"{name}: relationship {rid} twice"
            seen.add(rid)
            if item.get("TargetMode") == "External":
                continue
            target = _target(base, item)
            if target not in names:
                yield f"{name}: {rid} leads to {target}, which is not there"


def _picture_problems(document: etree._Element, rels: etree._Element | None) -> Iterator[str]:
    """Drawings of the main part that show a relationship it does not have."""
    known = {item.get("Id") for item in rels.iter(_RELATIONSHIPS)} if rels is not None else set()
    for blip in document.iter(_BLIP):
        if (rid := blip.get(_EMBED, "")) and rid not in known:
            yield f"{_DOCUMENT}: a drawing shows {rid}, which is not there"


def _xpath(path: str) -> Callable[..., Any]:
    return etree.XPath(path, namespaces=_PREFIXES, smart_strings=False)


_FIND_NAMES = _xpath("//w:sdt/w:sdtPr/*[self::w:tag or self::w:alias][string-length(@w:val) > $limit]")
_FIND_IDS = _xpath("//w:sdt/w:sdtPr/w:id/@w:val")
_COUNT_EMPTY = _xpath("count(//w:sdt[w:sdtPr][not(w:sdtContent)])")
_FIND_NEWER = _xpath("//w14:* | //w15:*")
_FIND_LOCKS = _xpath("//w:sdt/w:sdtPr/w:lock/@w:val")
_FIND_CELLS = _xpath("//w:tc[not(*[last()][self::w:p])]")
_HAS_NESTED = _xpath("boolean(//w:p//w:p)")


def _part_problems(tree: etree._Element) -> Iterator[str]:
    for item in _FIND_NAMES(tree, limit=MAX_NAME):
        yield f"control {etree.QName(item).localname} longer than {MAX_NAME}: {item.get(f'{W}val', '')[:70]}"
    ids: set[str] = set()
    for value in _FIND_IDS(tree):
        if value in ids:
            yield f"control id {value} twice"
        ids.add(value)
        if not value.lstrip("-").isdigit() or abs(int(value)) > INT32:
            yield f"control id {value} is no 32-bit number"
    for _ in range(int(_COUNT_EMPTY(tree))):
        yield "control without content"
    for value in _FIND_LOCKS(tree):
        if value not in _LOCKS:
            yield f"control lock {value} is unknown"
    yield from _newer_problems(tree)
    for cell in _FIND_CELLS(tree):
        if not len(cell) or not _ends_with_paragraph(cell):
            yield "cell that does not end with a paragraph"


def _newer_problems(tree: etree._Element) -> Iterator[str]:
    """Properties that only Word would stumble over, and newer names that older programs were not told to pass over."""
    found = _FIND_NEWER(tree)
    if found and (found[0].prefix or "") not in tree.get(_IGNORABLE, "").split():
        yield f"{found[0].prefix} is used and not declared ignorable"
    for item in found:
        if item.tag not in _NEWER and next(item.iterancestors(f"{W}sdtPr"), None) is not None:
            yield f"control property {item.prefix}:{etree.QName(item).localname} is unknown"
        elif item.tag == _CHECKBOX and item.find(f"{_W14}checked") is None:
            yield "check box without its state"


def _tag_problems(texts: Iterable[str], literals: Collection[str]) -> Iterator[str]:
    """Template tags that were left over in the texts of paragraphs."""
    for text in texts:
        if "{{" in text or "{%" in text:
            # A line break in a value is an element of its own in the file, so white space is left out on both sides.
            rest = "".join(text.split())
            for literal in sorted(literals, key=len, reverse=True):
                if "{" in literal:
                    rest = rest.replace("".join(literal.split()), "")
            if "{{" in rest or "{%" in rest:
                yield f"tag left over: {rest[:60]}"


def _ends_with_paragraph(cell: etree._Element) -> bool:
    last = cell[-1]
    while last.tag == f"{W}sdt":
        content = last.find(f"{W}sdtContent")
        if content is None or not len(content):
            return False
        last = content[-1]
    return last.tag == f"{W}p"


def paragraphs(docx: bytes, part: str = "word/document.xml") -> list[str]:
    """The text of each paragraph of a part, tabs and line breaks included, controls read like any other text."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        return _texts(etree.fromstring(archive.read(part), _PARSER))


def _texts(tree: etree._Element) -> list[str]:
    """The text of each paragraph of a part."""
    if _HAS_NESTED(tree):  # a text box inside a paragraph: its paragraphs count on their own, and in the outer one
        return [paragraph_text(paragraph) for paragraph in tree.iter(_PARAGRAPH)]
    out: list[str] = []
    pieces: list[str] = []
    started = False
    for item in tree.iter(_PARAGRAPH, *_PRINTED):
        if item.tag == _PARAGRAPH:
            if started:
                out.append("".join(pieces))
            started = True
            pieces.clear()
        else:
            pieces.append(_shown(item))
    return [*out, "".join(pieces)] if started else out


def paragraph_text(paragraph: etree._Element) -> str:
    """The text of one paragraph."""
    return "".join(_shown(item) for item in paragraph.iter(*_PRINTED))


def _shown(item: etree._Element) -> str:
    """What an element of a run shows as text."""
    if item.tag == _TEXT:
        return item.text or ""
    return _SIGNS[item.tag]
