"""Signs that a text font does not hold (☒ ✓ ①), each in a run of its own in a copy for conversion.

Where such a sign stands in the midst of a run, LibreOffice writes it at another place of the page's text than it is
drawn, and rdocx draws the whole run in the font of the sign. In a run of its own, in a font for signs, both draw it in
its place.
"""

from __future__ import annotations

import copy
import re

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: The font that forms have their boxes in; where it is not at hand, both engines take one that holds the sign.
FONT = "MS Gothic"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
#: Signs of Unicode's blocks of arrows, shapes and pictures that fonts for text do not have.
_SIGNS = "\u2190-\u21ff\u2300-\u23ff\u2460-\u25ff\u2600-\u27bf\u2900-\u29ff\u2b00-\u2bff\U0001f000-\U0001faff"
#: Of these, those that Times New Roman and its kin do have.
_HELD = "←↑→↓↔↕↨⌂⌐⌠⌡─-▐░▒▓■□▪▫▬▲►▼◄◊○●◘◙◦☺☻☼♀♂♠♣♥♦♪♫"
_SIGN = re.compile(f"([{_SIGNS}]+)")
_KEPT = re.compile(f"[{_HELD}]+")
#: Whether a part may hold any of them, told from its bytes (UTF-8, or as numbered characters).
SIGN_BYTES = re.compile(rb"\xe2[\x86-\xaf]|\xf0\x9f|&#")


def may_change(text: str) -> bool:
    """True where `text` holds a sign that needs a run of its own."""
    return any(not _KEPT.fullmatch(found) for found in _SIGN.findall(text))


def part_signs(tree: etree._Element) -> None:
    """Give each sign of a part a run of its own, in the font for signs."""
    for text in list(tree.iter(f"{W}t")):
        run = text.getparent()
        if run is None or run.tag != f"{W}r" or not may_change(text.text or ""):
            continue
        properties = run.find(f"{W}rPr")
        if [child for child in run if child.tag != f"{W}rPr"] == [text] and _SIGN.fullmatch(text.text or ""):
            _in_font_of_signs(run)
            continue
        _split(run, text, properties)


def _split(run: etree._Element, text: etree._Element, properties: etree._Element | None) -> None:
    """Put the pieces of `text` in runs of their own, and what stands after it in the run into one more."""
    parent = run.getparent()
    if parent is None:
        return
    after = list(text.itersiblings())
    made = [piece for piece in _SIGN.split(text.text or "") if piece]
    place = parent.index(run) + 1
    for piece in made:
        parent.insert(place, _run(properties, piece))
        if may_change(piece):
            _in_font_of_signs(parent[place])
        place += 1
    if after:
        rest = _run(properties, None)
        rest.extend(after)
        parent.insert(place, rest)
    run.remove(text)
    if not [child for child in run if child.tag != f"{W}rPr"]:
        parent.remove(run)


def _run(properties: etree._Element | None, text: str | None) -> etree._Element:
    run = etree.Element(f"{W}r")
    if properties is not None:
        run.append(copy.deepcopy(properties))
    if text is not None:
        item = etree.SubElement(run, f"{W}t")
        item.text = text
        item.set(_SPACE, "preserve")
    return run


def _in_font_of_signs(run: etree._Element) -> None:
    properties = run.find(f"{W}rPr")
    if properties is None:
        properties = etree.Element(f"{W}rPr")
        run.insert(0, properties)
    fonts = properties.find(f"{W}rFonts")
    if fonts is None:
        fonts = etree.Element(f"{W}rFonts")
        # After the style, before everything else (17.3.2.28).
        properties.insert(1 if len(properties) and properties[0].tag == f"{W}rStyle" else 0, fonts)
    fonts.attrib.clear()
    for name in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(W + name, FONT)
