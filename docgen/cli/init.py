"""`docgen init`: a complete sample dossier, or an empty workbook, to start from."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli import help_text, note, options
from docgen.cli.options import chosen_regulation, folders_option, regulation_option
from docgen.errors import UsageError


@click.command(help=help_text("init"))
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--excel", is_flag=True, help=help_text("option.excel"))
@click.option("--full", is_flag=True, help=help_text("option.full_book"))
@click.option("--sample", is_flag=True, help=help_text("option.sample"))
@click.option("--office", is_flag=True, help=help_text("option.office"))
@regulation_option
@folders_option
def init(
    directory: Path, excel: bool, full: bool, sample: bool, office: bool, regulation_id: str | None,
    folders: tuple[Path, ...],
) -> None:  # fmt: skip
    """Write a sample dossier, or a workbook to fill in, into DIRECTORY. Nothing that exists is overwritten."""
    from docgen.desk.book_asked import asked_of, write_empty_book
    from docgen.dossier.scaffold import write_sample
    from docgen.regulations.loader import load_regulation

    if office and excel:
        raise UsageError("errors.usage.office_in_json")
    regulation = load_regulation(chosen_regulation(regulation_id, folders), folders)
    if not regulation_id:
        note("init.regulation", regulation=regulation.id, years=regulation.life.years)
    empty = excel and not sample
    # A regulation without an end is for this year's dossiers, not for those of the year it began in.
    now, life = options.today().year, regulation.life
    year = now if life.first is not None and life.last is None and life.covers(now) else None
    if empty:
        written = write_empty_book(directory, regulation, full=full)
    else:
        asked = asked_of(regulation) if excel and not full else None
        written = write_sample(directory, regulation, excel, year=year, office=office, asked=asked)
    for path in written:
        click.echo(str(path))
    note("init.empty" if empty else "init.done", file=str(written[0]), directory=str(directory))
