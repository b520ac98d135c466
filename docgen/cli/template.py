"""`docgen template check`: an office's own Word template, before anybody fills it."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli import HELP_LANGUAGE, help_text, language
from docgen.cli.options import Given, chosen_form, echo_json, folders_option, json_option, regulation_option
from docgen.errors import EXIT_FINDINGS
from docgen.i18n import message
from docgen.model import has_errors


def _help(key: str) -> str:
    return message(f"read.help.{key}", HELP_LANGUAGE)


@click.group(help=help_text("template"))
def template() -> None:
    """Commands about an office's own templates."""


@template.command(help=_help("template_check"))
@click.argument("file", type=Given(exists=True, dir_okay=False, path_type=Path))
@click.option("--form", required=True, help=_help("form"))
@regulation_option
@folders_option
@json_option
def check(file: Path, form: str, regulation_id: str | None, folders: tuple[Path, ...], as_json: bool) -> None:
    """Compare a template with its form; one without errors is filled with sample data and read back."""
    from docgen.forms.definition import load_form
    from docgen.regulations.loader import load_regulation
    from docgen.validation.report import render_text, to_json
    from docgen.validation.template_file import check_form_template

    regulation_id, form = chosen_form(form, regulation_id, folders)
    regulation = load_regulation(regulation_id, folders)
    findings = check_form_template(file, regulation, load_form(regulation, form))
    if as_json:
        echo_json(to_json(findings, language()))
    else:
        click.echo(render_text(findings, language()), nl=False)
    if has_errors(findings):
        raise click.exceptions.Exit(EXIT_FINDINGS)
