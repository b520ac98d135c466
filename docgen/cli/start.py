"""`docgen init`: a complete sample dossier, or an empty workbook, to start from."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli import help_text, note, options
from docgen.cli.options import chosen_regulation, folders_option, regulation_option


@click.command(help=help_text("init"))
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--excel", is_flag=True, help=help_text("option.excel"))
@click.option("--sample", is_flag=True, help=help_text("option.sample"))
@regulation_option
@folders_option
def init(directory: Path, excel: bool, sample: bool, regulation_id: str | None, folders: tuple[Path, ...]) -> None:
    """Write a sample dossier, or a workbook to fill in, into DIRECTORY. Nothing that exists is overwritten."""
    from docgen.dossier.scaffold import write_empty_workbook, write_sample
    from docgen.regulations.loader import load_regulation

    regulation = load_regulation(chosen_regulation(regulation_id, folders), folders)
    if not regulation_id:
        note("init.regulation", regulation=regulation.id, years=regulation.life.years)
    empty = excel and not sample
    # A regulation without an end is for this year's dossiers, not for those of the year it began in.
    now, life = options.today().year, regulation.life
    year = now if life.first is not None and life.last is None and life.covers(now) else None
    if empty:
        written = write_empty_workbook(directory, regulation)
    else:
        written = write_sample(directory, regulation, excel, year=year)
    for path in written:
        click.echo(str(path))
    note("init.empty" if empty else "init.done", file=str(written[0]), directory=str(directory))
