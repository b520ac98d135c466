"""`docgen regulations`: which there are, whether they are sound, and the start of a year's or a unit's own."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli import HELP_LANGUAGE, help_text, language, note, text
from docgen.cli.options import (
    echo_json,
    folders_option,
    json_option,
)
from docgen.i18n import message
from docgen.model import has_errors


@click.command(help=help_text("regulations"))
@click.option(
    "--new-year",
    nargs=3,
    type=(str, int, click.Path(path_type=Path)),
    default=None,
    metavar=message("cli.metavar.new_year", HELP_LANGUAGE),
    help=help_text("option.new_year"),
)
@click.option(
    "--new-unit",
    nargs=2,
    type=(str, click.Path(path_type=Path)),
    default=None,
    metavar=message("cli.metavar.new_unit", HELP_LANGUAGE),
    help=help_text("option.new_unit"),
)
@click.option(
    "--check",
    is_flag=False,
    flag_value="",
    default=None,
    metavar=message("cli.metavar.check", HELP_LANGUAGE),
    help=help_text("option.check_regulation"),
)
@folders_option
@json_option
@click.pass_context
def regulations(
    context: click.Context,
    new_year: tuple[str, int, Path] | None,
    new_unit: tuple[str, Path] | None,
    check: str | None,
    folders: tuple[Path, ...],
    as_json: bool,
) -> None:
    """List the regulations found; for a unit's own, in what it is laxer than the one it extends."""
    if check is not None:
        context.exit(_check(check, folders, as_json))
    if new_unit is not None:
        from docgen.regulations.loader import load_regulation
        from docgen.regulations.new_unit import write_new_unit

        base, folder = new_unit
        for path in write_new_unit(load_regulation(base, folders), folder):
            click.echo(str(path))
        note("regulations.new_unit", regulation=folder.resolve().name, folder=str(folder.resolve().parent))
        return
    if new_year is not None:
        from docgen.regulations.loader import load_regulation
        from docgen.regulations.new_year import write_new_year

        name, year, folder = new_year
        for path in write_new_year(load_regulation(name, folders), year, folder):
            click.echo(str(path))
        note("regulations.new_year", folder=str(folder), year=year)
        return
    from docgen.pipeline import loosened_findings
    from docgen.regulations.loader import list_regulations, load_regulation
    from docgen.validation.report import entries, to_json

    found = [load_regulation(name, folders) for name in list_regulations(folders)]
    loosened = {r.id: loosened_findings(r) for r in found}
    refused = any(has_errors(findings) for findings in loosened.values())
    if as_json:
        echo_json(
            [
                {
                    "regulation": r.id,
                    "number": r.number,
                    "issuer": r.issuer,
                    "issued": r.issued.isoformat() if r.issued else None,
                    "title": r.title,
                    "extends": r.extends or None,
                    "first_year": r.life.first,
                    "last_year": r.life.last,
                    "replaced_by": r.life.replaced_by or None,
                    "forms": list(r.forms),
                    "loosened": to_json(loosened[r.id], language()),
                }
                for r in found
            ]
        )
        context.exit(1 if refused else 0)
    for r in found:
        issued = r.issued.strftime("%d/%m/%Y") if r.issued else ""
        click.echo(f"{r.id:<12} {r.number:<14} {issued}  {r.issuer}")
        click.echo(f"{'':<12} {r.title}")
        if r.life.first is not None or r.life.last is not None:
            click.echo(f"{'':<12} {text('regulations.years', years=r.life.years)}")
        if r.life.replaced_by:
            click.echo(f"{'':<12} {text('regulations.replaced', last=r.life.rules_last, replaced=r.life.replaced_by)}")
        for line in entries(loosened[r.id], language()):
            click.echo(f"{'':<10} {line}")
    context.exit(1 if refused else 0)


def _check(named: str, folders: tuple[Path, ...], as_json: bool) -> int:
    """Tell every fault of the regulation `named`: an id, its folder, a folder of them, or all. Gives the exit code."""
    from docgen.pipeline import check_regulation
    from docgen.regulations.loader import list_regulations
    from docgen.validation.report import to_json

    given = Path(named)
    if named and (given / "regulation.yaml").is_file():
        names, folders = [given.resolve().name], (given.resolve().parent, *folders)
    elif named and any(given.glob("*/regulation.yaml")):
        names, folders = sorted(path.parent.name for path in given.glob("*/regulation.yaml")), (given, *folders)
    else:
        names = [named] if named else list_regulations(folders)
    found = {name: check_regulation(name, folders) for name in names}
    if as_json:
        echo_json([{"regulation": name, "findings": to_json(faults, language())} for name, faults in found.items()])
    for name, faults in () if as_json else found.items():
        errors = sum(fault.severity == "error" for fault in faults)
        key = "faults" if faults else "sound"
        click.echo(f"{name}: {text('regulations.' + key, errors=errors, warnings=len(faults) - errors)}")
        for fault in faults:
            click.echo(f"  {message('validation.report.' + fault.severity, language())}: {fault.text(language())}")
            # The words of a fault with a line name file and line themselves.
            place = "" if fault.place.line else f"{fault.place.text(language())} "
            click.echo(f"      {place}[{fault.code}]")
            if hint := fault.hint(language()):
                click.echo(f"      → {hint}")
    return 1 if any(map(has_errors, found.values())) else 0
