"""`docgen validate`, `docgen grade`, `docgen tally`: what is wrong, what is proposed, what was voted."""

from __future__ import annotations

import json
from pathlib import Path

import click

from docgen.cli import help_text, language, note, text
from docgen.cli.options import Given, echo_json, folders_option, json_option, output_option, overwrite_option
from docgen.errors import EXIT_FINDINGS, UsageError
from docgen.i18n import shown
from docgen.model import Finding, has_errors


@click.command(help=help_text("validate"))
@click.argument("paths", nargs=-1, required=True, type=Given(exists=True, path_type=Path))
@click.option("--all", "everything", is_flag=True, help=help_text("option.all"))
@folders_option
@json_option
def validate(paths: tuple[Path, ...], everything: bool, folders: tuple[Path, ...], as_json: bool) -> None:
    """Check dossiers, form data and Word files; exit code 1 where there is an error."""
    from docgen.pipeline import check_path
    from docgen.validation.report import to_json

    findings: list[Finding] = []
    for path in paths:
        findings.extend(check_path(path, folders))
    if as_json:
        echo_json(to_json(findings, language()))
    else:
        click.echo(_report(findings, everything), nl=False)
    if has_errors(findings):
        raise click.exceptions.Exit(EXIT_FINDINGS)


def _report(findings: list[Finding], everything: bool) -> str:
    """The findings for a terminal: each of them, or by kind where there are very many."""
    from docgen.validation.report import MANY, render_summary, render_text

    if everything or len(findings) <= MANY:
        return render_text(findings, language())
    note("validate.by_kind", count=len(findings))
    return render_summary(findings, language())


#: `docgen.pipeline.WRITERS`, which is not imported for the sake of a help text.
WRITERS = ("cell", "author", "assessor")


@click.command(help=help_text("grade"))
@click.argument("dossier", required=False, type=Given(exists=True, path_type=Path))
@click.option("--facts", type=Given(exists=True, dir_okay=False, path_type=Path), help=help_text("option.facts"))
@click.option("--write", is_flag=True, help=help_text("option.write"))
@click.option(
    "--role", type=click.Choice(["cell", "author", "assessor"]), default="cell", help=help_text("option.writer")
)
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
        click.echo(_report(checked.findings, everything), err=True)
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
        from docgen.packet.decision import BODY, write_decisions

        assert checked.regulation is not None
        assert checked.dossier is not None
        proposals = {
            row.id if row.subject == "dang_vien" else BODY: row.proposal
            for row in checked.board.rows
            if row.subject in ("dang_vien", "to_chuc_dang")
        }
        made = write_decisions(checked.regulation, checked.dossier.data, proposals, decisions, overwrite=overwrite)
        note("grade.decisions", count=len(made), folder=str(decisions))
    if not (checked.writable if write else checked.sound):
        # A proposal on a faulty dossier may be looked at, but nothing is written into it.
        raise click.exceptions.Exit(EXIT_FINDINGS)
    if write:
        done = write_grades(checked, dossier, output, role=role)
        for pointer, proposed in done.filled if everything or len(done.filled) <= MANY else ():
            note("grade.filled", pointer=pointer, grade=proposed)
        for name, reason in done.open if everything or len(done.open) <= MANY else ():
            note(f"grade.open.{reason}", name=name)
        for pointer, proposed, writer in done.others if everything or len(done.others) <= MANY else ():
            note("grade.other", pointer=pointer, grade=proposed, writer=writer)
        note("grade.written", count=len(done.filled), kept=done.kept, file=str(done.file))


def _grade_facts(facts: Path, folders: tuple[Path, ...], as_json: bool) -> None:
    from docgen.cli.grade import answer_lines

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


@click.command(help=help_text("tally"))
@click.argument("source", type=Given(exists=True, dir_okay=False, path_type=Path))
@folders_option
@output_option()
@overwrite_option
@json_option
def tally(source: Path, folders: tuple[Path, ...], output: Path | None, overwrite: bool, as_json: bool) -> None:
    """Count ballots (or take counts) and say what the vote gives, by the regulation's own rule."""
    from docgen.packet.minutes import count_file, write_minutes
    from docgen.validation.report import render_text, to_json

    result = count_file(source, folders)
    if as_json:
        echo_json({**result.as_json(language()), "findings": to_json(result.findings, language())})
    else:
        click.echo(result.as_text(language()))
        if result.findings:
            click.echo(render_text(result.findings, language()), err=True)
    if has_errors(result.findings):
        raise click.exceptions.Exit(EXIT_FINDINGS)
    if output is not None:
        click.echo(str(write_minutes(result, output, folders, overwrite=overwrite)))
