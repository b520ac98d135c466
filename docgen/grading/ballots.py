"""The ballots beside the conditions: where the regulation says that they decide, and where they only have to agree.

HD 19 C.II.3.2 bước 2 makes the vote of a chi bộ cơ sở the grade itself; everywhere else a vote is a proposal beside
the conditions. In neither case may the two disagree unseen: where they do, a question with both stands on the board.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeGuard

from docgen.grading import propose
from docgen.grading.given_facts import FactView
from docgen.grading.group_quota import Noticed, decided_share, most_of, noticed_questions, quota_for
from docgen.grading.outcome import Reason
from docgen.grading.proposal import Proposal, Question
from docgen.grading.votes import ballot_rule, choose, cumulative, selection_rule, spelled
from docgen.i18n import message
from docgen.model import GRADE_TEXT, GRADES, grade_at_least, lower_grade
from docgen.regulations.rules import RuleSet
from docgen.regulations.told import Note
from docgen.values.number import number_text

Votes = Mapping[str, int]
HALF = Fraction(50)


@dataclass(frozen=True, slots=True)
class Voting:
    """How the ballots of one body stand: its kind (`org_type`), and what its tally team counted."""

    kind: str = ""
    collected: int | None = None
    invalid: int = 0


def counted(votes: object) -> TypeGuard[Votes]:
    """True where `votes` is a count of ballots by grade, all of them whole numbers and at least one ballot."""
    if not isinstance(votes, Mapping) or not votes:
        return False
    numbers = [votes.get(grade, 0) for grade in votes]
    fits = all(isinstance(n, int) and not isinstance(n, bool) and n >= 0 for n in numbers)
    return fits and set(votes) <= set(GRADES) and sum(numbers) > 0


def decisive(rules: RuleSet, kind: str) -> bool:
    """True where the vote of a body of `kind` is the grade itself."""
    found = ballot_rule(rules)
    return found is not None and kind in found[1].decides


def _cast(votes: Votes) -> int:
    return sum(votes.get(grade, 0) for grade in GRADES)


def majority(votes: Votes) -> str:
    """The best grade for which (it or better) more than half of the ballots were cast; KHTNV where none has."""
    return cumulative(votes, HALF, _cast(votes))


def contradicts(rules: RuleSet, votes: Votes, grade: str) -> bool:
    """True where the ballots do not carry `grade`.

    KH 55 II.B.2.5 bước 2 votes on the grades below HTXSNV first and chooses HTXSNV among HTTNV afterwards: there
    ballots for HTTNV carry HTXSNV too, and so they do where no rule of votes is printed.
    """
    found = ballot_rule(rules)
    floor = grade
    if grade == GRADES[0] and (found is None or found[1].scheme == "sequence"):
        floor = GRADES[1]
    return not grade_at_least(majority(votes), floor)


def with_votes(rules: RuleSet, voting: Voting, proposal: Proposal, votes: object) -> Proposal:
    """`proposal`, as the ballots leave it.

    Where they decide, the lower of what they and the conditions give stands, with the clause of the vote; ballots above
    what the conditions allow are a question. Elsewhere ballots that do not carry the proposal are a question.
    """
    if proposal.not_ranked or not counted(votes):
        return proposal
    if not decisive(rules, voting.kind):
        found = ballot_rule(rules)
        if proposal.grade is None or (found is not None and found[1].scheme == "single"):
            return proposal  # With `single` the conditions themselves ask for the votes (KH 40).
        if contradicts(rules, votes, proposal.grade):
            return _asked(proposal, votes)
        return proposal
    facts = {"votes": dict(votes), "ballots_collected": voting.collected, "ballots_invalid": voting.invalid}
    if voting.collected is None:
        facts = {"votes": dict(votes)}
    vote = propose(rules, "vote", facts)
    questions = (*proposal.questions, *vote.questions)
    if proposal.grade is None or vote.grade is None:
        return replace(proposal, questions=questions, reasons=(*proposal.reasons, *vote.reasons))
    lower = lower_grade(proposal.grade, vote.grade)
    changed = replace(
        proposal,
        grade=lower,
        questions=questions,
        reasons=(*proposal.reasons, *vote.reasons),
        alt_grades=tuple(dict.fromkeys((*proposal.alt_grades, *vote.alt_grades))),
    )
    if lower != proposal.grade:
        return replace(changed, blocked_by=tuple(reason.rule_id for reason in vote.reasons))
    return _asked(changed, votes) if vote.grade != proposal.grade else changed


def _asked(proposal: Proposal, votes: Votes) -> Proposal:
    parts = tuple(
        Note("board.votes.part", {"count": votes[grade], "grade": GRADE_TEXT[grade]})
        for grade in GRADES
        if votes.get(grade)
    )
    said = Note("board.conflict.votes", {"grade": GRADE_TEXT[str(proposal.grade)], "votes": parts})
    return replace(proposal, questions=(*proposal.questions, Question("conflict:votes", said)))


def told(votes: Votes) -> str:
    """Votes in words of people: `2 phiếu Hoàn thành nhiệm vụ, 10 phiếu Không hoàn thành nhiệm vụ`."""
    return ", ".join(
        message("board.votes.part", count=votes[grade], grade=GRADE_TEXT[grade]) for grade in GRADES if votes.get(grade)
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """Who is HTXSNV within the quota: kept, tied for the last places, left over; the questions that remain."""

    kept: tuple[str, ...] = ()
    tied: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()


def choose_best(
    rules: RuleSet, voting: Voting, best: Mapping[str, Votes], others: Mapping[str, Votes], most: int
) -> Choice:
    """The choice among `best` (votes by id), where the votes choose; where they do not, all of them tie.

    `others` are the votes of those who are not HTXSNV, to see whether a place is left while somebody has votes for it,
    but not above half (E08); who has more is not HTXSNV for another reason, which leaves nothing to ask of the votes.
    """
    names = list(best)
    chooses = selection_rule(rules) is not None and all(counted(votes) for votes in best.values())
    if len(names) <= most:
        questions: Sequence[Question] = ()
        wanting = any(counted(votes) and 0 < 2 * votes.get(GRADES[0], 0) <= _cast(votes) for votes in others.values())
        if wanting and decisive(rules, voting.kind) and len(names) < most:
            state = Noticed()
            state.situations.add("slots_left")
            questions = noticed_questions(rules, "vote", FactView(rules, "vote", {}), state)
        return Choice(tuple(names), questions=tuple(questions))
    if not chooses:
        return Choice(tied=tuple(names))
    scores = {name: votes.get(GRADES[0], 0) for name, votes in best.items()}
    kept, tied, dropped = choose(names, scores, most)
    return Choice(tuple(kept), tuple(tied), tuple(dropped))


def rest_after_choice(rules: RuleSet, proposal: Proposal, votes: Votes, most: int) -> Proposal:
    """The proposal of somebody left over by the choice: the grade that the rule of selection gives the others."""
    found = selection_rule(rules)
    assert found is not None
    note = Note("grading.note.left_over", {"maximum": most, "votes": spelled(votes)})
    reason = Reason(found[0].id, found[0].clause, "selection", "fails", GRADES[0], (note,))
    return replace(proposal, grade=found[1].rest, blocked_by=(found[0].id,), reasons=(*proposal.reasons, reason))


@dataclass(frozen=True, slots=True)
class Decided:
    """What people decided, against the quota: who is HTXSNV, out of how many HTTNV or better; the two readings.

    `ok` is None where the readings differ (A01)."""

    chosen: tuple[str, ...]
    good_or_better: int
    strict: int
    wide: int

    @property
    def ok(self) -> bool | None:
        """True within the quota, False beyond it by either reading, None between the two."""
        if len(self.chosen) <= self.strict:
            return True
        return None if len(self.chosen) <= self.wide else False


def decided_quota(
    rules: RuleSet, decided: Mapping[str, str], proposed: Mapping[str, str], share: object = None
) -> Decided | None:
    """The quota over the grades that people gave (`decided`), the proposed one standing where they gave none.

    `share` is the percentage that the competent level decided. None where the regulation has no quota of members, or
    nobody was given HTXSNV.
    """
    found = quota_for(rules, "dang_vien")
    chosen = tuple(key for key, grade in decided.items() if grade == GRADES[0])
    if found is None or not chosen:
        return None
    grades = {**proposed, **decided}
    better = sum(grade in GRADES[:2] for grade in grades.values())
    return Decided(chosen, better, *most_of(decided_share(found[1], share), better))


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of the quota over what people decided: `wide` with those who are chosen in the base; the base, the
    share in percent, how many it allows, how many are chosen. `below`: the rule's own number for so small a base
    holds in place of the share (0: the share does)."""

    wide: bool
    base: int
    percent: Fraction
    most: int
    chosen: int
    below: int = 0

    @property
    def share(self) -> str:
        """The percentage as people write it."""
        return number_text(float(self.percent))

    @property
    def over(self) -> int:
        """How many too many are chosen; 0 within the quota."""
        return max(0, self.chosen - self.most)


def readings(rules: RuleSet, decided: Decided | None, share: object = None) -> list[Reading]:
    """The quota over `decided`: the base without those who are chosen, and with them; one where the rule pools the two.

    None where nobody was given HTXSNV or the regulation has no quota of members. `share` as in `decided_quota`.
    """
    found = quota_for(rules, "dang_vien")
    if decided is None or found is None:
        return []
    quota = decided_share(found[1], share)

    def read(wide: bool, base: int, most: int) -> Reading:
        small = quota.below if quota.below and base < quota.below else 0
        return Reading(wide, base, Fraction(quota.percent), most, len(decided.chosen), small)

    whole = read(True, decided.good_or_better, decided.wide)
    if quota.reading == "pool":
        return [whole]
    return [read(False, decided.good_or_better - decided.strict, decided.strict), whole]
