"""The document security store (ETSI EN 319 142-1, 5.4.2) of a PDF, read entry by entry and within a bound.

Anybody can append to a store. What cannot be read there must not take the rest with it: a list by which a signer is
revoked counts although somebody put a broken certificate beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.signing.libraries import need
from docgen.signing.revocation import load
from docgen.signing.unfold import SMALL, NotUnfolded, inflate

if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate
    from pyhanko.pdf_utils.generic import DictionaryObject, StreamObject
    from pyhanko.pdf_utils.reader import PdfFileReader

#: What comes of objects of another kind than the standard says.
_MALFORMED = (ValueError, TypeError, KeyError, IndexError, AttributeError, NotImplementedError)


@dataclass(slots=True)
class Store:
    """Certificates (asn1crypto's), lists and answers (DER) of a store, and how many entries could not be read."""

    certificates: list[Certificate] = field(default_factory=list)
    lists: list[bytes] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    unread: int = 0


def read_store(reader: PdfFileReader) -> Store | None:
    """The store of a PDF (pyHanko's reader), or None where it has none."""
    from pyhanko.pdf_utils.misc import PdfError

    x509 = need("asn1crypto.x509")
    try:
        entries = reader.root["/DSS"]
    except KeyError:
        return None
    except (PdfError, *_MALFORMED):
        return Store(unread=1)
    out = Store()
    for content in _streams(entries, "/Certs"):
        try:
            certificate = x509.Certificate.load(content, strict=True)
            readable = load(certificate) is not None and bool(certificate.issuer_serial)
        except _MALFORMED:
            readable = False
        if readable:
            out.certificates.append(certificate)
        else:
            out.unread += 1
    for key, found in (("/CRLs", out.lists), ("/OCSPs", out.answers)):
        for content in _streams(entries, key):
            if content:
                found.append(content)
            else:
                out.unread += 1
    return out


def _streams(entries: DictionaryObject, key: str) -> Iterator[bytes]:
    """The content of each stream under `key`; empty for one that is none, is damaged or too large."""
    from pyhanko.pdf_utils.misc import PdfError

    try:
        given = list(entries[key]) if key in entries else []
    except (PdfError, *_MALFORMED):
        yield b""
        return
    for item in given:
        try:
            yield _small(item.get_object())
        except (PdfError, *_MALFORMED):
            yield b""


def _small(stream: StreamObject) -> bytes:
    """The content of a stream, within a bound; empty where it is not unpacked."""
    packed = stream.get("/Filter")
    names = [str(name) for name in packed] if isinstance(packed, list) else [str(packed)] if packed else []
    raw = bytes(stream.encoded_data)
    if not names and len(raw) <= SMALL:
        return raw
    try:
        return inflate(raw, SMALL) if names == ["/FlateDecode"] else b""
    except NotUnfolded:
        return b""
