"""Like copies of a page in one Word file, as of a secret ballot: nothing in the file tells one from another.

Content controls carry ids that are unique in a file (ISO/IEC 29500-1, 17.5.2.18), so the copies have none: a ballot is
filled in with a pen. Each copy is a section of its own whose page numbers begin anew, so no page shows which copy it
is.
"""

from __future__ import annotations

import copy
import io
import zipfile

from lxml import etree

from docgen.errors import InternalError
from docgen.word.after.unwrap import unwrap

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
_DOCUMENT, _CUSTOM = "word/document.xml", "docProps/custom.xml"
#: The date of every entry of a zip we write: the same input gives the same bytes.
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
#: The custom property by which a file of like copies is known: how many there are.
COPIES = "docgen.copies"
#: The children of `w:sectPr` that stand before `w:pgNumType` in the schema.
_BEFORE_NUMBERS = ("headerReference", "footerReference", "footnotePr", "endnotePr", "type", "pgSz", "pgMar", "paperSrc",
                   "pgBorders", "lnNumType")  # fmt: skip
#: What holds a name or a number of its own in a file.
_UNIQUE = (f"{W}bookmarkStart", f"{W}bookmarkEnd")


def like_copies(docx: bytes, count: int) -> bytes:
    """`docx`, a page without signatures, `count` times in one file; the same input gives the same bytes.

    Raises `InternalError` where the page does not end with a paragraph, in which its section could end.
    """
    with zipfile.ZipFile(io.BytesIO(unwrap(docx))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    tree = etree.fromstring(parts[_DOCUMENT], _PARSER)
    body = tree.find(f"{W}body")
    section = body.find(f"{W}sectPr") if body is not None else None
    if body is None or section is None:
        raise InternalError("errors.internal.copies", reason="section")
    for mark in [found for name in _UNIQUE for found in body.iter(name)]:
        if (holder := mark.getparent()) is not None:
            holder.remove(mark)
    _number_anew(section)
    body.remove(section)
    page = list(body)
    if not page or page[-1].tag != f"{W}p":
        raise InternalError("errors.internal.copies", reason="paragraph")
    for _ in range(count - 1):
        further = [copy.deepcopy(block) for block in page]
        _end_section(further[-1], section)
        for position, block in enumerate(further):
            body.insert(position, block)
    body.append(section)
    parts[_CUSTOM] = _counted(parts[_CUSTOM], count)
    parts[_DOCUMENT] = bytes(etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(zipfile.ZipInfo(name, _ZIP_DATE), content, zipfile.ZIP_DEFLATED, 6)
    return out.getvalue()


def _counted(custom: bytes, count: int) -> bytes:
    """The custom properties with the number of copies behind them."""
    tree = etree.fromstring(custom, _PARSER)
    further = copy.deepcopy(tree[-1])
    further.set("pid", str(int(tree[-1].get("pid", "1")) + 1))
    further.set("name", COPIES)
    further[0].text = str(count)
    tree.append(further)
    return bytes(etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True))


def _number_anew(section: etree._Element) -> None:
    """Let the page numbers of a section begin with 1."""
    before = [child for child in section if etree.QName(child).localname in _BEFORE_NUMBERS]
    numbers = etree.Element(f"{W}pgNumType", {f"{W}start": "1"})
    section.insert(section.index(before[-1]) + 1 if before else 0, numbers)


def _end_section(paragraph: etree._Element, section: etree._Element) -> None:
    """Let `paragraph` be the last of a section like `section`."""
    properties = paragraph.find(f"{W}pPr")
    if properties is None:
        properties = etree.Element(f"{W}pPr")
        paragraph.insert(0, properties)
    properties.append(copy.deepcopy(section))
