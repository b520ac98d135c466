"""`docgen status`: which papers are there, and what comes next."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from docgen.cli import HELP_LANGUAGE, help_text, language
from docgen.cli.options import (
    Day,
    Given,
    echo_json,
    folders_option,
    json_option,
    overwrite_option,
    templates_option,
    today,
)
from docgen.errors import EXIT_FINDINGS
from docgen.i18n import message

_FILE = click.Path(dir_okay=False, path_type=Path)


def _help(name: str) -> str:
    return message(f"desk.help.{name}", HELP_LANGUAGE)


@click.command(help=help_text("status"))
@click.argument("dossier", type=Given(exists=True, path_type=Path))
@click.option("--packet", type=Given(exists=True, path_type=Path), help=_help("packet"))
@click.option("--trust", multiple=True, type=Given(exists=True, dir_okay=False, path_type=Path), help=_help("trust"))
@click.option("--docx", "docx_file", type=_FILE, help=_help("docx"))
@click.option("--excel", "excel_file", type=_FILE, help=_help("excel"))
@click.option("--today", "day", type=Day(), default=None, help=_help("today"))
@folders_option
@templates_option
@overwrite_option
@json_option
def status(
    dossier: Path, packet: Path | None, trust: tuple[Path, ...], docx_file: Path | None, excel_file: Path | None,
    day: datetime.date | None, folders: tuple[Path, ...], templates: tuple[Path, ...], overwrite: bool, as_json: bool,
) -> None:  # fmt: skip
    """Say of every paper what it is, and what comes next; exit code 1 only where the dossier could not be read."""
    from docgen.desk.calendar import make_calendar
    from docgen.desk.next_step import next_step
    from docgen.desk.sheets import status_book, status_page
    from docgen.desk.status import make_status
    from docgen.desk.status_text import as_json as plain
    from docgen.desk.status_text import as_text
    from docgen.pipeline import check_dossier
    from docgen.storage import write_whole
    from docgen.validation.report import render_text

    checked = check_dossier(dossier, folders)
    if checked.dossier is None or checked.regulation is None:
        click.echo(render_text(checked.findings, language()), err=True)
        raise click.exceptions.Exit(EXIT_FINDINGS)
    loaded, regulation, now = checked.dossier, checked.regulation, day or today()
    signed = None
    if packet is not None:
        from docgen.desk.signed import signed_papers
        from docgen.signing.check import load_trust
        from docgen.signing.verify import Asked

        asked = Asked(load_trust(trust, (), (), None), regulations=loaded.folders)
        signed = signed_papers(packet, regulation, loaded.data, asked, templates)
    found = make_status(loaded, regulation, checked.findings, now, signed)
    step = next_step(found, make_calendar(regulation, loaded.data, now), checked.board, Path(loaded.file or dossier))
    if docx_file is not None:
        write_whole(docx_file, status_page(found, loaded.data, step), overwrite=overwrite)
    if excel_file is not None:
        write_whole(excel_file, status_book(found), overwrite=overwrite)
    if as_json:
        echo_json(plain(found, step, checked.board, language()))
    else:
        click.echo(as_text(found, step, checked.board, language()))
