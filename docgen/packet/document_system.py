"""A packet for a document system: one zip with the packet, `metadata.json`, and the same in the shape of edXML.

`metadata.json` holds what an archive asks for beside each file (QĐ 383-QĐ/TW Điều 17 khoản 2): number, date, organ,
subject, signers, pages, the hash. What is not known is null, and is left out of the XML: nothing is filled in.

The XML has the names of QCVN 102:2016/BTTTT and claims no conformity: Party files go by rules of their own (QĐ
337-QĐ/TW), and no official schema was there to check it against. It says so itself.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import IO
from xml.etree import ElementTree as Tree

from docgen.packet.manifest import sha256
from docgen.paths import Json, JsonDict
from docgen.signing.bundle import packet_names
from docgen.signing.signed_manifest import Document, load_manifest
from docgen.storage import json_bytes
from docgen.version import VERSION

FORMAT = "docgen-hand-over/1"
METADATA, ENVELOPE, FILES = "metadata.json", "edxml.xml", "bo-ho-so"
NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
_NOTE = (
    " docgen: this file takes its names from QCVN 102:2016/BTTTT and claims no conformity with it. Không phải văn bản "
    "điện tử theo quy chuẩn; để phần mềm quản lý văn bản đọc thông tin. Các tệp ở thư mục bo-ho-so của tệp zip. "
)
#: What XML 1.0 cannot hold.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DATE = (1980, 1, 1, 0, 0, 0)


def hand_over(folder: Path, out: IO[bytes], number: str = "") -> None:
    """Write the zip of the packet in `folder` to `out`; the same packet gives the same bytes.

    `number` is the number that the office gave the packet when it was sent (empty: none yet). Raises `InputError` for
    a packet that misses a file.
    """
    names = packet_names(folder)
    told = metadata(folder, number)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        _write(archive, METADATA, json_bytes(told))
        _write(archive, ENVELOPE, envelope(told))
        for name in names:
            _write(archive, f"{FILES}/{name}", (folder / name).read_bytes())


def _write(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _DATE)
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content, zipfile.ZIP_DEFLATED, 6)


def metadata(folder: Path, number: str = "") -> JsonDict:
    """What is known of the packet and of each of its documents; null for what is not."""
    manifest = load_manifest(folder)
    content = manifest.content
    archival, regulation = content.get("archival") or {}, content.get("regulation") or {}
    documents: list[Json] = [_document(folder, document) for document in manifest.documents]
    pages = [one["pages"] for one in documents if isinstance(one, dict)]
    known = [count for count in pages if isinstance(count, int)]
    return {
        "format": FORMAT,
        "docgen": VERSION,
        "draft": bool(content.get("draft")),
        "number": number.strip() or None,
        "date": archival.get("issued_date"),
        "organ": archival.get("organ_name"),
        "organ_parent": archival.get("organ_parent"),
        "subject": archival.get("subject"),
        "file_notation": archival.get("file_notation"),
        "term": archival.get("term"),
        "language": archival.get("language"),
        "regulation": regulation.get("number"),
        "pages": sum(known) if len(known) == len(pages) else None,
        "documents": documents,
    }


def _document(folder: Path, document: Document) -> JsonDict:
    name = document.pdf_file or document.file
    done = document.done_roles()
    return {
        "number": document.number,
        "file": f"{FILES}/{name}",
        "sha256": sha256((folder / name).read_bytes()),
        "size": (folder / name).stat().st_size,
        "title": document.title or None,
        "code": document.subject or None,
        "pages": document.pdf.get("pages") if document.pdf else None,
        "digitised": document.digitised,
        "signers": [
            {"role": one.role, "position": one.caption or None, "name": one.name or None, "signed": one.role in done}
            for one in document.signers
        ],
    }


def envelope(told: JsonDict) -> bytes:
    """`told` (of `metadata`) with the names of edXML; an element stands only where there is something to say."""
    Tree.register_namespace("edXML", NAMESPACE)
    root = Tree.Element(f"{{{NAMESPACE}}}edXML")
    root.append(Tree.Comment(_NOTE))
    top = _below(root, "edXMLEnvelope")
    header = _below(_below(top, "edXMLHeader"), "MessageHeader")
    if told["organ"]:
        sender = _below(header, "From")
        _say(sender, "OrganName", told["organ"])
        _say(sender, "OrganizationInCharge", told["organ_parent"])
    if told["number"]:
        _say(_below(header, "Code"), "CodeNumber", told["number"])
    if told["date"]:
        _say(_below(header, "PromulgationInfo"), "PromulgationDate", told["date"])
    _say(header, "Subject", told["subject"])
    if told["pages"] is not None:
        _say(_below(header, "OtherInfo"), "PageAmount", told["pages"])
    manifest = _below(_below(top, "edXMLBody"), "edXMLManifest")
    documents = told["documents"]
    assert isinstance(documents, list)
    for one in documents:
        assert isinstance(one, dict)
        reference = _below(manifest, "Reference")
        reference.set("ContentId", str(one["number"]))
        _say(reference, "AttachmentName", one["file"])
        _say(reference, "Description", one["title"])
    Tree.indent(root)
    text: bytes = Tree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return text + b"\n"


def _below(above: Tree.Element, name: str) -> Tree.Element:
    return Tree.SubElement(above, f"{{{NAMESPACE}}}{name}")


def _say(above: Tree.Element, name: str, value: Json) -> None:
    text = _NO_XML.sub("", str(value)) if value is not None else ""
    if text:
        _below(above, name).text = text
