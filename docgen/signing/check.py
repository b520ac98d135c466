"""What the signatures of one PDF are worth: by what they cover, not by their mathematics alone.

A signature whose digest is right says nothing about what was appended after it. So each one is judged together with
every later change (pyHanko's difference analysis), with the certificate path to the given roots, with revocation data
where there is any, and with the time that can be proven (ETSI EN 319 102-1; ISO 32000-1, 12.8).
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docgen.errors import InputError
from docgen.signing.bounded import MAX_SMALL, frugal, read_bounded
from docgen.signing.chain_paths import Standing, standing
from docgen.signing.changes import after_last, changes
from docgen.signing.gaps import unlisted
from docgen.signing.keys import certificate_name, load_certificates
from docgen.signing.libraries import need
from docgen.signing.opened_pdf import opened
from docgen.signing.revocation import Evidence, authorities, evidence, load
from docgen.signing.store import Store, read_store
from docgen.signing.unused import unused
from docgen.signing.verdict import Reason, SignatureVerdict

if TYPE_CHECKING:
    from asn1crypto.crl import CertificateList
    from asn1crypto.x509 import Certificate as Asn1Certificate
    from cryptography.x509 import Certificate
    from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
    from pyhanko.sign.diff_analysis import DiffPolicy
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko.sign.validation.status import DocumentTimestampStatus, PdfSignatureStatus, SignatureStatus
    from pyhanko_certvalidator import ValidationContext

#: A clock may be this wrong before a time in the future is worth a word.
CLOCK = datetime.timedelta(minutes=10)
_FIRST = datetime.datetime(1, 1, 3, tzinfo=datetime.UTC)
_LAST = datetime.datetime(9999, 12, 29, tzinfo=datetime.UTC)


@dataclass(slots=True)
class Known:
    """What is known about certificates besides the trust: those a document carries, the authorities, the evidence."""

    stored: list[Asn1Certificate]
    roots: list[Certificate]
    authorities: list[Certificate]
    evidence: Evidence
    has_store: bool
    unread: int = 0


@dataclass(slots=True)
class Trust:
    """What the verifier trusts: root certificates, further certificates, revocation lists, and for when to judge."""

    roots: list[Asn1Certificate] = field(default_factory=list)
    others: list[Asn1Certificate] = field(default_factory=list)
    crls: list[CertificateList] = field(default_factory=list)
    moment: datetime.datetime | None = None

    @property
    def when(self) -> datetime.datetime:
        """The moment to judge for: now, unless another is given."""
        asked = self.moment or datetime.datetime.now(tz=datetime.UTC)
        # Days before the first and after the last there are none: a little is added and taken below.
        return min(max(asked, _FIRST), _LAST)

    def context(self, known: Known, moment: datetime.datetime | None = None) -> ValidationContext:
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
            content = read_bounded(Path(file), MAX_SMALL)
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
    """One signature without regard to trust: field, whether it stands, what is wrong; what it says of itself.

    `end` is where what it covers ends, `time` the one its signer put down.
    """

    field: str
    sound: bool
    problem: str
    certificate: str
    reason: str
    signer: str = ""
    time: str = ""
    level: str = "B-B"
    end: int = 0


def mathematics(pdf: bytes, only: Collection[str] = ()) -> list[Sound]:
    """Each signature of `pdf`: whether its digest and signature are right and every later change is an allowed one.

    With `only`, those in these fields.
    """
    with frugal(pdf):
        return _mathematics(pdf, only)


def _mathematics(pdf: bytes, only: Collection[str]) -> list[Sound]:
    from pyhanko_certvalidator import ValidationContext

    out = []
    with opened(pdf) as reader:
        has_store = read_store(reader) is not None
        for embedded in _signatures(reader):
            if only and embedded.field_name not in only:
                continue
            # No roots: trust is not asked about.
            status, problem = _validate(embedded, ValidationContext(trust_roots=[], allow_fetching=False))
            if status is not None and not problem:
                problem = _unsound(status)
            certificate, claimed = _certificate(embedded), _claimed(embedded)
            stamped = status is not None and status.timestamp_validity is not None
            out.append(
                Sound(
                    str(embedded.field_name), not problem, problem,
                    certificate.sha256.hex() if certificate is not None else "", _reason(embedded),
                    certificate_name(certificate) if certificate is not None else "",
                    claimed.isoformat(timespec="seconds") if claimed is not None else "",
                    _level(embedded, stamped, has_store), _end(embedded, len(pdf)),
                )
            )  # fmt: skip
    return out


def _reason(embedded: EmbeddedPdfSignature) -> str:
    try:
        return str(embedded.sig_object.get("/Reason", ""))
    except _broken():
        return ""


def _signatures(reader: PdfFileReader) -> list[EmbeddedPdfSignature]:
    from pyhanko.pdf_utils.misc import PdfError

    try:
        return list(reader.embedded_regular_signatures)
    except (PdfError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise InputError("signing.error.unreadable", file="PDF", problem=str(fault)[:200]) from None


def _stamps(reader: PdfFileReader) -> list[EmbeddedPdfSignature]:
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


def _certificate(embedded: EmbeddedPdfSignature) -> Asn1Certificate | None:
    """The signer's certificate, or None where the signature is too broken to hold one."""
    try:
        certificate = embedded.signer_cert
        certificate.subject.native, certificate.sha256, certificate.not_valid_after  # noqa: B018 - parsing is lazy
    except _broken():
        return None
    return certificate


def _validate(embedded: EmbeddedPdfSignature, context: ValidationContext) -> tuple[PdfSignatureStatus | None, str]:
    """pyHanko's status of one signature, or None and what went wrong on the way."""
    from pyhanko.sign.validation import validate_pdf_signature

    try:
        return validate_pdf_signature(embedded, context, key_usage_settings=key_usage(), diff_policy=policy()), ""
    except _broken() as fault:
        return None, f"{type(fault).__name__}: {fault}"


def key_usage() -> KeyUsageConstraints:
    """What the key of a signer must be for, one of the two."""
    from pyhanko.sign.validation.settings import KeyUsageConstraints

    return KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"}, match_all_key_usages=False)


def policy() -> DiffPolicy:
    """pyHanko's difference analysis as docgen asks for it: two things that other tools do are not taken for changes.

    A seal in a new field after a certification is named by `changes`, and a table of contents (xref stream) that takes
    the number of the one before is still a table of contents.
    """
    return _policy()


@cache
def _policy() -> DiffPolicy:
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

        def apply(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterator[ReferenceUpdate]:
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


def _unsound(status: PdfSignatureStatus | DocumentTimestampStatus, *, changed: bool | None = None) -> str:
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
        with frugal(pdf):
            return _check(pdf, trust, base_size)
    except InputError as fault:
        if fault.code != "signing.error.too_costly":
            raise
        return [], [Reason("too_costly", "cannot_tell")]


def _check(pdf: bytes, trust: Trust, base_size: int | None) -> tuple[list[SignatureVerdict], list[Reason]]:
    try:
        with opened(pdf) as reader:
            return _judge(pdf, reader, trust, base_size)
    except InputError as fault:
        if fault.code == "signing.error.password":
            return [], [Reason("password", "failed")]
        if fault.code != "signing.error.unreadable":
            raise
        return [], [Reason("unreadable", "failed", {"problem": str(fault.facts.get("problem", ""))})]


def _judge(
    pdf: bytes, reader: PdfFileReader, trust: Trust, base_size: int | None
) -> tuple[list[SignatureVerdict], list[Reason]]:
    signatures, stamps = _signatures(reader), _stamps(reader)
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
    if start < len(pdf):
        reasons.extend(unused(reader, start, _revisions(signatures)))
        reasons.extend(unlisted(reader, pdf, start, _revisions(signatures)))
    known = _known(reader, [*signatures, *stamps], trust)
    if known.evidence.forged and known.has_store:
        reasons.append(Reason("list_not_signed", "cannot_tell"))
    if known.unread:
        reasons.append(Reason("store_unread", "cannot_tell", {"count": known.unread}))
    verdicts = [_verdict(embedded, trust, known) for embedded in signatures]
    return verdicts + [_stamp_verdict(stamp, trust, known) for stamp in stamps], reasons


def _revisions(signatures: Sequence[EmbeddedPdfSignature]) -> list[int]:
    """The numbers of the revisions that the signatures were made in."""
    out = []
    for item in signatures:
        try:
            out.append(int(item.signed_revision))
        except _broken():
            continue
    return out


def _end(embedded: EmbeddedPdfSignature, size: int) -> int:
    """Where what a signature covers ends; 0 where it does not say so."""
    try:
        parts = [int(part) for part in embedded.byte_range]
        return parts[2] + parts[3] if len(parts) == 4 and 0 < parts[2] + parts[3] <= size else 0
    except _broken():
        return 0


def filled(embedded: EmbeddedPdfSignature) -> bool:
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


def _known(reader: PdfFileReader, signatures: list[EmbeddedPdfSignature], trust: Trust) -> Known:
    """The certificates a document carries, and which lists and answers about them count."""
    carried = [certificate for embedded in signatures for certificate in _carried(embedded)]
    return known_from(trust, carried, read_store(reader))


def known_from(trust: Trust, carried: Sequence[Asn1Certificate], store: Store | None = None) -> Known:
    """What is known with the certificates that came with the signatures of a file, and with its security store."""
    stored = store.certificates if store is not None else []
    lists = [crl.dump() for crl in trust.crls] + (store.lists if store is not None else [])
    answers = store.answers if store is not None else []
    roots = [item for item in map(load, trust.roots) if item is not None]
    found = authorities(trust.roots, [*trust.others, *stored, *carried])
    unread = store.unread if store is not None else 0
    return Known(stored, roots, found, evidence(lists, answers, found), store is not None, unread)


def _carried(embedded: EmbeddedPdfSignature) -> list[Asn1Certificate]:
    """The certificates that came with a signature, and with the time stamp on it."""
    out: list[Asn1Certificate] = []
    try:
        out += list(embedded.other_embedded_certs)
        token = getattr(embedded, "attached_timestamp_data", None)
        out += [choice.chosen for choice in token["certificates"] if choice.name == "certificate"] if token else []
    except _broken():
        pass
    return out


def _changed_since(pdf: bytes, reader: PdfFileReader, base_size: int) -> str:
    """What was changed since the first `base_size` bytes besides filling signature fields; empty for nothing."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign.diff_analysis import SuspiciousModification

    if len(pdf) == base_size:
        return ""
    try:
        with opened(pdf[:base_size]) as before:
            base = int(before.xrefs.total_revisions) - 1
        outcome = policy().review_file(reader, base)
    except (InputError, PdfError, ValueError, KeyError, TypeError, AttributeError) as fault:
        return str(fault)[:200] or type(fault).__name__
    except SuspiciousModification as fault:
        return str(fault)[:200]
    return str(outcome)[:200] if isinstance(outcome, SuspiciousModification) else ""


def _verdict(embedded: EmbeddedPdfSignature, trust: Trust, known: Known) -> SignatureVerdict:
    certificate = _certificate(embedded)
    # A text of pyHanko's knows the file it came from, and would keep all of it as long as the verdict is kept.
    out = SignatureVerdict(field=str(embedded.field_name), reason=_reason(embedded))
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
    stamped = _timestamp(status, trust, known, out)
    if stamped is not None and not status.trusted:
        # The time is proven: judge the certificate for that moment.
        again, _ = _validate(embedded, trust.context(known, stamped))
        status = again if again is not None and again.trusted else status
    when = stamped or claimed or trust.when
    ways = standing(certificate, known.roots, known.authorities, known.evidence, when, proven=stamped)
    _judge_trust(status, certificate, trust, ways, stamped, when, out)
    said = {reason.code for reason in out.reasons}
    out.reasons.extend(reason for reason in ways.reasons() if reason.code not in said)
    if ways.silent and not any(reason.code == "certificate_revoked" for reason in out.reasons):
        out.reasons.append(Reason("no_revocation_data", "note", {}))
    if stamped is not None:
        _judge_stamp(stamped, claimed, trust, out)
    if claimed is not None and claimed > trust.when + CLOCK and stamped is None:
        out.reasons.append(Reason("time_in_future", "cannot_tell", {"time": out.time}))
    out.level = _level(embedded, stamped is not None, known.has_store)
    return out


def _claimed(embedded: EmbeddedPdfSignature) -> datetime.datetime | None:
    """The time the signer's machine put down, or None."""
    try:
        return _aware(embedded.self_reported_timestamp)
    except _broken():
        return None


def _aware(moment: datetime.datetime | None) -> datetime.datetime | None:
    if moment is None:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=datetime.UTC)


def _timestamp(
    status: PdfSignatureStatus, trust: Trust, known: Known, out: SignatureVerdict
) -> datetime.datetime | None:
    """The time of a time stamp that can be relied on; what is wrong with another goes to the reasons."""
    stamp = status.timestamp_validity
    if stamp is None:
        return None
    if not (stamp.intact and stamp.valid):
        out.reasons.append(Reason("timestamp_broken", "failed", {}))
        return None
    moment = _aware(stamp.timestamp)
    problems = _stamper(stamp, moment, trust, known)
    out.reasons.extend(problems)
    if problems or moment is None:
        return None
    out.time, out.time_source = moment.isoformat(timespec="seconds"), "timestamp"
    return moment


def _stamper(status: SignatureStatus, moment: datetime.datetime | None, trust: Trust, known: Known) -> list[Reason]:
    """Why whoever made a time stamp is not to be relied on; empty for nothing.

    A certificate that did not live at the stamped time, or was revoked at any time, may have been used to date back.
    """
    if not trust.roots or moment is None:
        return [Reason("timestamp_untrusted", "cannot_tell")]
    certificate = status.signing_cert
    begins, ends = certificate.not_valid_before, certificate.not_valid_after
    ways = standing(certificate, known.roots, known.authorities, known.evidence, moment, stamping=True)
    if ways.dead is not None:
        begins, ends = ways.dead.not_valid_before_utc, ways.dead.not_valid_after_utc
    if not begins <= moment <= ends:
        facts = {"time": moment.isoformat(timespec="seconds"), "from": _day(begins), "to": _day(ends)}
        return [Reason("timestamper_expired", "cannot_tell", facts)]
    found = {reason.code for reason in ways.reasons()}
    if "certificate_revoked" in found:
        return [Reason("timestamper_revoked", "cannot_tell")]
    if "weak_key" in found:
        return [Reason("weak_key", "failed")]
    return [Reason("timestamp_untrusted", "cannot_tell")] if found or not status.trusted else []


def _judge_trust(
    status: PdfSignatureStatus, certificate: Asn1Certificate, trust: Trust, ways: Standing,
    stamped: datetime.datetime | None, when: datetime.datetime, out: SignatureVerdict,
) -> None:  # fmt: skip
    """Why the certificate is not to be trusted, where it is not."""
    if not trust.roots:
        out.reasons.append(Reason("no_trust_given", "cannot_tell", {}))
        return
    begins, ends = certificate.not_valid_before, certificate.not_valid_after
    # A claimed time proves nothing good, but whoever claims to have signed with a dead certificate is believed.
    if when > ends or when < begins:
        out.reasons.append(Reason("certificate_expired", "failed", {"from": _day(begins), "to": _day(ends)}))
        return
    if ways.dead is not None:
        begins, ends = ways.dead.not_valid_before_utc, ways.dead.not_valid_after_utc
        facts = {"issuer": _common_name(ways.dead), "from": _day(begins), "to": _day(ends)}
        out.reasons.append(Reason("issuer_expired", "failed", facts))
        return
    if status.trusted:
        return
    ends = min(ends, ways.since) if ways.since is not None else ends
    if stamped is None and trust.when > ends:
        out.reasons.append(Reason("expired_since", "cannot_tell", {"to": _day(ends)}))
        return
    indication = getattr(status.trust_problem_indic, "name", "")
    if "REVOKED" in indication:
        # Of several ways pyHanko names one: where another is good, `ways` says that it cannot be told.
        if not (any(path.good for path in ways.paths) and any(path.revoked for path in ways.paths)):
            out.reasons.append(Reason("certificate_revoked", "failed", {}))
    elif "CHAIN_FOUND" in indication or not indication:
        out.reasons.append(Reason("untrusted_issuer", "failed", {"issuer": certificate.issuer.human_friendly}))
    else:
        out.reasons.append(Reason("untrusted", "failed", {"problem": indication}))


def _common_name(certificate: Certificate) -> str:
    return str(certificate.subject.rfc4514_string())[:120]


def _day(moment: datetime.datetime) -> str:
    return moment.date().isoformat()


def _judge_stamp(
    stamped: datetime.datetime, claimed: datetime.datetime | None, trust: Trust, out: SignatureVerdict
) -> None:
    """A stamp proves that the signature was there at its time: not after the moment asked about, not before itself."""
    if stamped > trust.when + CLOCK:
        out.reasons.append(Reason("stamp_in_future", "cannot_tell", {"time": out.time}))
    elif claimed is not None and stamped < max(claimed, _FIRST) - CLOCK:
        out.reasons.append(
            Reason("stamp_before_claim", "cannot_tell", {"time": out.time, "claimed": claimed.isoformat()})
        )


def _stamp_verdict(embedded: EmbeddedPdfSignature, trust: Trust, known: Known) -> SignatureVerdict:
    """A document time stamp, judged like a signature: by what it covers and by who made it."""
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation import validate_pdf_timestamp

    certificate = _certificate(embedded)
    out = SignatureVerdict(field=str(embedded.field_name), time_source="timestamp", stamp=True)
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
        return out
    out.reasons.extend(_stamper(status, moment, trust, known))
    if moment is not None and not out.reasons:
        _judge_stamp(moment, None, trust, out)
    return out


def _level(embedded: EmbeddedPdfSignature, stamped: bool, has_store: bool) -> str:
    """The level that was reached, said plainly (ETSI EN 319 142-1, 6)."""
    if not stamped:
        return "B-B"
    if not has_store:
        return "B-T"
    later = [stamp for stamp in embedded.reader.embedded_timestamp_signatures
             if stamp.signed_revision > embedded.signed_revision]  # fmt: skip
    return "B-LTA" if later else "B-LT"
