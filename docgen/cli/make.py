"""`docgen blank` and `docgen fill`: Word forms, to fill and filled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from docgen.cli import help_text, language, note
from docgen.cli.options import (
    echo_json,
    folders_option,
    json_option,
    output_option,
    overwrite_option,
    regulation_option,
    templates_option,
)
from docgen.errors import EXIT_FINDINGS, EXIT_PARTIAL, UsageError


@click.command(help=help_text("blank"))
@click.argument("form", required=False)
@click.option("--all", "every", is_flag=True, help=help_text("option.all"))
@click.option("--dossier", type=click.Path(exists=True, path_type=Path), help=help_text("option.dossier"))
@click.option("--member", "members", multiple=True, help=help_text("option.member"))
@click.option("--all-members", is_flag=True, help=help_text("option.all_members"))
@click.option("--assessor", default="", help=help_text("option.assessor"))
@click.option("--regulation", "-r", "regulation_id", default=None, help=help_text("option.regulation"))
@folders_option
@templates_option
@output_option()
@overwrite_option
def blank(
    form: str | None,
    every: bool,
    dossier: Path | None,
    members: tuple[str, ...],
    all_members: bool,
    assessor: str,
    regulation_id: str | None,
    folders: tuple[Path, ...],
    templates: tuple[Path, ...],
    output: Path | None,
    overwrite: bool,
) -> None:
    """Write blank forms, or forms that already carry what a dossier knows."""
    from docgen.pipeline import blank_forms

    if every == bool(form):
        raise UsageError("errors.usage.form_or_all")
    written = blank_forms(
        form, regulation_id, folders=folders, templates=templates, output=output, overwrite=overwrite,
        dossier=dossier, members=members, all_members=all_members, assessor=assessor,
    )  # fmt: skip
    for path in written:
        click.echo(str(path))
    note("blank.done", count=len(written))


@click.command(help=help_text("fill"))
@click.argument("form")
@click.argument("data", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--data", "data_file", type=click.Path(exists=True, path_type=Path), help=help_text("option.data"))
@click.option("--example", is_flag=True, help=help_text("option.example"))
@click.option("--draft", is_flag=True, help=help_text("option.draft"))
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
    draft: bool,
    regulation_id: str,
    folders: tuple[Path, ...],
    templates: tuple[Path, ...],
    output: Path | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Fill a form for one record (JSON) or many (JSON lines), or print a sample record."""
    from docgen.forms.definition import load_form
    from docgen.regulations.loader import load_regulation

    regulation = load_regulation(regulation_id, folders)
    if example:
        from docgen.forms.example import sample_record

        click.echo(json.dumps(sample_record(regulation, load_form(regulation, form)), ensure_ascii=False))
        return
    source = data or data_file
    if source is None:
        raise UsageError("errors.usage.data_needed")
    from docgen.pipeline import fill_records
    from docgen.validation.report import render_text, to_json

    result = fill_records(
        regulation, form, source, output or Path("output"), templates=templates, overwrite=overwrite, draft=draft
    )
    if as_json:
        summary: dict[str, Any] = {"written": [str(p) for p in result.written], "skipped": result.skipped}
        echo_json({**summary, "findings": to_json(result.findings, language())})
    else:
        for path in result.written:
            click.echo(str(path))
        if result.findings:
            click.echo(render_text(result.findings, language()), err=True)
    note("fill.done", written=len(result.written), skipped=result.skipped)
    if result.skipped:
        raise click.exceptions.Exit(EXIT_PARTIAL if result.written else EXIT_FINDINGS)
