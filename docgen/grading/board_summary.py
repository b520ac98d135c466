"""The board in few words, for the secretary's page: one line a person, each question and each thing to do once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from docgen.grading.counts import GradeCount
from docgen.grading.dossier_board import MANY_ASKED, Board, Row
from docgen.grading.outcome import Reason
from docgen.i18n import DEFAULT_LANGUAGE, message
from docgen.regulations.subjects import BODIES, is_member


@dataclass(slots=True)
class AskedOf:
    """Something that is asked of, or to be done for, several subjects: its number, the words, whom it is about;
    `for_all` where one answer can be written for every member (khai chung); `of_member` and `of_body` where a member's
    or a body's fact would answer it, neither where only a decision does."""

    number: int
    text: str
    names: dict[str, None] = field(default_factory=dict)
    for_all: bool = False
    of_member: bool = False
    of_body: bool = False


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One subject in one line: grades (codes, empty where there is none), why not a higher one, the numbers of its open
    questions."""

    name: str
    grade: str
    self_grade: str
    decided: str
    not_ranked: bool
    why: str
    asked: tuple[int, ...]
    member: bool


@dataclass(frozen=True, slots=True)
class BoardSummary:
    """What the page prints. `members` is how many members there are, so that "everybody" can be said."""

    rows: tuple[SummaryRow, ...]
    questions: tuple[AskedOf, ...]
    actions: tuple[AskedOf, ...]
    counts: Mapping[str, Sequence[GradeCount]]
    quota: tuple[str, ...]
    members: int


def summary_of(board: Board, language: str = DEFAULT_LANGUAGE) -> BoardSummary:
    """The summary of `board` in words of `language`."""
    questions: dict[str, AskedOf] = {}
    actions: dict[str, AskedOf] = {}
    rows = []
    for row in board.rows:
        whom = message(f"board.body.{row.id}", language) if row.id in BODIES else row.name
        name = message("board.head_short", language, name=row.name) if row.subject == "can_bo" else whom
        asked = []
        for question in row.proposal.questions:
            text = question.told_in(language)
            entry = questions.setdefault(text, AskedOf(len(questions) + 1, text))
            entry.names[whom] = None
            if question.asks:
                entry.of_body = entry.of_body or row.id in BODIES
                entry.of_member = entry.of_member or row.id not in BODIES
            if question.asks and is_member(row.subject):
                entry.for_all = entry.for_all or all(fact in board.facts for fact in question.asks)
            asked.append(entry.number)
        told = [*row.proposal.actions_in_words(language), *(n.text(language) for n in row.proposal.remarks)]
        for text in told:
            actions.setdefault(text, AskedOf(len(actions) + 1, text)).names[whom] = None
        rows.append(
            SummaryRow(
                name, row.grade, row.self_grade, row.decided or (row.decision.grade if row.decision else ""),
                row.proposal.not_ranked, _why(row, language), tuple(dict.fromkeys(asked)), is_member(row.subject),
            )
        )  # fmt: skip
    for entry in questions.values():
        entry.for_all = entry.for_all and len(entry.names) >= MANY_ASKED
    members = sum(row.member for row in rows)
    quota = tuple(board.quota_lines(language))
    return BoardSummary(tuple(rows), tuple(questions.values()), tuple(actions.values()), board.counts(), quota, members)


def _why(row: Row, language: str) -> str:
    """The first thing in the way of a higher grade with its clause, and how many more there are (`+2`).

    Nothing where only questions are: those stand once below.
    """
    proposal = row.proposal
    blocking = [r for r in proposal.reasons if r.rule_id in proposal.blocked_by and r.notes]
    if not proposal.grade and not proposal.not_ranked and proposal.questions:
        return ""
    told = blocking or [r for r in proposal.reasons if r.grade == proposal.grade and r.notes]
    if not told:
        return ""
    first = f"{_detail(told[0], language)} ({told[0].clause})"
    more = len(_others(told))
    return first + (f" +{more}" if more else "")


def _detail(reason: Reason, language: str) -> str:
    told = "; ".join(note.text(language) for note in reason.notes)
    if reason.role != "condition" or reason.outcome not in ("holds", "fails"):
        return told
    # A mark alone ("86, from 90 on") says neither of which grade nor whether it was reached.
    return message(f"board.why.{reason.outcome}", language, grade=reason.grade, told=told)


def _others(reasons: Iterable[Reason]) -> list[str]:
    """The ids of the rules behind the first."""
    return list(dict.fromkeys(reason.rule_id for reason in reasons))[1:]
