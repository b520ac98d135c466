"""The PDF part of a packet: one PDF a document with its empty signature fields, and one merged print copy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from docgen.errors import InternalError
from docgen.forms.data import form_data
from docgen.i18n import message
from docgen.model import Finding, Place, has_errors
from docgen.packet.build import MakePdf, PdfParts
from docgen.packet.manifest import extra_entry, sha256
from docgen.packet.plan import Document
from docgen.regulations.loader import Regulation

PDF_FOLDER = "pdf"
INDEX_PDF = f"{PDF_FOLDER}/000-muc-luc.pdf"
PRINT_COPY = "ban-in.pdf"


def pdf_maker(regulation: Regulation, data: Mapping[str, Any], engine: str) -> MakePdf:
    """A function that turns the filled documents of a packet into PDF with `engine` (`auto`, `rdocx`, `libreoffice`).

    Every fixed text and every value must be found again in the PDF's text, else `InternalError`. Raises
    `EnvironmentFault` where the engine or its libraries are missing.
    """

    def make(documents: Sequence[tuple[Document, bytes]], index: Callable[[Mapping[int, int]], bytes]) -> PdfParts:
        from docgen.pdf import convert, page_count, print_copy
        from docgen.pdf.reading import missing_text

        names = {document.number: f"{document.stem}.pdf" for document, _ in documents}
        result = convert([(names[d.number], docx) for d, docx in documents], engine)
        findings = list(result.findings)
        entries: dict[int, dict[str, Any]] = {}
        pages: dict[int, int] = {}
        files: dict[str, bytes] = {}
        for document, _ in documents:
            name = names[document.number]
            if name not in result.pdfs:
                continue
            record = form_data(regulation, document.definition, data, document.record)
            # The engine's own gate has checked fonts and letters; here the form's own texts and values are looked for.
            lost = missing_text(result.pdfs[name], _texts(document, record))
            findings += [Finding("pdf.text.lost", "error", Place(name), {"text": text[:80]}) for text in lost]
        if has_errors(findings):
            told = "; ".join(f"{f.place}: {message(f.code, **f.params)}" for f in findings if f.severity == "error")
            raise InternalError("errors.internal.pdf", problem=told[:600])
        for document, _ in documents:
            name = names[document.number]
            pdf = _with_fields(result.pdfs[name], result.zones.get(name, []), document)
            pages[document.number] = page_count(result.pdfs[name])
            files[f"{PDF_FOLDER}/{name}"] = pdf
            entries[document.number] = {
                "file": f"{PDF_FOLDER}/{name}",
                "sha256": sha256(pdf),
                "size": len(pdf),
                "pages": pages[document.number],
                "fields": [zone.name for zone in result.zones.get(name, [])],
            }
        index_pdf = convert([("muc-luc.pdf", index(pages))], result.engine).pdfs["muc-luc.pdf"]
        files[INDEX_PDF] = index_pdf
        parts = [(message("packet.index.short", "vi"), index_pdf)]
        parts += [(_title(d), result.pdfs[names[d.number]]) for d, _ in documents]
        merged = print_copy(parts, index=True, title=message("packet.index.title", "vi"))
        files[PRINT_COPY] = merged
        extras = [
            extra_entry(INDEX_PDF, index_pdf, "index", True),
            extra_entry(PRINT_COPY, merged, "print copy", False),
        ]
        return PdfParts(entries, pages, files, extras, dict(result.record()))

    return make


def _title(document: Document) -> str:
    definition = document.definition
    about = f" – {document.subject}" if document.subject else ""
    return f"{document.number}. {definition.code}{about}"


def _texts(document: Document, record: Mapping[str, Any]) -> list[str]:
    """What must be found in the PDF: the form's fixed texts that are shown, and the narrative and plain values."""
    from docgen.forms.complete import is_shown
    from docgen.forms.fill import texts_of

    values = [
        text
        for key, value in record.items()
        if key in ("review", "member", "collective", "assessment", "cell", "civil") and isinstance(value, Mapping)
        for name, part in value.items()
        if name not in ("levels", "kind") and not name.endswith("date")
        for text in texts_of(part)
        if len(text) > 12 and " " in text
    ]
    return [*document.definition.fixed_texts(lambda when: is_shown(record, when)), *values]


def _with_fields(pdf: bytes, zones: Sequence[Any], document: Document) -> bytes:
    """`pdf` with one empty signature field a zone, where the libraries for signing are installed."""
    try:
        from docgen.signing import place_fields
    except ImportError:
        return pdf
    return place_fields(pdf, zones, document.signers)


__all__ = ["INDEX_PDF", "PDF_FOLDER", "PRINT_COPY", "pdf_maker"]
