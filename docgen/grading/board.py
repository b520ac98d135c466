"""Settling one body for one year in the order the regulations prescribe, from plain facts.

Members first; their grades give the counts that the party organisation's rules read; its grade bounds the leading
collective's; both bound the head's; the quota comes last, over what was reached. Where a member's excellent grade waits
for the grade of the very organisation that waits for the members (KH 40, C06), the member is settled without it first:
HTTNV or better is all the organisation asks for. Ties, and who is chosen within a quota, are named and left to people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from docgen.grading import propose, rules_of
from docgen.grading.proposal import Proposal, Question
from docgen.grading.quota import quota_for
from docgen.grading.votes import choose, selection_rule
from docgen.model import GRADES, grade_at_least
from docgen.regulations.rules import RuleSet

BEST = GRADES[0]


@dataclass(frozen=True, slots=True)
class Entry:
    """One subject as it is given: facts, and what others said of it (shown beside the proposal, never mixed in)."""

    id: str
    name: str
    facts: Mapping[str, Any]
    self_grade: str | None = None
    assessor_grades: Mapping[str, str] = field(default_factory=dict)
    votes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settled:
    """One subject with its proposal. `role` is `member`, `organization`, `collective` or `head`."""

    role: str
    entry: Entry
    proposal: Proposal

    @property
    def grade(self) -> str | None:
        """The proposed grade."""
        return self.proposal.grade


@dataclass(frozen=True, slots=True)
class Board:
    """Everything settled, in the order in which it was. `chosen`, `tied` and `dropped` name the excellent members
    within the quota, those whose votes tie for the last places, and those beyond it."""

    regulation: str
    rows: tuple[Settled, ...]
    counts: Mapping[str, int | bool]
    quota: Proposal | None
    chosen: tuple[str, ...] = ()
    tied: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()

    def row(self, role: str, entry_id: str = "") -> Settled:
        """The row of a role, and of an id where the role has several. Raises `KeyError`."""
        for row in self.rows:
            if row.role == role and entry_id in ("", row.entry.id):
                return row
        raise KeyError(f"{role} {entry_id}")

    def questions(self) -> list[tuple[str, Question]]:
        """What only people can decide: who it is about, and the question. The quota's stand under its regulation."""
        found = [(row.entry.name, question) for row in self.rows for question in row.proposal.questions]
        if self.quota is not None:
            found += [(self.regulation, question) for question in self.quota.questions]
        if self.tied:
            found.append((self.regulation, Question(f"tie_at_quota:{','.join(self.tied)}")))
        return found


def _entry(given: Mapping[str, Any] | Entry) -> Entry:
    return given if isinstance(given, Entry) else Entry(**{"name": str(given["id"]), **given})


def settle(
    regulation: str | RuleSet,
    members: Iterable[Mapping[str, Any] | Entry],
    organization: Mapping[str, Any] | Entry | None = None,
    collective: Mapping[str, Any] | Entry | None = None,
    heads: Mapping[str, Mapping[str, Any]] | None = None,
) -> Board:
    """The board of one body.

    `members`, `organization`, `collective` are entries or mappings with their keys (`id`, `facts`, …). Facts that
    follow from earlier rows are filled in where they are missing: the members' counts, `org_grade`, `headed_*`, the
    grade of a led unit marked `"own": true`. `heads` maps a member's id to further facts for grading that member as a
    leader (`proposed_grade` reached under the rules for officials).
    """
    rules = rules_of(regulation) if isinstance(regulation, str) else regulation
    entries = [_entry(member) for member in members]
    heads = heads or {}
    first = {entry.id: _member(rules, entry, None, {}) for entry in entries}
    counts = count_members(entries, first)
    rows: list[Settled] = []
    org_row = _organization(rules, organization, counts)
    org_grade = org_row.grade if org_row else None
    collective_row = _collective(rules, collective, org_grade)
    bounds = {
        "headed_org_grade": org_grade,
        "headed_collective_grade": collective_row.grade if collective_row else None,
    }
    for entry in entries:
        extra = {"is_head": True, **bounds} if entry.id in heads else {}
        waits = any(unit.get("own") for unit in _led_units(entry.facts))
        again = _member(rules, entry, org_grade, extra) if extra or waits else first[entry.id]
        rows.append(Settled("member", entry, again))
    rows += [row for row in (org_row, collective_row) if row is not None]
    for entry in entries:
        if entry.id in heads:
            facts = {**entry.facts, "is_head": True, "evaluated_as_leader": True, **bounds, **heads[entry.id]}
            rows.append(Settled("head", entry, propose(rules, "dang_vien", facts)))
    settled = [row for row in rows if row.role == "member"]
    return Board(rules.regulation, tuple(rows), counts, *_quota(rules, settled))


def _member(rules: RuleSet, entry: Entry, org_grade: str | None, extra: Mapping[str, Any]) -> Proposal:
    facts = {**entry.facts, **extra}
    if entry.votes:
        facts.setdefault("votes_by_official_members", dict(entry.votes))
    if units := _led_units(facts):
        facts["led_units"] = [
            {**unit, "grade": unit.get("grade") or (org_grade if unit.get("own") else None)} for unit in units
        ]
    return propose(rules, "dang_vien", facts)


def _led_units(facts: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The units that a member leads; none where the fact is something else, which the proposal reports."""
    units = facts.get("led_units")
    fits = isinstance(units, (list, tuple)) and all(isinstance(unit, Mapping) for unit in units)
    return units if fits and units else ()


def count_members(entries: Sequence[Entry], proposals: Mapping[str, Proposal]) -> dict[str, int | bool]:
    """What a cell's rules ask of its members. Grades that are left to people leave the counts they decide unknown."""
    ranked = [proposals[entry.id] for entry in entries if not proposals[entry.id].not_ranked]
    counts: dict[str, int | bool] = {"members_total": len(entries), "members_not_ranked": len(entries) - len(ranked)}
    grades = [proposal.grade for proposal in ranked if proposal.grade is not None]
    if len(grades) == len(ranked):
        counts["members_at_least_good"] = sum(grade_at_least(grade, "HTTNV") for grade in grades)
        counts["members_at_least_fulfilled"] = sum(grade_at_least(grade, "HTNV") for grade in grades)
        counts["members_not_fulfilled"] = grades.count(GRADES[-1])
    disciplined = [entry.facts.get("disciplined_in_year") for entry in entries]
    if True in disciplined or (disciplined and None not in disciplined):
        counts["party_member_disciplined"] = True in disciplined
    return counts


def _filled(facts: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """`facts`, with what is known from earlier rows where they say nothing."""
    return {**facts, **{name: value for name, value in known.items() if facts.get(name) is None}}


def _organization(
    rules: RuleSet, given: Mapping[str, Any] | Entry | None, counts: Mapping[str, int | bool]
) -> Settled | None:
    if given is None:
        return None
    entry = _entry(given)
    is_cell = str(entry.facts.get("org_type", "")).startswith("chi_bo")
    facts = _filled(entry.facts, counts if is_cell else {})
    return Settled("organization", entry, propose(rules, "to_chuc_dang", facts))


def _collective(rules: RuleSet, given: Mapping[str, Any] | Entry | None, org_grade: str | None) -> Settled | None:
    if given is None:
        return None
    entry = _entry(given)
    return Settled("collective", entry, propose(rules, "tap_the", _filled(entry.facts, {"org_grade": org_grade})))


def _counted(votes: Mapping[str, Any]) -> bool:
    """True where there are votes, and the best grade's can be put in order."""
    return bool(votes) and isinstance(votes.get(BEST, 0), (int, float))


def _quota(
    rules: RuleSet, rows: Sequence[Settled]
) -> tuple[Proposal | None, tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The quota over the members, and who fits in it where votes decide; where they do not, people choose."""
    found = quota_for(rules, "dang_vien")
    if found is None:
        return None, (), (), ()
    best = [row for row in rows if row.grade == BEST]
    good = sum(row.grade == GRADES[1] for row in rows)
    base = good + len(best) if found[1].reading == "pool" else good
    facts = {"cohort_kind": "dang_vien", "n_good": base, "n_excellent_proposed": len(best)}
    proposal = propose(rules, "cohort", facts)
    most = proposal.max_excellent or 0
    names = {row.entry.id: row.entry.name for row in best}
    if len(best) <= most:
        return proposal, tuple(names.values()), (), ()
    if selection_rule(rules) is None or not all(_counted(row.entry.votes) for row in best):
        return proposal, (), tuple(names.values()), ()
    scores = {row.entry.id: row.entry.votes.get(BEST, 0) for row in best}
    kept, tied, dropped = choose(list(names), scores, most)
    return (
        proposal,
        tuple(names[i] for i in kept),
        tuple(names[i] for i in tied),
        tuple(names[i] for i in dropped),
    )
