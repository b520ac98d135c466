"""How much of a file from outside is read, and how much memory opening it may take: asked before, not after.

A packet may hold any file, and a manifest may call any file a paper. Papers are read whole, since their bytes are what
was signed; all else is hashed piece by piece.
"""

from __future__ import annotations

import hashlib
import re
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from docgen.errors import InputError
from docgen.signing.libraries import need

#: A form has a few pages, a print copy at most 2,000: the largest that docgen made had 60 MB.
MAX_PDF = 200_000_000
#: A file that is only hashed, at about a second for each GB.
MAX_FILE = 4_000_000_000
#: Lists, certificates and pictures that somebody hands over.
MAX_SMALL = 50_000_000
#: A packet as one cover PDF.
MAX_BUNDLE = 1_000_000_000
#: What the packed parts of a PDF may unfold to: so many bytes, and so many times its own size.
MAX_UNFOLDED, MAX_TIMES = 100_000_000, 20
#: What opening a PDF may take besides, where the system can be asked to hold it (Linux).
MAX_MEMORY = 400_000_000
_PIECE = 1 << 20
#: What is handed over at a time where many small parts stand one after the other.
_FEED = 1 << 15
_STREAM = re.compile(rb"stream\r?\n")
_WITHIN_WORD = re.compile(rb"\w")


def read_bounded(path: Path, limit: int = MAX_PDF, name: str = "") -> bytes:
    """The bytes of a file. Raises `InputError` `signing.error.too_large` (nothing was read then) and `OSError`."""
    size = _ask(path, limit, name)
    with path.open("rb") as file:
        # As much as there is said to be: memory is taken for what is asked, not for what comes.
        content = file.read(size + 1)
        while size < len(content) <= limit and (more := file.read(_PIECE)):
            content += more
    if len(content) > limit:  # it grew, or says nothing of its size
        raise _too_large(path, len(content), limit, name)
    return content


def hash_of(path: Path, name: str = "") -> str:
    """The SHA-256 of a file in hex digits, read piece by piece. Raises as `read_bounded` does."""
    _ask(path, MAX_FILE, name)
    out, left = hashlib.sha256(), MAX_FILE
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise _too_large(path, MAX_FILE, MAX_FILE, name)
            out.update(piece)
    return out.hexdigest()


def _ask(path: Path, limit: int, name: str) -> int:
    size = path.stat().st_size
    if size > limit:
        raise _too_large(path, size, limit, name)
    return size


def _too_large(path: Path, size: int, limit: int, name: str) -> InputError:
    facts = {"file": name or path.name, "size": -(-size // 1_000_000), "limit": limit // 1_000_000}
    return InputError("signing.error.too_large", **facts)


@contextmanager
def frugal(pdf: bytes, name: str = "PDF") -> Iterator[None]:
    """Whatever opens `pdf` within may not take memory without end. Raises `InputError` `signing.error.too_costly`.

    The libraries unfold a part whole before anybody sees how large it is (an object stream of 1 MB becomes 1 GB). So
    the parts that are packed once are measured first, without keeping them; what hides from that (packed twice, or
    encrypted) meets the limit of the process.
    """
    if not unfolds_within_bounds(pdf):
        raise InputError("signing.error.too_costly", file=name)
    try:
        with _unfolding(len(pdf)), _held(len(pdf)):
            yield
    except MemoryError:
        raise InputError("signing.error.too_costly", file=name) from None


def unfolds_within_bounds(pdf: bytes) -> bool:
    """True where the packed parts of a PDF unfold to no more than `frugal` allows."""
    return _unfolds_within(pdf, MAX_UNFOLDED + MAX_TIMES * len(pdf))


def _unfolds_within(pdf: bytes, limit: int) -> bool:
    """True where all Flate streams of a PDF together unfold to at most `limit` bytes, whatever they say they are."""
    left, view = limit, memoryview(pdf)
    for found in _STREAM.finditer(pdf):
        if found.start() and _WITHIN_WORD.match(pdf, found.start() - 1):
            continue  # the end of one
        at, unpacker = found.end(), zlib.decompressobj()
        try:
            piece: bytes | memoryview = view[at : at + _FEED]
            while piece and not unpacker.eof:
                left -= len(unpacker.decompress(piece, _PIECE))
                if left < 0:
                    return False
                piece = unpacker.unconsumed_tail
                if not piece:
                    at += _FEED
                    piece = view[at : at + _FEED]
        except zlib.error:
            continue  # not packed this way, or damaged: what was unfolded so far is counted
    return True


@contextmanager
def _unfolding(size: int) -> Iterator[None]:
    """qpdf unfolds no part beyond the same bound, where it can be told (pikepdf 10.15 and later)."""
    try:
        ask = need("pikepdf.settings").set_qpdf_limits
    except AttributeError:
        yield
        return
    most = MAX_UNFOLDED + MAX_TIMES * size
    before = ask(flate_max_memory=most, run_length_max_memory=most, png_max_memory=most, tiff_max_memory=most)
    try:
        yield
    finally:
        ask(**before)


@contextmanager
def _held(size: int) -> Iterator[None]:
    """The process gets `MAX_MEMORY` and some copies of the file beyond what it has, where that can be asked.

    Not where several threads are at work: the limit is the process's, and another's work would meet it.
    """
    if threading.active_count() > 1:
        yield
        return
    try:
        import resource

        used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    except (ImportError, OSError, ValueError, IndexError):
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_AS)
    wanted = used + MAX_MEMORY + 4 * size
    if before[0] != resource.RLIM_INFINITY and before[0] <= wanted:
        yield
        return
    resource.setrlimit(resource.RLIMIT_AS, (wanted, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
