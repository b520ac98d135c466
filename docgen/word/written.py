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
from collections.abc import Collection, Iterable, Iterator

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
MAX_NAME = 64
INT32 = 2**31 - 1


def problems(docx: bytes, literals: Collection[str] = ()) -> list[str]:
    """What is wrong with a written .docx; an empty list is the good answer.

    `literals` are the values that went in: `{{` inside one of them is text that somebody typed, not a tag left over.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(docx))
    except zipfile.BadZipFile:
        return ["not a zip"]
    out = []
    names = archive.namelist()
    if len(set(names)) != len(names):
        out.append(f"duplicate parts: {sorted({n for n in names if names.count(n) > 1})}")
    trees: dict[str, etree._Element] = {}
    proven: list[tuple[str, bytes]] = []
    for name in dict.fromkeys(names):
        try:
            content = archive.read(name)
        except (zipfile.BadZipFile, zlib.error):
            return [*out, f"bad checksum: {name}"]
        # Styles, settings and prompts are the same in every file made from a template: one look at them is enough.
        key = (name, hashlib.blake2b(content, digest_size=16).digest())
        if key in _PROVEN or not name.endswith((".xml", ".rels")):
            continue
        try:
            trees[name] = etree.fromstring(content, _PARSER)
        except etree.XMLSyntaxError as fault:
            out.append(f"{name}: not well-formed: {fault.msg}")
            continue
        if name.startswith("word/"):
            found = [f"{name}: {text}" for text in _part_problems(trees[name], literals)]
            out.extend(found)
            if not found and name != "word/document.xml":
                proven.append(key)
    out.extend(_relationship_problems(trees, set(names)))
    if "word/document.xml" not in trees:
        return [*out, "word/document.xml: missing"]
    # Relationships are looked at in every file: what they lead to is not in the part itself.
    _remember(key for key in proven if not key[0].endswith(".rels"))
    body = trees["word/document.xml"].find(f"{W}body")
    if body is None or len(body) == 0 or body[-1].tag != f"{W}sectPr":
        out.append("word/document.xml: the last section is gone")
    return out


#: Parts in which nothing was wrong: name and hash. Emptied when it grows, so that it never holds much.
_PROVEN: set[tuple[str, bytes]] = set()
_PROVEN_LIMIT = 4096


def _remember(keys: Iterable[tuple[str, bytes]]) -> None:
    if len(_PROVEN) > _PROVEN_LIMIT:
        _PROVEN.clear()
    _PROVEN.update(keys)


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
            target = posixpath.normpath(posixpath.join(base, item.get("Target", ""))).lstrip("/")
            if target not in names:
                yield f"{name}: {rid} leads to {target}, which is not there"


def _part_problems(tree: etree._Element, literals: Collection[str]) -> Iterator[str]:
    ids: set[str] = set()
    for control in tree.iter(f"{W}sdt"):
        properties = control.find(f"{W}sdtPr")
        if properties is None:
            continue
        for kind in ("tag", "alias"):
            item = properties.find(f"{W}{kind}")
            if item is not None and len(item.get(f"{W}val", "")) > MAX_NAME:
                yield f"control {kind} longer than {MAX_NAME}: {item.get(f'{W}val', '')[:70]}"
        item = properties.find(f"{W}id")
        if item is not None:
            value = item.get(f"{W}val", "")
            if value in ids:
                yield f"control id {value} twice"
            ids.add(value)
            if not value.lstrip("-").isdigit() or abs(int(value)) > INT32:
                yield f"control id {value} is no 32-bit number"
        if control.find(f"{W}sdtContent") is None:
            yield "control without content"
        yield from _kind_problems(properties)
    newer = next((e for e in tree.iter(f"{_W14}*", f"{_W15}*")), None)
    if newer is not None and (newer.prefix or "") not in tree.get(_IGNORABLE, "").split():
        yield f"{newer.prefix} is used and not declared ignorable"
    for cell in tree.iter(f"{W}tc"):
        if not len(cell) or not _ends_with_paragraph(cell):
            yield "cell that does not end with a paragraph"
    for paragraph in tree.iter(f"{W}p"):
        text = "".join(t.text or "" for t in paragraph.iter(f"{W}t"))
        if "{{" in text or "{%" in text:
            # A line break in a value is an element of its own in the file, so white space is left out on both sides.
            rest = "".join(text.split())
            for literal in sorted(literals, key=len, reverse=True):
                if "{" in literal:
                    rest = rest.replace("".join(literal.split()), "")
            if "{{" in rest or "{%" in rest:
                yield f"tag left over: {rest[:60]}"


def _kind_problems(properties: etree._Element) -> Iterator[str]:
    """Names and values inside a control's properties that only Word would stumble over."""
    for item in properties.iter(f"{_W14}*", f"{_W15}*"):
        if item.tag not in _NEWER:
            yield f"control property {item.prefix}:{etree.QName(item).localname} is unknown"
    box = properties.find(f"{_W14}checkbox")
    if box is not None and box.find(f"{_W14}checked") is None:
        yield "check box without its state"
    lock = properties.find(f"{W}lock")
    if lock is not None and lock.get(f"{W}val") not in _LOCKS:
        yield f"control lock {lock.get(f'{W}val')} is unknown"


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
        tree = etree.fromstring(archive.read(part), _PARSER)
    return [paragraph_text(p) for p in tree.iter(f"{W}p")]


def paragraph_text(paragraph: etree._Element) -> str:
    """The text of one paragraph."""
    out = []
    for item in paragraph.iter(f"{W}t", f"{W}tab", f"{W}br", f"{W}cr", f"{W}noBreakHyphen"):
        if item.tag == f"{W}t":
            out.append(item.text or "")
        elif item.tag == f"{W}noBreakHyphen":
            out.append("\u2011")
        else:
            out.append("\t" if item.tag == f"{W}tab" else "\n")
    return "".join(out)
