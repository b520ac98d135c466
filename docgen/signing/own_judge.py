"""The quick judge: what a file is worth whose every signature docgen composed; all else, and every doubt, is pyHanko's.

A file is composed again from what it says and compared byte for byte (`docgen.signing.own_signing`), its digests and
signatures are computed, and whoever signed is looked up once for each certificate and moment. Only a file with which
nothing at all is wrong is judged here, in the very words that `docgen.signing.check.check_pdf` would use; where it
would say anything else, it is asked. So this judge is never milder. pyHanko judges the first file of a run again, and
one in some after it; where it says another thing, it judges the rest of the run.
"""

from __future__ import annotations

import asyncio
import datetime
import logging
from collections.abc import Sequence
from typing import Any

from docgen.signing.bounded import unfolds_within_bounds
from docgen.signing.chain_paths import standing
from docgen.signing.check import CLOCK, Known, Sound, Trust, check_pdf, key_usage, known_from, mathematics
from docgen.signing.keys import certificate_name
from docgen.signing.libraries import need
from docgen.signing.own_signing import OwnSignature, read_chain
from docgen.signing.verdict import Reason, SignatureVerdict

_LOG = logging.getLogger(__name__)
Judged = tuple[list[SignatureVerdict], list[Reason]]


class Judge:
    """Judges the files of one run for one trust. One file in `one_in` goes to pyHanko too, the first among them; none
    with 0. `asked` counts the files that pyHanko judged alone, `again` those that it judged as well."""

    def __init__(self, trust: Trust, one_in: int = 0) -> None:
        # One moment for the whole run: a path is looked up once for it.
        self.trust = Trust(trust.roots, trust.others, trust.crls, trust.when)
        self._roots = frozenset(root.dump() for root in trust.roots)
        self.one_in, self.asked, self.again = one_in, 0, 0
        self._quick = 0
        self._differs = False
        self._known: dict[tuple[bytes, ...], Known] = {}
        self._trusted: dict[tuple[tuple[bytes, ...], ...], bool] = {}
        self._good: dict[tuple[Any, ...], list[Reason] | None] = {}

    def judge(self, pdf: bytes, base_size: int | None = None) -> Judged:
        """As `docgen.signing.check.check_pdf`, and with its very result."""
        found = None if self._differs else self.quick(pdf, base_size)
        if found is None:
            self.asked += 1
            return check_pdf(pdf, self.trust, base_size)
        self._quick += 1
        if not self.one_in or self._quick % self.one_in != 1 % self.one_in:
            return found, []
        self.again += 1
        slow = check_pdf(pdf, self.trust, base_size)
        if slow != (found, []):
            self._differs = True
            _LOG.warning("two judges differ on a signed PDF; pyHanko judges the rest of the run")
        return slow

    def quick(self, pdf: bytes, base_size: int | None = None) -> list[SignatureVerdict] | None:
        """The signatures of a file with which nothing is wrong; None where pyHanko is to be asked."""
        from cryptography.exceptions import UnsupportedAlgorithm

        try:
            return self._quickly(pdf, base_size)
        except (
            ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError,
            NotImplementedError, UnsupportedAlgorithm,
        ):  # fmt: skip
            return None

    def _quickly(self, pdf: bytes, base_size: int | None) -> list[SignatureVerdict] | None:
        if not self.trust.roots or not unfolds_within_bounds(pdf):
            return None
        chain = read_chain(pdf, base_size)
        if chain is None or not chain.signatures:
            return None
        # A root that comes along says nothing new.
        carried = tuple(
            der for signature in chain.signatures for der in signature.seal.certificates[1:] if der not in self._roots
        )
        out = []
        for signature in chain.signatures:
            notes = self._notes(signature, carried)
            if notes is None:
                return None
            out.append(_verdict(signature, notes))
        return out

    def _notes(self, signature: OwnSignature, carried: tuple[bytes, ...]) -> list[Reason] | None:
        """What is to be noted of a good certificate at the moment of a signature; None where it is not simply good."""
        when = signature.said.moment
        key = (signature.seal.certificates, signature.seal.way, carried, when)
        if key not in self._good:
            self._good[key] = self._look_up(signature, carried, when)
        found = self._good[key]
        return None if found is None else list(found)

    def _look_up(
        self, signature: OwnSignature, carried: tuple[bytes, ...], when: datetime.datetime
    ) -> list[Reason] | None:
        if when > self.trust.when + CLOCK:
            return None
        if carried not in self._known:
            x509 = need("asn1crypto.x509")
            self._known[carried] = known_from(self.trust, [x509.Certificate.load(der) for der in carried])
        known, certificate = self._known[carried], signature.seal.certificate
        if not certificate.not_valid_before <= when <= certificate.not_valid_after:
            return None
        ways = standing(certificate, known.roots, known.authorities, known.evidence, when)
        if ways.dead is not None or list(ways.reasons()) or not self._is_trusted(signature, known, carried):
            return None
        return [Reason("no_revocation_data", "note", {})] if ways.silent else []

    def _is_trusted(self, signature: OwnSignature, known: Known, carried: tuple[bytes, ...]) -> bool:
        """What pyHanko says of the signature by itself: its CMS, and the path of its certificate to a root."""
        key = (signature.seal.certificates, (signature.seal.way.encode(),), carried)
        if key not in self._trusted:
            validate = need("pyhanko.sign.validation").async_validate_cms_signature
            signed = need("asn1crypto.cms").ContentInfo.load(signature.cms)["content"]
            status = asyncio.run(
                validate(
                    signed, raw_digest=signature.digest, validation_context=self.trust.context(known),
                    key_usage_settings=key_usage(),
                )
            )  # fmt: skip
            self._trusted[key] = bool(status.intact and status.valid and status.trusted)
        return self._trusted[key]


def _verdict(signature: OwnSignature, notes: Sequence[Reason]) -> SignatureVerdict:
    said, certificate = signature.said, signature.seal.certificate
    return SignatureVerdict(
        field=said.field, reason=said.reason, signer=certificate_name(certificate),
        certificate=certificate.sha256.hex(), time=said.moment.isoformat(timespec="seconds"), reasons=list(notes),
    )  # fmt: skip


def soundness(pdf: bytes) -> list[Sound]:
    """As `docgen.signing.check.mathematics` without `only`, and with its very result."""
    chain = read_chain(pdf) if unfolds_within_bounds(pdf) else None
    if chain is None or not chain.signatures:
        return mathematics(pdf)
    return [
        Sound(
            one.said.field, True, "", one.seal.certificate.sha256.hex(), one.said.reason,
            certificate_name(one.seal.certificate), one.said.moment.isoformat(timespec="seconds"), "B-B", one.end,
        )
        for one in chain.signatures
    ]  # fmt: skip
