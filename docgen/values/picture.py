"""`picture`: a scan or a photograph that goes into the packet as an enclosed page (PNG or JPEG).

In data it is base64 (RFC 4648), plain or as a `data:` URI; a dossier's file may name it by a path instead
(`docgen.dossier.picture_files`). What it is shows in its bytes, not in a name, and its size is told from its head
before anything decodes it (PNG: ISO/IEC 15948, 11.2.2; JPEG: ITU-T T.81, B.2.2). It is never a signature: no block that
signs takes one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from docgen.errors import InputError
from docgen.json_schema import Schema
from docgen.paths import Json
from docgen.values.kind import Options, Parsed, Shown, ValueType

#: A sheet of A4 at 300 dpi in colour is 1 to 3 MB as JPEG.
MAX_BYTES = 8_000_000
#: A sheet of A4 at 600 dpi has 35 million; decoded that is 140 MB.
MAX_PIXELS = 40_000_000
#: What base64 makes of `MAX_BYTES`, and room for line breaks and the head of a `data:` URI.
MAX_TEXT = MAX_BYTES * 4 // 3 * 78 // 76 + 100

_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
#: How both begin in base64; nothing else that is short enough to be a path is taken for base64.
_BEGINNINGS = ("iVBORw0KGgo", "/9j/")
_LONGEST_PATH = 400
_DATA_URI = re.compile(r"data:(?:image/[a-z.+-]+)?(?:;[a-z-]+=[^;,]*)*;base64,", re.IGNORECASE)
#: Markers of JPEG that have no length, and those that begin a frame (T.81, table B.1); C4, C8 and CC are none.
_BARE = frozenset((0x01, *range(0xD0, 0xD9)))
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SCAN, _END = 0xDA, 0xD9


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was looked at: its bytes, `png` or `jpeg`, how many pixels wide and high."""

    content: bytes
    kind: str
    width: int
    height: int

    def __str__(self) -> str:
        """Nothing: a tag of text shows no picture."""
        return ""

    def fitted(self, width: int, height: int) -> tuple[int, int]:
        """The size (in the unit given) in which it fills a box of `width` and `height` without being distorted."""
        if self.width * height >= self.height * width:
            return width, max(1, width * self.height // self.width)
        return max(1, height * self.width // self.height), height


def look(content: bytes) -> Picture:
    """The picture in `content`, which is not decoded.

    Raises `InputError` `dossier.picture.…`: `large`, `kind` (no PNG or JPEG), `pixels`, `damaged` (cut off, or
    something stands behind its end).
    """
    if len(content) > MAX_BYTES:
        raise InputError("dossier.picture.large", limit=MAX_BYTES // 1_000_000)
    if content.startswith(_PNG):
        kind, size = "png", _png_size(content)
    elif content.startswith(_JPEG):
        kind, size = "jpeg", _jpeg_size(content)
    else:
        raise InputError("dossier.picture.kind")
    if size is None:
        raise InputError("dossier.picture.damaged")
    width, height = size
    if not 0 < width * height <= MAX_PIXELS:
        raise InputError("dossier.picture.pixels", width=width, height=height, limit=MAX_PIXELS // 1_000_000)
    return Picture(content, kind, width, height)


def _png_size(content: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG whose chunks are whole and end with its end; None for any other."""
    at, size, has_data = len(_PNG), None, False
    while at + 12 <= len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content) or zlib.crc32(content[at + 4 : end - 4]) != int.from_bytes(content[end - 4 : end]):
            return None
        if size is None:
            if name != b"IHDR" or length != 13:
                return None
            size = struct.unpack_from(">II", content, at + 8)
        has_data = has_data or name == b"IDAT"
        if name == b"IEND":
            return (int(size[0]), int(size[1])) if has_data and end == len(content) else None
        at = end
    return None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Width and height of a JPEG with one frame, a scan and its end at the end; None for any other."""
    at, size = 2, None
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            return None
        marker = content[at + 1]
        if marker == 0xFF:  # fill bytes may stand before a marker (B.1.1.2)
            at += 1
            continue
        if marker in _BARE:
            at += 2
            continue
        if marker == _END:
            return None
        if marker == _SCAN:
            # Phones pad with zeros; any other thing behind the end is a file of its own.
            return size if content.rstrip(b"\0").endswith(bytes((0xFF, _END))) else None
        length = int.from_bytes(content[at + 2 : at + 4])
        if marker in _FRAMES:
            if size is not None or length < 8 or at + 9 > len(content):
                return None
            height, width = struct.unpack_from(">HH", content, at + 5)
            size = (int(width), int(height))
        at += 2 + max(length, 2)
    return None


def is_path(value: str) -> bool:
    """True where `value` names a file and is no picture itself."""
    value = value.strip()
    return len(value) <= _LONGEST_PATH and value[:5].lower() != "data:" and not value.startswith(_BEGINNINGS)


def decoded(value: str) -> bytes:
    """The bytes that `value` (base64, plain or as a `data:` URI) stands for.

    Raises `InputError` `dossier.picture.base64`, or `dossier.picture.large` before anything is decoded.
    """
    if len(value) > MAX_TEXT:
        raise InputError("dossier.picture.large", limit=MAX_BYTES // 1_000_000)
    if uri := _DATA_URI.match(value):
        value = value[uri.end() :]
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        raise InputError("dossier.picture.base64") from None


def encoded(content: bytes) -> str:
    """`content` as it stands in data: plain base64."""
    return base64.b64encode(content).decode("ascii")


def picture_of(value: str) -> Picture:
    """The picture that a value in data stands for. Raises `InputError` as `decoded` and `look` do."""
    return look(decoded(value))


def mark_of(content: bytes) -> str:
    """What stands for a picture among the texts of a page, so that it can be looked for like them."""
    return f"[picture {hashlib.sha256(content).hexdigest()}]"


@cache
def empty_picture() -> Picture:
    """What an empty place shows: a grey frame that says what to do."""
    return look(Path(__file__).with_name("empty_picture.png").read_bytes())


class PictureType(ValueType[str]):
    """A picture: what `shower` gives is a `Picture`, and what comes back are bytes."""

    name = "picture"
    control = "picture"
    is_media = True
    is_words = True
    cell_format = "@"
    cell_example = "anh/minh-chung.jpg"
    empty = ""

    def options(self, choices: Mapping[str, Mapping[str, str]], argument: str) -> Options:
        return ()

    def schema(self, options: Options) -> Schema:
        return {
            "description": "PNG hoặc JPEG: base64, hoặc đường dẫn tính từ thư mục của tệp dữ liệu",
            "type": "string", "contentEncoding": "base64", "maxLength": MAX_TEXT,
        }  # fmt: skip

    def fits(self, value: Json, options: Options) -> bool:
        try:
            return isinstance(value, str) and bool(picture_of(value))
        except InputError:
            return False

    def shower(self, options: Options) -> Callable[[str], Shown] | None:
        return picture_of

    def prompt(self, form: str) -> str:
        return "Bấm vào đây để chèn ảnh (PNG hoặc JPEG)"

    def seen(self, shown: Shown) -> list[str]:
        assert isinstance(shown, Picture)
        return [mark_of(shown.content)]

    def is_printed(self, value: str, options: Options, text: str) -> bool:
        return mark_of(decoded(value)) in text

    def canonical(self, value: Json) -> Json:
        """Plain base64; what is none stays as it is."""
        if not isinstance(value, str) or not value.strip():
            return None if isinstance(value, str) else value
        try:
            return encoded(decoded(value))
        except InputError:
            return value

    def parse(self, paragraphs: Sequence[str], options: Options, full_date: str) -> Parsed:
        """Words where a picture belongs are none."""
        out = Parsed(raw=" ".join(paragraphs).strip())
        return out.doubt("read.picture.words", "warning", given=out.raw[:60]) if out.raw else out

    def strict(self, options: Options, line: Schema) -> Schema:
        """Bytes are always looked at."""
        return {"not": {}}

    def neutral(self, options: Options, year: int, day: str) -> Json:
        return self.sample("", options, year, 0)

    def sound(self, value: Json) -> Json:
        return value if isinstance(value, str) else None

    def told(self, value: Json) -> str:
        """`PNG 1240×1754`."""
        try:
            found = picture_of(str(value))
        except InputError:
            return "?"
        return f"{found.kind.upper()} {found.width}×{found.height}"

    def parse_media(self, content: bytes) -> Parsed:
        if content == empty_picture().content:
            return Parsed()
        try:
            return Parsed(encoded(look(content).content), raw="…")
        except InputError as fault:
            return Parsed(raw="…").doubt(fault.code, "error", **fault.facts)

    def sample(self, label: str, options: Options, year: int, index: int) -> str:
        return encoded(_sample(index))


def _sample(index: int) -> bytes:
    """A sheet with a dark band across it, another one for each `index`."""
    width, height = 60, 84
    rows = [b"\0" + (b"\x33" if 12 + 6 * index <= y < 18 + 6 * index else b"\xee") * width for y in range(height)]
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"".join(rows), 9)),
        (b"IEND", b""),
    )
    parts = (struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in chunks)
    return _PNG + b"".join(parts)
