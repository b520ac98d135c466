"""`docgen grade`: what is proposed for a dossier, or for facts one a line."""

from __future__ import annotations

import json
from pathlib import Path

import click

from docgen.cli import help_text, language, note, text
from docgen.cli.findings import report_text
from docgen.cli.options import Given, echo_json, folders_option, json_option, output_option, overwrite_option
from docgen.errors import EXIT_FINDINGS, UsageError
from docgen.i18n import shown

#: `docgen.pipeline.WRITERS`, which is not imported for the sake of a help text.
WRITERS = ("cell", "author", "assessor")


@click.command(help=help_text("grade"))
@click.argument("dossier", required=False, type=Given(exists=True, path_type=Path))
@click.option("--facts", type=Given(exists=True, dir_okay=False, path_type=Path), help=help_text("option.facts"))
@click.option("--write", is_flag=True, help=help_text("option.write"))
@click.option("--role", type=click.Choice(WRITERS), default="cell", help=help_text("option.writer"))
@click.option("--word", type=click.Path(dir_okay=False, path_type=Path), help=help_text("option.word"))
@click.option("--all", "everything", is_flag=True, help=help_text("option.all"))
@click.option("--decisions", type=click.Path(file_okay=False, path_type=Path), help=help_text("option.decisions"))
@folders_option
@output_option()
@overwrite_option
@json_option
def grade(
    dossier: Path | None,
    facts: Path | None,
    write: bool,
    role: str,
    word: Path | None,
    everything: bool,
    decisions: Path | None,
    folders: tuple[Path, ...],
    output: Path | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Propose grades, each with the clauses it rests on."""
    if (dossier is None) == (facts is None):
        raise UsageError("errors.usage.dossier_or_facts")
    if facts is not None:
        _grade_facts(facts, folders, as_json)
        return
    assert dossier is not None
    from docgen.pipeline import check_dossier, write_board, write_grades
    from docgen.validation.report import MANY

    checked = check_dossier(dossier, folders)
    if not checked.sound:
        click.echo(report_text(checked.findings, everything), err=True)
    if checked.board is None:
        raise click.exceptions.Exit(EXIT_FINDINGS)
    if as_json:
        echo_json(checked.board.as_json(language()))
    else:
        brief = len(checked.board.rows) > MANY and not everything
        if brief:
            note("grade.counts_only", count=len(checked.board.rows))
        click.echo(checked.board.as_text(language(), members=not brief))
    if word is not None:
        write_board(checked, word, overwrite=overwrite)
        note("grade.word", file=str(word))
    if decisions is not None:
        from docgen.packet.decision import BODY, ROOTS, write_decisions
        from docgen.regulations.subjects import is_member

        assert checked.regulation is not None
        assert checked.dossier is not None
        proposals = {
            row.id if is_member(row.subject) else BODY: row.proposal
            for row in checked.board.rows
            if row.subject in ROOTS
        }
        made = write_decisions(checked.regulation, checked.dossier.data, proposals, decisions, overwrite=overwrite)
        note("grade.decisions", count=len(made), folder=str(decisions))
    if not (checked.writable if write else checked.sound):
        # A proposal on a faulty dossier may be looked at, but nothing is written into it.
        raise click.exceptions.Exit(EXIT_FINDINGS)
    if write:
        done = write_grades(checked, dossier, output, role=role)
        if done.findings:
            click.echo(report_text(done.findings, everything), err=True)
            raise click.exceptions.Exit(EXIT_FINDINGS)
        for pointer, proposed in done.filled if everything or len(done.filled) <= MANY else ():
            note("grade.filled", pointer=pointer, grade=proposed)
        for name, reason in done.open if everything or len(done.open) <= MANY else ():
            note(f"grade.open.{reason}", name=name)
        for pointer, proposed, writer in done.others if everything or len(done.others) <= MANY else ():
            note("grade.other", pointer=pointer, grade=proposed, writer=writer)
        if done.backup is not None:
            note("grade.backup", file=done.backup.name)
        note("grade.written", count=len(done.filled), kept=done.kept, file=str(done.file))


def _grade_facts(facts: Path, folders: tuple[Path, ...], as_json: bool) -> None:
    from docgen.grading.fact_lines import answer_lines

    failed = False
    for answer in answer_lines(facts, folders, language()):
        broken = [found for found in answer["findings"] if found["severity"] == "error"]
        failed = failed or bool(broken)
        if as_json:
            click.echo(json.dumps(answer, ensure_ascii=False))
            continue
        for found in answer["findings"]:
            click.echo(shown(str(found["message"])), err=True)
        if broken:
            continue
        proposed = answer.get("grade") or text("grade.undecided")
        click.echo(f"{answer['id']}: {proposed}")
        for reason in answer.get("reasons", ()):
            click.echo(f"    {reason}")
        for question in answer.get("questions", ()):
            click.echo(shown(f"    ? {question['text'] or question['code']}"))
    if failed:
        raise click.exceptions.Exit(EXIT_FINDINGS)
