"""From votes to a grade by the rule of the regulation; the excellent ones within the quota; ties left to people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypedDict

from docgen.grading.given_facts import FactView, check_facts
from docgen.grading.group_quota import Noticed, maximum, noticed_questions, quota_for
from docgen.grading.outcome import Reason, ask
from docgen.grading.proposal import Proposal, Question
from docgen.model import GRADES
from docgen.paths import JsonMap
from docgen.regulations.rule_facts import playing
from docgen.regulations.rules import Ballot, Rule, RuleSet, Selection
from docgen.regulations.told import Note, Outcome

Votes = Mapping[str, int]


class Candidate(TypedDict):
    """One of several who were voted on: the name, and the ballots by grade."""

    name: str
    votes: Votes


@dataclass(slots=True)
class Counted:
    """The grade that votes give, the situations noticed on the way, and the grades of other readings."""

    grade: str | None
    situations: set[str] = field(default_factory=set)
    alternatives: list[str] = field(default_factory=list)
    note: Note | None = None


def ballot_rule(rules: RuleSet) -> tuple[Rule, Ballot] | None:
    """The rule that says how votes give a grade, if the regulation has one."""
    for rule in rules.for_subject("vote"):
        for effect in rule.effects:
            if isinstance(effect, Ballot):
                return rule, effect
    return None


def selection_rule(rules: RuleSet) -> tuple[Rule, Selection] | None:
    """The rule that chooses the excellent ones by votes within the quota, if the regulation has one."""
    for rule in rules.for_subject("vote"):
        for effect in rule.effects:
            if isinstance(effect, Selection):
                return rule, effect
    return None


def _over(votes: Votes, grades: Sequence[str], share: Fraction, total: int) -> bool:
    return sum(votes.get(g, 0) for g in grades) * 100 > share * total


def cumulative(votes: Votes, share: Fraction, total: int) -> str:
    """The best grade for which (that grade or better) has more than `share` % of `total`; KHTNV where none has."""
    for index, grade in enumerate(GRADES[:-1]):
        if _over(votes, GRADES[: index + 1], share, total):
            return grade
    return GRADES[-1]


def count_votes(ballot: Ballot, votes: Votes, total: int, collected: int | None = None) -> Counted:
    """What `votes` give under one scheme.

    `total` is what the share is taken of: valid ballots (`cumulative`) or official members (`single`); `collected`
    the ballots collected, to see whether the other denominator would change the result.
    """
    if ballot.scheme == "single":
        winners = [g for g in GRADES if _over(votes, (g,), ballot.more_than, total)]
        note = Note("grading.note.votes.single", {"total": total, "share": ballot.more_than, "votes": spelled(votes)})
        if not winners:
            return Counted(None, {"no_majority"}, _near(votes, total, ballot), note)
        return Counted(winners[0], {"majority_for_lowest"} if winners[0] == GRADES[-1] else set(), [], note)
    if ballot.scheme == "sequence":
        return Counted(None, {"no_vote_rule"})
    grade = cumulative(votes, ballot.more_than, total)
    note = Note("grading.note.votes.cumulative", {"total": total, "share": ballot.more_than, "votes": spelled(votes)})
    counted = Counted(grade, note=note)
    for index, above in enumerate(GRADES[: GRADES.index(grade)]):
        if sum(votes.get(g, 0) for g in GRADES[: index + 1]) * 100 == ballot.more_than * total:
            counted.situations.add("exact_half")
            counted.alternatives.append(above)
            break
    if collected is not None and collected != total:
        other = cumulative(votes, ballot.more_than, collected)
        if other != grade:
            counted.situations.add("denominator_matters")
            counted.alternatives.append(other)
    return counted


def _near(votes: Votes, total: int, ballot: Ballot) -> list[str]:
    """The grades that would win if votes for better grades were added, or half were enough."""
    added = cumulative(votes, ballot.more_than, total)
    half = [g for g in GRADES if votes.get(g, 0) * 100 == ballot.more_than * total]
    return [g for g in GRADES if g in half or (g == added and g != GRADES[-1])]


def spelled(votes: Votes) -> str:
    """Votes as one line: `HTXSNV 4, HTTNV 7, HTNV 9, KHTNV 0`."""
    return ", ".join(f"{grade} {votes.get(grade, 0)}" for grade in GRADES)


def propose_vote(rules: RuleSet, facts: JsonMap) -> Proposal:
    """The grade that votes for one person give, or the grades of several candidates within the quota."""
    view = FactView(rules, "vote", facts)
    findings = tuple(check_facts(rules, "vote", facts))
    found = ballot_rule(rules)
    candidates = view.values.get("candidates")
    if found is None:
        questions = (Question(f"judgement:{rules.regulation}/vote", Note("grading.ask.no_ballot_rule")),)
        return Proposal(rules.regulation, "vote", questions=questions, findings=findings)
    rule, ballot = found
    if candidates:
        return _candidates(rules, rule, ballot, view, candidates)
    votes = view.values.get("votes")
    total, collected, missing = _total(ballot, view, votes)
    if votes is None or total is None:
        asked = (Question(f"missing:{missing}", ask(rules.facts[missing])),)
        return Proposal(rules.regulation, "vote", questions=asked, findings=findings)
    counted = count_votes(ballot, votes, total, collected)
    state = Noticed()
    state.situations = counted.situations
    questions_ = noticed_questions(rules, "vote", view, state)
    blocked = () if counted.grade == GRADES[0] else (rule.id,)
    if ballot.scheme == "single" and counted.grade is not None:
        blocked = ()
    outcome: Outcome = "unknown" if counted.grade is None else "holds"
    notes = (counted.note,) if counted.note else ()
    reason = Reason(rule.id, rule.clause, "ballot", outcome, counted.grade or "", notes)
    return Proposal(
        rules.regulation,
        "vote",
        counted.grade,
        blocked,
        questions=tuple(questions_),
        alt_grades=tuple(counted.alternatives),
        reasons=(reason,),
        findings=findings,
    )


def _total(ballot: Ballot, view: FactView, votes: Votes | None) -> tuple[int | None, int | None, str]:
    """What shares are taken of, the ballots collected, and the fact that is missing where it cannot be told."""
    if votes is None:
        return None, None, "votes"
    if ballot.scheme == "single":
        return view.values.get("official_members_total"), None, "official_members_total"
    collected = view.values.get("ballots_collected")
    cast = sum(votes.values())
    if collected is None:
        return cast or None, None, "votes"
    valid = int(collected) - int(view.values.get("ballots_invalid") or 0)
    # More votes than valid ballots cannot be true: nothing can be told from them.
    return (valid if 0 < valid >= cast else None), int(collected), "ballots_collected"


def _candidates(
    rules: RuleSet, rule: Rule, ballot: Ballot, view: FactView, candidates: Sequence[Candidate]
) -> Proposal:
    """Each candidate's grade; the excellent ones chosen by votes until the quota is used up, ties left to people."""
    state = Noticed()
    graded: dict[str, str | None] = {}
    scores: dict[str, int] = {}
    questions: list[Question] = []
    for candidate in candidates:
        votes = candidate["votes"]
        total, collected, _ = _total(ballot, view, votes)
        counted = count_votes(ballot, votes, total or sum(votes.values()), collected)
        state.situations |= counted.situations
        graded[str(candidate.get("name"))] = counted.grade
        scores[str(candidate.get("name"))] = votes.get(GRADES[0], 0)
    most: int | None = None
    blocked: tuple[str, ...] = ()
    chosen = selection_rule(rules)
    if chosen is not None:
        quota = quota_for(rules, "dang_vien")
        good = playing(rules.facts, "good")
        base = view.values.get(good.name)
        best = [name for name, grade in graded.items() if grade == chosen[1].grade]
        if quota is None or base is None:
            graded.update(dict.fromkeys(best))
            questions.append(Question(f"missing:{good.name}", ask(good)))
        else:
            most = maximum(quota[1], base)
            if base == 0 and most:
                state.situations.add("zero_base")
            kept, tied, dropped = choose(best, scores, most)
            graded.update(dict.fromkeys(dropped, chosen[1].rest))
            graded.update(dict.fromkeys(tied))
            if tied:
                questions.append(
                    Question(f"tie_at_quota:{','.join(tied)}", Note("board.tied", {"names": ", ".join(tied)}))
                )
            if tied or dropped:
                blocked = (chosen[0].id,)
            elif len(kept) < most and any(scores[n] for n in graded if n not in kept):
                state.situations.add("slots_left")
    questions += noticed_questions(rules, "vote", view, state)
    reason = Reason(rule.id, rule.clause, "ballot", "holds", "")
    return Proposal(
        rules.regulation,
        "vote",
        blocked_by=blocked,
        questions=tuple(questions),
        reasons=(reason,),
        max_excellent=most,
        grades=tuple(graded.items()),
    )


def choose(names: Sequence[str], scores: Mapping[str, int], most: int) -> tuple[list[str], list[str], list[str]]:
    """Who is kept, who ties for the last places, who is left over, from most votes down to `most` places."""
    if len(names) <= most:
        return list(names), [], []
    ordered = sorted(names, key=lambda name: -scores[name])
    edge = scores[ordered[most - 1]] if most else -1
    beyond = scores[ordered[most]]
    if not most or edge != beyond:
        return ordered[:most], [], ordered[most:]
    kept = [name for name in ordered if scores[name] > edge]
    tied = [name for name in ordered if scores[name] == edge]
    return kept, tied, [name for name in ordered if scores[name] < edge]
