"""Signatures of level B-B that docgen composes itself, and reading a file whose every signature is such a one.

Only files that docgen wrote, with nothing but such signatures after them, are signed and read here; for all else there
is `None`, and the caller asks pyHanko. A file is read by composing every increment again and comparing bytes, so what
was read holds nothing besides what is said of it here.
"""

from __future__ import annotations

import asyncio
import datetime
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docgen.errors import InputError, InternalError
from docgen.signing.appearance import Appearance
from docgen.signing.base_form import Base, last_trailer, read_base
from docgen.signing.cms_form import DIGEST, Seal, certificates_in, remember, seal_in, seal_of
from docgen.signing.increment import Increment, Place, Said, compose, moment_text, read_said, writable
from docgen.signing.timed_picture import timed_picture

if TYPE_CHECKING:
    from docgen.signing.keys import Key


@dataclass(frozen=True, slots=True)
class OwnSignature:
    """One signature of the form: what its increment says, whose it is, the digest, where what it covers ends."""

    said: Said
    seal: Seal
    digest: bytes
    end: int
    cms: bytes = field(repr=False)


@dataclass(slots=True)
class Chain:
    """A file of ours with the signatures after it, as far as it was read; `digest` runs over all of that."""

    base: Base
    place: Place
    digest: Any
    signatures: list[OwnSignature] = field(default_factory=list)

    def signed(self, name: str) -> bool:
        """True where the field is signed."""
        return any(signature.said.field == name for signature in self.signatures)

    def read_on(self, pdf: bytes) -> bool:
        """Read the next increment of `pdf`; False where it is not of the form, or its signature does not stand."""
        found = read_said(pdf, self.base, self.place)
        if found is None or self.signed(found[0].field):
            return False
        said, content, again = found
        digest = self.covered(again)
        held = seal_in(content)
        # The form of a CMS is known by its certificates: the digest in it must be that of these very bytes.
        if held is None or held[1] != digest or not held[0].stands(digest, held[2]):
            return False
        self.digest.update(memoryview(pdf)[self.place.end : again.place.end])
        self.place = again.place
        self.signatures.append(OwnSignature(said, held[0], digest, again.place.end, content))
        return True

    def covered(self, increment: Increment) -> bytes:
        """The digest that a signature in `increment`, which follows here, is over."""
        running = self.digest.copy()
        for part in increment.covered():
            running.update(part)
        return bytes(running.digest())


def read_chain(pdf: bytes, base_end: int | None = None) -> Chain | None:
    """A file of ours and all signatures in it, each of them sound; None where a byte of it is not of the form.

    `base_end` is its length before the first signature, where that is known from elsewhere.
    """
    for end in _ends(pdf) if base_end is None else (base_end,):
        base = read_base(pdf, end)
        if base is None:
            return None
        chain = Chain(base, Place(end, base.size, base.table), hashlib.sha256(memoryview(pdf)[:end]))
        while chain.place.end < len(pdf):
            if not chain.read_on(pdf):
                return None
        return chain
    return None


def _ends(pdf: bytes) -> Iterator[int]:
    """Where the file before its first signature may end: there is a trailer that continues no other."""
    at = pdf.find(b"%%EOF\n")
    while at >= 0:
        if last_trailer(pdf, at + 6) is not None:
            yield at + 6
        at = pdf.find(b"%%EOF\n", at + 6)


def sign_own(
    pdf: bytes, name: str, key: Key, moment: datetime.datetime, appearance: Appearance, reason: str, location: str
) -> bytes | None:
    """`pdf` signed in its empty field `name`, and looked at; None where file, key or texts have no form.

    Raises `InputError` where the key refuses, `InternalError` where the result is not what it must be.
    """
    seal = seal_for(key)
    if seal is None or moment_text(moment) is None or not all(map(writable, (key.name, reason, location))):
        return None
    chain = read_chain(pdf)
    if chain is None or name not in chain.base.fields or chain.signed(name):
        return None
    picture = None
    if appearance.visible:
        picture = timed_picture(appearance, key.name, moment, *chain.base.fields[name].size)
        if picture is None:
            return None
    said = Said(name, moment, key.name, reason, location, picture)
    empty = compose(chain.base, chain.place, said, seal.room)
    digest = chain.covered(empty)
    value = _value(key, seal.to_sign(digest), name)
    if len(value) > seal.longest:
        raise InternalError("signing.error.recheck", field=name, problem="signature")
    signed = pdf + empty.filled(seal.dump(digest, value))
    # Nothing that was composed is believed: the bytes are read as those of a stranger are.
    again = chain.read_on(signed)
    if not again or chain.place.end != len(signed) or chain.signatures[-1].said != said:
        raise InternalError("signing.error.recheck", field=name, problem="form")
    return signed


def _value(key: Key, attributes: bytes, name: str) -> bytes:
    from pyhanko.sign.general import SigningError

    try:
        at_once = getattr(key.signer, "sign_raw", None)
        if at_once is not None:
            return bytes(at_once(attributes, DIGEST))
        return bytes(asyncio.run(key.signer.async_sign_raw(attributes, DIGEST)))
    except SigningError as fault:
        raise InputError("signing.error.refused", field=name, problem=str(fault)) from None


def seal_for(key: Key) -> Seal | None:
    """The form of the signatures of `key`; None where pyHanko would write others. Worked out once a key."""
    if not key.form_known:
        key.form, key.form_known = _seal_for(key), True
    return key.form


def _seal_for(key: Key) -> Seal | None:
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

    digest = hashlib.sha256(b"docgen").digest()
    try:
        whole = asyncio.run(
            key.signer.async_sign(
                digest, DIGEST, signed_attr_settings=PdfCMSSignedAttributes(signing_time=None), use_pades=True,
                dry_run=True,
            )
        )  # fmt: skip
        theirs = whole.dump()
        seal = seal_of(*certificates_in(theirs))
        value = whole["content"]["signer_infos"][0]["signature"].native
        # Whatever makes this signer's CMS another one (attributes, unsigned parts, another algorithm) shows here.
        if seal.dump(digest, value) != theirs or seal.longest < 1:
            return None
    except (SigningError, ValueError, TypeError, KeyError, IndexError, NotImplementedError):
        return None
    remember(seal)
    return seal
