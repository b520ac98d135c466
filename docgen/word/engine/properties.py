"""What a Word file says of itself, as Jinja: the core properties that docxtpl renders, and docgen's own custom ones.

Other programs keep custom properties when they save a file, but drop core ones that they do not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from docgen.word.engine.tags import TAG, Tag, TagPlace

#: The core properties docxtpl renders (the rest stay as they are).
_CORE = frozenset({"creator", "description", "identifier", "language", "subject", "title"})
#: How the names of docgen's custom properties begin; an office's own stay as they are, as with docxtpl.
_OWN = "docgen."
_JINJA = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)


def _texts(root: etree._Element) -> Iterator[tuple[etree._Element, bool]]:
    """Each element with the text of a property, and whether it is rendered."""
    for element in root.iterchildren(tag=etree.Element):
        kind = etree.QName(element).localname
        if kind != "property":
            yield element, kind in _CORE
        elif len(element):
            yield element[0], element.get("name", "").startswith(_OWN)


def property_tags(root: etree._Element, part: str) -> list[Tag]:
    """The tags in the properties that are rendered."""
    return [
        Tag(text, TagPlace(part))
        for element, rendered in _texts(root)
        if rendered
        for text in TAG.findall(element.text or "")
    ]


def unrendered(root: etree._Element) -> str:
    """What the properties say that are not rendered: a tag there stays a tag."""
    return " ".join(element.text or "" for element, rendered in _texts(root) if not rendered)


def property_source(root: etree._Element, braces: Mapping[str, str]) -> str:
    """The part as Jinja: tags in properties that are not rendered stay text, by the escapes of `braces`."""
    for element, rendered in _texts(root):
        if not rendered and element.text:
            for brace, escaped in braces.items():
                element.text = element.text.replace(brace, escaped)
    source = etree.tostring(root, encoding="unicode")
    return _JINJA.sub(lambda m: m[0].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"), source)
