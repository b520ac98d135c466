"""`docgen schema`: the JSON Schema of a form, or of a whole dossier."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli import help_text
from docgen.cli.options import (
    chosen_form,
    chosen_regulation,
    echo_json,
    folders_option,
    regulation_option,
)


@click.command(help=help_text("schema"))
@click.argument("form", required=False)
@regulation_option
@folders_option
def schema(form: str | None, regulation_id: str | None, folders: tuple[Path, ...]) -> None:
    """Print the JSON Schema of a form, or of a whole dossier where no form is named."""
    from docgen.forms.definition import load_form
    from docgen.forms.schema import dossier_schema, form_schema
    from docgen.regulations.loader import load_regulation

    if form:
        regulation_id, form = chosen_form(form, regulation_id, folders)
    regulation_id = chosen_regulation(regulation_id, folders)
    regulation = load_regulation(regulation_id, folders)
    echo_json(form_schema(load_form(regulation, form)) if form else dossier_schema([regulation]))
