"""One signature as an increment of one fixed form: composed from what is free in it, taken apart, composed again.

Free are the field, the moment, the name, the reason, the place, the picture and the signature itself. All else follows
from the file before it, so an increment that is composed again from what it says, and gives the same bytes, holds
nothing else. Nothing of the catalog, the form, the pages or the metadata is touched. Clauses: ISO 32000-1, 7.5.6
(incremental updates), 12.8.1 (signatures); ETSI EN 319 142-1, 5.3, 6.3 (PAdES).
"""

from __future__ import annotations

import datetime
import hashlib
import re
from dataclasses import dataclass

from docgen.signing.base_form import Base
from docgen.signing.picture_form import Picture, take_apart

_HEAD = b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /Contents "
#: The range's digits are followed by blanks up to this length, so that they decide on no place after them.
_RANGE = 48
_SIGNATURE = re.compile(
    re.escape(_HEAD)
    + rb"<([0-9a-f]{2,80000})> /ByteRange \[[0-9 ]{7,48}\] * /M \(([^()\\]{15,24})\) /Name <feff([0-9a-f]{0,2000})>"
    rb"(?: /Reason <feff([0-9a-f]{4,8000})>)?+(?: /Location <feff([0-9a-f]{4,2000})>)?+ >>\nendobj\nxref\n"
)
_OBJECT = re.compile(rb"([1-9][0-9]{0,6}) 0 obj\n<< /AP << /N ([1-9][0-9]{0,6}) 0 R >> ")
_PICTURE = re.compile(rb"/AP << /N [1-9][0-9]{0,6} 0 R >>")
_MOMENT = re.compile(r"D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:Z|([+-])(\d\d)'(\d\d)')", re.ASCII)


@dataclass(frozen=True, slots=True)
class Said:
    """What one increment says: the field, the moment, the signer's name, the reason, the place ("" for none), the
    picture (None for a signature that shows nothing)."""

    field: str
    moment: datetime.datetime
    name: str
    reason: str
    location: str
    picture: Picture | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file so far ends: its length, the next object's number, where its last table is."""

    end: int
    size: int
    table: int


@dataclass(frozen=True, slots=True)
class Increment:
    """A composed increment whose signature is still empty: its bytes, and the gap in them."""

    content: bytes
    gap: int
    after: int
    place: Place

    def covered(self) -> tuple[memoryview, memoryview]:
        """What the signature covers of it."""
        view = memoryview(self.content)
        return view[: self.gap], view[self.after :]

    def filled(self, cms: bytes) -> bytes:
        """The increment with its signature; what `cms` leaves of the room are zeros."""
        room = self.after - self.gap - 2
        text = b"<" + cms.hex().encode("ascii").ljust(room, b"0") + b">"
        return self.content[: self.gap] + text + self.content[self.after :]


def moment_text(moment: datetime.datetime) -> str | None:
    """A moment as a PDF says it (ISO 32000-1, 7.9.4); None for one without a zone, or finer than a second."""
    offset = moment.utcoffset()
    if offset is None or moment.microsecond or offset.seconds % 60 or moment.year < 1000:
        return None
    minutes = int(offset.total_seconds()) // 60
    if not minutes:
        return moment.strftime("D:%Y%m%d%H%M%SZ")
    hours, rest = divmod(abs(minutes), 60)
    return moment.strftime("D:%Y%m%d%H%M%S") + f"{'-' if minutes < 0 else '+'}{hours:02d}'{rest:02d}'"


def read_moment(text: str) -> datetime.datetime | None:
    """The moment that `moment_text` wrote, or None."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    minutes = int(found[8] or 0) * 60 + int(found[9] or 0)
    try:
        zone = datetime.timezone(datetime.timedelta(minutes=-minutes if found[7] == "-" else minutes))
        out = datetime.datetime(*(int(found[at]) for at in range(1, 7)), tzinfo=zone)  # type: ignore[arg-type, misc]
    except ValueError:
        return None
    return out if moment_text(out) == text else None


def writable(text: str) -> bool:
    """True for a text that every reader reads the same: no control, no half of a letter."""
    return len(text) <= 400 and not re.search("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]", text)


def _text(value: str) -> bytes:
    return b"<feff" + value.encode("utf-16-be").hex().encode("ascii") + b">"


def _read_text(content: bytes | None) -> str:
    """Raises `ValueError` for what is no text."""
    return bytes.fromhex((content or b"").decode("ascii")).decode("utf-16-be")


def compose(base: Base, before: Place, said: Said, room: int) -> Increment:
    """The increment after `before`, its signature empty, of `room` bytes. Raises `ValueError` for what has no form."""
    when = moment_text(said.moment)
    if when is None or not all(map(writable, (said.name, said.reason, said.location))):
        raise ValueError("said")
    field = base.fields[said.field]
    bodies = list(said.picture.bodies(before.size)) if said.picture is not None else []
    signature = before.size + len(bodies)
    body = field.body
    if bodies:
        body = _PICTURE.sub(b"/AP << /N %d 0 R >>" % before.size, body, count=1)
    out, offsets = bytearray(), []
    for number, content in (
        (field.number, body[:-2] + b"/V %d 0 R >>" % signature), *enumerate(bodies, start=before.size)
    ):  # fmt: skip
        offsets.append((number, before.end + len(out)))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    offsets.append((signature, before.end + len(out)))
    out += b"%d 0 obj\n" % signature + _HEAD
    gap = len(out)
    after = gap + 2 * room + 2
    told = b" /M (" + when.encode("ascii") + b") /Name " + _text(said.name)
    told += b" /Reason " + _text(said.reason) if said.reason else b""
    told += b" /Location " + _text(said.location) if said.location else b""
    told += b" >>\nendobj\n"
    table = before.end + after + len(b" /ByteRange ") + _RANGE + len(told)
    place = Place(0, signature + 1, table)
    rest = told + _table(sorted(offsets)) + _trailer(base, before, said, when, place)
    end = before.end + after + len(b" /ByteRange ") + _RANGE + len(rest)
    covers = b"[0 %d %d %d]" % (before.end + gap, before.end + after, end - before.end - after)
    out += b"<" + b"0" * (2 * room) + b"> /ByteRange " + covers.ljust(_RANGE) + rest
    return Increment(bytes(out), gap, after, Place(end, place.size, table))


def _table(offsets: list[tuple[int, int]]) -> bytes:
    """The table of contents of an increment (7.5.4): one section for each run of numbers."""
    runs: list[list[tuple[int, int]]] = []
    for item in offsets:
        if runs and runs[-1][-1][0] + 1 == item[0]:
            runs[-1].append(item)
        else:
            runs.append([item])
    out = b"xref\n"
    for run in runs:
        out += b"%d %d\n" % (run[0][0], len(run)) + b"".join(b"%010d 00000 n \n" % offset for _, offset in run)
    return out


def _trailer(base: Base, before: Place, said: Said, when: str, place: Place) -> bytes:
    unique = hashlib.sha256(f"{before.end} {before.table} {when} {said.field}".encode()).hexdigest()[:32]
    info = b"/Info %d 0 R " % base.info if base.info else b""
    return (
        b"trailer << %s/Root %d 0 R /Size %d /ID [<%s><%s>] /Prev %d >>\nstartxref\n%d\n%%%%EOF\n"
        % (info, base.root, place.size, base.ident, unique.encode("ascii"), before.table, place.table)
    )  # fmt: skip


def read_said(pdf: bytes, base: Base, before: Place) -> tuple[Said, bytes, Increment] | None:
    """What the increment that begins at `before` says, its signature as it stands, and the increment composed again.

    None where `pdf` does not hold these very bytes there: then it is not of the form.
    """
    first = _OBJECT.match(pdf, before.end)
    name = next((n for n, f in base.fields.items() if first is not None and f.number == int(first[1])), None)
    if first is None or name is None:
        return None
    at = pdf.find(b"\nendobj\n", before.end) + 8
    picture = None
    if int(first[2]) == before.size:
        found = take_apart(pdf, at, before.size, len(pdf))
        if found is None:
            return None
        picture, at = found
    number = b"%d 0 obj\n" % (before.size + (len(picture.objects) if picture is not None else 0))
    sig = _SIGNATURE.match(pdf, at + len(number)) if pdf.startswith(number, at) else None
    if sig is None or len(sig[1]) % 2:
        return None
    moment = read_moment(sig[2].decode("latin-1"))
    try:
        if moment is None:
            return None
        said = Said(name, moment, _read_text(sig[3]), _read_text(sig[4]), _read_text(sig[5]), picture)
        again = compose(base, before, said, len(sig[1]) // 2)
    except ValueError:
        return None
    held = memoryview(pdf)[before.end : again.place.end]
    covered = again.covered()
    if held[: again.gap] != covered[0] or held[again.after :] != covered[1]:
        return None
    return said, bytes.fromhex(sig[1].decode("ascii")), again
