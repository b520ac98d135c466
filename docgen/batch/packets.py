"""A packet for each of many dossiers: shared among processes, resumed after anything that stops them.

The way of `docgen.batch.run`, with a folder where that has a file: a packet appears whole or not at all, the journal
knows which are done, a dossier with errors is reported and skipped.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from docgen import crew
from docgen.batch.dossiers import Dossiers, Item, find_dossiers
from docgen.batch.journal import Journal, Known, read_entries
from docgen.batch.model import Progress, Summary
from docgen.batch.packet_maker import PacketBatch, PacketMaker
from docgen.batch.results import SHOWN, Results
from docgen.crew import Share, processors
from docgen.errors import UsageError
from docgen.model import Finding, Place
from docgen.packet.manifest import MANIFEST
from docgen.storage import clear_hidden, environment_fault
from docgen.validation.report import to_json

LABEL = "packets"
Report = Callable[[Progress], None]


def run_packets(batch: PacketBatch, report: Report = lambda progress: None, share: Share = crew.share) -> Summary:
    """Make a packet for each dossier.

    `share` hands the dossiers out to those who work (`docgen.crew.Share`); every one of them must reach `output`.

    A dossier with an error is reported and skipped (with `draft` it is made as a draft), the rest is made. Raises
    `UsageError`, `InputError` or `EnvironmentFault`; the packets that were made until then stay, whole, and the same
    call goes on from there.
    """
    results = Results(
        batch.output, LABEL, "bo-ho-so", batch.archive, batch.shard, batch.options.overwrite, batch.findings,
        batch.language,
    )  # fmt: skip
    results.refuse_what_exists()
    if (batch.output / MANIFEST).is_file():
        raise UsageError("errors.usage.exists", file=str(batch.output))
    with results.work_folder() as (folder, journal):
        known = journal.open()
        try:
            results.refuse_what_another_made(known)
            clear_hidden(folder, keep_parts=True)
            dossiers = find_dossiers(batch.sources, batch.folders, journal.folder)
            items = list(dossiers.items())
            if not items and not dossiers.findings:
                raise UsageError("batch.usage.no_dossiers", places=", ".join(str(path) for path in batch.sources))
            summary, done = _make(batch, dossiers, items, folder, journal, known, report, share)
            exists = lambda name: (folder / name / MANIFEST).is_file()  # noqa: E731
            ranges = [(0, one.journal) for one in done]
            summary.stale = journal.finish(ranges, exists, earlier=len(known) > 0)
            clear_hidden(folder)
            own = [*dossiers.findings, *_stale(batch, summary)]
            results.gather_findings(journal, [(0, one.findings) for one in done], own, summary)
            told = [finding for one in done for finding in one.told]
            summary.first = to_json([*own, *told][:SHOWN], batch.language)
            summary.results = results.pack(_groups(folder, journal, batch.zip_each))
            return summary
        except OSError as fault:
            raise environment_fault(fault, fault.filename or folder) from None
        finally:
            journal.close()


def _make(
    batch: PacketBatch,
    dossiers: Dossiers,
    items: Sequence[Item],
    folder: Path,
    journal: Journal,
    known: Known,
    report: Report,
    share: Share,
) -> tuple[Summary, list[_Noted]]:
    """Make all packets; returns the counts, and what was reported of each, in order."""
    jobs = min(batch.options.jobs or processors(), len(items))
    # Drawing has processes of its own, a core each; one packet is drawn after the other.
    outer = 1 if batch.options.pdf_engine else jobs
    inner = replace(batch.options, jobs=1 if outer > 1 else batch.options.jobs)
    summary, done, start = Summary(skipped=len(dossiers.findings)), {}, time.monotonic()
    tasks = map(dossiers.carrying, items)
    with journal.part(0).open("ab", buffering=0) as lines, journal.found(0).open("ab") as found:
        for one in share(tasks, outer, _Hire(replace(batch, options=inner), dossiers, folder, known)):
            if one.number in done:
                continue  # done twice, since nobody heard the first time; both times it is the same packet
            done[one.number] = _Noted(_add(lines, one.journal), _add(found, one.findings), one.told)
            summary.made += one.state == "made"
            summary.kept += one.state == "kept"
            summary.skipped += one.state == "skipped"
            summary.noted += one.noted
            report(Progress(len(done), len(items), time.monotonic() - start))
    return summary, [done[number] for number in sorted(done)]


@dataclass(frozen=True, slots=True)
class _Noted:
    """Of one dossier: where its lines stand in the two files of this run, and what people are to see at once."""

    journal: tuple[int, int]
    findings: tuple[int, int]
    told: list[Finding]


def _add(file: IO[bytes], content: bytes) -> tuple[int, int]:
    """Add `content` to an open file; where it stands there."""
    start, rest = file.tell(), memoryview(content)
    while rest:
        rest = rest[file.write(rest) :]
    return start, file.tell()


@dataclass(frozen=True, slots=True)
class _Hire:
    """Makes the `PacketMaker` of each process; carries what it needs to know there."""

    batch: PacketBatch
    dossiers: Dossiers
    folder: Path
    known: Known

    def __call__(self, worker: int) -> PacketMaker:
        return PacketMaker(self.batch, self.dossiers, self.folder, self.known)


def _groups(folder: Path, journal: Journal, bundled: bool) -> Iterator[list[tuple[str, Path]]]:
    """What is packed: each packet's files with their names in the archive, in the order of the dossiers."""
    for entry in read_entries(journal.path()):
        if entry.number:
            packet = folder / entry.name
            files = sorted(path for path in packet.rglob("*") if path.is_file())
            beside = [folder / f"{entry.name}{end}" for end in (".zip", "-bia.pdf")] if bundled else []
            yield [
                (path.relative_to(folder).as_posix(), path) for path in (*files, *(p for p in beside if p.is_file()))
            ]


def _stale(batch: PacketBatch, summary: Summary) -> list[Finding]:
    return [
        Finding("batch.packet.stale", "warning", Place(str(batch.output / name)), {"name": name})
        for name in summary.stale
    ]


__all__ = ["PacketBatch", "run_packets"]
