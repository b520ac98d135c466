"""The mark of a draft that no printer loses: DỰ THẢO in light grey across each page, behind the text.

A shape in the page's header (VML, ISO/IEC 29500-4, 19.1), as Word itself makes a watermark; Word, LibreOffice and the
embedded engine all draw it. It is no part of the text, so what is read back from a draft is the same.
"""

from __future__ import annotations

import io
import re
import zipfile
from xml.sax.saxutils import quoteattr

from lxml import etree

from docgen.word.write import style
from docgen.word.write.builder import W, write_package

_TEXT = "DỰ THẢO"
_COLOR = "#c8c8c8"
_WIDTH_PT, _HEIGHT_PT = 500, 120
_HEADER = re.compile(r"word/header\d*\.xml")
_NAMES = f'xmlns:w="{W}" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
#: Word's own shape of a text on a straight line.
_SHAPE_TYPE = (
    '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e">'
    '<v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/>'
    '<v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/>'
    '<v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/></v:formulas>'
    '<v:path textpathok="t" o:connecttype="custom"/><v:textpath on="t" fitshape="t"/></v:shapetype>'
)
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)


def _run(number: int) -> str:
    """The run that holds the shape; `number` tells the shapes of one file apart."""
    place = (
        f"position:absolute;margin-left:0;margin-top:0;width:{_WIDTH_PT}pt;height:{_HEIGHT_PT}pt;rotation:315;"
        "z-index:-251658752;mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
        "mso-position-vertical:center;mso-position-vertical-relative:margin"
    )
    letters = f"font-family:{chr(34)}{style.FONT}{chr(34)};font-size:1pt"
    return (
        f'<w:r {_NAMES}><w:rPr><w:noProof/></w:rPr><w:pict>{_SHAPE_TYPE}<v:shape id="DocgenDraft{number}" '
        f'o:spid="_x0000_s{2048 + number}" type="#_x0000_t136" alt="{_TEXT}" style="{place}" fillcolor="{_COLOR}" '
        f'stroked="f"><v:textpath style={quoteattr(letters)} string="{_TEXT}"/></v:shape></w:pict></w:r>'
    )


def marked_draft(docx: bytes) -> bytes:
    """`docx` with the mark in each of its page headers; the same file gives the same bytes.

    A file without headers (an office's own template may have none) comes back as it is.
    """
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    headers = [name for name in parts if _HEADER.fullmatch(name)]
    if not headers:
        return docx
    for number, name in enumerate(headers, start=1):
        tree = etree.fromstring(parts[name], _PARSER)
        paragraphs = tree.findall(f"{{{W}}}p")
        holder = paragraphs[-1] if paragraphs else etree.SubElement(tree, f"{{{W}}}p")
        holder.append(etree.fromstring(_run(number), _PARSER))
        parts[name] = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    return write_package(parts)
