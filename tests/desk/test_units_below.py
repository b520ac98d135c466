"""The units below: the state of each, what is late, grades added by one rule, the quota over all by both readings."""

from __future__ import annotations

import copy
import datetime
from dataclasses import replace
from typing import Any

import pytest

import docgen
from docgen.desk.status import make_status
from docgen.desk.units_below import STATES, Figures, HandedUp, InHand, UnitRow, figures_of, whole_of, with_days
from docgen.dossier.sample import sample_dossier
from docgen.grading import rules_of
from docgen.grading.ballots import decided_quota, readings
from docgen.i18n import has_message
from docgen.pipeline import check_loaded
from docgen.regulations.loader import load_regulation

DAY = datetime.date(2018, 12, 28)
KH55 = "kh55-2018"


def dossier(members: int = 6, regulation: str = KH55, **grades: str) -> dict[str, Any]:
    """A sample in which the members whose ids are given have that grade by the cell, and the others none."""
    data = copy.deepcopy(sample_dossier(regulation, members=members))
    data.setdefault("meeting", {}).pop("submitted", None)
    for number, member in enumerate(data["members"], start=1):
        for holder in ("cell", "committee"):
            member.get(holder, {}).pop("grade", None)
        if f"m{number}" in grades:
            member.setdefault("cell", {})["grade"] = grades[f"m{number}"]
    return data


def figures(data: dict[str, Any]) -> Figures:
    loaded, _ = docgen.load_dossier(data)
    assert loaded is not None
    checked = check_loaded(loaded, list(loaded.findings))
    law = load_regulation(loaded.regulation)
    status = make_status(loaded, law, checked.findings, DAY)
    return figures_of(loaded, law, checked.findings, checked.board, status)


def row(data: dict[str, Any], unit: str = "a", **more: Any) -> UnitRow:
    return UnitRow(unit, f"Chi bộ {unit}", dossier=f"so-{unit}", version=1, figures=figures(data), **more)


def test_each_state_is_told_apart() -> None:
    full = row(dossier())
    nothing = dossier()
    nothing["members"] = [{"id": one["id"], "member": one["member"]} for one in nothing["members"]]
    for name in ("review", "assessments", "facts", "collective", "party_organization", "bodies"):
        nothing.pop(name, None)
    wrong = dossier()
    wrong["members"][0]["member"]["full_name"] = ""
    seen = {
        "none": UnitRow("a", "A"),
        "unreadable": UnitRow("a", "A", dossier="x"),
        "begun": row(nothing),
        "working": row({**wrong, "members": [*wrong["members"], {"id": "dv-90", "member": {"full_name": "Lê B"}}]}),
        "errors": row(wrong),
        "complete": full,
        "outdated": replace(full, packet=InHand(False, 9, 9)),
        "packet": replace(full, packet=InHand(True, 9, 0)),
        "signing": replace(full, packet=InHand(True, 9, 8)),
        "signed": replace(full, packet=InHand(True, 9, 9)),
        "handed_over": replace(full, packet=InHand(False, 9, 9), handed=HandedUp(DAY, "Đảng ủy")),
    }
    assert tuple(seen) == STATES
    assert {name: one.state for name, one in seen.items()} == {name: name for name in STATES}
    words = [one.words() for one in seen.values()]
    assert len(set(words)) == len(STATES)
    assert all(has_message(f"desk.units.state.{name}", language) for name in STATES for language in ("vi", "en"))
    assert seen["handed_over"].details() == ["ngày 28/12/2018, cho Đảng ủy"]
    assert "8/9 chữ ký" in seen["signing"].details()
    assert "Nguyễn" not in "".join(one.hint() for one in seen.values())  # nobody's name goes up with a hint
    assert UnitRow("a", "A", dossier="x", waiting=True).state == ""


def test_grades_that_nobody_decided_are_not_counted_as_any() -> None:
    none = figures(dossier(members=6))
    assert none.grades is not None
    assert sum(none.grades.grades.values()) == 0
    assert none.grades.open == none.grades.base == len(none.proposed) > 3
    some = figures(dossier(members=6, m1="HTTNV", m2="HTNV"))
    assert some.grades is not None
    assert (some.grades.grades["HTTNV"], some.grades.grades["HTNV"], some.grades.open) == (1, 1, some.grades.base - 2)


@pytest.mark.parametrize(("regulation", "wide"), [("hd43-2025", [False, True]), (KH55, [True])])
def test_the_sums_are_those_of_the_dossiers_and_the_quota_is_the_boards_rule(regulation: str, wide: list[bool]) -> None:
    law = load_regulation(regulation)
    best = {"m1": "HTXSNV", "m2": "HTXSNV", **{f"m{n}": "HTTNV" for n in range(3, 13)}}
    first = row(dossier(14, regulation, **best), "a")
    second = row(dossier(10, regulation, **{f"m{n}": "HTTNV" for n in range(1, 10)}), "b")
    whole = whole_of(law, [first, second, UnitRow("c", "Chi bộ c")])
    assert first.grades is not None
    assert second.grades is not None
    for grade in ("HTXSNV", "HTTNV", "HTNV", "KHTNV"):
        assert whole.grades.grades[grade] == first.grades.grades[grade] + second.grades.grades[grade]
    assert whole.grades.base == first.grades.base + second.grades.base
    assert whole.grades.open == first.grades.open + second.grades.open
    decided, proposed = (
        {
            f"{n} {key}": grade
            for n, one in enumerate((first, second))
            for key, grade in getattr(one.figures, name).items()
        }
        for name in ("decided", "proposed")
    )
    rules = rules_of(regulation)
    assert list(whole.readings) == readings(rules, decided_quota(rules, decided, proposed))
    assert [one.wide for one in whole.readings] == wide
    assert whole.readings[0].chosen == 2
    assert whole.proposed == len(proposed.keys() - decided.keys())
    assert any("mức đề xuất" in line for line in whole.remarks()) is bool(whole.proposed)
    assert whole.states()["none"] == 1


def test_alone_too_many_together_within() -> None:
    law = load_regulation(KH55)
    first = row(dossier(members=6, m1="HTXSNV", m2="HTXSNV", m3="HTTNV", m4="HTTNV", m5="HTTNV", m6="HTTNV"), "a")
    second = row(dossier(members=16, **{f"m{n}": "HTTNV" for n in range(1, 17)}), "b")
    assert first.over
    assert first.quota_words()[0].startswith("vượt")
    assert not whole_of(law, [first, second]).over
    assert whole_of(law, [first]).over


def test_two_percentages_give_no_quota_over_all() -> None:
    law = load_regulation("hd43-2025")
    listed = []
    for unit, share in (("a", 25), ("b", 20)):
        data = dossier(members=8, regulation="hd43-2025", m1="HTXSNV", m2="HTTNV")
        data["superior"] = {**data.get("superior", {}), "quota_pct": share}
        listed.append(row(data, unit))
    whole = whole_of(law, listed)
    assert whole.readings == ()
    assert any("25%, 20%" in line for line in whole.remarks())
    assert whole_of(law, listed[:1]).readings


def test_who_may_be_counted_twice_is_told() -> None:
    law = load_regulation(KH55)
    one = row(dossier(members=6), "a")
    whole = whole_of(law, [one, replace(one, dossier="so-a-2")])
    assert whole.twice == ("Chi bộ a",)
    assert whole.people == len(one.figures.known) > 0  # type: ignore[union-attr]
    assert any("Chi bộ a" in line for line in whole.remarks())


@pytest.mark.parametrize(
    ("submitted", "noted", "late", "days", "words"),
    [
        ("", "", True, 4, "trễ hạn 4 ngày"), ("2018-12-24", "", False, 0, ""),
        ("2018-12-26", "", False, 2, "nộp trễ 2 ngày"), ("", "2018-12-20", False, 0, ""),
        ("2018-12-30", "", True, 4, "trễ hạn 4 ngày"),  # a plan is no handing over
        ("", "2018-12-27", False, 3, "nộp trễ 3 ngày"),
    ],
)  # fmt: skip
def test_who_is_late(submitted: str, noted: str, late: bool, days: int, words: str) -> None:
    data = dossier()
    if submitted:
        data["meeting"]["submitted"] = submitted
    handed = HandedUp(datetime.date.fromisoformat(noted)) if noted else None
    seen = with_days(row(data, handed=handed), load_regulation(KH55), DAY)
    assert (seen.missing, seen.late_days, seen.lateness()) == (late, days, words)
    assert (seen.handed is not None) is (bool(noted) or submitted in ("2018-12-24", "2018-12-26"))


def test_a_day_ahead_is_not_late() -> None:
    seen = with_days(row(dossier()), load_regulation(KH55), datetime.date(2018, 12, 24))
    assert (seen.missing, seen.late_days) == (False, 0)
