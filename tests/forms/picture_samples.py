"""Pictures made by hand for the tests: sheets of one colour with a band, as PNG and as JPEG."""

from __future__ import annotations

import base64
import struct
import zlib
from functools import lru_cache
from pathlib import Path

from docgen.forms.definition import FormDefinition, load_form
from docgen.forms.fill import Filler
from docgen.regulations.loader import RegulationData, load_regulation

OWN = Path(__file__).parents[1] / "data" / "van-ban"
SIGNATURE = b"\x89PNG\r\n\x1a\n"


@lru_cache(maxsize=1)
def regulation() -> RegulationData:
    return load_regulation("chi-bo-anh-2018", [OWN])


def form() -> FormDefinition:
    return load_form(regulation(), "minh-chung")


@lru_cache(maxsize=1)
def filler() -> Filler:
    return Filler(form())


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int = 30, height: int = 40, shade: int = 200, *more: bytes) -> bytes:
    """A grey sheet, 8 bits a pixel (ISO/IEC 15948); `more` chunks stand before its data."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    rows = b"".join(b"\0" + bytes([shade if y % 8 else 20]) * width for y in range(height))
    return SIGNATURE + head + b"".join(more) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def declared(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is `width` by `height`."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return SIGNATURE + head + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def jpeg(width: int = 30, height: int = 40) -> bytes:
    """The skeleton of a JPEG (T.81, B.2): a comment, a frame, a scan of nothing."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    parts = [b"\xff\xd8\xff\xfe\x00\x06docg", b"\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame,
             b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00", b"\x00" * 8, b"\xff\xd9"]  # fmt: skip
    return b"".join(parts)


def text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def record(scan: bytes | str, name: str = "Nguyễn Văn A") -> dict[str, object]:
    given = scan if isinstance(scan, str) else text(scan)
    return {"id": "dv-01", "document": {"place": "Cần Thơ", "date": "2018-12-18"}, "period": {"year": 2018},
            "member": {"full_name": name}, "proof": {"note": "Chứng chỉ tiếng Anh", "scan": given}}  # fmt: skip
