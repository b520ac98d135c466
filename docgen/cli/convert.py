"""`docgen convert`: a dossier from JSON to Excel, or back."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli import HELP_LANGUAGE, help_text, language, note
from docgen.cli.options import Given, echo_json, folders_option, json_option, overwrite_option
from docgen.errors import EXIT_FINDINGS, UsageError
from docgen.i18n import message


@click.command(help=help_text("convert"))
@click.argument("source", type=Given(exists=True, path_type=Path))
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--full", is_flag=True, help=message("cli.help.option.full_convert", HELP_LANGUAGE))
@click.option("--leave-out", is_flag=True, help=message("cli.help.option.leave_out", HELP_LANGUAGE))
@folders_option
@overwrite_option
@json_option
def convert(
    source: Path, target: Path, full: bool, leave_out: bool, folders: tuple[Path, ...], overwrite: bool, as_json: bool
) -> None:
    """Write a dossier as the other kind of file; exit code 1, and no file, where something would be lost."""
    from docgen.desk.book_asked import converted
    from docgen.dossier import load_dossier
    from docgen.dossier.exchange import Exchanged, sheets_left
    from docgen.storage import write_whole
    from docgen.validation.report import render_text, to_json

    loaded, findings = load_dossier(source, folders)
    out = Exchanged(None, [found for found in findings if found.severity == "error"])
    if loaded is not None:
        given, kind = Path(loaded.file).suffix.lower(), target.suffix.lower().lstrip(".")
        from_book = given != ".json"
        if from_book == (kind == "xlsx"):
            raise UsageError("dossier.usage.convert_same", source=str(source), target=str(target))
        if target.exists() and not overwrite:
            raise UsageError("errors.usage.exists", file=str(target))
        out = converted(loaded, kind, leave_out=leave_out, base=target.absolute().parent, full=full)
        out.findings += sheets_left(Path(loaded.file).read_bytes(), loaded) if from_book else []
        if out.content is not None:
            write_whole(target, out.content, overwrite=overwrite)
    if as_json:
        written = out.content is not None
        echo_json({"written": written, "file": str(target), "findings": to_json(out.findings, language())})
    elif out.findings:
        click.echo(render_text(out.findings, language()), err=True)
    if out.content is None:
        note("convert.refused", file=str(target))
        raise click.exceptions.Exit(EXIT_FINDINGS)
    if not as_json:
        click.echo(str(target))
