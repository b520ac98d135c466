"""Locking some content controls of a Word file: their content cannot be edited, and a grey ground shows it.

A form that is handed to one person has places of others; Word lets nobody type there (`sdtContentLocked`,
ISO/IEC 29500-1, 17.18.50). Whoever lifts the lock is met when the form is read: see `docgen.forms.merge`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
GROUND = "E7E6E6"
#: The children of `w:rPr` that stand after `w:shd` in the schema.
_AFTER_SHADING = ("fitText", "vertAlign", "rtl", "cs", "em", "lang", "eastAsianLayout", "specVanish", "oMath")


def lock(docx: bytes, locked: Callable[[str], bool], note: Callable[[str], str], shaded: bool = True) -> bytes:
    """`docx` with every control locked whose tag is `locked`; `note` gives what its title says.

    With `shaded` their ground is grey. Controls without a tag, and everything else in the file, stay as they are; the
    same input gives the same bytes.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.namelist():
            content = source.read(entry)
            if entry == "word/document.xml":
                content = _locked(content, locked, note, shaded)
            target.writestr(zipfile.ZipInfo(entry, _ZIP_DATE), content, zipfile.ZIP_DEFLATED, 6)
    return out.getvalue()


def _locked(content: bytes, locked: Callable[[str], bool], note: Callable[[str], str], shaded: bool) -> bytes:
    tree = etree.fromstring(content, _PARSER)
    for control in tree.iter(f"{W}sdt"):
        properties = control.find(f"{W}sdtPr")
        tag = properties.find(f"{W}tag") if properties is not None else None
        name = tag.get(f"{W}val", "") if tag is not None else ""
        if properties is None or not name or not locked(name):
            continue
        held = properties.find(f"{W}lock")
        if held is not None:
            held.set(f"{W}val", "sdtContentLocked")
        alias = properties.find(f"{W}alias")
        if alias is not None:
            alias.set(f"{W}val", note(alias.get(f"{W}val", "")))
        for run in control.iter(f"{W}r") if shaded else ():
            _shade(run)
    return bytes(etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True))


def _shade(run: etree._Element) -> None:
    properties = run.find(f"{W}rPr")
    if properties is None:
        properties = etree.Element(f"{W}rPr")
        run.insert(0, properties)
    if properties.find(f"{W}shd") is not None:
        return
    shading = etree.Element(f"{W}shd", {f"{W}val": "clear", f"{W}color": "auto", f"{W}fill": GROUND})
    after = [child for child in properties if etree.QName(child).localname in _AFTER_SHADING]
    if after:
        after[0].addprevious(shading)
    else:
        properties.append(shading)
