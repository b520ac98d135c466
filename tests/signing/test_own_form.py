"""Signatures that docgen composes itself: other tools take them, they show what pyHanko's do, the rest is pyHanko's."""

from __future__ import annotations

import dataclasses
import datetime
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from authority import SIGNED, VERIFIED, as_asn1, authority, issued, key, picture, root_certificate
from crafted import certificate, rsa_key, signer
from cryptography.hazmat.primitives.asymmetric import ec
from signing_packets import CELL, MANAGER

from docgen.errors import InternalError
from docgen.signing import Appearance, Signing, Trust
from docgen.signing.base_form import read_base
from docgen.signing.check import check_pdf, mathematics
from docgen.signing.fields import field_names
from docgen.signing.increment import moment_text, read_moment
from docgen.signing.keys import Key
from docgen.signing.own_signing import read_chain, seal_for
from docgen.signing.pades import Session, sign
from docgen.signing.verdict import SignatureVerdict

FIRST, SHEET = "pdf/001-mau-02-dv-01.pdf", "pdf/003-mau-06.pdf"
HOW = Signing(moment=SIGNED)
WEST = datetime.timezone(-datetime.timedelta(hours=3, minutes=30))
AN, REASON = "Nguyễn Văn An", "Người tự kiểm điểm – docgen:ab:1:author"


def own(pdf: bytes, name: str, by: Key, how: Signing = HOW, reason: str = REASON) -> bytes:
    """`pdf` signed in docgen's own form."""
    signed = Session(pdf, name, by, how, reason).own()
    assert signed is not None
    return signed


def pyhanko(pdf: bytes, name: str, by: Key, how: Signing = HOW, reason: str = REASON) -> bytes:
    """`pdf` signed by pyHanko."""
    return Session(pdf, name, by, how, reason).run()


def curve(name: str, kind: Any = None) -> Key:
    """A key on a curve."""
    private = ec.generate_private_key(kind or ec.SECP256R1())
    return signer(private, certificate(name, private.public_key()))


def under_another(name: str) -> Key:
    """A key whose certificate an authority between it and the root issued; that one goes along."""
    above, private = rsa_key(), rsa_key()
    between = certificate("CA trung gian", above.public_key(), ca=True)
    leaf = certificate(name, private.public_key(), issuer=between, issuer_key=above)
    return signer(private, leaf, [between])


KEYS: dict[str, Callable[[], Key]] = {
    "rsa": lambda: key(AN),
    "p-256": lambda: curve(AN),
    "p-521": lambda: curve(AN, ec.SECP521R1()),
    "chain": lambda: under_another(AN),
}


def judged(pdf: bytes, base: int) -> list[SignatureVerdict]:
    """The signatures as pyHanko judges them, nothing wrong with the file as a whole."""
    found, reasons = check_pdf(pdf, Trust([root_certificate()], moment=VERIFIED), base)
    assert reasons == []
    return found


def without_certificate(verdict: SignatureVerdict) -> SignatureVerdict:
    return dataclasses.replace(verdict, certificate="")


@pytest.fixture(scope="session")
def first(packet_store: Path) -> bytes:
    """A paper that four sign."""
    return (packet_store / FIRST).read_bytes()


@pytest.mark.parametrize("kind", KEYS)
def test_pyhanko_says_of_it_what_it_says_of_its_own(first: bytes, kind: str) -> None:
    by = KEYS[kind]()
    ours, theirs = own(first, "kyauthor", by), pyhanko(first, "kyauthor", by)
    [said], [wanted] = judged(ours, len(first)), judged(theirs, len(first))
    assert said == wanted
    assert (said.status, said.level) == ("passed", "B-B")
    [sound] = mathematics(ours)
    assert sound.sound, sound.problem
    assert len(ours) < len(theirs)


def test_every_signer_of_a_paper_one_after_the_other(first: bytes, tmp_path: Path) -> None:
    pdf, how = first, Signing(moment=SIGNED, location="Vùng Hạ")
    people = [key(AN), curve("Trần Thị Cong"), under_another("Vũ Văn Chuỗi"), key(CELL)]
    for (name, _), by in zip(field_names(first), people, strict=True):
        longer = own(pdf, name, by, how)
        assert longer.startswith(pdf)
        pdf = longer
    found = judged(pdf, len(first))
    assert [item.signer for item in found] == [by.name for by in people]
    assert {item.status for item in found} == {"passed"}
    chain = read_chain(pdf)
    assert chain is not None
    assert [item.said.field for item in chain.signatures] == [name for name, _ in field_names(first)]
    assert {item.said.location for item in chain.signatures} == {"Vùng Hạ"}
    if shutil.which("pdfsig"):
        (tmp_path / "a.pdf").write_bytes(pdf)
        done = subprocess.run(
            ["pdfsig", "-nocert", str(tmp_path / "a.pdf")], capture_output=True, text=True, check=True
        )
        assert done.stdout.count("Signature is Valid") == len(people)
    (tmp_path / "ca.pem").write_bytes(authority().pem())
    (tmp_path / "b.pdf").write_bytes(pdf)
    command = [
        sys.executable, "-m", "pyhanko", "sign", "validate", "--no-revocation-check", "--trust-replace",
        "--trust", str(tmp_path / "ca.pem"), "--validation-time", VERIFIED.isoformat(), str(tmp_path / "b.pdf"),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("ours_first", [True, False])
def test_pyhanko_signs_after_it_and_before_it(first: bytes, ours_first: bool) -> None:
    if ours_first:
        pdf = pyhanko(own(first, "kyauthor", key(AN)), "kymanager", key(MANAGER))
    else:
        before = pyhanko(first, "kyauthor", key(AN))
        assert Session(before, "kymanager", key(MANAGER), HOW, REASON).own() is None
        pdf = sign(before, "kymanager", key(MANAGER), HOW, REASON)
    assert read_chain(pdf) is None
    assert {item.status for item in judged(pdf, len(first))} == {"passed"}


def drawn(pdf: bytes, folder: Path) -> list[bytes]:
    """Every page as a picture."""
    (folder / "a.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "110", str(folder / "a.pdf"), str(folder / "p")], check=True)
    pages = sorted(folder.glob("p*.ppm"))
    out = [page.read_bytes() for page in pages]
    for page in pages:
        page.unlink()
    return out


LOOKS: dict[str, Appearance] = {
    "words": Appearance(),
    "unseen": Appearance(visible=False),
    "all": Appearance(post="Bí thư chi bộ", agency="Chi bộ Công tác sinh viên", image=picture(), seal=picture()),
    "scan": Appearance(name="Trần Thị Bưởi", digitised=True),
}


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="poppler")
@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("moment", [SIGNED, datetime.datetime(2026, 12, 31, 23, 59, 58, tzinfo=WEST)])
def test_the_drawn_pages_are_those_of_pyhanko(
    first: bytes, tmp_path: Path, look: str, moment: datetime.datetime
) -> None:
    how = Signing(moment=moment, appearance=LOOKS[look])
    ours = drawn(own(first, "kyauthor", key(AN), how), tmp_path)
    assert ours == drawn(pyhanko(first, "kyauthor", key(AN), how), tmp_path)
    assert (ours != drawn(first, tmp_path)) is LOOKS[look].visible


def test_the_cms_is_the_one_that_pyhanko_writes(first: bytes) -> None:
    from asn1crypto import cms

    def attributes(pdf: bytes) -> tuple[list[str], Any]:
        at = pdf.rindex(b"/Contents <") + 11
        told = cms.ContentInfo.load(bytes.fromhex(pdf[at : pdf.index(b">", at)].decode()))["content"]
        info = told["signer_infos"][0]
        return [item["type"].native for item in info["signed_attrs"]], (
            told["version"].native, [choice.chosen.dump() for choice in told["certificates"]], info["sid"].dump(),
            info["signature_algorithm"].dump(), info["digest_algorithm"].dump(), info["signed_attrs"][2].dump(),
        )  # fmt: skip

    by = under_another(AN)
    ours, theirs = attributes(own(first, "kyauthor", by)), attributes(pyhanko(first, "kyauthor", by))
    assert ours == theirs
    assert ours[0] == ["content_type", "message_digest", "signing_certificate_v2"]


def test_a_token_signs_in_the_form_too(first: bytes) -> None:
    """A signer that has nothing but pyHanko's interface, as a token's has."""
    from pyhanko.sign.signers.pdf_cms import Signer
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    private, leaf = issued(AN)
    plain = key(AN).signer
    asked: list[bool] = []

    class OnToken(Signer):
        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            asked.append(dry_run)
            return b"\0" * 256 if dry_run else plain.sign_raw(data, digest_algorithm)

    store = SimpleCertificateStore()
    store.register(root_certificate())
    token = dataclasses.replace(key(AN), signer=OnToken(signing_cert=as_asn1(leaf), cert_registry=store))
    [said] = judged(own(first, "kyauthor", token), len(first))
    assert said.status == "passed"
    assert asked == [True, False]
    assert private is not None


class TestWhatIsNotOfTheForm:
    """All of it is pyHanko's to sign."""

    def test_another_level_or_a_moment_without_a_zone(self, first: bytes) -> None:
        naive = Signing(moment=SIGNED.replace(tzinfo=None))
        assert Session(first, "kyauthor", key(AN), naive, REASON).own() is None

    def test_a_reason_that_readers_may_read_in_two_ways(self, first: bytes) -> None:
        assert Session(first, "kyauthor", key(AN), HOW, "a\x1bviVNb").own() is None

    def test_another_way_to_sign(self, first: bytes) -> None:
        by = key(AN)
        by.signer.prefer_pss = True
        assert seal_for(by) is None
        assert Session(first, "kyauthor", by, HOW, REASON).own() is None

    def test_a_field_that_is_signed_or_not_there(self, first: bytes) -> None:
        assert Session(own(first, "kyauthor", key(AN)), "kyauthor", key(AN), HOW, REASON).own() is None
        assert Session(first, "kynobody", key(AN), HOW, REASON).own() is None

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (b"%PDF-1.7\n", b"%PDF-1.6\n"),
            (b"/SigFlags 3 >>\nendobj\n", b"/SigFlags 1 >>\nendobj\n"),
            (b"/Type /Catalog ", b"/Type /Catalog\n"),
            (b"/F 132 /FT /Sig", b"/F 133 /FT /Sig"),
            (b"/MarkInfo <<", b"/MarkInfo %<"),
            (b"/ViewerPreferences ", b"/VieverPreferences "),
            (b"/Count ", b"/Kids  "),
            (b" 00000 n \ntrailer", b" 00001 n \ntrailer"),
            (b"\nendobj\n2 0 obj\n", b"\nendobx\n2 0 obj\n"),
        ],
    )
    def test_a_file_that_differs_where_it_must_not(self, first: bytes, old: bytes, new: bytes) -> None:
        assert first.count(old)
        assert read_base(first) is not None
        assert len(old) == len(new)
        assert read_base(first.replace(old, new, 1)) is None

    def test_a_field_that_hangs_on_something_else_too(self, first: bytes) -> None:
        base = read_base(first)
        assert base is not None
        number = base.fields["kyauthor"].number
        at = first.index(b"/StructTreeRoot ")
        end = first.index(b" 0 R", at)
        short = b"/StructTreeRoot %d" % number
        assert len(short) == end - at
        assert read_base(first[:at] + short + first[end:]) is None


def test_a_signature_that_does_not_come_out_right_is_no_file(first: bytes) -> None:
    by = key(AN)
    real = by.signer.sign_raw
    by.signer.sign_raw = lambda data, digest: bytes(reversed(real(data, digest)))  # type: ignore[method-assign]
    with pytest.raises(InternalError, match="recheck"):
        sign(first, "kyauthor", by, HOW, REASON)


@pytest.mark.parametrize(
    "text", ["D:20181220093000+07'00'", "D:20181220093000-03'30'", "D:20240229235959Z"]
)  # fmt: skip
def test_a_moment_is_read_as_it_was_written(text: str) -> None:
    moment = read_moment(text)
    assert moment is not None
    assert moment_text(moment) == text


@pytest.mark.parametrize(
    "text",
    [
        "D:20181320093000Z", "D:20181220093000", "D:20181220093000+00'00'", "D:20181220093000+07'61'",
        "D:\u06620181220093000Z",
    ],
)  # fmt: skip
def test_what_is_no_moment_of_the_form(text: str) -> None:
    assert read_moment(text) is None
