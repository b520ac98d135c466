"""What people write below or between the records of a table and that is no record: a total, who made the list.

Such a row names no member. It is passed over, and said so once for each sheet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from docgen.dossier.cleaning import bare

#: The first words of a row that sums up, without accents: "Cộng", "Tổng cộng: 22 đồng chí". "Tống Văn A" is a name.
_TOTAL = re.compile(r"(tong cong|tong so|cong cong)\b|(tong|cong)\s*([:.(\d]|$)")
#: The first words of what closes a list: who made it, who signs, where and when, a note.
_CLOSING = re.compile(
    r"\(?(nguoi|can bo) (lap|tong hop|ghi)\b|lap (bieu|bang)\b|\(?ky( ten\b|,| ghi\b| va dong\b)|ghi chu\b|"
    r"t\s?[/.]\s?m\b|tm\.|"
    r"(pho )?bi thu\b|chi uy\b|thu truong\b|thu ky\b|xac nhan\b"
)
_DAY = re.compile(r"\bngay\b.*\bthang\b.*\bnam\b")
#: A row below the closing words with no more than this is the name of who signs, a telephone number.
_FEW = 2
#: No row that closes a list has more.
_MANY = 4


def sums_up(text: str) -> bool:
    """Whether a row that begins with `text` is a total or closes a list."""
    words = bare(text)
    return bool(_TOTAL.match(words) or _CLOSING.match(words))


class Closing:
    """Tells, row after row of one table, whether a row is a total or closes the list."""

    def __init__(self, is_code: Callable[[str], bool]) -> None:
        """`is_code` tells whether a text can be the code of a member."""
        self.is_code = is_code
        self.closed = False
        self.rows: list[int] = []

    def passes(self, row: Sequence[object], code: object, number: int) -> bool:
        """Whether the row `number` (from 0) is passed over; `code` is what stands in its column of codes."""
        filled = [cell for cell in row if cell not in ("", None)]
        first = next((bare(cell) for cell in filled if isinstance(cell, str)), "")
        given = str(code).strip() if code not in ("", None) else ""
        if given and self.is_code(given):
            return False
        total = bool(_TOTAL.match(first))
        closing = len(filled) <= _MANY and bool(_CLOSING.match(first) or _DAY.search(first))
        self.closed = self.closed or closing
        passed = total or closing or (self.closed and len(filled) <= _FEW)
        if passed and filled:
            self.rows.append(number)
        return passed
