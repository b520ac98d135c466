"""Packets to sign and to tamper with: two members with a self-review each, a sheet of the cell, an annex."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from authority import SIGNED, key

from docgen.forms.definition import Text, load_form
from docgen.forms.fill import Filler
from docgen.pdf import convert
from docgen.regulations.loader import load_regulation
from docgen.signing import Signing, place_fields, sign_packet
from docgen.signing.signed_manifest import sha256

MEMBERS = {"dv-01": "Nguyễn Văn An", "dv-02": "Trần Thị Bưởi"}
MANAGER, CELL, COMMITTEE = "Phan Văn Tám", "Lê Cẩn", "Phạm Đức Ước"
NAMES = {"manager": MANAGER, "cell": CELL, "committee": COMMITTEE}


def make_packet(folder: Path, engine: str = "rdocx") -> Path:
    """A packet as `docgen packet` writes it, small."""
    regulation = load_regulation("kh55-2018")
    plan = [("mau-02", "dv-01"), ("mau-02", "dv-02"), ("mau-06", ""), ("phu-luc", "dv-01")]
    documents = []
    for number, (form, member) in enumerate(plan, start=1):
        definition = load_form(regulation, form)
        data: dict[str, Any] = {"member": {"full_name": MEMBERS[member]}} if member else {}
        name = f"{number:03d}-{form}{'-' + member if member else ''}"
        documents.append((name, definition, member, Filler(definition).fill(data, blank=True, check=False)))
    result = convert([(name, docx) for name, _, _, docx in documents], engine)
    assert not [f for f in result.findings if f.severity == "error"], result.findings
    files = []
    (folder / "pdf").mkdir(parents=True)
    for number, (name, definition, member, docx) in enumerate(documents, start=1):
        (folder / f"{name}.docx").write_bytes(docx)
        pdf = place_fields(result.pdfs[name], result.zones[name], definition.signs())
        (folder / "pdf" / f"{name}.pdf").write_bytes(pdf)
        signers = []
        for block in definition.signs():
            printed = NAMES.get(block.role, MEMBERS.get(member, ""))
            caption = "".join(part.text for part in block.text[0] if isinstance(part, Text))
            signers.append(
                {"role": block.role, "caption": caption, "name": printed, "seal": block.seal, "status": "due"}
            )
        files.append(
            {
                "number": number, "file": f"{name}.docx", "sha256": sha256(docx), "size": len(docx),
                "form": definition.form, "code": definition.code, "title": definition.name,
                "member": member or None, "signers": signers,
                "pdf": {"file": f"pdf/{name}.pdf", "sha256": sha256(pdf), "size": len(pdf)},
            }
        )  # fmt: skip
    (folder / "muc-luc.docx").write_bytes(b"index")
    content = {
        "format": "docgen-packet/1", "draft": False, "regulation": {"id": "kh55-2018"},
        "dossier": {"file": "ho-so.json", "sha256": sha256(b"{}")}, "files": files,
        "extras": [{"file": "muc-luc.docx", "sha256": sha256(b"index"), "what": "index", "submitted": True}],
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return folder


def sign_all(packet: Path) -> None:
    """Every role signs, each with its own key, in order."""
    how = Signing(moment=SIGNED)
    for name in MEMBERS.values():
        sign_packet(packet, "author", key(name), how)
    for role, name in NAMES.items():
        sign_packet(packet, role, key(name), how)
