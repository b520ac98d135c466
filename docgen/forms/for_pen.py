"""A blank form for the pen: as many dotted lines in each section as people write there, names as long as the line."""

from __future__ import annotations

from functools import cache
from math import ceil
from pathlib import Path

import docgen.regulations as home
from docgen.regulations.strict_yaml import load_mapping
from docgen.word.write.pen_lines import with_pen_lines

#: So many words of handwriting stand on a line as wide as the text of a page.
_WORDS_A_LINE = 10


@cache
def _words() -> tuple[int, dict[str, int]]:
    """How many words people write in a section as a rule, and in those that are known by binding."""
    data = load_mapping(Path(home.__file__).parent / "handwriting.yaml")
    data.closed(("usual", "words"), ("usual", "words"))
    return int(data["usual"]), {binding: int(count) for binding, count in data["words"].items()}


def lines_of(binding: str) -> int:
    """How many dotted lines the section `binding` has."""
    usual, words = _words()
    return ceil(words.get(binding, usual) / _WORDS_A_LINE)


def for_pen(docx: bytes) -> bytes:
    """`docx`, a form as it is handed out, with room for handwriting wherever nothing is written yet."""
    return with_pen_lines(docx, lines_of)
