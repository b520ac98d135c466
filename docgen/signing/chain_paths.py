"""The ways from a certificate up to a root, all of them, and what each is worth.

One key of an authority may stand in several certificates: renewed ones, cross-signed ones, one that was revoked. A
verdict that takes the first way it meets says today this and tomorrow that, as whoever signed put them in order. So
every way is built, and judged as a whole (RFC 5280, 6.1): the authorities lived at the moment, none is revoked, all of
them may issue certificates for papers, every key is long enough.

- No way is good: failed, with what is wrong with each.
- All ways are good, or the others only expired (renewed authorities): the good one counts.
- A good way beside one that is revoked, or for other purposes: cannot tell. Who put the good certificate there may be
  whoever the other one was revoked for.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.signing.libraries import need
from docgen.signing.revocation import LONGEST_PATH, Evidence, issuers_of, load, revoked_since
from docgen.signing.verdict import Reason

if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate as Asn1Certificate
    from cryptography.x509 import Certificate

#: More ways than that no authority has; who puts a hundred certificates of one key into a file wants to be slow.
MAX_PATHS = 32
_RSA_BITS = 2048
#: What a certificate may be for (RFC 5280, 4.2.1.12; RFC 9336 for documents): signing documents or mail, showing who
#: one is, anything at all.
_PURPOSES = frozenset(
    {"1.3.6.1.5.5.7.3.36", "1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.2", "2.5.29.37.0", "1.3.6.1.4.1.311.10.3.12"}
)
_STAMPING = frozenset({"1.3.6.1.5.5.7.3.8", "2.5.29.37.0"})
#: Where public purposes are listed; whatever stands elsewhere is a vendor's own.
_PUBLIC_PURPOSES = (
    "1.3.6.1.5.5.7.", "1.3.6.1.5.5.8.2.", "1.3.6.1.4.1.311.", "2.5.29.37.", "1.3.6.1.5.2.3.",
    "2.16.840.1.113730.4.", "1.3.6.1.4.1.11129.2.4.", "2.23.", "1.0.18013.",
)  # fmt: skip
_CURVES = frozenset({"secp256r1", "secp384r1", "secp521r1", "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1"})

Links = tuple[tuple["Certificate", "Certificate"], ...]


@dataclass(frozen=True, slots=True)
class PathState:
    """One way: the authority that did not live then, when the first of them ends, and what else is wrong with it."""

    dead: Certificate | None
    ends: datetime.datetime | None
    revoked: bool
    fit: bool
    weak: bool
    silent: bool

    @property
    def good(self) -> bool:
        """Nothing is wrong with it."""
        return self.dead is None and self.fit and not (self.revoked or self.weak)


@dataclass(frozen=True, slots=True)
class Standing:
    """All the ways of one certificate (of the library cryptography)."""

    certificate: Certificate | None
    paths: tuple[PathState, ...]
    fit: bool = True
    too_many: bool = False

    @property
    def dead(self) -> Certificate | None:
        """The authority on whose account no way lived, or None: always the same one, whatever the order."""
        dead = [path.dead for path in self.paths if path.dead is not None]
        if not dead or len(dead) < len(self.paths):
            return None
        return min(dead, key=lambda c: (c.not_valid_after_utc, c.serial_number))

    @property
    def since(self) -> datetime.datetime | None:
        """When the last way that lived ends, but for the certificate itself; None where only a root stands above."""
        alive = [path.ends for path in self.paths if path.dead is None]
        return None if not alive or None in alive else max(end for end in alive if end is not None)

    @property
    def silent(self) -> bool:
        """True where there is a certificate of which no list and no answer speaks."""
        return not self.paths or any(path.silent for path in self.paths)

    def reasons(self) -> Iterator[Reason]:
        """What is to be said of the ways besides their time: failed where none is good, cannot tell where in doubt."""
        good = any(path.good for path in self.paths)
        own = self.certificate is not None and weak(self.certificate)
        if own or (not good and any(path.weak for path in self.paths)):
            yield Reason("weak_key", "failed")
        if not self.fit or (not good and any(not path.fit for path in self.paths)):
            yield Reason("wrong_purpose", "failed")
        if not good and any(path.revoked for path in self.paths):
            yield Reason("certificate_revoked", "failed")
        if self.too_many or (good and any(path.revoked or path.weak or not path.fit for path in self.paths)):
            yield Reason("issuer_in_doubt", "cannot_tell")


def standing(
    certificate: Asn1Certificate, roots: Sequence[Certificate], authorities: Sequence[Certificate], evidence: Evidence,
    when: datetime.datetime, *, proven: datetime.datetime | None = None, stamping: bool = False,
) -> Standing:  # fmt: skip
    """What the ways of `certificate` (asn1crypto's) to one of `roots` through `authorities` were worth at `when`.

    A revocation after the `proven` moment does not count. With `stamping`, for a time stamp instead of a paper.
    """
    leaf = load(certificate)
    if leaf is None:
        return Standing(None, ())
    wanted = _STAMPING if stamping else _PURPOSES
    fit = _allows(_purposes(leaf), wanted)
    found: list[PathState] = []
    for links in _ways(leaf, (), roots, authorities):
        if len(found) == MAX_PATHS:
            return Standing(leaf, tuple(found), fit, too_many=True)
        found.append(_state(links, roots, evidence, when, proven, wanted))
    return Standing(leaf, tuple(found), fit)


def _ways(
    at: Certificate, before: Links, roots: Sequence[Certificate], authorities: Sequence[Certificate]
) -> Iterator[Links]:
    """Every way from `at` to a root. A certificate that is a root itself has none above it."""
    if at in roots or len(before) >= LONGEST_PATH:
        return
    for by in issuers_of(at, authorities):
        links = (*before, (at, by))
        if by in roots:
            yield links
        elif all(by != item for item, _ in links):
            yield from _ways(by, links, roots, authorities)


def _state(
    links: Links, roots: Sequence[Certificate], evidence: Evidence, when: datetime.datetime,
    proven: datetime.datetime | None, wanted: frozenset[str],
) -> PathState:  # fmt: skip
    revoked = silent = False
    for item, by in links:
        spoken, since = revoked_since(item, by, evidence)
        silent = silent or not spoken
        revoked = revoked or (since is not None and (proven is None or since <= proven))
    # A root is trusted because it was given, whatever it says of its own time.
    between = [by for _, by in links if by not in roots]
    dead = next((by for by in between if not by.not_valid_before_utc <= when <= by.not_valid_after_utc), None)
    return PathState(
        dead=dead,
        ends=min((by.not_valid_after_utc for by in between), default=None),
        revoked=revoked,
        fit=all(_allows(_purposes(by), wanted) for _, by in links),
        weak=any(weak(by) for _, by in links),
        silent=silent,
    )


def _allows(purposes: Sequence[str], wanted: frozenset[str]) -> bool:
    """True where these purposes hold a `wanted` one or a vendor's own; no purpose at all is any."""
    return not purposes or any(item in wanted or not item.startswith(_PUBLIC_PURPOSES) for item in purposes)


def _purposes(certificate: Certificate) -> list[str]:
    """What a certificate of the library cryptography says it is for."""
    x509 = need("cryptography.x509")
    try:
        found = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return []
    except ValueError:  # whatever it says cannot be read, so nobody knows that it allows anything
        return [_PUBLIC_PURPOSES[0]]
    return [item.dotted_string for item in found]


def weak(certificate: Certificate) -> bool:
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
