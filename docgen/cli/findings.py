"""The findings that `docgen validate` and `docgen grade` show."""

from __future__ import annotations

from docgen.cli import language, note
from docgen.model import Finding


def report_text(findings: list[Finding], everything: bool) -> str:
    """The findings for a terminal: each of them, or by kind where there are very many."""
    from docgen.validation.report import MANY, render_summary, render_text

    if everything or len(findings) <= MANY:
        return render_text(findings, language())
    note("validate.by_kind", count=len(findings))
    return render_summary(findings, language())
