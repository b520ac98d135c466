"""Word files on the disk to PDF files on the disk: read lazily, written one by one, taken up again after a kill.

A PDF that stands already and carries the mark (`docgen.pdf.mark`) of this very Word file, these options and a clean
gate is kept without being drawn again; anything else that stands there is never touched without `overwrite`.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from docgen.errors import InputError, UsageError
from docgen.model import Finding, Place, has_errors
from docgen.pdf.mark import standing
from docgen.pdf.stream import convert_stream
from docgen.pdf.work import UNREADABLE, After
from docgen.storage import write_whole


class Job(NamedTuple):
    """A Word file and where its PDF goes."""

    source: Path
    target: Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job.

    `state` is `made` (written now), `kept` (it was there, made of this very Word file) or `failed` (nothing written).
    A PDF in which the gate found an error is `made` all the same: `findings` say what is wrong. `engine` and `version`
    are empty where nothing was drawn.
    """

    job: Job
    state: Literal["made", "kept", "failed"]
    findings: Sequence[Finding] = ()
    engine: str = ""
    version: str = ""
    fonts: Sequence[str] = ()

    @property
    def is_faulty(self) -> bool:
        """True where there is no PDF, or one with an error."""
        return self.state == "failed" or has_errors(list(self.findings))


@dataclass(slots=True)
class Settings:
    """How files are converted: see `docgen.pdf.convert_stream` for all but `overwrite`."""

    engine: str = "auto"
    workers: int | None = None
    timeout: float | None = None
    after: After | None = None
    overwrite: bool = False

    @property
    def options(self) -> str:
        """What changes the pages, in words for the mark."""
        name = getattr(self.after, "__name__", "none")
        return f"engine={self.engine} after={name}"


def find_jobs(given: Sequence[Path], output: Path) -> Iterator[Job]:
    """Every Word file of `given` (files, or folders with all below them), lazily; a folder's inner order is kept below
    `output`. Raises `UsageError` where two files would become one PDF, `InputError` for a pipe or a device there."""
    # Only files from several places can meet; within one place their names tell.
    seen: dict[str, Path] | None = {} if len(given) > 1 else None
    for place in given:
        for source, target in _below(place, output) if place.is_dir() else [_alone(place, output)]:
            if seen is not None:
                other = seen.setdefault(str(target).lower(), source)
                if other is not source:
                    if other == source:
                        continue
                    raise UsageError("pdf.error.same_names", file=str(target))
            yield Job(source, target)


def _alone(source: Path, output: Path) -> tuple[Path, Path]:
    return source, output / source.with_suffix(".pdf").name


def _below(folder: Path, output: Path) -> Iterator[tuple[Path, Path]]:
    for here, folders, names in os.walk(folder):
        folders.sort()
        targets: set[str] = set()
        for name in sorted(names):
            if not name.lower().endswith(".docx") or name.startswith("~$"):
                continue
            source = Path(here, name)
            if source.exists() and not source.is_file():  # a pipe would be waited for
                raise InputError("pdf.error.no_file", file=str(source))
            target = output / source.relative_to(folder).with_suffix(".pdf")
            if target.name.lower() in targets:
                raise UsageError("pdf.error.same_names", file=str(target))
            targets.add(target.name.lower())
            yield source, target


def convert_files(jobs: Iterable[Job], settings: Settings, report: Callable[[Outcome], None]) -> None:
    """Convert all `jobs`; `report` hears of each, as soon as its PDF is written or it is clear that there is none.

    What has to do with one file only is an outcome, never an exception. Raises `EnvironmentFault` where the engine is
    missing or the disk refuses, `UsageError` for an unknown engine; what was written until then stays, whole, and the
    same call goes on from there.
    """
    run = _Run(settings, report)
    stream = convert_stream(
        run.read(jobs), settings.engine,
        workers=settings.workers, timeout=settings.timeout, after=settings.after, mark=settings.options,
    )  # fmt: skip
    for result in stream:
        waiting = run.waiting.popleft()
        if result.pdf is None:
            report(Outcome(waiting.job, "failed", result.findings, result.engine, result.version))
            continue
        drawn = (result.findings, result.engine, result.version, result.fonts)
        if waiting.standing is not None:
            # It was made of this Word file before, and something was found: the same again, or somebody changed it.
            same = waiting.standing.read_bytes() == result.pdf
            report(Outcome(waiting.job, "kept", *drawn) if same else _refused(waiting.job))
            continue
        try:
            write_whole(waiting.job.target, result.pdf, overwrite=settings.overwrite)
        except UsageError:
            report(_refused(waiting.job))
        else:
            report(Outcome(waiting.job, "made", *drawn))


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A job that is being drawn; `standing` is its PDF of an earlier run that has to be compared."""

    job: Job
    standing: Path | None = None


@dataclass(slots=True)
class _Run:
    settings: Settings
    report: Callable[[Outcome], None]
    waiting: deque[_Waiting] = field(default_factory=deque)

    def read(self, jobs: Iterable[Job]) -> Iterator[tuple[str, bytes]]:
        """The Word files that have to be drawn; the others are reported at once."""
        for job in jobs:
            try:
                docx = job.source.read_bytes()
            except OSError as fault:
                reason = {"reason": fault.strerror or type(fault).__name__}
                self.report(Outcome(job, "failed", [Finding(UNREADABLE, "error", Place(str(job.source)), reason)]))
                continue
            state = "" if self.settings.overwrite else _standing(job, docx, self.settings.options)
            if state == "clean":
                self.report(Outcome(job, "kept"))
            elif state == "other":
                self.report(_refused(job))
            else:
                self.waiting.append(_Waiting(job, job.target if state else None))
                yield str(job.source), docx


def _standing(job: Job, docx: bytes, options: str) -> str:
    """How the PDF that stands at the target stands to the Word file (`docgen.pdf.mark.standing`); empty where there is
    none."""
    try:
        return standing(job.target.read_bytes(), docx, options)
    except FileNotFoundError:
        return ""
    except OSError:
        return "other"


def _refused(job: Job) -> Outcome:
    target = {"target": str(job.target)}
    return Outcome(job, "failed", [Finding("pdf.target.exists", "error", Place(str(job.source)), target)])
