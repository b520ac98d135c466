"""`docgen fill`: one form for one record or for hundreds of thousands."""

from __future__ import annotations

import json
from pathlib import Path

import click

from docgen.cli import HELP_LANGUAGE, help_text, language
from docgen.cli.options import (
    Given,
    chosen_form,
    folders_option,
    json_option,
    output_option,
    overwrite_option,
    regulation_option,
    templates_option,
)
from docgen.cli.progress import ProgressLine
from docgen.cli.summary import print_summary
from docgen.errors import EXIT_FINDINGS, EXIT_PARTIAL, UsageError
from docgen.i18n import message

_FILE = click.Path(dir_okay=False, path_type=Path)


def _help(name: str) -> str:
    return message(f"batch.help.{name}", HELP_LANGUAGE)


@click.command(help=help_text("fill"))
@click.argument("form")
@click.argument("data", required=False, type=Given(exists=True, path_type=Path))
@click.option("--data", "data_file", type=Given(exists=True, path_type=Path), help=help_text("option.data"))
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
    regulation_id: str | None,
    folders: tuple[Path, ...],
    templates: tuple[Path, ...],
    output: Path | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Fill a form for each record of a file, print a sample record, or write an empty roster."""
    regulation_id, form = chosen_form(form, regulation_id, folders)
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
    print_summary(summary, as_json, "batch.done")
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

        write_roster(workbook, definition, overwrite=overwrite)
        click.echo(str(workbook))
        return
    from docgen.forms.example import sample_record

    click.echo(json.dumps(sample_record(definition), ensure_ascii=False))
