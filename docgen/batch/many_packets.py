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

from docgen.batch.dossier_files import Dossiers, Item, find_dossiers
from docgen.batch.journal import Journal, Known, read_entries
from docgen.batch.object_store import Store, StoringMaker
from docgen.batch.packet_maker import PacketBatch, PacketMaker
from docgen.batch.request import Progress, Summary
from docgen.batch.results import SHOWN, Results
from docgen.batch.same_build import engines, folders
from docgen.crew import processors
from docgen.errors import UsageError
from docgen.model import Finding, Place
from docgen.packet.manifest import MANIFEST
from docgen.sharing import Share, share
from docgen.storage import clear_hidden, clear_raced, environment_fault
from docgen.validation.report import to_json

LABEL = "packets"
Report = Callable[[Progress], None]


def run_packets(batch: PacketBatch, report: Report = lambda progress: None, share: Share = share) -> Summary:
    """Make a packet for each dossier.

    `share` hands the dossiers out to those who work (`docgen.sharing`: `share`, `by_executor`); every one of them
    must reach `output`. Where some of them are on other machines `options.shared` is set: no lock reaches there.

    A dossier with an error is reported and skipped (with `draft` it is made as a draft), the rest is made. Raises
    `UsageError`, `InputError` or `EnvironmentFault`; the packets that were made until then stay, whole, and the same
    call goes on from there.
    """
    results = Results(
        batch.output, LABEL, "bo-ho-so", batch.archive, batch.shard, batch.options.overwrite, batch.findings,
        batch.language,
    )  # fmt: skip
    results.refuse_what_exists()
    store = Store(batch.store) if batch.store else None
    if store is not None and (batch.archive or batch.shard or batch.zip_each):
        raise UsageError("batch.usage.store_zips", address=batch.store)
    if (batch.output / MANIFEST).is_file():
        raise UsageError("errors.usage.exists", file=str(batch.output))
    with results.work_folder() as (folder, journal):
        known = journal.open()
        try:
            results.refuse_what_another_made(known)
            clear_hidden(folder, keep_parts=True)
            clear_raced(folder)
            dossiers = find_dossiers(batch.sources, batch.folders, journal.folder)
            items = list(dossiers.items())
            if not items and not dossiers.findings:
                raise UsageError("batch.usage.no_dossiers", places=", ".join(str(path) for path in batch.sources))
            summary, done = _make(batch, dossiers, items, folder, journal, known, report, share)
            exists = store.has if store is not None else lambda name: (folder / name / MANIFEST).is_file()
            ranges = [("0", one.journal) for one in done]
            summary.stale = journal.finish(ranges, exists, earlier=len(known) > 0)
            clear_hidden(folder)
            clear_raced(folder)
            own = [*dossiers.findings, *_stale(batch, summary)]
            results.gather_findings(journal, [("0", one.findings) for one in done], own, summary)
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
    inner = replace(batch.options, jobs=1 if outer > 1 or batch.options.shared else batch.options.jobs)
    summary, done, start = Summary(skipped=len(dossiers.findings)), {}, time.monotonic()
    tasks = map(dossiers.carrying, items)
    sign = journal.sign() if batch.options.shared and not batch.store else None
    with journal.part("0").open("ab", buffering=0) as lines, journal.found("0").open("ab") as found:
        for one in share(tasks, outer, _Hire(replace(batch, options=inner), dossiers, folder, known, sign)):
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
    #: A file of this run in the folder, where other machines are to show that they see the same one.
    sign: Path | None = None

    def __call__(self, worker: int) -> PacketMaker | StoringMaker:
        if self.batch.store:
            return StoringMaker(Store(self.batch.store), self._maker)
        return self._maker(self.folder)

    def _maker(self, folder: Path) -> PacketMaker:
        return PacketMaker(self.batch, self.dossiers, folder, self.known)

    def proof(self) -> dict[str, str]:
        """What another machine must have as this one has it, besides docgen itself (`docgen.batch.same_build`)."""
        options = self.batch.options
        proof = {"regulations": folders(self.batch.folders), "templates": folders(options.templates)}
        if options.pdf_engine:
            proof["pdf"] = engines()
        if self.sign is not None:
            proof["folder"] = str(self.folder) if self.sign.is_file() else ""
        return proof


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
