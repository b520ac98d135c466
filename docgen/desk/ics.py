"""A calendar as iCalendar (RFC 5545): whole days, lines of at most 75 octets, CRLF.

The same calendar on the same day gives the same bytes: identifiers follow from what is due, and DTSTAMP is the day on
which the calendar was made.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from docgen.desk.calendar import Calendar, Entry
from docgen.i18n import DEFAULT_LANGUAGE, message
from docgen.validation.workdays import ONE_DAY
from docgen.version import VERSION

#: RFC 5545, 3.1: octets of a line without its end.
LINE_OCTETS = 75


def ics(calendar: Calendar, language: str = DEFAULT_LANGUAGE) -> bytes:
    """The bytes of an .ics file with every entry of `calendar`; what is done is left out."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//docgen//docgen {VERSION}//{language.upper()}",
             "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]  # fmt: skip
    for entry in still_due(calendar):
        lines += _event(calendar, entry, language)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in fold(line)).encode("utf-8")


def still_due(calendar: Calendar) -> list[Entry]:
    """The entries that an .ics file of `calendar` has: those that are not done."""
    return [entry for entry in calendar.entries if not entry.done(calendar.today)]


def _event(calendar: Calendar, entry: Entry, language: str) -> Iterator[str]:
    # Neither the day nor a count stands in the identifier: a meeting that moves stays one event.
    known = f"{calendar.body}\n{calendar.year}\n{entry.kind}\n{entry.what}\n{entry.to}"
    uid = hashlib.sha256(known.encode("utf-8")).hexdigest()[:32]
    yield "BEGIN:VEVENT"
    yield f"UID:{uid}@docgen"
    yield f"DTSTAMP:{calendar.today:%Y%m%d}T000000Z"
    yield f"DTSTART;VALUE=DATE:{entry.last:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{entry.last + ONE_DAY:%Y%m%d}"
    yield f"SUMMARY:{escape(entry.brief(language))}"
    notes = [entry.title(language), calendar.called, entry.clause]
    if entry.whose != "own":
        notes.append(message(f"desk.calendar.whose.{entry.whose}", language))
    yield f"DESCRIPTION:{escape(chr(10).join(note for note in notes if note))}"
    yield "TRANSP:TRANSPARENT"
    if entry.deadline:
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{escape(entry.brief(language))}", "TRIGGER:-P2D",
                    "END:VALARM")  # fmt: skip
    yield "END:VEVENT"


def escape(text: str) -> str:
    """A TEXT value (3.3.11): backslash, semicolon, comma and line breaks written out; other control characters gone."""
    text = re.sub(r"([\\;,])", r"\\\1", text).replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text)


def fold(line: str) -> Iterator[str]:
    """`line` in pieces of at most 75 octets, each further one begun with a blank; no letter is cut in two."""
    piece, room = "", LINE_OCTETS
    for letter in line:
        size = len(letter.encode("utf-8"))
        if size > room:
            yield piece
            piece, room = " ", LINE_OCTETS - 1
        piece += letter
        room -= size
    yield piece
