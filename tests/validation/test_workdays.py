"""Counting working days, in the words of the sources."""

from __future__ import annotations

import datetime

import pytest

from docgen.validation.workdays import is_working_day, latest_start, working_days


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def test_draft_on_wednesday_15_for_monday_20_has_two_whole_days_between() -> None:
    between = working_days(day("2021-12-16"), day("2021-12-20"))
    assert between == [day("2021-12-16"), day("2021-12-17")]
    assert latest_start(day("2021-12-20"), 3) == day("2021-12-14")


@pytest.mark.parametrize(
    ("date", "works"),
    [("2018-12-22", False), ("2018-12-31", False), ("2019-01-05", True), ("2018-02-16", False), ("2018-02-21", True)],
)
def test_tet_and_days_worked_in_exchange(date: str, works: bool) -> None:
    assert is_working_day(day(date)) is works


def test_absurd_dates_are_counted_quickly() -> None:
    assert len(working_days(day("1900-01-01"), day("2018-12-20"))) < 60
