"""How two texts are compared: what the eye sees as the same is the same."""

from __future__ import annotations

import unicodedata

_FOLDS = str.maketrans(
    {**dict.fromkeys("‐‑‒–—―−", "-"), **dict.fromkeys("“”„‟«»″", '"'), **dict.fromkeys("‘’‚‛′`´", "'")}
)


def clean(text: str) -> str:
    """`text` in NFC, white space of any kind as one space, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fold(text: str) -> str:
    """`text` (cleaned) with kinds of dash and quote and of case made one; the length stays the same."""
    plain = text.translate(_FOLDS)
    lower = plain.lower()
    if len(lower) == len(plain):
        return lower
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in plain)
