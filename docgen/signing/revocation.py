"""Revocation lists and OCSP answers: they count where the authority itself signed them, and for the whole path.

Anybody can append a list to a PDF, or hand one over, that names somebody's certificate. So a list is only read when
its signature is that of the authority it names (RFC 5280, 6.3.3 (f), (g)), an answer when the authority or a responder
it named for that purpose signed it (RFC 6960, 4.2.2.2). Every certificate of the path is looked up, whether or not it
says where its list is found.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.signing.libraries import need

if TYPE_CHECKING:
    from types import ModuleType

    from asn1crypto.x509 import Certificate as Asn1Certificate
    from cryptography.x509 import Certificate, CertificateRevocationList
    from cryptography.x509.ocsp import OCSPResponse

#: More authorities stand above no certificate.
LONGEST_PATH = 8


@dataclass(slots=True)
class Evidence:
    """Lists and answers (DER) that count, and how many name a trusted authority without being signed by it."""

    lists: list[CertificateRevocationList] = field(default_factory=list)
    answers: list[OCSPResponse] = field(default_factory=list)
    forged: int = 0

    def raw_lists(self) -> list[bytes]:
        """The lists as DER."""
        from cryptography.hazmat.primitives.serialization import Encoding

        return [item.public_bytes(Encoding.DER) for item in self.lists]

    def raw_answers(self) -> list[bytes]:
        """The answers as DER."""
        from cryptography.hazmat.primitives.serialization import Encoding

        return [item.public_bytes(Encoding.DER) for item in self.answers]


def load(certificate: Asn1Certificate) -> Certificate | None:
    """A certificate of asn1crypto as one of the library cryptography, or None where that refuses it."""
    x509 = need("cryptography.x509")
    try:
        found: Certificate = x509.load_der_x509_certificate(certificate.dump())
    except (ValueError, TypeError):
        return None
    return found


def authorities(roots: Iterable[Asn1Certificate], others: Iterable[Asn1Certificate]) -> list[Certificate]:
    """The roots and every authority among `others` that one of them issued, directly or through another."""
    x509 = need("cryptography.x509")
    known = [item for item in map(load, roots) if item is not None]
    waiting = [item for item in map(load, others) if item is not None and item not in known]
    for _ in range(LONGEST_PATH):
        found = [item for item in waiting if _is_authority(item, x509) and any(issued(item, by) for by in known)]
        if not found:
            break
        known += [item for item in found if item not in known]
        waiting = [item for item in waiting if item not in found]
    return known


def _is_authority(certificate: Certificate, x509: ModuleType) -> bool:
    try:
        return bool(certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except (x509.ExtensionNotFound, ValueError):
        return False


def issued(certificate: Certificate, by: Certificate) -> bool:
    """True where `by` signed `certificate`."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    try:
        certificate.verify_directly_issued_by(by)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def issuers_of(certificate: Certificate, known: Sequence[Certificate]) -> list[Certificate]:
    """Every authority among `known` that issued `certificate`: of one key there may be several certificates."""
    return [item for item in known if item.subject == certificate.issuer and issued(certificate, item)]


def evidence(lists: Iterable[bytes], answers: Iterable[bytes], known: Sequence[Certificate]) -> Evidence:
    """What counts of `lists` and `answers` (DER) for those who trust the authorities `known`."""
    x509, ocsp = need("cryptography.x509"), need("cryptography.x509.ocsp")
    out = Evidence()
    for content in lists:
        try:
            parsed = x509.load_der_x509_crl(content)
            named = [by for by in known if by.subject == parsed.issuer]
        except (ValueError, TypeError):
            out.forged += 1
            continue
        if any(_signed_list(parsed, by) for by in named):
            out.lists.append(parsed)
        elif named:
            out.forged += 1
    for content in answers:
        try:
            answer = ocsp.load_der_ocsp_response(content)
            good = answer.response_status == ocsp.OCSPResponseStatus.SUCCESSFUL and any(
                _signed_answer(answer, by) for by in known
            )
        except (ValueError, TypeError):
            good = False
        if good:
            out.answers.append(answer)
        else:
            out.forged += 1
    return out


def _signed_list(parsed: CertificateRevocationList, by: Certificate) -> bool:
    try:
        return bool(parsed.is_signature_valid(by.public_key()))  # type: ignore[arg-type] # a key of another kind: TypeError
    except (TypeError, ValueError):
        return False


def _signed_answer(answer: OCSPResponse, by: Certificate) -> bool:
    """True where `by`, or a responder `by` named for that purpose, signed the answer."""
    x509 = need("cryptography.x509")
    if _verifies(answer, by):
        return True
    for responder in answer.certificates:
        try:
            purposes = responder.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        except (x509.ExtensionNotFound, ValueError):
            continue
        if x509.ExtendedKeyUsageOID.OCSP_SIGNING in purposes and issued(responder, by) and _verifies(answer, responder):
            return True
    return False


def _verifies(answer: OCSPResponse, by: Certificate) -> bool:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

    key, content, algorithm = by.public_key(), answer.tbs_response_bytes, answer.signature_hash_algorithm
    if algorithm is None:
        return False
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(answer.signature, content, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(answer.signature, content, ec.ECDSA(algorithm))
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def revoked_since(certificate: Certificate, by: Certificate, found: Evidence) -> tuple[bool, datetime.datetime | None]:
    """Whether anything that counts speaks of `certificate`, and since when it is revoked (None: it is not)."""
    ocsp = need("cryptography.x509.ocsp")
    spoken, since = False, []
    for item in found.lists:
        if item.issuer != by.subject or not _signed_list(item, by):
            continue
        spoken = True
        entry = item.get_revoked_certificate_by_serial_number(certificate.serial_number)
        if entry is not None:
            since.append(entry.revocation_date_utc)
    for answer in found.answers:
        # An answer about another certificate, or that knows nothing, says nothing.
        if (
            answer.serial_number != certificate.serial_number
            or not _about(answer, by)
            or not _signed_answer(answer, by)
        ):
            continue
        if answer.certificate_status == ocsp.OCSPCertStatus.GOOD:
            spoken = True
        elif answer.certificate_status == ocsp.OCSPCertStatus.REVOKED:
            spoken = True
            since += [moment for moment in (answer.revocation_time_utc,) if moment is not None]
    return spoken, min(since, default=None)


def _about(answer: OCSPResponse, by: Certificate) -> bool:
    """True where the answer names `by` as the issuer."""
    from cryptography.hazmat.primitives import hashes

    digest = hashes.Hash(answer.hash_algorithm)
    digest.update(by.subject.public_bytes())
    return bool(digest.finalize() == answer.issuer_name_hash)
