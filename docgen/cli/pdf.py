"""`docgen pdf`: Word files to PDF/A-2b."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli import HELP_LANGUAGE, language, quiet
from docgen.cli.options import echo_json, json_option, output_option, overwrite_option
from docgen.errors import EXIT_FINDINGS, UsageError
from docgen.i18n import message


def _help(key: str) -> str:
    return message(f"pdf.help.{key}", HELP_LANGUAGE)


@click.command(help=_help("pdf"))
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--engine", type=click.Choice(["auto", "rdocx", "libreoffice"]), default="auto", show_default=True,
              help=_help("engine"))  # fmt: skip
@click.option("--workers", type=click.IntRange(1, 64), help=_help("workers"))
@click.option("--timeout", type=click.FloatRange(1), help=_help("timeout"))
@click.option("--fields", is_flag=True, help=_help("fields"))
@click.option("--merge", is_flag=True, help=_help("merge"))
@output_option()
@overwrite_option
@json_option
def pdf(
    files: tuple[Path, ...], engine: str, workers: int | None, timeout: float | None, fields: bool, merge: bool,
    output: Path | None, overwrite: bool, as_json: bool,
) -> None:  # fmt: skip
    """Convert Word files (or all in a folder); what went wrong is listed and nothing faulty is kept silently."""
    from docgen.model import has_errors
    from docgen.pdf import convert, print_copy
    from docgen.storage import write_whole
    from docgen.validation.report import render_text, to_json

    paths = [path for given in files for path in (sorted(given.rglob("*.docx")) if given.is_dir() else [given])]
    paths = [path for path in dict.fromkeys(paths) if not path.name.startswith("~$")]
    if not paths:
        raise UsageError("pdf.error.nothing")
    target = output or Path("output")
    single = target.suffix.lower() == ".pdf"
    if single and len(paths) > 1 and not merge:
        raise UsageError("pdf.error.one_output", count=len(paths))
    places = {str(path): target if single else target / path.with_suffix(".pdf").name for path in paths}
    if len({str(place).lower() for place in places.values()}) != len(places) and not merge:
        raise UsageError("pdf.error.same_names")
    result = convert([(str(path), path.read_bytes()) for path in paths], engine, workers=workers, timeout=timeout)
    written = []
    if merge:
        parts = [(path.stem, result.pdfs[str(path)]) for path in paths if str(path) in result.pdfs]
        place = target if single else target / "ban-in.pdf"
        write_whole(place, print_copy(parts), overwrite=overwrite)
        written.append(str(place))
    else:
        for name, content in result.pdfs.items():
            if fields:
                from docgen.signing import place_fields

                content = place_fields(content, result.zones[name])
            write_whole(places[name], content, overwrite=overwrite)
            written.append(str(places[name]))
    if as_json:
        echo_json({**result.record(), "written": written, "findings": to_json(result.findings, language())})
    else:
        for name in written:
            click.echo(name)
        if result.findings:
            click.echo(render_text(result.findings, language()), err=True)
    if not quiet():
        done = message("pdf.done", language(), count=len(written), engine=result.engine, version=result.version)
        click.echo(done, err=True)
    if has_errors(result.findings):
        raise click.exceptions.Exit(EXIT_FINDINGS)
