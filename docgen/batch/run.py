"""Running a batch: the order of its steps, and the processes that share the work.

Lines → names → pieces → files → one journal, one file of findings, archives. The processes take a piece at a time, so
that a slow one delays nobody; they write the files themselves and report only counts.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from docgen.batch.archive import pack
from docgen.batch.journal import Journal, Known, copy_ranges, read_entries
from docgen.batch.model import JOURNAL, Batch, Done, Piece, Progress, Summary
from docgen.batch.names import number_pieces, scan
from docgen.batch.source import Source, cut, open_source
from docgen.batch.work import Form, Maker
from docgen.batch.writing import leftovers
from docgen.crew import Crew, News, Work, processors
from docgen.errors import EnvironmentFault, UsageError
from docgen.model import Finding, Place
from docgen.storage import environment_fault
from docgen.validation.report import to_json

#: Fewer records than this are made faster by one process than another can be started.
_WORTH_A_PROCESS = 300
_SHOWN = 20
Report = Callable[[Progress], None]


def run_batch(batch: Batch, report: Report = lambda progress: None) -> Summary:
    """Fill a form for every record of a data file.

    A record with an error is reported and skipped, the rest is made. Raises `UsageError`, `InputError` or
    `EnvironmentFault`; what was made until then stays, whole, and the same call goes on from there.
    """
    _refuse_what_exists(batch)
    form = Form(batch)
    with _work_folder(batch) as (folder, journal):
        known = journal.open()
        try:
            for path in leftovers(folder):
                os.unlink(path)
            source, findings = open_source(batch.source, journal.folder, form.roster)
            if source is None:
                return _nothing(batch, findings)
            summary, done = _make(batch, form, source, folder, journal, known, report)
            if not summary.total:
                empty = Finding("dossier.file.empty", "error", Place(str(batch.source)))
                return _nothing(batch, [empty])
            ranges = [(one.worker, one.journal) for one in done]
            summary.stale = journal.finish(ranges, _exists(folder), earlier=len(known) > 0)
            _gather_findings(batch, journal, done, summary)
            summary.results = _results(batch, folder, journal)
            return summary
        except OSError as fault:
            raise environment_fault(fault, fault.filename or folder) from None
        finally:
            journal.close()


def _make(
    batch: Batch, form: Form, source: Source, folder: Path, journal: Journal, known: Known, report: Report
) -> tuple[Summary, list[Done]]:
    """Make all files; returns the counts, and what was reported of each piece, in the order of the data."""
    jobs = batch.jobs or processors()
    pieces = cut(source, jobs)
    workshop = _Workshop(batch, form, source, folder, journal, known)
    total = number_pieces(pieces, [scan(source.read(piece)) for piece in pieces], form.definition.form)
    if batch.output.suffix.lower() == ".docx" and total > 1:
        raise UsageError("batch.usage.one_file", file=str(batch.output), count=total)
    if total > _WORTH_A_PROCESS:
        form.prove()
    summary, done, start = Summary(), [], time.monotonic()
    for one in workshop.work(pieces, batch.jobs or min(jobs, total // _WORTH_A_PROCESS)):
        done.append(one)
        summary.made += one.made
        summary.kept += one.kept
        summary.skipped += one.skipped
        summary.noted += one.noted
        report(Progress(summary.total, total, time.monotonic() - start))
    return summary, sorted(done, key=lambda one: one.piece)


class _Workshop:
    """What every process of one batch needs to know, and how they share the work."""

    def __init__(self, batch: Batch, form: Form, source: Source, folder: Path, journal: Journal, known: Known) -> None:
        self.batch, self.source = batch, source
        self.folder, self.journal, self.known = folder, journal, known
        self.form: Form | None = form

    def __getstate__(self) -> dict[str, Any]:
        """For a process that starts from nothing: the form is loaded there, it cannot be sent."""
        return {**self.__dict__, "form": None}

    def __call__(self, number: int, alive: Callable[[], bool]) -> Work:
        """What does the pieces in process `number`."""
        maker = self._maker(number)
        return lambda piece: [maker.run(piece, alive)]

    def work(self, pieces: Sequence[Piece], jobs: int) -> Iterator[Done]:
        """Make all pieces, in any order. Raises what a process raises."""
        if jobs <= 1 or len(pieces) <= 1:
            maker = self._maker(0)
            try:
                for piece in pieces:
                    yield maker.run(piece)
            finally:
                maker.close()
        else:
            yield from self._share(pieces, min(jobs, len(pieces)))

    def _maker(self, number: int) -> Maker:
        form = self.form or Form(self.batch)
        return Maker(self.batch, form, self.source, self.folder, self.journal, self.known, number)

    def _share(self, pieces: Sequence[Piece], jobs: int) -> Iterator[Done]:
        waiting = iter(pieces)
        try:
            with Crew(self, jobs) as crew:
                while True:
                    while crew.has_room and (piece := next(waiting, None)) is not None:
                        crew.give(piece)
                    if not crew.is_busy:
                        return
                    for _, message in crew.hear():
                        if message is News.GONE:
                            raise EnvironmentFault("batch.environment.process_ended")
                        if isinstance(message, Done):
                            yield message
        finally:
            for path in leftovers(self.folder):
                os.unlink(path)


@contextmanager
def _work_folder(batch: Batch) -> Iterator[tuple[Path, Journal]]:
    """The folder the files are written to, and its journal.

    Files for an archive go to a hidden folder beside it, which is gone when the archive is there. For a single file
    there is nothing to remember.
    """
    form = f"{batch.regulation}.{batch.form}"
    if batch.output.suffix.lower() == ".docx":
        with tempfile.TemporaryDirectory() as state:
            batch.output.parent.mkdir(parents=True, exist_ok=True)
            yield batch.output.parent, Journal(Path(state), form)
    elif (archive := _archive(batch)) is not None:
        folder = _hidden(archive)
        yield folder, Journal(folder / JOURNAL, form)
        shutil.rmtree(folder, ignore_errors=True)
    else:
        yield batch.output, Journal(batch.output / JOURNAL, form)


def _archive(batch: Batch) -> Path | None:
    """The archive that was asked for; shards without one are named after the form."""
    if batch.archive is not None:
        return batch.archive
    return batch.output / f"{batch.form}.zip" if batch.shard else None


def _hidden(archive: Path) -> Path:
    return archive.with_name(f".{archive.name}.docgen")


def _refuse_what_exists(batch: Batch) -> None:
    """Raise `UsageError` where the one file or the archive that is asked for is there already."""
    if batch.overwrite:
        return
    archive = _archive(batch)
    if archive is None:
        there = [batch.output] if batch.output.suffix.lower() == ".docx" and batch.output.exists() else []
    elif _hidden(archive).is_dir():
        there = []  # an earlier run of this command did not end
    elif batch.shard:
        there = sorted(archive.parent.glob(f"{archive.stem}-[0-9][0-9][0-9]{archive.suffix}"))
    else:
        there = [archive] if archive.exists() else []
    if there:
        raise UsageError("errors.usage.exists", file=str(there[0]))


def _exists(folder: Path) -> Callable[[str], bool]:
    return lambda name: (folder / f"{name}.docx").is_file()


def _results(batch: Batch, folder: Path, journal: Journal) -> list[Path]:
    """Pack the archives, where there are to be some; returns what the user gets."""
    archive = _archive(batch)
    if archive is None:
        return [batch.output]
    files = (folder / f"{entry.name}.docx" for entry in read_entries(journal.path()) if entry.number)
    return pack(files, archive, batch.shard)


def _findings_file(batch: Batch) -> Path | None:
    """Where the findings go; nowhere for a single file, unless one is named."""
    if batch.findings is not None:
        return batch.findings
    if batch.output.suffix.lower() == ".docx":
        return None
    if batch.archive is not None:
        return batch.archive.with_name(f"{batch.archive.stem}.findings.jsonl")
    return batch.output / "findings.jsonl"


def _gather_findings(batch: Batch, journal: Journal, done: Sequence[Done], summary: Summary) -> None:
    """One file of the processes' findings, in the order of the data; none where nothing was found."""
    own = [
        Finding("batch.file.stale", "warning", Place(str(batch.output / f"{name}.docx")), {}, name)
        for name in summary.stale
    ]
    summary.noted += len(own)
    gathered = journal.folder / "findings.new"
    with gathered.open("wb") as out:
        copy_ranges([(journal.found(one.worker), one.findings) for one in done], out)
        for item in to_json(own, batch.language):
            out.write(json.dumps(item, ensure_ascii=False).encode() + b"\n")
    with gathered.open("rb") as lines:
        summary.first = [json.loads(line) for line in islice(lines, _SHOWN)]
    target = _findings_file(batch)
    if target is None or not summary.noted:
        gathered.unlink()
        if target is not None:
            target.unlink(missing_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(gathered, target)
    summary.findings = target


def _nothing(batch: Batch, findings: Sequence[Finding]) -> Summary:
    """What came of a file that is no data."""
    return Summary(skipped=1, noted=len(findings), first=to_json(findings, batch.language))
