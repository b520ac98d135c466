"""`docgen forms`: the forms of a regulation, and where each comes from."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli import help_text, text
from docgen.cli.options import (
    echo_json,
    folders_option,
    json_option,
)


@click.command(help=help_text("forms"))
@click.option("--regulation", "-r", "regulation_id", default=None, help=help_text("option.regulation"))
@folders_option
@json_option
def forms(regulation_id: str | None, folders: tuple[Path, ...], as_json: bool) -> None:
    """List the forms of one regulation, or of all."""
    from docgen.forms.definition import load_form
    from docgen.regulations.loader import list_regulations, load_regulation

    names = [regulation_id] if regulation_id else list_regulations(folders)
    rows = []
    for name in names:
        regulation = load_regulation(name, folders)
        for form in regulation.every_form:
            d = load_form(regulation, form)
            rows.append(
                {
                    "regulation": name,
                    "form": form,
                    "code": d.code,
                    "name": d.name,
                    "subject": d.subject,
                    "record": d.record,
                    "status": d.status,
                    "source": f"{d.source_document}, {d.source_place}",
                    "basis": list(d.basis),
                    "signers": [sign.role for sign in d.signs()],
                    "definition": d.definition_hash,
                }
            )
    if as_json:
        echo_json(rows)
        return
    for row in rows:
        click.echo(f"{row['regulation']}/{row['form']}  {row['code']} – {row['name']}")
        click.echo(f"    {text('forms.status.' + str(row['status']), source=row['source'])}")
        for basis in row["basis"] if regulation_id else ():
            click.echo(f"      · {basis}")
