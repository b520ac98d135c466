"""What a signature shows, drawn once for every moment: of two moments in one zone nothing but digits differs.

The digits of the embedded font are all as wide as one another, so the page with one moment on it is, digit by digit,
that with another. Where that cannot be seen in the drawn page, the page is drawn for its own moment.
"""

from __future__ import annotations

import datetime
import re
import zlib
from dataclasses import dataclass, replace
from functools import lru_cache

from docgen.signing.appearance import Appearance, draw
from docgen.signing.picture_form import Picture, picture_of

#: Has every digit.
_ALL_DIGITS = {"year": 2013, "month": 6, "day": 28, "hour": 7, "minute": 45, "second": 59, "microsecond": 0}
_SHOWN = re.compile(rb"\[ ((?:<[0-9a-f]{4}> 0 )*<[0-9a-f]{4}>) \] TJ")
_BETWEEN = b"> 0 <"


@dataclass(frozen=True, slots=True)
class _Timed:
    """A drawn page without its moment: the objects, the content before and after it, the letters of a moment."""

    picture: Picture
    before: bytes
    after: bytes
    letters: dict[str, bytes]


def timed_picture(
    appearance: Appearance, name: str, moment: datetime.datetime, width: float, height: float
) -> Picture | None:
    """The picture of `appearance` for a field of that size at `moment`; None where it is not of the form.

    Raises as `docgen.signing.appearance.draw` does.
    """
    timed = _timed(appearance, name, moment.replace(**_ALL_DIGITS), width, height)  # type: ignore[arg-type]
    text = moment.isoformat(timespec="seconds")
    if timed is None or not set(text) <= timed.letters.keys():
        return picture_of(draw(appearance, name, moment, width, height), width, height)
    content = timed.before + _BETWEEN.join(timed.letters[letter] for letter in text) + timed.after
    outer, (head, _), *rest = timed.picture.objects
    return replace(timed.picture, objects=(outer, _with_content(head, content), *rest))


def _with_content(head: bytes, content: bytes) -> tuple[bytes, bytes]:
    packed = zlib.compress(content)
    return head[: head.rindex(b" /Length ")] + b" /Length %d >>" % len(packed), packed


@lru_cache(maxsize=256)
def _timed(appearance: Appearance, name: str, moment: datetime.datetime, width: float, height: float) -> _Timed | None:
    picture = picture_of(draw(appearance, name, moment, width, height), width, height)
    if picture is None:
        return None
    packed = picture.objects[1][1]
    assert packed is not None
    content, text = zlib.decompress(packed), moment.isoformat(timespec="seconds")
    found = [item for item in _SHOWN.finditer(content) if item[1].count(b"<") == len(text)]
    if not found:
        return None
    place = found[-1]
    codes = [code.strip(b"<>") for code in place[1].split(b" 0 ")]
    letters = dict(zip(text, codes, strict=True))
    # One code for one letter, or these are not the letters of the moment.
    if [letters[letter] for letter in text] != codes or len(set(codes)) != len(letters):
        return None
    return _Timed(picture, content[: place.start(1) + 1], content[place.end(1) - 1 :], letters)
