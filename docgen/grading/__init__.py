"""The grading room: proposed grades with reasons, quotas, votes, ballots.

`propose` is the one entry: a regulation's rules, a subject and its facts in, a `Proposal` out. Rules are data
(`docgen.regulations.rules`); nothing in here knows a threshold, a clause or a wording.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from docgen.errors import UsageError
from docgen.grading.engine import Assessment
from docgen.grading.facts import check_facts
from docgen.grading.outcome import Note, Reason
from docgen.grading.proposal import Proposal, Question
from docgen.grading.quota import propose_cohort
from docgen.grading.votes import propose_vote
from docgen.regulations.rules import SUBJECTS, RuleSet, kept_rules

__all__ = ["Note", "Proposal", "Question", "Reason", "check_facts", "propose", "rules_of"]


def rules_of(regulation: str, folders: Iterable[Path | str] = ()) -> RuleSet:
    """The rules of `regulation`, read once in a run. Raises as `docgen.regulations.rules.load_rules` does."""
    return kept_rules(regulation, folders)


def propose(regulation: str | RuleSet, subject: str, facts: Mapping[str, Any]) -> Proposal:
    """What `regulation` says about a `subject` with these `facts`.

    `subject` is `dang_vien`, `to_chuc_dang`, `tap_the`, `cohort` or `vote`. A missing fact is unknown and never passes
    silently; a fact the regulation does not know is ignored; a fact of a wrong type counts as missing and is among the
    proposal's findings. Raises `UsageError` for an unknown regulation or subject.
    """
    rules = rules_of(regulation) if isinstance(regulation, str) else regulation
    if subject not in SUBJECTS:
        raise UsageError("grading.usage.unknown_subject", subject=subject, known=", ".join(SUBJECTS))
    if subject == "cohort":
        return propose_cohort(rules, facts)
    if subject == "vote":
        return propose_vote(rules, facts)
    return Assessment(rules, subject, facts).propose()
