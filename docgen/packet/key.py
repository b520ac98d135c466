"""What a packet was made of, in one value that stands in its manifest.

Whoever finds a packet with the key he would give it knows that making it again gives the same bytes: a batch that was
stopped, or whose answer was lost on the way, keeps such a packet instead of taking it for a stranger's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.forms.build import template_bytes
from docgen.forms.definition import load_form
from docgen.records import DossierData
from docgen.regulations.loader import RegulationData
from docgen.regulations.office import office_folder
from docgen.storage import json_bytes
from docgen.version import VERSION

if TYPE_CHECKING:
    from docgen.signing.scan import Scan


def regulation_key(
    regulation: RegulationData, templates: Sequence[Path | str] = (), papers: Sequence[str] = ()
) -> bytes:
    """Stands for a regulation's own data and for the templates of its forms; 32 bytes.

    `papers` are the papers around the packet that are made with it: only then do they count.
    """
    out = hashlib.blake2b(digest_size=32)
    for folder in (*regulation.chain, *([office_folder()] if papers else [])):
        for path in sorted(folder.rglob("*.yaml")):
            out.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    for form in (*regulation.forms, *papers):
        content, _ = template_bytes(load_form(regulation, form), templates)
        out.update(hashlib.sha256(content).digest())
    return out.digest()


def packet_key(
    regulation: bytes,
    data: DossierData,
    sha256: str,
    *,
    draft: bool,
    pdf_engine: str | None,
    scans: Sequence[Scan] = (),
    papers: Sequence[str] = (),
    print_copies: int = 0,
) -> str:
    """The key of a packet, 32 hex digits: of docgen's version, the dossier, and all that its packet depends on besides.

    `regulation` is a `regulation_key`, `sha256` that of the dossier's file; one that came from no file counts by its
    `data`.
    """
    beside = "".join(f"\n{hashlib.sha256(scan.content).hexdigest()} {scan.title}" for scan in scans)
    beside += "".join(f"\n{form}" for form in papers)
    beside += f"\nprint {print_copies}" if print_copies else ""
    dossier = sha256 or hashlib.sha256(json_bytes(data)).hexdigest()
    depends = f"{VERSION}\n{draft}\n{pdf_engine}\n{dossier}{beside}".encode()
    return hashlib.blake2b(depends, digest_size=16, key=regulation).hexdigest()
