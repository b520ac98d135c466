"""Several ways from a certificate to the root: the verdict is the same whatever the order in which they are met."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from authority import SIGNED, as_asn1
from crafted import certificate, revocations, rsa_key, signer
from signing_packets import CELL
from test_attacks import _by, _long_root, _trust
from test_tampering import codes

from docgen.signing import verify_packet

DAY = datetime.timedelta(days=1)
GOOD: dict[str, Any] = {}
OLD: dict[str, Any] = {"ends": SIGNED - DAY}
SERVERS: dict[str, Any] = {"purposes": ["1.3.6.1.5.5.7.3.1"]}

#: What the two certificates of the authority's one key are, which of them are revoked, and what is right.
KINDS: dict[str, tuple[tuple[dict[str, Any], dict[str, Any]], tuple[int, ...], set[str]]] = {
    "both good": ((GOOD, GOOD), (), set()),
    "one expired, as authorities renew theirs": ((OLD, GOOD), (), set()),
    "one revoked": ((GOOD, GOOD), (0,), {"issuer_in_doubt"}),
    "both revoked": ((GOOD, GOOD), (0, 1), {"certificate_revoked"}),
    "one revoked, the other expired": ((GOOD, OLD), (0,), {"certificate_revoked"}),
    "one for servers": ((SERVERS, GOOD), (), {"issuer_in_doubt"}),
    "both for servers": ((SERVERS, SERVERS), (), {"wrong_purpose"}),
    "one for servers, the other expired": ((SERVERS, OLD), (), {"wrong_purpose"}),
    "both expired": ((OLD, OLD), (), {"issuer_expired"}),
}


@pytest.mark.parametrize("turned", [False, True], ids=["as made", "turned round"])
@pytest.mark.parametrize("kind", KINDS)
def test_two_certificates_of_one_key(unsigned: Path, kind: str, turned: bool) -> None:
    made, revoked, expected = KINDS[kind]
    root_key, root = _long_root()
    between, private = rsa_key(), rsa_key()
    pair = [
        certificate("CA giữa", between.public_key(), ca=True, issuer=root, issuer_key=root_key, **how) for how in made
    ]
    leaf = certificate(CELL, private.public_key(), issuer=pair[0], issuer_key=between)
    lists = [revocations([pair[at].serial_number for at in revoked], root, root_key)] if revoked else []
    verdict = _by(unsigned, _trust(root, *lists), signer(private, leaf, pair[::-1] if turned else pair))
    # Where it fails, pyHanko's own word for the path may stand beside ours.
    failed = expected and expected != {"issuer_in_doubt"}
    assert expected <= codes(verdict)
    assert codes(verdict) - expected <= ({"nothing_signed", "manifest_unsealed", "untrusted"} if failed else set())
    assert verdict.status == ("failed" if failed else "cannot_tell" if expected else "passed")


def test_more_ways_than_any_authority_has(unsigned: Path) -> None:
    root_key, root = _long_root()
    between, private = rsa_key(), rsa_key()
    many = [certificate("CA giữa", between.public_key(), ca=True, issuer=root, issuer_key=root_key) for _ in range(40)]
    leaf = certificate(CELL, private.public_key(), issuer=many[0], issuer_key=between)
    trusting = _trust(root)
    # Three fit into the space a signature leaves; the others are handed over beside it.
    assert _by(unsigned, trusting, signer(private, leaf, many[:3])).passed
    trusting.trust.others = [as_asn1(item) for item in many]
    assert codes(verify_packet(unsigned, trusting)) == {"issuer_in_doubt"}
