"""Certificates, lists and answers that a forger, or another authority, would make."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from authority import BEGINS, SIGNED, YEARS, as_asn1, authority
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ObjectIdentifier

from docgen.signing.keys import Key, describe


def rsa_key(bits: int = 2048) -> Any:
    """A fresh RSA key."""
    return rsa.generate_private_key(65537, bits)


def certificate(
    name: str, public: Any, *, issuer: Any = None, issuer_key: Any = None, purposes: Sequence[str] = (),
    ca: bool = False, usage: bool = True, path_length: int | None = None, begins: datetime.datetime = BEGINS,
    ends: datetime.datetime = BEGINS + YEARS, key_cert_sign: bool | None = None,
) -> Any:  # fmt: skip
    """A certificate for `name`, by the test authority unless another issuer is given."""
    root = authority()
    issuer, issuer_key = issuer or root.certificate, issuer_key or root.key
    signs = ca if key_cert_sign is None else key_cert_sign
    builder = (
        x509.CertificateBuilder()
        .subject_name(root._name(name)).issuer_name(issuer.subject).public_key(public)
        .serial_number(x509.random_serial_number()).not_valid_before(begins).not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=path_length), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(
                digital_signature=usage and not ca, content_commitment=usage and not ca, key_encipherment=not usage,
                data_encipherment=False, key_agreement=False, key_cert_sign=signs, crl_sign=signs,
                encipher_only=False, decipher_only=False,
            ),
            critical=True,
        )
    )  # fmt: skip
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ObjectIdentifier(p) for p in purposes]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def signer(private: Any, leaf: Any, others: Sequence[Any] = ()) -> Key:
    """A key that signs with `leaf`; `others` go along."""
    from asn1crypto.keys import PrivateKeyInfo
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    store = SimpleCertificateStore()
    store.register_multiple([as_asn1(item) for item in others])
    der = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    made = SimpleSigner(signing_cert=as_asn1(leaf), signing_key=PrivateKeyInfo.load(der), cert_registry=store)
    return describe(made, "test")


def revocations(serials: Sequence[int], issuer: Any, issuer_key: Any, name: Any = None) -> Any:
    """A list of revoked serial numbers under the issuer's name, or another, as asn1crypto's."""
    from asn1crypto import crl

    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(name or issuer.subject).last_update(SIGNED).next_update(SIGNED + datetime.timedelta(days=365))
        .add_extension(x509.CRLNumber(1), critical=False)
    )  # fmt: skip
    for serial in serials:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(BEGINS).build()
        )
    return crl.CertificateList.load(builder.sign(issuer_key, hashes.SHA256()).public_bytes(Encoding.DER))


def answer(leaf: Any, issuer: Any, responder: Any, responder_key: Any, *, revoked: bool, about: Any = None) -> bytes:
    """An OCSP answer about `leaf` (or about the certificate `about`), as DER."""
    status = ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD
    return bytes(
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=about or leaf, issuer=issuer, algorithm=hashes.SHA1(), cert_status=status, this_update=SIGNED,
            next_update=SIGNED + datetime.timedelta(days=365), revocation_time=BEGINS if revoked else None,
            revocation_reason=None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, responder)
        .certificates([responder])
        .sign(responder_key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )  # fmt: skip


def weak_curve() -> Any:
    """A key on a curve of 192 bits."""
    return ec.generate_private_key(ec.SECP192R1())
