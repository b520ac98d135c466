"""`docgen open`: look into a packet that came."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli import help_text, language
from docgen.cli.options import (
    Given,
    echo_json,
    json_option,
    output_option,
)
from docgen.errors import EXIT_FINDINGS


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
