"""Papers that somebody signed with a pen: recorded beside the packet's papers, never taken for a signature.

Who, when, and a scan by its SHA-256 where there is one. The record is no part of the seal, for it comes after others
have signed; so anybody who has the packet can write one, and the verdict on a paper that rests on it is "cannot tell"
at best. What contradicts the packet itself (another person, a role that is not due, a scan that was changed) fails.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docgen.errors import InputError, UsageError
from docgen.i18n import short_date
from docgen.paths import iso_day
from docgen.signing.bounded import hash_of, read_bounded
from docgen.signing.names import body_likeness, likeness
from docgen.signing.packet import settle
from docgen.signing.scan import MAX_SCAN, look, read_scan
from docgen.signing.signed_manifest import Document, Manifest, load_manifest
from docgen.signing.verdict import Reason
from docgen.storage import safe_name, working_on, write_whole

#: Where scans of papers signed by hand lie in a packet.
FOLDER = "ky-tay"


@dataclass(slots=True)
class Recorded:
    """What was recorded: role, name, ISO day; the documents recorded now (or taken back), those that were already
    signed, those that bear another person's name, the scan's file.
    """

    role: str
    signer: str
    day: str
    recorded: list[int] = field(default_factory=list)
    already: list[int] = field(default_factory=list)
    others: dict[int, str] = field(default_factory=dict)
    scan: str = ""

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "role": self.role, "signer": self.signer, "day": self.day or None, "recorded": self.recorded,
            "already_signed": self.already, "other_people": {str(n): name for n, name in self.others.items()},
            "scan": self.scan or None,
        }  # fmt: skip


def record_by_hand(
    packet: Path, role: str, signer: str, day: datetime.date, scan: Path | None = None, *, only: Sequence[int] = ()
) -> Recorded:
    """Write down that `signer` signed as `role` with a pen on `day`, on each paper that is his to sign and not signed.

    A paper that bears another name for the role is left out. `scan` shows one paper, so it is taken for one only.
    Raises `UsageError` for a role or number the packet does not know, a draft, an empty name, papers that are all
    another's, and a scan for several; `InputError` for a scan that is no scan.
    """
    name = " ".join(signer.split())
    if not name:
        raise UsageError("signing.error.by_hand_name")
    with working_on(packet.absolute()):
        manifest = _manifest(packet)
        out = Recorded(role, name, day.isoformat())
        chosen = []
        for document in _asked(manifest, role, only):
            due = document.signer(role)
            assert due is not None
            if role in document.done_roles():
                out.already.append(document.number)
            elif due.name and not _same(due.body, due.name, name):
                out.others[document.number] = due.name
            else:
                chosen.append(document)
        if not chosen and out.others and not out.already:
            raise UsageError("signing.error.by_hand_other", role=role, name=name,
                             names=", ".join(sorted(set(out.others.values()))))  # fmt: skip
        kept = _keep_scan(manifest, chosen, role, scan)
        for document in chosen:
            entry = {"role": role, "name": name, "day": out.day, "scan": kept}
            document.entry["by_hand"] = [*document.by_hand, entry]
            out.recorded.append(document.number)
        out.scan = kept["file"] if kept else ""
        if chosen:
            manifest.save()
    return out


def take_back(packet: Path, role: str, *, only: Sequence[int] = ()) -> Recorded:
    """Undo `record_by_hand` for `role`, on the papers numbered `only` or on all; their scans go too.

    Raises `UsageError` for a role or number the packet does not know.
    """
    with working_on(packet.absolute()):
        manifest = _manifest(packet)
        out, scans = Recorded(role, "", ""), set()
        for document in _asked(manifest, role, only):
            for entry in document.by_hand:
                if entry["role"] == role:
                    out.signer = str(entry.get("name") or "")
                    out.recorded.append(document.number)
                    scans |= {str(scan["file"]) for scan in [entry.get("scan")] if scan}
            document.entry["by_hand"] = [entry for entry in document.by_hand if entry["role"] != role]
            if not document.entry["by_hand"]:
                del document.entry["by_hand"]
        if out.recorded:
            manifest.save()
            for name in scans - {file for file, _ in manifest.hand_scans()}:
                manifest.place(name).unlink(missing_ok=True)
    return out


def _manifest(packet: Path) -> Manifest:
    manifest = load_manifest(packet)
    if manifest.content.get("draft"):
        raise UsageError("errors.usage.draft_not_signed", folder=str(packet))
    settle(manifest)
    return manifest


def _asked(manifest: Manifest, role: str, only: Sequence[int]) -> list[Document]:
    """The documents that `role` signs, of those asked for."""
    candidates = [document for document in manifest.documents if document.signer(role) is not None]
    if not candidates:
        known = sorted({s.role for d in manifest.documents for s in d.signers})
        raise UsageError("signing.error.unknown_role", role=role, known=", ".join(known))
    unknown = [number for number in only if all(document.number != number for document in candidates)]
    if unknown:
        raise UsageError("signing.error.unknown_document", number=unknown[0])
    return [document for document in candidates if not only or document.number in only]


def _same(body: bool, printed: str, given: str) -> bool:
    """True where a name is the printed one; nobody types a name without its accents by a certificate's leave."""
    return (body_likeness(printed, given) if body else likeness(printed, given)) == "same"


def _keep_scan(manifest: Manifest, chosen: list[Document], role: str, scan: Path | None) -> dict[str, Any] | None:
    """The scan in the packet and what the manifest says of it; None where there is none."""
    if scan is None or not chosen:
        return None
    if len(chosen) > 1:
        raise UsageError("signing.error.by_hand_one_scan", numbers=", ".join(f"{d.number:03d}" for d in chosen))
    content = read_bounded(scan, MAX_SCAN)
    ending = read_scan(content, "", scan.name).ending
    name = f"{FOLDER}/{chosen[0].number:03d}-{safe_name(role, 40)}.{ending}"
    write_whole(manifest.place(name), content, overwrite=True)
    return {"file": name, "sha256": hash_of(manifest.place(name), name), "size": len(content)}


def judged(manifest: Manifest, document: Document, printed: dict[str, str]) -> Iterator[tuple[str, Reason]]:
    """What is to be said of a document's records of pens: the role, empty where the record counts for nobody.

    `printed` are the names that stand on the paper itself, by role, where they are known.
    """
    seen: set[str] = set()
    for entry in document.by_hand:
        role, name = str(entry["role"]), " ".join(str(entry.get("name") or "").split())
        day = iso_day(entry.get("day"))
        facts = {
            "role": role,
            "name": name or "–",
            "day": str(entry.get("day") or "–"),
            "on": short_date(day) if day else "–",
        }
        signer = document.signer(role)
        wrong = ""
        if signer is None:
            wrong = "not_due"
        elif role in seen:
            wrong = "twice"
        elif not name or day is None:
            wrong = "incomplete"
        elif any(known and not _same(signer.body, known, name) for known in (signer.name, printed.get(role, ""))):
            wrong, facts["printed"] = "other", signer.name or printed.get(role, "")
        seen.add(role)
        if not wrong and (scan := entry.get("scan")):
            wrong = _scan_fault(manifest, scan)
            facts["file"] = str(scan["file"])
        if wrong:
            yield "", Reason(f"by_hand_{wrong}", "failed", facts)
        elif role in document.signed_roles():
            yield "", Reason("by_hand_beside", "cannot_tell", facts)
        else:
            yield role, Reason("by_hand" if entry.get("scan") else "by_hand_no_scan", "cannot_tell", facts)


def _scan_fault(manifest: Manifest, scan: dict[str, Any]) -> str:
    """What is wrong with the scan of a record: it is gone, is another file, or nothing that may be a scan."""
    name = str(scan["file"])
    if not name.startswith(f"{FOLDER}/"):  # no other file of the packet stands for one
        return "scan_refused"
    try:
        path = manifest.place(name)
        if not path.is_file():
            return "scan_missing"
        if hash_of(path, name) != scan["sha256"]:
            return "scan_changed"
        look(read_bounded(path, MAX_SCAN, name), name)
    except InputError:
        return "scan_refused"
    except OSError:
        return "scan_missing"
    return ""
