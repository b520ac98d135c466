"""Unpacking a stream of a PDF that came from outside, within a bound that is asked before the memory is taken.

The library decodes a stream whole: 0.8 MB of Flate become 800 MB. Nothing that is read here needs another filter than
Flate (ISO 32000-1, 7.4.4), once and without a predictor; what has any other is not unpacked.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pikepdf import Object

#: What XMP, an appearance, a revocation list may unfold to.
SMALL = 20_000_000


class NotUnfolded(ValueError):  # noqa: N818 -- it says what did not happen
    """A stream that is larger than allowed, damaged, or packed in a way that is not unpacked here."""


def inflate(raw: bytes, limit: int) -> bytes:
    """The content of a Flate stream of at most `limit` bytes. Raises `NotUnfolded`."""
    unpacker = zlib.decompressobj()
    try:
        out = unpacker.decompress(raw, limit + 1)
    except zlib.error:
        raise NotUnfolded("damaged") from None
    if len(out) > limit:
        raise NotUnfolded("size")
    return out


def unfolded(stream: Object, limit: int = SMALL) -> bytes:
    """The content of a stream of pikepdf, at most `limit` bytes. Raises `NotUnfolded`."""
    packed = stream.get("/Filter")
    names = [] if packed is None else [str(packed)] if not _is_list(packed) else [str(name) for name in packed]
    raw = bytes(stream.read_raw_bytes())
    if not names:
        if len(raw) > limit:
            raise NotUnfolded("size")
        return raw
    if names != ["/FlateDecode"] or _has_predictor(stream):
        raise NotUnfolded("filter")
    return inflate(raw, limit)


def content_of(stream: Object) -> bytes:
    """What a stream says, for comparing it with another: unpacked, or as it stands where it is not unpacked."""
    try:
        return unfolded(stream)
    except NotUnfolded:
        return bytes(stream.read_raw_bytes())


def _is_list(value: Object) -> bool:
    return type(value).__name__ == "Array"


def _has_predictor(stream: Object) -> bool:
    given = stream.get("/DecodeParms")
    for one in given if given is not None and _is_list(given) else [given]:
        if one is not None and hasattr(one, "get") and int(one.get("/Predictor", 1)) > 1:
            return True
    return False
