"""Whether the name in a certificate is the name printed on a paper: the whole name, accents and all.

*Trần Thị Lan Anh* is not *Trần Thị Lan*, *Lê Thị Hòa* is not *Lê Thị Hoa*. Three things do not make another person:
capitals, where the tone mark stands in one syllable (*Hoà*, *Hòa*), and what a certificate adds after the name
(a bracket, the number of an identity card). A certificate without a single accent proves the letters only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal

Likeness = Literal["same", "without_accents", "near", "other"]

#: The five tone marks of Vietnamese; the marks of letters (â, ê, ô, ơ, ư, ă) stay where they are.
_TONES = "\u0300\u0301\u0303\u0309\u0323"
#: What a certificate adds after the name: a bracket, or a number with the words that announce it.
_BRACKET = re.compile(r"\s*[(\[{<].*$", re.DOTALL)
_NUMBER = re.compile(
    r"[\s,;:_/|.\-–—]*(?:(?:CMND|CMTND|CMT|CCCD|CC|HC|HCQG|MST|MS|ID|UID|SN|SỐ|SO)\b[\s.:_\-–]*)*\d[\w\s.\-/]*$",
    re.IGNORECASE,
)


def fold_name(name: str) -> str:
    """`name` without accents, case and spacing."""
    plain = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    letters = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in letters).split())


def _exact(name: str) -> str:
    """`name` with every accent, but without case, spacing and the place of a tone mark within its syllable."""
    words = []
    for word in unicodedata.normalize("NFC", name).casefold().split():
        apart = unicodedata.normalize("NFD", word)
        tones = "".join(c for c in apart if c in _TONES)
        words.append(unicodedata.normalize("NFC", "".join(c for c in apart if c not in _TONES)) + tones)
    return " ".join(words)


def bare_name(certified: str) -> str:
    """The name in a certificate without the bracket or number that follows it."""
    text = unicodedata.normalize("NFC", certified).strip()
    return _NUMBER.sub("", _BRACKET.sub("", text)).strip() or text


def likeness(printed: str, certified: str) -> Likeness:
    """How the printed name and a certificate's agree.

    `same`: the whole name. `without_accents`: the certificate carries no accent at all and its letters are those of
    the name. `near`: a longer, shorter or otherwise accented name, so another person. `other`: another name.
    """
    bare = bare_name(certified)
    short, long = fold_name(printed), fold_name(bare)
    if not short or not long:
        return "other"
    if _exact(printed) == _exact(bare):
        return "same"
    if short == long:
        return "without_accents" if _plain(bare) else "near"
    return "near" if f" {short} " in f" {long} " or f" {long} " in f" {short} " else "other"


def _plain(name: str) -> bool:
    return not any(unicodedata.combining(c) or c in "đĐ" for c in unicodedata.normalize("NFD", name))


def same_name(printed: str, certified: str) -> bool:
    """True where the certificate's name is the printed one (`CN=NGUYEN VAN A (0123…)` is Nguyễn Văn A)."""
    return likeness(printed, certified) in ("same", "without_accents")


def meant(names: Iterable[str], certified: str) -> list[str]:
    """Which of `names` a certificate may mean: the one that is exactly its own, else those of the same letters.

    More than one means that the certificate, having no accents, does not tell the people apart.
    """
    known = sorted({name for name in names if name})
    exact = [name for name in known if likeness(name, certified) == "same"]
    return exact or [name for name in known if likeness(name, certified) == "without_accents"]
