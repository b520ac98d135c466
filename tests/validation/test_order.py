"""The order of QĐ 366 Điều 12 khoản 2, from the days that the dossier states: collective, members, head."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from docgen.dossier import dossier_from_data
from docgen.dossier.sample import sample_dossier
from docgen.errors import DefinitionError
from docgen.i18n import LANGUAGES, message
from docgen.model import Finding
from docgen.pipeline import check_loaded
from docgen.regulations.loader import load_regulation

NAME = "hd43-2025"


@cache
def sample() -> dict[str, Any]:
    return sample_dossier(NAME, year=2026)


def decided(collective: str, members: dict[int, str], grade: str = "HTTNV") -> list[Finding]:
    """What is said of the order where the collective and some members were decided on these days."""
    data = copy.deepcopy(sample())
    if collective:
        data["superior"] = {"grade": "HTTNV", "decided_by": "Đảng ủy Trường", "decided_on": collective}
    for index, day in members.items():
        own = {"grade": grade, "decided_by": "Đảng ủy Trường"} | ({"decided_on": day} if day else {})
        data["members"][index]["committee"] = own
    dossier, findings = dossier_from_data(data)
    assert dossier is not None
    return [f for f in check_loaded(dossier, findings).findings if ".order." in f.code]


def test_the_sample_has_the_people_the_cases_speak_of() -> None:
    people = [member["member"] for member in sample()["members"]]
    assert people[0]["head"] is True
    assert [p["position"]["party"] for p in people[:3]] == ["Bí thư chi bộ", "Phó Bí thư chi bộ", "Chi ủy viên"]
    assert people[3]["kind"] == "khong_lanh_dao"


@pytest.mark.parametrize(
    ("collective", "members", "said"),
    [
        ("2026-12-22", {0: "2026-12-23", 1: "2026-12-22", 3: "2026-12-23"}, []),  # first, or the same day
        ("2026-12-22", {0: "2026-12-21"}, ["head"]),
        ("2026-12-22", {1: "2026-12-21", 2: "2026-12-20"}, ["member", "member"]),
        ("2026-12-22", {3: "2026-12-20"}, []),  # no member of the leading collective
        ("2026-12-22", {0: ""}, []),  # no day: nothing to compare
        ("", {0: "2026-12-22"}, ["first_missing"]),
        ("2026-12-22", {}, []),
    ],
)
def test_the_collective_comes_first(collective: str, members: dict[int, str], said: list[str]) -> None:
    found = decided(collective, members)
    assert [f.code for f in found] == [f"validation.order.{code}" for code in said]
    assert {f.severity for f in found} <= ({"warning"} if "first_missing" in said else {"error"})


def test_both_days_and_the_clause_are_named_at_the_place_of_the_day() -> None:
    (found,) = decided("2026-12-22", {0: "2026-12-21"})
    assert found.place.pointer == "/members/0/committee/decided_on"
    assert found.who == "dv-01"
    for language in LANGUAGES:
        text = message(found.code, language, **found.params)
        for part in ("21/12/2026", "22/12/2026", "QĐ 366 Đ.12 k.2"):
            assert part in text
        assert "validation.order" not in message(f"{found.code}.hint", language, **found.params)


def test_a_leader_of_perhaps_another_collective_is_only_a_warning() -> None:
    data = copy.deepcopy(sample())
    data["superior"] = {"grade": "HTTNV", "decided_by": "Đảng ủy", "decided_on": "2026-12-22"}
    data["members"][1]["member"]["position"] = {"party": "Đảng viên", "government": "Phó Trưởng phòng"}
    data["members"][1]["committee"] = {"grade": "HTTNV", "decided_by": "Đảng ủy", "decided_on": "2026-12-21"}
    dossier, findings = dossier_from_data(data)
    assert dossier is not None
    found = [f for f in check_loaded(dossier, findings).findings if ".order." in f.code]
    assert [(f.code, f.severity) for f in found] == [("validation.order.perhaps", "warning")]


@pytest.mark.parametrize(
    "wrong",
    [
        "{what: x, first: superior.grade, then: members[].cell.grade, clause: x}",  # no decided grade
        "{what: x, first: members[].committee.grade, then: superior.grade, clause: x}",  # many before one
        "{what: x, first: superior.grade, then: members[].committee.grade}",  # no clause
    ],
)
def test_an_order_of_what_is_not_decided_is_refused(tmp_path: Path, wrong: str) -> None:
    folder = tmp_path / "x-2026"
    folder.mkdir()
    text = f"regulation: x-2026\nextends: {NAME}\norder:\n  - {wrong}\n"
    (folder / "regulation.yaml").write_text(text, "utf-8")
    with pytest.raises(DefinitionError) as refused:
        load_regulation("x-2026", [tmp_path])
    assert refused.value.facts["line"] == 4
