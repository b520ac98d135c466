"""`docgen template`: an office's own Word template, from the built one to the check before anybody fills it."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli import HELP_LANGUAGE, help_text, language, note
from docgen.cli.options import Given, chosen_form, echo_json, folders_option, json_option, regulation_option
from docgen.errors import EXIT_FINDINGS
from docgen.i18n import message
from docgen.model import has_errors


def _help(key: str) -> str:
    return message(f"read.help.{key}", HELP_LANGUAGE)


@click.group(help=help_text("template"))
def template() -> None:
    """Commands about an office's own templates."""


@template.command(help=_help("template_start"))
@click.argument("form")
@click.option("-o", "--output", required=True, type=click.Path(file_okay=False, path_type=Path),
              help=_help("template_output"))  # fmt: skip
@regulation_option
@folders_option
def start(form: str, output: Path, regulation_id: str | None, folders: tuple[Path, ...]) -> None:
    """Write the built template of a form where `--templates` looks for it, and a note of what to keep."""
    from docgen.forms.definition import load_form
    from docgen.forms.start_template import start_template
    from docgen.regulations.loader import load_regulation

    regulation_id, form = chosen_form(form, regulation_id, folders)
    regulation = load_regulation(regulation_id, folders)
    for path in start_template(load_form(regulation, form), output, language()):
        click.echo(str(path))
    note("template.started", form=f"{regulation_id}/{form}", folder=str(output))


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
    findings = check_form_template(file, load_form(regulation, form))
    if as_json:
        echo_json(to_json(findings, language()))
    else:
        click.echo(render_text(findings, language()), nl=False)
    if has_errors(findings):
        raise click.exceptions.Exit(EXIT_FINDINGS)
