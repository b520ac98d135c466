"""Signing: order, roles, a run that died, levels, tokens, keys on other devices, other tools' judgement."""

from __future__ import annotations

import base64
import datetime
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from authority import (
    SIGNED,
    VERIFIED,
    as_asn1,
    authority,
    issued,
    key,
    picture,
    revocation_list,
    root_certificate,
    timestamper,
)
from signing_packets import CELL, MANAGER, MEMBERS, NAMES, sign_all

from docgen.errors import DocgenError, InputError, InternalError, UsageError
from docgen.signing import Appearance, Asked, LongTerm, Signing, Trust, due, sign_packet, verify_file, verify_packet
from docgen.signing.check import mathematics
from docgen.signing.fields import Place, field_names, place_fields
from docgen.signing.keys import Token, open_pkcs12, open_token, secret
from docgen.signing.pades import sign
from docgen.signing.remote import export_digests, import_signatures
from docgen.signing.signed_manifest import load_manifest
from tools import soft_token

FIRST = "pdf/001-mau-02-dv-01.pdf"
SHEET = "pdf/003-mau-06.pdf"
AN, BUOI = MEMBERS.values()
HOW = Signing(moment=SIGNED)


class TestOrder:
    def test_roles_are_listed_in_an_order_in_which_they_can_sign(self, packet: Path) -> None:
        assert [entry.role for entry in due(packet)] == ["author", "manager", "cell", "committee"]
        author = due(packet)[0]
        assert author.names == [AN, BUOI]
        assert author.ready == [1, 2]
        manager = due(packet)[1]
        assert manager.blocked == {1: ["author"], 2: ["author"]}

    def test_the_member_signs_first(self, packet: Path) -> None:
        done = sign_packet(packet, "manager", key(MANAGER), HOW)
        assert (done.signed, done.blocked) == ([], {1: ["author"], 2: ["author"]})
        assert not mathematics((packet / FIRST).read_bytes())

    def test_unless_told_otherwise(self, packet: Path) -> None:
        done = sign_packet(packet, "manager", key(MANAGER), HOW, out_of_order=True, only=[1])
        assert done.signed == [1]

    def test_each_member_signs_his_own(self, packet: Path) -> None:
        done = sign_packet(packet, "author", key(BUOI), HOW)
        assert (done.signed, done.others) == ([2], {1: AN})

    def test_signing_twice_signs_nothing(self, packet: Path) -> None:
        sign_packet(packet, "author", key(AN), HOW)
        before = (packet / FIRST).read_bytes()
        done = sign_packet(packet, "author", key(AN), HOW)
        assert (done.signed, done.already) == ([], [1])
        assert (packet / FIRST).read_bytes() == before

    def test_nobody_is_left_at_the_end(self, signed: Path) -> None:
        assert due(signed) == []

    def test_an_unknown_role_is_refused(self, packet: Path) -> None:
        with pytest.raises(UsageError, match="unknown_role") as caught:
            sign_packet(packet, "chair", key(AN), HOW)
        assert caught.value.facts["known"] == "author, cell, committee, manager"

    def test_documents_without_pdf_are_listed_for_paper(self, packet: Path) -> None:
        path = packet / "manifest.json"
        content = json.loads(path.read_text(encoding="utf-8"))
        del content["files"][2]["pdf"]
        path.write_text(json.dumps(content), encoding="utf-8")
        cell = next(entry for entry in due(packet) if entry.role == "cell")
        assert cell.paper == [3]
        assert sign_packet(packet, "cell", key(CELL), HOW).paper == [3]


class TestWhatIsNotSigned:
    def test_a_pdf_that_was_changed(self, packet: Path) -> None:
        (packet / FIRST).write_bytes((packet / FIRST).read_bytes() + b"\n")
        with pytest.raises(InputError, match="pdf_changed"):
            sign_packet(packet, "author", key(AN), HOW)

    def test_a_field_that_is_not_there_or_signed(self, signed: Path, packet: Path) -> None:
        with pytest.raises(InputError, match="field_signed"):
            sign((signed / FIRST).read_bytes(), "kyauthor", key(AN), HOW)
        with pytest.raises(InputError, match="field_missing"):
            sign((packet / FIRST).read_bytes(), "kynobody", key(AN), HOW)

    def test_fields_beside_fields(self, packet: Path) -> None:
        with pytest.raises(InputError, match="fields_exist"):
            place_fields((packet / FIRST).read_bytes(), [Place("kythem", 0, (100, 100, 200, 150))])

    def test_a_zone_off_the_page_or_missing(self, packet: Path, packet_store: Path) -> None:
        import io

        import pikepdf

        with pikepdf.new() as document:
            document.add_blank_page(page_size=(595, 842))
            out = io.BytesIO()
            document.save(out)
        for place in (Place("ky", 1, (0, 0, 9, 9)), Place("ky", 0, (500, 0, 700, 9)), Place("ky", 0, (9, 9, 9, 20))):
            with pytest.raises(InternalError, match="zone_off_page"):
                place_fields(out.getvalue(), [place])
        signer = load_manifest(packet).documents[0].signers[0]
        with pytest.raises(InternalError, match="zone_missing"):
            place_fields(out.getvalue(), [], [signer])


class TestARunThatDied:
    """Killed at every step of a signature: running it again ends as an unbroken run does."""

    @pytest.mark.parametrize("when", ["before", "between"])
    def test_it_is_finished_by_running_it_again(
        self, packet: Path, trusting: Asked, monkeypatch: pytest.MonkeyPatch, when: str
    ) -> None:
        import docgen.signing.packet as work
        import docgen.signing.signed_manifest as room

        sign_packet(packet, "author", key(AN), HOW)
        sign_packet(packet, "author", key(BUOI), HOW)
        calls = {"count": 0}
        real_write, real_save = work.write_whole, room.Manifest.save

        def write(*arguments: Any, **options: Any) -> None:
            calls["count"] += 1
            if when == "before" and calls["count"] == 2:
                raise KeyboardInterrupt
            real_write(*arguments, **options)

        def save(manifest: Any) -> None:
            if when == "between" and calls["count"] == 2:
                raise KeyboardInterrupt
            real_save(manifest)

        monkeypatch.setattr(work, "write_whole", write)
        monkeypatch.setattr(room.Manifest, "save", save)
        with pytest.raises(KeyboardInterrupt):
            sign_packet(packet, "manager", key(MANAGER), HOW)
        monkeypatch.undo()
        left = {entry.role: entry.documents for entry in due(packet)}
        assert left.get("manager", []) == ([2] if when == "before" else [])
        sign_packet(packet, "manager", key(MANAGER), HOW)
        for role in ("cell", "committee"):
            sign_packet(packet, role, key(NAMES[role]), HOW)
        assert due(packet) == []
        assert verify_packet(packet, trusting).passed

    def test_another_tool_may_sign_in_the_same_place(self, packet: Path, trusting: Asked) -> None:
        signed = sign((packet / SHEET).read_bytes(), "kycell", key(CELL), HOW)
        (packet / SHEET).write_bytes(signed)
        document = verify_packet(packet, trusting).documents[2]
        assert document.status == "passed"
        assert {reason.code for reason in document.reasons} == {"manifest_behind"}
        assert "not_bound" in {reason.code for reason in document.signatures[0].reasons}
        sign_packet(packet, "author", key(AN), HOW)
        assert load_manifest(packet).documents[2].signed_roles() == ["cell"]


def _long_term(moment: datetime.datetime = SIGNED) -> LongTerm:
    lists = [revocation_list(made=moment - datetime.timedelta(hours=1))]
    return LongTerm(timestamper(moment), [root_certificate()], crls=lists, moment=moment)


class TestLevels:
    @pytest.mark.parametrize("level", ["B-T", "B-LT", "B-LTA"])
    def test_it_reaches_and_says_the_level(self, packet: Path, trusting: Asked, level: str) -> None:
        sign_packet(packet, "author", key(AN), Signing(level, long_term=_long_term(), moment=SIGNED))
        signature = verify_packet(packet, trusting).documents[0].signatures[0]
        assert (signature.status, signature.level, signature.time_source) == ("passed", level, "timestamp")

    def test_others_sign_after_a_long_term_signature(self, packet: Path, trusting: Asked) -> None:
        how = Signing("B-LTA", long_term=_long_term(), moment=SIGNED)
        sign_packet(packet, "author", key(AN), how)
        sign_packet(packet, "author", key(BUOI), how)
        sign_packet(packet, "manager", key(MANAGER), how)
        for role in ("cell", "committee"):
            sign_packet(packet, role, key(NAMES[role]), HOW)
        assert verify_packet(packet, trusting).passed

    def test_a_time_stamp_keeps_a_signature_good_after_its_certificate_expired(self, packet: Path) -> None:
        ends = SIGNED + datetime.timedelta(days=2)
        sign_packet(packet, "author", key(AN, ends=ends), Signing("B-LT", long_term=_long_term(), moment=SIGNED))
        late = Asked(Trust([root_certificate()], moment=SIGNED + datetime.timedelta(days=400)))
        assert verify_packet(packet, late).documents[0].signatures[0].status == "passed"

    def test_a_time_stamp_from_elsewhere_proves_nothing(self, packet: Path) -> None:
        sign_packet(packet, "author", key(AN, root="CA khác"), Signing("B-T", long_term=_long_term(), moment=SIGNED))
        asked = Asked(Trust([root_certificate("CA khác")], moment=VERIFIED))
        signature = verify_packet(packet, asked).documents[0].signatures[0]
        assert signature.status == "cannot_tell"
        assert "timestamp_untrusted" in {reason.code for reason in signature.reasons}

    @pytest.mark.parametrize(
        ("how", "code"),
        [
            (Signing("B-T"), "level_needs_tsa"),
            (Signing("B-LT", long_term=LongTerm(timestamper=object())), "level_needs_trust"),
            (Signing("B-X"), "signing.error.level"),
        ],
    )
    def test_a_level_without_its_means_is_refused(self, packet: Path, how: Signing, code: str) -> None:
        with pytest.raises(UsageError, match=code):
            sign((packet / SHEET).read_bytes(), "kycell", key(CELL), how)


class TestAppearance:
    def test_it_shows_who_and_when_in_vietnamese(self, packet: Path) -> None:
        from docgen.pdf.glyphs import drawing, fonts, missing_glyphs
        from docgen.pdf.merged import print_copy
        from docgen.pdf.reading import pdf_text

        agency = "Đảng ủy khối các cơ quan tỉnh"
        shown = Appearance(post="Bí thư chi bộ", agency=agency, image=picture(), seal=picture())
        signed = sign((packet / SHEET).read_bytes(), "kycell", key(CELL), Signing(appearance=shown, moment=SIGNED))
        text = pdf_text(print_copy([("Mẫu 06", signed)]))
        for line in ("Ký bởi: Lê Cẩn", "Chức vụ: Bí thư chi bộ", "Cơ quan: Đảng ủy khối các cơ quan tỉnh",
                     "Thời gian ký: 2018-12-20T09:30:00+07:00"):  # fmt: skip
            assert line in text
        assert not [name for name in fonts(signed) if name.endswith("!")]
        assert missing_glyphs(signed) == {}
        assert not drawing(signed).substituted

    def test_it_may_show_nothing(self, packet: Path) -> None:
        how = Signing(appearance=Appearance(visible=False), moment=SIGNED)
        signed = sign((packet / SHEET).read_bytes(), "kycell", key(CELL), how)
        assert mathematics(signed)[0].sound

    def test_what_does_not_fit_is_refused(self, packet: Path) -> None:
        how = Signing(appearance=Appearance(agency="Đảng ủy khối các cơ quan tỉnh " * 200), moment=SIGNED)
        with pytest.raises(InternalError, match="appearance_too_long"):
            sign((packet / SHEET).read_bytes(), "kycell", key(CELL), how)

    def test_a_picture_that_is_none_is_refused(self, packet: Path) -> None:
        how = Signing(appearance=Appearance(image=b"\x89PNG\r\n\x1a\nbroken"), moment=SIGNED)
        with pytest.raises(InputError, match="picture"):
            sign((packet / SHEET).read_bytes(), "kycell", key(CELL), how)


class TestKeys:
    def test_a_passphrase_comes_from_file_environment_or_question(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "pass").write_text("mật khẩu\r\nthừa\n", encoding="utf-8")
        monkeypatch.setenv("DOCGEN_PASSPHRASE", "môi trường")
        assert secret("DOCGEN_PASSPHRASE", tmp_path / "pass") == "mật khẩu"
        assert secret("DOCGEN_PASSPHRASE", None, lambda: "hỏi") == "môi trường"
        monkeypatch.delenv("DOCGEN_PASSPHRASE")
        assert secret("DOCGEN_PASSPHRASE", None, lambda: "hỏi") == "hỏi"
        assert secret("DOCGEN_PASSPHRASE") is None

    def test_a_wrong_passphrase_or_file_is_told(self, tmp_path: Path) -> None:
        path = tmp_path / "k.p12"
        path.write_bytes(authority().pkcs12(*issued(AN), "đúng"))
        assert open_pkcs12(path, "đúng").name == AN
        for content, phrase in (
            (path.read_bytes(), "lạc-đà"),
            (path.read_bytes(), None),
            (b"rubbish", "x"),
            (b"", "x"),
        ):
            path.write_bytes(content)
            with pytest.raises(InputError, match="key_refused") as caught:
                open_pkcs12(path, phrase)
            assert "lạc-đà" not in str(caught.value)


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Token:
    """A SoftHSM2 token with the manager's key and certificate."""
    monkeypatch.setenv("SOFTHSM2_CONF", str(soft_token.prepare(tmp_path / "usb")))
    return soft_token.put(*issued(MANAGER))


@pytest.mark.softhsm
class TestToken:
    def test_three_sign_in_turn_one_of_them_with_a_token(self, packet: Path, trusting: Asked, token: Token) -> None:
        sign_packet(packet, "author", key(AN), HOW)
        sign_packet(packet, "author", key(BUOI), HOW)
        with open_token(token, "1234") as manager:
            assert manager.name == MANAGER
            assert sign_packet(packet, "manager", manager, HOW).signed == [1, 2]
        for role in ("cell", "committee"):
            sign_packet(packet, role, key(NAMES[role]), HOW)
        assert verify_packet(packet, trusting).passed

    def test_a_wrong_pin_is_told_without_telling_it(self, token: Token) -> None:
        with pytest.raises(InputError, match=r"signing\.error\.token") as caught, open_token(token, "9999"):
            pass
        assert "9999" not in str(caught.value)

    def test_a_wrong_label_is_told(self, token: Token) -> None:
        wrong = Token(token.module, token_label="docgen", cert_label="không có")
        with pytest.raises(InputError, match=r"signing\.error\.token"), open_token(wrong, "1234"):
            pass


def test_a_module_that_is_not_there_is_told() -> None:
    pytest.importorskip("pkcs11")
    with (
        pytest.raises(InputError, match="module_missing"),
        open_token(Token("/nonexistent.so", cert_label="x"), "1"),
    ):
        pass


class TestAnotherDevice:
    def _complete(self, path: Path, name: str) -> None:
        """What the device does: sign the attributes with its key."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding

        content = json.loads(path.read_text(encoding="utf-8"))
        for item in content["documents"]:
            data = base64.b64decode(item["signed_attributes"])
            value = issued(name)[0].sign(data, padding.PKCS1v15(), hashes.SHA256())
            item["signature"] = base64.b64encode(value).decode()
        path.write_text(json.dumps(content), encoding="utf-8")

    def _certificate(self, folder: Path, name: str) -> Path:
        path = folder / "cert.der"
        path.write_bytes(as_asn1(issued(name)[1]).dump())
        return path

    def test_digests_go_out_and_signatures_come_in(self, packet: Path, trusting: Asked, tmp_path: Path) -> None:
        file = tmp_path / "ky.json"
        for name in MEMBERS.values():
            export_digests(packet, "author", self._certificate(tmp_path, name), file, HOW)
            self._complete(file, name)
            assert len(import_signatures(packet, file).signed) == 1
            file.unlink()
        for role, name in NAMES.items():
            sign_packet(packet, role, key(name), HOW)
        assert verify_packet(packet, trusting).passed

    def test_what_is_not_signed_yet_stays_due(self, packet: Path, tmp_path: Path) -> None:
        file = tmp_path / "ky.json"
        export_digests(packet, "author", self._certificate(tmp_path, AN), file, HOW)
        done = import_signatures(packet, file)
        assert (done.signed, done.blocked) == ([], {1: ["author"]})

    def test_a_signature_with_another_key_is_refused(self, packet: Path, tmp_path: Path) -> None:
        file = tmp_path / "ky.json"
        export_digests(packet, "author", self._certificate(tmp_path, AN), file, HOW)
        self._complete(file, BUOI)
        before = (packet / FIRST).read_bytes()
        with pytest.raises(InputError, match="remote_signature"):
            import_signatures(packet, file)
        assert (packet / FIRST).read_bytes() == before

    @pytest.mark.parametrize("content", ["", "{}", '{"format": "docgen-remote/1"}', "[]"])
    def test_a_broken_file_is_refused(self, packet: Path, tmp_path: Path, content: str) -> None:
        (tmp_path / "ky.json").write_text(content, encoding="utf-8")
        with pytest.raises(DocgenError):
            import_signatures(packet, tmp_path / "ky.json")


class TestOtherTools:
    @pytest.mark.skipif(shutil.which("pdfsig") is None, reason="pdfsig")
    def test_pdfsig_agrees_on_the_untouched_file(self, signed: Path) -> None:
        done = subprocess.run(["pdfsig", "-nocert", signed / FIRST], capture_output=True, text=True, check=False)
        assert done.stdout.count("Signature is Valid") == 4
        assert done.stdout.count("Total document signed") == 1

    def test_pyhankos_own_command_line_agrees(self, signed: Path, tmp_path: Path) -> None:
        pytest.importorskip("pyhanko.cli")
        (tmp_path / "ca.pem").write_bytes(authority().pem())
        command = [
            sys.executable, "-m", "pyhanko", "sign", "validate", "--no-revocation-check", "--trust-replace",
            "--trust", str(tmp_path / "ca.pem"), "--validation-time", VERIFIED.isoformat(), str(signed / FIRST),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def test_the_fields_are_there_from_the_start(self, packet: Path) -> None:
        assert field_names((packet / FIRST).read_bytes()) == [
            ("kyauthor", False), ("kymanager", False), ("kycell", False), ("kycommittee", False),
        ]  # fmt: skip


class TestOneFile:
    def test_a_pdf_with_an_empty_field_does_not_pass(self, packet: Path, signed: Path, trusting: Asked) -> None:
        assert verify_file(signed / SHEET, trusting.trust).passed
        assert not verify_file(packet / SHEET, trusting.trust).passed
        sign_packet(packet, "author", key(AN), HOW)
        verdict = verify_file(packet / FIRST, trusting.trust)
        assert [reason.code for reason in verdict.documents[0].reasons if reason.weight != "note"] == ["empty_fields"]


def test_a_libreoffice_packet_is_signed_the_same_way(tmp_path: Path, trusting: Asked) -> None:
    from signing_packets import make_packet

    from docgen.pdf.engines import libreoffice

    if libreoffice.program() is None:
        pytest.skip("libreoffice")
    packet = make_packet(tmp_path / "lo", "libreoffice")
    sign_all(packet)
    assert verify_packet(packet, trusting).passed
