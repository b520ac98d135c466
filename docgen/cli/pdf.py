"""`docgen pdf`: Word files to PDF/A-2b."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen.cli import HELP_LANGUAGE, language, quiet
from docgen.cli.options import Given, echo_json, json_option, output_option, overwrite_option
from docgen.cli.progress import ProgressLine
from docgen.errors import EXIT_FINDINGS, EXIT_PARTIAL, UsageError
from docgen.i18n import message
from docgen.pdf.engine_names import ENGINES

if TYPE_CHECKING:
    from docgen.pdf.files import Outcome
    from docgen.pdf.work import After

#: What every PDF of ours claims to be.
PROFILE = "PDF/A-2b"


def _help(key: str) -> str:
    return message(f"pdf.help.{key}", HELP_LANGUAGE)


@click.command(help=_help("pdf"))
@click.argument("files", nargs=-1, required=True, type=Given(exists=True, path_type=Path))
@click.option("--engine", type=click.Choice(ENGINES), default="auto", show_default=True,
              help=_help("engine"))  # fmt: skip
@click.option("--workers", type=click.IntRange(1, 64), help=_help("workers"))
@click.option("--timeout", type=click.FloatRange(1), help=_help("timeout"))
@click.option("--fields", is_flag=True, help=_help("fields"))
@click.option("--merge", is_flag=True, help=_help("merge"))
@output_option()
@overwrite_option
@json_option
def pdf(
    files: tuple[Path, ...], engine: str, workers: int | None, timeout: float | None, fields: bool, merge: bool,
    output: Path | None, overwrite: bool, as_json: bool,
) -> None:  # fmt: skip
    """Convert Word files (or all in a folder); what went wrong is listed and nothing faulty is kept silently."""
    target = output or Path("output")
    if merge:
        _merge(files, engine, workers, timeout, target, overwrite, as_json)
        return
    from docgen.pdf.files import Job, Settings, convert_files, find_jobs

    if target.suffix.lower() == ".pdf":
        one = _the_one(files, target)
        find: Callable[[], Iterable[Job]] = lambda: [Job(one, target)]  # noqa: E731
    else:
        find = lambda: find_jobs(files, target)  # noqa: E731
    # Once over the names alone: how many there are, and that no two become one PDF.
    total = sum(1 for _ in find())
    if not total:
        raise UsageError("pdf.error.nothing")
    after: After | None = None
    if fields:
        from docgen.signing import place_fields

        after = place_fields
    told = _Told(total, as_json)
    try:
        convert_files(find(), Settings(engine, workers, timeout, after, overwrite), told.hear)
    finally:
        told.line.clear()
    told.end()
    if told.failed:
        raise click.exceptions.Exit(EXIT_PARTIAL if told.failed < total else EXIT_FINDINGS)


def _the_one(files: tuple[Path, ...], target: Path) -> Path:
    """The one Word file that goes into the PDF `target`. Raises `UsageError` where there are more."""
    from docgen.pdf.files import find_jobs

    sources = [job.source for job in islice(find_jobs(files, target.parent), 2)]
    if not sources:
        raise UsageError("pdf.error.nothing")
    if len(sources) > 1:
        raise UsageError("pdf.error.one_output", file=str(target))
    return sources[0]


class _Told:
    """What is said of a run: results on stdout and findings on stderr as they come, counts at the end."""

    def __init__(self, total: int, as_json: bool) -> None:
        self._total, self._as_json = total, as_json
        self.line = ProgressLine("pdf.progress", not as_json)
        self.made = self.kept = self.failed = self._done = 0
        self._start = time.monotonic()
        self._engines: dict[str, dict[str, Any]] = {}
        self._fonts: set[str] = set()
        #: For `--json`, which is one value: what is printed at the end.
        self._written: list[str] = []
        self._findings: list[dict[str, Any]] = []

    def hear(self, outcome: Outcome) -> None:
        """Count an outcome and say what is to be said of it."""
        from docgen.validation.report import entries, to_json

        target = str(outcome.job.target)
        self._done += 1
        self.failed += outcome.is_faulty
        self.made += outcome.state == "made"
        self.kept += outcome.state == "kept"
        self._fonts.update(outcome.fonts)
        if outcome.state == "made":
            used = self._engines.setdefault(outcome.engine, {"version": outcome.version, "count": 0})
            used["count"] += 1
        if self._as_json:
            self._written += [target] if outcome.state == "made" else []
            self._findings += to_json(outcome.findings, language())
            return
        shown = list(entries(outcome.findings, language()))
        if shown or outcome.state == "made":
            self.line.clear()
        if outcome.state == "made":
            click.echo(target)
        if shown:
            click.echo("\n".join(shown), err=True)
        self.line.show(self._done, self._total, time.monotonic() - self._start)

    def end(self) -> None:
        """Say the counts, and which engine drew."""
        counts = {"made": self.made, "kept": self.kept, "failed": self.failed}
        first = max(self._engines, key=lambda name: self._engines[name]["count"], default="")
        if self._as_json:
            engine = {"engine": first, "version": self._engines.get(first, {}).get("version", "")}
            rest = {"engines": self._engines, "profile": PROFILE, "fonts": sorted(self._fonts)}
            echo_json({**engine, **rest, **counts, "written": self._written, "findings": self._findings})
        elif not quiet():
            engines = ", ".join(f"{name} {used['version']} ({used['count']})" for name, used in self._engines.items())
            click.echo(message("pdf.summary", language(), **counts, engines=engines or "–"), err=True)


def _merge(
    files: tuple[Path, ...], engine: str, workers: int | None, timeout: float | None,
    output: Path, overwrite: bool, as_json: bool,
) -> None:  # fmt: skip
    """All files as one print copy, drawn by one engine; nothing is written where one is missing."""
    from docgen.model import has_errors
    from docgen.pdf import convert, print_copy
    from docgen.pdf.files import find_jobs
    from docgen.storage import write_whole
    from docgen.validation.report import render_text, to_json

    target = output if output.suffix.lower() == ".pdf" else output / "ban-in.pdf"
    if target.exists() and not overwrite:
        raise UsageError("errors.usage.exists", file=str(target))
    sources = list(dict.fromkeys(job.source for place in files for job in find_jobs([place], output)))
    if not sources:
        raise UsageError("pdf.error.nothing")
    named = [(str(source), source.read_bytes()) for source in sources]
    result = convert(named, engine, workers=workers, timeout=timeout)
    written = []
    if len(result.pdfs) == len(named):
        parts = [(Path(name).stem, result.pdfs[name]) for name, _ in named]
        write_whole(target, print_copy(parts), overwrite=overwrite)
        written.append(str(target))
    if as_json:
        echo_json({**result.record(), "written": written, "findings": to_json(result.findings, language())})
    else:
        for name in written:
            click.echo(name)
        if result.findings:
            click.echo(render_text(result.findings, language()), err=True)
    if not quiet():
        done = message("pdf.done", language(), count=len(written), engine=result.engine, version=result.version)
        click.echo(done, err=True)
    if has_errors(result.findings):
        raise click.exceptions.Exit(EXIT_FINDINGS)
