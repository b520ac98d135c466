"""`docgen hand-over`: a packet as one zip for a document system."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli import HELP_LANGUAGE, help_text
from docgen.cli.options import Given, overwrite_option
from docgen.i18n import message


@click.command("hand-over", help=help_text("hand-over"))
@click.argument("packet", type=Given(exists=True, file_okay=False, path_type=Path))
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True,
              help=message("packet.help.hand_over_output", HELP_LANGUAGE))  # fmt: skip
@click.option("--number", default="", help=message("packet.help.hand_over_number", HELP_LANGUAGE))
@overwrite_option
def hand_over(packet: Path, output: Path, number: str, overwrite: bool) -> None:
    """Write the packet, its metadata and an edXML file that claims no conformity into one zip."""
    from docgen.packet.document_system import hand_over as write
    from docgen.storage import open_whole, working_on

    with working_on(packet), open_whole(output, overwrite=overwrite) as out:
        write(packet, out, number)
