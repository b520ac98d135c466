"""Time stamps, judged like signatures: by whom, with which certificate, on what, and when."""

from __future__ import annotations

import datetime
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms
from asn1crypto.keys import PrivateKeyInfo
from authority import BEGINS, SIGNED, VERIFIED, YEARS, as_asn1, authority, key, root_certificate, timestamper
from crafted import certificate, revocations, rsa_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore
from signing_packets import CELL
from test_attacks import SHEET, _by, _document_stamp
from test_tampering import agree, codes

from docgen.signing import Asked, LongTerm, Signing, Trust, sign_packet, verify_packet

DAY = datetime.timedelta(days=1)
STAMPING = "1.3.6.1.5.5.7.3.8"


def _stamper(private: Any, made: Any, at: datetime.datetime = SIGNED, root: str = "CA kiểm thử") -> Any:
    """A time stamper with that certificate that always says `at`."""
    der = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    store = SimpleCertificateStore()
    store.register(root_certificate(root))
    return DummyTimeStamper(
        tsa_cert=as_asn1(made), tsa_key=PrivateKeyInfo.load(der), certs_to_embed=store, fixed_dt=at
    )  # fmt: skip


def _of_nobody() -> Any:
    return _stamper(*authority("CA khác").issue("TSA lạ", timestamping=True), root="CA khác")


def _self_made() -> Any:
    private = rsa_key()
    own = certificate("TSA tự lập", private.public_key(), issuer_key=private, purposes=[STAMPING])
    return _stamper(private, own)


def _living(begins: datetime.datetime, ends: datetime.datetime) -> Any:
    private = rsa_key()
    return _stamper(private, certificate("TSA", private.public_key(), purposes=[STAMPING], begins=begins, ends=ends))


def _for(*purposes: str) -> Any:
    private = rsa_key()
    return _stamper(private, certificate("TSA", private.public_key(), purposes=purposes))


def _weak() -> Any:
    private = rsa_key(1024)
    return _stamper(private, certificate("TSA", private.public_key(), purposes=[STAMPING]))


STAMPERS: dict[str, tuple[Callable[[], Any], set[str]]] = {
    "the authority's own": (lambda: timestamper(SIGNED), set()),
    "of an authority nobody trusts": (_of_nobody, {"timestamp_untrusted"}),
    "self-made": (_self_made, {"timestamp_untrusted"}),
    "a certificate that begins after the stamp": (
        lambda: _living(SIGNED + 5 * DAY, BEGINS + YEARS), {"timestamper_expired"}),
    "a certificate that begins after the verifying": (
        lambda: _living(VERIFIED + 5 * DAY, BEGINS + YEARS), {"timestamper_expired"}),
    "a certificate that ended before the stamp": (lambda: _living(BEGINS, SIGNED - DAY), {"timestamper_expired"}),
    "a certificate that ended since": (lambda: _living(BEGINS, SIGNED + DAY), {"timestamp_untrusted"}),
    "a person's certificate": (lambda: _for("1.3.6.1.5.5.7.3.4"), {"timestamp_untrusted"}),
    "a server's certificate": (lambda: _for("1.3.6.1.5.5.7.3.1"), {"timestamp_untrusted"}),
}  # fmt: skip


@pytest.mark.parametrize("kind", STAMPERS)
def test_who_stamped_a_signature(unsigned: Path, trusting: Asked, kind: str) -> None:
    made, expected = STAMPERS[kind]
    how = Signing("B-T", long_term=LongTerm(made()), moment=SIGNED)
    verdict = _by(unsigned, trusting, key(CELL), how)
    assert codes(verdict) == expected
    assert verdict.status == ("cannot_tell" if expected else "passed")
    signature = verdict.documents[0].signatures[0]
    assert signature.time_source == ("claimed" if expected else "timestamp")


@pytest.mark.parametrize("kind", STAMPERS)
def test_who_stamped_the_document(sealed: Path, trusting: Asked, kind: str) -> None:
    made, expected = STAMPERS[kind]
    path = sealed / SHEET
    path.write_bytes(_document_stamp(path.read_bytes(), "dau", None, made()))
    verdict = verify_packet(sealed, trusting)
    assert codes(verdict) == expected
    assert verdict.status == ("cannot_tell" if expected else "passed")


def test_a_short_key_stamps_nothing(sealed: Path, trusting: Asked) -> None:
    path = sealed / SHEET
    path.write_bytes(_document_stamp(path.read_bytes(), "dau", None, _weak()))
    verdict = verify_packet(sealed, trusting)
    assert (verdict.status, codes(verdict)) == ("failed", {"weak_key"})


@pytest.mark.parametrize("on", ["signature", "document"])
def test_a_revoked_stamper_proves_no_time(unsigned: Path, on: str) -> None:
    root, private = authority(), rsa_key()
    made = certificate("TSA", private.public_key(), purposes=[STAMPING])
    by = _stamper(private, made)
    revoked = revocations([made.serial_number], root.certificate, root.key)
    trusting = Asked(Trust([root_certificate()], crls=[revoked], moment=VERIFIED))
    how = Signing("B-T", long_term=LongTerm(by), moment=SIGNED) if on == "signature" else Signing(moment=SIGNED)
    sign_packet(unsigned, "cell", key(CELL), how)
    if on == "document":
        path = unsigned / SHEET
        path.write_bytes(_document_stamp(path.read_bytes(), "dau", None, by))
    verdict = verify_packet(unsigned, trusting)
    assert (verdict.status, codes(verdict)) == ("cannot_tell", {"timestamper_revoked"})


# --- moved --------------------------------------------------------------------------------------------------------


def _value(pdf: bytes) -> tuple[cms.ContentInfo, tuple[int, int]]:
    """The last signature value of a PDF, and where its hex digits stand."""
    found = list(re.finditer(rb"/Contents <([0-9A-Fa-f]+)>", pdf))[-1]
    return cms.ContentInfo.load(bytes.fromhex(found[1].decode())), found.span(1)


def _with_value(pdf: bytes, value: cms.ContentInfo, at: tuple[int, int]) -> bytes:
    digits = value.dump(force=True).hex().encode()
    room = at[1] - at[0]
    assert len(digits) <= room
    return pdf[: at[0]] + digits + b"0" * (room - len(digits)) + pdf[at[1] :]


def _stamp_of(value: cms.ContentInfo) -> Any:
    attributes = value["content"]["signer_infos"][0]["unsigned_attrs"]
    return next(item for item in attributes if item["type"].native == "signature_time_stamp_token")


def test_a_stamp_moved_to_another_signature(unsigned: Path, trusting: Asked, tmp_path: Path) -> None:
    """The stamp of an earlier signature is put on a later one, to date it back: it speaks of other bytes."""
    later = Path(shutil.copytree(unsigned, tmp_path / "later"))
    for packet, when in ((unsigned, SIGNED - 5 * DAY), (later, SIGNED)):
        sign_packet(packet, "cell", key(CELL), Signing("B-T", long_term=LongTerm(timestamper(when)), moment=when))
        assert verify_packet(packet, trusting).passed
    stamp = _stamp_of(_value((unsigned / SHEET).read_bytes())[0])
    path = later / SHEET
    value, at = _value(path.read_bytes())
    value["content"]["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes([stamp])
    path.write_bytes(_with_value(path.read_bytes(), value, at))
    agree(later)
    verdict = verify_packet(later, trusting)
    assert verdict.status == "failed"
    assert "timestamp_broken" in codes(verdict)


def test_a_stamp_whose_time_was_changed(unsigned: Path, trusting: Asked) -> None:
    _by(unsigned, trusting, key(CELL), Signing("B-T", long_term=LongTerm(timestamper(SIGNED)), moment=SIGNED))
    path = unsigned / SHEET
    pdf = path.read_bytes()
    digits = (SIGNED.astimezone(datetime.UTC)).strftime("%Y%m%d%H%M%SZ").encode().hex().encode()
    at = pdf.lower().rfind(digits)
    assert at > 0
    earlier = (SIGNED - 9 * DAY).astimezone(datetime.UTC).strftime("%Y%m%d%H%M%SZ").encode().hex().encode()
    path.write_bytes(pdf[:at] + earlier + pdf[at + len(digits) :])
    agree(unsigned)
    verdict = verify_packet(unsigned, trusting)
    assert verdict.status == "failed"
    assert "timestamp_broken" in codes(verdict)


def test_a_stamp_of_another_document(packet: Path, sealed: Path, trusting: Asked) -> None:
    """The value of a document time stamp stands in another document's: it covers other bytes."""
    other = _document_stamp((packet / "pdf/004-phu-luc-dv-01.pdf").read_bytes(), "dau", None, timestamper(SIGNED))
    path = sealed / SHEET
    pdf = _document_stamp(path.read_bytes(), "dau", None, timestamper(SIGNED))
    value, at = _value(pdf)
    foreign, _ = _value(other)
    assert foreign.dump() != value.dump()
    path.write_bytes(_with_value(pdf, foreign, at))
    verdict = verify_packet(sealed, trusting)
    assert verdict.status == "failed"
    assert "timestamp_broken" in codes(verdict)


def test_a_stamp_in_the_place_of_the_signature(unsigned: Path, trusting: Asked) -> None:
    """The field of the one who must sign holds a time stamp: nobody signed."""
    path = unsigned / SHEET
    path.write_bytes(_document_stamp(path.read_bytes(), "kycell", None, timestamper(SIGNED)))
    verdict = verify_packet(unsigned, trusting)
    assert verdict.status == "failed"
    assert {"signature_due", "nothing_signed"} <= codes(verdict)
