"""Links that lead out of a Word file, taken out of a copy before any converter sees it: nothing is ever fetched.

A relationship with `TargetMode="External"` (ECMA-376 part 2, 9.3) names a picture, a template or data elsewhere; a
converter that follows it tells the sender who opened the file and when, and reaches into the office's own network.
Hyperlinks are kept: they are followed by people only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lxml import etree

_REL = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_HYPERLINK = re.compile(r"/hyperlink$")
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
#: Elements that say nothing without their link: they go with it.
_GONE_WITH_IT = frozenset(
    {"attachedTemplate", "subDoc", "altChunk", "OLEObject", "mailMerge", "dataSource", "headerSource", "sourceFileName",
     "saveThroughXslt", "audioFile", "videoFile", "movie", "control"}
)  # fmt: skip
#: Attributes of VML that name a file without a relationship.
_SOURCES = frozenset({"src", "href", "althref"})
_SCHEME = re.compile(r"^\s*(?:[a-z][a-z0-9+.-]+:|//|\\\\)", re.I)
_MAY_NAME = re.compile(rb"\b(?:src|href|althref)\s*=\s*[\"']\s*(?:[a-zA-Z][\w+.-]+:|//|\\\\)")


class Link(NamedTuple):
    """A link that was taken out: what kind of thing it named, and where it led."""

    kind: str
    target: str


def outside(parts: Mapping[str, bytes]) -> Iterator[tuple[str, bytes, list[Link]]]:
    """For each part that leads out: its name, its content without that, and the links that were in it.

    Parts that are no XML are left out here; whoever reads them says so.
    """
    for name, content in parts.items():
        if name.endswith(".rels"):
            if b"External" in content:
                yield from _relationships(parts, name, content)
        elif name.endswith((".xml", ".vml")) and _MAY_NAME.search(content):
            tree = _tree(content)
            if tree is not None and (found := _sources(tree)):
                yield name, _bytes(tree), found


def _relationships(parts: Mapping[str, bytes], name: str, content: bytes) -> Iterator[tuple[str, bytes, list[Link]]]:
    tree = _tree(content)
    if tree is None:
        return
    cut: dict[str, Link] = {}
    for item in list(tree.iter(_REL)):
        if item.get("TargetMode") == "External" and not _HYPERLINK.search(item.get("Type", "")):
            cut[item.get("Id", "")] = Link(item.get("Type", "").rpartition("/")[2], item.get("Target", ""))
            tree.remove(item)
    if not cut:
        return
    yield name, _bytes(tree), list(cut.values())
    folder, _, own = name.rpartition("_rels/")
    owner = folder + own.removesuffix(".rels")
    using = _tree(parts[owner]) if owner in parts else None
    if using is not None:
        _cut(using, frozenset(cut))
        _sources(using)
        yield owner, _bytes(using), []


def _cut(tree: etree._Element, ids: frozenset[str]) -> None:
    for item in list(tree.iter(etree.Element)):
        named = [key for key, value in item.attrib.items() if str(key).startswith(_R) and value in ids]
        if not named:
            continue
        holder = next((x for x in (item, *item.iterancestors()) if etree.QName(x).localname in _GONE_WITH_IT), None)
        if holder is not None:
            parent = holder.getparent()
            if parent is not None:
                parent.remove(holder)
            continue
        for key in named:
            del item.attrib[key]


def _sources(tree: etree._Element) -> list[Link]:
    """Take off attributes that name a file elsewhere outright."""
    found = []
    for item in tree.iter(etree.Element):
        for key, value in list(item.attrib.items()):
            name = etree.QName(key)
            # Attributes without a namespace, and those of Office's own VML extension.
            if name.localname in _SOURCES and _SCHEME.match(str(value)) and "hyperlink" not in str(item.tag):
                if name.localname == "href" and etree.QName(item).localname not in ("imagedata", "fill", "stroke"):
                    continue  # a shape's own hyperlink
                found.append(Link("image", str(value)))
                del item.attrib[key]
    return found


def _tree(content: bytes) -> etree._Element | None:
    try:
        return etree.fromstring(content, _PARSER)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _bytes(tree: etree._Element) -> bytes:
    return bytes(etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True))
