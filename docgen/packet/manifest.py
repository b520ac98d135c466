"""`manifest.json`: what a packet holds and how each file is recognised.

Names of the archival metadata follow the field list of HD 36-HD/VPTW's electronic archives (doc_code, organ_name …).
Nothing in it depends on the clock: the same dossier gives the same manifest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from docgen.packet.documents import FilledFile
from docgen.packet.plan import Document
from docgen.paths import JsonDict, JsonMap
from docgen.records import DossierData
from docgen.regulations.duties import body_of
from docgen.regulations.loader import RegulationData
from docgen.storage import json_bytes
from docgen.version import VERSION

MANIFEST = "manifest.json"
FORMAT = "docgen-packet/1"


def sha256(content: bytes) -> str:
    """The SHA-256 of `content`, in hex digits."""
    return hashlib.sha256(content).hexdigest()


class Extra(TypedDict):
    """The manifest's entry of a file that is no form; `submitted` says whether it goes up with the packet."""

    file: str
    sha256: str
    size: int
    what: str
    submitted: bool


def file_entry(document: Document, file: FilledFile) -> JsonDict:
    """The manifest's entry of one document of the packet."""
    definition = document.definition
    return {
        "number": document.number,
        "file": file.name,
        "sha256": file.sha256,
        "size": file.size,
        "regulation": definition.regulation,
        "form": definition.form,
        "code": definition.code,
        "title": definition.name,
        "definition": definition.definition_hash,
        "template": file.template,
        "subject": definition.subject,
        "member": document.record.member or None,
        "assessor": document.record.assessor or None,
        "record": document.record.key(),
        "clause": document.clause,
        "signers": [
            {"role": s.role, "caption": s.caption, "name": s.name or None, "seal": s.seal, "status": "due"}
            for s in document.signers
        ],
    }


def extra_entry(name: str, content: bytes, what: str, submitted: bool) -> Extra:
    """The entry of a file that is no form: the index, the summary."""
    return {"file": name, "sha256": sha256(content), "size": len(content), "what": what, "submitted": submitted}


def manifest(
    regulation: RegulationData,
    data: DossierData,
    source: Mapping[str, str],
    documents: Sequence[JsonMap],
    extras: Sequence[Extra],
    *,
    draft: bool,
    findings: Mapping[str, int],
    engine: Mapping[str, Any] | None = None,
    key: str = "",
) -> bytes:
    """The bytes of `manifest.json`; `key` is what the packet was made of (`docgen.packet.key`)."""
    organization = data.get("organization") or {}
    document = data.get("document") or {}
    year = (data.get("period") or {}).get("year")
    archive = data.get("archive") or {}
    body = body_of(data)
    content = {
        "format": FORMAT,
        "docgen": VERSION,
        "key": key,
        "draft": draft,
        "regulation": {"id": regulation.id, "number": regulation.number, "revision": regulation.revision},
        "dossier": dict(source),
        "archival": {
            "doc_code": f"{regulation.id}-{year}",
            "organ_name": organization.get("name"),
            "organ_parent": organization.get("parent"),
            "subject": f"Hồ sơ kiểm điểm, đánh giá, xếp loại chất lượng năm {year}",
            "issued_date": document.get("date"),
            "language": "vi",
            "format": "docx",
            "file_notation": archive.get("file_code"),
            "term": archive.get("term"),
        },
        # Whose papers they are: by that anybody can tell which of them take a body's signature.
        **(
            {
                "originals": {
                    "clause": regulation.originals.clause,
                    "org_type": body.org_type,
                    "collective_kind": body.collective_kind,
                }
            }
            if regulation.originals
            else {}
        ),
        "findings": dict(findings),
        "pdf": dict(engine) if engine else None,
        "files": list(documents),
        "extras": list(extras),
    }
    return json_bytes(content)
