"""Making a packet: every document filled and checked, index, summary, manifest, in one folder that appears whole.

Documents are written as they are made and not kept in memory, so a packet may hold tens of thousands of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docgen.errors import UsageError
from docgen.model import Finding, has_errors
from docgen.packet.fill import FilledFile, Filling, Progress, fill_documents
from docgen.packet.index import index_page, summary_page
from docgen.packet.manifest import MANIFEST, extra_entry, file_entry, manifest
from docgen.packet.plan import Document, plan_documents
from docgen.packet.scans import write_scans
from docgen.regulations.loader import Regulation
from docgen.storage import new_folder, write_whole
from docgen.validation.secrecy import MARKED

if TYPE_CHECKING:
    from docgen.signing.scan import Scan

INDEX = "muc-luc.docx"
SUMMARY = "tong-hop-noi-bo.docx"
#: Where drawings wait, inside the folder that is being made, until all are there.
DRAWN = ".drawn"


@dataclass(slots=True)
class Packet:
    """What was made: the folder, its documents in order, the hash of each document's file, what was noted of the
    drawing, the size of the manifest.
    """

    folder: Path
    documents: list[Document]
    files: dict[str, str] = field(default_factory=dict)
    draft: bool = False
    findings: list[Finding] = field(default_factory=list)
    manifest_size: int = 0


@dataclass(slots=True)
class PdfParts:
    """What a PDF engine made of a packet: each document's entry, page counts, further files, the engine's own words."""

    entries: dict[int, dict[str, Any]]
    pages: dict[int, int]
    extras: list[dict[str, Any]]
    engine: dict[str, Any]
    findings: list[Finding] = field(default_factory=list)


#: Draws the packet's documents, whose Word files lie in a folder, and adds the PDF files there. Takes that folder,
#: the documents with their files, and what makes the index page from the page counts.
MakePdf = Callable[[Path, Sequence[tuple[Document, FilledFile]], Callable[[Mapping[int, int]], bytes]], PdfParts]


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
    scans: Sequence[Scan] = (),
    jobs: int = 0,
    key: str = "",
    progress: Progress = lambda done, total: None,
) -> Packet:
    """Make the packet of the dossier `data` in the folder `output`.

    A dossier with errors is refused (`UsageError`) unless `draft`, which marks every page DỰ THẢO; one with a secrecy
    mark is refused always. `scans` are digitised papers that go along. `source` names the dossier's file and hash for
    the manifest, `key` what the packet is made of. `jobs` is the number of processes, 0 for as many as are worth it.
    The folder appears whole or not at all.
    """
    if has_errors(list(findings)) and not draft:
        count = sum(1 for f in findings if f.severity == "error")
        raise UsageError("errors.usage.packet_with_errors", count=count)
    if any(f.code == MARKED for f in findings):
        raise UsageError("errors.usage.secret")
    documents = plan_documents(regulation, data)
    with new_folder(output, overwrite=overwrite, keep=DRAWN) as work:
        files = fill_documents(Filling(regulation, data, documents, work, templates, draft), jobs, progress)
        filled = list(zip(documents, files, strict=True))
        names = [file.name for file in files]

        copies = write_scans(regulation, data, scans, len(documents) + 1, work)

        def index(pages: Mapping[int, int]) -> bytes:
            return index_page(regulation, data, documents, names, pages, draft, copies)

        pdf = make_pdf(work, filled, index) if make_pdf else None
        entries = [file_entry(document, file) for document, file in filled]
        extras = []
        for name, content, what in (
            (INDEX, index(pdf.pages if pdf else {}), "index"),
            (SUMMARY, summary_page(regulation, data, findings, board, draft), "summary"),
        ):
            write_whole(work / name, content)
            extras.append(extra_entry(name, content, what, what == "index"))
        if pdf is not None:
            for entry in entries:
                entry["pdf"] = pdf.entries[entry["number"]]
        entries += copies
        if pdf is not None:
            extras.extend(pdf.extras)
        counts = Counter(f.severity for f in findings)
        content = manifest(
            regulation, data, source, entries, extras, draft=draft, findings=dict(sorted(counts.items())),
            engine=pdf.engine if pdf else None, key=key,
        )  # fmt: skip
        write_whole(work / MANIFEST, content)
    noted = pdf.findings if pdf else []
    return Packet(output, documents, {file.name: file.sha256 for file in files}, draft, noted, len(content))
