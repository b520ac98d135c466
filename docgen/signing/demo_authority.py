"""A TEST authority, made on the spot: keys that prove nothing about anybody, to try signing and verifying with.

Every certificate says "THỬ NGHIỆM – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ" as its organisation. Never give its root to someone who
is to trust real papers.
"""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.signing.libraries import need
from docgen.storage import safe_name, write_whole

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
    from cryptography.x509 import Certificate, Name

WARNING = "THỬ NGHIỆM – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ"
ROOT_FILE = "CA-thu-nghiem.pem"
_VALID = datetime.timedelta(days=365)


class Authority:
    """A root key and what it issues. `begins` and `lasts` bound the root's own life."""

    def __init__(
        self, name: str = "CA thử nghiệm docgen", begins: datetime.datetime | None = None,
        lasts: datetime.timedelta = _VALID,
    ) -> None:  # fmt: skip
        need("cryptography")
        from cryptography.hazmat.primitives.asymmetric import ec

        self.begins = begins or datetime.datetime.now(tz=datetime.UTC) - datetime.timedelta(hours=1)
        self.ends = self.begins + lasts
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = self._name(name)
        self.certificate = self._build(self.name, self.key.public_key(), self.begins, self.ends, root=True)

    @staticmethod
    def _name(common: str) -> Name:
        from cryptography import x509
        from cryptography.x509.oid import NameOID

        return x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, WARNING),
                x509.NameAttribute(NameOID.COMMON_NAME, common),
            ]
        )

    def _build(
        self, subject: Name, public: CertificatePublicKeyTypes, begins: datetime.datetime, ends: datetime.datetime, *,
        root: bool = False, timestamping: bool = False,
    ) -> Certificate:  # fmt: skip
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes
        from cryptography.x509.oid import ExtendedKeyUsageOID

        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(ends)
            .add_extension(x509.BasicConstraints(ca=root, path_length=0 if root else None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
            .add_extension(
                x509.KeyUsage(
                    digital_signature=not root, content_commitment=not root and not timestamping,
                    key_encipherment=False, data_encipherment=False, key_agreement=False, key_cert_sign=root,
                    crl_sign=root, encipher_only=False, decipher_only=False,
                ),
                critical=True,
            )
        )  # fmt: skip
        if timestamping:
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        return builder.sign(self.key, hashes.SHA256())

    def issue(
        self, name: str, begins: datetime.datetime | None = None, ends: datetime.datetime | None = None, *,
        timestamping: bool = False,
    ) -> tuple[RSAPrivateKey, Certificate]:  # fmt: skip
        """A private key and its certificate for `name` (objects of the library cryptography)."""
        from cryptography.hazmat.primitives.asymmetric import rsa

        key = rsa.generate_private_key(65537, 2048)
        certificate = self._build(
            self._name(name), key.public_key(), begins or self.begins, ends or self.ends, timestamping=timestamping
        )
        return key, certificate

    def revocations(
        self, serials: Mapping[int, datetime.datetime], made: datetime.datetime | None = None,
        lasts: datetime.timedelta = _VALID,
    ) -> bytes:  # fmt: skip
        """A revocation list (PEM) of certificates by serial number and date."""
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization

        at = made or self.begins
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.name)
            .last_update(at)
            .next_update(at + lasts)
            .add_extension(x509.CRLNumber(1), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        for serial, since in serials.items():
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since).build()
            )
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    def pem(self) -> bytes:
        """The root certificate."""
        from cryptography.hazmat.primitives.serialization import Encoding

        return bytes(self.certificate.public_bytes(Encoding.PEM))

    def pkcs12(self, key: RSAPrivateKey, certificate: Certificate, passphrase: str) -> bytes:
        """A key with its certificate and the root, as a PKCS#12 file."""
        from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
        from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

        return serialize_key_and_certificates(
            b"docgen", key, certificate, [self.certificate], BestAvailableEncryption(passphrase.encode())
        )


def make(folder: Path, names: Mapping[str, str], *, overwrite: bool = False) -> dict[str, tuple[Path, Path]]:
    """Make a TEST authority in `folder`: its root (`CA-thu-nghiem.pem`), an empty revocation list (`thu-hoi.crl`),
    and for each entry of `names` (label -> name in the certificate) a PKCS#12 file and the file of its passphrase.

    Returns label -> (PKCS#12 file, passphrase file). Raises `UsageError` where a file exists and `overwrite` is not
    set.
    """
    authority = Authority()
    write_whole(folder / ROOT_FILE, authority.pem(), overwrite=overwrite)
    write_whole(folder / "thu-hoi.crl", authority.revocations({}), overwrite=overwrite)
    write_whole(folder / "DOC-TRUOC-KHI-DUNG.txt", (WARNING + "\n").encode(), overwrite=overwrite)
    out = {}
    for label, name in names.items():
        key, certificate = authority.issue(name)
        passphrase = secrets.token_urlsafe(12)
        store, secret = folder / f"{safe_name(label)}.p12", folder / f"{safe_name(label)}.pass"
        write_whole(store, authority.pkcs12(key, certificate, passphrase), overwrite=overwrite)
        write_whole(secret, passphrase.encode() + b"\n", overwrite=overwrite)
        secret.chmod(0o600)
        out[label] = (store, secret)
    return out
