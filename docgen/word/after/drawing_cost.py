"""What drawing a Word file may cost: asked before an engine sees it.

Measured with rdocx 0.16: so many bytes for each paragraph, cell, control and letter, and by the square of the letters
and of the runs of one paragraph (a million letters in one: 16 GB).
"""

from __future__ import annotations

from lxml import etree

from docgen.errors import InputError
from docgen.word.file.safe_open import PartError, parse_part, read_parts

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: What drawing one file may take, in bytes: some 13,000 short paragraphs, 12,000 cells (a table of 600 members), or one
#: paragraph of 145,000 letters. It takes less than ten seconds.
MAX_DRAWING = 400_000_000
_PARAGRAPH, _CELL, _CONTROL, _LETTER = 20_000, 13_000, 5_000, 420
_SQUARE_LETTERS, _SQUARE_RUNS = 0.016, 0.8
#: No part below this many bytes comes near the bound.
_SMALL = 60_000


def refuse_costly(docx: bytes, name: str) -> None:
    """Raise `InputError` `pdf.file.too_long` for a Word file that is too long to be drawn.

    What cannot be read is left to whoever reads it next.
    """
    try:
        parts = read_parts(docx)
    except Exception:  # whatever it is, `docgen.word.after.unwrap` meets it and says so
        return
    paragraphs = letters = longest = 0
    cost = 0.0
    for entry, content in parts.items():
        if not entry.endswith(".xml") or len(content) < _SMALL:
            continue
        try:
            tree = parse_part(content, entry)
        except PartError:
            continue
        for paragraph in tree.iter(f"{W}p"):
            paragraphs += 1
            length, runs = _measure(paragraph)
            letters += length
            longest = max(longest, length)
            cost += _SQUARE_LETTERS * length**2 + _SQUARE_RUNS * runs**2
        cost += _CELL * _count(tree, "tc") + _CONTROL * _count(tree, "sdt")
    if cost + _PARAGRAPH * paragraphs + _LETTER * letters > MAX_DRAWING:
        facts = {"paragraphs": paragraphs, "letters": letters, "longest": longest}
        raise InputError("pdf.file.too_long", file=name, **facts)


def _measure(paragraph: etree._Element) -> tuple[int, int]:
    """The letters and the runs of a paragraph."""
    return sum(len(text.text or "") for text in paragraph.iter(f"{W}t")), _count(paragraph, "r")


def _count(element: etree._Element, tag: str) -> int:
    return sum(1 for _ in element.iter(f"{W}{tag}"))
