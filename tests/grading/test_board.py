"""A whole body settled in order: members, organisation, collective, head, quota last."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from docgen.grading.board import Board, settle
from docgen.grading.cases import load_cases

CASES = {c.id: c for c in load_cases(Path(__file__).parent.parent / "regulations" / "cases.jsonl")}


def member(
    number: int, case: str = "hd16-dv-001", votes: dict[str, int] | None = None, **changes: Any
) -> dict[str, Any]:
    facts = {**CASES[case].facts, **changes}
    return {"id": f"m{number}", "name": f"Đảng viên {number}", "facts": facts, "votes": votes or {}}


def cell(case: str = "hd16-tc-037", **changes: Any) -> dict[str, Any]:
    facts = {k: v for k, v in CASES[case].facts.items() if not k.startswith(("members_", "party_member"))}
    facts["committee_or_standing_committee_disciplined"] = False
    return {"id": "cell", "name": "Chi bộ", "facts": {**facts, **changes}}


def collective(**changes: Any) -> dict[str, Any]:
    facts = {**CASES["hd16-tt-003"].facts, "org_grade": None, **changes}
    return {"id": "committee", "name": "Chi ủy", "facts": facts}


def good(first: int, last: int, **changes: Any) -> list[dict[str, Any]]:
    return [member(n, task_criteria_levels=["tot"], **changes) for n in range(first, last + 1)]


def test_members_give_the_counts_of_the_cell() -> None:
    members = [member(1), *good(2, 9), member(10, months_since_admission=3)]
    board = settle("hd16-2018", members, cell())
    assert board.counts == {
        "members_total": 10, "members_not_ranked": 1, "members_at_least_good": 9, "members_at_least_fulfilled": 9,
        "members_not_fulfilled": 0, "party_member_disciplined": False, "disciplined_units_pct": 0,
    }  # fmt: skip
    assert board.row("organization").grade == "HTXSNV"


def test_one_disciplined_member_pulls_the_cell_and_what_hangs_on_it_down() -> None:
    members = [*good(1, 9), member(10, disciplined_in_year=True)]
    board = settle("hd16-2018", members, cell(), collective(), {"m1": {"proposed_grade": "HTXSNV"}})
    assert [row.role for row in board.rows] == ["member"] * 10 + ["organization", "collective", "head"]
    assert board.row("member", "m10").grade == "KHTNV"
    assert board.row("organization").grade == "KHTNV"
    assert board.row("collective").grade == "KHTNV"
    assert board.row("head", "m1").grade == "KHTNV"
    # As a member of the cell the head keeps the grade, and people are asked (A08).
    assert board.row("member", "m1").grade == "HTTNV"
    assert ("Đảng viên 1", "ambiguity:A08") in [(who, q.code) for who, q in board.questions()]


def test_an_undecided_member_leaves_the_counts_unknown() -> None:
    members = [*good(1, 3), member(4, other_criteria_levels=["kem"])]
    board = settle("hd16-2018", members, cell())
    assert "members_at_least_good" not in board.counts
    assert board.row("organization").grade is None
    assert "missing:members_at_least_good" not in [q.code for _, q in board.questions() if _ == "Đảng viên 4"]


def test_the_circle_of_kh40_is_broken() -> None:
    lead = [{"kind": "to_chuc_dang", "own": True}]
    members = [member(n, "kh40-dv-018", led_units=lead if n == 1 else []) for n in range(1, 6)]
    organization = cell("kh40-tc-002")
    board = settle("kh40-2018", members, organization)
    assert board.row("organization").grade == "HTXSNV"
    assert board.row("member", "m1").grade == "HTXSNV"
    lower = settle("kh40-2018", members, cell("kh40-tc-002", score_total=80))
    assert lower.row("organization").grade == "HTTNV"
    assert lower.row("member", "m1").grade == "HTTNV"
    assert "kh40-2018/dang-vien/xuat-sac/6" in lower.row("member", "m1").proposal.blocked_by


def test_the_quota_comes_last_with_its_formula() -> None:
    board = settle("hd16-2018", [member(1), member(2), *good(3, 12)])
    assert board.quota is not None
    assert (board.quota.max_excellent, board.quota.quota_ok, board.chosen) == (2, True, ("Đảng viên 1", "Đảng viên 2"))
    assert "20% của 10" in board.quota.explain()[0]


def test_who_is_chosen_is_left_to_people_where_no_vote_decides() -> None:
    board = settle("hd16-2018", [member(1), member(2), *good(3, 8)])
    assert board.quota is not None
    assert (board.quota.max_excellent, board.quota.quota_ok) == (1, False)
    assert (board.chosen, board.tied) == ((), ("Đảng viên 1", "Đảng viên 2"))
    assert board.questions()[-1][1].code == "tie_at_quota:Đảng viên 1,Đảng viên 2"


def with_votes(*excellent: int) -> Board:
    best = [member(n, "hd19-dv-014", {"HTXSNV": v, "HTTNV": 20 - v}) for n, v in enumerate(excellent, 1)]
    rest = [member(n, "hd19-dv-014", {"HTTNV": 20}, task_criteria_levels=["tot"]) for n in range(10, 20)]
    return settle("hd19-2024", [*best, *rest])


def test_votes_choose_within_the_quota_of_hd19_and_ties_are_named() -> None:
    assert with_votes(18, 17, 12).chosen == ("Đảng viên 1", "Đảng viên 2")
    assert with_votes(18, 17, 12).dropped == ("Đảng viên 3",)
    tie = with_votes(18, 12, 12)
    assert (tie.chosen, tie.tied) == (("Đảng viên 1",), ("Đảng viên 2", "Đảng viên 3"))


def test_votes_that_are_no_numbers_leave_the_choice_to_people() -> None:
    board = with_votes(18, 17, 12)
    broken: list[Any] = [{**asdict(row.entry), "votes": {"HTXSNV": "18"}} for row in board.rows[:1]]
    settled = settle("hd19-2024", [*broken, *(row.entry for row in board.rows[1:])])
    assert (settled.chosen, settled.dropped) == ((), ())
    assert settled.tied == ("Đảng viên 1", "Đảng viên 2", "Đảng viên 3")


def test_kh55_counts_the_excellent_into_the_base() -> None:
    members = [member(1, "kh55-dv-001"), *[member(n, "kh55-dv-001", task_criteria_levels=["tot"]) for n in range(2, 6)]]
    board = settle("kh55-2018", members)
    assert board.quota is not None
    assert board.quota.max_excellent == 1
