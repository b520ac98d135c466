"""What a signature shows, as objects of one fixed form: drawn once, and recognised again in a file.

Two form XObjects, one in the other (as pyHanko's stamps are), the embedded font, and the pictures of hand and seal.
Of each only numbers, names of fonts and the bytes of streams are free; references run through the objects in order.
Clauses: ISO 32000-1, 8.10 (form XObjects), 9.7 (composite fonts), 11.6.5.3 (soft masks).
"""

from __future__ import annotations

import io
import re
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from docgen.signing.libraries import need

if TYPE_CHECKING:
    from pikepdf import Object

#: More objects no picture has: two forms, a few fonts of five objects, two images with their masks.
_MOST = 40
_N = rb"-?(?:[0-9]{1,7}(?:\.[0-9]{1,9})?|\.[0-9]{1,9})"
_I = rb"[0-9]{1,9}"
_R = rb"[1-9][0-9]{0,6} 0 R"
_F = rb"/[A-Za-z0-9+-]{1,60}"
_KEY = rb"/[A-Za-z0-9]{1,20}"
_BOX = rb"\[ (?:" + _N + rb" ){4}\]"
_IMAGE = rb"/Filter /FlateDecode /Height " + _I + rb" %s/Subtype /Image /Type /XObject /Width " + _I + rb" /Length "
#: Each kind of object: how its dictionary is written, and the kinds of the objects it refers to, in order ("?": one
#: for each reference there is). A kind with `/Length` is a stream.
_KINDS: dict[str, tuple[re.Pattern[bytes], tuple[str, ...]]] = {
    kind: (re.compile(pattern), parts)
    for kind, pattern, parts in (
        (
            "outer",
            rb"<< /BBox " + _BOX + rb" /Resources << /ExtGState << /BackgroundGS << /CA 1 /ca 1 >> >> /XObject << "
            rb"/DocgenKy (" + _R + rb") >> >> /Subtype /Form /Type /XObject /Length (" + _I + rb") >>",
            ("inner",),
        ),
        (
            "inner",
            rb"<< /BBox " + _BOX + rb" /Filter /FlateDecode /Resources << /Font << ((?:" + _KEY + rb" " + _R
            + rb" )+)>> (?:/XObject << ((?:/(?:Hand|Seal) " + _R + rb" ){1,2})>> )?>> /Subtype /Form /Type /XObject"
            rb" /Length (" + _I + rb") >>",
            ("font?", "image?"),
        ),
        (
            "font",
            rb"<< /BaseFont " + _F + rb" /DescendantFonts \[ (" + _R + rb") \] /Encoding /Identity-H /Subtype /Type0"
            rb" /ToUnicode (" + _R + rb") /Type /Font >>",
            ("cidfont", "unicode"),
        ),
        (
            "cidfont",
            rb"<< /BaseFont " + _F + rb" /CIDSystemInfo << /Ordering \(Identity\) /Registry \(Adobe\) /Supplement 0 >>"
            rb" /CIDToGIDMap /Identity /DW " + _N + rb" /FontDescriptor (" + _R + rb") /Subtype /CIDFontType2"
            rb" /Type /Font /W \[ (?:" + _I + rb" \[ (?:" + _N + rb" )*\] )*\] >>",
            ("descriptor",),
        ),
        ("unicode", rb"<< /Filter /FlateDecode /Length (" + _I + rb") >>", ()),
        (
            "descriptor",
            rb"<< /Ascent " + _N + rb" /CapHeight " + _N + rb" /Descent " + _N + rb" /Flags " + _I + rb" /FontBBox "
            + _BOX + rb" /FontFile2 (" + _R + rb") /FontName " + _F + rb" /ItalicAngle " + _N + rb" /StemV " + _N
            + rb" /Type /FontDescriptor >>",
            ("file",),
        ),
        ("file", rb"<< /Filter /FlateDecode /Length1 " + _I + rb" /Length (" + _I + rb") >>", ()),
        (
            "image",
            rb"<< /BitsPerComponent 8 /ColorSpace /DeviceRGB " + _IMAGE % (rb"/SMask (" + _R + rb") ")
            + rb"(" + _I + rb") >>",
            ("mask",),
        ),
        (
            "mask",
            rb"<< /BitsPerComponent 8 /ColorSpace /DeviceGray " + _IMAGE % rb"" + rb"(" + _I + rb") >>",
            (),
        ),
    )
}  # fmt: skip
_REFERENCE = re.compile(rb"([0-9]+) 0 R")
_MARK = re.compile(rb"@([0-9]+)@")
_STREAMS = frozenset(kind for kind, (pattern, _) in _KINDS.items() if b"/Length (" in pattern.pattern)


@dataclass(frozen=True, slots=True)
class Picture:
    """The objects in order, references among them written as `@k@` (k from 0): dictionary and stream (None: none)."""

    objects: tuple[tuple[bytes, bytes | None], ...]

    def bodies(self, first: int) -> Iterator[bytes]:
        """The objects as a file holds them, the first of them under the number `first`."""
        for head, stream in self.objects:
            text = _MARK.sub(lambda mark: b"%d 0 R" % (first + int(mark[1])), head)
            yield text if stream is None else text + b"\nstream\n" + stream + b"\nendstream"


def take_apart(pdf: bytes, at: int, first: int, end: int) -> tuple[Picture, int] | None:
    """The picture whose objects stand in `pdf` from `at` on, numbered from `first`, and where it ends.

    None where they are not of the form; nothing is read beyond `end`.
    """
    waiting, out, number = deque(["outer"]), [], first
    known = first + 1
    while waiting:
        kind = waiting.popleft()
        pattern, parts = _KINDS[kind]
        head = b"%d 0 obj\n" % number
        at += len(head)
        found = pattern.match(pdf, at, end) if pdf.startswith(head, at - len(head)) else None
        if found is None or number - first >= _MOST:
            return None
        text, at = found[0], found.end()
        references = [int(item) for item in _REFERENCE.findall(text)]
        if references != list(range(known, known + len(references))):
            return None
        known += len(references)
        for group, part in enumerate(parts, start=1):
            waiting.extend([part.rstrip("?")] * len(_REFERENCE.findall(found[group] or b"")))
        stream = None
        if kind in _STREAMS:
            size = int(found[pattern.groups])
            stream = pdf[at + 8 : at + 8 + size]
            if not pdf.startswith(b"\nstream\n", at) or not pdf.startswith(b"\nendstream", at + 8 + size):
                return None
            at += size + 18
        if not pdf.startswith(b"\nendobj\n", at) or at + 8 > end:
            return None
        at += 8
        out.append((_REFERENCE.sub(lambda item: b"@%d@" % (int(item[1]) - first), text), stream))
        number += 1
    return Picture(tuple(out)), at


@lru_cache(maxsize=256)
def picture_of(page: bytes, width: float, height: float) -> Picture | None:
    """The page of a PDF (`docgen.signing.appearance.draw`) as a picture for a field of that size, None for another."""
    pikepdf = need("pikepdf")
    with pikepdf.open(io.BytesIO(page)) as document:
        sheet = document.pages[0]
        box = [float(value) for value in sheet.mediabox]
        content = sheet.Contents.read_bytes()
        inner = (
            b"<< /BBox [ " + b"".join(_number(value) + b" " for value in box) + b"] /Filter /FlateDecode /Resources %s"
            b" /Subtype /Form /Type /XObject"
        )  # fmt: skip
        outer = (
            b"<< /BBox [ 0 %d %d 0 ] /Resources << /ExtGState << /BackgroundGS << /CA 1 /ca 1 >> >> /XObject << "
            b"/DocgenKy @1@ >> >> /Subtype /Form /Type /XObject" % (int(height), int(width))
        )
        made = _Made()
        made.add(outer, b"q q /BackgroundGS gs 1 0 0 1 0 0 cm /DocgenKy Do Q Q")
        made.count = 2
        made.add(inner % made.text(sheet.obj.Resources), zlib.compress(content))
        while made.waiting:
            made.next()
    picture = Picture(tuple(made.objects))
    # What is not of the form would not be known again.
    content = b"".join(
        b"%d 0 obj\n%s\nendobj\n" % (number, body) for number, body in enumerate(picture.bodies(1), start=1)
    )
    return picture if take_apart(content, 0, 1, len(content)) == (picture, len(content)) else None


def _number(value: float) -> bytes:
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return text.encode("ascii")


class _Made:
    """The objects of a picture while they are written, each where the one before refers to it first."""

    def __init__(self) -> None:
        self.objects: list[tuple[bytes, bytes | None]] = []
        self.waiting: deque[Object] = deque()
        self.seen: dict[tuple[int, int], int] = {}
        self.count = 0

    def add(self, head: bytes, stream: bytes) -> None:
        """A stream, whose dictionary so far is `head` without its end."""
        self.objects.append((head + b" /Length %d >>" % len(stream), stream))

    def next(self) -> None:
        """Write the next object that was referred to."""
        pikepdf = need("pikepdf")
        item = self.waiting.popleft()
        if not isinstance(item, pikepdf.Stream):
            self.objects.append((self.text(item, itself=True), None))
            return
        head = b"".join(
            key.encode("ascii") + b" " + self.text(value) + b" " for key, value in item.items() if key != "/Length"
        )
        self.add(b"<< " + head[:-1], item.read_raw_bytes())

    def text(self, item: object, *, itself: bool = False) -> bytes:
        """An object as it is written; one that stands by itself is referred to, unless it is `itself` asked for."""
        pikepdf = need("pikepdf")
        held = isinstance(item, pikepdf.Dictionary | pikepdf.Array | pikepdf.Stream)
        if held and item.is_indirect and not itself:  # type: ignore[attr-defined]
            key = item.objgen  # type: ignore[attr-defined]
            if key not in self.seen:
                self.seen[key] = self.count
                self.count += 1
                self.waiting.append(item)  # type: ignore[arg-type]
            return b"@%d@" % self.seen[key]
        if isinstance(item, pikepdf.Dictionary):
            pairs = (key.encode("ascii") + b" " + self.text(value) + b" " for key, value in item.items())
            return b"<< " + b"".join(pairs) + b">>"
        if isinstance(item, pikepdf.Array):
            return b"[ " + b"".join(self.text(value) + b" " for value in item) + b"]"
        if isinstance(item, pikepdf.Object):
            return bytes(item.unparse())
        return str(item).encode("ascii")
