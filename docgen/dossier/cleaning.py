"""Cleaning one text, and telling what in it a person cannot see.

Vietnamese text copied from chat programs, PDF files and old machines brings letters that look right and are not:
decomposed accents (NFD), Cyrillic `о` inside a Latin word, zero-width characters, marks that turn the direction of
writing, control characters that no XML file (so no Word file) can hold. Printed they look the same; compared, sorted
and searched they differ.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from docgen.model import Severity
from docgen.values.spelling import bare as bare

#: A text longer than this, some forty pages, is surely a slip: a whole file pasted into one place. An error, and no
#: more of it is taken: what draws pages takes memory by the square of a paragraph (200,000 letters: 0.8 GB).
LONG_TEXT = 100_000
#: The paragraphs of one section: 2,000 fill some sixty pages, and 100,000 take more than a minute to print.
MANY_PARAGRAPHS = 2_000

_ILLEGAL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff"
_SURROGATES = "\ud800-\udfff"
_INVISIBLE = "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u2060-\u2064\u3164\ufeff\uffa0"
_DIRECTION = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_FOREIGN = "\u0370-\u03ff\u0400-\u052f"
_SUSPECT = re.compile(f"[{_ILLEGAL}{_SURROGATES}{_INVISIBLE}{_DIRECTION}{_FOREIGN}]")
_ILLEGAL_ONE = re.compile(f"[{_ILLEGAL}]")
_SURROGATE_ONE = re.compile(f"[{_SURROGATES}]")
_INVISIBLE_ONE = re.compile(f"[{_INVISIBLE}]")
_DIRECTION_ONE = re.compile(f"[{_DIRECTION}]")
_WORD = re.compile(r"\w+")
_FOREIGN_ONE = re.compile(f"[{_FOREIGN}]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_UNHOLDABLE = re.compile(f"[{_ILLEGAL}{_SURROGATES}]")
_MARKUP = re.compile(r"\{\{|\{%|\{#|</?w:\w")
#: Letters of other scripts that are drawn like a Latin letter, and the Latin letter that was meant.
_TWINS = dict(
    zip(
        "АВЕКМНОРСТУХаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧανορυι",
        "ABEKMHOPCTYXaeopcyxijsABEZHIKMNOPTYXavopui",
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class TextFault:
    """One thing found in a text: the message key, its severity and the values its message needs."""

    code: str
    severity: Severity
    params: dict[str, object]


def storable(text: str) -> str:
    """`text` stripped and in NFC, with what XML cannot hold replaced by U+FFFD, and all line ends as one newline."""
    if text.isascii() and text.isprintable():
        return text.strip()
    if _UNHOLDABLE.search(text):
        text = _UNHOLDABLE.sub("\ufffd", text)
    text = unicodedata.normalize("NFC", text)
    for end in ("\r\n", "\r", "\u2028", "\u2029", "\x85"):
        if end in text:
            text = text.replace(end, "\n")
    return text.strip()


def one_line(text: str) -> str:
    """`text` with every run of white space as one space: what a form prints and a reader gives back."""
    return " ".join(text.split())


def paragraphs(text: str) -> list[str]:
    """The paragraphs of `text`, one a line, each on one line, empty ones left out."""
    return [piece for piece in (one_line(line) for line in text.split("\n")) if piece]


def is_plain(text: str) -> bool:
    """True where `text` surely holds nothing to report: the quick way past most values."""
    return (
        not _SUSPECT.search(text)
        and "{" not in text
        and "<" not in text
        and (text.isascii() or unicodedata.is_normalized("NFC", text))
    )


def faults(text: str) -> Iterator[TextFault]:
    """What a person should know of `text` as it was written, before `clean`; each kind once."""
    if is_plain(text):
        return
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        yield TextFault("dossier.text.nfd", "info", {})
    if found := _SURROGATE_ONE.search(text):
        yield TextFault("dossier.text.surrogate", "error", {"character": _code_point(found.group())})
    if found := _ILLEGAL_ONE.search(text):
        count = len(_ILLEGAL_ONE.findall(text))
        yield TextFault("dossier.text.control", "error", {"character": _code_point(found.group()), "count": count})
    if found := next((m for m in _INVISIBLE_ONE.finditer(text) if not _joins_emoji(text, m.start())), None):
        yield TextFault("dossier.text.invisible", "warning", {"character": _code_point(found.group())})
    if found := _DIRECTION_ONE.search(text):
        yield TextFault("dossier.text.direction", "warning", {"character": _code_point(found.group())})
    if _FOREIGN_ONE.search(text) and (found_word := _mixed_word(text)):
        yield found_word
    if found := _MARKUP.search(text):
        yield TextFault("dossier.text.markup", "info", {"found": found.group()})


def _mixed_word(text: str) -> TextFault | None:
    """The first word that mixes Latin letters with those of another alphabet. Whole words of one alphabet are fine."""
    # Word by word, so that one word of millions of letters costs no more than its length.
    for word in _WORD.finditer(unicodedata.normalize("NFC", text)):
        letter = _FOREIGN_ONE.search(word.group())
        if letter is None or not _LATIN.search(word.group()):
            continue
        # Taken apart first: a Cyrillic letter may carry the accents of the Vietnamese one it stands for.
        apart = unicodedata.normalize("NFD", word.group()[:80])
        meant = unicodedata.normalize("NFC", "".join(_TWINS.get(c, c) for c in apart))
        params: dict[str, object] = {
            "word": word.group()[:40],
            "character": _code_point(letter.group()),
            "meant": meant[:40],
        }
        return TextFault("dossier.text.lookalike", "warning", params)
    return None


def _code_point(character: str) -> str:
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X}" + (f" {name}" if name else "")


def _joins_emoji(text: str, at: int) -> bool:
    """True for a zero-width joiner between two symbols: that is how one emoji is written."""
    if text[at] != "\u200d" or at == 0 or at + 1 >= len(text):
        return False
    return unicodedata.category(text[at - 1]) in ("So", "Sk", "Mn") and unicodedata.category(text[at + 1]) == "So"
