"""The pictures of a Word file that its pages must show: what is looked for in a PDF beside the texts."""

from __future__ import annotations

import io
import posixpath
import zipfile
from dataclasses import dataclass, field

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_PIC = "{http://schemas.openxmlformats.org/drawingml/2006/picture}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_REL = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
_DOCUMENT, _RELS = "word/document.xml", "word/_rels/document.xml.rels"
#: PNG and JPEG; pictures of other kinds are drawn as lines, not as pictures.
_RASTER = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_EMU_PER_POINT = 12_700.0


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture in the text of the main part: `alt` says what it shows, `width` and `height` (points) how large.

    `is_plain` where it is shown as it is: not cropped, turned, recoloured, and with nothing in front of it.
    """

    alt: str
    content: bytes = field(repr=False)
    width: float
    height: float
    is_plain: bool


def shown_pictures(docx: bytes) -> list[ShownPicture]:
    """The PNG and JPEG pictures that the pages of `docx` (no content controls, revisions accepted) must show."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        names = set(archive.namelist())
        content = archive.read(_DOCUMENT)
        if b"blip" not in content or _RELS not in names:
            return []
        targets = {
            item.get("Id", ""): posixpath.normpath(posixpath.join("/word", item.get("Target", ""))).lstrip("/")
            for item in etree.fromstring(archive.read(_RELS), _PARSER).iter(_REL)
            if item.get("TargetMode") != "External"
        }
        out = []
        for picture in etree.fromstring(content, _PARSER).iter(f"{_PIC}pic"):
            blip = picture.find(f"{_PIC}blipFill/{_A}blip")
            part = targets.get(blip.get(f"{_R}embed", ""), "") if blip is not None else ""
            if blip is None or part not in names or _is_hidden(picture):
                continue
            bytes_ = archive.read(part)
            if bytes_.startswith(_RASTER):
                out.append(_measured(picture, blip, bytes_))
        return out


def _is_hidden(picture: etree._Element) -> bool:
    """True in the second copy of a drawing, in hidden text and in a hidden row."""
    for above in picture.iterancestors():
        if above.tag == f"{_MC}Fallback":
            return True
        if above.tag == f"{W}r" and above.find(f"{W}rPr/{W}vanish") is not None:
            return True
        if above.tag == f"{W}tr" and above.find(f"{W}trPr/{W}hidden") is not None:
            return True
    return False


def _measured(picture: etree._Element, blip: etree._Element, content: bytes) -> ShownPicture:
    inline = next(picture.iterancestors(f"{_WP}inline"), None)
    properties = picture.find(f"{_PIC}nvPicPr/{_PIC}cNvPr")
    alt = properties.get("descr", "") if properties is not None else ""
    extent = inline.find(f"{_WP}extent") if inline is not None else None
    if inline is None or extent is None or len(list(inline.iter(f"{_PIC}pic"))) != 1:
        return ShownPicture(alt, content, 0.0, 0.0, False)
    frame = picture.find(f"{_PIC}spPr/{_A}xfrm")
    turned = frame is not None and any(frame.get(name, "0") not in ("0", "false") for name in ("rot", "flipH", "flipV"))
    crop = picture.find(f"{_PIC}blipFill/{_A}srcRect")
    cropped = crop is not None and bool(crop.attrib)
    recoloured = any(child.tag != f"{_A}extLst" for child in blip)
    width, height = (float(extent.get(side, "0")) / _EMU_PER_POINT for side in ("cx", "cy"))
    return ShownPicture(alt, content, width, height, not (turned or cropped or recoloured))
