"""A share of HTXSNV that the competent level decides (QĐ 366 Điều 11 k.1 đ.1.5): `raised` in a quota."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from docgen.errors import DefinitionError
from docgen.grading import propose, rules_of
from docgen.grading.group_quota import count_quota, quota_for
from docgen.grading.loosening import as_strict
from docgen.grading.rule_words import effect_words
from docgen.regulations.rules import Quota, load_rules, package_folder

RULES = rules_of("hd43-2025")
RAISED = "raised: {fact: higher_quota_decided_pct, at_most: 25}"


def quota() -> Quota:
    found = quota_for(RULES, "dang_vien")
    assert found is not None
    return found[1]


@pytest.mark.parametrize(("decided", "most"), [(None, 20), (25, 25), (22.5, 22), (10, 10), (0, 0)])
def test_the_decided_share_counts(decided: float | None, most: int) -> None:
    facts = {"cohort_kind": "dang_vien", "n_good": 100, "higher_quota_decided_pct": decided}
    assert propose(RULES, "cohort", facts).max_excellent == most
    counted = count_quota(RULES, "dang_vien", 100, decided)
    assert counted is not None
    assert counted.maximum == most


@pytest.mark.parametrize("decided", [25.1, 26, 100])
def test_a_share_above_what_may_be_decided_is_an_error_and_a_question(decided: float) -> None:
    facts = {"cohort_kind": "tap_the", "n_good": 100, "n_excellent_proposed": 1, "higher_quota_decided_pct": decided}
    found = propose(RULES, "cohort", facts)
    assert (found.max_excellent, found.quota_ok) == (None, None)
    assert [f.code for f in found.findings] == ["grading.fact.share_too_high"]
    assert found.needs_human == ("missing:higher_quota_decided_pct",)
    assert "25%" in found.questions[0].text


def test_a_regulation_without_it_ignores_the_fact() -> None:
    facts = {"cohort_kind": "dang_vien", "n_good": 100, "higher_quota_decided_pct": 25}
    assert propose("hd16-2018", "cohort", facts).max_excellent == 20


def test_the_words_name_the_other_share() -> None:
    assert "không quá 25%" in effect_words(quota())
    assert "25" not in effect_words(replace(quota(), raised=None))


def test_an_overlay_may_lower_the_bound_or_take_it_away_not_raise_it() -> None:
    old = quota()
    assert old.raised is not None
    assert as_strict(replace(old, raised=None), old)
    assert as_strict(replace(old, raised=replace(old.raised, at_most=22)), old)
    assert not as_strict(replace(old, raised=replace(old.raised, at_most=26)), old)
    assert not as_strict(old, replace(old, raised=None))


@pytest.mark.parametrize(
    "wrong",
    ["raised: {fact: higher_quota_decided_pct, at_most: 20}", "raised: {fact: n_good, at_most: 25}",
     "raised: {fact: higher_quota_decided_pct}", "raised: 25"],
)  # fmt: skip
def test_a_wrong_bound_is_refused_by_line(wrong: str, tmp_path: Path) -> None:
    folder = tmp_path / "hd43-2025"
    shutil.copytree(package_folder() / "hd43-2025", folder)
    text = (folder / "rules.yaml").read_text(encoding="utf-8")
    (folder / "rules.yaml").write_text(text.replace(RAISED, wrong, 1), encoding="utf-8")
    with pytest.raises(DefinitionError) as refused:
        load_rules("hd43-2025", [tmp_path])
    assert refused.value.facts["line"] > 1
