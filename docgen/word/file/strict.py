"""The two spellings of Open XML (ISO/IEC 29500): Strict, which Word offers when saving, read as Transitional.

Both have the same elements for all that is read here; they differ in the names of their namespaces (part 4, annex A)
and in the words that name relationships. So the names are exchanged before a part is parsed, and nothing else needs to
know that there are two.
"""

from __future__ import annotations

_STRICT = b"http://purl.oclc.org/ooxml/"
_TRANSITIONAL = b"http://schemas.openxmlformats.org/"
#: The namespaces of Strict (below its root) and their names in Transitional.
_NAMES = {
    "wordprocessingml/main": "wordprocessingml/2006/main",
    "drawingml/main": "drawingml/2006/main",
    "drawingml/wordprocessingDrawing": "drawingml/2006/wordprocessingDrawing",
    "drawingml/spreadsheetDrawing": "drawingml/2006/spreadsheetDrawing",
    "drawingml/chartDrawing": "drawingml/2006/chartDrawing",
    "drawingml/chart": "drawingml/2006/chart",
    "drawingml/diagram": "drawingml/2006/diagram",
    "drawingml/lockedCanvas": "drawingml/2006/lockedCanvas",
    "drawingml/picture": "drawingml/2006/picture",
    "drawingml/compatibility": "drawingml/2006/compatibility",
    "officeDocument/bibliography": "officeDocument/2006/bibliography",
    "officeDocument/characteristics": "officeDocument/2006/characteristics",
    "officeDocument/customProperties": "officeDocument/2006/custom-properties",
    "officeDocument/customXml": "officeDocument/2006/customXml",
    "officeDocument/docPropsVTypes": "officeDocument/2006/docPropsVTypes",
    "officeDocument/extendedProperties": "officeDocument/2006/extended-properties",
    "officeDocument/math": "officeDocument/2006/math",
    "officeDocument/relationships": "officeDocument/2006/relationships",
    "officeDocument/sharedTypes": "officeDocument/2006/sharedTypes",
    "schemaLibrary/main": "schemaLibrary/2006/main",
    "spreadsheetml/main": "spreadsheetml/2006/main",
    "presentationml/main": "presentationml/2006/main",
}
_PAIRS = [
    (quote + _STRICT + strict.encode() + quote, quote + _TRANSITIONAL + name.encode() + quote)
    for strict, name in _NAMES.items()
    for quote in (b'"', b"'")
]
#: Kinds of relationship whose last word differs.
_KINDS = {"customProperties": "custom-properties", "extendedProperties": "extended-properties"}


def transitional(content: bytes) -> bytes:
    """The part of a package in `content` (UTF-8) with what Strict calls otherwise by its Transitional names.

    These are the namespaces, in a relationship part the types, and the mark of Strict on the root.
    """
    if _STRICT not in content:
        return content
    for old, new in _PAIRS:
        content = content.replace(old, new)
    types = _STRICT + b"officeDocument/relationships/"
    for strict, name in _KINDS.items():
        content = content.replace(types + strict.encode(), types + name.encode())
    content = content.replace(types, _TRANSITIONAL + b"officeDocument/2006/relationships/")
    return content.replace(b' w:conformance="strict"', b"")


def relation_kind(kind: str) -> str:
    """The last word of a relationship's type, the same for both spellings."""
    word = kind.rsplit("/", 1)[-1]
    return _KINDS.get(word, word)
