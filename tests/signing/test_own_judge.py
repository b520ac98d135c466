"""The quick judge says nothing but what pyHanko says, and is asked nothing that it cannot tell."""

from __future__ import annotations

import datetime
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from authority import SIGNED, VERIFIED, key, revocation_list, root_certificate
from crafted import certificate, rsa_key, signer
from signing_packets import CELL, MANAGER, sign_all
from test_own_form import AN, FIRST, HOW, REASON, curve, own, pyhanko, under_another

from docgen.signing import Asked, Signing, Trust, sign_packet, verify_packet
from docgen.signing import own_judge as judges
from docgen.signing import verify as verifying
from docgen.signing.base_form import read_base
from docgen.signing.check import check_pdf, mathematics
from docgen.signing.keys import Key
from docgen.signing.own_judge import Judge, soundness
from docgen.signing.own_signing import read_chain
from docgen.signing.pades import Session
from docgen.signing.signed_manifest import load_manifest
from tools.signature_mutants import changed_before, mutant

TRUST = Trust([root_certificate()], moment=VERIFIED)


@pytest.fixture(scope="module")
def base(packet_store: Path) -> bytes:
    """A paper nobody has signed."""
    return (packet_store / FIRST).read_bytes()


@pytest.fixture(scope="module")
def signed_paper(base: bytes) -> bytes:
    """The same with three signatures, of which two hold another authority, or a key on a curve."""
    pdf = own(base, "kyauthor", key(AN))
    pdf = own(pdf, "kymanager", under_another(MANAGER))
    return own(pdf, "kycell", curve(CELL))


def test_both_judges_say_the_same_of_a_sound_file(base: bytes, signed_paper: bytes) -> None:
    for size in (len(base), None):
        quick = Judge(TRUST).quick(signed_paper, size)
        assert quick is not None
        assert (quick, []) == check_pdf(signed_paper, TRUST, size)
    assert soundness(signed_paper) == mathematics(signed_paper)
    assert all(one.sound for one in soundness(signed_paper))


def never_milder(pdf: bytes, size: int) -> bool:
    """True where the quick judge took `pdf`; then pyHanko says word for word the same."""
    quick = Judge(TRUST).quick(pdf, size)
    if quick is None:
        return False
    assert check_pdf(pdf, TRUST, size) == (quick, [])
    return True


@pytest.mark.parametrize("seed", range(6))
def test_of_a_changed_file_it_says_nothing_that_pyhanko_does_not(base: bytes, signed_paper: bytes, seed: int) -> None:
    chance = random.Random(seed)
    taken = 0
    for _ in range(80):
        pdf = mutant(signed_paper, len(base), chance)
        if pdf != signed_paper:
            taken += never_milder(pdf, len(base))
    # What it takes is a file with signatures left off its end, or bits that no signature covers.
    assert taken < 20


@pytest.mark.parametrize("seed", range(3))
def test_of_a_file_changed_before_it_was_signed(base: bytes, seed: int) -> None:
    chance = random.Random(seed)
    by = key(AN)
    looked_at = 0
    for _ in range(120):
        pdf = changed_before(base, chance)
        if pdf == base or looked_at == 6 or read_base(pdf) is None:
            continue
        signed = Session(pdf, "kyauthor", by, HOW, REASON).own()
        if signed is not None:
            looked_at += never_milder(signed, len(pdf))
    assert looked_at


XMP: dict[str, tuple[bytes, bytes]] = {
    "an element that another closes": (b"</rdf:RDF>", b"</rdf:Rdf>"),
    "another root": (b"adobe:ns:meta/", b"adobe:ns:mete/"),
    "a comment": (b'<?xpacket end="w"?>', b"<!--packet end=w-->"),
    "a byte that is no UTF-8": (b"<pdf:Producer>", b"<pdf:Produce\xff>"),
    "an entity nobody declared": (b"<rdf:RDF ", b"&e;      "),
    "compressed": (b"<< /Subtype /XML /Type /Metadata /Length", b"<< /Filter /XM /Type /Metadata /Length  "),
}


@pytest.mark.parametrize("way", XMP)
def test_a_file_whose_words_about_itself_are_unsound_is_none_of_ours(base: bytes, way: str) -> None:
    assert read_base(base) is not None
    old, new = XMP[way]
    begins = base.index(b"<?xpacket begin")
    at = base.rfind(old, 0, begins) if way == "compressed" else base.index(old, begins)
    assert len(new) == len(old)
    assert read_base(base[:at] + new + base[at + len(old) :]) is None


@pytest.mark.parametrize(("where", "needed"), [
    (rb"/Kids \[ ([0-9]+) 0 R ", 1),
    (rb"/K \[ ([0-9]+) 0 R ([0-9]+) 0 R ", 2),
    (rb"/StructTreeRoot ([0-9]+) 0 R", 1),
])  # fmt: skip
def test_a_tree_that_is_none_is_none_of_ours(base: bytes, where: bytes, needed: int) -> None:
    """Whoever walks pages or structure would come back to where he was, or not know what he walks."""
    found = next(one for one in re.finditer(where, base) if needed == 1 or len(one[1]) == len(one[2]))
    other = found[1] if needed == 2 else b"1".zfill(len(found[1])).replace(b"0", b"1")
    at = found.span(needed)
    assert base[at[0] : at[1]] != other
    assert len(other) == at[1] - at[0]
    assert read_base(base) is not None
    assert read_base(base[: at[0]] + other + base[at[1] :]) is None


def _weak() -> Key:
    private = rsa_key(1024)
    return signer(private, certificate(AN, private.public_key()))


def _server() -> Key:
    private = rsa_key()
    return signer(private, certificate(AN, private.public_key(), purposes=["1.3.6.1.5.5.7.3.1"]))


def _not_for_signing() -> Key:
    private = rsa_key()
    return signer(private, certificate(AN, private.public_key(), usage=False))


def _expired_between() -> Key:
    above, private = rsa_key(), rsa_key()
    ends = SIGNED - datetime.timedelta(days=1)
    between = certificate("CA trung gian", above.public_key(), ca=True, ends=ends)
    return signer(private, certificate(AN, private.public_key(), issuer=between, issuer_key=above), [between])


FUTURE = Signing(moment=VERIFIED + datetime.timedelta(hours=1))
#: kind: who signs, when, whom the receiver trusts.
DOUBTS: dict[str, tuple[Callable[[], Key], Signing, Trust]] = {
    "a strange root": (lambda: key(AN, root="CA lạ"), HOW, TRUST),
    "no root": (lambda: key(AN), HOW, Trust(moment=VERIFIED)),
    "expired when signed": (lambda: key(AN, ends=SIGNED - datetime.timedelta(days=1)), HOW, TRUST),
    "expired since": (lambda: key(AN, ends=SIGNED + datetime.timedelta(days=1)), HOW, TRUST),
    "its authority expired": (_expired_between, HOW, TRUST),
    "a weak key": (_weak, HOW, TRUST),
    "for servers": (_server, HOW, TRUST),
    "not for signing": (_not_for_signing, HOW, TRUST),
    "in the future": (lambda: key(AN), FUTURE, TRUST),
    "revoked": (lambda: key(AN), HOW, Trust([root_certificate()], crls=[revocation_list(AN)], moment=VERIFIED)),
}


@pytest.mark.parametrize("kind", DOUBTS)
def test_whoever_is_not_simply_good_is_pyhankos_to_judge(base: bytes, kind: str) -> None:
    by, how, trust = DOUBTS[kind]
    pdf = own(base, "kyauthor", by(), how)
    assert read_chain(pdf) is not None
    judge = Judge(trust)
    assert judge.quick(pdf, len(base)) is None
    found, _ = judge.judge(pdf, len(base))
    assert found == check_pdf(pdf, trust, len(base))[0]
    assert found[0].status != "passed"


def test_a_list_that_names_somebody_else_is_read(base: bytes) -> None:
    trust = Trust([root_certificate()], crls=[revocation_list(MANAGER)], moment=VERIFIED)
    pdf = own(base, "kyauthor", key(AN))
    quick = Judge(trust).quick(pdf, len(base))
    assert quick is not None
    assert (quick, []) == check_pdf(pdf, trust, len(base))
    assert quick[0].reasons == []


def test_what_unfolds_beyond_measure_is_not_taken(base: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    pdf = own(base, "kyauthor", key(AN))
    monkeypatch.setattr(judges, "unfolds_within_bounds", lambda content: False)
    assert Judge(TRUST).quick(pdf, len(base)) is None


def test_pyhankos_signatures_are_pyhankos_to_judge(base: bytes) -> None:
    judge = Judge(TRUST)
    assert judge.judge(pyhanko(base, "kyauthor", key(AN)), len(base))[0][0].status == "passed"
    assert (judge.asked, judge.again) == (1, 0)


def test_pyhanko_judges_the_first_file_of_a_run_and_one_in_some(base: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(judges, "check_pdf", lambda *told: asked.append(1) or check_pdf(*told))
    pdf, judge = own(base, "kyauthor", key(AN)), Judge(TRUST, one_in=3)
    counts = []
    for _ in range(5):
        judge.judge(pdf, len(base))
        counts.append(len(asked))
    assert counts == [1, 1, 1, 2, 2]
    assert (judge.asked, judge.again) == (0, 2)


def test_where_the_two_differ_pyhanko_judges_all_that_follow(base: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    pdf, judge = own(base, "kyauthor", key(AN)), Judge(TRUST, one_in=2)
    real = Judge.quick
    monkeypatch.setattr(Judge, "quick", lambda self, *told: real(self, *told)[:0])  # type: ignore[index]
    wanted = check_pdf(pdf, TRUST, len(base))
    assert judge.judge(pdf, len(base)) == wanted  # the first one is judged by both
    assert judge.judge(pdf, len(base)) == wanted  # the second by the quick one alone, had the two agreed
    assert judge.asked == 1


def test_a_packet_is_judged_as_by_pyhanko_alone(packet: Path, trusting: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_all(packet)
    asked: list[int] = []
    monkeypatch.setattr(judges, "check_pdf", lambda *told: asked.append(1) or check_pdf(*told))
    quick = verify_packet(packet, trusting)
    papers = [d for d in load_manifest(packet).documents if d.signers]
    # One paper of the form is judged again; papers that nobody signs have no form.
    assert len(asked) <= 2 < len(papers)
    monkeypatch.setattr(Judge, "quick", lambda self, *told: None)
    slow = verify_packet(packet, trusting)
    assert quick.as_json() == slow.as_json()
    assert quick.passed


def test_the_moment_of_a_run_is_one(base: bytes) -> None:
    judge = Judge(Trust([root_certificate()]))
    assert judge.trust.moment is not None
    assert judge.trust.when == judge.trust.when


def test_signing_on_after_a_crash_is_quick_too(packet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = (packet / "manifest.json").read_bytes()
    sign_packet(packet, "author", key(AN), HOW)
    (packet / "manifest.json").write_bytes(manifest)
    monkeypatch.setattr(judges, "mathematics", None)
    done = sign_packet(packet, "author", key(AN), HOW)
    assert (done.signed, done.already) == ([], [1])
    assert verifying.ONE_IN
