"""The gate: what is not as it should be in a finished PDF, read back by another library than the one that wrote it."""

from __future__ import annotations

from collections.abc import Sequence

from docgen.model import Finding, Place
from docgen.pdf.glyphs import drawing, fonts, missing_glyphs
from docgen.pdf.reading import Reading, missing_text, opened


def check(
    pdf: bytes | Reading,
    texts: Sequence[str],
    name: str = "",
    besides: Sequence[str] = (),
    loose: Sequence[str] = (),
) -> list[Finding]:
    """What is wrong with a finished PDF: texts that are not in it, missing glyphs, other fonts, a font that is not
    embedded, text beyond the edge of the paper.

    `texts` are the paragraphs of the Word file, each to be found as often as it stands there; those of `besides` must
    be found at all, and of `loose` the letters, be they capitals or not.
    """
    place = Place(name)
    with opened(pdf) as reading:
        drawn = drawing(reading)
        lost = missing_text(reading, texts, besides, loose)
        boxes = {*missing_glyphs(reading), *drawn.boxes}
        named = fonts(reading)
    out = [Finding("pdf.text.lost", "error", place, {"text": text.strip()[:80]}) for text in lost]
    out += [Finding("pdf.glyph.missing", "error", place, {"page": page}) for page in sorted(boxes)]
    out += [Finding("pdf.text.off_page", "error", place, {"page": page, "text": text}) for page, text in drawn.off_page]
    out += [
        Finding("pdf.font.substituted", "warning", place, {"font": use.font, "letters": use.letters[:40]})
        for use in drawn.substituted
    ]
    out += [
        Finding("pdf.font.not_embedded", "error", place, {"font": font.rstrip("!")})
        for font in named
        if font.endswith("!")
    ]
    return out
