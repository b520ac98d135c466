"""`docgen tally`: what was voted."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli import help_text, language
from docgen.cli.options import Given, echo_json, folders_option, json_option, output_option, overwrite_option
from docgen.errors import EXIT_FINDINGS
from docgen.model import has_errors


@click.command(help=help_text("tally"))
@click.argument("source", type=Given(exists=True, dir_okay=False, path_type=Path))
@folders_option
@output_option()
@overwrite_option
@json_option
def tally(source: Path, folders: tuple[Path, ...], output: Path | None, overwrite: bool, as_json: bool) -> None:
    """Count ballots (or take counts) and say what the vote gives, by the regulation's own rule."""
    from docgen.packet.minutes import count_file, write_minutes
    from docgen.validation.report import render_text, to_json

    result = count_file(source, folders)
    if as_json:
        echo_json({**result.as_json(language()), "findings": to_json(result.findings, language())})
    else:
        click.echo(result.as_text(language()))
        if result.findings:
            click.echo(render_text(result.findings, language()), err=True)
    if has_errors(result.findings):
        raise click.exceptions.Exit(EXIT_FINDINGS)
    if output is not None:
        click.echo(str(write_minutes(result, output, folders, overwrite=overwrite)))
