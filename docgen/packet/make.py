"""Making a packet: every document filled and checked, index, summary, manifest, in one folder that appears whole.

Documents are written as they are made and not kept in memory, so a packet may hold tens of thousands of them.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.errors import UsageError
from docgen.model import Finding, has_errors
from docgen.packet.documents import FilledFile, Filling, Progress, fill_documents
from docgen.packet.index import index_page
from docgen.packet.internal_summary import summary_page
from docgen.packet.manifest import MANIFEST, Extra, extra_entry, file_entry, manifest
from docgen.packet.office_data import office_data
from docgen.packet.plan import Document, plan_documents
from docgen.packet.print_plan import PLAN, print_plan
from docgen.packet.scans import write_scans
from docgen.paths import AnyRecord, JsonDict
from docgen.records import DossierData
from docgen.regulations.loader import RegulationData
from docgen.storage import new_folder, raced_folder, write_whole
from docgen.validation.checks.secrecy import MARKED

if TYPE_CHECKING:
    from docgen.grading.board_summary import BoardSummary
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
    """What a PDF engine made of a packet: each document's entry, its pages, the page of the print copy on which it
    begins (empty where the index does not tell it), further files, the engine's own words."""

    entries: dict[int, JsonDict]
    pages: dict[int, int]
    starts: dict[int, int]
    extras: list[Extra]
    engine: AnyRecord
    findings: list[Finding] = field(default_factory=list)


#: Draws the packet's documents, whose Word files lie in a folder, and adds the PDF files there. Takes that folder,
#: the documents with their files, and what makes the index page from the pages on which they begin.
MakePdf = Callable[[Path, Sequence[tuple[Document, FilledFile]], Callable[[Mapping[int, int]], bytes]], PdfParts]


def build_packet(
    regulation: RegulationData,
    data: DossierData,
    output: Path,
    *,
    source: Mapping[str, str],
    findings: Sequence[Finding] = (),
    board: BoardSummary | None = None,
    templates: Sequence[Path | str] = (),
    draft: bool = False,
    overwrite: bool = False,
    make_pdf: MakePdf | None = None,
    scans: Sequence[Scan] = (),
    papers: Collection[str] = (),
    jobs: int = 0,
    key: str = "",
    print_copies: int = 0,
    shared: bool = False,
    progress: Progress = lambda done, total: None,
) -> Packet:
    """Make the packet of the dossier `data` in the folder `output`.

    A dossier with errors is refused (`UsageError`) unless `draft`, which marks every page DỰ THẢO; one with a secrecy
    mark is refused always. `scans` are digitised papers that go along, `papers` the forms that are made besides the
    packet's own documents (`docgen.packet.plan.further_forms`). `source` names the dossier's file and hash for
    the manifest, `key` what the packet is made of. `jobs` is the number of processes, 0 for as many as are worth it.
    With `print_copies` a plan for printing so many copies lies beside the summary.
    The folder appears whole or not at all. With `shared` other machines may make it at the same time
    (`docgen.storage.raced_folder`); no drawing is kept then where one is stopped.
    """
    if has_errors(list(findings)) and not draft:
        count = sum(1 for f in findings if f.severity == "error")
        raise UsageError("errors.usage.packet_with_errors", count=count)
    if any(f.code == MARKED for f in findings):
        raise UsageError("errors.usage.secret")
    documents = plan_documents(regulation, data, papers)
    counted = office_data(regulation, data, papers) if papers else None
    room = raced_folder(output, overwrite=overwrite) if shared else new_folder(output, overwrite=overwrite, keep=DRAWN)
    with room as work:
        files = fill_documents(Filling(regulation, data, documents, work, templates, draft, counted), jobs, progress)
        filled = list(zip(documents, files, strict=True))
        copies = write_scans(regulation, data, scans, len(documents) + 1, work)

        def index(starts: Mapping[int, int]) -> bytes:
            return index_page(regulation, data, documents, starts, draft, copies)

        pdf = make_pdf(work, filled, index) if make_pdf else None
        entries = [file_entry(document, file) for document, file in filled]
        extras = []
        for name, content, what in (
            (INDEX, index(pdf.starts if pdf else {}), "index"),
            (SUMMARY, summary_page(regulation, data, findings, board, draft), "summary"),
        ):
            write_whole(work / name, content)
            extras.append(extra_entry(name, content, what, what == "index"))
        if shared:
            shutil.rmtree(work / DRAWN, ignore_errors=True)
        if print_copies:
            plan = print_plan(regulation, data, documents, pdf.pages if pdf else {}, print_copies)
            write_whole(work / PLAN, plan)
            extras.append(extra_entry(PLAN, plan, "print_plan", False))
        if pdf is not None:
            for document, entry in zip(documents, entries, strict=True):
                entry["pdf"] = pdf.entries[document.number]
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
