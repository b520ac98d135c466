"""What came of a command that made much at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen.cli import language, quiet
from docgen.cli.options import echo_json
from docgen.i18n import message

if TYPE_CHECKING:
    from docgen.batch import Summary


def print_summary(summary: Summary, as_json: bool, key: str) -> None:
    """Results on stdout; the findings one sees first, and the counts (message `key`), on stderr."""
    counts = {"made": summary.made, "kept": summary.kept, "skipped": summary.skipped, "stale": len(summary.stale)}
    if as_json:
        found = [json.loads(line) for line in _lines(summary.findings)] if summary.findings else summary.first
        where = str(summary.findings) if summary.findings else None
        results = [str(path) for path in summary.results]
        echo_json(
            {**counts, "results": results, "stale_files": summary.stale, "findings_file": where, "findings": found}
        )
        return
    for path in summary.results:
        click.echo(str(path))
    if quiet():
        return
    say: Callable[..., None] = lambda key, **params: click.echo(message(key, language(), **params), err=True)  # noqa: E731
    for finding in summary.first:
        click.echo(_entry(finding), err=True)
    if summary.first and summary.noted > len(summary.first):
        say("batch.more", count=summary.noted - len(summary.first))
    if summary.findings:
        say("batch.findings", file=str(summary.findings))
    say(key, **counts)


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").rstrip("\n").split("\n")


def _entry(finding: dict[str, Any]) -> str:
    """One finding as it is shown on a terminal."""
    mark = message(f"validation.report.{finding['severity']}", language())
    place = ": ".join(part for part in (finding["file"], finding["source"]) if part)
    out = f"{mark}: {finding['message']}\n    {place} [{finding['code']}]"
    return f"{out}\n    → {finding['hint']}" if finding["hint"] else out
