"""`docgen build`: definitions to templates, schemas and compiled catalogues."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli import help_text, note
from docgen.cli.options import Given
from docgen.errors import EXIT_FINDINGS, UsageError


@click.command(help=help_text("build"))
@click.option("--check", is_flag=True, help=help_text("option.check"))
@click.option(
    "--root", type=Given(exists=True, file_okay=False, path_type=Path), default=None, help=help_text("option.root")
)
def build(check: bool, root: Path | None) -> None:
    """Write (or check) everything that is built from the definitions."""
    from docgen.forms.build import build as build_all
    from docgen.forms.build import project_root

    root = root or project_root()
    if root is None:
        raise UsageError("errors.usage.no_checkout")
    changed = build_all(root, check=check)
    for path in changed:
        click.echo(str(path.relative_to(root)) if path.is_relative_to(root) else str(path))
    note("build.stale" if check and changed else "build.done", count=len(changed))
    if check and changed:
        raise click.exceptions.Exit(EXIT_FINDINGS)
