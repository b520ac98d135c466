"""`docgen read`: from Word forms back to data, and into a dossier."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from docgen.cli import HELP_LANGUAGE, help_text, language, quiet
from docgen.cli.options import Given, echo_json, folders_option, json_option, templates_option
from docgen.errors import EXIT_FINDINGS, EXIT_PARTIAL, UsageError
from docgen.forms.merge import REFUSED, Change, Merge, apply_changes, merge_form
from docgen.forms.readback import ReadResult, read_form
from docgen.i18n import message
from docgen.model import Finding, has_errors

#: The roles that write on forms (`docgen.forms.roles`); a test holds this list against the forms.
ROLES = (
    "author", "manager", "cell", "committee", "collective", "superior", "assessor", "residence", "counter", "issuer",
)  # fmt: skip


def _help(key: str) -> str:
    return message(f"read.help.{key}", HELP_LANGUAGE)


def _say(key: str, **params: Any) -> None:
    if not quiet():
        click.echo(message(f"read.say.{key}", language(), **params), err=True)


@click.command(help=help_text("read"))
@click.argument("files", nargs=-1, required=True, type=Given(path_type=Path))
@click.option("--regulation", "-r", "regulation_id", default=None, help=_help("regulation"))
@click.option("--form", default=None, help=_help("form"))
@click.option("--into", "dossier", type=Given(exists=True, path_type=Path), help=_help("into"))
@click.option("--yes", "-y", is_flag=True, help=_help("yes"))
@click.option("--prefer", type=click.Choice(["word", "dossier"]), default=None, help=_help("prefer"))
@click.option("--member", default="", help=_help("member"))
@click.option("--assessor", default="", help=_help("assessor"))
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), help=_help("role"))
@folders_option
@templates_option
@json_option
def read(
    files: tuple[Path, ...],
    regulation_id: str | None,
    form: str | None,
    dossier: Path | None,
    yes: bool,
    prefer: str | None,
    member: str,
    assessor: str,
    roles: tuple[str, ...],
    folders: tuple[Path, ...],
    templates: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Read Word forms back into data; exit code 1 where a file has an error, 3 where only some files have one."""
    if len(files) > 1 and (member or assessor):
        raise UsageError("read.usage.one_file")
    results = [(path, _read(path, regulation_id, form, folders, templates)) for path in files]
    merged: list[Finding] = []
    if dossier is not None:
        merged = _into(results, dossier, folders, yes, prefer or "", member, assessor, roles, as_json)
    else:
        _show(results, as_json)
    failed = [has_errors(result.findings) for _, result in results]
    if all(failed) or (dossier is not None and has_errors(merged)):
        raise click.exceptions.Exit(EXIT_FINDINGS)
    if any(failed):
        raise click.exceptions.Exit(EXIT_PARTIAL)


def _read(
    path: Path, regulation_id: str | None, form: str | None, folders: tuple[Path, ...], templates: tuple[Path, ...]
) -> ReadResult:
    from docgen.forms.definition import load_form
    from docgen.regulations.loader import load_regulation
    from docgen.word.safe_open import read_file

    regulation = load_regulation(regulation_id, folders) if regulation_id else None
    definition = load_form(regulation, form) if regulation and form else None
    content = read_file(path)
    if isinstance(content, Finding):
        return ReadResult(findings=[content])
    return read_form(content, regulation, definition, folders, file=str(path), templates=templates)


def as_data(result: ReadResult, lang: str) -> dict[str, Any]:
    """What `docgen read --json` prints of one file: regulation, form, data, findings, and what is for review."""
    from docgen.validation.report import to_json

    return {
        "regulation": result.regulation or None,
        "form": result.form or None,
        "record": result.record or None,
        "data": result.data,
        "review": [
            {"binding": v.binding, "confidence": v.confidence, "source": v.place.inner(language())}
            for v in result.values
            if v.confidence != "certain"
        ],
        "blank": result.blank,
        "findings": to_json(result.findings, lang),
    }


def _show(results: list[tuple[Path, ReadResult]], as_json: bool) -> None:
    from docgen.validation.report import render_text

    if as_json:
        shown = [as_data(result, language()) | {"file": str(path)} for path, result in results]
        echo_json(shown[0] if len(shown) == 1 else shown)
        return
    for path, result in results:
        if result.form:
            _say("file", file=path.name, regulation=result.regulation, form=result.form, record=result.record or "–",
                 count=len(result.values), blank=len(result.blank),
                 review=sum(v.confidence != "certain" for v in result.values))  # fmt: skip
            click.echo(json.dumps(result.data, ensure_ascii=False, indent=2))
        if result.findings:
            click.echo(render_text(result.findings, language()), err=True)


# -- into a dossier --------------------------------------------------------------------------------------------------


def _into(
    results: list[tuple[Path, ReadResult]],
    dossier: Path,
    folders: tuple[Path, ...],
    yes: bool,
    prefer: str,
    member: str,
    assessor: str,
    roles: tuple[str, ...],
    as_json: bool,
) -> list[Finding]:
    from docgen.dossier import load_dossier
    from docgen.regulations.loader import load_regulation
    from docgen.validation.report import render_text, to_json

    loaded, findings = load_dossier(dossier, folders)
    if loaded is None:
        click.echo(render_text(findings, language()), err=True)
        raise click.exceptions.Exit(EXIT_FINDINGS)
    target = Path(loaded.file or dossier)
    if target.suffix.lower() != ".json":
        raise UsageError("read.usage.json_dossier", file=str(target))
    before = target.read_bytes()
    data = loaded.data
    changes: list[Change] = []
    found: list[Finding] = []
    shown: list[dict[str, Any]] = []
    for path, result in results:
        # What could not be read was said already; a file whose identity is in doubt is not put anywhere.
        if result.definition is None or any(f.code in REFUSED for f in result.findings):
            found += result.findings
            _say("not_merged", file=path.name)
            continue
        own = load_regulation(result.regulation, folders)
        merge = merge_form(
            data, result, own, result.definition, file=str(path), member=member, assessor=assessor,
            prefer="word" if prefer == "word" else "dossier" if prefer == "dossier" else "", roles=roles,
        )  # fmt: skip
        data = merge.data
        changes += merge.changes
        found += [*result.findings, *merge.findings]
        shown.append(_changes_as_json(path, merge))
        if not as_json:
            _print_changes(path, merge)
    if found and not as_json:
        click.echo(render_text(found, language()), err=True)
    written = bool(changes) and _confirmed(yes, as_json)
    if written:
        _write(target, before, changes, data, folders)
        _say("written", file=target.name, count=len(changes))
    elif changes:
        _say("not_written", count=len(changes))
    else:
        _say("nothing")
    if as_json:
        echo_json({"written": written, "dossier": str(target), "files": shown, "findings": to_json(found, language())})
    return found


def _changes_as_json(path: Path, merge: Merge) -> dict[str, Any]:
    changes = [{"pointer": c.pointer, "label": c.label, "old": c.old, "new": c.new} for c in merge.changes]
    return {"file": str(path), "changes": changes, "conflicts": merge.kept, "withheld": merge.withheld}


def _print_changes(path: Path, merge: Merge) -> None:
    _say("changes", file=path.name, count=len(merge.changes), kept=merge.kept)
    for change in merge.changes:
        click.echo(f"  {change.pointer} ({change.label})")
        if change.old not in (None, "", []):
            click.echo(f"    - {_line(change.old)}")
        click.echo(f"    + {_line(change.new)}")


def _line(value: Any) -> str:
    text = " / ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 160 else text[:159] + "…"


def _confirmed(yes: bool, as_json: bool) -> bool:
    """True where the change is wanted: `--yes`, or the answer of somebody at a terminal."""
    if yes:
        return True
    if as_json or not sys.stdin.isatty():
        return False
    return click.confirm(message("read.say.confirm", language()), default=False, err=True)


def _write(
    target: Path, before: bytes, changes: list[Change], merged: dict[str, Any], folders: tuple[Path, ...]
) -> None:
    """The old file beside it as a backup, then the new one in its place, whole.

    The file's own text is the base, so that what docgen has no name for stays in it; only where it spells its records
    in another shape, the canonical data are written.
    """
    from docgen.dossier import load_dossier
    from docgen.storage import json_bytes, write_whole

    if target.read_bytes() != before:
        raise UsageError("read.usage.changed_meanwhile", file=str(target))
    data = json.loads(before.decode("utf-8-sig"))
    if not apply_changes(data, changes):
        data = merged
    number = 1
    while (backup := target.with_name(f"{target.stem}.truoc-{number}{target.suffix}.bak")).exists():
        number += 1
    write_whole(backup, before)
    write_whole(target, json_bytes(data), overwrite=True)
    loaded, _ = load_dossier(target, folders)
    if loaded is None:
        write_whole(target, before, overwrite=True)
        raise UsageError("read.usage.would_break", file=str(target))
    _say("backup", file=backup.name)
