"""`docgen validate`: what is wrong in dossiers, form data and Word files."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli import help_text, language
from docgen.cli.findings import report_text
from docgen.cli.options import Given, echo_json, folders_option, json_option
from docgen.errors import EXIT_FINDINGS
from docgen.model import Finding, has_errors


@click.command(help=help_text("validate"))
@click.argument("paths", nargs=-1, required=True, type=Given(exists=True, path_type=Path))
@click.option("--all", "everything", is_flag=True, help=help_text("option.all"))
@folders_option
@json_option
def validate(paths: tuple[Path, ...], everything: bool, folders: tuple[Path, ...], as_json: bool) -> None:
    """Check dossiers, form data and Word files; exit code 1 where there is an error."""
    from docgen.pipeline import check_path
    from docgen.validation.report import to_json

    findings: list[Finding] = []
    for path in paths:
        findings.extend(check_path(path, folders))
    if as_json:
        echo_json(to_json(findings, language()))
    else:
        click.echo(report_text(findings, everything), nl=False)
    if has_errors(findings):
        raise click.exceptions.Exit(EXIT_FINDINGS)
