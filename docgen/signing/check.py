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
from functools import cache
from pathlib import Path
from typing import Any

from docgen.errors import InputError
from docgen.signing.changes import after_last, changes
from docgen.signing.fields import need
from docgen.signing.keys import certificate_name, load_certificates
from docgen.signing.revocation import Evidence, authorities, evidence, issuers_of, load, path_of, revoked_since
from docgen.signing.store import read_store
from docgen.signing.verdict import Reason, SignatureVerdict

#: A clock may be this wrong before a time in the future is worth a word.
_CLOCK = datetime.timedelta(minutes=10)
_FIRST = datetime.datetime(1, 1, 3, tzinfo=datetime.UTC)
_LAST = datetime.datetime(9999, 12, 29, tzinfo=datetime.UTC)
_RSA_BITS = 2048


@dataclass(slots=True)
class Known:
    """What is known about certificates besides the trust: those a document carries, the authorities, the evidence."""

    stored: list[Any]
    authorities: list[Any]
    evidence: Evidence
    has_store: bool
    unread: int = 0


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
        asked = self.moment or datetime.datetime.now(tz=datetime.UTC)
        # Days before the first and after the last there are none: a little is added and taken below.
        return min(max(asked, _FIRST), _LAST)

    def context(self, known: Known, moment: datetime.datetime | None = None) -> Any:
        """pyHanko's validation context for a moment, with the lists and answers that count."""
        from pyhanko_certvalidator import ValidationContext

        return ValidationContext(
            trust_roots=list(self.roots),
            other_certs=[*self.others, *known.stored],
            crls=known.evidence.raw_lists(),
            ocsps=known.evidence.raw_answers(),
            moment=moment or self.when,
            allow_fetching=False,
            revocation_mode="soft-fail",
            # Revocation lists are made after the signature they are asked about.
            retroactive_revinfo=True,
            time_tolerance=datetime.timedelta(seconds=5),
        )


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
    """pyHanko's reader, strict where that can be. Raises `InputError` for no sound PDF and for a password."""
    need("pyhanko")
    from pyhanko.pdf_utils.crypt import AuthStatus
    from pyhanko.pdf_utils.misc import PdfError, PdfStrictReadError
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        # What only a strict reader refuses (two tables of contents in one file, a table under an old number) may be
        # sound all the same: it is read, and the verdict says so.
        try:
            reader = PdfFileReader(io.BytesIO(pdf), strict=True)
            strict = not reader.xrefs.hybrid_xrefs_present
        except PdfStrictReadError:
            strict = False
        if not strict:
            reader = PdfFileReader(io.BytesIO(pdf), strict=False)
        # A file that only its owner's password protects from being changed opens without one.
        if reader.encrypted and reader.decrypt("").status == AuthStatus.FAILED:
            raise InputError("signing.error.password", file="PDF")
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


def _stamps(reader: Any) -> list[Any]:
    """The document time stamps (ETSI EN 319 142-1, 5.4.3)."""
    try:
        return list(reader.embedded_timestamp_signatures)
    except _broken() as fault:
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
        return validate_pdf_signature(embedded, context, key_usage_settings=usage, diff_policy=policy()), ""
    except _broken() as fault:
        return None, f"{type(fault).__name__}: {fault}"


def policy() -> Any:
    """pyHanko's difference analysis as docgen asks for it: two things that other tools do are not taken for changes.

    A seal in a new field after a certification is named by `changes`, and a table of contents (xref stream) that takes
    the number of the one before is still a table of contents.
    """
    return _policy()


@cache
def _policy() -> Any:
    from pyhanko.sign.diff_analysis import (
        CatalogModificationRule,
        DocInfoRule,
        DSSCompareRule,
        FormUpdatingRule,
        GenericFieldModificationRule,
        MetadataUpdateRule,
        ModificationLevel,
        ObjectStreamRule,
        ReferenceUpdate,
        SigFieldCreationRule,
        SigFieldModificationRule,
        StandardDiffPolicy,
        WhitelistRule,
        XrefStreamRule,
    )

    class RenumberedXrefRule(WhitelistRule):  # type: ignore[misc, unused-ignore]
        """A table of contents may stand under the number of an older one: nothing else may point at either."""

        def apply(self, old: Any, new: Any) -> Any:
            table = new.reader.xrefs.get_xref_container_info(new.revision).stream_ref
            if table is None or old.is_ref_unassignable(table):
                return
            # Compared by where the file keeps its tables, not by what an object says of itself.
            tables = [new.reader.xrefs.get_xref_container_info(at).stream_ref for at in range(new.revision)]
            if table in tables and not old._get_usages_of_ref(table):
                yield ReferenceUpdate(table)

    quiet = ModificationLevel.LTA_UPDATES
    catalog: Any = CatalogModificationRule
    made: Any = SigFieldCreationRule
    kinds: list[Any] = [DocInfoRule, XrefStreamRule, RenumberedXrefRule, ObjectStreamRule, DSSCompareRule,
             MetadataUpdateRule]  # fmt: skip
    return StandardDiffPolicy(
        global_rules=[catalog(), *(kind().as_qualified(quiet) for kind in kinds)],
        form_rule=FormUpdatingRule(
            field_rules=[
                made(allow_new_visible_after_certify=True),
                SigFieldModificationRule(),
                GenericFieldModificationRule(),
            ]
        ),
    )


def _unsound(status: Any, *, changed: bool | None = None) -> str:
    """Why a signature does not stand even before trust is asked about; empty where it does.

    `changed` is what is known of later changes, where it is not to be taken from `status`.
    """
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    if not status.intact:
        return "digest"
    if not status.valid:
        return "signature"
    if status.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        return "coverage"
    if not getattr(status, "seed_value_ok", True):
        return "seed_value"
    changed = not status.docmdp_ok if changed is None else changed
    if status.coverage != SignatureCoverageLevel.ENTIRE_FILE and changed:
        return "changed_after"
    return ""


def check_pdf(pdf: bytes, trust: Trust, base_size: int | None = None) -> tuple[list[SignatureVerdict], list[Reason]]:
    """The verdict on each signature of `pdf`, and what is to be said of the file as a whole.

    `base_size` is the length of the file before its first signature: everything after it must be signing and nothing
    else. Nothing here raises for a broken file: a broken file fails.
    """
    try:
        reader = reader_of(pdf)
        signatures, stamps = _signatures(reader), _stamps(reader)
    except InputError as fault:
        if fault.code == "signing.error.password":
            return [], [Reason("password", "failed")]
        return [], [Reason("unreadable", "failed", {"problem": str(fault.facts.get("problem", ""))})]
    reasons: list[Reason] = []
    if base_size is not None:
        problem = _changed_since(pdf, reader, base_size)
        if problem:
            reasons.append(Reason("changed_beside_signing", "failed", {"problem": problem}))
    if reader.xrefs.hybrid_xrefs_present:
        reasons.append(Reason("hybrid_reference", "cannot_tell"))
    elif not reader.strict:
        reasons.append(Reason("lax_structure", "cannot_tell"))
    ends = sorted(end for item in (*signatures, *stamps) if (end := _end(item, len(pdf))))
    start = base_size if base_size is not None else ends[0] if ends else len(pdf)
    if start < len(pdf):
        reasons.extend(changes(pdf[:start], pdf, packet=base_size is not None))
    if ends:
        reasons.extend(after_last(pdf, ends[-1]))
    known = _known(reader, signatures, trust)
    if known.evidence.forged and known.has_store:
        reasons.append(Reason("list_not_signed", "cannot_tell"))
    if known.unread:
        reasons.append(Reason("store_unread", "cannot_tell", {"count": known.unread}))
    verdicts = [_verdict(embedded, trust, known) for embedded in signatures]
    return verdicts + [_stamp_verdict(stamp, trust, known) for stamp in stamps], reasons


def _end(embedded: Any, size: int) -> int:
    """Where what a signature covers ends; 0 where it does not say so."""
    try:
        parts = [int(part) for part in embedded.byte_range]
        return parts[2] + parts[3] if len(parts) == 4 and 0 < parts[2] + parts[3] <= size else 0
    except _broken():
        return 0


def filled(embedded: Any) -> bool:
    """True where the gap a signature leaves open holds the signature and zeros: nothing vouches for those bytes."""
    try:
        start, end = int(embedded.byte_range[1]), int(embedded.byte_range[2])
        stream = embedded.reader.stream
        stream.seek(start)
        gap = stream.read(end - start)
        if not (gap.startswith(b"<") and gap.endswith(b">")):
            return False
        content = bytes.fromhex(gap[1:-1].decode("ascii"))
        return not content[_der_size(content) :].strip(b"\0")
    except _broken():
        return False


def _der_size(content: bytes) -> int:
    """How many bytes the first DER value of `content` takes. Raises `ValueError` where there is none."""
    return int(need("asn1crypto.parser").peek(content))


def _known(reader: Any, signatures: list[Any], trust: Trust) -> Known:
    """The certificates a document carries, and which lists and answers about them count."""
    store = read_store(reader)
    stored = store.certificates if store is not None else []
    lists = [crl.dump() for crl in trust.crls] + (store.lists if store is not None else [])
    answers = store.answers if store is not None else []
    carried = []
    for embedded in signatures:
        try:
            carried += list(embedded.other_embedded_certs)
        except _broken():
            continue
    found = authorities(trust.roots, [*trust.others, *stored, *carried])
    return Known(stored, found, evidence(lists, answers, found), store is not None, store.unread if store else 0)


def _changed_since(pdf: bytes, reader: Any, base_size: int) -> str:
    """What was changed since the first `base_size` bytes besides filling signature fields; empty for nothing."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign.diff_analysis import SuspiciousModification

    if len(pdf) == base_size:
        return ""
    try:
        base = int(reader_of(pdf[:base_size]).xrefs.total_revisions) - 1
        outcome = policy().review_file(reader, base)
    except (InputError, PdfError, ValueError, KeyError, TypeError, AttributeError) as fault:
        return str(fault)[:200] or type(fault).__name__
    except SuspiciousModification as fault:
        return str(fault)[:200]
    return str(outcome)[:200] if isinstance(outcome, SuspiciousModification) else ""


def _verdict(embedded: Any, trust: Trust, known: Known) -> SignatureVerdict:
    certificate = _certificate(embedded)
    out = SignatureVerdict(field=embedded.field_name, reason=_reason(embedded))
    if certificate is None:
        out.reasons.append(Reason("signature_broken", "failed", {"problem": "certificate"}))
        return out
    out.signer = certificate_name(certificate)
    out.certificate = certificate.sha256.hex()
    claimed = _claimed(embedded)
    out.time = claimed.isoformat(timespec="seconds") if claimed else ""
    status, problem = _validate(embedded, trust.context(known))
    if status is None:
        out.reasons.append(Reason("signature_broken", "failed", {"problem": problem[:200]}))
        return out
    unsound = _unsound(status) or ("" if filled(embedded) else "coverage")
    if unsound:
        out.reasons.append(Reason(unsound, "failed", {}))
        return out
    stamped = _timestamp(status, out)
    if stamped is not None and not status.trusted:
        # The time is proven: judge the certificate for that moment.
        again, _ = _validate(embedded, trust.context(known, stamped))
        status = again if again is not None and again.trusted else status
    _judge_trust(status, certificate, trust, known, stamped, claimed, out)
    _judge_revocation(certificate, known, stamped, out)
    _judge_key(certificate, known, out)
    if stamped is not None:
        _judge_stamp(stamped, claimed, trust, out)
    if claimed is not None and claimed > trust.when + _CLOCK and stamped is None:
        out.reasons.append(Reason("time_in_future", "cannot_tell", {"time": out.time}))
    out.level = _level(embedded, stamped is not None, known.has_store)
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
    status: Any, certificate: Any, trust: Trust, known: Known, stamped: datetime.datetime | None,
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
    dead, since = _issuers_at(certificate, known, trust, when)
    if dead is not None:
        begins, ends = dead.not_valid_before_utc, dead.not_valid_after_utc
        facts = {"issuer": _common_name(dead), "from": _day(begins), "to": _day(ends)}
        out.reasons.append(Reason("issuer_expired", "failed", facts))
        return
    if status.trusted:
        return
    ends = min(ends, since) if since is not None else ends
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


def _issuers_at(
    certificate: Any, known: Known, trust: Trust, when: datetime.datetime
) -> tuple[Any, datetime.datetime | None]:
    """An authority of the path that did not live at `when`, or None; and when the first of those that did ends.

    Roots are trusted because they were given; a certificate of the same key that lived then is as good as another.
    """
    first: datetime.datetime | None = None
    given = [item for item in map(load, trust.roots) if item is not None]
    for item, _ in path_of(certificate, known.authorities):
        possible = issuers_of(item, known.authorities)
        if any(by in given for by in possible):
            continue
        alive = [by for by in possible if by.not_valid_before_utc <= when <= by.not_valid_after_utc]
        if not alive:
            return possible[0], None
        last = max(by.not_valid_after_utc for by in alive)
        first = last if first is None else min(first, last)
    return None, first


def _common_name(certificate: Any) -> str:
    return str(certificate.subject.rfc4514_string())[:120]


def _day(moment: datetime.datetime) -> str:
    return moment.date().isoformat()


def _judge_revocation(certificate: Any, known: Known, stamped: datetime.datetime | None, out: SignatureVerdict) -> None:
    """A certificate of the path that stands on any list of its issuer fails: revocation is not taken back."""
    path = path_of(certificate, known.authorities)
    silent = not path
    for item, by in path:
        spoken, since = revoked_since(item, by, known.evidence)
        silent = silent or not spoken
        if since is not None and (stamped is None or since <= stamped):
            if not any(reason.code == "certificate_revoked" for reason in out.reasons):
                out.reasons.append(Reason("certificate_revoked", "failed", {}))
            return
    if silent:
        out.reasons.append(Reason("no_revocation_data", "note", {}))


#: What a certificate may be for (RFC 5280, 4.2.1.12; RFC 9336 for documents): signing documents or mail, showing who
#: one is, anything at all.
_PURPOSES = frozenset(
    {"1.3.6.1.5.5.7.3.36", "1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.2", "2.5.29.37.0", "1.3.6.1.4.1.311.10.3.12"}
)
#: Where public purposes are listed; whatever stands elsewhere is a vendor's own.
_PUBLIC_PURPOSES = (
    "1.3.6.1.5.5.7.", "1.3.6.1.5.5.8.2.", "1.3.6.1.4.1.311.", "2.5.29.37.", "1.3.6.1.5.2.3.",
    "2.16.840.1.113730.4.", "1.3.6.1.4.1.11129.2.4.", "2.23.", "1.0.18013.",
)  # fmt: skip
_CURVES = frozenset({"secp256r1", "secp384r1", "secp521r1", "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1"})


def _judge_key(certificate: Any, known: Known, out: SignatureVerdict) -> None:
    """What the certificate is for, and whether each key of the path is of a kind that can be relied on."""
    try:
        extended = certificate.extended_key_usage_value
        purposes = [item.dotted for item in extended] if extended is not None else []
    except _broken():
        out.reasons.append(Reason("signature_broken", "failed", {"problem": "certificate"}))
        return
    # An authority that is itself only for servers gives nobody a certificate for papers.
    path = path_of(certificate, known.authorities)
    above = [issuers_of(item, known.authorities) for item, _ in path]
    if not _for_documents(purposes) or not all(any(_for_documents(_purposes(by)) for by in some) for some in above):
        out.reasons.append(Reason("wrong_purpose", "failed", {}))
    if any(weak(item) for item in (load(certificate), *(by for _, by in path_of(certificate, known.authorities)))):
        out.reasons.append(Reason("weak_key", "failed", {}))


def _for_documents(purposes: Sequence[str]) -> bool:
    """True where these purposes allow signing a document; no purpose at all is any."""
    return not purposes or any(item in _PURPOSES or not item.startswith(_PUBLIC_PURPOSES) for item in purposes)


def _purposes(authority: Any) -> list[str]:
    """What a certificate of the library cryptography says it is for."""
    x509 = need("cryptography.x509")
    try:
        found = authority.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    return [item.dotted_string for item in found]


def weak(certificate: Any) -> bool:
    """True for a key that is too short to be relied on, or of a kind nobody knows (ETSI TS 119 312)."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa

    try:
        key = certificate.public_key()
    except (UnsupportedAlgorithm, ValueError, AttributeError):
        return True
    if isinstance(key, rsa.RSAPublicKey):
        return int(key.key_size) < _RSA_BITS
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.curve.name not in _CURVES
    return not isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey)


def _judge_stamp(
    stamped: datetime.datetime, claimed: datetime.datetime | None, trust: Trust, out: SignatureVerdict
) -> None:
    """A stamp proves that the signature was there at its time: not after the moment asked about, not before itself."""
    if stamped > trust.when + _CLOCK:
        out.reasons.append(Reason("stamp_in_future", "cannot_tell", {"time": out.time}))
    elif claimed is not None and stamped < max(claimed, _FIRST) - _CLOCK:
        out.reasons.append(
            Reason("stamp_before_claim", "cannot_tell", {"time": out.time, "claimed": claimed.isoformat()})
        )


def _stamp_verdict(embedded: Any, trust: Trust, known: Known) -> SignatureVerdict:
    """A document time stamp, judged like a signature: by what it covers and by who made it."""
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation import validate_pdf_timestamp

    certificate = _certificate(embedded)
    out = SignatureVerdict(field=embedded.field_name, time_source="timestamp", stamp=True)
    if certificate is None:
        out.reasons.append(Reason("timestamp_broken", "failed", {}))
        return out
    out.signer, out.certificate = certificate_name(certificate), certificate.sha256.hex()
    try:
        status = validate_pdf_timestamp(embedded, trust.context(known), diff_policy=policy())
    except _broken():
        out.reasons.append(Reason("timestamp_broken", "failed", {}))
        return out
    moment = _aware(status.timestamp)
    out.time = moment.isoformat(timespec="seconds") if moment is not None else ""
    # Who signs after a stamp does not undo it; pyHanko would only have further stamps there.
    problem = _unsound(status, changed=status.modification_level == ModificationLevel.OTHER)
    problem = problem or ("" if filled(embedded) else "coverage")
    if problem:
        out.reasons.append(Reason("timestamp_broken" if problem in ("digest", "signature") else problem, "failed", {}))
        return out
    if not trust.roots:
        out.reasons.append(Reason("no_trust_given", "cannot_tell", {}))
    elif not status.trusted:
        out.reasons.append(Reason("timestamp_untrusted", "cannot_tell", {}))
    elif moment is not None:
        _judge_stamp(moment, None, trust, out)
    if weak(load(certificate)):
        out.reasons.append(Reason("weak_key", "failed", {}))
    return out


def _level(embedded: Any, stamped: bool, has_store: bool) -> str:
    """The level that was reached, said plainly (ETSI EN 319 142-1, 6)."""
    if not stamped:
        return "B-B"
    if not has_store:
        return "B-T"
    later = [stamp for stamp in embedded.reader.embedded_timestamp_signatures
             if stamp.signed_revision > embedded.signed_revision]  # fmt: skip
    return "B-LTA" if later else "B-LT"
