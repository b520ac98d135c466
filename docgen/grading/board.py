"""Settling one body for one year in the order the regulations prescribe, from plain facts.

Members first; their grades give the counts that the party organisation's rules read; its grade bounds the leading
collective's; both bound the head's; the quota comes last, over what was reached. Where a member's excellent grade waits
for the grade of the very organisation that waits for the members (KH 40, C06), the member is settled without it first:
HTTNV or better is all the organisation asks for. Ties, and who is chosen within a quota, are named and left to people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, cast

from docgen.grading import propose, rules_of
from docgen.grading.answers import with_answers
from docgen.grading.ballots import (
    Choice,
    Decided,
    Voting,
    choose_best,
    decided_quota,
    decisive,
    rest_after_choice,
    with_votes,
)
from docgen.grading.derived import (
    Counts,
    Known,
    Stated,
    counts_of_members,
    extremes_of_members,
    of_collective,
    stated_against,
)
from docgen.grading.group_quota import quota_for
from docgen.grading.proposal import Proposal, Question
from docgen.model import GRADES, lower_grade
from docgen.paths import AnyRecord, Json, JsonDict, JsonMap
from docgen.regulations.rule_facts import ROLES, playing
from docgen.regulations.rules import RuleSet
from docgen.regulations.told import Note

BEST = GRADES[0]
#: Bodies within a base organisation.
BELOW_BASE = ("chi_bo_truc_thuoc", "dang_bo_bo_phan")


@dataclass(frozen=True, slots=True)
class Entry:
    """One subject as it is given: facts, and what others said of it (shown beside the proposal, never mixed in).

    `decided` is the grade that people gave; `committee` is true for a member of the committee (chi ủy), and for a
    collective that is one; `differing` are stated facts that a table or a score sheet of the dossier gives otherwise.
    """

    id: str
    name: str
    facts: JsonMap
    self_grade: str | None = None
    assessor_grades: Mapping[str, str] = field(default_factory=dict)
    votes: Mapping[str, int] = field(default_factory=dict)
    decided: str | None = None
    committee: bool = False
    differing: tuple[Stated, ...] = ()


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
    within the quota, those whose votes tie for the last places, and those beyond it. `decided` is the quota over what
    people decided; `stated` the figures of the body that differ from its listed members."""

    regulation: str
    rows: tuple[Settled, ...]
    counts: Counts
    quota: Proposal | None
    chosen: tuple[str, ...] = ()
    tied: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    decided: Decided | None = None
    stated: tuple[tuple[str, Stated], ...] = ()

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
            found.append(
                (
                    self.regulation,
                    Question(
                        f"tie_at_quota:{','.join(self.tied)}", Note("board.tied", {"names": ", ".join(self.tied)})
                    ),
                )
            )
        return found


#: An entry, or a mapping with its fields; the name may be left out where it is the id.
Given: TypeAlias = Entry | AnyRecord


def _entry(given: Given) -> Entry:
    return given if isinstance(given, Entry) else Entry(**cast(dict[str, Any], {"name": str(given["id"]), **given}))


def settle(
    regulation: str | RuleSet,
    members: Iterable[Given],
    organization: Given | None = None,
    collective: Given | None = None,
    heads: Mapping[str, JsonMap] | None = None,
    voting: Voting | None = None,
    share: object = None,
) -> Board:
    """The board of one body.

    `members`, `organization`, `collective` are entries or mappings with their keys (`id`, `facts`, …). Facts that
    follow from earlier rows are filled in where they are missing: the members' counts, `org_grade`, `headed_*`, the
    grade of a led unit marked `"own": true`. `heads` maps a member's id to further facts for grading that member as a
    leader (`proposed_grade` reached under the rules for officials). `voting` is what is known of the ballots as a
    whole, `share` the percentage of HTXSNV that the competent level decided, where it did.
    """
    rules = rules_of(regulation) if isinstance(regulation, str) else regulation
    entries = [_entry(member) for member in members]
    heads = heads or {}
    voting = voting or Voting()
    alone = {entry.id: _member(rules, entry, None, {}) for entry in entries}
    first = {entry.id: with_votes(rules, voting, alone[entry.id], entry.votes) for entry in entries}
    counts = counts_of_members(entries, first)
    rows: list[Settled] = []
    org_row, stated = _organization(rules, organization, counts, extremes_of_members(entries, first))
    org_grade = org_row.grade if org_row else None
    collective_row, of_it = _collective(
        rules, collective, org_grade, bool(org_row and org_row.proposal.questions), entries
    )
    differing = [("party_organization", one) for one in stated] + [("collective", one) for one in of_it]
    bounds = {
        "headed_org_grade": org_grade,
        "headed_collective_grade": collective_row.grade if collective_row else None,
    }
    for entry in entries:
        extra: dict[str, Any] = {"is_head": True, **_bounded(entry, bounds)} if entry.id in heads else {}
        waits = any(unit.get("own") for unit in _led_units(entry.facts))
        again = first[entry.id]
        if extra or waits:
            alone[entry.id] = _member(rules, entry, org_grade, extra)
            again = with_votes(rules, voting, alone[entry.id], entry.votes)
        rows.append(Settled("member", entry, again))
    rows += [row for row in (org_row, collective_row) if row is not None]
    for entry in entries:
        if entry.id in heads:
            bounded = {"is_head": True, "evaluated_as_leader": True, **_bounded(entry, bounds)}
            facts = {**entry.facts, **bounded, **heads[entry.id]}
            # The cell's ballots are on the party member; of the leading official (II.B.4) they say nothing.
            facts.pop("votes_by_official_members", None)
            asked = _asked(with_answers(rules, "dang_vien", facts, propose(rules, "dang_vien", facts)), entry.differing)
            rows.append(Settled("head", entry, asked))
    settled = [row for row in rows if row.role == "member"]
    quota, choice = _quota(rules, settled, voting, share)
    if quota is not None and decisive(rules, voting.kind):
        most = quota.max_excellent or 0
        rows = [
            replace(row, proposal=rest_after_choice(rules, row.proposal, row.entry.votes, most))
            if row.role == "member" and row.entry.id in choice.dropped
            else _waiting(row, alone, choice)
            for row in rows
        ]
    names = {row.entry.id: row.entry.name for row in settled}
    # Who is not to be graded is in no count of grades, and so in no base of the quota; a grade written for him is told.
    decided = {row.entry.id: row.entry.decided for row in settled if row.entry.decided and not row.proposal.not_ranked}
    proposed = {row.entry.id: row.grade for row in rows if row.role == "member" and row.grade}
    return Board(
        rules.regulation,
        tuple(rows),
        counts,
        quota,
        tuple(names[key] for key in choice.kept),
        tuple(names[key] for key in choice.tied),
        tuple(names[key] for key in choice.dropped),
        decided_quota(rules, decided, proposed, share),
        tuple(differing),
    )


def _waiting(row: Settled, alone: Mapping[str, Proposal], choice: Choice) -> Settled:
    """`row`, with the question of a place left over where conditions give HTXSNV but too few ballots do (E08)."""
    wanted = row.role == "member" and row.grade != BEST and alone[row.entry.id].grade == BEST
    if not wanted or not choice.questions or not (row.entry.votes or {}).get(BEST):
        return row
    asked = (*row.proposal.questions, *choice.questions)
    alternatives = tuple(dict.fromkeys((*row.proposal.alt_grades, BEST)))
    return replace(row, proposal=replace(row.proposal, questions=asked, alt_grades=alternatives))


def _member(rules: RuleSet, entry: Entry, org_grade: str | None, extra: JsonMap) -> Proposal:
    facts = {**entry.facts, **extra}
    if entry.votes:
        facts.setdefault("votes_by_official_members", dict(entry.votes))
    if units := _led_units(facts):
        facts["led_units"] = [
            {**unit, "grade": unit.get("grade") or (org_grade if unit.get("own") else None)} for unit in units
        ]
    return _asked(with_answers(rules, "dang_vien", facts, propose(rules, "dang_vien", facts)), entry.differing)


def _asked(proposal: Proposal, differing: Iterable[Stated]) -> Proposal:
    """`proposal`, with a question for each of the `differing` figures: neither wins in silence."""
    asked = tuple(Question(f"conflict:{one.fact}", one) for one in differing)
    return replace(proposal, questions=(*proposal.questions, *asked)) if asked else proposal


def _led_units(facts: JsonMap) -> Sequence[JsonMap]:
    """The units that a member leads; none where the fact is something else, which the proposal reports."""
    units = facts.get("led_units")
    listed = [unit for unit in units if isinstance(unit, Mapping)] if isinstance(units, (list, tuple)) else []
    return listed if isinstance(units, (list, tuple)) and len(listed) == len(units) else ()


def _bounded(entry: Entry, bounds: Mapping[str, str | None]) -> JsonDict:
    return {name: _lower(entry.facts.get(name), bound) for name, bound in bounds.items()}


def _lower(stated: Json, known: str | None) -> Json:
    """The lower of a stated bound and the one on this board: a head may head another body too."""
    if stated not in GRADES or known is None:
        return known if stated is None else stated
    return lower_grade(str(stated), known)


def _filled(facts: JsonMap, known: JsonMap) -> JsonDict:
    """`facts`, with what is known from earlier rows where they say nothing."""
    return {**facts, **{name: value for name, value in known.items() if facts.get(name) is None}}


def _organization(
    rules: RuleSet,
    given: Given | None,
    counts: Counts,
    extremes: tuple[int, Counts, Counts] | None,
) -> tuple[Settled | None, list[Stated]]:
    """The body's row. It waits for members whose grade is open only where their grades could change its own."""
    if given is None:
        return None, []
    entry = _entry(given)
    is_cell = str(entry.facts.get("org_type", "")).startswith("chi_bo")
    known: Known = counts if is_cell else {}
    row, differing = _with_stated(rules, "organization", "to_chuc_dang", entry, known)
    if not is_cell or extremes is None or row.proposal.not_ranked:
        return row, differing
    count, best, worst = extremes
    ends = [_with_stated(rules, "organization", "to_chuc_dang", entry, end) for end in (worst, best)]
    low, high = (end.proposal for end, _ in ends)
    same = low.grade is not None and low.grade == high.grade and low.needs_human == high.needs_human
    if not same or any(stated for _, stated in ends):
        return row, differing
    note = Note("grading.note.whoever_is_open", {"count": count, "grade": low.grade})
    return replace(row, proposal=replace(low, remarks=(*low.remarks, note))), differing


def _collective(
    rules: RuleSet,
    given: Given | None,
    org_grade: str | None,
    org_asked: bool,
    members: Sequence[Entry],
) -> tuple[Settled | None, list[Stated]]:
    """The collective's row. The grade of a committee's body is the body's own row, unless people must settle that."""
    if given is None:
        return None, []
    entry = _entry(given)
    known: dict[str, bool | str | None] = of_collective(members) if entry.committee else {}
    if entry.committee and org_grade is not None and not org_asked:
        known["org_grade"] = org_grade
    bounded = replace(entry, facts=_filled(entry.facts, {"org_grade": org_grade}))
    return _with_stated(rules, "collective", "tap_the", bounded, known)


def _with_stated(rules: RuleSet, role: str, subject: str, entry: Entry, known: Known) -> tuple[Settled, list[Stated]]:
    """The proposal from what is stated and what the listed members say.

    Where the two differ, the grade is the lower of what each gives (none where either gives none), and each
    difference is a question with both figures: neither wins in silence.
    """
    differing = stated_against(rules, entry.facts, known)
    filled = _filled(entry.facts, known)
    proposal = with_answers(rules, subject, filled, propose(rules, subject, filled))
    if differing:
        told = {**entry.facts, **known}
        listed = with_answers(rules, subject, told, propose(rules, subject, told))
        both = proposal.grade and listed.grade
        lower = lower_grade(str(proposal.grade), str(listed.grade)) if both else None
        base = listed if lower == listed.grade else proposal
        others = (g for g in (proposal.grade, listed.grade) if g and g != lower)
        proposal = replace(
            base, grade=lower, questions=_asked(base, differing).questions,
            alt_grades=tuple(dict.fromkeys((*base.alt_grades, *others))),
        )  # fmt: skip
    return Settled(role, entry, _asked(proposal, entry.differing)), [*differing, *entry.differing]


def _quota(rules: RuleSet, rows: Sequence[Settled], voting: Voting, share: object) -> tuple[Proposal | None, Choice]:
    """The quota over the members, and who fits in it where votes decide; where they do not, people choose.

    A cell below the base organisation has no quota of its own where the regulation sets it over the whole (A09).
    """
    found = quota_for(rules, "dang_vien")
    if found is None:
        return None, Choice()
    best = {row.entry.id: row.entry.votes for row in rows if row.grade == BEST}
    others = {row.entry.id: row.entry.votes for row in rows if row.grade != BEST}
    better = sum(row.grade in GRADES[:2] for row in rows)
    named = {role: playing(rules.facts, role).name for role in ROLES}
    facts: dict[str, Any] = {
        named["cohort_kind"]: "dang_vien",
        named["good_or_better"]: better,
        named["excellent_proposed"]: len(best),
    }
    if found[1].raised is not None and share is not None:
        facts[found[1].raised.fact.name] = share
    if voting.kind in BELOW_BASE:
        facts[named["cohort_scope"]] = voting.kind
    proposal = propose(rules, "cohort", facts)
    choice = choose_best(rules, voting, best, others, proposal.max_excellent or 0)
    return replace(proposal, questions=(*proposal.questions, *choice.questions)), choice
