"""A short form of `tools/mutate_rules.py`: without any one rule, some case fails; known equivalents are just that."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
from mutate_rules import REGULATIONS, Runner, equivalents
from rule_mutants import deletions, mutants


@cache
def runner(regulation: str) -> Runner:
    return Runner(regulation)


@pytest.mark.parametrize("regulation", REGULATIONS)
def test_no_rule_can_be_left_out_unnoticed(regulation: str) -> None:
    """Every rule of every regulation, deleted one at a time: that is what the cases are for."""
    broken = list(deletions(runner(regulation).rules))
    assert len(broken) == sum(bool(rule.effects) for rule in runner(regulation).rules.rules)
    assert [one.name for one in broken if runner(regulation).killer(one) is None] == []


@pytest.mark.parametrize("regulation", REGULATIONS)
def test_a_sample_of_the_other_breaks_is_noticed(regulation: str) -> None:
    known = {(entry.name, entry.label) for entry in equivalents(regulation)}
    sample = list(mutants(runner(regulation).rules))[3::11]
    unnoticed = {(one.name, one.label) for one in sample if runner(regulation).killer(one) is None}
    assert unnoticed - known == set()


@pytest.mark.parametrize("regulation", REGULATIONS)
def test_known_equivalents_are_survivors(regulation: str) -> None:
    every = {(one.name, one.label): one for one in mutants(runner(regulation).rules)}
    for entry in equivalents(regulation):
        assert runner(regulation).killer(every[entry.name, entry.label]) is None, entry


@pytest.mark.parametrize("regulation", REGULATIONS)
def test_no_deletion_is_called_equivalent(regulation: str) -> None:
    """Nothing printed in the source is superfluous as a whole."""
    assert [entry for entry in equivalents(regulation) if entry.label.endswith("deleted")] == []


def test_names_of_breaks_are_unique() -> None:
    names = [(one.name, one.label) for one in mutants(runner("khbvp-2021").rules)]
    assert len(names) == len(set(names))
