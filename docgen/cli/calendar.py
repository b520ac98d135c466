"""`docgen calendar`: what is due when."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from docgen.cli import HELP_LANGUAGE, help_text, language, quiet
from docgen.cli.options import (
    Day,
    Given,
    echo_json,
    folders_option,
    json_option,
    overwrite_option,
    today,
)
from docgen.errors import EXIT_FINDINGS
from docgen.i18n import message

_FILE = click.Path(dir_okay=False, path_type=Path)


def _help(name: str) -> str:
    return message(f"desk.help.{name}", HELP_LANGUAGE)


@click.command(help=help_text("calendar"))
@click.argument("dossier", type=Given(exists=True, path_type=Path))
@click.option("--ics", "ics_file", type=_FILE, help=_help("ics"))
@click.option("--today", "day", type=Day(), default=None, help=_help("today"))
@folders_option
@overwrite_option
@json_option
def calendar(
    dossier: Path, ics_file: Path | None, day: datetime.date | None, folders: tuple[Path, ...], overwrite: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """List what is due, nearest first; exit code 1 where an own deadline has passed."""
    from docgen.desk.calendar import make_calendar
    from docgen.desk.ics import ics, still_due
    from docgen.dossier import load_dossier
    from docgen.regulations.loader import load_regulation
    from docgen.storage import write_whole
    from docgen.validation.report import render_text

    loaded, findings = load_dossier(dossier, folders)
    if loaded is None:
        click.echo(render_text(findings, language()), err=True)
        raise click.exceptions.Exit(EXIT_FINDINGS)
    regulation = load_regulation(loaded.regulation, loaded.folders)
    found = make_calendar(regulation, loaded.data, day or today())
    if ics_file is not None:
        write_whole(ics_file, ics(found, language()), overwrite=overwrite)
        if not quiet():
            count = len(still_due(found))
            key = "ics" if count else "ics_done" if found.entries else "ics_empty"
            click.echo(message(f"desk.calendar.{key}", language(), file=str(ics_file), count=count), err=True)
    if as_json:
        echo_json(found.as_json(language()))
    else:
        click.echo(found.as_text(language()))
    if found.overdue():
        raise click.exceptions.Exit(EXIT_FINDINGS)
