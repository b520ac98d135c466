"""Which papers of a packet are signed, as far as `verify` vouches for it.

Nothing the manifest says of itself is believed: a paper counts as signed where each signature that is due passed, and
where its Word file is, byte for byte, what the dossier gives now. One signed by hand is recorded, never proven.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from docgen.errors import DocgenError
from docgen.forms.fill import Filler
from docgen.packet.documents import Filling, filled
from docgen.packet.office_data import office_data
from docgen.packet.plan import besides, plan_documents
from docgen.packet.received import verify_received
from docgen.records import DossierData
from docgen.regulations.loader import RegulationData
from docgen.signing.bundle import opened
from docgen.signing.signed_manifest import find_packet, load_manifest
from docgen.signing.verdict import DocumentVerdict, Status, Verdict
from docgen.signing.verify import Asked

#: What a packet on which nobody has signed with a key yet is blamed for, and papers signed by hand do not need.
_UNSIGNED = frozenset(("nothing_signed", "manifest_unsealed"))
PaperId = tuple[str, str]


@dataclass(frozen=True, slots=True)
class InPacket:
    """What was found in a packet: the verdict on it, the state of each paper that is signed (by form and record), how
    many papers are not what the dossier gives now, how many the packet has, how many lack a signature that is due, and
    the forms it holds besides those that are owed."""

    path: str
    verdict: Status
    states: Mapping[PaperId, str]
    stale: int
    documents: int
    unsigned: int = 0
    besides: Collection[str] = ()


def signed_papers(
    packet: Path, regulation: RegulationData, data: DossierData, asked: Asked, templates: Sequence[Path] = ()
) -> InPacket:
    """Verify the packet at `packet` and say which papers of the dossier `data` are signed in it.

    Raises `InputError` where there is no packet.
    """
    with opened(packet) as place:
        manifest = load_manifest(find_packet(place))
        verdict = verify_received(place, asked)
    sound = _whole(verdict)
    papers = besides(regulation, manifest.content["files"])
    planned = plan_documents(regulation, data, papers)
    now = {(document.definition.form, document.record.key()): document for document in planned}
    filling = Filling(regulation, data, planned, Path(), templates,
                      counted=office_data(regulation, data, papers) if papers else None)  # fmt: skip
    fillers: dict[str, Filler] = {}
    states, stale, unsigned = {}, 0, 0
    for document, found in zip(manifest.documents, verdict.documents, strict=False):
        key = (str(document.entry.get("form") or ""), str(document.entry.get("record") or ""))
        if key not in now:
            continue
        form = now[key].definition
        try:
            filler = fillers.setdefault(form.form, Filler(form, templates))
            content = filled(filling, now[key], filler, check=False)
        except DocgenError:
            stale += 1  # what cannot be printed any more is not what was signed
            continue
        if hashlib.sha256(content).hexdigest() != document.entry.get("sha256"):
            stale += 1
        elif sound and (state := _state(found)):
            states[key] = state
        elif now[key].signers:
            unsigned += 1
    stale += len(now.keys() - {(str(d.entry.get("form")), str(d.entry.get("record"))) for d in manifest.documents})
    return InPacket(str(packet), verdict.status, states, stale, len(manifest.documents), unsigned, papers)


def _whole(verdict: Verdict) -> bool:
    """True where nothing is wrong with the packet as a whole."""
    return verdict.superseded is None and not any(
        reason.weight == "failed" and reason.code not in _UNSIGNED for reason in verdict.reasons
    )


def _state(found: DocumentVerdict) -> str:
    """What verify says of one paper: signed by all who are due, by hand at least one of them, or neither (empty)."""
    if found.status == "failed":
        return ""
    missing = {one["role"] for one in found.missing}
    if not missing:
        return "signed" if found.status == "passed" and found.signatures else ""
    return "signed_by_hand" if missing <= set(found.by_hand) else ""
