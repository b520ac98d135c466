"""The lawyers' cases: every one must agree, and every rule must have a case either way."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from docgen.grading import propose, rules_of
from docgen.grading.cases import Case, load_folder, run
from docgen.grading.engine import Assessment
from docgen.regulations import rules as r

HERE = Path(__file__).parent
REGULATIONS = ("hd16-2018", "kh55-2018", "kh40-2018", "hd19-2024", "khbvp-2021", "hd43-2025")
FILES = sorted(path.relative_to(HERE) for path in [*HERE.rglob("*.yaml"), *HERE.rglob("*.jsonl")])


@cache
def cases() -> list[Case]:
    return load_folder(HERE)


@pytest.mark.parametrize("regulation", REGULATIONS)
def test_every_case_agrees(regulation: str) -> None:
    rules = rules_of(regulation)
    own = [case for case in cases() if case.regulation == regulation]
    assert len(own) > 20
    wrong = {case.id: found for case in own if (found := run(case, rules))}
    assert wrong == {}


def test_names_of_cases_are_unique() -> None:
    names = [case.id for case in cases()]
    assert len(names) == len(set(names))


def test_hardly_anything_is_asked_needlessly() -> None:
    clear = [case for case in cases() if not case.expect["asks"]]
    needless = [c.id for c in clear if propose(rules_of(c.regulation), c.subject, c.facts).needs_human]
    assert len(needless) * 20 < len(clear), needless


#: Effects whose predicate the cases must show holding and failing.
TOLD = (r.Condition, r.Ground, r.Pin, r.Exclusion, r.Hold, r.Requirement, r.Action, r.Cap)


@pytest.mark.parametrize("regulation", REGULATIONS)
def test_every_rule_has_a_case_either_way(regulation: str) -> None:
    rules = rules_of(regulation)
    seen: dict[tuple[str, str], set[str]] = {}
    for case in cases():
        if case.regulation != regulation or case.subject in ("cohort", "vote"):
            continue
        assessment = Assessment(rules, case.subject, case.facts)
        assessment.propose()
        for rule in rules.for_subject(case.subject):
            for effect in rule.effects:
                if isinstance(effect, TOLD):
                    predicate = getattr(effect, "that", None) or getattr(effect, "when", None)
                    assert predicate is not None
                    told = assessment.evaluator.tell(predicate).outcome
                    seen.setdefault((rule.id, type(effect).__name__), set()).add(told)
    wanted = {
        (rule.id, type(effect).__name__)
        for rule in rules.rules
        for effect in rule.effects
        if isinstance(effect, TOLD) and getattr(effect, "when", None) != r.ALWAYS
    }
    lacking = {key: seen.get(key, set()) for key in wanted if not {"holds", "fails"} <= seen.get(key, set())}
    assert lacking == {}


@pytest.mark.parametrize("regulation", REGULATIONS)
def test_every_condition_ground_and_ceiling_blocks_somewhere(regulation: str) -> None:
    blocking = {rule for case in cases() for rule in case.expect.get("blocked_by", ())}
    kinds = (r.Condition, r.Ground, r.Pin, r.Cap, r.Exclusion, r.Hold, r.Quota)
    rules = rules_of(regulation)
    wanted = {rule.id for rule in rules.rules if any(isinstance(e, kinds) for e in rule.effects)}
    # A condition that also guards the grade below never stands in the way alone: whoever fails it falls further.
    wanted.discard("hd16-2018/to-chuc-dang/tot/4")  # part of hoan-thanh/2
    for rule in rules.rules:
        for effect in rule.effects:
            below = [e for other in rules.rules for e in other.effects if isinstance(e, r.Condition)]
            if isinstance(effect, r.Condition) and any(e.grade == "HTNV" and e.that == effect.that for e in below):
                wanted.discard(rule.id if effect.grade == "HTTNV" else "")
    assert sorted(wanted - blocking) == []
