"""`docgen packet`: everything that goes up, in one folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from docgen.cli import HELP_LANGUAGE, help_text, language, note, quiet
from docgen.cli.options import (
    Given,
    echo_json,
    folders_option,
    json_option,
    overwrite_option,
    templates_option,
)
from docgen.errors import EXIT_FINDINGS, EXIT_PARTIAL, DocgenError, UsageError
from docgen.i18n import message
from docgen.pdf.engine_names import ENGINES

if TYPE_CHECKING:
    from docgen.batch.many_packets import PacketBatch
    from docgen.pipeline import PacketOptions
    from docgen.sharing import Share
    from docgen.signing.scan import Scan

_FILE = click.Path(dir_okay=False, path_type=Path)


def _help(name: str) -> str:
    return message(f"batch.help.packet.{name}", HELP_LANGUAGE)


@click.command(help=help_text("packet"))
@click.argument("dossiers", nargs=-1, type=Given(exists=True, path_type=Path))
@click.option("--data", "data", multiple=True, type=Given(exists=True, path_type=Path), help=_help("data"))
@click.option(
    "-o", "--output", default=str(Path("output") / "packet"), type=click.Path(), help=_help("output"), show_default=True
)
@click.option("--draft", is_flag=True, help=help_text("option.draft"))
@click.option("--pdf", "with_pdf", is_flag=True, help=help_text("option.pdf"))
@click.option("--pdf-engine", type=click.Choice(ENGINES), default=None, help=help_text("option.engine"))
@click.option("--zip", "zip_file", is_flag=True, help=help_text("option.zip"))
@click.option("--jobs", "-j", type=click.IntRange(min=0), default=0, help=help_text("option.jobs"))
@click.option("--archive", type=_FILE, help=_help("archive"))
@click.option("--shard", type=click.IntRange(min=0), default=0, help=_help("shard"))
@click.option(
    "--with", "papers", multiple=True, metavar=message("cli.metavar.papers", HELP_LANGUAGE), help=_help("papers")
)
@click.option("--scan", "scans", multiple=True, metavar=message("cli.metavar.scan", HELP_LANGUAGE), help=_help("scan"))
@click.option("--print-plan", is_flag=True, help=_help("print_plan"))
@click.option("--copies", type=click.IntRange(1, 99), default=1, show_default=True, help=_help("copies"))
@click.option("--cluster", metavar="tcp://HOST:PORT", help=_help("cluster"))
@click.option("--findings", "findings_file", type=_FILE, help=_help("findings"))
@folders_option
@templates_option
@overwrite_option
@json_option
def packet(
    dossiers: tuple[Path, ...],
    data: tuple[Path, ...],
    output: str,
    draft: bool,
    with_pdf: bool,
    pdf_engine: str | None,
    zip_file: bool,
    jobs: int,
    archive: Path | None,
    shard: int,
    papers: tuple[str, ...],
    scans: tuple[str, ...],
    print_plan: bool,
    copies: int,
    cluster: str | None,
    findings_file: Path | None,
    folders: tuple[Path, ...],
    templates: tuple[Path, ...],
    overwrite: bool,
    as_json: bool,
) -> None:
    """Make the packet of a dossier, or of each of many; with --zip, also bundle it (or one that is there already)."""
    from docgen.pipeline import PacketOptions

    engine = pdf_engine or ("auto" if with_pdf or zip_file else None)
    wanted = tuple(dict.fromkeys(name.strip() for given in papers for name in given.split(",") if name.strip()))
    copies = copies if print_plan else 0
    options = PacketOptions(templates, draft, overwrite, engine, jobs, papers=wanted, print_copies=copies)
    store = "://" in output
    if _many(dossiers, data) or archive or shard or findings_file or cluster or store:
        if scans:
            raise UsageError("errors.usage.scan_of_one")
        from docgen.batch.many_packets import PacketBatch

        batch = PacketBatch(
            (*dossiers, *data), _beside(output) if store else Path(output), options, folders, zip_file, archive, shard,
            findings_file, language(), output.rstrip("/") if store else "",
        )  # fmt: skip
        _make_many(_for_all_machines(batch) if cluster else batch, as_json, cluster)
        return
    (dossier,) = dossiers
    if zip_file and (dossier / "manifest.json").is_file():
        _bundle(dossier, overwrite)
        return
    options = replace(options, scans=[_scan(given) for given in scans])
    made = _make_one(dossier, Path(output), options, folders, as_json)
    if zip_file:
        _bundle(made, overwrite)


def _scan(given: str) -> Scan:
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


def _beside(store: str) -> Path:
    """Where journal and findings of packets in a store are kept: a folder here, named after the store's address."""
    from docgen.storage import safe_name

    return Path(safe_name(store.partition("?")[0]))


def _for_all_machines(batch: PacketBatch) -> PacketBatch:
    """`batch` as other machines understand it: their working folder is another."""
    templates = tuple(path.absolute() for path in batch.options.templates)
    return replace(
        batch,
        output=batch.output.absolute(),
        archive=batch.archive and batch.archive.absolute(),
        folders=tuple(path.absolute() for path in batch.folders),
        options=replace(batch.options, templates=templates, shared=True),
    )


def _make_many(batch: PacketBatch, as_json: bool, cluster: str | None = None) -> None:
    """A packet for each dossier; ends with 3 where some could not be made, with 1 where none could.

    `cluster` is the address of the scheduler whose workers make them, left out for this machine alone.
    """
    from docgen.batch.many_packets import run_packets
    from docgen.cli.progress import ProgressLine
    from docgen.cli.summary import print_summary
    from docgen.sharing import share

    line = ProgressLine("batch.packet.progress", not as_json)

    def tell(key: str, params: Mapping[str, object]) -> None:
        line.clear()
        if not quiet():
            shown = {k: v.text(language()) if isinstance(v, DocgenError) else v for k, v in params.items()}
            click.echo(message(f"batch.cluster.told.{key}", language(), **shown), err=True)

    way: Share = share
    if cluster:
        from docgen.batch.cluster import by_cluster

        way = by_cluster(cluster, tell)
    try:
        summary = run_packets(
            batch, lambda progress: line.show(progress.done, progress.total, progress.seconds), share=way
        )
    finally:
        line.clear()
    print_summary(summary, as_json, "batch.packet.done")
    if batch.store:
        note("packet.stored", store=batch.store)
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
