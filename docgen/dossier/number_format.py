"""What a number in a cell means: Excel keeps dates and percentages as plain numbers, only the format tells.

ECMA-376 part 1, 18.8.30 (number formats) and 18.17.4 (dates as serial numbers, in the 1900 and the 1904 system).
"""

from __future__ import annotations

import datetime
import re

PLAIN, PERCENT, DATE, TIME = "plain", "percent", "date", "time"

#: The formats that every program knows by number; 27–36 and 50–58 are dates of East Asian versions.
_BUILT_IN: dict[int, str] = {9: PERCENT, 10: PERCENT} | dict.fromkeys(
    (*range(14, 18), 22, *range(27, 32), 36, *range(50, 59)), DATE
)
_BUILT_IN |= dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47), TIME)
#: What stands in a format without meaning: quoted text, an escaped sign, the width of a sign, a sign to fill up with.
_LITERAL = re.compile(r'"[^"]*"?|\\.|_.|\*.')
_BRACKETS = re.compile(r"\[([^\]]*)\]")
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
#: Days from 1/1/1900 to 31/12/9999 in the 1900 system.
_LAST_SERIAL = 2_958_465


class PartShown(datetime.datetime):
    """A day of which the cell shows only the month or the year, `part` (2012-05, 2012).

    Excel makes the first of May of a month that is typed, and shows `May-12` or `5/2012`.
    """

    part = ""


class Percent(float):
    """A number shown with a percent sign: 95.0 for a cell that shows 95 %."""


def format_kind(number: int, code: str | None, value: float = 1.0) -> str:
    """What the format `number` (with `code`, where it is the workbook's own) makes of `value`."""
    if code is None:
        return _BUILT_IN.get(number, PLAIN)
    sections = [_BRACKETS.sub(_elapsed, _LITERAL.sub("", part)).lower() for part in _sections(code)]
    if "%" in _chosen(sections, value):
        return PERCENT
    found = sections[0]
    if "general" in found:
        return PLAIN
    if any(sign in found for sign in "dy") or re.search(r"m{3,}", found):
        return DATE
    if any(sign in found for sign in "hs"):
        return TIME
    return DATE if "m" in found else PLAIN


def as_shown(moment: datetime.datetime, number: int, code: str | None) -> datetime.datetime:
    """`moment` in a cell of the format `number` (`code`): a `PartShown` where only its month or its year is to be seen.

    What is not the first of its month, or of its year, was typed as a day, whatever the cell shows.
    """
    if code is None:
        found = "my" if number == 17 else "d"  # mmm-yy
    else:
        found = _BRACKETS.sub("", _LITERAL.sub("", _sections(code)[0])).lower()
    if "y" not in found or any(sign in found for sign in "dhs") or moment.day != 1:
        return moment
    if "m" not in found and moment.month != 1:
        return moment
    out = PartShown(moment.year, moment.month, moment.day)
    out.part = f"{moment:%Y-%m}" if "m" in found else f"{moment:%Y}"
    return out


def _elapsed(found: re.Match[str]) -> str:
    """`[h]` and its like count time; other brackets are colours, conditions, languages."""
    return found.group(1) if _ELAPSED.fullmatch(found.group(1)) else ""


def _sections(code: str) -> list[str]:
    """The parts of a format: for what is above, below and at nought; a semicolon in quotes parts nothing."""
    out, rest = [""], code
    while rest:
        literal = _LITERAL.match(rest) or _BRACKETS.match(rest)
        piece = literal.group() if literal else rest[0]
        rest = rest[len(piece) :]
        if piece == ";":
            out.append("")
        else:
            out[-1] += piece
    return out


def _chosen(sections: list[str], value: float) -> str:
    if value < 0 and len(sections) > 1:
        return sections[1]
    if value == 0 and len(sections) > 2:
        return sections[2]
    return sections[0]


def as_percent(value: float) -> Percent:
    """What a cell with a percent format shows: 0.95 is 95."""
    return Percent(round(value * 100, 9))


def as_date(serial: float, since_1904: bool) -> datetime.datetime | None:
    """The moment that a serial number stands for; None outside the calendar of Excel."""
    if since_1904:
        serial += 1462
    if not 1 <= serial < _LAST_SERIAL + 1:
        return None
    # Excel counts a 29 February 1900 that never was (serial 60); before it every day is one further on.
    start = datetime.datetime(1899, 12, 30) if serial >= 60 else datetime.datetime(1899, 12, 31)
    return start + datetime.timedelta(days=serial)
