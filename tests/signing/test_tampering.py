"""Every way to tamper with a signed packet that was thought of, each tried: none passes."""

from __future__ import annotations

import datetime
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from authority import SIGNED, VERIFIED, issued, key, revocation_list, root_certificate
from signing_packets import MANAGER, MEMBERS, NAMES, sign_all

from docgen.signing import Asked, Signing, Trust, Verdict, sign_packet, verify_packet
from docgen.signing.check import check_pdf
from docgen.signing.packet import beginning, keep
from docgen.signing.pades import sign
from docgen.signing.signed_manifest import load_manifest, seal_text, sha256

FIRST = "pdf/001-mau-02-dv-01.pdf"
SECOND = "pdf/002-mau-02-dv-02.pdf"
SHEET = "pdf/003-mau-06.pdf"


def codes(verdict: Verdict) -> set[str]:
    """Every reason that keeps the packet from passing."""
    found = [*verdict.reasons]
    for document in verdict.documents:
        found += document.reasons
        for signature in document.signatures:
            found += signature.reasons
    return {reason.code for reason in found if reason.weight != "note"}


def agree(packet: Path) -> None:
    """What a careful forger does next: write the new hashes into the manifest."""
    path = packet / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    for entry in content["files"]:
        pdf = (packet / entry["pdf"]["file"]).read_bytes()
        entry["pdf"]["sha256"], entry["pdf"]["size"] = sha256(pdf), len(pdf)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2), encoding="utf-8")


def appended(pdf: bytes, change: Callable[[Any], None]) -> bytes:
    """`pdf` with an incremental update: the signed bytes stay as they are."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    assert out.getvalue().startswith(pdf)
    return out.getvalue()


def draw_over(writer: Any) -> None:
    """Draw something over the first page."""
    from pyhanko.pdf_utils import generic

    stream = writer.add_object(generic.StreamObject(stream_data=b"0 0 0 rg 100 500 200 12 re f"))
    writer.add_stream_to_page(0, stream)


def add_page(writer: Any) -> None:
    """Append an empty page."""
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.writer import PageObject

    contents = writer.add_object(generic.StreamObject(stream_data=b""))
    writer.insert_page(
        PageObject(contents=contents, media_box=generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842))))
    )


def swap_font(writer: Any) -> None:
    """Put another font program under the name of the one that was signed."""
    from pyhanko.pdf_utils import generic

    resources = writer.root["/Pages"]["/Kids"][0]["/Resources"]
    name = next(iter(resources["/Font"]))
    font = resources["/Font"][name]["/DescendantFonts"][0]
    descriptor = font["/FontDescriptor"]
    descriptor["/FontFile2"] = writer.add_object(generic.StreamObject(stream_data=b"another font"))
    writer.mark_update(font.raw_get("/FontDescriptor"))


class TestASignedPacket:
    def test_it_passes_untouched(self, signed: Path, trusting: Asked) -> None:
        verdict = verify_packet(signed, trusting)
        assert verdict.status == "passed", codes(verdict)
        assert sum(len(document.signatures) for document in verdict.documents) == 9
        assert all(s.time == SIGNED.isoformat() for d in verdict.documents for s in d.signatures)

    def test_but_not_without_trust(self, signed: Path) -> None:
        verdict = verify_packet(signed, Asked(Trust(moment=VERIFIED)))
        assert verdict.status == "cannot_tell"
        assert codes(verdict) == {"no_trust_given"}

    def test_and_not_for_those_who_trust_another(self, signed: Path) -> None:
        verdict = verify_packet(signed, Asked(Trust([root_certificate("CA khác")], moment=VERIFIED)))
        assert verdict.status == "failed"
        assert "untrusted_issuer" in codes(verdict)


class TestAnUnsignedPacket:
    def test_it_does_not_pass(self, packet: Path, trusting: Asked) -> None:
        verdict = verify_packet(packet, trusting)
        assert verdict.status == "failed"
        assert {"signature_due", "manifest_unsealed"} <= codes(verdict)

    def test_nor_does_one_without_pdf(self, packet: Path, trusting: Asked) -> None:
        content = json.loads((packet / "manifest.json").read_text(encoding="utf-8"))
        for entry in content["files"]:
            (packet / entry.pop("pdf")["file"]).unlink()
        (packet / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
        assert "no_pdf" in codes(verify_packet(packet, trusting))


class TestTamperingWithAFile:
    @pytest.mark.parametrize("place", [0.1, 0.3, 0.6, 0.9])
    @pytest.mark.parametrize("careful", [False, True])
    def test_it_catches_a_flipped_byte(self, signed: Path, trusting: Asked, place: float, careful: bool) -> None:
        path = signed / FIRST
        content = bytearray(path.read_bytes())
        content[int(len(content) * place)] ^= 0x01
        path.write_bytes(content)
        if careful:
            agree(signed)
        assert verify_packet(signed, trusting).status == "failed"

    def test_it_catches_a_file_saved_again(self, signed: Path, trusting: Asked) -> None:
        with pikepdf.open(signed / FIRST, allow_overwriting_input=True) as document:
            document.save(signed / FIRST)
        agree(signed)
        assert "pdf_replaced" in codes(verify_packet(signed, trusting))

    @pytest.mark.parametrize("change", [draw_over, add_page, swap_font])
    def test_it_catches_what_was_appended(self, signed: Path, trusting: Asked, change: Callable[[Any], None]) -> None:
        path = signed / FIRST
        path.write_bytes(appended(path.read_bytes(), change))
        agree(signed)
        found = codes(verify_packet(signed, trusting))
        assert {"changed_after", "changed_beside_signing"} <= found

    @pytest.mark.parametrize("change", [draw_over, add_page, swap_font])
    def test_it_catches_what_was_changed_before_the_first_signature(
        self, packet: Path, trusting: Asked, change: Callable[[Any], None]
    ) -> None:
        manifest = load_manifest(packet)
        document = manifest.documents[2]
        content = appended((packet / SHEET).read_bytes(), change)
        signer = document.signers[0]
        reason = seal_text(manifest.seal(), document.number, signer.role)
        signed = sign(content, signer.field, key(signer.name), Signing(moment=SIGNED), reason)
        keep(manifest, document, signed, {"role": signer.role})
        manifest.save()
        assert "changed_beside_signing" in codes(verify_packet(packet, trusting))

    def test_it_catches_two_documents_swapped_between_members(self, signed: Path, trusting: Asked) -> None:
        first, second = (signed / FIRST).read_bytes(), (signed / SECOND).read_bytes()
        (signed / FIRST).write_bytes(second)
        (signed / SECOND).write_bytes(first)
        assert "pdf_replaced" in codes(verify_packet(signed, trusting))

    def test_and_a_swap_in_the_manifest(self, signed: Path, trusting: Asked) -> None:
        path = signed / "manifest.json"
        content = json.loads(path.read_text(encoding="utf-8"))
        first, second = content["files"][:2]
        first["pdf"], second["pdf"] = second["pdf"], first["pdf"]
        path.write_text(json.dumps(content), encoding="utf-8")
        assert {"other_manifest", "other_document", "wrong_person"} <= codes(verify_packet(signed, trusting))

    def test_it_catches_a_signature_taken_off(self, signed: Path, packet_store: Path, trusting: Asked) -> None:
        manifest = load_manifest(signed)
        content = (signed / FIRST).read_bytes()
        third = manifest.documents[0].pdf["signatures"][2]["sha256"]  # type: ignore[index]
        (signed / FIRST).write_bytes(content[: beginning(content, third)])
        assert "signature_removed" in codes(verify_packet(signed, trusting))
        agree(signed)
        plain = json.loads((signed / "manifest.json").read_text(encoding="utf-8"))
        plain["files"][0]["pdf"]["signatures"].pop()
        (signed / "manifest.json").write_text(json.dumps(plain), encoding="utf-8")
        assert "signature_due" in codes(verify_packet(signed, trusting))

    def test_it_catches_all_signatures_taken_off(self, signed: Path, packet_store: Path, trusting: Asked) -> None:
        shutil.copy(packet_store / FIRST, signed / FIRST)
        assert "signature_removed" in codes(verify_packet(signed, trusting))

    def test_it_catches_a_word_file_changed_missing_or_added(self, signed: Path, trusting: Asked) -> None:
        (signed / "001-mau-02-dv-01.docx").write_bytes(b"another")
        (signed / "muc-luc.docx").unlink()
        (signed / "pdf" / "099-them.pdf").write_bytes(b"%PDF-1.7")
        assert {"file_changed", "file_missing", "file_extra"} <= codes(verify_packet(signed, trusting))

    def test_it_catches_a_link_in_place_of_a_file(self, signed: Path, trusting: Asked, tmp_path: Path) -> None:
        elsewhere = tmp_path / "elsewhere.docx"
        shutil.move(signed / "001-mau-02-dv-01.docx", elsewhere)
        (signed / "001-mau-02-dv-01.docx").symlink_to(elsewhere)
        assert "file_extra" in codes(verify_packet(signed, trusting))


class TestAReplacedManifest:
    def _edit(self, packet: Path, change: Callable[[dict[str, Any]], None]) -> None:
        path = packet / "manifest.json"
        content = json.loads(path.read_text(encoding="utf-8"))
        change(content)
        path.write_text(json.dumps(content), encoding="utf-8")

    def test_it_catches_a_document_left_out(self, signed: Path, trusting: Asked) -> None:
        self._edit(signed, lambda content: content["files"].pop(1))
        for path in (signed / SECOND, signed / "002-mau-02-dv-02.docx"):
            path.unlink()
        assert "other_manifest" in codes(verify_packet(signed, trusting))

    def test_it_catches_a_signer_left_out(self, signed: Path, packet_store: Path, trusting: Asked) -> None:
        self._edit(signed, lambda content: content["files"][0]["signers"].pop())
        assert "other_manifest" in codes(verify_packet(signed, trusting))

    def test_it_catches_another_dossier(self, signed: Path, trusting: Asked) -> None:
        self._edit(signed, lambda content: content["dossier"].update(sha256=sha256(b"another")))
        assert "other_manifest" in codes(verify_packet(signed, trusting))

    def test_it_catches_a_document_from_another_packet(self, signed: Path, packet: Path, trusting: Asked) -> None:
        """The same forms, signed by the same people, in a packet made from another dossier."""
        self._edit(packet, lambda content: content["dossier"].update(sha256=sha256(b"another")))
        sign_all(packet)
        shutil.copy(packet / FIRST, signed / FIRST)
        agree(signed)
        assert "other_manifest" in codes(verify_packet(signed, trusting))

    def test_it_refuses_a_name_that_leads_out(self, signed: Path, trusting: Asked) -> None:
        self._edit(signed, lambda content: content["files"][0]["pdf"].update(file="../outside.pdf"))
        assert codes(verify_packet(signed, trusting)) == {"manifest_broken"}

    @pytest.mark.parametrize("text", ["", "[]", "{", '{"format": 1}', '{"format":"docgen-packet/1","files":[{}]}'])
    def test_it_refuses_a_broken_one(self, signed: Path, trusting: Asked, text: str) -> None:
        (signed / "manifest.json").write_text(text, encoding="utf-8")
        assert codes(verify_packet(signed, trusting)) == {"manifest_broken"}

    def test_it_refuses_a_key_that_stands_twice(self, signed: Path, trusting: Asked) -> None:
        path = signed / "manifest.json"
        path.write_text(
            path.read_text(encoding="utf-8").replace('"draft"', '"files": [], "draft"', 1), encoding="utf-8"
        )
        assert codes(verify_packet(signed, trusting)) == {"manifest_broken"}


class TestTheWrongSigner:
    def test_it_catches_a_revoked_certificate(self, signed: Path) -> None:
        trust = Trust([root_certificate()], crls=[revocation_list(MANAGER)], moment=VERIFIED)
        verdict = verify_packet(signed, Asked(trust))
        assert verdict.status == "failed"
        assert codes(verdict) == {"certificate_revoked"}

    def test_even_by_an_old_list(self, signed: Path) -> None:
        late = VERIFIED + datetime.timedelta(days=1500)
        trust = Trust([root_certificate()], crls=[revocation_list(MANAGER)], moment=late)
        assert "certificate_revoked" in codes(verify_packet(signed, Asked(trust)))

    def test_but_a_list_without_that_name_is_fine(self, signed: Path) -> None:
        trust = Trust([root_certificate()], crls=[revocation_list()], moment=VERIFIED)
        verdict = verify_packet(signed, Asked(trust))
        assert verdict.passed, codes(verdict)
        notes = {r.code for d in verdict.documents for s in d.signatures for r in s.reasons}
        assert notes == set()

    def test_it_catches_a_certificate_that_had_expired_at_signing(self, packet: Path, trusting: Asked) -> None:
        ends = SIGNED - datetime.timedelta(days=1)
        sign_packet(packet, "author", key(MEMBERS["dv-01"], ends=ends), Signing(moment=SIGNED))
        assert "certificate_expired" in codes(verify_packet(packet, trusting))

    def test_it_cannot_tell_for_one_that_expired_since(self, packet: Path) -> None:
        ends = SIGNED + datetime.timedelta(days=2)
        sign_packet(packet, "author", key(MEMBERS["dv-01"], ends=ends), Signing(moment=SIGNED))
        verdict = verify_packet(packet, Asked(Trust([root_certificate()], moment=VERIFIED)))
        assert "expired_since" in codes(verdict)
        assert verdict.documents[0].signatures[0].status == "cannot_tell"

    def test_it_catches_a_signature_given_for_another_role(self, packet: Path, trusting: Asked) -> None:
        manifest = load_manifest(packet)
        document = manifest.documents[0]
        reason = seal_text(manifest.seal(), document.number, "author")
        signed = sign(
            (packet / FIRST).read_bytes(), document.signers[1].field, key(MANAGER), Signing(moment=SIGNED), reason
        )
        keep(manifest, document, signed, {"role": "manager"})
        manifest.save()
        assert "other_role" in codes(verify_packet(packet, trusting))

    def test_it_catches_one_person_in_the_place_of_another(self, packet: Path, trusting: Asked) -> None:
        manifest = load_manifest(packet)
        document = manifest.documents[0]
        reason = seal_text(manifest.seal(), document.number, "manager")
        signed = sign(
            (packet / FIRST).read_bytes(), document.signers[1].field, key(MEMBERS["dv-01"]), Signing(moment=SIGNED),
            reason,
        )  # fmt: skip
        keep(manifest, document, signed, {"role": "manager"})
        manifest.save()
        assert "wrong_person" in codes(verify_packet(packet, trusting))

    def test_it_says_when_a_name_is_on_no_paper(self, packet: Path, trusting: Asked) -> None:
        sign_packet(packet, "author", key("Người Lạ"), Signing(moment=SIGNED), only=[1])
        reasons = verify_packet(packet, trusting).documents[0].signatures[0].reasons
        assert ("name_differs", "note") in [(r.code, r.weight) for r in reasons]
        trusting.strict_names = True
        reasons = verify_packet(packet, trusting).documents[0].signatures[0].reasons
        assert ("name_differs", "cannot_tell") in [(r.code, r.weight) for r in reasons]

    def test_it_takes_a_certificate_without_accents(self, packet: Path, trusting: Asked) -> None:
        sign_packet(packet, "author", key("NGUYEN VAN AN (CMND 012345678)"), Signing(moment=SIGNED))
        trusting.strict_names = True
        assert verify_packet(packet, trusting).documents[0].signatures[0].status == "passed"


class TestASignaturesMathematics:
    def test_it_is_not_enough(self, signed: Path) -> None:
        """What a check of digests alone calls valid: the signed bytes are whole, the file is another."""
        content = appended((signed / FIRST).read_bytes(), draw_over)
        trust = Trust([root_certificate()], moment=VERIFIED)
        signatures, _ = check_pdf(content, trust)
        assert len(signatures) == 4
        assert all(signature.status == "failed" for signature in signatures)

    @pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"%PDF-1.7\n%%EOF", b"\x00" * 5000])
    def test_it_fails_for_what_is_no_pdf(self, content: bytes) -> None:
        signatures, reasons = check_pdf(content, Trust())
        assert not signatures
        assert [reason.code for reason in reasons] == ["unreadable"]

    def test_it_fails_for_every_cut(self, signed: Path) -> None:
        content = (signed / FIRST).read_bytes()
        trust = Trust([root_certificate()], moment=VERIFIED)
        for share in (0.2, 0.5, 0.8, 0.95, 0.999):
            signatures, reasons = check_pdf(content[: int(len(content) * share)], trust)
            assert reasons or len(signatures) < 4 or any(s.status != "passed" for s in signatures)


def test_the_keys_of_these_tests_differ() -> None:
    serials = {issued(name)[1].serial_number for name in [*MEMBERS.values(), *NAMES.values()]}
    assert len(serials) == 5
