"""What a filled form shows in the content control of one value, without reading the whole form."""

from __future__ import annotations

from lxml import etree

from docgen.word.file.looks import W


def values_of(document: etree._Element, tag: str) -> set[str]:
    """The texts in the content controls (ECMA-376 17.5.2) whose tag is `tag`; one that shows its prompt has none."""
    out = set()
    for control in document.iter(f"{W}sdt"):
        properties = control.find(f"{W}sdtPr")
        name = properties.find(f"{W}tag") if properties is not None else None
        if properties is None or name is None or name.get(f"{W}val") != tag:
            continue
        if properties.find(f"{W}showingPlcHdr") is None:
            text = "".join(piece.text or "" for piece in control.iter(f"{W}t"))
            if text.strip(" .…\t\xa0"):
                out.add(" ".join(text.split()))
    return out
