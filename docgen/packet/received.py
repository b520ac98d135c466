"""The verdict on what was received: a packet as a folder, a zip or a cover PDF, or one PDF by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from docgen.dossier import load_dossier
from docgen.packet.plan import misnamed, unmade
from docgen.regulations.loader import load_regulation
from docgen.signing.bundle import opened, unlisted_bytes
from docgen.signing.signed_manifest import find_packet, load_manifest
from docgen.signing.verdict import Reason, Verdict
from docgen.signing.verify import Asked, verify_file, verify_packet


def verify_received(
    path: Path, asked: Asked, *, progress: Callable[[int, int], None] = lambda done, total: None
) -> Verdict:
    """The verdict on what lies at `path`; with a dossier asked for, also whether the packet is all of it.

    Raises `InputError` where there is neither packet nor PDF.
    """
    with opened(path) as place:
        if place.is_file() and place.suffix.lower() == ".pdf":
            verdict = verify_file(place, asked.trust)
        else:
            asked = replace(asked, whole=place != path)
            verdict = verify_packet(place, asked, progress=progress)
            if asked.whole and path.suffix.lower() == ".zip" and (count := unlisted_bytes(path)):
                verdict.reasons.append(Reason("zip_unlisted", "cannot_tell", {"count": count}))
            if asked.dossier is not None and any(reason.code == "dossier_same" for reason in verdict.reasons):
                verdict.reasons.extend(_against_dossier(place, asked.dossier, asked.regulations))
    verdict.path = str(path)
    return verdict


def _against_dossier(packet: Path, dossier: Path, folders: Sequence[Path]) -> list[Reason]:
    """What the dossier asks for and the packet lacks, and who is to sign according to the dossier and does not.

    A packet is not whole because what is there is signed.
    """
    loaded, _ = load_dossier(dossier, folders)
    if loaded is None:
        return []
    manifest = load_manifest(find_packet(packet))
    regulation = load_regulation(loaded.regulation, loaded.folders)
    missing = unmade(regulation, loaded.data, manifest.content["files"])
    others = misnamed(regulation, loaded.data, manifest.content["files"])
    return [
        Reason("signer_differs", "failed", {"number": number, "role": s.caption, "planned": s.name, "name": named})
        for number, s, named in others
    ] + [
        Reason("document_unmade", "failed", {"title": d.definition.name, "record": d.record.member or d.subject})
        for d in missing
    ]
