"""`docgen blank`: Word forms to fill."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from docgen.cli import help_text, note
from docgen.cli.options import (
    TODAY,
    Day,
    Given,
    chosen_form,
    folders_option,
    output_option,
    overwrite_option,
    templates_option,
)
from docgen.errors import UsageError


@click.command(help=help_text("blank"))
@click.argument("form", required=False)
@click.option("--all", "every", is_flag=True, help=help_text("option.all"))
@click.option("--dossier", type=Given(exists=True, path_type=Path), help=help_text("option.dossier"))
@click.option("--member", "members", multiple=True, help=help_text("option.member"))
@click.option("--all-members", is_flag=True, help=help_text("option.all_members"))
@click.option("--assessor", default="", help=help_text("option.assessor"))
@click.option("--role", "roles", multiple=True, help=help_text("option.role_blank"))
@click.option("--record", is_flag=False, flag_value=TODAY, default=None, type=Day(), help=help_text("option.record"))
@click.option("--copies", "-n", type=click.IntRange(min=0, max=500), default=0, help=help_text("option.copies"))
@click.option("--for-pen", is_flag=True, help=help_text("option.for_pen"))
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
    roles: tuple[str, ...],
    record: datetime.date | None,
    copies: int,
    for_pen: bool,
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
    if form and dossier is None:
        regulation_id, form = chosen_form(form, regulation_id, folders)
    drafts: list[str] = []

    def left_out(own: str, of: list[str]) -> None:
        note("blank.other_form" if own else "blank.no_form", form=own, members=", ".join(of))

    written = blank_forms(
        form, regulation_id, folders=folders, templates=templates, output=output, overwrite=overwrite,
        dossier=dossier, members=members, all_members=all_members, assessor=assessor, roles=roles,
        record=record.isoformat() if record else "",
        copies=copies, for_pen=for_pen, of_our_own=drafts.append, left_out=left_out,
    )  # fmt: skip
    for path in written:
        click.echo(str(path))
    note("blank.done", count=len(written))
    if drafts:
        note("blank.office")
