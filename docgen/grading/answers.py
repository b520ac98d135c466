"""What each answer to an open question would lead to: the grade with yes, with no, with each grade asked for.

Kept apart from proposing: it grades again for every answer, which only a reader of the questions needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from docgen.dossier.layout import FACT_HOLDERS, fact_place
from docgen.grading.engine import Assessment
from docgen.grading.proposal import Proposal, Question
from docgen.paths import JsonMap
from docgen.regulations.rules import RuleSet
from docgen.regulations.told import Note

#: No grade follows yet: another question stands in the way as well.
_OPEN = Note("grading.ask.still_open")


def with_answers(rules: RuleSet, subject: str, facts: JsonMap, proposal: Proposal) -> Proposal:
    """`proposal`, its questions telling the grade that would follow each answer and where to write the answer.

    `facts` are those that `proposal` was made from. Other open questions stay open: where they still stand in the way
    after an answer, it says so. Questions that have no few answers (a number, a list) only tell where to write.
    """
    if not any(question.asks for question in proposal.questions):
        return proposal
    return replace(proposal, questions=tuple(_answered(rules, subject, facts, one) for one in proposal.questions))


def _answered(rules: RuleSet, subject: str, facts: JsonMap, one: Question) -> Question:
    if not one.asks:
        return one
    kinds = {rules.facts[name].kind for name in one.asks}
    answers = kinds.pop().answers if len(kinds) == 1 else ()
    leads = tuple(
        Note("grading.ask.leads", {"answer": answer, "result": _result(rules, subject, told)})
        for answer in answers
        for told in [{**facts, **dict.fromkeys(one.asks, answer)}]
    )
    if all(lead.params["result"] == _OPEN for lead in leads):
        leads = ()  # "yes: open; no: open" tells nobody anything
    return replace(one, leads=leads, where=_where(rules, subject, one.asks))


def _where(rules: RuleSet, subject: str, asks: Sequence[str]) -> Note:
    """Where to write the answer: the name in the dossier, and the sheet and title of a workbook."""
    names = ", ".join(f"facts.{name}" for name in asks)
    holder = next((holder for holder, (whom, *_) in FACT_HOLDERS.items() if whom == subject), "")
    if not holder:
        return Note("grading.ask.where", {"names": names})
    places = [fact_place(rules.facts[name], holder) for name in asks]
    titles = ", ".join(f"“{title}”" for _, title in places)
    return Note("grading.ask.where_cell", {"names": names, "sheet": places[0][0], "titles": titles})


def _result(rules: RuleSet, subject: str, facts: JsonMap) -> str | Note:
    proposal = Assessment(rules, subject, facts).propose()
    if proposal.not_ranked:
        return Note("grading.ask.not_ranked")
    return proposal.grade or _OPEN
