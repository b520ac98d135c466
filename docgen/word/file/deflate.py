"""The one place that deflates and sums: raw DEFLATE (RFC 1951) and CRC-32, by ISA-L where it is installed, else zlib.

Compressing the unchanging text between values beforehand (blocks ended by a full flush) was tried on the real forms:
files twice as large and rarely a faster whole, because the short blocks cannot refer to each other.

The same input gives the same bytes on every run of one back end; two back ends differ in bytes, never in content.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable
from typing import Any

_RAW = -15  # raw deflate, 32 kB window: what a zip entry holds

#: Level for parts made for every document. Level 1 costs a third of level 6 and a fifth more bytes.
LIVE_LEVEL = 1
#: Level for parts compressed once a process.
_ONCE_LEVEL = 9


def _zlib_deflate(data: bytes) -> bytes:
    return zlib.compress(data, LIVE_LEVEL, _RAW)


def _choose() -> tuple[str, Callable[[bytes], bytes], Callable[[bytes], int]]:
    """The back end of this process: `DOCGEN_DEFLATE=zlib` forbids ISA-L (to compare, or to repeat another's bytes)."""
    if os.environ.get("DOCGEN_DEFLATE", "") != "zlib":
        try:
            from isal import isal_zlib
        except ImportError:
            pass
        else:
            compress: Any = isal_zlib.compress
            checksum: Any = isal_zlib.crc32
            return "isal", lambda data: bytes(compress(data, LIVE_LEVEL, _RAW)), lambda data: int(checksum(data))
    return "zlib", _zlib_deflate, zlib.crc32


#: `backend` names what runs; `deflate` compresses a part that is made for every document; `crc32` sums it.
backend, deflate, crc32 = _choose()


def deflate_once(data: bytes) -> bytes:
    """`data` compressed as small as zlib can: for parts that are the same in every document."""
    return zlib.compress(data, _ONCE_LEVEL, _RAW)
