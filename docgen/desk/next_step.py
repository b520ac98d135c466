"""The next step as one sentence: the first thing that is true, in the order of the work.

A deadline that passed or is within two days · papers that came back and are not in the dossier · papers nobody was
given · papers not back · places to mend · open questions · the quota exceeded · decisions missing · no packet, or an
old one · signatures · handing over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docgen.desk.calendar import LONG_PAST, Calendar
from docgen.desk.status import THERE, Paper, Status
from docgen.i18n import DEFAULT_LANGUAGE, has_message, message, short_date
from docgen.paths import JsonDict
from docgen.regulations.subjects import is_member

if TYPE_CHECKING:
    from docgen.grading.dossier_board import Board

#: A deadline so many days off goes before everything else.
CLOSE_DAYS = 2
#: So many people are named; more would hide the sentence.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do next: `step` names it (message `desk.next.<step>`), `facts` its numbers, names and files."""

    step: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def act(self, language: str = DEFAULT_LANGUAGE) -> str:
        """What to do, in words for everybody."""
        facts = dict(self.facts)
        if "names" in facts:
            facts["names"] = _some(facts["names"], language)
        long_past = self.step == "overdue" and facts["days"] > LONG_PAST
        return message(f"desk.next.{self.step}{'.long' if long_past else ''}", language, **facts)

    def words(self, language: str = DEFAULT_LANGUAGE) -> str:
        """The sentence, with the command that does it where there is one."""
        how = f"desk.next.{self.step}.how"
        if not has_message(how, language):
            return self.act(language)
        return f"{self.act(language).rstrip('.')}: {message(how, language, **self.facts)}"


def _some(names: Sequence[str], language: str) -> str:
    shown = list(dict.fromkeys(name for name in names if name))
    more = message("desk.next.more", language, count=len(shown) - _NAMED) if len(shown) > _NAMED else ""
    return ", ".join(shown[:_NAMED]) + more


def next_step(status: Status, calendar: Calendar, board: Board | None, file: Path) -> NextStep:
    """The next step of the dossier in `file`."""
    papers = list(status.papers())
    by_state: dict[str, list[Paper]] = {}
    for paper in papers:
        by_state.setdefault(paper.state, []).append(paper)
    near = _pressing(calendar)
    if near is not None:
        return near
    for state, step in (("returned", "read"), ("not_given", "hand_out"), ("given", "collect")):
        if found := by_state.get(state):
            return NextStep(step, _facts(found, file))
    if (found := by_state.get("faulty")) or status.elsewhere:
        return NextStep("mend", {**_facts(found or [], file), "places": status.errors})
    if board is not None and (asked := _asked(board)):
        return NextStep("answer", {"count": len(asked), "names": asked, "dossier": str(file)})
    if board is not None and board.decided is not None and board.decided.ok is False:
        facts = {"chosen": len(board.decided.chosen), "most": board.decided.strict, "dossier": str(file)}
        return NextStep("over_quota", facts)
    if board is not None and (undecided := _undecided(board)):
        return NextStep("decide", {"count": len(undecided), "names": undecided, "dossier": str(file)})
    return _with_packet(status, papers, file)


def _pressing(calendar: Calendar) -> NextStep | None:
    """The own deadline that passed last, or the nearest where it is close."""
    if overdue := calendar.overdue():
        late = overdue[-1]
        days = (calendar.today - late.last).days
        return NextStep("overdue", {"what": late.title(), "days": days, "year": late.last.year})
    near = calendar.nearest()
    if near is not None and (near.last - calendar.today).days <= CLOSE_DAYS:
        return NextStep("close", {"what": near.title(), "last": short_date(near.last)})
    return None


def _facts(papers: Sequence[Paper], file: Path) -> JsonDict:
    return {"count": len(papers), "names": [paper.name for paper in papers], "dossier": str(file),
            "form": papers[0].form if papers else ""}  # fmt: skip


def _asked(board: Board) -> list[str]:
    return [row.name for row in board.rows if row.asked]


def _undecided(board: Board) -> list[str]:
    """The members who are to be graded and for whom nobody has written a grade."""
    return [r.name for r in board.rows if is_member(r.subject) and not r.proposal.not_ranked and not r.decided]


def _with_packet(status: Status, papers: Sequence[Paper], file: Path) -> NextStep:
    packet = status.packet
    if packet is None:
        return NextStep("make_packet", {"dossier": str(file)})
    if packet.stale:
        return NextStep("remake_packet", {"dossier": str(file), "count": packet.stale, "packet": packet.path})
    if packet.unsigned:
        return NextStep("sign", {"count": packet.unsigned, "packet": packet.path})
    if all(paper.state in THERE for paper in papers):
        return NextStep("hand_over", {"packet": packet.path})
    return NextStep("make_packet", {"dossier": str(file)})
