"""Text of a Word file that only reads right in a font of before Unicode (`docgen.word.read.old_fonts`)."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile

from lxml import etree

from docgen.word.file.looks import Looks
from docgen.word.file.package import parse_xml, read_package
from docgen.word.read.old_fonts import encoding_of, from_font, is_unicode

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: A part in which no such name stands sets nothing in an old font; looking at bytes costs next to nothing.
_NAMED = re.compile(rb"[\"'>]@?(?:\.?vn[a-z]|vni[ _\-])", re.IGNORECASE)
_LONGEST = 80


def mixed_fonts(document: etree._Element, looks: Looks) -> frozenset[str]:
    """The encodings of old fonts in which this document also sets Unicode text, as where its default font is one."""
    named = {value for fonts in document.iter(f"{W}rFonts") for value in map(str, fonts.attrib.values())}
    if not any(encoding_of(name) for name in named | looks.font_names()):
        return frozenset()
    out: set[str] = set()
    for p in document.iter(f"{W}p"):
        style = p.find(f"{W}pPr/{W}pStyle")
        for r in p.iter(f"{W}r"):
            text = "".join(t.text or "" for t in r.iterchildren(f"{W}t"))
            if not text.isascii() and is_unicode(unicodedata.normalize("NFC", text)):
                look = looks.of(r.find(f"{W}rPr"), style.get(f"{W}val", "") if style is not None else "")
                out.update(encoding_of(font) for font in look.fonts)
    return frozenset(out)


def old_texts(docx: bytes) -> dict[str, tuple[str, str]]:
    """For each old font: the first text set in it as it stands in the file, and as the font would show it.

    Only text that another font shows otherwise counts: ASCII looks the same in all of them.
    Raises `InputError` where `docx` is no Word file.
    """
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        names = [name for name in archive.namelist() if name.endswith(".xml")]
        if not any(_NAMED.search(archive.read(name)) for name in names):
            return {}
    package = read_package(docx)
    looks = Looks(*(_tree(package.parts, kind) for kind in ("styles", "theme/theme1")))
    out: dict[str, tuple[str, str]] = {}
    mixed = mixed_fonts(parse_xml(package.parts[package.main]), looks)
    for part in (package.main, *package.stories):
        for p in parse_xml(package.parts[part]).iter(f"{W}p"):
            style = p.find(f"{W}pPr/{W}pStyle")
            for r in p.iter(f"{W}r"):
                text = "".join(t.text or "" for t in r.iterchildren(f"{W}t"))
                if text.isascii():
                    continue
                look = looks.of(r.find(f"{W}rPr"), style.get(f"{W}val", "") if style is not None else "")
                font = next((name for name in look.fonts if encoding_of(name)), "")
                encoding = encoding_of(font)
                shown = from_font(text, encoding, encoding in mixed) if font and not look.hidden else text
                if shown != text:
                    out.setdefault(font, (text[:_LONGEST], shown[:_LONGEST]))
    return out


def _tree(parts: dict[str, bytes], kind: str) -> etree._Element | None:
    content = parts.get(f"word/{kind}.xml")
    return parse_xml(content) if content is not None else None
