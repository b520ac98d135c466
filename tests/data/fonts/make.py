"""How `docgen-thu.ttf` was made (`pip install fonttools`, then `python tests/data/fonts/make.py`).

A font of a few letters that Times New Roman and its likes do not have, each drawn as a box. The tables that say which
letters it is for are all set, else LibreOffice never falls back to it.
"""

from __future__ import annotations

from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

LETTERS = " ⰀⰁ中文abc"
FAMILY = "Docgen Thu"
ALL_BITS = 0xFFFFFFFF


def box(width: int) -> object:
    """A filled box, the whole of a letter's drawing."""
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    for corner in ((100, 800), (width, 800), (width, 0)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()


names = [".notdef", *(f"g{ord(letter):04x}" for letter in LETTERS)]
builder = FontBuilder(1000, isTTF=True)
builder.setupGlyphOrder(names)
builder.setupCharacterMap({ord(letter): f"g{ord(letter):04x}" for letter in LETTERS})
builder.setupGlyf(
    {name: box(900 - 40 * place) for place, name in enumerate(names)} | {"g0020": TTGlyphPen(None).glyph()}
)
builder.setupHorizontalMetrics(dict.fromkeys(names, (1000, 50)))
builder.setupHorizontalHeader(ascent=900, descent=-200)
builder.setupNameTable(
    {"familyName": FAMILY, "styleName": "Regular", "fullName": FAMILY, "psName": "DocgenThu-Regular"}
)
builder.setupOS2(
    sTypoAscender=900, sTypoDescender=-200, usWinAscent=900, usWinDescent=200, fsType=0,
    ulUnicodeRange1=ALL_BITS, ulUnicodeRange2=ALL_BITS, ulUnicodeRange3=ALL_BITS, ulCodePageRange1=ALL_BITS,
)  # fmt: skip
builder.setupPost()
builder.font["head"].created = builder.font["head"].modified = 3_600_000_000
builder.save(Path(__file__).with_name("docgen-thu.ttf"))
