"""Filling the documents of a packet, each checked and written as soon as it is made, by as many processes as help."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from docgen.crew import processors
from docgen.forms.alternatives import answers
from docgen.forms.data import form_data, what_fits
from docgen.forms.fill import Filler
from docgen.forms.handing import counted_locked
from docgen.packet.blank_ballots import unmarked
from docgen.packet.plan import Document
from docgen.paths import AnyRecord
from docgen.records import DossierData
from docgen.regulations.loader import RegulationData
from docgen.sharing import share
from docgen.storage import write_whole
from docgen.word.after.copies import like_copies

#: So many documents are filled sooner by one process than by two, the second of which must first start.
_WORTH_A_PROCESS = 150
#: Documents a process is given at a time: few enough to share evenly, and for progress to be seen.
_AT_A_TIME = 20
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class FilledFile:
    """A document's Word file as it was written: its number, hash and size, and where its template came from."""

    number: int
    name: str
    sha256: str
    size: int
    template: str


@dataclass(slots=True)
class Filling:
    """What to fill, from what, and where to; hires the process that does a part of it."""

    regulation: RegulationData
    data: DossierData
    documents: Sequence[Document]
    folder: Path
    templates: Sequence[Path | str] = ()
    draft: bool = False
    #: The dossier as the papers around the packet read it, where there are any.
    counted: AnyRecord | None = None

    def __call__(self, worker: int) -> _Fillers:
        return _Fillers(self)


def filled(plan: Filling, document: Document, filler: Filler, *, check: bool = True) -> bytes:
    """The Word file of `document`, which `filler` fills; raises as `fill_documents` does."""
    office = document.definition.status == "office"
    data = plan.counted if plan.counted is not None and office else plan.data
    record = form_data(document.definition, data, document.record)
    if document.copies:
        record = unmarked(record)
    if plan.draft:
        record = what_fits(document.definition, record)
    known = answers(document.definition.law, data, record)
    docx = filler.fill(record, draft=plan.draft, check=check, quick=True, known=known)
    if document.copies:
        return like_copies(docx, document.copies)
    return counted_locked(plan.regulation, docx) if office else docx


class _Fillers:
    """Fills documents in one process: each form's template is compiled there once."""

    def __init__(self, filling: Filling) -> None:
        self.filling = filling
        self._fillers: dict[str, Filler] = {}

    def run(self, task: range, alive: Callable[[], bool]) -> list[FilledFile]:
        """Fill, check and write the documents at these places in the packet."""
        out = []
        for place in task:
            if not alive():
                raise SystemExit(1)
            out.append(self._one(self.filling.documents[place]))
        return out

    def close(self) -> None:
        """Nothing is held."""

    def _one(self, document: Document) -> FilledFile:
        plan = self.filling
        filler = self._fillers.get(document.definition.form)
        if filler is None:
            filler = Filler(document.definition, plan.templates)
            self._fillers[document.definition.form] = filler
        docx = filled(plan, document, filler)
        name = f"{document.stem}.docx"
        write_whole(plan.folder / name, docx)
        digest = hashlib.sha256(docx).hexdigest()
        return FilledFile(document.number, name, digest, len(docx), "office" if filler.own_template else "built")


def fill_documents(filling: Filling, jobs: int = 0, progress: Progress = lambda done, total: None) -> list[FilledFile]:
    """Fill every document and write it to the folder; returns the files in the packet's order.

    `jobs` is the number of processes, 0 for as many as are worth it. Raises `InternalError` where a text or a value is
    lost, `DocgenError` for a template that asks for what is not there, `EnvironmentFault` where the disk refuses.
    """
    total = len(filling.documents)
    jobs = min(jobs or processors(), max(1, total // _WORTH_A_PROCESS))
    done: list[FilledFile] = []
    for files in share(_ranges(total), jobs, filling):
        done += files
        progress(len(done), total)
    return sorted(done, key=lambda file: file.number)


def _ranges(total: int) -> Iterator[range]:
    for start in range(0, total, _AT_A_TIME):
        yield range(start, min(start + _AT_A_TIME, total))
