"""Proposals: three answers, reasons from the values, wrong types as findings, the line-by-line answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from docgen.errors import InputError
from docgen.grading import check_facts, propose, rules_of
from docgen.grading.cases import load_cases
from docgen.grading.fact_lines import answer_lines
from docgen.i18n import LANGUAGES, has_message
from docgen.regulations.rule_facts import shared_facts

CASES = {c.id: c for c in load_cases(Path(__file__).parent.parent / "regulations" / "cases.jsonl")}
REGULATIONS = ("hd16-2018", "kh55-2018", "kh40-2018", "hd19-2024", "khbvp-2021")


def facts(case: str, **changes: Any) -> dict[str, Any]:
    return {**CASES[case].facts, **changes}


def test_a_reason_states_the_values_and_the_clause() -> None:
    proposal = propose("hd16-2018", "to_chuc_dang", facts("hd16-tc-001", subordinate_orgs_at_least_good=9))
    line = next(r for r in proposal.reasons if r.rule_id.endswith("to-chuc-dang/xuat-sac/3"))
    assert line.outcome == "fails"
    assert line.text() == (
        "Không đạt điều kiện HTXSNV (HD 16 II.B.1.3.a gạch 3): "
        "9/10 tổ chức đảng trực thuộc đạt HTTNV trở lên, quy định 100%"
    )
    assert line.text("en").startswith("Condition for HTXSNV not met (HD 16 II.B.1.3.a gạch 3): 9/10 subordinate")


def test_those_left_out_of_the_base_are_told() -> None:
    given = facts(
        "hd16-tc-037", committee_or_standing_committee_disciplined=False, members_total=12, members_not_ranked=2
    )
    texts = propose("hd16-2018", "to_chuc_dang", given).explain()
    assert any("10/10 đảng viên đạt HTTNV trở lên" in t and "đã trừ 2" in t for t in texts)


@pytest.mark.parametrize("case", sorted(CASES))
def test_every_reason_has_words_in_both_languages(case: str) -> None:
    found = CASES[case]
    proposal = propose(found.regulation, found.subject, found.facts)
    for language in LANGUAGES:
        for text in proposal.explain(language):
            assert "grading." not in text
            assert "{" not in text
    assert all(q.text for q in proposal.questions if q.code.startswith("ambiguity:"))


def test_unknown_facts_are_ignored() -> None:
    plain = propose("hd16-2018", "dang_vien", facts("hd16-dv-001"))
    assert propose("hd16-2018", "dang_vien", facts("hd16-dv-001", favourite_colour="red", force_majeure=True)) == plain


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("targets_completed_pct", "100"),
        ("disciplined_in_year", "không"),
        ("task_criteria_levels", ["xuat_sac", "giỏi"]),
        ("civil_servant_grade", "A1"),
        ("self_review_completed", 1),
        ("task_criteria_levels", "xuat_sac"),
        ("targets_completed_pct", True),
        ("targets_completed_pct", float("nan")),
    ],
)
def test_a_wrong_type_is_a_finding_and_never_passes(name: str, value: Any) -> None:
    proposal = propose("hd16-2018", "dang_vien", facts("hd16-dv-001", **{name: value}))
    assert [f.code for f in proposal.findings] == ["grading.fact.wrong_type"]
    assert proposal.grade is None
    assert f"missing:{name}" in proposal.needs_human


@pytest.mark.parametrize(
    ("regulation", "subject", "case", "changes", "asked"),
    [
        ("hd16-2018", "to_chuc_dang", "hd16-tc-001", {"subordinate_orgs_at_least_good": 11},
         "subordinate_orgs_at_least_good"),
        ("hd16-2018", "to_chuc_dang", "hd16-tc-001",
         {"subordinate_orgs_at_least_fulfilled": 8, "subordinate_orgs_not_fulfilled": 3, "subordinate_orgs_total": 10,
          "subordinate_orgs_at_least_good": 8}, "subordinate_orgs_not_fulfilled"),
        ("hd19-2024", "to_chuc_dang", "hd19-tc-001", {"score_total": 104}, "score_total"),
        ("hd19-2024", "to_chuc_dang", "hd19-tc-001", {"score_total": -1}, "score_total"),
        ("kh40-2018", "dang_vien", "kh40-dv-018",
         {"votes_by_official_members": {"HTXSNV": 21}, "official_members_total": 20}, "votes_by_official_members"),
        ("kh55-2018", "dang_vien", "kh55-dv-001", {"gpa": 4.1, "gpa_scale": "tin_chi", "is_student": True}, "gpa"),
        ("hd19-2024", "vote", "", {"votes": {"HTTNV": 9}, "ballots_collected": 10, "ballots_invalid": 2}, "votes"),
        ("hd19-2024", "vote", "", {"votes": {"HTTNV": 9}, "ballots_collected": 11, "ballots_issued": 10},
         "ballots_collected"),
    ],
)  # fmt: skip
def test_nothing_is_concluded_from_figures_that_cannot_be_true(
    regulation: str, subject: str, case: str, changes: dict[str, Any], asked: str
) -> None:
    """FACTS.md: what cannot be true is not known; both figures are in the question."""
    given = facts(case, **changes) if case else changes
    proposal = propose(regulation, subject, given)
    assert proposal.grade is None
    assert f"missing:{asked}" in proposal.needs_human
    assert any(f.code.startswith("grading.together.") for f in proposal.findings)


def test_a_certain_ground_stands_beside_figures_that_cannot_be_true() -> None:
    proposal = propose("hd16-2018", "dang_vien", facts("hd16-dv-001", disciplined_in_year=True, training_score=200))
    assert proposal.grade == "KHTNV"
    assert "missing:training_score" in proposal.needs_human


def test_negative_numbers_are_findings() -> None:
    found = check_facts(rules_of("hd16-2018"), "dang_vien", facts("hd16-dv-001", sick_leave_months_in_year=-1))
    assert [f.code for f in found] == ["grading.fact.negative"]


def test_nothing_is_known_about_nobody() -> None:
    for regulation in REGULATIONS:
        for subject in ("dang_vien", "to_chuc_dang", "tap_the", "cohort", "vote"):
            proposal = propose(regulation, subject, {})
            assert proposal.grade is None
            assert not proposal.not_ranked
            assert proposal.needs_human


def test_shares_are_counted_in_integers() -> None:
    given = facts("hd16-tc-007", subordinate_orgs_total=15, subordinate_orgs_not_fulfilled=3)
    assert "hd16-2018/to-chuc-dang/khong-hoan-thanh/4" not in propose("hd16-2018", "to_chuc_dang", given).blocked_by


def test_facts_have_labels_in_both_languages() -> None:
    for fact in shared_facts().values():
        assert fact.label("vi")
        assert fact.label("en") != fact.name


def test_answers_line_by_line(tmp_path: Path) -> None:
    case = CASES["hd16-dv-001"]
    good = {"id": 1, "regulation": case.regulation, "subject": case.subject, "facts": case.facts}
    lines = [json.dumps(good), "", "{broken", "[]", '{"id": 5}', json.dumps({**good, "id": 6, "regulation": "x"}),
             json.dumps({**good, "id": 7, "subject": "y"})]  # fmt: skip
    path = tmp_path / "facts.jsonl"
    path.write_text("\ufeff" + "\n".join(lines), encoding="utf-8")
    answers = list(answer_lines(path))
    assert answers[0]["grade"] == "HTXSNV"
    assert {"id", "grade", "blocked_by", "not_ranked", "needs_human", "actions", "reasons"} <= set(answers[0])
    codes = [a["findings"][0]["code"] for a in answers[1:]]
    assert codes == [
        "grading.input.not_json", "grading.input.not_object", "grading.input.incomplete", "grading.usage.no_rules",
        "grading.usage.unknown_subject",
    ]  # fmt: skip
    assert "3" in answers[1]["findings"][0]["message"]
    assert all(a["grade"] is None for a in answers[1:])
    for code in codes:
        assert has_message(code)


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        list(answer_lines(tmp_path / "none.jsonl"))
