"""What is done once for many signatures: loading the key, working out its room, drawing, judging the others."""

from __future__ import annotations

from pathlib import Path

import pytest
from authority import SIGNED, authority, issued, key
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from signing_packets import CELL

from docgen.signing import Signing, appearance, pades, sign_packet
from docgen.signing import packet as signing_packet
from docgen.signing.appearance import Appearance
from docgen.signing.keys import pkcs12_signer
from docgen.signing.signed_manifest import load_manifest

AN = "Nguyễn Văn An"
HOW = Signing(moment=SIGNED)


def test_the_loaded_key_signs_as_pyhanko_does() -> None:
    from pyhanko.sign.signers import SimpleSigner

    content = authority().pkcs12(*issued(AN), "x")
    for digest in ("sha256", "sha384", "sha512"):
        ours = pkcs12_signer(content, b"x")
        theirs = SimpleSigner.load_pkcs12_data(content, other_certs=[], passphrase=b"x")
        assert ours.sign_raw(b"data", digest) == theirs.sign_raw(b"data", digest)


def test_a_key_on_a_curve_signs_too() -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    certificate = authority()._build(
        authority()._name("Trần Thị Cong"), private.public_key(), SIGNED, SIGNED.replace(year=2020)
    )
    signer = pkcs12_signer(authority().pkcs12(private, certificate, "x"), b"x")
    private.public_key().verify(signer.sign_raw(b"data", "sha256"), b"data", ec.ECDSA(hashes.SHA256()))


def test_the_key_is_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from cryptography.hazmat.primitives import serialization

    signer = key(AN).signer
    loads: list[int] = []
    load = serialization.load_der_private_key
    monkeypatch.setattr(serialization, "load_der_private_key", lambda *a, **k: loads.append(1) or load(*a, **k))
    for data in (b"a", b"b", b"c"):
        signer.sign_raw(data, "sha256")
    assert len(loads) == 1


def test_a_picture_is_drawn_once_a_moment() -> None:
    appearance.draw.cache_clear()
    for _ in range(3):
        one = appearance.draw(Appearance(), AN, SIGNED, 200, 60)
    other = appearance.draw(Appearance(), AN, SIGNED.replace(second=1), 200, 60)
    assert one != other
    assert appearance.draw.cache_info().misses == 2


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of each signature that pyHanko is asked about: whether the others in the file are judged with it."""
    seen: list[bool] = []
    real = pades.check_signed

    def look(before: bytes, signed: bytes, name: str, *, all_looked_at: bool = True) -> None:
        seen.append(all_looked_at)
        real(before, signed, name, all_looked_at=all_looked_at)

    monkeypatch.setattr(pades, "check_signed", look)
    return seen


def test_pyhanko_judges_the_first_paper_of_a_run_and_one_in_some(
    packet: Path, judged: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing_packet, "_ONE_IN", 2)
    done = sign_packet(packet, "cell", key(CELL), HOW, out_of_order=True)
    assert len(done.signed) > 2
    assert judged == [True] * -(-len(done.signed) // 2)


def test_what_pyhanko_signs_it_judges_each_time(
    packet: Path, judged: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing_packet, "_ONE_IN", 2)
    monkeypatch.setattr(pades, "sign_own", lambda *told: None)
    done = sign_packet(packet, "cell", key(CELL), HOW, out_of_order=True)
    assert judged == [number % 2 == 0 for number in range(len(done.signed))]


def test_the_others_are_judged_where_one_is_not_ours(packet: Path, judged: list[bool]) -> None:
    manifest = load_manifest(packet)
    for document in manifest.documents:
        if document.pdf is not None:
            document.pdf["signatures"] = [{"role": "author", "field": "kyauthor", "certificate": "ab"}]
    manifest.save()
    sign_packet(packet, "cell", key(CELL), HOW, out_of_order=True)
    assert judged
    assert all(judged)


def test_every_signature_of_a_key_finds_its_room(packet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pades, "sign_own", lambda *told: None)
    signer = key(CELL)
    done = sign_packet(packet, "cell", signer, HOW, out_of_order=True)
    assert signer.reserved > 0
    assert done.signed
