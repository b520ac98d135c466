"""Digitised papers of a packet: the file as it came, and beside it the PDF in which the body signs.

QĐ 379-QĐ/TW Điều 12; QĐ 383-QĐ/TW Điều 12 khoản 7 (every kind of one document is kept), Điều 17 khoản 3 (marked as
digitised).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.errors import UsageError
from docgen.packet.manifest import sha256
from docgen.packet.plan import body_signer
from docgen.paths import JsonDict
from docgen.records import DossierData
from docgen.regulations.loader import RegulationData
from docgen.regulations.originals import SCAN, sealed_by
from docgen.secrecy import secrecy_mark
from docgen.storage import safe_name, write_whole

if TYPE_CHECKING:
    from docgen.signing.scan import Scan

FOLDER = "so-hoa"


def write_scans(
    regulation: RegulationData, data: DossierData, scans: Sequence[Scan], first: int, folder: Path
) -> list[JsonDict]:
    """Write the `scans` into the packet in `folder`; returns their entries in the manifest, numbered from `first`.

    Raises `UsageError` where the regulation says nothing of digitised papers, or a title is a secrecy mark.
    """
    if not scans:
        return []
    if not regulation.originals:
        raise UsageError("errors.usage.no_scans", regulation=regulation.id)
    from docgen.pdf import page_count
    from docgen.signing import field_name
    from docgen.signing.scan import DIGITISED, scan_pdf

    signer = body_signer(SCAN, sealed_by(regulation.originals, data).get(SCAN, ""))
    entries: list[JsonDict] = []
    for number, scan in enumerate(scans, start=first):
        if secrecy_mark(scan.title):
            raise UsageError("errors.usage.secret")
        stem = f"{FOLDER}/{number:03d}-{safe_name(scan.title, 60)}"
        name, signed_name = f"{stem}.{scan.ending}", f"{stem}-xac-thuc.pdf"
        pdf = scan_pdf(scan, field_name(signer.role))
        write_whole(folder / name, scan.content)
        write_whole(folder / signed_name, pdf)
        entries.append(
            {
                "number": number, "file": name, "sha256": sha256(scan.content), "size": len(scan.content),
                "regulation": regulation.id, "code": "", "title": scan.title, "origin": DIGITISED,
                "record": f"{DIGITISED}-{number}", "clause": regulation.originals.clause,
                "signers": [
                    {"role": signer.role, "caption": signer.caption, "name": signer.name or None, "seal": signer.seal,
                     "status": "due"}
                ],
                "pdf": {
                    "file": signed_name, "sha256": sha256(pdf), "size": len(pdf), "pages": page_count(pdf),
                    "fields": [field_name(signer.role)],
                },
            }
        )  # fmt: skip
    return entries
