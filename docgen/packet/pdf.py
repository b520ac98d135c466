"""The PDF part of a packet: one PDF a document with its empty signature fields, and one merged print copy.

It is made together with the packet (`docgen packet --pdf`), or later for a packet that has Word files only, when
somebody wants to sign it. Every signature field is there before the first signature.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docgen.errors import InputError, InternalError, UsageError
from docgen.forms.complete import is_shown
from docgen.forms.data import form_data
from docgen.i18n import message
from docgen.model import Finding, Place, has_errors
from docgen.packet.build import INDEX, MakePdf, PdfParts
from docgen.packet.manifest import MANIFEST, extra_entry, sha256
from docgen.packet.plan import Document, Signer
from docgen.regulations.loader import Regulation
from docgen.storage import new_folder, write_whole

PDF_FOLDER = "pdf"
INDEX_PDF = f"{PDF_FOLDER}/000-muc-luc.pdf"
PRINT_COPY = "ban-in.pdf"


@dataclass(frozen=True, slots=True)
class Page:
    """One Word file to be drawn: its number, the PDF's name, its entry in the outline, its signers.

    `texts` must be found in the PDF beside what the engine's own gate looks for.
    """

    number: int
    name: str
    docx: bytes
    title: str
    signers: Sequence[Signer]
    texts: Sequence[str] = ()


def draw(pages: Sequence[Page], index: Callable[[Mapping[int, int]], bytes], engine: str) -> PdfParts:
    """The PDF files of `pages`, of the index (`index` takes the page counts) and the print copy.

    Raises `InternalError` where a text or a letter did not arrive, `EnvironmentFault` where the engine is missing.
    """
    from docgen.pdf import convert, page_count, print_copy
    from docgen.pdf.reading import missing_text
    from docgen.signing import place_fields

    result = convert([(page.name, page.docx) for page in pages], engine)
    findings = list(result.findings)
    for page in pages:
        if page.name in result.pdfs:
            # The engine's gate has checked fonts and letters; here the form's own texts and values are looked for.
            lost = missing_text(result.pdfs[page.name], page.texts)
            findings += [Finding("pdf.text.lost", "error", Place(page.name), {"text": text[:80]}) for text in lost]
    if has_errors(findings):
        told = "; ".join(f"{f.place}: {message(f.code, **f.params)}" for f in findings if f.severity == "error")
        raise InternalError("errors.internal.pdf", problem=told[:600])
    entries: dict[int, dict[str, Any]] = {}
    counts: dict[int, int] = {}
    files: dict[str, bytes] = {}
    for page in pages:
        zones = result.zones.get(page.name, [])
        pdf = place_fields(result.pdfs[page.name], zones, page.signers)
        counts[page.number] = page_count(pdf)
        files[f"{PDF_FOLDER}/{page.name}"] = pdf
        entries[page.number] = {
            "file": f"{PDF_FOLDER}/{page.name}",
            "sha256": sha256(pdf),
            "size": len(pdf),
            "pages": counts[page.number],
            "fields": [zone.name for zone in zones],
        }
    index_pdf = convert([("muc-luc.pdf", index(counts))], result.engine).pdfs["muc-luc.pdf"]
    parts = [(message("packet.index.short", "vi"), index_pdf)]
    parts += [(page.title, result.pdfs[page.name]) for page in pages]
    merged = print_copy(parts, index=True, title=message("packet.index.title", "vi"))
    files |= {INDEX_PDF: index_pdf, PRINT_COPY: merged}
    extras = [
        extra_entry(INDEX_PDF, index_pdf, "index", True),
        extra_entry(PRINT_COPY, merged, "print copy", False),
    ]
    return PdfParts(entries, counts, files, extras, dict(result.record()))


def pdf_maker(regulation: Regulation, data: Mapping[str, Any], engine: str) -> MakePdf:
    """A function that turns the filled documents of a packet into PDF with `engine` (`auto`, `rdocx`, `libreoffice`).

    Every fixed text and every value must be found again in the PDF's text. Raises as `draw` does.
    """

    def make(documents: Sequence[tuple[Document, bytes]], index: Callable[[Mapping[int, int]], bytes]) -> PdfParts:
        pages = []
        for document, docx in documents:
            record = form_data(regulation, document.definition, data, document.record)
            title = _title(document.number, document.definition.code, document.subject)
            pages.append(
                Page(document.number, f"{document.stem}.pdf", docx, title, document.signers, _texts(document, record))
            )
        return draw(pages, index, engine)

    return make


def add_pdf(folder: Path, engine: str = "auto") -> bool:
    """Draw the PDF files of a packet that was made without; True where something was made.

    Raises `UsageError` for a draft, `InputError` where a Word file is not as the manifest records it, and what `draw`
    raises. The manifest is written last: a run that was broken off is simply repeated.
    """
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    if manifest.get("draft"):
        raise UsageError("errors.usage.draft_not_signed", folder=str(folder))
    if all(entry.get("pdf") for entry in manifest["files"]):
        return False
    pages = []
    for entry in manifest["files"]:
        docx = _recorded(folder, entry)
        signers = [Signer(s["role"], s["caption"], s["seal"], s["name"] or "") for s in entry["signers"]]
        title = _title(entry["number"], entry["code"], "")
        pages.append(Page(entry["number"], f"{Path(entry['file']).stem}.pdf", docx, title, signers))
    index = _recorded(folder, next(extra for extra in manifest["extras"] if extra["file"] == INDEX))
    parts = draw(pages, lambda counts: index, engine)
    with new_folder(folder / PDF_FOLDER, overwrite=True) as work:
        for name, content in parts.files.items():
            if name.startswith(f"{PDF_FOLDER}/"):
                write_whole(work / name.removeprefix(f"{PDF_FOLDER}/"), content)
    write_whole(folder / PRINT_COPY, parts.files[PRINT_COPY], overwrite=True)
    for entry in manifest["files"]:
        entry["pdf"] = parts.entries[entry["number"]]
    manifest["pdf"] = parts.engine
    kept = [extra for extra in manifest["extras"] if extra["file"] not in parts.files]
    manifest["extras"] = [*kept, *parts.extras]
    content = (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode()
    write_whole(folder / MANIFEST, content, overwrite=True)
    return True


def _recorded(folder: Path, entry: Mapping[str, Any]) -> bytes:
    """The bytes of a file of the packet, which must be those the manifest records."""
    try:
        content = (folder / str(entry["file"])).read_bytes()
    except OSError:
        content = b""
    if sha256(content) != entry["sha256"]:
        raise InputError("errors.input.packet_changed", file=str(entry["file"]))
    return content


def _title(number: int, code: str, subject: str) -> str:
    return f"{number}. {code}" + (f" – {subject}" if subject else "")


def _texts(document: Document, record: Mapping[str, Any]) -> list[str]:
    """The fixed texts that the form shows for `record`.

    The values stand in the Word file (`docgen.forms.complete` has looked), and the engine's gate looks in the PDF for
    every paragraph of that file.
    """
    return document.definition.fixed_texts(lambda when: is_shown(record, when))


__all__ = ["INDEX_PDF", "PDF_FOLDER", "PRINT_COPY", "add_pdf", "draw", "pdf_maker"]
