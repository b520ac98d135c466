"""`docgen packet`: everything that goes up, in one folder; `docgen open`: look into one that came."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from docgen.cli import help_text, language, note, quiet, text
from docgen.cli.options import echo_json, folders_option, json_option, output_option, overwrite_option, templates_option
from docgen.errors import EXIT_FINDINGS


def _progress(key: str) -> Callable[[int, int], None]:
    """A counter on stderr, on a terminal only."""
    if quiet() or not sys.stderr.isatty():
        return lambda done, total: None

    def show(done: int, total: int) -> None:
        end = "\n" if done == total else "\r"
        sys.stderr.write(text(key, done=done, total=total) + end)
        sys.stderr.flush()

    return show


@click.command(help=help_text("packet"))
@click.argument("dossier", type=click.Path(exists=True, path_type=Path))
@output_option(default=Path("output") / "packet")
@click.option("--draft", is_flag=True, help=help_text("option.draft"))
@click.option("--pdf", "with_pdf", is_flag=True, help=help_text("option.pdf"))
@click.option(
    "--pdf-engine", type=click.Choice(["auto", "rdocx", "libreoffice"]), default=None, help=help_text("option.engine")
)
@click.option("--zip", "zip_file", is_flag=True, help=help_text("option.zip"))
@click.option("--jobs", "-j", type=click.IntRange(min=0), default=0, help=help_text("option.jobs"))
@folders_option
@templates_option
@overwrite_option
@json_option
def packet(
    dossier: Path,
    output: Path,
    draft: bool,
    with_pdf: bool,
    pdf_engine: str | None,
    zip_file: bool,
    jobs: int,
    folders: tuple[Path, ...],
    templates: tuple[Path, ...],
    overwrite: bool,
    as_json: bool,
) -> None:
    """Make the whole packet of a dossier; with --zip, also bundle it (or a packet that is there already)."""
    if zip_file and (dossier / "manifest.json").is_file():
        _bundle(dossier, overwrite)
        return
    from docgen.pipeline import PacketOptions, PacketProgress, make_packet
    from docgen.validation.report import render_text, to_json

    engine = pdf_engine or ("auto" if with_pdf or zip_file else None)
    options = PacketOptions(templates, draft, overwrite, engine, jobs)
    progress = PacketProgress(_progress("packet.progress"), _progress("packet.progress.pdf"))
    made, checked = make_packet(dossier, output, options, folders=folders, progress=progress)
    if as_json:
        files = [{"file": name, "sha256": digest} for name, digest in made.files.items()] if made else []
        packet_dir = str(made.folder) if made else None
        echo_json({"packet": packet_dir, "files": files, "findings": to_json(checked.findings, language())})
    elif checked.findings:
        click.echo(render_text(checked.findings, language()), err=True)
    if made is None:
        note("packet.refused")
        raise click.exceptions.Exit(EXIT_FINDINGS)
    if not as_json:
        click.echo(str(made.folder))
    note("packet.done", count=len(made.documents), folder=str(made.folder))
    if zip_file:
        _bundle(made.folder, overwrite)


def _bundle(folder: Path, overwrite: bool) -> None:
    """The zip and the cover PDF of a packet, beside it."""
    from docgen.packet.handover import cover_packet, zip_packet

    for path in (zip_packet(folder, overwrite=overwrite), cover_packet(folder, overwrite=overwrite)):
        click.echo(str(path))
    note("packet.zipped", folder=str(folder.parent))


@click.command("open", help=help_text("open"))
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@output_option()
@json_option
def open_packet(path: Path, output: Path | None, as_json: bool) -> None:
    """List and check a packet: a folder, a zip, or a cover PDF with attachments."""
    from docgen.packet.handover import look_into

    seen = look_into(path, output)
    if as_json:
        echo_json(seen.as_json())
    else:
        click.echo(seen.as_text(language()))
    if not seen.sound:
        raise click.exceptions.Exit(EXIT_FINDINGS)
