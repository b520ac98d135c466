"""`docgen packet`: everything that goes up, in one folder; `docgen open`: look into one that came."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen.cli import HELP_LANGUAGE, help_text, language, note
from docgen.cli.options import (
    Given,
    echo_json,
    folders_option,
    json_option,
    output_option,
    overwrite_option,
    templates_option,
)
from docgen.errors import EXIT_FINDINGS, EXIT_PARTIAL, UsageError
from docgen.i18n import message
from docgen.pdf.names import ENGINES

if TYPE_CHECKING:
    from docgen.batch.packets import PacketBatch
    from docgen.pipeline import PacketOptions

_FILE = click.Path(dir_okay=False, path_type=Path)


def _help(name: str) -> str:
    return message(f"batch.help.packet.{name}", HELP_LANGUAGE)


@click.command(help=help_text("packet"))
@click.argument("dossiers", nargs=-1, type=Given(exists=True, path_type=Path))
@click.option("--data", "data", multiple=True, type=Given(exists=True, path_type=Path), help=_help("data"))
@output_option(default=Path("output") / "packet")
@click.option("--draft", is_flag=True, help=help_text("option.draft"))
@click.option("--pdf", "with_pdf", is_flag=True, help=help_text("option.pdf"))
@click.option("--pdf-engine", type=click.Choice(ENGINES), default=None, help=help_text("option.engine"))
@click.option("--zip", "zip_file", is_flag=True, help=help_text("option.zip"))
@click.option("--jobs", "-j", type=click.IntRange(min=0), default=0, help=help_text("option.jobs"))
@click.option("--archive", type=_FILE, help=_help("archive"))
@click.option("--shard", type=click.IntRange(min=0), default=0, help=_help("shard"))
@click.option("--scan", "scans", multiple=True, metavar=message("cli.metavar.scan", HELP_LANGUAGE), help=_help("scan"))
@click.option("--findings", "findings_file", type=_FILE, help=_help("findings"))
@folders_option
@templates_option
@overwrite_option
@json_option
def packet(
    dossiers: tuple[Path, ...],
    data: tuple[Path, ...],
    output: Path,
    draft: bool,
    with_pdf: bool,
    pdf_engine: str | None,
    zip_file: bool,
    jobs: int,
    archive: Path | None,
    shard: int,
    scans: tuple[str, ...],
    findings_file: Path | None,
    folders: tuple[Path, ...],
    templates: tuple[Path, ...],
    overwrite: bool,
    as_json: bool,
) -> None:
    """Make the packet of a dossier, or of each of many; with --zip, also bundle it (or one that is there already)."""
    from docgen.pipeline import PacketOptions

    engine = pdf_engine or ("auto" if with_pdf or zip_file else None)
    options = PacketOptions(templates, draft, overwrite, engine, jobs)
    if _many(dossiers, data) or archive or shard or findings_file:
        if scans:
            raise UsageError("errors.usage.scan_of_one")
        from docgen.batch.packets import PacketBatch

        _make_many(
            PacketBatch(
                (*dossiers, *data), output, options, folders, zip_file, archive, shard, findings_file, language()
            ),
            as_json,
        )
        return
    (dossier,) = dossiers
    if zip_file and (dossier / "manifest.json").is_file():
        _bundle(dossier, overwrite)
        return
    options = replace(options, scans=[_scan(given) for given in scans])
    made = _make_one(dossier, output, options, folders, as_json)
    if zip_file:
        _bundle(made, overwrite)


def _scan(given: str) -> Any:
    """The scan that `[TITLE=]FILE` names. Raises `UsageError` for no such file, `InputError` for a refused one."""
    from docgen.signing.bounded import read_bounded
    from docgen.signing.scan import MAX_SCAN, read_scan

    title, _, name = given.rpartition("=")
    path = Path(given) if Path(given).is_file() or not title else Path(name)
    if not path.is_file():
        raise UsageError("errors.usage.no_such_file", file=str(path))
    shown_title = title.strip() if title and path == Path(name) else path.stem
    return read_scan(read_bounded(path, MAX_SCAN), shown_title, path.name)


def _many(dossiers: tuple[Path, ...], data: tuple[Path, ...]) -> bool:
    """True where not one dossier was named, but several, or a file of lines. Raises `UsageError` where none was."""
    if not dossiers and not data:
        raise UsageError("batch.usage.no_dossiers", places="–")
    return bool(data) or len(dossiers) > 1 or dossiers[0].suffix.lower() in (".jsonl", ".ndjson")


def _make_one(dossier: Path, output: Path, options: PacketOptions, folders: tuple[Path, ...], as_json: bool) -> Path:
    """One dossier, one packet; returns its folder."""
    from docgen.cli.progress import counter
    from docgen.pipeline import PacketProgress, make_packet
    from docgen.validation.report import render_text, to_json

    progress = PacketProgress(counter("cli.packet.filling"), counter("cli.packet.drawing"))
    made, checked = make_packet(dossier, output, options, folders=folders, progress=progress)
    found = [*checked.findings, *(made.findings if made else ())]
    if as_json:
        files = [{"file": name, "sha256": digest} for name, digest in made.files.items()] if made else []
        packet_dir = str(made.folder) if made else None
        echo_json({"packet": packet_dir, "files": files, "findings": to_json(found, language())})
    elif found:
        click.echo(render_text(found, language()), err=True)
    if made is None:
        note("packet.refused")
        raise click.exceptions.Exit(EXIT_FINDINGS)
    if not as_json:
        click.echo(str(made.folder))
    note("packet.done", count=len(made.documents) + len(options.scans), folder=str(made.folder))
    return Path(made.folder)


def _make_many(batch: PacketBatch, as_json: bool) -> None:
    """A packet for each dossier; ends with 3 where some could not be made, with 1 where none could."""
    from docgen.batch.packets import run_packets
    from docgen.cli.batch import print_summary
    from docgen.cli.progress import ProgressLine

    line = ProgressLine("batch.packet.progress", not as_json)
    try:
        summary = run_packets(batch, lambda progress: line.show(progress.done, progress.total, progress.seconds))
    finally:
        line.clear()
    print_summary(summary, as_json, "batch.packet.done")
    if summary.skipped:
        raise click.exceptions.Exit(EXIT_PARTIAL if summary.made or summary.kept else EXIT_FINDINGS)


def _bundle(folder: Path, overwrite: bool) -> None:
    """The zip and the cover PDF of a packet, beside it."""
    from docgen.packet.handover import cover_packet, zip_packet

    click.echo(str(zip_packet(folder, overwrite=overwrite)))
    cover = cover_packet(folder, overwrite=overwrite)
    if cover is None:
        note("packet.zip_only", folder=str(folder.absolute().parent))
        return
    click.echo(str(cover))
    note("packet.zipped", folder=str(folder.absolute().parent))


@click.command("open", help=help_text("open"))
@click.argument("path", type=Given(exists=True, path_type=Path))
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
