"""The board of a whole dossier: a proposal for every subject, settled in the order the regulations prescribe.

Members first, then the party body (which counts its members' grades), then the leading collective (not above its
body), then the head (not above the collective and the body), the quota last (HD 16 II.B.5; RULES section 8).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docgen.grading import propose, rules_of
from docgen.grading.from_dossier import (
    assessor_grades,
    collective_facts,
    levels_by_group,
    member_facts,
    organization_facts,
)
from docgen.grading.proposal import Proposal
from docgen.i18n import DEFAULT_LANGUAGE, message
from docgen.model import GRADE_TEXT, grade_at_least
from docgen.regulations.loader import Regulation


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

    @property
    def grade(self) -> str:
        """The proposed grade; empty where none is established."""
        return self.proposal.grade or ""


@dataclass(frozen=True, slots=True)
class Board:
    """All rows in the order they were settled, and the quota over the members."""

    regulation: str
    rows: tuple[Row, ...]
    quota: Proposal | None
    good: int
    excellent: tuple[str, ...]

    def row(self, row_id: str) -> Row:
        """The row of a member's id, `party_organization` or `collective`. Raises `KeyError`."""
        return {row.id: row for row in self.rows}[row_id]

    def quota_lines(self, language: str = DEFAULT_LANGUAGE) -> list[str]:
        """The quota with its formula: how many may be excellent, how many are proposed."""
        if self.quota is None:
            return []
        allowed = self.quota.max_excellent
        lines = [
            message("board.quota", language, good=self.good, allowed=allowed, proposed=len(self.excellent))
        ]
        lines += self.quota.explain(language)
        if allowed is not None and len(self.excellent) > allowed:
            names = ", ".join(self.excellent)
            lines.append(message("board.over_quota", language, allowed=allowed, names=names))
        return lines

    def as_json(self, language: str = DEFAULT_LANGUAGE) -> dict[str, Any]:
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
                **row.proposal.answer(language),
            }
            for row in self.rows
        ]
        quota = self.quota.answer(language) if self.quota else None
        lines = self.quota_lines(language)
        return {"regulation": self.regulation, "rows": rows, "quota": quota, "quota_lines": lines}

    def as_summary(self, language: str = DEFAULT_LANGUAGE) -> dict[str, Any]:
        """What the summary page prints: rows of name, grades, reasons and questions as texts."""
        return {
            "rows": [
                {
                    "name": row.name,
                    "grade": row.grade,
                    "self_grade": row.self_grade,
                    "reasons": _telling(row.proposal, language),
                    "questions": [question.text or question.code for question in row.proposal.questions],
                }
                for row in self.rows
            ],
            "quota": self.quota_lines(language),
        }

    def as_text(self, language: str = DEFAULT_LANGUAGE) -> str:
        """The board for a terminal."""
        lines = []
        for row in self.rows:
            shown = GRADE_TEXT.get(row.grade) or message("board.undecided", language)
            if row.proposal.not_ranked:
                shown = message("board.not_ranked", language)
            own = GRADE_TEXT.get(row.self_grade, "–")
            lines.append(message("board.row", language, name=row.name, grade=shown, own=own))
            lines += [f"    {text}" for text in _telling(row.proposal, language)]
            lines += [f"    ? {question.text or question.code}" for question in row.proposal.questions]
        return "\n".join([*lines, "", *self.quota_lines(language)])


def _telling(proposal: Proposal, language: str) -> list[str]:
    """The reasons worth printing: what stands in the way of a higher grade, else what was fulfilled for this one."""
    blocking = [reason.text(language) for reason in proposal.reasons if reason.rule_id in proposal.blocked_by]
    fulfilled = [r.text(language) for r in proposal.reasons if r.grade == proposal.grade and r.notes]
    return (blocking or fulfilled) + [note.text(language) for note in proposal.remarks]


def _text(data: Any, *path: str) -> str:
    for name in path:
        data = data.get(name) if isinstance(data, Mapping) else None
    return data if isinstance(data, str) else ""


def _counts(members: Sequence[Row]) -> dict[str, Any]:
    """What the body's rules count among its members; unknown while any member's grade is."""
    ranked = [row for row in members if not row.proposal.not_ranked]
    out: dict[str, Any] = {
        "members_total": len(members),
        "members_not_ranked": len(members) - len(ranked),
    }
    if all(row.grade for row in ranked):
        out["members_at_least_good"] = sum(grade_at_least(row.grade, "HTTNV") for row in ranked)
        out["members_at_least_fulfilled"] = sum(grade_at_least(row.grade, "HTNV") for row in ranked)
        out["members_not_fulfilled"] = sum(row.grade == "KHTNV" for row in ranked)
    return out


def grade_dossier(regulation: Regulation, data: Mapping[str, Any], folders: Iterable[Path | str] = ()) -> Board:
    """Proposals for every member, the party body and the collective of the dossier `data`, settled together."""
    rules = rules_of(regulation.id, folders)
    records = [member for member in data.get("members") or () if isinstance(member, Mapping)]
    facts = [member_facts(regulation, data, member) for member in records]

    def member_row(member: Mapping[str, Any], known: Mapping[str, Any]) -> Row:
        assessments = member.get("assessments")
        votes = member.get("votes")
        return Row(
            str(member.get("id", "")),
            _text(member, "member", "full_name"),
            "dang_vien",
            propose(rules, "dang_vien", known),
            self_grade=_text(member, "review", "grade_party"),
            cell_grade=_text(member, "cell", "grade"),
            assessors=assessor_grades(assessments),
            votes=dict(votes) if isinstance(votes, Mapping) else {},
            levels_from=levels_by_group(regulation, "dang_vien", assessments)[1],
        )

    members = [member_row(member, known) for member, known in zip(records, facts, strict=True)]
    bodies = []
    organization = {**_counts(members), **organization_facts(regulation, data)}
    if any(known.get("disciplined_in_year") for known in facts):
        organization.setdefault("party_member_disciplined", True)
    elif facts and all(known.get("disciplined_in_year") is False for known in facts):
        organization.setdefault("party_member_disciplined", False)
    organization_row: Row | None = None
    if data.get("party_organization"):
        assessments = data["party_organization"].get("assessments")
        organization_row = Row(
            "party_organization",
            _text(data, "party_organization", "name"),
            "to_chuc_dang",
            propose(rules, "to_chuc_dang", organization),
            self_grade=assessor_grades(assessments).get("tu_danh_gia", ""),
            assessors=assessor_grades(assessments),
        )
        bodies.append(organization_row)
    collective_row: Row | None = None
    if data.get("collective"):
        known = collective_facts(regulation, data)
        if organization_row is not None and organization_row.grade:
            known.setdefault("org_grade", organization_row.grade)
        assessments = data["collective"].get("assessments")
        collective_row = Row(
            "collective",
            _text(data, "collective", "name"),
            "tap_the",
            propose(rules, "tap_the", known),
            self_grade=_text(data, "collective", "proposed_grade"),
            assessors=assessor_grades(assessments),
        )
        bodies.append(collective_row)
    for position, (member, known) in enumerate(zip(records, facts, strict=True)):
        if known.get("is_head"):
            if collective_row is not None and collective_row.grade:
                known.setdefault("headed_collective_grade", collective_row.grade)
            if organization_row is not None and organization_row.grade:
                known.setdefault("headed_org_grade", organization_row.grade)
            members[position] = member_row(member, known)
    good = [row for row in members if row.grade in ("HTXSNV", "HTTNV")]
    excellent = tuple(row.name for row in members if row.grade == "HTXSNV")
    quota = None
    if members:
        quota = propose(
            rules, "cohort", {"cohort_kind": "dang_vien", "n_good": len(good), "n_excellent_proposed": len(excellent)}
        )
    return Board(regulation.id, (*members, *bodies), quota, len(good), excellent)
