"""How two texts are compared: what the eye sees as the same is the same."""

from __future__ import annotations

import unicodedata

_FOLDS = str.maketrans(
    {**dict.fromkeys("‐‑‒–—―−", "-"), **dict.fromkeys("“”„‟«»″", '"'), **dict.fromkeys("‘’‚‛′`´", "'")}
)


def clean(text: str) -> str:
    """`text` in NFC, white space of any kind as one space, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def short(text: str, most: int) -> str:
    """`text` as a message shows it: `most` characters, the last of them a mark where it goes on."""
    return text if len(text) <= most else text[: most - 1] + "…"


def fold(text: str) -> str:
    """`text` (cleaned) with kinds of dash and quote and of case made one; the length stays the same."""
    plain = text.translate(_FOLDS)
    lower = plain.lower()
    if len(lower) == len(plain):
        return lower
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in plain)


class _Folded(dict[int, int | None]):
    """What comparing makes of each character taken apart, worked out when it is first met."""

    def __missing__(self, code: int) -> int | None:
        kept = None if unicodedata.category(chr(code)) in ("Mn", "Cf", "Cc") else code
        self[code] = kept
        return kept


_FOLDED = _Folded({ord("đ"): ord("d")})


def bare(text: str) -> str:
    """`text` for comparing: no accents, no case, no invisible marks, single spaces; đ counts as d."""
    return " ".join(unicodedata.normalize("NFD", text.casefold()).translate(_FOLDED).split())
