"""Running a batch: the order of its steps, and the processes that share the work.

Lines → names → pieces → files → one journal, one file of findings, archives. The processes take a piece at a time, so
that a slow one delays nobody; they write the files themselves and report only counts.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from docgen.batch.file_names import number_pieces, scan
from docgen.batch.journal import Journal, Known, read_entries
from docgen.batch.piece import Maker, ReadyForm
from docgen.batch.request import Batch, Done, Progress, Summary
from docgen.batch.results import Results
from docgen.batch.source import Source, cut, open_source
from docgen.batch.writing import leftovers
from docgen.crew import processors
from docgen.errors import UsageError
from docgen.model import Finding, Place
from docgen.sharing import Share, share
from docgen.storage import environment_fault
from docgen.validation.report import to_json

#: Fewer records than this are made faster by one process than another can be started.
_WORTH_A_PROCESS = 300
Report = Callable[[Progress], None]


def run_batch(batch: Batch, report: Report = lambda progress: None, share: Share = share) -> Summary:
    """Fill a form for every record of a data file.

    `share` hands the records out, a piece of the file at a time, to those who work (`docgen.sharing`: `share`,
    `by_executor`); every one of them must reach the data file and `output`.

    A record with an error is reported and skipped, the rest is made. Raises `UsageError`, `InputError` or
    `EnvironmentFault`; what was made until then stays, whole, and the same call goes on from there.
    """
    results = Results(
        batch.output, f"{batch.regulation}.{batch.form}", batch.form, batch.archive, batch.shard, batch.overwrite,
        batch.findings, batch.language,
    )  # fmt: skip
    results.refuse_what_exists()
    form = ReadyForm(batch)
    with results.work_folder() as (folder, journal):
        known = journal.open()
        try:
            results.refuse_what_another_made(known)
            for path in leftovers(folder):
                os.unlink(path)
            source, findings = open_source(batch.source, journal.folder, form.roster)
            if source is None:
                return _nothing(batch, findings)
            summary, done = _make(batch, form, source, folder, journal, known, report, share)
            if not summary.total:
                empty = Finding("dossier.file.empty", "error", Place(str(batch.source)))
                return _nothing(batch, [empty])
            ranges = [(one.owner, one.journal) for one in done]
            summary.stale = journal.finish(ranges, _exists(folder), earlier=len(known) > 0)
            results.gather_findings(
                journal, [(o.owner, o.findings) for o in done], [*findings, *_stale(batch, summary)], summary
            )
            summary.results = results.pack(_groups(folder, journal))
            return summary
        except OSError as fault:
            raise environment_fault(fault, fault.filename or folder) from None
        finally:
            journal.close()


def _make(
    batch: Batch,
    form: ReadyForm,
    source: Source,
    folder: Path,
    journal: Journal,
    known: Known,
    report: Report,
    share: Share,
) -> tuple[Summary, list[Done]]:
    """Make all files; returns the counts, and what was reported of each piece, in the order of the data."""
    jobs = batch.jobs or processors()
    pieces = cut(source, jobs)
    total = number_pieces(pieces, [scan(source.read(piece)) for piece in pieces], form.definition.form)
    if batch.output.suffix.lower() == ".docx" and total > 1:
        raise UsageError("batch.usage.one_file", file=str(batch.output), count=total)
    if total > _WORTH_A_PROCESS:
        form.prove()
    summary, done, start = Summary(), dict[int, Done](), time.monotonic()
    hire = _Hire(batch, form, source, folder, journal, known)
    try:
        for one in share(pieces, min(batch.jobs or total // _WORTH_A_PROCESS, jobs, len(pieces)), hire):
            if one.piece in done:
                continue  # done twice, since nobody heard the first time; both times these are the same files
            done[one.piece] = one
            summary.made += one.made
            summary.kept += one.kept
            summary.skipped += one.skipped
            summary.noted += one.noted
            report(Progress(summary.total, total, time.monotonic() - start))
    finally:
        for path in leftovers(folder):
            os.unlink(path)
    return summary, [done[piece] for piece in sorted(done)]


class _Hire:
    """Makes the `Maker` of each process; carries what it needs to know there."""

    def __init__(
        self, batch: Batch, form: ReadyForm, source: Source, folder: Path, journal: Journal, known: Known
    ) -> None:
        self.batch, self.source, self.folder, self.journal, self.known = batch, source, folder, journal, known
        self.form: ReadyForm | None = form

    def __getstate__(self) -> dict[str, Any]:
        """For a process that starts from nothing: the form is loaded there, it cannot be sent."""
        return {**self.__dict__, "form": None}

    def __call__(self, worker: int) -> Maker:
        form = self.form or ReadyForm(self.batch)
        return Maker(self.batch, form, self.source, self.folder, self.journal, self.known, worker)


def _exists(folder: Path) -> Callable[[str], bool]:
    return lambda name: (folder / f"{name}.docx").is_file()


def _groups(folder: Path, journal: Journal) -> Iterator[list[tuple[str, Path]]]:
    """What is packed: each record's file and its name in the archive, in the order of the data."""
    for entry in read_entries(journal.path()):
        if entry.number:
            yield [(f"{entry.name}.docx", folder / f"{entry.name}.docx")]


def _stale(batch: Batch, summary: Summary) -> list[Finding]:
    return [
        Finding("batch.file.stale", "warning", Place(str(batch.output / f"{name}.docx")), {}, name)
        for name in summary.stale
    ]


def _nothing(batch: Batch, findings: Sequence[Finding]) -> Summary:
    """What came of a file that is no data."""
    return Summary(skipped=1, noted=len(findings), first=to_json(findings, batch.language))
