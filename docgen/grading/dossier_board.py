"""The board of a whole dossier: a proposal for every subject, settled in the order the regulations prescribe.

Members first, then the party body (which counts its members' grades), then the leading collective (not above its
body), then the head (not above the collective and the body), the quota last (HD 16 II.B.5; RULES section 8).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from docgen.dossier.layout import fact_place
from docgen.dossier.posts import is_committee
from docgen.grading import rules_of
from docgen.grading.ballots import Decided, Voting
from docgen.grading.board import Entry, Settled, settle
from docgen.grading.counts import GradeCount, by_group, kind_of
from docgen.grading.derived import typed_otherwise
from docgen.grading.disagreements import decision_of, disagreements, other_kind, quota_line
from docgen.grading.from_dossier import (
    assessor_grades,
    collective_facts,
    counted_of_collective,
    counted_of_member,
    counted_of_organization,
    levels_by_group,
    member_facts,
    organization_facts,
)
from docgen.grading.proposal import Proposal
from docgen.i18n import DEFAULT_LANGUAGE, message
from docgen.model import GRADE_TEXT, GRADES, Finding
from docgen.paths import JsonDict, JsonMap, get_text
from docgen.records import DossierData, Member
from docgen.regulations.asked_of import said_by
from docgen.regulations.decisions import Taken, taken
from docgen.regulations.loader import RegulationData
from docgen.regulations.rule_facts import Fact
from docgen.regulations.rules import RuleSet
from docgen.regulations.subjects import BODIES, MEMBER, is_member

#: A question that stands word for word with so many members is asked once.
MANY_ASKED = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One subject on the board: what is proposed and what others said."""

    id: str
    name: str
    subject: str
    proposal: Proposal
    self_grade: str = ""
    cell_grade: str = ""
    assessors: Mapping[str, str] = field(default_factory=dict)
    votes: Mapping[str, int] = field(default_factory=dict)
    levels_from: str = ""
    chosen_by_people: bool = False
    #: What people decided, by whom and when (`docgen.regulations.decisions`); None where the dossier has no decision.
    decision: Taken | None = None
    #: The grade that people gave a member, the committee's before the cell's; what kind of member it is.
    decided: str = ""
    kind: str = ""

    @property
    def grade(self) -> str:
        """The proposed grade; empty where none is established."""
        return self.proposal.grade or ""

    @property
    def settled(self) -> bool:
        """True where the proposal leaves nothing to people: no open question, and no choice within the quota."""
        return bool(self.grade) and not self.proposal.questions and not self.chosen_by_people

    @property
    def asked(self) -> bool:
        """True where a question is open that a fact would answer, or one that waits for a decision not yet made."""
        decided = bool(self.decided) or self.decision is not None
        return any(question.asks or not decided for question in self.proposal.questions)


@dataclass(frozen=True, slots=True)
class Board:
    """All rows in the order they were settled, and the quota over the members."""

    regulation: str
    rows: tuple[Row, ...]
    quota: Proposal | None
    good: int
    excellent: tuple[str, ...]
    tied: tuple[str, ...] = ()
    decided: Decided | None = None
    findings: tuple[Finding, ...] = ()
    #: The catalogue that the questions' facts are named in.
    facts: Mapping[str, Fact] = field(default_factory=dict, repr=False, compare=False)

    def row(self, row_id: str) -> Row:
        """The row of a member's id, `party_organization` or `collective`. Raises `KeyError`."""
        return {row.id: row for row in self.rows}[row_id]

    def quota_lines(self, language: str = DEFAULT_LANGUAGE) -> list[str]:
        """The quota with its formula: how many may be excellent, how many are proposed."""
        if self.quota is None:
            return []
        allowed = self.quota.max_excellent
        lines = [message("board.quota", language, allowed=allowed, proposed=len(self.excellent))]
        lines += self.quota.explain(language)
        if allowed is not None and len(self.excellent) > allowed:
            key = "board.over_quota" if allowed else "board.over_quota.none"
            lines.append(message(key, language, allowed=allowed, names=", ".join(self.excellent)))
        # Votes that nobody cast, or for no place at all, leave nothing undecided.
        if self.tied and allowed and any(row.votes for row in self.rows):
            lines.append(message("board.tied", language, names=", ".join(self.tied)))
        if self.decided is not None:
            members = {row.id: row.name for row in self.rows if is_member(row.subject)}
            lines.append(quota_line(self.decided, members, language))
        return lines

    def as_json(self, language: str = DEFAULT_LANGUAGE) -> JsonDict:
        """The board as plain data."""
        rows = [
            {
                "id": row.id,
                "name": row.name,
                "subject": row.subject,
                "self_grade": row.self_grade or None,
                "cell_grade": row.cell_grade or None,
                "assessors": dict(row.assessors),
                "votes": dict(row.votes),
                "levels_from": row.levels_from or None,
                "decision": _decision(row),
                **row.proposal.answer(language),
            }
            for row in self.rows
        ]
        quota = self.quota.answer(language) if self.quota else None
        lines = self.quota_lines(language)
        counts = {source: [count.as_json() for count in found] for source, found in self.counts().items()}
        return {"regulation": self.regulation, "rows": rows, "counts": counts, "quota": quota, "quota_lines": lines}

    def counts(self) -> dict[str, list[GradeCount]]:
        """How many members have each grade: as `proposed` here, as `decided`, entered by people (empty: none was)."""
        members = [row for row in self.rows if is_member(row.subject)]
        out = {"proposed": by_group((row.kind, row.grade or None, row.proposal.not_ranked) for row in members)}
        decided = by_group((row.kind, row.decided or None, row.proposal.not_ranked) for row in members)
        out["decided"] = decided if any(row.decided for row in members) else []
        return out

    def counts_lines(self, language: str = DEFAULT_LANGUAGE) -> list[str]:
        """The counts in words, each with what it counts."""
        return [
            message(f"board.count.{source}", language, counts=count.words(language))
            for source, found in self.counts().items()
            for count in found
        ]

    def counts_line(self, language: str = DEFAULT_LANGUAGE) -> str:
        """How many members, how many of each grade, how many people must still decide about."""
        members = [row.proposal for row in self.rows if is_member(row.subject)]
        grades = [f"{grade} {sum(p.grade == grade for p in members)}" for grade in GRADES]
        return message(
            "board.counts", language, members=len(members), grades=", ".join(grades),
            undecided=sum(p.grade is None and not p.not_ranked for p in members),
            not_ranked=sum(p.not_ranked for p in members), asked=sum(bool(p.questions) for p in members),
        )  # fmt: skip

    def shared_questions(self, language: str = DEFAULT_LANGUAGE) -> dict[str, list[Row]]:
        """The questions that stand word for word with `MANY_ASKED` members or more, and those members."""
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            if is_member(row.subject):
                for text in _asked(row.proposal, language):
                    found.setdefault(text, []).append(row)
        return {text: rows for text, rows in found.items() if len(rows) >= MANY_ASKED}

    def as_text(self, language: str = DEFAULT_LANGUAGE, members: bool = True) -> str:
        """The board for a terminal; without `members`, their counts stand first in place of their rows."""
        lines = [] if members else [self.counts_line(language)]
        shared = self.shared_questions(language) if members else {}
        last = max((n for n, row in enumerate(self.rows) if is_member(row.subject)), default=-1)
        for number, row in enumerate(self.rows):
            if is_member(row.subject) and not members:
                continue
            # A machine's grade is a proposal, and is called one (QĐ 379 Điều 4).
            shown = GRADE_TEXT.get(row.grade, "")
            shown = message("board.proposed", language, grade=shown) if shown else message("board.undecided", language)
            if row.proposal.not_ranked:
                shown = message("board.not_ranked", language)
            key = "board.row.head" if row.subject == "can_bo" else "board.row"
            own = GRADE_TEXT.get(row.self_grade, "–")
            lines.append(message(key, language, name=row.name, grade=shown, own=own))
            if (found := _decision(row)) is not None:
                given = {key: value or "–" for key, value in found.items()}
                given["grade"] = GRADE_TEXT.get(found["grade"], "–")
                lines.append("    = " + message("board.decided", language, **given))
            lines += [f"    {text}" for text in telling(row.proposal, language, fulfilled=True)]
            lines += [f"    ! {text}" for text in row.proposal.actions_in_words(language)]
            asked = _asked(row.proposal, language)
            lines += [f"    ? {text}" for text in asked if not is_member(row.subject) or text not in shared]
            if number == last:
                lines += [line for text, who in shared.items() for line in self._of_many(text, who, language)]
        return "\n".join([*lines, "", *self.quota_lines(language)])

    def _of_many(self, text: str, rows: Sequence[Row], language: str) -> list[str]:
        """One question asked of many: said once, with those it is about and how one answer serves for all."""
        names = ", ".join(row.name for row in rows)
        out = ["    ? " + message("board.ask.of_many", language, text=text, count=len(rows), names=names)]
        asks = next(q.asks for q in rows[0].proposal.questions if q.words(language) == text)
        if asks and all(name in self.facts for name in asks):
            places = [fact_place(self.facts[name], "everyone") for name in asks]
            titles = ", ".join(f"“{title}”" for _, title in places)
            at = ", ".join(f"everyone.facts.{name}" for name in asks)
            out.append("      " + message("board.ask.everyone", language, names=at, sheet=places[0][0], titles=titles))
        return out


def _decision(row: Row) -> dict[str, str] | None:
    """Grade, who decided it and when, as plain data."""
    found = row.decision
    return {"grade": found.grade, "by": found.by, "on": found.on} if found is not None else None


def _asked(proposal: Proposal, language: str) -> list[str]:
    """The questions, each text once: one contradiction between two figures is one question, not one for each."""
    return list(dict.fromkeys(question.words(language) for question in proposal.questions))


def telling(proposal: Proposal, language: str, *, fulfilled: bool = False) -> list[str]:
    """The reasons worth printing: what stands in the way of a higher grade, else (with `fulfilled` also) what was
    fulfilled for this one."""
    blocking = [reason.text(language) for reason in proposal.reasons if reason.rule_id in proposal.blocked_by]
    reached = [r.text(language) for r in proposal.reasons if r.grade == proposal.grade and r.notes]
    shown = [*blocking, *(text for text in reached if text not in blocking)] if fulfilled else blocking or reached
    return shown + [note.text(language) for note in proposal.remarks]


def grade_dossier(regulation: RegulationData, data: DossierData, folders: Iterable[Path | str] = ()) -> Board:
    """Proposals for every member, the party body, the collective and the heads of the dossier `data`, settled together.

    Raises as `docgen.grading.rules_of` does for a regulation without rules.
    """
    rules = rules_of(regulation.id, folders)
    records = list(enumerate(data.get("members", ())))
    entries = [_member_entry(regulation, rules, data, member) for _, member in records]
    voting = _voting(data)
    heads: dict[str, Mapping[str, Any]] = {entry.id: {} for entry in entries if entry.facts.get("is_head")}
    settled = settle(
        rules,
        entries,
        organization=_body_entry(
            rules,
            data,
            "party_organization",
            organization_facts(regulation, data),
            counted_of_organization(regulation, data),
        ),
        collective=_body_entry(
            rules, data, "collective", collective_facts(regulation, data), counted_of_collective(regulation, data)
        ),
        heads=heads,
        voting=voting,
        share=share_decided(data),
    )
    by_id = {str(member.get("id", "")): member for _, member in records}
    open_choice = settled.quota is not None and (settled.quota.quota_ok is not True or bool(settled.quota.questions))
    decided = _taken(regulation, data)
    rows = tuple(
        replace(found, decision=decided.get(found.id) if found.subject != "can_bo" else None)
        for found in (_row(regulation, data, row, by_id, settled.chosen, open_choice) for row in settled.rows)
    )
    members = [row for row in rows if is_member(row.subject)]
    good = sum(row.grade in ("HTXSNV", "HTTNV") for row in members)
    excellent = tuple(row.name for row in members if row.grade == "HTXSNV")
    return Board(
        regulation.id,
        rows,
        settled.quota if members else None,
        good,
        excellent,
        settled.tied,
        settled.decided,
        (*other_kind(data, regulation.choices), *disagreements(rules, settled, records, voting.kind)),
        rules.facts,
    )


def _taken(regulation: RegulationData, data: DossierData) -> dict[str, Taken]:
    """The decision about each member (by id) and about the collective; one that regrades an earlier year is apart."""
    out: dict[str, Taken] = {}
    for one in taken(regulation.decisions, data):
        if "regrade" not in one.of.binding:
            out[str(one.record.get("id", "")) if one.of.of_members else "collective"] = one
    return out


def share_decided(data: DossierData) -> object:
    """The share of HTXSNV that the competent level decided, where the dossier says so."""
    superior = data.get("superior")
    return superior.get("quota_pct") if isinstance(superior, Mapping) else None


def _voting(data: DossierData) -> Voting:
    """What the dossier says of its ballots as a whole; figures that are no counts are left out."""
    organization, ballots = data.get("organization"), data.get("ballots")
    kind = organization.get("kind") if isinstance(organization, Mapping) else None
    party = data.get("party_organization")
    facts = party.get("facts") if isinstance(party, Mapping) else None
    stated = facts.get("org_type") if isinstance(facts, Mapping) else None
    numbers = ballots if isinstance(ballots, Mapping) else {}

    def count(name: str) -> int | None:
        value = numbers.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None

    return Voting(str(stated or kind or ""), count("collected"), count("invalid") or 0)


def _member_entry(regulation: RegulationData, rules: RuleSet, data: DossierData, member: Member) -> Entry:
    votes = member.get("votes")
    counted = counted_of_member(regulation, data, member)
    return Entry(
        str(member.get("id", "")),
        get_text(member, "member", "full_name"),
        member_facts(regulation, data, member, counted),
        self_grade=get_text(member, "review", "grade_party") or None,
        assessor_grades=assessor_grades(member.get("assessments")),
        votes=dict(votes) if isinstance(votes, Mapping) else {},
        decided=decision_of(member),
        committee=is_committee(member.get("member")),
        differing=typed_otherwise(rules, counted, member.get("facts")),
    )


def _body_entry(rules: RuleSet, data: DossierData, root: str, facts: JsonMap, counted: JsonMap) -> Entry | None:
    holder = data.get(root)
    if not isinstance(holder, Mapping) or not holder:
        return None
    grades = assessor_grades(holder.get("assessments"))
    own = get_text(holder, "proposed_grade") or grades.get("tu_danh_gia")
    committee = get_text(holder, "kind") == "cap_uy"
    differing = typed_otherwise(rules, counted, holder.get("facts"))
    return Entry(
        root, get_text(holder, "name"), facts, self_grade=own, assessor_grades=grades, committee=committee,
        differing=differing,
    )  # fmt: skip


#: The subject of each role on the board; a head is the same member once more, graded as a leading official.
_SUBJECTS = {
    "member": MEMBER.code, "organization": BODIES["party_organization"].code, "collective": BODIES["collective"].code,
    "head": "can_bo",
}  # fmt: skip


def _levels_from(regulation: RegulationData, data: DossierData, member: Member) -> str:
    """The assessor whose levels of the member's criteria a proposal rests on."""
    return levels_by_group(regulation, MEMBER.code, member.get("assessments"), said_by(regulation, data, member))[1]


def _row(
    regulation: RegulationData,
    data: DossierData,
    settled: Settled,
    members: Mapping[str, Member],
    chosen: Sequence[str],
    open_choice: bool,
) -> Row:
    entry = settled.entry
    member = members.get(entry.id, {}) if settled.role in ("member", "head") else {}
    return Row(
        f"{entry.id}.can_bo" if settled.role == "head" else entry.id,
        entry.name,
        _SUBJECTS[settled.role],
        settled.proposal,
        self_grade=entry.self_grade or "",
        cell_grade=get_text(member, "cell", "grade"),
        assessors=entry.assessor_grades,
        votes=entry.votes,
        levels_from=_levels_from(regulation, data, member) if member else "",
        chosen_by_people=settled.role == "member"
        and settled.grade == GRADES[0]
        and open_choice
        and (entry.name not in chosen or not entry.votes),
        decided=decision_of(member) or "",
        kind=kind_of(regulation, member) if settled.role == "member" else "",
    )
