"""The gate: what is not as it should be in a finished PDF, read back by another library than the one that wrote it."""

from __future__ import annotations

from collections.abc import Sequence

from docgen.model import Finding, Place
from docgen.pdf.drawn_pictures import lost_pictures
from docgen.pdf.glyphs import absent_letters, drawing, fonts, missing_glyphs
from docgen.pdf.reading import Reading, missing_text, opened
from docgen.word.after.shown_pictures import ShownPicture


def check(
    pdf: bytes | Reading,
    texts: Sequence[str],
    name: str = "",
    besides: Sequence[str] = (),
    loose: Sequence[str] = (),
    pictures: Sequence[ShownPicture] = (),
) -> list[Finding]:
    """What is wrong with a finished PDF: texts that are not in it, missing glyphs, other fonts, a font that is not
    embedded, text beyond the edge of the paper, pictures that are not seen.

    `texts` are the paragraphs of the Word file, each to be found as often as it stands there; those of `besides` must
    be found at all, and of `loose` the letters, be they capitals or not. `pictures` are those of the Word file.
    """
    place = Place(name)
    with opened(pdf) as reading:
        drawn = drawing(reading)
        lost = missing_text(reading, texts, besides, loose)
        boxes = {**dict.fromkeys(drawn.boxes, ""), **missing_glyphs(reading, "".join((*texts, *besides)))}
        named = fonts(reading)
        unseen = lost_pictures(reading, pictures)
        absent = absent_letters(reading, "".join(lost)) if lost else ""
    out = [Finding("pdf.text.lost", "error", place, {"text": text.strip()[:80]}) for text in lost]
    if absent:
        out.append(Finding("pdf.glyph.absent", "error", place, {"letters": _named(absent)}))
    out += [Finding("pdf.picture.lost", "error", place, {"alt": picture.alt.strip()[:80] or "?"}) for picture in unseen]
    for page, letters in sorted(boxes.items()):
        out.append(Finding("pdf.glyph.missing", "error", place, {"page": page, "letters": _named(letters)}))
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


def _named(letters: str) -> str:
    """Letters with their code points, for a font that shows none of them; a question mark where none is known."""
    return ", ".join(f"{c} (U+{ord(c):04X})" for c in letters[:10]) or "?"
