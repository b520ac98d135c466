"""A decision after the fact: a packet that takes the place of one that was signed.

A regrading after discipline does not change the old packet: the old one is kept as it is, the new manifest names the
old one's seal (so every signature on the new packet covers that), and a mark beside the old one says who follows it.
The mark is a pointer, not a proof: it counts only where the new packet is at hand and names the old one.
"""

from __future__ import annotations

import json
from pathlib import Path

from docgen.errors import InputError, UsageError
from docgen.signing.signed_manifest import Manifest, find_packet, load_manifest
from docgen.signing.verdict import Supersession
from docgen.storage import json_bytes, write_whole

MARK = "thay-the.json"


def reference(old: Path, why: str) -> dict[str, str]:
    """What the manifest of a new packet says under `supersedes`: the old packet's seal, and the decision behind it.

    Put it into the manifest before anything of the new packet is signed. Raises `InputError` for what is no packet.
    """
    manifest = load_manifest(find_packet(old))
    return {"packet": manifest.seal(), "dossier_sha256": manifest.dossier_sha256, "reason": why}


def mark(old: Path, new: Path) -> Path:
    """Leave beside the old packet's manifest a mark that names the new one; returns its path.

    Raises `UsageError` where the new manifest does not name the old packet.
    """
    before, after = load_manifest(find_packet(old)), load_manifest(find_packet(new))
    named = after.content.get("supersedes") or {}
    if named.get("packet") != before.seal():
        raise UsageError("signing.error.not_superseding", old=str(old), new=str(new))
    content = {
        "superseded_by": after.seal(),
        "reason": named.get("reason", ""),
        "path": str(Path(new).resolve().name),
    }
    path = before.folder / MARK
    write_whole(path, json_bytes(content), overwrite=True)
    return path


def superseded_by(manifest: Manifest) -> Supersession | None:
    """What is known of the packet that takes this one's place: its seal, the reason, and whether it is at hand.

    None where nothing says so.
    """
    path = manifest.folder / MARK
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        out = Supersession(packet=str(content["superseded_by"]), reason=str(content.get("reason", "")), confirmed=False)
        name = Path(str(content.get("path", ""))).name
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {"packet": "?", "reason": "", "confirmed": False}
    sibling = manifest.folder.parent / name
    try:
        after = load_manifest(sibling)
    except (InputError, OSError, ValueError):  # a name with a NUL, too long a name
        return out
    named = after.content.get("supersedes") or {}
    out["confirmed"] = after.seal() == out["packet"] and named.get("packet") == manifest.seal()
    return out
