"""`docgen read`: from Word forms back to data, and into a dossier."""

from __future__ import annotations

import datetime
import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen.cli import HELP_LANGUAGE, help_text, language, quiet
from docgen.cli.options import Day, Given, echo_json, folders_option, json_option, templates_option, today
from docgen.dossier.handed_papers import LIST, PaperKey, record_papers
from docgen.dossier.write_back import is_workbook, replace_file
from docgen.errors import EXIT_FINDINGS, EXIT_PARTIAL, UsageError
from docgen.forms.merge import REFUSED, Change, Merge, apply_changes, merge_form
from docgen.forms.readback import ReadResult, read_form
from docgen.i18n import message
from docgen.model import Finding, Place, has_errors
from docgen.paths import Json, JsonDict, copied

if TYPE_CHECKING:
    from docgen.dossier import Dossier
    from docgen.dossier.excel_change import ChangedBook

#: The roles that write on forms (`docgen.forms.roles`); a test holds this list against the forms.
ROLES = (
    "author", "manager", "cell", "committee", "collective", "superior", "assessor", "residence", "counter", "issuer",
)  # fmt: skip


def _help(key: str) -> str:
    return message(f"read.help.{key}", HELP_LANGUAGE)


def _say(key: str, **params: object) -> None:
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
@click.option("--received", type=Day(), default=None, help=_help("received"))
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
    received: datetime.date | None,
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
        merged = _into(results, dossier, folders, yes, prefer or "", member, assessor, roles, received, as_json)
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
    from docgen.word.file.safe_open import read_file

    regulation = load_regulation(regulation_id, folders) if regulation_id else None
    definition = load_form(regulation, form) if regulation and form else None
    content = read_file(path)
    if isinstance(content, Finding):
        return ReadResult(findings=[content])
    return read_form(content, regulation, definition, folders, file=str(path), templates=templates)


def _show(results: list[tuple[Path, ReadResult]], as_json: bool) -> None:
    from docgen.validation.report import render_text

    if as_json:
        shown = [result.as_json(language()) | {"file": str(path)} for path, result in results]
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
    received: datetime.date | None,
    as_json: bool,
) -> list[Finding]:
    from docgen.dossier import load_dossier
    from docgen.dossier.excel_change import holds
    from docgen.regulations.loader import load_regulation
    from docgen.validation.report import render_text, to_json

    loaded, findings = load_dossier(dossier, folders)
    if loaded is None:
        click.echo(render_text(findings, language()), err=True)
        raise click.exceptions.Exit(EXIT_FINDINGS)
    target = Path(loaded.file or dossier)
    if target.suffix.lower() != ".json" and not is_workbook(target):
        raise UsageError("read.usage.json_dossier", file=str(target))
    before = target.read_bytes()
    data = copied(loaded.data)
    changes: list[Change] = []
    found: list[Finding] = []
    shown: list[dict[str, Any]] = []
    came: dict[PaperKey, str] = {}
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
        if merge.record is not None:
            came[result.form, merge.record.member, merge.record.assessor] = hashlib.sha256(
                path.read_bytes()
            ).hexdigest()
        found += [*result.findings, *merge.findings]
        shown.append(_changes_as_json(path, merge))
        if not as_json:
            _print_changes(path, merge)
    after: ChangedBook | None = None
    # Who names the day wants it written down even where the paper brought nothing new.
    if changes or (came and yes and received):
        day = (received or today()).isoformat()
        if came and received is None and not holds(loaded, LIST):
            # Nobody asked for the day by name: what came is worth more than the note of it.
            found.append(Finding("read.merge.paper_not_recorded", "info", Place(loaded.file), {"count": len(came)}))
            came = {}
        after = _new_file(before, loaded, changes, data, folders, came, day)
        found += after.findings
    if found and not as_json:
        click.echo(render_text(found, language()), err=True)
    written = False
    if after is not None and after.content is None:
        _say("refused", file=target.name)
    elif after is not None and after.content is not None and _confirmed(yes, as_json):
        backup = replace_file(target, before, after.content)
        written = True
        _say("backup", file=backup.name)
        _say("written", file=target.name, count=len(changes))
        if after.formulas:
            _say("formulas", file=target.name)
    elif changes:
        _say("not_written", count=len(changes))
    else:
        _say("nothing")
    if as_json:
        echo_json({"written": written, "dossier": str(target), "files": shown, "findings": to_json(found, language())})
    return found


def _changes_as_json(path: Path, merge: Merge) -> JsonDict:
    changes = [{"pointer": c.pointer, "label": c.label, "old": c.old, "new": c.new} for c in merge.changes]
    return {"file": str(path), "changes": changes, "conflicts": merge.kept, "withheld": merge.withheld}


def _print_changes(path: Path, merge: Merge) -> None:
    _say("changes", file=path.name, count=len(merge.changes), kept=merge.kept)
    for change in merge.changes:
        click.echo(f"  {change.pointer} ({change.label})")
        if change.old not in (None, "", []):
            click.echo(f"    - {_line(change.old)}")
        click.echo(f"    + {_line(change.new)}")


def _line(value: Json) -> str:
    text = " / ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 160 else text[:159] + "…"


def _confirmed(yes: bool, as_json: bool) -> bool:
    """True where the change is wanted: `--yes`, or the answer of somebody at a terminal."""
    if yes:
        return True
    if as_json or not sys.stdin.isatty():
        return False
    return click.confirm(message("read.say.confirm", language()), default=False, err=True)


def _new_file(
    before: bytes, loaded: Dossier, changes: list[Change], merged: JsonDict, folders: tuple[Path, ...],
    came: dict[PaperKey, str], received: str,
) -> ChangedBook:  # fmt: skip
    """What the dossier's file is to hold; no content, with findings, where it cannot.

    A workbook gets the new values in its cells. In JSON the file's own text is the base, so that what docgen has no
    name for stays in it; only where it spells its records in another shape, the canonical data are written.
    """
    from docgen.dossier.excel_change import ChangedBook, change_workbook
    from docgen.dossier.load import dossier_from_bytes
    from docgen.storage import json_bytes

    target = Path(loaded.file)
    book = is_workbook(target)
    data: JsonDict = copied(merged) if book else json.loads(before.decode("utf-8-sig"))
    if not book and not apply_changes(data, changes):
        data = merged
    if isinstance(data.get("papers", []), list):  # what is no list has a finding of its own
        for paper, digest in came.items():
            record_papers(data, [paper], returned=received, sha256=digest)
    if book:
        return change_workbook(before, loaded, data, folders)
    content = json_bytes(data)
    if dossier_from_bytes(content, loaded.file, folders, target.parent)[0] is None:
        raise UsageError("read.usage.would_break", file=str(target))
    return ChangedBook(content)
