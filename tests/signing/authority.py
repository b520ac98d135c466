"""A test authority with fixed times: roots, keys, revocation lists and a local time stamper. No network, no clock."""

from __future__ import annotations

import datetime
import io
from functools import cache
from typing import Any

from docgen.signing.demo_authority import Authority
from docgen.signing.keys import Key, describe, pkcs12_signer

ZONE = datetime.timezone(datetime.timedelta(hours=7))
BEGINS = datetime.datetime(2018, 11, 1, tzinfo=datetime.UTC)
#: When the packets of the tests are signed, and when they are verified.
SIGNED = datetime.datetime(2018, 12, 20, 9, 30, tzinfo=ZONE)
VERIFIED = datetime.datetime(2019, 1, 15, 8, 0, tzinfo=ZONE)
YEARS = datetime.timedelta(days=3650)


def authority(name: str = "CA kiểm thử") -> Authority:
    """A root that lives for ten years from 2018-11-01, always the same one in one run."""
    return _authority(name)


@cache
def _authority(name: str) -> Authority:
    return Authority(name, BEGINS, YEARS)


def as_asn1(certificate: Any) -> Any:
    """A certificate of the library cryptography as asn1crypto's."""
    from asn1crypto import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    return x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def issued(
    name: str, begins: datetime.datetime | None = None, ends: datetime.datetime | None = None,
    root: str = "CA kiểm thử",
) -> tuple[Any, Any]:  # fmt: skip
    """Private key and certificate for `name`, always the same ones in one run."""
    return _issued(name, begins, ends, root)


@cache
def _issued(name: str, begins: datetime.datetime | None, ends: datetime.datetime | None, root: str) -> tuple[Any, Any]:
    return authority(root).issue(name, begins, ends)


def key(name: str, **times: Any) -> Key:
    """A key that signs as `name`."""
    private, certificate = issued(name, **times)
    root = times.get("root", "CA kiểm thử")
    content = authority(root).pkcs12(private, certificate, "mật khẩu")
    return describe(pkcs12_signer(content, "mật khẩu".encode()), name)


def root_certificate(name: str = "CA kiểm thử") -> Any:
    """The root as asn1crypto's certificate."""
    return as_asn1(authority(name).certificate)


def revocation_list(*names: str, since: datetime.datetime = BEGINS, made: datetime.datetime | None = None) -> Any:
    """A revocation list that names the certificates of `names`."""
    from asn1crypto import crl, pem

    serials = {issued(name)[1].serial_number: since for name in names}
    content = authority().revocations(serials, made or SIGNED - datetime.timedelta(days=1))
    return crl.CertificateList.load(pem.unarmor(content)[2])


def timestamper(at: datetime.datetime) -> Any:
    """A time stamper that always says `at`."""
    from asn1crypto import keys as asn1_keys
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from pyhanko.sign.timestamps import DummyTimeStamper
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    private, certificate = _stamper()
    der = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    store = SimpleCertificateStore()
    store.register(root_certificate())
    return DummyTimeStamper(
        tsa_cert=as_asn1(certificate), tsa_key=asn1_keys.PrivateKeyInfo.load(der), certs_to_embed=store, fixed_dt=at
    )


@cache
def _stamper() -> tuple[Any, Any]:
    return authority().issue("Dấu thời gian kiểm thử", timestamping=True)


def picture() -> bytes:
    """A small transparent PNG."""
    from PIL import Image, ImageDraw

    image = Image.new("RGBA", (200, 80), (0, 0, 0, 0))
    ImageDraw.Draw(image).line([(5, 60), (60, 10), (110, 70), (190, 20)], fill=(20, 40, 200, 255), width=5)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
