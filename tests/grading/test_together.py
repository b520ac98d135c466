"""Facts that cannot be true together: a table of data, of which every fact exists."""

from docgen.grading.contradictions import contradictions
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.regulations.rule_facts import catalogue
from docgen.regulations.together import together


def test_every_fact_of_the_table_exists() -> None:
    chains = [tuple(reversed(load_regulation(name).chain)) for name in list_regulations()]
    assert set(together().facts()) <= {fact for chain in chains for fact in catalogue(chain)}


def test_a_part_above_its_whole_less_what_is_apart() -> None:
    # 9 of 10 members are ranked: 10 of them cannot be good or better.
    facts = {"members_total": 10, "members_not_ranked": 1, "members_at_least_good": 10}
    (found,) = contradictions(facts)
    assert found.facts == ("members_at_least_good", "members_total")
    assert found.params["limit"] == 9
    assert contradictions({**facts, "members_at_least_good": 9}) == []


def test_marks_have_the_scale_that_the_school_uses() -> None:
    # Tín chỉ: marks up to 4; niên chế: up to 10.
    assert [one.facts for one in contradictions({"gpa": 4.1, "gpa_scale": "tin_chi"})] == [("gpa",)]
    assert contradictions({"gpa": 4.1, "gpa_scale": "nien_che"}) == []
    assert [one.params["most"] for one in contradictions({"gpa": 10.5})] == [10]


def test_no_more_ballots_than_valid_ones() -> None:
    votes = {"HTTNV": 8, "HTNV": 1}
    (found,) = contradictions({"votes": votes, "ballots_collected": 9, "ballots_invalid": 1})
    assert found.params == {"value": 9, "whole": "ballots_collected", "limit": 8}
