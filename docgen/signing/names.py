"""Whether the name in a certificate is the name printed on a paper: the whole name, accents and all.

*Trần Thị Lan Anh* is not *Trần Thị Lan*, *Lê Thị Hòa* is not *Lê Thị Hoa*. Three things do not make another person:
capitals, where the tone mark stands in one syllable (*Hoà*, *Hòa*), and what a certificate adds after the name
(a bracket, the number of an identity card). A name that only looks the same (Cyrillic letters, signs that cannot be
seen) is another person's. A certificate without a single accent proves the letters only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

Likeness = Literal["same", "without_accents", "near", "other"]

#: The five tone marks of Vietnamese; the marks of letters (â, ê, ô, ơ, ư, ă) stay where they are.
_TONES = "\u0300\u0301\u0303\u0309\u0323"
#: What a certificate adds after the name: a bracket, or a number with the words that announce it.
_BRACKET = re.compile(r"\s*[(\[{<].*$", re.DOTALL)
_NUMBER = re.compile(
    r"[\s,;:_/|.\-–—]*(?:(?:CMND|CMTND|CMT|CCCD|CC|HC|HCQG|MST|MS|ID|UID|SN|SỐ|SO)\b[\s.:_\-–]*)*\d\w*(?:[\s.\-/]+\w*\d\w*)*[\s.\-/]*$",
    re.IGNORECASE,
)

#: What announces a number within a bracket: no words of a name.
_ANNOUNCED = re.compile(r"\b(?:CMND|CMTND|CMT|CCCD|CC|HC|HCQG|MST|MS|ID|UID|SN|SỐ|SO)\b|\b\w*\d\w*\b", re.IGNORECASE)
#: Letters that look like Latin ones: Cyrillic, Greek, Armenian, and Latin letters with a stroke or without a dot.
_LOOK_ALIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТУХԚԜавеѕіјкмнорстухԛԝһԁӏгпΑΒΕΖΗΙΚΜΝΟΡΤΥΧαβεηικνορτυχωγօսհոցıɑɡłŁøØħŧƚɩđĐ",
    "ABESIJKMHOPCTYXQWabesijkmhopctyxqwhdlrnABEZHIKMNOPTYXabenikvoptuxwyouhngiaglLoOhtlidD",
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


def tail_words(certified: str) -> str:
    """The words that stand after the name in a certificate's bracket; empty where there is only a number, or nothing.

    A post or a unit may stand there, and another person's name just as well.
    """
    text = unicodedata.normalize("NFC", certified).strip()
    bare = _BRACKET.sub("", text).strip()
    words = _ANNOUNCED.sub(" ", text[len(bare) :]) if bare else ""
    return " ".join(words.strip(" ()[]{}<>").split()) if any(c.isalpha() for c in words) else ""


def _disguised(name: str) -> bool:
    """True for a name with a sign that cannot be seen, or with letters of two scripts: it only looks like a name."""
    letters = [unicodedata.name(c, "").partition(" ")[0] for c in unicodedata.normalize("NFC", name) if c.isalpha()]
    unseen = any(unicodedata.category(c) in ("Cf", "Cc", "Co", "Cn") or "\ufe00" <= c <= "\ufe0f" for c in name.strip())
    return unseen or len(set(letters)) > 1


def _skeleton(name: str) -> str:
    """`name` as the eye reads it: letters of other scripts that look Latin are taken for the Latin ones."""
    seen = "".join(c for c in unicodedata.normalize("NFKC", name) if unicodedata.category(c) != "Cf")
    return fold_name(unicodedata.normalize("NFD", seen).translate(_LOOK_ALIKE))


@lru_cache(maxsize=4096)  # a verdict on a packet compares the same few names for every signature
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
    if short == long and not _disguised(bare):
        return "without_accents" if _plain(bare) else "near"
    # An office's certificate has another name, not a name that looks like this one and is spelled otherwise.
    if _disguised(bare) or _skeleton(bare) != long:
        short, long = _skeleton(printed), _skeleton(bare)
        if short.replace(" ", "") == long.replace(" ", ""):
            return "near"
    return "near" if f" {short} " in f" {long} " or f" {long} " in f" {short} " else "other"


def _plain(name: str) -> bool:
    return not any(unicodedata.combining(c) or c in "đĐ" for c in unicodedata.normalize("NFD", name))


def same_name(printed: str, certified: str) -> bool:
    """True where the certificate's name is the printed one (`CN=NGUYEN VAN A (0123…)` is Nguyễn Văn A)."""
    return likeness(printed, certified) in ("same", "without_accents")


#: How a party body is called: by its committee, by itself, by its standing committee.
_PARTY = re.compile(r"^(?:(?:ban thuong vu|ban chap hanh|thuong truc|btv|bch) )?dang (?:uy|bo) ")
#: What a body's certificate adds to its name: a bracket, or its tax or budget code.
_BODY_CODE = re.compile(
    r"[\s,;:_/|.\-–—]*(?:(?:MST|MS|ID|UID|MĐVQHNS)[\s.:_\-–]*)?\d{9,}(?:-\d{1,4})?\s*$", re.IGNORECASE
)


def body_likeness(printed: str, certified: str) -> Likeness:
    """How the name of a body in a dossier and in a certificate agree: `same`, `without_accents` or `other`.

    A party body may be called by its committee or by itself (Đảng ủy, Đảng bộ, Ban Thường vụ Đảng ủy): it is one body,
    and never the agency of the same name.
    """
    given = _BODY_CODE.sub("", _BRACKET.sub("", unicodedata.normalize("NFC", certified).strip()))
    if _disguised(given) or not given:
        return "other"
    (party, exact, letters), (other, exact_too, letters_too) = _body(printed), _body(given)
    if party != other or not letters or letters != letters_too:
        return "other"
    if exact == exact_too:
        return "same"
    return "without_accents" if _plain(given) else "other"


def _body(name: str) -> tuple[bool, str, str]:
    """Whether it is a party body; its own name with every accent, and by its letters."""
    text = "".join(c if c.isalnum() or unicodedata.combining(c) else " " for c in unicodedata.normalize("NFC", name))
    letters = fold_name(text)
    found = _PARTY.match(letters + " ")
    words = len(found[0].split()) if found else 0
    return found is not None, " ".join(_exact(text).split()[words:]), " ".join(letters.split()[words:])


def meant(names: Iterable[str], certified: str) -> list[str]:
    """Which of `names` a certificate may mean: the one that is exactly its own, else those of the same letters.

    More than one means that the certificate, having no accents, does not tell the people apart.
    """
    known = sorted({name for name in names if name})
    exact = [name for name in known if likeness(name, certified) == "same"]
    return exact or [name for name in known if likeness(name, certified) == "without_accents"]
