"""Whether what is said to people names only options that they have: those of the command they called, or of the one
that stands before the option (`docgen init --excel`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import click

_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")
#: A command and what belongs to it, to the end of the clause.
_COMMAND = re.compile(r"\bdocgen ([a-z]+)\b((?:(?!\bdocgen )[^;,.)]|\.(?! |$))*)")
#: What every command has.
_COMMON = frozenset(("--help", "--lang", "--quiet", "--version"))


def options_of(command: click.Command) -> set[str]:
    """The options of a command, those of its own commands too."""
    found = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    if isinstance(command, click.Group):
        found.update(*(options_of(below) for below in command.commands.values()))
    return found | _COMMON


def named(words: str) -> Iterator[tuple[str, str]]:
    """Every option that `words` name, each with the command before it, or an empty text."""
    clauses = [(found.span(2), found[1]) for found in _COMMAND.finditer(words)]
    for option in _OPTION.finditer(words):
        yield next((name for (begin, end), name in clauses if begin <= option.start() < end), ""), option[0]


def offers(command: click.Command | None, words: str, find: Callable[[str], click.Command | None]) -> bool:
    """True where every option named in `words` is there; `find` gives the command of a name.

    Without a command, options that stand alone are taken to be there.
    """
    for name, option in named(words):
        asked = find(name) if name else command
        if asked is not None and option not in options_of(asked):
            return False
    return True
