"""The CMS of a signature of level B-B in one fixed form: only the digest and the signature's value differ.

What is written is what pyHanko writes for PAdES (ETSI EN 319 142-1, 6.3): content type, message digest and
signing-certificate-v2 are signed, no time and nothing unsigned stands beside them. Clauses: RFC 5652, 5 (signed data);
RFC 5035, 3 (signing-certificate-v2).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from docgen.signing.libraries import need

if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate

DIGEST = "sha256"
#: Stands for the digest while the form is made; no certificate holds it but by will, and then there is no form.
_MARK = hashlib.sha256(b"docgen: the digest stands here").digest()
#: The ways to sign that the form knows (RFC 8017, 8.2; RFC 5753): what else there is goes through pyHanko.
_WAYS = {"sha256_rsa": "rsa", "rsassa_pkcs1v15": "rsa", "sha256_ecdsa": "ec"}
#: More bytes no CMS of ours has: a chain of a few certificates.
_LARGEST = 40_000


class Seal:
    """The CMS of one certificate and the certificates that go along, for every digest.

    `certificates` are DER, the signer's one first; `way` is the name of the signature's algorithm.
    """

    def __init__(self, certificates: tuple[bytes, ...], way: str) -> None:
        self.certificates, self.way = certificates, way
        self._forms: dict[int, tuple[bytes, bytes, bytes]] = {}
        self.signed = self._attributes().untag().dump()
        if _WAYS.get(way) is None or self.signed.count(_MARK) != 1 or len(set(certificates)) != len(certificates):
            raise ValueError("form")

    @cached_property
    def certificate(self) -> Certificate:
        """The signer's certificate (asn1crypto)."""
        found: Certificate = need("asn1crypto.x509").Certificate.load(self.certificates[0], strict=True)
        return found

    @cached_property
    def others(self) -> list[Certificate]:
        """The certificates that go along (asn1crypto)."""
        return [need("asn1crypto.x509").Certificate.load(der, strict=True) for der in self.certificates[1:]]

    @cached_property
    def key(self) -> Any:
        """The public key (of the library cryptography). Raises `ValueError` where it is of another kind than `way`."""
        found = need("cryptography.x509").load_der_x509_certificate(self.certificates[0]).public_key()
        kinds = {
            "rsa": need("cryptography.hazmat.primitives.asymmetric.rsa").RSAPublicKey,
            "ec": need("cryptography.hazmat.primitives.asymmetric.ec").EllipticCurvePublicKey,
        }
        if not isinstance(found, kinds[_WAYS[self.way]]):
            raise ValueError("key")
        return found

    @cached_property
    def longest(self) -> int:
        """The most bytes that a signature's value takes."""
        if _WAYS[self.way] == "rsa":
            return -(-int(self.key.key_size) // 8)
        half = int(self.key.curve.key_size) // 8 + 1 + 2
        return 2 * half + (2 if 2 * half < 128 else 3)

    @cached_property
    def room(self) -> int:
        """The bytes that a file keeps for the CMS."""
        head, middle, tail = self.form(self.longest)
        return len(head) + len(_MARK) + len(middle) + self.longest + len(tail)

    def to_sign(self, digest: bytes) -> bytes:
        """What the key signs: the attributes as a set (RFC 5652, 5.4)."""
        return bytes(self.signed.replace(_MARK, digest))

    def dump(self, digest: bytes, value: bytes) -> bytes:
        """The CMS over a document of this digest, with the signature's value."""
        head, middle, tail = self.form(len(value))
        return head + digest + middle + value + tail

    def stands(self, digest: bytes, value: bytes) -> bool:
        """True where `value` is the key's signature over a document of this digest."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        try:
            if _WAYS[self.way] == "rsa":
                self.key.verify(value, self.to_sign(digest), PKCS1v15(), SHA256())
            else:
                self.key.verify(value, self.to_sign(digest), ECDSA(SHA256()))
        except (InvalidSignature, ValueError):
            return False
        return True

    def form(self, size: int) -> tuple[bytes, bytes, bytes]:
        """What stands before the digest, between it and a signature's value of `size` bytes, and after that."""
        if size not in self._forms:
            mark = (hashlib.sha512(b"docgen: the value stands here").digest() * (size // 64 + 1))[:size]
            whole = self._whole(mark)
            if whole.count(_MARK) != 1 or whole.count(mark) != 1:
                raise ValueError("form")
            head, rest = whole.split(_MARK)
            middle, tail = rest.split(mark)
            self._forms[size] = head, middle, tail
        return self._forms[size]

    def _attributes(self) -> Any:
        cms, general = need("asn1crypto.cms"), need("pyhanko.sign.general")
        bound = general.as_signing_certificate_v2(self.certificate)
        return cms.CMSAttributes(
            [
                cms.CMSAttribute({"type": kind, "values": (value,)})
                for kind, value in (
                    ("content_type", "data"), ("message_digest", _MARK), ("signing_certificate_v2", bound),
                )
            ]
        )  # fmt: skip

    def _whole(self, value: bytes) -> bytes:
        cms, algos = need("asn1crypto.cms"), need("asn1crypto.algos")
        digest = algos.DigestAlgorithm({"algorithm": DIGEST})
        own = self.certificate
        sid = cms.IssuerAndSerialNumber({"issuer": own.issuer, "serial_number": own.serial_number})
        signer = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier({"issuer_and_serial_number": sid}),
                "digest_algorithm": digest,
                "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": self.way}),
                "signed_attrs": self._attributes(),
                "signature": value,
            }
        )
        carried = [cms.CertificateChoices(name="certificate", value=item) for item in (own, *self.others)]
        content = cms.SignedData(
            {
                "version": "v1",
                "digest_algorithms": cms.DigestAlgorithms((digest,)),
                "encap_content_info": {"content_type": "data"},
                "certificates": carried,
                "signer_infos": [signer],
            }
        )
        return bytes(cms.ContentInfo({"content_type": "signed_data", "content": content}).dump())


def seal_in(content: bytes) -> tuple[Seal, bytes, bytes] | None:
    """The form, the digest and the signature's value of a CMS that takes `content` with zeros after it.

    None where it is not byte for byte of the form, as large a room as the form asks for included.
    """
    for seal in reversed(_KNOWN):
        if seal.certificates[0] in content and (found := _taken(seal, content)) is not None:
            return found
    try:
        parser = need("asn1crypto.parser")
        size = int(parser.peek(content))
        made = _seal(content[:size]) if size <= _LARGEST else None
        found = _taken(made, content) if made is not None else None
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OverflowError):
        return None
    if made is not None and found is not None:
        remember(made)
    return found


#: The forms met last: whoever signs a packet, or judges one, meets the same few again and again.
_KNOWN: list[Seal] = []
_MOST_KNOWN = 64


def remember(seal: Seal) -> None:
    """Look for this form first."""
    if seal not in _KNOWN:
        _KNOWN.append(seal)
        del _KNOWN[:-_MOST_KNOWN]


@lru_cache(maxsize=64)
def _made(certificates: tuple[bytes, ...], way: str) -> Seal:
    return Seal(certificates, way)


def seal_of(certificates: Sequence[bytes], way: str) -> Seal:
    """The form for these certificates (DER, the signer's first). Raises `ValueError` where there is none."""
    own, *others = certificates
    return _made((own, *sorted(others)), way)


def _seal(content: bytes) -> Seal | None:
    """The form that a CMS claims to be of."""
    told = need("asn1crypto.cms").ContentInfo.load(content, strict=True)
    signed = told["content"]
    [signer] = signed["signer_infos"]
    sid = signer["sid"].chosen
    certificates = [choice.chosen for choice in signed["certificates"] if choice.name == "certificate"]
    own = [
        item for item in certificates
        if item.issuer == sid["issuer"] and item.serial_number == sid["serial_number"].native
    ]  # fmt: skip
    if len(own) != 1:
        return None
    rest = [item.dump() for item in certificates if item is not own[0]]
    return seal_of([own[0].dump(), *rest], signer["signature_algorithm"]["algorithm"].native)


def _taken(seal: Seal, content: bytes) -> tuple[Seal, bytes, bytes] | None:
    """Digest and value out of a CMS of this form, where composing it again gives the same bytes."""
    if len(content) != seal.room:
        return None
    size = int(need("asn1crypto.parser").peek(content))
    if content[size:].strip(b"\0"):
        return None
    shortest = seal.longest if _WAYS[seal.way] == "rsa" else max(8, seal.longest - 24)
    for length in range(seal.longest, shortest - 1, -1):
        head, middle, tail = seal.form(length)
        if len(head) + len(_MARK) + len(middle) + length + len(tail) != size or not content.startswith(head):
            continue
        digest = content[len(head) : len(head) + len(_MARK)]
        value = content[size - len(tail) - length : size - len(tail)]
        if seal.dump(digest, value) == content[:size]:
            return seal, digest, value
    return None


def certificates_in(content: bytes) -> tuple[list[bytes], str]:
    """The certificates of a CMS (DER, the signer's first) and its signature's algorithm."""
    made = _seal(content)
    if made is None:
        raise ValueError("certificate")
    return list(made.certificates), made.way


__all__ = ["DIGEST", "Seal", "certificates_in", "remember", "seal_in", "seal_of"]
