"""The grading room: proposed grades with reasons, quotas, votes, ballots.

`propose` is the one entry: a regulation's rules, a subject and its facts in, a `Proposal` out. Rules are data
(`docgen.regulations.rules`); nothing in here knows a threshold, a clause or a wording.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from docgen.errors import UsageError
from docgen.grading.contradictions import Contradiction, contradictions
from docgen.grading.engine import Assessment
from docgen.grading.given_facts import check_facts
from docgen.grading.group_quota import propose_cohort
from docgen.grading.outcome import Reason
from docgen.grading.proposal import Proposal, Question
from docgen.grading.votes import propose_vote
from docgen.i18n import DEFAULT_LANGUAGE, worded
from docgen.model import GRADES, Finding, Place
from docgen.paths import JsonMap
from docgen.regulations.rules import SUBJECTS, RuleSet, kept_rules
from docgen.regulations.told import Note

__all__ = ["Note", "Proposal", "Question", "Reason", "check_facts", "propose", "rules_of"]


def rules_of(regulation: str, folders: Iterable[Path | str] = ()) -> RuleSet:
    """The rules of `regulation`, read once in a run. Raises as `docgen.regulations.rules.load_rules` does."""
    return kept_rules(regulation, folders)


def propose(regulation: str | RuleSet, subject: str, facts: JsonMap) -> Proposal:
    """What `regulation` says about a `subject` with these `facts`.

    `subject` is `dang_vien`, `to_chuc_dang`, `tap_the`, `cohort` or `vote`. A missing fact is unknown and never passes
    silently; a fact the regulation does not know is ignored; a fact of a wrong type counts as missing and is among the
    proposal's findings; from figures that cannot be true together nothing is concluded but a question. Raises
    `UsageError` for an unknown regulation or subject.
    """
    rules = rules_of(regulation) if isinstance(regulation, str) else regulation
    if subject not in SUBJECTS:
        raise UsageError("grading.usage.unknown_subject", subject=subject, known=", ".join(SUBJECTS))
    known = {name: value for name, value in facts.items() if name in rules.facts}
    contrary = contradictions(known)
    if not contrary:
        return _proposed(rules, subject, facts)
    dropped = {name for one in contrary for name in one.facts}
    without = _proposed(rules, subject, {name: value for name, value in facts.items() if name not in dropped})
    asked = tuple(Question(f"missing:{name}", _Contrary(rules, one)) for one in contrary for name in one.facts)
    certain = without.grade == GRADES[-1]  # A ground that holds without the doubtful figures.
    return replace(
        without,
        grade=without.grade if certain else None,
        questions=(*asked, *(q for q in without.questions if q.code not in {a.code for a in asked})),
        findings=(*without.findings, *(_finding(rules, one) for one in contrary)),
        max_excellent=None,
        quota_ok=None,
        grades=(),
    )


@dataclass(frozen=True, slots=True)
class _Contrary:
    """Figures that cannot be true together, as a question."""

    rules: RuleSet
    one: Contradiction

    def text(self, language: str = DEFAULT_LANGUAGE) -> str:
        return self.one.text(self.rules, language)


def _proposed(rules: RuleSet, subject: str, facts: JsonMap) -> Proposal:
    if subject == "cohort":
        return propose_cohort(rules, facts)
    if subject == "vote":
        return propose_vote(rules, facts)
    return Assessment(rules, subject, facts).propose()


def _finding(rules: RuleSet, one: Contradiction) -> Finding:
    said = worded(lambda language: one.words(rules, language))
    params = {name: {language: words[name] for language, words in said.items()} for name in one.params}
    return Finding(one.key, "warning", Place(pointer=f"/facts/{one.facts[0]}"), params)
