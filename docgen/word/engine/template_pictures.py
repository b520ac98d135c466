"""Pictures of a template: a tagged picture control (17.5.2.24) shows the picture that the data has under its tag.

The template stays an ordinary Word file with the picture of an empty place in the control. Compiled, the drawing's
size and relationship depend on the value; the picture of each record is a part with a relationship of its own.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from xml.sax.saxutils import quoteattr

from jinja2 import Undefined
from lxml import etree

from docgen.paths import get
from docgen.values.picture import Picture
from docgen.word.engine.tags import W
from docgen.word.file.package import CONTENT_TYPES_PART, Package, parse_xml, rels_of

#: The filter that gives an attribute of the drawing: of the value, or of the empty place.
PICTURE = "docgen_picture"
#: The box that the picture under each name fills, in EMU.
Boxes = Mapping[str, tuple[int, int]]

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_IMAGE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
#: What may stand in a literal of the template's language.
_PLAIN = re.compile(r"[\w.-]+")
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def attribute_of(value: Any, name: str, own: str, width: int, height: int, empty: str) -> str:
    """The attribute `name` (`cx`, `cy`, `embed`) of the drawing of `value`; `empty` where there is no picture.

    `own` is the relationship of the picture, `width` and `height` its box in EMU.
    """
    if isinstance(value, Picture):
        wide, high = value.fitted(width, height)
        return {"cx": str(wide), "cy": str(high), "embed": own}[name]
    if isinstance(value, Undefined):
        bool(value)  # raises: a name that the data lacks
    return empty


def picture_tag(properties: etree._Element, boxes: Boxes) -> str:
    """The name of the picture that the control with `properties` shows; "" for any other control."""
    tag = properties.find(f"{W}tag")
    name = "" if tag is None else str(tag.get(f"{W}val", "")).strip()
    return name if name in boxes and properties.find(f"{W}picture") is not None else ""


def drawn_attributes(content: etree._Element) -> Iterator[tuple[etree._Element, str, str]]:
    """The elements below `content` that depend on the picture: each with its attribute and what that is of."""
    for element in content.iter(f"{_WP}extent", f"{_A}ext"):
        if {"cx", "cy"} <= set(element.keys()):  # an a:ext may be an extension, too (20.1.2.2.14)
            yield element, "cx", "cx"
            yield element, "cy", "cy"
    for element in content.iter(f"{_A}blip"):
        if _PLAIN.fullmatch(element.get(f"{_R}embed", "")):
            yield element, f"{_R}embed", "embed"


class Pictures:
    """The pictures of one compiled template, and the parts that those of a record take."""

    def __init__(self, package: Package, boxes: Boxes) -> None:
        root = parse_xml(package.parts[package.main])
        names = [picture_tag(properties, boxes) for properties in root.iter(f"{W}sdtPr")]
        self._folder = posixpath.dirname(package.main)
        self._relations_part = rels_of(package.main)
        self._relations = _relations(package.parts.get(self._relations_part))
        taken = {part.lower() for part in package.parts} | {rid.lower() for rid, _ in self._relations}
        self.boxes = {name: boxes[name] for name in dict.fromkeys(filter(None, names))}
        self._numbers: dict[str, int] = {}
        number = 0
        for name in self.boxes:
            number += 1
            while {f"rdocgen{number}", *(self._part(number, kind) for kind in ("png", "jpeg"))} & taken:
                number += 1
            self._numbers[name] = number

    def _part(self, number: int, kind: str) -> str:
        return posixpath.join(self._folder, f"media/docgen{number}.{kind}")

    def relation(self, name: str) -> str:
        """The id of the relationship of the picture under `name`."""
        return f"rDocgen{self._numbers[name]}"

    def fixed(self, parts: Mapping[str, bytes]) -> dict[str, bytes]:
        """The parts that are equal for all records: content types that know pictures, no relationships of the main."""
        kept = {name: content for name, content in parts.items() if name != self._relations_part}
        return {**kept, CONTENT_TYPES_PART: _with_pictures(parts[CONTENT_TYPES_PART])}

    def parts(self, context: Mapping[str, Any]) -> list[tuple[str, bytes]]:
        """The relationships of the main part and the pictures of one record, in this order."""
        out: list[tuple[str, bytes]] = []
        added = []
        for name, number in self._numbers.items():
            value: object = get(context, name.split("."))
            if isinstance(value, Picture):
                part = self._part(number, value.kind)
                target = posixpath.relpath(part, self._folder)
                added.append((self.relation(name), {"Type": _IMAGE, "Target": target}))
                out.append((part, value.content))
        return [(self._relations_part, _written((*self._relations, *added))), *out]


def _relations(content: bytes | None) -> list[tuple[str, dict[str, str]]]:
    """The relationships of a part: id, and the other attributes."""
    found = []
    for item in parse_xml(content) if content else ():
        if isinstance(item.tag, str):
            rest = {str(name): str(value) for name, value in item.attrib.items() if name != "Id"}
            found.append((str(item.get("Id", "")), rest))
    return found


def _written(relations: Iterable[tuple[str, Mapping[str, str]]]) -> bytes:
    items = "".join(
        f"<Relationship Id={quoteattr(rid)}{''.join(f' {name}={quoteattr(value)}' for name, value in rest.items())}/>"
        for rid, rest in relations
    )
    return f'{_DECLARATION}<Relationships xmlns="{_RELATIONS}">{items}</Relationships>'.encode()


def _with_pictures(content: bytes) -> bytes:
    """`[Content_Types].xml` with both kinds of picture declared (ECMA-376 part 2, 10.1.2.2)."""
    root = parse_xml(content)
    known = {str(item.get("Extension", "")).lower() for item in root.iter(f"{_TYPES}Default")}
    for kind in ("jpeg", "png"):
        if kind not in known:
            root.insert(0, etree.Element(f"{_TYPES}Default", {"Extension": kind, "ContentType": f"image/{kind}"}))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
