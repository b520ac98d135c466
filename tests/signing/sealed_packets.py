"""Packets of a body with a seal (QĐ 379 Điều 12): made, signed rightly, signed by the wrong hand, judged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from authority import SIGNED, VERIFIED, key, root_certificate

from docgen.dossier.sample import sample_dossier
from docgen.packet.make import build_packet
from docgen.packet.pdf import pdf_maker
from docgen.regulations.loader import load_regulation
from docgen.signing import Asked, Signing, Trust, Verdict, sign, sign_packet, verify_packet
from docgen.signing.packet import keep, recorded_pdf
from docgen.signing.signed_manifest import load_manifest, seal_text

BODY, AGENCY, ABOVE = "Đảng ủy Trường Đại học Sông Hậu", "Trường Đại học Sông Hậu", "Đảng ủy Đại học Vùng Hạ"
CHAIR, SUPERIOR = "Nguyễn Văn A", "Lý Thị Cao"
HOW = Signing(moment=SIGNED)


def sealed_dossier() -> dict[str, Any]:
    """A đảng bộ whose papers bear a seal; nobody's own papers, to keep the packet small."""
    data = sample_dossier("hd43-2025", members=1)
    data["members"] = []
    data["organization"] |= {
        "kind": "dang_bo", "name": AGENCY, "parent": "Đại học Vùng Hạ", "unit": AGENCY,
    }  # fmt: skip
    data["party_organization"]["facts"]["org_type"] = "dang_bo"
    data["signers"]["superior"] = SUPERIOR
    return data


def made(folder: Path, data: dict[str, Any]) -> Path:
    build_packet(
        load_regulation(data["regulation"]), data, folder, source={"file": "x", "sha256": ""},
        make_pdf=pdf_maker("rdocx"),
    )  # fmt: skip
    return folder


def judged(packet: Path) -> Verdict:
    return verify_packet(packet, Asked(Trust([root_certificate()], moment=VERIFIED)))


def finish(packet: Path, *, body: str = BODY) -> None:
    """The body, then the level above and its body."""
    for role, name in (("collective_body", body), ("superior", SUPERIOR), ("superior_body", ABOVE)):
        sign_packet(packet, role, key(name), HOW)


def forced(packet: Path, number: int, role: str, name: str, field: str = "", said: str = "") -> None:
    """Sign in a field in spite of everything `sign_packet` would say, with what docgen writes into a signature."""
    manifest = load_manifest(packet)
    document = manifest.document(number)
    assert document is not None
    field = field or document.signer(role).field  # type: ignore[union-attr]
    reason = seal_text(manifest.seal(), number, said or role)
    signed = sign(recorded_pdf(manifest, document), field, key(name), HOW, reason=reason)
    keep(manifest, document, signed, key(name).signature_record(role, field, SIGNED, "B-B"))
    manifest.save()


def codes(verdict: Verdict, number: int) -> set[str]:
    document = next(d for d in verdict.documents if d.number == number)
    return {r.code for r in document.reasons} | {r.code for s in document.signatures for r in s.reasons}
