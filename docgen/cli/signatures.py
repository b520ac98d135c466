"""What `docgen sign` and `docgen verify` share: their words, and how they name who has not signed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from docgen.cli import HELP_LANGUAGE, language, quiet
from docgen.cli.options import Given
from docgen.i18n import message, shown
from docgen.signing.role_words import role_words

FILE = Given(exists=True, dir_okay=False, path_type=Path)


def signing_help(key: str) -> str:
    """A help text of the room of signatures."""
    return message(f"signing.help.{key}", HELP_LANGUAGE)


def signing_text(key: str, **params: object) -> str:
    """A message of the room of signatures, in the chosen language."""
    return message(f"signing.{key}", language(), **params)


def signing_note(key: str, **params: object) -> None:
    """Say it on stderr, unless `--quiet`."""
    if not quiet():
        click.echo(signing_text(key, **params), err=True)


def who_is_missing(missing: list[dict[str, Any]]) -> str:
    """Whose signatures are missing: in what capacity, and the name where it is known."""
    named = ((role_words(m["role"], language()), m["name"] or m["caption"]) for m in missing)
    return "; ".join(f"{role} {shown(who if who.startswith('(') else f'({who})')}" for role, who in named)
