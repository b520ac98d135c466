"""Options that several commands share."""

from __future__ import annotations

import datetime
import json
import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from docgen.cli import HELP_LANGUAGE, help_text, text
from docgen.i18n import message, shown
from docgen.regulations.in_force import regulation_in_force, usual_regulation
from docgen.regulations.loader import load_regulation
from docgen.regulations.naming import named_form

Function = TypeVar("Function", bound=Callable[..., object])


class Given(click.Path):
    """A file or folder somebody names. A pipe nobody writes to, or a device, would be waited for without end.

    What the shell itself connects (`<(…)`, `/dev/stdin`) has somebody at the other end.
    """

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path, as Click gives it. Fails (exit code 2) for what is neither a file nor a folder."""
        path = super().convert(value, param, ctx)
        connected = str(path).startswith(("/dev/fd/", "/dev/stdin", "/proc/self/fd/"))
        try:
            mode = 0 if connected else os.stat(path).st_mode
        except (OSError, ValueError):  # not there: that is said where it is needed
            return path
        if mode and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            self.fail(text("no_file", file=shown(str(path))), param, ctx)
        return path


#: What stands for the day of today where an option takes a day.
TODAY = "today"


class Day(click.DateTime):
    """A day: d/m/yyyy as people write it, yyyy-mm-dd, or `today`."""

    def __init__(self) -> None:
        super().__init__(["%d/%m/%Y", "%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The day, a `datetime.date`. Fails (exit code 2) for what is none."""
        if value == TODAY:
            return today()
        if isinstance(value, datetime.date):
            return value
        try:
            return super().convert(value, param, ctx).date()
        except click.UsageError:
            self.fail(text("no_day", given=str(value)[:40]), param, ctx)


def regulation_option(function: Function) -> Function:
    """`--regulation ID`."""
    return click.option(
        "--regulation", "-r", "regulation_id", default=None,
        show_default=message("cli.default.regulation", HELP_LANGUAGE, fallback=usual_regulation()),
        help=help_text("option.regulation"),
    )(function)  # fmt: skip


def today() -> datetime.date:
    """The day that decides which regulation is in force."""
    return datetime.date.today()


def chosen_regulation(regulation_id: str | None, folders: Sequence[Path]) -> str:
    """`regulation_id`, or where none is named the regulation in force today (`docgen regulations` shows the years)."""
    if regulation_id:
        return regulation_id
    current = regulation_in_force(today(), folders)
    return current.id if current is not None else usual_regulation()


def chosen_form(form: str, regulation_id: str | None, folders: Sequence[Path]) -> tuple[str, str]:
    """The regulation and the form of a command: `FORM` or `REGULATION/FORM`, and `--regulation` where it is given.

    A form that the regulation in force does not have, named without a regulation, is the one of `usual.yaml`
    where that has it: Mẫu 05 is no form of this year, and everybody who has one means that one.
    """
    named, alone = named_form(form, regulation_id)
    chosen = chosen_regulation(named, folders)
    unknown = not named and alone not in load_regulation(chosen, folders).every_form
    usual = unknown and alone in load_regulation(usual_regulation(), folders).forms
    return usual_regulation() if usual else chosen, alone


def folders_option(function: Function) -> Function:
    """`--regulations DIR`, repeatable: a unit's own regulation folders."""
    return click.option(
        "--regulations", "folders", multiple=True, type=Given(exists=True, file_okay=False, path_type=Path),
        help=help_text("option.regulations"),
    )(function)  # fmt: skip


def templates_option(function: Function) -> Function:
    """`--templates DIR`, repeatable: an office's own Word templates."""
    return click.option(
        "--templates", multiple=True, type=Given(exists=True, file_okay=False, path_type=Path),
        help=help_text("option.templates"),
    )(function)  # fmt: skip


def output_option(required: bool = False, default: Path | None = None) -> Callable[[Function], Function]:
    """`-o/--output PATH`."""
    return click.option(
        "-o", "--output", required=required, default=default, type=click.Path(path_type=Path),
        help=help_text("option.output"), show_default=default is not None,
    )  # fmt: skip


def overwrite_option(function: Function) -> Function:
    """`--overwrite`."""
    return click.option("--overwrite", is_flag=True, help=help_text("option.overwrite"))(function)


def json_option(function: Function) -> Function:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help=help_text("option.json"))(function)


def echo_json(value: object) -> None:
    """Print a value as readable JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
