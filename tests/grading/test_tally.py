"""Ballots counted: valid ones, each person's grade by the regulation's rule, and counts that cannot be true."""

from __future__ import annotations

from typing import Any

import pytest

from docgen.grading.tally import tally
from docgen.i18n import LANGUAGES, has_message


def votes(*counts: int) -> dict[str, int]:
    return dict(zip(("HTXSNV", "HTTNV", "HTNV", "KHTNV"), counts, strict=True))


def counts(**changes: Any) -> dict[str, Any]:
    people = [
        {"id": "an", "name": "An", "votes": votes(12, 8, 0, 0)},
        {"id": "ba", "name": "Ba", "votes": votes(3, 9, 8, 0)},
    ]
    return {"issued": 21, "collected": 21, "invalid": 1, "people": people, **changes}


def codes(result: Any) -> list[str]:
    return [finding.code.removeprefix("grading.tally.") for finding in result.findings]


def test_counts_give_each_person_a_grade() -> None:
    result = tally("hd19-2024", counts())
    assert (result.valid, result.invalid, codes(result)) == (20, 1, [])
    assert [(p.name, p.grade) for p in result.people] == [("An", "HTXSNV"), ("Ba", "HTTNV")]


def test_the_quota_chooses_among_the_excellent() -> None:
    people = [{"id": n, "votes": votes(v, 20 - v, 0, 0)} for n, v in (("a", 15), ("b", 13), ("c", 13), ("d", 8))]
    result = tally("hd19-2024", counts(people=people, n_good=10, invalid=0, collected=20))
    assert [p.grade for p in result.people] == ["HTXSNV", None, None, "HTTNV"]
    assert result.max_excellent == 2
    assert [q.code for q in result.questions] == ["tie_at_quota:b,c"]


def test_official_members_are_the_base_of_kh40() -> None:
    people = [{"name": "An", "votes": votes(0, 10, 6, 0)}]
    result = tally("kh40-2018", {"official_members": 20, "people": people})
    assert result.people[0].grade is None
    assert result.people[0].needs_human == ("ambiguity:C05",)


def test_a_regulation_without_a_threshold_leaves_it_to_people() -> None:
    result = tally("kh55-2018", counts())
    assert [p.grade for p in result.people] == [None, None]
    assert result.people[0].needs_human == ("ambiguity:B08",)


def test_single_ballots_are_counted() -> None:
    ballots = [
        {"votes": {"an": "HTTNV", "ba": "HTNV"}},
        {"votes": {"an": "HTTNV"}},
        {"votes": {}},
        {"votes": {"an": "HTXSNV"}, "invalid": True},
        {"votes": {"an": ["HTXSNV", "HTTNV"], "ba": "HTNV"}},
    ]
    result = tally(
        "hd19-2024", {"ballots": ballots, "people": [{"id": "an", "name": "An"}, {"id": "ba", "name": "Ba"}]}
    )
    assert (result.collected, result.valid, result.invalid) == (5, 3, 2)
    assert [(p.name, p.votes["HTTNV"], p.votes["HTNV"], p.blank) for p in result.people] == [
        ("An", 2, 0, 1),
        ("Ba", 0, 2, 1),
    ]
    assert [p.grade for p in result.people] == ["HTTNV", "HTNV"]
    assert result.questions[0].code == "judgement:ballot:5"


def test_a_bare_list_is_ballots() -> None:
    assert tally("hd19-2024", [{"votes": {"an": "HTNV"}}]).people[0].grade == "HTNV"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"collected": 22}, ["more_than"]),
        ({"invalid": 30}, ["more_than"]),
        ({"valid": 25}, ["more_than", "more_than", "do_not_add_up"]),
        ({"valid": 19}, ["do_not_add_up", "too_many_votes", "too_many_votes"]),
        ({"collected": "21"}, ["not_a_count"]),
        ({"issued": -1}, ["not_a_count"]),
        ({"people": [{"name": "An", "votes": votes(12, 9, 0, 0)}]}, ["too_many_votes"]),
        ({"people": [{"name": "An", "votes": {"TỐT": 3}}]}, ["unknown_grade"]),
        ({"people": [{"name": "An", "votes": {"HTNV": True}}]}, ["not_a_count"]),
        ({"official_members_total": 19}, ["more_than_members", "more_than_members"]),
    ],
)
def test_counts_that_cannot_be_true(changes: dict[str, Any], expected: list[str]) -> None:
    result = tally("hd19-2024", counts(**changes))
    assert sorted(codes(result)) == sorted(expected)
    assert all(person.grade is None for person in result.people)


def test_ballots_and_stated_numbers_must_agree() -> None:
    result = tally("hd19-2024", {"ballots": [{"votes": {"an": "HTNV"}}], "collected": 2, "invalid": 0, "valid": 1})
    assert codes(result) == ["differs_from_ballots"]


def test_every_finding_has_a_text_and_a_hint_in_both_languages() -> None:
    names = ("not_a_count", "unknown_grade", "more_than", "do_not_add_up", "too_many_votes", "more_than_members",
             "differs_from_ballots")  # fmt: skip
    for name in names:
        for language in LANGUAGES:
            assert has_message(f"grading.tally.{name}", language)
            assert has_message(f"grading.tally.{name}.hint", language)


def test_as_json_is_plain_data() -> None:
    assert tally("hd19-2024", counts()).as_json()["people"][0]["grade"] == "HTXSNV"
    assert "An" in tally("hd19-2024", counts(invalid=12)).as_json("en")["findings"][0]["message"]


def test_as_text_names_everybody_and_their_grade() -> None:
    text = tally("hd19-2024", counts()).as_text()
    assert text.splitlines()[0] == "Phiếu phát ra 21, thu về 21, hợp lệ 20, không hợp lệ 1"
    assert "Ba: HTXSNV 3, HTTNV 9, HTNV 8, KHTNV 0 → HTTNV" in text


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"ballots": {"issued": 1}}, ["not_a_list"]), ({"ballots": "x"}, ["not_a_list"]),
        ({"ballots": [5, {"votes": {"A": "HTTNV"}}]}, ["not_a_record"]),
        ({"ballots": [{"votes": "HTTNV"}]}, ["not_votes"]),
        ({"issued": 1, "people": "x"}, ["not_a_list"]), ({"issued": 1, "people": [None]}, ["not_a_record"]),
        ({"issued": 1, "people": [{"id": [], "votes": ["HTTNV"]}]}, ["not_votes"]),
        ({"issued": 1, "people": {"id": 1}, "ballots": []}, ["not_a_list"]),
    ],
)  # fmt: skip
def test_what_has_another_shape_is_told_where_it_stands(given: dict[str, Any], expected: list[str]) -> None:
    found = [f.code.rpartition(".")[2] for f in tally("kh55-2018", given).findings]
    assert [code for code in found if code.startswith("not_")] == expected
