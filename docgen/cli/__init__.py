"""The command line: one module a command, called like it, and imported only when the command is called.

Results go to stdout, messages to stderr. Errors become text in one place, `main`.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

from docgen.cli.offered import offers
from docgen.errors import EXIT_ENVIRONMENT, EXIT_INTERNAL, DefinitionError, DocgenError
from docgen.garbage import less_garbage
from docgen.i18n import DEFAULT_LANGUAGE, LANGUAGES, message
from docgen.nearest import nearest
from docgen.version import VERSION

#: Each command and where it lives; the order is the order of work.
COMMANDS: dict[str, str] = {
    "init": "docgen.cli.init:init",
    "regulations": "docgen.cli.regulations:regulations",
    "forms": "docgen.cli.forms:forms",
    "schema": "docgen.cli.schema:schema",
    "blank": "docgen.cli.blank:blank",
    "fill": "docgen.cli.fill:fill",
    "read": "docgen.cli.read:read",
    "convert": "docgen.cli.convert:convert",
    "validate": "docgen.cli.validate:validate",
    "grade": "docgen.cli.grade:grade",
    "tally": "docgen.cli.tally:tally",
    "status": "docgen.cli.status:status",
    "calendar": "docgen.cli.calendar:calendar",
    "packet": "docgen.cli.packet:packet",
    "open": "docgen.cli.open:open_packet",
    "hand-over": "docgen.cli.hand_over:hand_over",
    "pdf": "docgen.cli.pdf:pdf",
    "sign": "docgen.cli.sign:sign",
    "verify": "docgen.cli.verify:verify",
    "template": "docgen.cli.template:template",
    "serve": "docgen.cli.serve:serve",
    "build": "docgen.cli.build:build",
    "doctor": "docgen.cli.doctor:doctor",
}


def language() -> str:
    """The language of messages: `--lang`, else `DOCGEN_LANG`, else Vietnamese."""
    context = click.get_current_context(silent=True)
    if context is not None:
        chosen = context.find_root().params.get("lang")
        if chosen:
            return str(chosen)
    chosen = os.environ.get("DOCGEN_LANG", DEFAULT_LANGUAGE)
    return chosen if chosen in LANGUAGES else DEFAULT_LANGUAGE


def _early_language(arguments: list[str]) -> str:
    """The language before Click has parsed anything: help texts need it."""
    for position, argument in enumerate(arguments):
        if argument == "--lang" and position + 1 < len(arguments) and arguments[position + 1] in LANGUAGES:
            return arguments[position + 1]
        if argument.startswith("--lang=") and argument[7:] in LANGUAGES:
            return argument[7:]
    chosen = os.environ.get("DOCGEN_LANG", DEFAULT_LANGUAGE)
    return chosen if chosen in LANGUAGES else DEFAULT_LANGUAGE


HELP_LANGUAGE = _early_language(sys.argv[1:])


def text(key: str, **params: object) -> str:
    """A message of the command line in the chosen language."""
    return message(f"cli.{key}", language(), **params)


def help_text(key: str) -> str:
    """A help text, in the language that stands on the command line."""
    return message(f"cli.help.{key}", HELP_LANGUAGE)


def command_named(name: str) -> click.Command | None:
    """The command of that name, imported now; None where there is none."""
    if name not in COMMANDS:
        return None
    module, _, attribute = COMMANDS[name].partition(":")
    command = getattr(import_module(module), attribute)
    assert isinstance(command, click.Command)
    return command


class LazyGroup(click.Group):
    """A group that knows the names of its commands without importing them; short helps come from the catalogue."""

    #: The command that was called for last: what is said of an error names none but its options.
    running: click.Command | None = None

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        command = command_named(cmd_name)
        self.running = command or self.running
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing them."""
        rows = [(name, help_text(name)) for name in COMMANDS]
        with formatter.section(help_text("commands")):
            formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command, or a usage error that names the nearest one."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = nearest(args[0], COMMANDS)
            hint = text("did_you_mean", name=near) if near else ""
            raise click.UsageError(text("unknown_command", name=args[0]) + hint, ctx)
        return super().resolve_command(ctx, args)


def _show_version(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        click.echo(f"docgen {VERSION}")
        context.exit()


@click.group(cls=LazyGroup, help=help_text("docgen"), context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--lang", type=click.Choice(LANGUAGES), help=help_text("lang"), expose_value=True)
@click.option("--quiet", "-q", is_flag=True, help=help_text("quiet"))
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version,
              help=help_text("version"))  # fmt: skip
def cli(lang: str | None, quiet: bool) -> None:
    """Run docgen."""


def quiet() -> bool:
    """True where only results are wanted."""
    context = click.get_current_context(silent=True)
    return bool(context and context.find_root().params.get("quiet"))


def note(key: str, **params: object) -> None:
    """Say something on stderr, unless `--quiet`."""
    if not quiet():
        click.echo(text(key, **params), err=True)


def error_text(error: DocgenError, lang: str, command: click.Command | None = None) -> str:
    """The words for `error`, with its hint where the catalogue has one.

    A hint that names an option which `command` does not have gives way to `….hint_without`, or is left out.
    """
    from docgen.i18n import has_message

    out = error.text(lang)
    for hint in (f"{error.code}.hint", f"{error.code}.hint_without"):
        if has_message(hint, lang) and offers(command, words := message(hint, lang, **error.facts), command_named):
            out += f"\n  → {words}"
            break
    if isinstance(error, DefinitionError) and error.also:
        out += f"\n  → {message('cli.more_faults', lang, count=len(error.also))}"
    return out


def _translate_click(chosen: str) -> None:
    """Let Click's own words ("Usage:", "Missing argument") come from our catalogue too."""
    import gettext

    from docgen.i18n import locale_folder

    os.environ["LANGUAGE"] = chosen
    gettext.bindtextdomain("click", str(locale_folder()))
    gettext.textdomain("click")


def main() -> None:
    """The console script: run, and turn every error into one clear text and its exit code."""
    less_garbage()
    _translate_click(HELP_LANGUAGE)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A Windows console may be set to a code page without Vietnamese letters.
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        # Outside standalone mode Click gives the code of an `Exit` back instead of raising it.
        code = cli.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.ClickException as fault:
        fault.show()
        sys.exit(fault.exit_code)
    except click.Abort:
        click.echo(text("aborted"), err=True)
        sys.exit(130)
    except DocgenError as fault:
        click.echo(f"{message('cli.error', HELP_LANGUAGE)}: {error_text(fault, HELP_LANGUAGE, cli.running)}", err=True)
        sys.exit(fault.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as fault:
        from docgen.storage import environment_fault

        known = environment_fault(fault, fault.filename or "")
        click.echo(f"{message('cli.error', HELP_LANGUAGE)}: {error_text(known, HELP_LANGUAGE)}", err=True)
        sys.exit(known.exit_code)
    except MemoryError:
        click.echo(f"{message('cli.error', HELP_LANGUAGE)}: {message('cli.memory', HELP_LANGUAGE)}", err=True)
        sys.exit(EXIT_ENVIRONMENT)
    except Exception as fault:
        # Our own fault: say so, name the kind of fault and its place in our code, never the data that was at hand.
        trace = fault.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}" if trace else "?"
        click.echo(message("cli.internal", HELP_LANGUAGE, kind=type(fault).__name__, place=place), err=True)
        if os.environ.get("DOCGEN_DEBUG"):
            raise
        sys.exit(EXIT_INTERNAL)
