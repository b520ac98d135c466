"""What predicates said before is found again by the values they read, and by nothing less."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docgen.dossier import dossier_from_data
from docgen.dossier.sample import sample_dossier
from docgen.grading import propose, rule_plan, rules_of
from docgen.grading.dossier_board import grade_dossier
from docgen.grading.engine import Assessment
from docgen.grading.rule_plan import Plan, as_key, plan_of
from docgen.model import GRADES, LEVELS
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.regulations.predicates.is_ import Is
from docgen.regulations.rule_facts import Fact, shared_facts
from docgen.regulations.rules import load_rules

SUBJECTS = ("dang_vien", "to_chuc_dang", "tap_the")
GRADE = st.sampled_from([*GRADES, None])
ODD: st.SearchStrategy[Any] = st.sampled_from(["", "x", -1, 2.0, True, None, [], {}, [None], "2018-02-30"])
BY_TYPE: dict[str, st.SearchStrategy[Any]] = {
    "bool": st.sampled_from([True, False, None]),
    "number": st.sampled_from([0, 1, 2.5, 3.2, 69.9, 70, 80.0, 100, 104.5]),
    "percent": st.sampled_from([0, 50, 69.9, 70, 99.9, 100, 104.5]),
    "int": st.sampled_from([0, 1, 2, 3, 5, 6, 6.0, 12, 20, 100]),
    "date": st.sampled_from(["2017-12-31", "2018-09-01", "2019-01-01"]),
    "grade": GRADE,
    "levels": st.lists(st.sampled_from([*LEVELS[:2], *LEVELS, None]), max_size=5),
    "percents": st.lists(st.sampled_from([69.9, 70, 100, None]), max_size=4),
    "grades": st.dictionaries(st.sampled_from(["dang_bo", "cong_doan", "doan_thanh_nien", "x"]), GRADE, max_size=3),
    "tally": st.dictionaries(st.sampled_from(GRADES), st.integers(0, 9), max_size=4),
    "units": st.lists(
        st.none() | st.fixed_dictionaries({"kind": st.sampled_from(["chi_bo", "x"]), "grade": GRADE}), max_size=3
    ),
    "positions": st.lists(st.fixed_dictionaries({"grade": GRADE, "is_main": st.booleans()}) | st.none(), max_size=2),
}  # fmt: skip


def value_of(fact: Fact) -> st.SearchStrategy[Any]:
    good = st.sampled_from(fact.values) if fact.values else BY_TYPE.get(fact.type, ODD)
    return st.one_of(good, good, good, ODD)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(draw=st.data())
def test_remembering_changes_no_proposal(draw: st.DataObject) -> None:
    rules = rules_of(draw.draw(st.sampled_from(list_regulations())))
    subject = draw.draw(st.sampled_from(SUBJECTS))
    mine = [fact for fact in shared_facts().values() if subject in fact.subjects]
    chosen = draw.draw(st.lists(st.sampled_from(mine), max_size=25, unique_by=lambda fact: fact.name))
    facts = {fact.name: draw.draw(value_of(fact)) for fact in chosen}
    first, again = propose(rules, subject, facts), propose(rules, subject, facts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Plan, "answers", lambda *_: None)
        anew = propose(rules, subject, facts)
    assert repr(first) == repr(again) == repr(anew)


def test_an_answer_found_for_other_values_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    excluded = propose(rules_of("hd16-2018"), "dang_vien", {"exempt_from_party_activities": True})
    rules = load_rules("hd16-2018")
    monkeypatch.setattr(rule_plan, "as_key", lambda _: "the same")
    propose(rules, "dang_vien", {"exempt_from_party_activities": False})
    assert propose(rules, "dang_vien", {"exempt_from_party_activities": True}) != excluded


def test_equal_values_that_are_not_the_same_have_keys_of_their_own() -> None:
    values = [
        1,
        1.0,
        True,
        "1",
        [1],
        (1,),
        [True],
        {"a": 1, "b": 2},
        {"b": 2, "a": 1},
        None,
        [],
        {},
        0.0,
        -0.0,
        ["a", ["b"]],
    ]
    assert len({as_key(value) for value in values}) == len(values)
    assert as_key({"a": [1, {"b": "c"}]}) == as_key({"a": [1, {"b": "c"}]})


def test_answers_do_not_pile_up_and_made_up_predicates_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule_plan, "MOST_ANSWERS", 5)
    rules = load_rules("hd16-2018")
    for months in range(40):
        propose(rules, "dang_vien", {"months_since_admission": months, "self_review_completed": True})
    kept = plan_of(rules, "dang_vien")
    assert max(len(answers.told) for answers in kept._answers.values() if answers) == 5
    assert kept.answers(Is(rules.facts["is_head"])) is None


def test_a_value_no_json_holds_is_told_anew() -> None:
    rules = rules_of("kh40-2018")
    facts = {"led_units": [{"kind": "chi_bo", "grade": "HTTNV", "more": {1, 2}}], "is_head": True}
    assert Assessment(rules, "dang_vien", facts).propose() == Assessment(rules, "dang_vien", facts).propose()


@pytest.mark.parametrize("name", list_regulations())
def test_a_dossier_of_wrong_shape_is_graded_all_the_same(name: str) -> None:
    data = json.loads(json.dumps(sample_dossier(name, members=6)))
    wrong: list[tuple[str, Any]] = [
        ("facts", "x"), ("member", []), ("facts", {"led_units": "x"}), ("facts", {"led_units": [None]}),
        ("votes", {"HTXSNV": "9"}), ("review", 1),
    ]  # fmt: skip
    for member, (key, value) in zip(data["members"], wrong, strict=True):
        member[key] = value
    data["collective"]["facts"] = data["party_organization"]["facts"] = ["x"]
    dossier, _ = dossier_from_data(data)
    assert dossier is not None
    board = grade_dossier(load_regulation(name), dossier.data)
    assert sum(row.subject == "dang_vien" for row in board.rows) == len(data["members"])
