"""`docgen fill`: one form for one record or for hundreds of thousands."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen.cli import HELP_LANGUAGE, help_text, language, quiet
from docgen.cli.options import (
    echo_json,
    folders_option,
    json_option,
    output_option,
    overwrite_option,
    regulation_option,
    templates_option,
)
from docgen.cli.progress import ProgressLine
from docgen.errors import EXIT_FINDINGS, EXIT_PARTIAL, UsageError
from docgen.i18n import message

if TYPE_CHECKING:
    from docgen.batch import Summary

_FILE = click.Path(dir_okay=False, path_type=Path)


def _help(name: str) -> str:
    return message(f"batch.help.{name}", HELP_LANGUAGE)


@click.command(help=help_text("fill"))
@click.argument("form")
@click.argument("data", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--data", "data_file", type=click.Path(exists=True, path_type=Path), help=help_text("option.data"))
@click.option("--example", is_flag=True, help=help_text("option.example"))
@click.option("--workbook", type=_FILE, help=_help("workbook"))
@click.option("--draft", is_flag=True, help=help_text("option.draft"))
@click.option("--jobs", "-j", type=click.IntRange(min=0), default=0, help=_help("jobs"))
@click.option("--archive", type=_FILE, help=_help("archive"))
@click.option("--shard", type=click.IntRange(min=0), default=0, help=_help("shard"))
@click.option("--findings", "findings_file", type=_FILE, help=_help("findings"))
@regulation_option
@folders_option
@templates_option
@output_option()
@overwrite_option
@json_option
def fill(
    form: str,
    data: Path | None,
    data_file: Path | None,
    example: bool,
    workbook: Path | None,
    draft: bool,
    jobs: int,
    archive: Path | None,
    shard: int,
    findings_file: Path | None,
    regulation_id: str,
    folders: tuple[Path, ...],
    templates: tuple[Path, ...],
    output: Path | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Fill a form for each record of a file, print a sample record, or write an empty roster."""
    if example or workbook is not None:
        _start(form, regulation_id, folders, workbook, overwrite)
        return
    source = data or data_file
    if source is None:
        raise UsageError("errors.usage.data_needed")
    from docgen.batch import Batch, run_batch

    line = ProgressLine("batch.progress", not as_json)
    try:
        summary = run_batch(
            Batch(
                regulation_id, form, source, output or Path("output"), folders, templates, overwrite, draft, jobs,
                archive, shard, findings_file, language(),
            ),
            lambda progress: line.show(progress.done, progress.total, progress.seconds),
        )  # fmt: skip
    finally:
        line.clear()
    _print(summary, as_json)
    if summary.skipped:
        raise click.exceptions.Exit(EXIT_PARTIAL if summary.made or summary.kept else EXIT_FINDINGS)


def _start(form: str, regulation_id: str, folders: tuple[Path, ...], workbook: Path | None, overwrite: bool) -> None:
    """What one begins with: a sample record, or an empty roster."""
    from docgen.forms.definition import load_form
    from docgen.regulations.loader import load_regulation

    regulation = load_regulation(regulation_id, folders)
    definition = load_form(regulation, form)
    if workbook is not None:
        from docgen.batch.roster import write_roster

        write_roster(workbook, regulation, definition, overwrite=overwrite)
        click.echo(str(workbook))
        return
    from docgen.forms.example import sample_record

    click.echo(json.dumps(sample_record(regulation, definition), ensure_ascii=False))


def _print(summary: Summary, as_json: bool) -> None:
    """Results on stdout; the findings one sees first, and the counts, on stderr."""
    counts = {"made": summary.made, "kept": summary.kept, "skipped": summary.skipped, "stale": len(summary.stale)}
    if as_json:
        found = [json.loads(line) for line in _lines(summary.findings)] if summary.findings else summary.first
        where = str(summary.findings) if summary.findings else None
        results = [str(path) for path in summary.results]
        echo_json(
            {**counts, "results": results, "stale_files": summary.stale, "findings_file": where, "findings": found}
        )
        return
    for path in summary.results:
        click.echo(str(path))
    if quiet():
        return
    say: Callable[..., None] = lambda key, **params: click.echo(message(key, language(), **params), err=True)  # noqa: E731
    for finding in summary.first:
        click.echo(_entry(finding), err=True)
    if summary.noted > len(summary.first):
        say("batch.more", count=summary.noted - len(summary.first))
    if summary.findings:
        say("batch.findings", file=str(summary.findings))
    say("batch.done", **counts)


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").rstrip("\n").split("\n")


def _entry(finding: dict[str, Any]) -> str:
    """One finding as it is shown on a terminal."""
    mark = message(f"validation.report.{finding['severity']}", language())
    place = ": ".join(part for part in (finding["file"], finding["source"]) if part)
    out = f"{mark}: {finding['message']}\n    {place} [{finding['code']}]"
    return f"{out}\n    → {finding['hint']}" if finding["hint"] else out
