"""Making a packet: every document filled and checked, index, summary, manifest, in one folder that appears whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docgen.errors import UsageError
from docgen.forms.data import form_data
from docgen.forms.fill import Filler
from docgen.model import Finding, has_errors
from docgen.packet.index import index_page, summary_page
from docgen.packet.manifest import MANIFEST, extra_entry, file_entry, manifest
from docgen.packet.plan import Document, plan_documents
from docgen.regulations.loader import Regulation
from docgen.storage import new_folder, write_whole

INDEX = "muc-luc.docx"
SUMMARY = "tong-hop-noi-bo.docx"


@dataclass(slots=True)
class Packet:
    """What was made: the folder, the documents in order, the bytes of each file while they are still at hand."""

    folder: Path
    documents: list[Document]
    files: dict[str, str] = field(default_factory=dict)
    draft: bool = False


@dataclass(slots=True)
class PdfParts:
    """What a PDF engine made of a packet: the entry for each document, further files, the engine's own words."""

    entries: dict[int, dict[str, Any]]
    pages: dict[int, int]
    files: dict[str, bytes]
    extras: list[dict[str, Any]]
    engine: dict[str, Any]


#: Turns the packet's documents into PDF: (document, its Word file) pairs and the index page -> `PdfParts`.
MakePdf = Callable[[Sequence[tuple[Document, bytes]], Callable[[Mapping[int, int]], bytes]], PdfParts]


def fill_documents(
    regulation: Regulation,
    data: Mapping[str, Any],
    documents: Sequence[Document],
    *,
    templates: Sequence[Path | str] = (),
    draft: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[tuple[bytes, str]]:
    """The Word file of each document and the source of its template.

    Raises `InternalError` where a text or value is lost, `DocgenError` for a template that asks for what is not there.
    """
    fillers: dict[str, Filler] = {}
    out = []
    for position, document in enumerate(documents, start=1):
        form = document.definition.form
        if form not in fillers:
            fillers[form] = Filler(regulation, document.definition, templates)
        filler = fillers[form]
        record = form_data(regulation, document.definition, data, document.record)
        out.append((filler.fill(record, draft=draft), "office" if filler.own_template else "built"))
        progress(position, len(documents))
    return out


def build_packet(
    regulation: Regulation,
    data: Mapping[str, Any],
    output: Path,
    *,
    source: Mapping[str, str],
    findings: Sequence[Finding] = (),
    board: Mapping[str, Any] | None = None,
    templates: Sequence[Path | str] = (),
    draft: bool = False,
    overwrite: bool = False,
    make_pdf: MakePdf | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Packet:
    """Make the packet of the dossier `data` in the folder `output`.

    A dossier with errors is refused (`UsageError`) unless `draft`, which marks every page DỰ THẢO. `source` names the
    dossier's file and hash for the manifest. The folder appears whole or not at all.
    """
    if has_errors(list(findings)) and not draft:
        count = sum(1 for f in findings if f.severity == "error")
        raise UsageError("errors.usage.packet_with_errors", count=count)
    documents = plan_documents(regulation, data)
    filled = fill_documents(regulation, data, documents, templates=templates, draft=draft, progress=progress)
    names = [f"{document.stem}.docx" for document in documents]
    packet = Packet(output, documents, draft=draft)

    def index(pages: Mapping[int, int]) -> bytes:
        return index_page(regulation, data, documents, names, pages, draft)

    pdf = make_pdf([(d, docx) for d, (docx, _) in zip(documents, filled, strict=True)], index) if make_pdf else None
    entries = []
    with new_folder(output, overwrite=overwrite) as work:
        for document, name, (docx, template) in zip(documents, names, filled, strict=True):
            write_whole(work / name, docx)
            entry = file_entry(document, name, docx, template)
            if pdf is not None:
                entry["pdf"] = pdf.entries[document.number]
            entries.append(entry)
            packet.files[name] = entry["sha256"]
        extras = []
        contents = index(pdf.pages if pdf else {})
        write_whole(work / INDEX, contents)
        extras.append(extra_entry(INDEX, contents, "index", True))
        contents = summary_page(regulation, data, findings, board, draft)
        write_whole(work / SUMMARY, contents)
        extras.append(extra_entry(SUMMARY, contents, "summary", False))
        if pdf is not None:
            for name, content in pdf.files.items():
                write_whole(work / name, content)
            extras.extend(pdf.extras)
        counts = Counter(f.severity for f in findings)
        write_whole(
            work / MANIFEST,
            manifest(
                regulation, data, source, entries, extras, draft=draft, findings=dict(sorted(counts.items())),
                engine=pdf.engine if pdf else None,
            ),
        )  # fmt: skip
    return packet
