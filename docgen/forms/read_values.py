"""From the text somebody typed to the value it stands for: dates, numbers, the words of a closed list, boxes.

What is seen counts: a date is the printed date, a box is its glyph. What Word keeps beside the text (`w:fullDate`,
`w14:checked`, 17.5.2.7 and Word 2010's extension) is compared with it. Nothing is guessed: a text that cannot be read
as a value gives a problem and no value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from docgen.forms.bindings import Slot
from docgen.values.kind import Parsed as Parsed
from docgen.word.read.reader import clean
from docgen.word.read.units import fold

#: What people put into a box to tick it, and what an empty box looks like.
TICKED = frozenset("☒☑✓✔✗✘xX×■+vV√") | {"\uf0fe", "\uf0fc"}
UNTICKED = frozenset("☐□") | {"\uf0a8", ""}
#: Word's own prompts, which it puts where it cannot find the form's.
_WORD_PROMPTS = (
    "click or tap here to enter text", "click or tap to enter a date", "click here to enter text",
    "click here to enter a date", "choose an item", "bấm hoặc gõ vào đây để nhập văn bản",
    "bấm hoặc gõ nhẹ vào đây để nhập văn bản", "bấm hoặc nhấn để nhập ngày", "bấm vào đây để nhập văn bản",
    "bấm vào đây để nhập ngày", "chọn một mục", "chọn mục",
)  # fmt: skip
#: From this length a prompt is guidance, which nobody types as an answer.
_SENTENCE = 25
_DOTS = re.compile(r"[….\s_]*")


class Prompts:
    """The texts an empty field shows: the form's, the file's own and Word's."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = {fold(clean(text)).rstrip(".") for text in known}

    def is_prompt(self, text: str, flagged: bool = False) -> bool:
        """True where `text` says nothing: a prompt, or dots to write on.

        Some forms print an example as prompt ("Nguyễn Văn A"), which may be somebody's name: a short prompt counts as
        one only where the control itself says it shows its prompt (`flagged`).
        """
        if not text or only_dots(text):
            return True
        folded = fold(text).rstrip(".")
        return (folded in self._known or folded in _WORD_PROMPTS) and (flagged or len(folded) >= _SENTENCE)


def only_dots(text: str) -> bool:
    """True for a line of dots or underscores, as printed forms have for writing on."""
    return bool(_DOTS.fullmatch(text)) and (text.count("…") * 3 + text.count(".") + text.count("_")) >= 3


def without_dots(text: str) -> str:
    """`text` without the dots that were printed around it."""
    return clean(re.sub(r"^(?:[….\s_]*(?:…|\.{3}|___)[….\s_]*)|(?:[….\s_]*(?:……|\.{4}|___)[….\s_]*)$", "", text))


def parse(slot: Slot, paragraphs: list[str], full_date: str = "") -> Parsed:
    """The value of `slot` in the paragraphs that were written. `full_date` is the date Word keeps beside the text."""
    return slot.kind.parse(paragraphs, slot.options, full_date)


@dataclass(frozen=True, slots=True)
class Tick:
    """One box: ticked, not ticked, or None where what stands in it is neither."""

    ticked: bool | None
    text: str = ""


def tick_of(text: str) -> Tick:
    """What the glyph in a box says."""
    glyph = clean(text)
    if glyph in UNTICKED or only_dots(glyph):
        return Tick(False, glyph)
    rest = glyph.strip("☐□ ") if len(glyph) > 1 else glyph
    return Tick(True if rest in TICKED else None, glyph)
