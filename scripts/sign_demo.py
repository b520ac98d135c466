"""Sign the demo's packet with TEST keys made on the spot, each role in turn, and verify it.

    python scripts/sign_demo.py PACKET KEYS

What a secretary does with `docgen sign` and real keys, `docgen verify` and the real authority, in one go.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from docgen.errors import EXIT_FINDINGS
from docgen.signing import Asked, due, load_trust, open_pkcs12, sign_packet, verify_packet
from docgen.signing.demo_authority import ROOT_FILE, WARNING, make

#: Who signs where the dossier names nobody: the levels above.
UNNAMED = "Người ký cấp trên (thử)"


def main(packet: Path, keys: Path) -> int:
    """Sign everything that is due; the exit code of the verification."""
    manifest = json.loads((packet / "manifest.json").read_text(encoding="utf-8"))
    names = {signer["name"] or UNNAMED for file in manifest["files"] for signer in file["signers"]}
    stores = make(keys, {name: name for name in sorted(names)})
    print(f"Khóa thử nghiệm trong {keys}: {WARNING}")
    signed = 0
    while entries := [entry for entry in due(packet) if entry.ready]:
        before = signed
        for entry in entries:
            for name in [*entry.names, UNNAMED]:
                store, secret = stores.get(name, stores[UNNAMED])
                key = open_pkcs12(store, secret.read_text(encoding="utf-8").strip())
                only = [] if name in stores and name != UNNAMED else unnamed(manifest, entry.role)
                if name == UNNAMED and not only:
                    continue
                signed += len(sign_packet(packet, entry.role, key, only=only).signed)
        if signed == before:
            break
    verdict = verify_packet(packet, Asked(trust=load_trust([keys / ROOT_FILE])))
    words = {"passed": "đạt", "failed": "không đạt", "cannot_tell": "chưa kết luận được"}
    print(f"{signed} chữ ký trên {len(verdict.documents)} tài liệu; kiểm tra ngay sau khi ký: {words[verdict.status]}")
    return 0 if verdict.passed else EXIT_FINDINGS


def unnamed(manifest: dict[str, list[dict[str, object]]], role: str) -> list[int]:
    """The documents on which nobody's name is printed for `role`."""
    out = []
    for file in manifest["files"]:
        signers = file["signers"]
        assert isinstance(signers, list)
        if any(s["role"] == role and not s["name"] for s in signers):
            out.append(int(str(file["number"])))
    return out


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
