"""Reasons and questions as people read them: no dash for what is not asked, years, named posts, real questions."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from docgen.grading import propose, rules_of
from docgen.grading.answers import with_answers
from docgen.grading.outcome import ask, ask_clause
from docgen.grading.proposal import Question
from docgen.regulations.loader import list_regulations
from docgen.regulations.rule_facts import shared_facts
from docgen.regulations.told import Note

CASES = [
    json.loads(line)
    for name in ("cases.jsonl", "cases-2.jsonl")
    for line in (Path(__file__).parents[1] / "regulations" / name).read_text("utf-8").splitlines()
    if line.strip()
]
BODIES = [c for c in CASES if c["subject"] in ("dang_vien", "to_chuc_dang", "tap_the")]


def test_no_reason_of_any_case_ends_in_a_dash_or_names_an_unknown_grade() -> None:
    assert len(BODIES) > 200
    for case in BODIES:
        for reason in propose(case["pack"], case["subject"], case["facts"]).explain("vi"):
            assert not reason.endswith("–"), (case["id"], reason)
            assert "mức …" not in reason, (case["id"], reason)
            assert "mốc từ HTXSNV" not in reason, (case["id"], reason)


def test_what_a_clause_does_not_ask_of_this_member_is_no_condition_met() -> None:
    # KH 55 II.B.2.3.1 gạch 4 speaks of students only.
    facts = {"is_student": False, "is_civil_servant": False, "exemplary_attested": True}
    told = [r.rule_id for r in propose("kh55-2018", "dang_vien", facts).reasons if r.role == "condition"]
    assert not [r for r in propose("kh55-2018", "dang_vien", facts).reasons if r.role == "condition" and not r.notes]
    assert told


def test_a_year_has_no_thousands_separator() -> None:
    fact = shared_facts()["violation_year"]
    note = Note("grading.note.less_than", {"fact": fact, "value": 2022, "bound": 2023})
    assert note.text("vi") == "năm vi phạm: 2022, mốc dưới 2023"
    other = shared_facts()["official_members_total"]
    assert "2.022" in Note("grading.note.value", {"fact": other, "value": 2022}).text("vi")


def test_the_posts_are_named_with_their_grades() -> None:
    posts = [
        {"post": "Trưởng phòng", "is_main": True, "is_highest": True, "grade": "HTTNV"},
        {"post": "Ủy viên", "grade": "HTNV"},
    ]
    text = " ".join(propose("kh55-2018", "dang_vien", {"positions": posts}).explain("vi"))
    assert "Trưởng phòng (chức vụ chính và cao nhất): HTTNV" in text
    assert "Ủy viên: HTNV" in text


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("disciplined_in_year", "bị thi hành kỷ luật trong năm: có hay không?"),
        ("civil_servant_grade", "mức xếp loại công chức, viên chức: được xếp mức nào?"),
        ("violation_year", "năm vi phạm: là gì?"),
        ("score_total", "tổng điểm: bao nhiêu?"),
    ],
)
def test_a_missing_fact_is_asked_as_a_question(name: str, asked: str) -> None:
    assert ask(shared_facts()[name]).text() == asked


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_question_reads_as_one_sentence(language: str) -> None:
    """A clause that leads into a list ends with a colon: asked as it stands it would run into what follows."""
    clauses = [rule for name in list_regulations() for rule in rules_of(name).rules]
    assert any(rule.wording.endswith(":") for rule in clauses)
    told = [*map(ask_clause, clauses), *map(ask, shared_facts().values())]
    asked = [Question("judgement:x", note).words(language) for note in told]
    assert [text for text in asked if text[:1].islower() or re.search("[:;,.]”", text) or "?" not in text] == []


def test_each_question_is_asked_once() -> None:
    for case in BODIES:
        questions = propose(case["pack"], case["subject"], case["facts"]).questions
        assert len(questions) == len({(question.code, question.text) for question in questions}), case["id"]


def test_a_result_that_is_waited_for_is_said_to_be_missing() -> None:
    proposal = propose("kh55-2018", "dang_vien", {"is_civil_servant": True})
    hold = next(r for r in proposal.reasons if r.role == "hold" and r.outcome == "holds")
    assert "chưa biết: mức xếp loại công chức, viên chức" in hold.text("vi")


def test_a_clause_printed_under_the_lowest_grade_says_that_another_grade_is_a_reading() -> None:
    facts = {"score_total": 90, "party_building_programs_met_plan": False, "force_majeure": False}
    pins = [r for r in propose("hd19-2024", "to_chuc_dang", facts).reasons if r.role == "pin" and r.outcome == "holds"]
    assert any("điều khoản in ở mức KHTNV" in r.text("vi") for r in pins)


def test_a_question_tells_what_each_answer_leads_to_and_where_to_write_it() -> None:
    # KH BVP III lưu ý 8: disciplined in the year is KHTNV; not disciplined leaves the grade given under the other text.
    rules = rules_of("khbvp-2021")
    facts = next(
        c["facts"]
        for c in BODIES
        if c["pack"] == "khbvp-2021" and c["subject"] == "dang_vien" and c["expected"]["grade"] == "HTTNV"
    )
    facts = {name: value for name, value in facts.items() if name != "disciplined_in_year"}
    proposal = with_answers(rules, "dang_vien", facts, propose(rules, "dang_vien", facts))
    text = next(q.text for q in proposal.questions if "disciplined_in_year" in q.asks)
    assert "Bị thi hành kỷ luật trong năm: có hay không? (có: KHTNV; không: HTTNV)" in text
    assert text.endswith("Ghi tại: facts.disciplined_in_year (Excel: trang “Căn cứ”, “Bị thi hành kỷ luật trong năm”).")


@pytest.mark.parametrize(
    ("regulation", "subject", "facts", "figures"),
    [
        ("kh55-2018", "dang_vien", {"sick_leave_months_in_year": 3, "sick_leave_longest_spell_months": 5}, ("5", "3")),
        ("hd19-2024", "vote", {"official_members_total": 12, "ballots_issued": 13}, ("13", "12")),
        ("kh55-2018", "cohort", {"cohort_kind": "dang_vien", "n_good": 9, "n_good_or_better": 8}, ("9", "8")),
        (
            "kh40-2018",
            "cohort",
            {"cohort_kind": "tap_the", "n_good_final": 8, "n_excellent_final": 4, "n_total_units": 10},
            ("8", "4", "10"),
        ),
    ],
)
def test_figures_that_cannot_be_true_together_are_a_question_naming_them(
    regulation: str, subject: str, facts: dict[str, object], figures: tuple[str, ...]
) -> None:
    proposal = propose(regulation, subject, facts)
    asked = [q.text for q in proposal.questions if "số nào đúng?" in q.text]
    assert asked, proposal
    assert all(figure in asked[0] for figure in figures)
    assert proposal.grade is None


@pytest.mark.parametrize(
    ("subject", "facts"),
    [
        ("dang_vien", {"sick_leave_months_in_year": 3, "sick_leave_longest_spell_months": 3}),
        ("cohort", {"cohort_kind": "dang_vien", "n_good": 8, "n_good_or_better": 8}),
    ],
)
def test_equal_figures_are_no_contradiction(subject: str, facts: dict[str, object]) -> None:
    assert not [q for q in propose("kh55-2018", subject, facts).questions if "số nào đúng?" in q.text]
