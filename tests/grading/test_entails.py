"""The prover behind "laxer than the source": sound against the evaluator on random rules, and not too weak."""

from __future__ import annotations

import random
from typing import Any

import pytest

from docgen.grading.evaluate import Evaluator
from docgen.grading.given_facts import FactView
from docgen.regulations.entails import entails
from docgen.regulations.predicate import Predicate
from docgen.regulations.predicates.all_any import AllOf, AnyOf
from docgen.regulations.predicates.implies import Implies
from docgen.regulations.predicates.not_ import Not
from docgen.regulations.predicates.unless import Unless
from docgen.regulations.rule_facts import shared_facts
from docgen.regulations.rule_parser import Parser
from docgen.regulations.rules import kept_rules
from docgen.regulations.strict_yaml import load_text
from docgen.regulations.told import Told

RULES = kept_rules("kh40-2018")
FACTS = shared_facts()
PARSER = Parser(FACTS, {})
BOOLS = ("party_member_disciplined", "committee_member_disciplined")
LEVELS = ("xuat_sac", "tot", "trung_binh", "kem")
LISTS = ("core_criteria_levels", "other_criteria_levels")
OPS = ("at_least", "more_than", "at_most", "less_than")


def read(text: str) -> Predicate:
    node = load_text(f"that: {text}", "luật")
    return PARSER.parse(node["that"], node, "that")


def leaf(rng: random.Random) -> Predicate:
    kind = rng.randrange(9)
    op = rng.choice(OPS)
    if kind == 0:
        return read(f"{{is: {rng.choice(BOOLS)}}}")
    if kind == 1:
        return read(f"{{compare: {{fact: score_total, {op}: {rng.choice((50, 70, 90))}}}}}")
    if kind == 2:
        return read(f"{{compare: {{fact: meeting_quality, {op}: {rng.choice(('tot', 'kha', 'trung_binh'))}}}}}")
    if kind == 3:
        facts = ", ".join(rng.sample(LISTS, rng.randint(1, 2)))
        return read(f"{{all_at_least: {{facts: [{facts}], value: {rng.choice(LEVELS)}}}}}")
    if kind == 4:
        facts = ", ".join(rng.sample(LISTS, rng.randint(1, 2)))
        return read(f"{{some_equal: {{facts: [{facts}], value: {rng.choice(LEVELS)}}}}}")
    if kind == 5:
        share = rng.choice((20, 50, 100))
        return read(f"{{share: {{part: members_at_least_good, whole: members_total, {op}: {share}}}}}")
    if kind == 6:
        values = ", ".join(rng.sample(("tot", "kha", "trung_binh", "kem"), rng.randint(1, 3)))
        return read(f"{{one_of: {{fact: meeting_quality, values: [{values}]}}}}")
    grade = rng.choice(("HTXSNV", "HTTNV", "HTNV"))
    if kind == 7:
        extra = rng.choice(("", ", only: [chinh_quyen]", ", besides: [chinh_quyen]"))
        return read(f"{{each_grade: {{fact: same_level_grades, at_least: {grade}{extra}}}}}")
    count = rng.randint(1, 2)
    extra = rng.choice(("", ", besides: [chinh_quyen]"))
    return read(f"{{count_grades: {{fact: same_level_grades, grade: {grade}, at_least: {count}{extra}}}}}")


def tree(rng: random.Random, depth: int) -> Predicate:
    if depth == 0 or rng.random() < 0.25:
        return leaf(rng)
    kind = rng.randrange(5)
    if kind == 0:
        return Not(tree(rng, depth - 1))
    if kind == 1:
        return Implies(tree(rng, depth - 1), tree(rng, depth - 1))
    if kind == 2:
        return Unless(tree(rng, depth - 1), FACTS["force_majeure"])
    each = tuple(tree(rng, depth - 1) for _ in range(rng.randint(1, 3)))
    return AllOf(each) if kind == 3 else AnyOf(each)


def facts_for(rng: random.Random, missing: float) -> dict[str, Any]:
    total = rng.randint(1, 6)
    found: dict[str, Any] = {
        **{name: rng.random() < 0.5 for name in BOOLS},
        "force_majeure": rng.random() < 0.5,
        "score_total": rng.choice((30, 50, 60, 70, 80, 90, 95)),
        "meeting_quality": rng.choice(("tot", "kha", "trung_binh", "kem")),
        **{name: [rng.choice(LEVELS) for _ in range(rng.randint(1, 3))] for name in LISTS},
        "members_total": total,
        "members_at_least_good": rng.randint(0, total),
        "same_level_grades": {
            name: rng.choice(("HTXSNV", "HTTNV", "HTNV", "KHTNV")) for name in ("chinh_quyen", "mat_tran", "cong_doan")
        },
    }
    return {name: value for name, value in found.items() if rng.random() >= missing}


def say(predicate: Predicate, facts: dict[str, Any]) -> Told:
    state: Any = None  # none of these predicates asks about the proposal
    return Evaluator(FactView(RULES, "to_chuc_dang", facts), state).tell(predicate)


def related(rng: random.Random, one: Predicate) -> Predicate:
    """A predicate that has something to do with `one`: a proof has a chance."""
    other = tree(rng, 1)
    return rng.choice((AllOf((one, other)), AnyOf((one, other)), Implies(other, one), Not(Not(one)), other, one))


@pytest.mark.parametrize("seed", range(30))
def test_what_is_proved_is_true(seed: int) -> None:
    """Over 30 × 60 pairs and 25 sets of facts each: whenever the first holds, the second holds."""
    rng = random.Random(seed)
    proved = 0
    for _ in range(60):
        one = tree(rng, 2)
        first, second = related(rng, one), related(rng, one)
        if not entails(first, second):
            continue
        proved += 1
        for _ in range(25):
            facts = facts_for(rng, 0.0)
            if say(first, facts).outcome == "holds":
                assert say(second, facts).outcome == "holds", (first, second, facts)
            facts = facts_for(rng, 0.3)
            if say(first, facts).outcome == "holds":
                assert say(second, facts).outcome != "fails", (first, second, facts)
    assert proved > 5


def test_single_conditions_are_compared_truly() -> None:
    """Every pair of 60 random conditions, negated ones included."""
    rng = random.Random(7)
    leaves = [leaf(rng) for _ in range(60)]
    leaves += [Not(one) for one in leaves]
    worlds = [facts_for(rng, 0.0) for _ in range(40)]
    holds = {id(one): [say(one, facts).outcome == "holds" for facts in worlds] for one in leaves}
    proved = 0
    for first in leaves:
        for second in leaves:
            if first != second and entails(first, second):
                proved += 1
                pairs = zip(holds[id(first)], holds[id(second)], strict=True)
                assert all(after or not before for before, after in pairs), (first, second)
    assert proved > 100


PROVED = [
    ("{compare: {fact: score_total, at_least: 92}}", "{compare: {fact: score_total, at_least: 90}}"),
    ("{compare: {fact: score_total, more_than: 90}}", "{compare: {fact: score_total, at_least: 90}}"),
    ("{not: {compare: {fact: score_total, less_than: 90}}}", "{compare: {fact: score_total, at_least: 90}}"),
    ("{compare: {fact: meeting_quality, at_least: tot}}", "{compare: {fact: meeting_quality, at_least: kha}}"),
    ("{one_of: {fact: meeting_quality, values: [tot, kha]}}", "{compare: {fact: meeting_quality, at_least: kha}}"),
    ("{one_of: {fact: meeting_quality, values: [tot]}}", "{not: {one_of: {fact: meeting_quality, values: [kem]}}}"),
    ("{scores_below: {fact: criterion_scores, percent: 90, at_most: 0}}",
     "{scores_below: {fact: criterion_scores, percent: 85, at_most: 0}}"),
    ("{each_grade: {fact: same_level_grades, at_least: HTTNV}}",
     "{each_grade: {fact: same_level_grades, at_least: HTNV, only: [chinh_quyen]}}"),
    ("{each_unit: {fact: led_units, kind: don_vi, at_least: HTXSNV}}",
     "{each_unit: {fact: led_units, kind: don_vi, at_least: HTTNV}}"),
    ("{date_after: {fact: admission_date, value: 2018-06-01}}",
     "{date_after: {fact: admission_date, value: 2018-05-31}}"),
    ("{sum_at_least: {facts: [absences_regular_meetings], value: 6}}",
     "{sum_at_least: {facts: [absences_regular_meetings], value: 3}}"),
    ("{majority: {votes: votes_by_official_members, total: official_members_total, for: [HTXSNV]}}",
     "{majority: {votes: votes_by_official_members, total: official_members_total, for: [HTXSNV, HTTNV]}}"),
    ("{all_of: [{is: party_member_disciplined}, {not: {is: party_member_disciplined}}]}", "{is: force_majeure}"),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second"), PROVED)
def test_stricter_is_proved_and_laxer_is_not(first: str, second: str) -> None:
    assert entails(read(first), read(second))
    assert not entails(read(second), read(first)) or first.startswith("{not") or "one_of" in first


@pytest.mark.parametrize("name", ["kh40-2018", "hd19-2024", "kh55-2018", "hd16-2018", "khbvp-2021"])
def test_every_rule_is_as_strict_as_itself(name: str) -> None:
    """Not by being the same object: by being proved, within the budget of steps."""
    for rule in kept_rules(name).rules:
        for predicate in rule.predicates():
            assert entails(AllOf((predicate, predicate)), Not(Not(predicate))), rule.id
            if predicate != AllOf(()):
                assert not entails(AllOf(()), predicate), rule.id


def test_a_proof_that_is_too_long_is_given_up() -> None:
    """Fourteen alternatives of three: millions of cases, each of which would have to be looked at."""
    rng = random.Random(1)
    many = AllOf(tuple(AnyOf(tuple(leaf(rng) for _ in range(3))) for _ in range(14)))
    assert entails(many, read("{given: gpa}")) is False
