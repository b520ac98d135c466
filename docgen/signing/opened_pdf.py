"""Opening a PDF with pyHanko, and letting go of all of it afterwards."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from docgen.errors import InputError
from docgen.signing.libraries import need

if TYPE_CHECKING:
    from pyhanko.pdf_utils.reader import PdfFileReader


@contextmanager
def opened(pdf: bytes) -> Iterator[PdfFileReader]:
    """pyHanko's reader of `pdf`, strict where that can be. Raises `InputError` for no sound PDF and for a password.

    Nothing that came from the reader may be used afterwards: a packet of thousands of papers, a service that verifies
    all day, take the memory of one file.
    """
    reader = _reader_of(pdf)
    try:
        yield reader
    finally:
        _let_go(reader)


def _let_go(reader: PdfFileReader) -> None:
    """Undo the rings that a reader, its views of older revisions and every object it made form with one another.

    Left alone they are 20 MB for a packet of four papers, and stay until Python looks for rings among everything that
    the process holds, which may be never.
    """
    views = getattr(reader, "_historical_resolver_cache", {})
    for view in [*views.values(), reader]:
        vars(view).clear()


def _reader_of(pdf: bytes) -> PdfFileReader:
    need("pyhanko")
    from pyhanko.pdf_utils.crypt import AuthStatus
    from pyhanko.pdf_utils.misc import PdfError, PdfStrictReadError
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        # What only a strict reader refuses (two tables of contents in one file, a table under an old number) may be
        # sound all the same: it is read, and the verdict says so.
        strict: PdfFileReader | None = None
        try:
            strict = PdfFileReader(io.BytesIO(pdf), strict=True)
            sound = not strict.xrefs.hybrid_xrefs_present
        except PdfStrictReadError:
            sound = False
        if strict is not None and not sound:
            _let_go(strict)
        reader = strict if strict is not None and sound else PdfFileReader(io.BytesIO(pdf), strict=False)
        # A file that only its owner's password protects from being changed opens without one.
        if reader.encrypted and reader.decrypt("").status == AuthStatus.FAILED:
            raise InputError("signing.error.password", file="PDF")
        if reader.root["/Pages"] is None:  # a broken trailer shows itself here
            raise ValueError("/Pages")
        return reader
    except (PdfError, KeyError, ValueError, IndexError, TypeError, AttributeError, RecursionError) as fault:
        raise InputError("signing.error.unreadable", file="PDF", problem=str(fault)[:200]) from None
