"""What the signatures of one PDF are worth: by what they cover, not by their mathematics alone.

A signature whose digest is right says nothing about what was appended after it. So each one is judged together with
every later change (pyHanko's difference analysis), with the certificate path to the given roots, with revocation data
where there is any, and with the time that can be proven (ETSI EN 319 102-1; ISO 32000-1, 12.8).
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docgen.errors import InputError
from docgen.signing.fields import need
from docgen.signing.keys import certificate_name, load_certificates
from docgen.signing.verdict import Reason, SignatureVerdict

#: A clock may be this wrong before a time in the future is worth a word.
_CLOCK = datetime.timedelta(minutes=10)


@dataclass(slots=True)
class Trust:
    """What the verifier trusts: root certificates, further certificates, revocation lists, and for when to judge."""

    roots: list[Any] = field(default_factory=list)
    others: list[Any] = field(default_factory=list)
    crls: list[Any] = field(default_factory=list)
    moment: datetime.datetime | None = None

    @property
    def when(self) -> datetime.datetime:
        """The moment to judge for: now, unless another is given."""
        return self.moment or datetime.datetime.now(tz=datetime.UTC)

    def context(self, moment: datetime.datetime | None = None, store: Any = None) -> Any:
        """pyHanko's validation context for a moment, with what a document's security store holds."""
        from pyhanko_certvalidator import ValidationContext

        when = moment or self.when
        arguments: dict[str, Any] = {
            "trust_roots": list(self.roots),
            "other_certs": list(self.others),
            "crls": [crl.dump() for crl in self.crls],
            "moment": when,
            "allow_fetching": False,
            "revocation_mode": "soft-fail",
            # Revocation lists are made after the signature they are asked about.
            "retroactive_revinfo": True,
            "time_tolerance": datetime.timedelta(seconds=5),
        }
        if store is None:
            return ValidationContext(**arguments)
        arguments["crls"] += [crl.get_object().data for crl in store.crls]
        arguments["ocsps"] = [ocsp.get_object().data for ocsp in store.ocsps]
        arguments["other_certs"] += list(store.load_certs())
        return ValidationContext(**arguments)


def load_trust(
    roots: Sequence[Path] = (), others: Sequence[Path] = (), crls: Sequence[Path] = (),
    moment: datetime.datetime | None = None,
) -> Trust:  # fmt: skip
    """`Trust` from files (PEM or DER). Raises `InputError` for a file that holds no certificate or no list."""
    out = Trust(load_certificates(roots), load_certificates(others), moment=moment)
    pem, lists = need("asn1crypto.pem"), need("asn1crypto.crl")
    for file in crls:
        try:
            content = Path(file).read_bytes()
            parts = [der for _, _, der in pem.unarmor(content, multiple=True)] if pem.detect(content) else [content]
            for part in parts:
                parsed = lists.CertificateList.load(part)
                parsed.issuer.native, parsed["tbs_cert_list"].native
                out.crls.append(parsed)
        except (OSError, ValueError, TypeError):
            raise InputError("signing.error.no_crl", file=str(file)) from None
    return out


@dataclass(frozen=True, slots=True)
class Sound:
    """One signature without regard to trust: field, whether it stands, what is wrong."""

    field: str
    sound: bool
    problem: str
    certificate: str
    reason: str


def reader_of(pdf: bytes) -> Any:
    """pyHanko's reader, strict. Raises `InputError` for what is no sound PDF."""
    need("pyhanko")
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=True)
        if reader.root["/Pages"] is None:  # a broken trailer shows itself here
            raise ValueError("/Pages")
        return reader
    except (PdfError, KeyError, ValueError, IndexError, TypeError, AttributeError, RecursionError) as fault:
        raise InputError("signing.error.unreadable", file="PDF", problem=str(fault)[:200]) from None


def mathematics(pdf: bytes) -> list[Sound]:
    """Each signature of `pdf`: whether its digest and signature are right and every later change is an allowed one."""
    from pyhanko_certvalidator import ValidationContext

    reader = reader_of(pdf)
    out = []
    for embedded in _signatures(reader):
        # No roots: trust is not asked about.
        status, problem = _validate(embedded, ValidationContext(trust_roots=[], allow_fetching=False))
        if status is not None and not problem:
            problem = _unsound(status)
        certificate = _certificate(embedded)
        fingerprint = certificate.sha256.hex() if certificate is not None else ""
        out.append(Sound(embedded.field_name, not problem, problem, fingerprint, _reason(embedded)))
    return out


def _reason(embedded: Any) -> str:
    try:
        return str(embedded.sig_object.get("/Reason", ""))
    except _broken():
        return ""


def _signatures(reader: Any) -> list[Any]:
    from pyhanko.pdf_utils.misc import PdfError

    try:
        return list(reader.embedded_regular_signatures)
    except (PdfError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise InputError("signing.error.unreadable", file="PDF", problem=str(fault)[:200]) from None


def _broken() -> tuple[type[Exception], ...]:
    """What pyHanko raises for a signature that is malformed in one way or another: it is then no valid signature."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko_certvalidator.errors import PathError, ValidationError

    return (
        SignatureValidationError, SigningError, PathError, ValidationError, PdfError,
        ValueError, TypeError, KeyError, IndexError, AttributeError, NotImplementedError,
    )  # fmt: skip


def _certificate(embedded: Any) -> Any:
    """The signer's certificate, or None where the signature is too broken to hold one."""
    try:
        certificate = embedded.signer_cert
        certificate.subject.native, certificate.sha256, certificate.not_valid_after  # noqa: B018 - parsing is lazy
    except _broken():
        return None
    return certificate


def _validate(embedded: Any, context: Any) -> tuple[Any, str]:
    """pyHanko's status of one signature, or None and what went wrong on the way."""
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.settings import KeyUsageConstraints

    usage = KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"}, match_all_key_usages=False)
    try:
        return validate_pdf_signature(embedded, context, key_usage_settings=usage), ""
    except _broken() as fault:
        return None, f"{type(fault).__name__}: {fault}"


def _unsound(status: Any) -> str:
    """Why a signature does not stand even before trust is asked about; empty where it does."""
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    if not status.intact:
        return "digest"
    if not status.valid:
        return "signature"
    if status.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        return "coverage"
    if not status.seed_value_ok:
        return "seed_value"
    if status.coverage != SignatureCoverageLevel.ENTIRE_FILE and not status.docmdp_ok:
        return "changed_after"
    return ""


def check_pdf(pdf: bytes, trust: Trust, base_size: int | None = None) -> tuple[list[SignatureVerdict], list[Reason]]:
    """The verdict on each signature of `pdf`, and what is to be said of the file as a whole.

    `base_size` is the length of the file before its first signature: everything after it must be signing and nothing
    else. Nothing here raises for a broken file: a broken file fails.
    """
    try:
        reader = reader_of(pdf)
        signatures = _signatures(reader)
    except InputError as fault:
        return [], [Reason("unreadable", "failed", {"problem": str(fault.facts.get("problem", ""))})]
    reasons: list[Reason] = []
    if base_size is not None:
        problem = _changed_since(pdf, reader, base_size)
        if problem:
            reasons.append(Reason("changed_beside_signing", "failed", {"problem": problem}))
    store = _store(reader)
    return [_verdict(embedded, trust, store) for embedded in signatures], reasons


def _changed_since(pdf: bytes, reader: Any, base_size: int) -> str:
    """What was changed since the first `base_size` bytes besides filling signature fields; empty for nothing."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, SuspiciousModification

    if len(pdf) == base_size:
        return ""
    try:
        base = int(reader_of(pdf[:base_size]).xrefs.total_revisions) - 1
        outcome = DEFAULT_DIFF_POLICY.review_file(reader, base)
    except (InputError, PdfError, ValueError, KeyError, TypeError, AttributeError) as fault:
        return str(fault)[:200] or type(fault).__name__
    except SuspiciousModification as fault:
        return str(fault)[:200]
    return str(outcome)[:200] if isinstance(outcome, SuspiciousModification) else ""


def _store(reader: Any) -> Any:
    """The document security store (ETSI EN 319 142-1, 5.4.2), or None."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign.validation import DocumentSecurityStore
    from pyhanko.sign.validation.errors import NoDSSFoundError

    try:
        return DocumentSecurityStore.read_dss(reader)
    except (NoDSSFoundError, PdfError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _verdict(embedded: Any, trust: Trust, store: Any) -> SignatureVerdict:
    certificate = _certificate(embedded)
    out = SignatureVerdict(field=embedded.field_name, reason=_reason(embedded))
    if certificate is None:
        out.reasons.append(Reason("signature_broken", "failed", {"problem": "certificate"}))
        return out
    out.signer = certificate_name(certificate)
    out.certificate = certificate.sha256.hex()
    claimed = _claimed(embedded)
    out.time = claimed.isoformat(timespec="seconds") if claimed else ""
    status, problem = _validate(embedded, trust.context(store=store))
    if status is None:
        out.reasons.append(Reason("signature_broken", "failed", {"problem": problem[:200]}))
        return out
    unsound = _unsound(status)
    if unsound:
        out.reasons.append(Reason(unsound, "failed", {}))
        return out
    stamped = _timestamp(status, out)
    if stamped is not None and not status.trusted:
        # The time is proven: judge the certificate for that moment.
        again, _ = _validate(embedded, trust.context(stamped, store))
        status = again if again is not None and again.trusted else status
    _judge_trust(status, certificate, trust, stamped, claimed, out)
    _judge_revocation(certificate, trust, store, stamped, out)
    if claimed is not None and claimed > trust.when + _CLOCK and stamped is None:
        out.reasons.append(Reason("time_in_future", "cannot_tell", {"time": out.time}))
    out.level = _level(embedded, stamped is not None, store)
    return out


def _claimed(embedded: Any) -> datetime.datetime | None:
    """The time the signer's machine put down, or None."""
    try:
        return _aware(embedded.self_reported_timestamp)
    except _broken():
        return None


def _aware(moment: datetime.datetime | None) -> datetime.datetime | None:
    if moment is None:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=datetime.UTC)


def _timestamp(status: Any, out: SignatureVerdict) -> datetime.datetime | None:
    """The time of a time stamp that can be relied on; what is wrong with another goes to the reasons."""
    stamp = status.timestamp_validity
    if stamp is None:
        return None
    if not (stamp.intact and stamp.valid):
        out.reasons.append(Reason("timestamp_broken", "failed", {}))
        return None
    if not stamp.trusted:
        out.reasons.append(Reason("timestamp_untrusted", "cannot_tell", {}))
        return None
    moment = _aware(stamp.timestamp)
    assert moment is not None
    out.time, out.time_source = moment.isoformat(timespec="seconds"), "timestamp"
    return moment


def _judge_trust(
    status: Any, certificate: Any, trust: Trust, stamped: datetime.datetime | None,
    claimed: datetime.datetime | None, out: SignatureVerdict,
) -> None:  # fmt: skip
    """Why the certificate is not to be trusted, where it is not."""
    if not trust.roots:
        out.reasons.append(Reason("no_trust_given", "cannot_tell", {}))
        return
    begins, ends = certificate.not_valid_before, certificate.not_valid_after
    when = stamped or claimed or trust.when
    # A claimed time proves nothing good, but whoever claims to have signed with a dead certificate is believed.
    if when > ends or when < begins:
        out.reasons.append(Reason("certificate_expired", "failed", {"from": _day(begins), "to": _day(ends)}))
        return
    if status.trusted:
        return
    if stamped is None and trust.when > ends:
        out.reasons.append(Reason("expired_since", "cannot_tell", {"to": _day(ends)}))
        return
    indication = getattr(status.trust_problem_indic, "name", "")
    if "REVOKED" in indication:
        out.reasons.append(Reason("certificate_revoked", "failed", {}))
    elif "CHAIN_FOUND" in indication or not indication:
        out.reasons.append(Reason("untrusted_issuer", "failed", {"issuer": certificate.issuer.human_friendly}))
    else:
        out.reasons.append(Reason("untrusted", "failed", {"problem": indication}))


def _day(moment: datetime.datetime) -> str:
    return moment.date().isoformat()


def _judge_revocation(
    certificate: Any, trust: Trust, store: Any, stamped: datetime.datetime | None, out: SignatureVerdict
) -> None:
    """A certificate that stands on any list from its issuer fails, fresh list or not: revocation is not taken back."""
    lists_of = need("asn1crypto.crl").CertificateList
    lists = list(trust.crls)
    answers = 0
    if store is not None:
        lists += [lists_of.load(item.get_object().data) for item in store.crls]
        answers = len(store.ocsps)
    own = [item for item in lists if item.issuer == certificate.issuer]
    for item in own:
        for entry in item["tbs_cert_list"]["revoked_certificates"]:
            if entry["user_certificate"].native == certificate.serial_number:
                since = _aware(entry["revocation_date"].native)
                if stamped is None or since is None or since <= stamped:
                    if not any(reason.code == "certificate_revoked" for reason in out.reasons):
                        out.reasons.append(Reason("certificate_revoked", "failed", {}))
                    return
    if not own and not answers:
        out.reasons.append(Reason("no_revocation_data", "note", {}))


def _level(embedded: Any, stamped: bool, store: Any) -> str:
    """The level that was reached, said plainly (ETSI EN 319 142-1, 6)."""
    if not stamped:
        return "B-B"
    if store is None:
        return "B-T"
    later = [stamp for stamp in embedded.reader.embedded_timestamp_signatures
             if stamp.signed_revision > embedded.signed_revision]  # fmt: skip
    return "B-LTA" if later else "B-LT"
