"""A secrecy mark standing alone: MẬT, TỐI MẬT or TUYỆT MẬT as a line of its own.

docgen is not for secret papers: these are made, sent and kept by the rules on state secrets and cipher (QĐ 379-QĐ/TW
Điều 4 khoản 5). The words within a sentence ("bảo vệ bí mật nhà nước") are no mark.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

#: The marks as they are stamped, by their letters without spaces.
_MARKS = {"mật": "MẬT", "tốimật": "TỐI MẬT", "tuyệtmật": "TUYỆT MẬT"}
#: What may stand before a mark on its line: the words that announce it.
_ANNOUNCED = re.compile(r"^(?:dấu)?(?:chỉ)?(?:mứcđộmật|độmật|mứcđộbảomật|dấumật)")
#: A line that could be one is short and ends, letter-spaced or not, composed or not, with ẬT: all else costs one look.
_LONGEST = 120
_MAYBE = re.compile(r"[\u1eac\u1ead\u0302\u0323][\W_]*[tT\uff34\uff54][\W_]*(?:$|[\t\n\r\v\f\u0085\u2028\u2029|])")
#: What ends a line of text, also within one paragraph.
_ENDS = re.compile(r"[\n\r\v\f\u0085\u2028\u2029]+")
#: What divides a line into cells; letters may be spaced with it too.
_CELLS = re.compile(r"[\t|]+")


def secrecy_mark(text: str) -> str:
    """The secrecy mark that stands alone on a line of `text`, in capitals; empty where there is none.

    However it is written: capitals or not, letters spaced apart, composed or decomposed, in brackets, after "Độ mật:".
    """
    if not _MAYBE.search(text):
        return ""
    lines = [part for line in _ENDS.split(text) for part in (line, *_CELLS.split(line))]
    return next((mark for line in lines if (mark := _mark(line))), "")


def _mark(line: str) -> str:
    if not 0 < len(line) <= _LONGEST:
        return ""
    plain = unicodedata.normalize("NFKC", line)
    letters = "".join(c for c in plain if c.isalnum()).casefold()
    return _MARKS.get(letters) or _MARKS.get(_ANNOUNCED.sub("", letters), "")


def first_mark(texts: Iterable[str]) -> str:
    """The first secrecy mark among `texts`; empty where there is none."""
    return next((mark for text in texts if (mark := secrecy_mark(text))), "")
