"""From the text somebody typed to the value it stands for: dates, numbers, the words of a closed list, boxes.

What is seen counts: a date is the printed date, a box is its glyph. What Word keeps beside the text (`w:fullDate`,
`w14:checked`, 17.5.2.7 and Word 2010's extension) is compared with it. Nothing is guessed: a text that cannot be read
as a value gives a problem and no value.
"""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from docgen.forms.bindings import Slot
from docgen.model import Severity
from docgen.word.reader import clean
from docgen.word.units import fold

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
_LONG_DATE = re.compile(r"(?:.*,\s*)?ngày\s*(\d{1,2})\s*tháng\s*(\d{1,2})\s*năm\s*(\d{4})\.?")
_SHORT_DATE = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4})")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
#: No count, share or year of a form is longer; past it a number is no longer kept to the last digit.
_LONGEST_NUMBER = 15
_PLAIN_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(slots=True)
class Parsed:
    """A value (None where nothing was written or it cannot be read) and what is doubtful about it."""

    value: Any = None
    problems: list[tuple[str, Severity, dict[str, Any]]] = field(default_factory=list)
    raw: str = ""

    def doubt(self, code: str, severity: Severity, **params: Any) -> Parsed:
        """Note a problem."""
        self.problems.append((code, severity, params))
        return self


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
    if slot.type == "paragraphs":
        kept = [p for p in (clean(p) for p in paragraphs) if p]
        return Parsed(kept or None, raw=" ".join(kept))
    text = clean(" ".join(paragraphs))
    out = Parsed(raw=text)
    if not text:
        return out
    if slot.options:
        return _code(slot, text, out)
    if slot.type == "date":
        return _date(text, full_date, out)
    if slot.type in ("integer", "year", "number"):
        return _number(slot.type, text, out)
    out.value = text
    return out


def date_of(text: str) -> str:
    """The ISO date that `text` is, in one of the ways a date is written in Vietnamese; "" where it is none."""
    folded = fold(clean(text))
    for pattern in (_SHORT_DATE, _LONG_DATE):
        if found := pattern.fullmatch(folded):
            day, month, year = (int(group) for group in found.groups())
            break
    else:
        found = _ISO_DATE.fullmatch(folded)
        if found is None:
            return ""
        year, month, day = (int(group) for group in found.groups())
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return ""


def _date(text: str, full_date: str, out: Parsed) -> Parsed:
    found = date_of(text)
    if not found:
        return out.doubt("read.date.unreadable", "error", given=text[:60])
    out.value = found
    if full_date and full_date != found:
        out.doubt("read.date.differs", "warning", shown=found, stored=full_date)
    return out


def _number(kind: str, text: str, out: Parsed) -> Parsed:
    bare = text.replace(" ", "").rstrip("%")
    if _THOUSANDS.fullmatch(bare):
        # 1.234 is a thousand and more in Vietnamese; typed by a hand used to English it may mean something else.
        if kind == "number":
            out.doubt("read.number.ambiguous", "warning", given=text[:40])
        bare = bare.replace(".", "")
    if not _PLAIN_NUMBER.fullmatch(bare) or len(bare) > _LONGEST_NUMBER:
        return out.doubt("read.number.unreadable", "error", given=text[:40])
    value = float(bare.replace(",", "."))
    if value == int(value) and not ("," in bare or "." in bare):
        out.value = int(bare)
    elif kind == "number":
        out.value = value
    else:
        out.doubt("read.number.unreadable", "error", given=text[:40])
    return out


def _code(slot: Slot, text: str, out: Parsed) -> Parsed:
    wanted = fold(text).rstrip(" .;")
    for code, words in slot.options:
        if wanted in (fold(clean(words)), fold(code)):
            out.value = to_code(slot, code)
            return out
    words_of = {fold(clean(words)): words for _, words in slot.options}
    near = difflib.get_close_matches(wanted, words_of, n=1, cutoff=0.75)
    return out.doubt(
        "read.choice.unknown", "error", given=text[:60], near=words_of[near[0]] if near else "",
        options="; ".join(words for _, words in slot.options),
    )  # fmt: skip


def to_code(slot: Slot, code: str) -> Any:
    """`code` as it stands in data: a truth value for Có / Không."""
    return code == "true" if slot.type == "bool" else code


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
