"""`docgen.paths`: one way to a value of plain data. RFC 6901 for the pointers."""

import datetime

import pytest

from docgen.paths import at, at_pointer, escape, get, get_list, get_mapping, get_text, iso_day, names, put, put_into

DATA = {"members": [{"id": "dv-01", "a/b": {"m~n": 8}}], "period": {"year": 2025}}


def test_a_path_leads_to_the_value_or_to_nothing() -> None:
    assert get(DATA, ("members", 0, "id")) == "dv-01"
    assert get(DATA, ()) == DATA
    for missing in (("members", 1), ("members", -1), ("members", "id"), ("period", "year", "x"), ("none",)):
        assert get(DATA, missing) is None


def test_a_value_of_another_kind_is_an_empty_one() -> None:
    assert get_mapping(DATA, "period") == {"year": 2025}
    assert get_mapping(DATA, "members") == {}
    assert get_list(DATA, "period") == []
    assert get_text(DATA, "members", 0, "id") == "dv-01"
    assert get_text(DATA, "period", "year") == ""


def test_pointers_are_those_of_rfc_6901() -> None:
    assert escape("a/b") == "a~1b"
    assert escape("m~n") == "m~0n"
    assert at("/members", 0, "a/b", "m~n") == "/members/0/a~1b/m~0n"
    assert names("/a~1b/m~0n/~01") == ["a/b", "m~n", "~1"]
    assert names("") == []
    assert at_pointer(DATA, "/members/0/a~1b/m~0n") == 8
    assert at_pointer(DATA, "") == DATA
    assert at_pointer(DATA, "/members/9/id") is None


def test_a_value_is_put_and_the_mappings_on_the_way_are_made() -> None:
    out: dict = {}
    put(out, ("a", "b"), 1)
    put(out, ("a", "c"), 2)
    assert out == {"a": {"b": 1, "c": 2}}


def test_what_stands_in_the_way_is_left_alone() -> None:
    data: dict = {"name": "chữ", "list": []}
    assert put_into(data, ("list", 0, "x"), 1)
    assert data["list"] == [{"x": 1}]
    assert not put_into(data, ("list", 5), 1)
    assert not put_into(data, ("name", "x"), 1)
    assert data == {"name": "chữ", "list": [{"x": 1}]}


@pytest.mark.parametrize(
    ("given", "day"), [("2025-12-18", datetime.date(2025, 12, 18)), ("18/12/2025", None), (7, None)]
)
def test_a_day_is_an_iso_date_or_none(given: object, day: datetime.date | None) -> None:
    assert iso_day(given) == day
