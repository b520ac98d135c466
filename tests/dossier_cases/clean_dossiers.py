"""Dossiers for cases: a sample made plain, then changed as a case says.

The plain dossier has fourteen members. All but dv-12, admitted four months ago, have everything that HTTNV asks and
nothing more; every ballot is for HTTNV, and the cell decided so. The counts and yes-or-no facts of the body that follow
from its members are not stated, so that docgen has to draw them from the members.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import cache
from typing import Any

from docgen.dossier.sample import sample_dossier

NEW = "dv-12"
#: Grades by points and shares of tasks, without ballots: its sample is taken as it is.
SCORED = "hd43-2025"
STUDENTS = ("dv-13", "dv-14")
#: What follows from the listed members; the sample states it, the plain dossier does not.
DRAWN = (
    "members_total", "members_not_ranked", "members_at_least_good", "members_at_least_fulfilled",
    "members_not_fulfilled", "committee_member_disciplined", "party_member_disciplined", "disciplined_units_pct",
)  # fmt: skip
_BODY = {
    "kh40-2018": {
        "three_groups_assessment": "tot", "committee_united_and_good_attested": True,
        "system_org_head_or_deputy_disciplined": False,
    },
    "hd19-2024": {
        "org_or_committee_disciplined": False, "business_targets_met_plan": True,
        "business_targets_completed_pct": 100, "party_building_targets_completed_pct": 100,
        "party_building_programs_met_plan": True, "force_majeure": False,
        "same_level_grades": {"tap_the_lanh_dao_don_vi": "HTTNV", "cong_doan": "HTTNV"},
    },
    "khbvp-2021": {"proposed_grade": "HTTNV"},
}  # fmt: skip
_LEVEL = {"HTXSNV": "xuat_sac", "HTTNV": "tot", "HTNV": "trung_binh"}


def member(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The member `key` of the dossier `data`."""
    found: dict[str, Any] = next(one for one in data["members"] if one["id"] == key)
    return found


def worth(data: Mapping[str, Any], key: str, grade: str) -> None:
    """Give member `key` all that `grade` asks, and the ballots for it."""
    one = member(data, key)
    for sheet in one.get("assessments", {}).values():
        sheet["levels"] = dict.fromkeys(sheet["levels"], _LEVEL[grade])
        sheet["proposed_grade"] = grade
    if "civil" in one:
        one["civil"]["grade"] = grade
    for name in ("grade_party", "grade_civil"):
        if name in one["review"]:
            one["review"][name] = grade
    excellent = grade == "HTXSNV"
    one["facts"].update(exemplary_attested=excellent, proposed_grade=grade)
    if data["regulation"] == "hd19-2024":
        one["facts"].update(conduct_exemplary_attested=True, targets_exceeded_pct=60 if excellent else 10)
    if key != NEW:
        one["votes"] = {grade: data["ballots"]["collected"]}


@cache
def _plain(regulation: str) -> dict[str, Any]:
    data = copy.deepcopy(sample_dossier(regulation))
    if regulation == SCORED:
        return data
    data["ballots"] = {"issued": 12, "collected": 12, "invalid": 0, "official_members": 13}
    if regulation == "hd19-2024":
        data["ballots"]["valid"] = 12
    for one in data["members"]:
        one["facts"].update(
            self_review_completed=True, targets_completed_pct=100, exempt_from_party_activities=False,
            suspended_from_party_activities=False, sick_leave_months_in_year=0, on_maternity_leave_in_year=False,
            degradation_concluded=False, disciplined_in_year=False,
        )  # fmt: skip
        worth(data, one["id"], "HTTNV")
        one.setdefault("cell", {})
        if one["id"] != NEW:
            one["cell"]["grade"] = "HTTNV"
            one["cell"].pop("note", None)
    for name in ("party_organization", "collective"):
        body = data[name]
        for fact in (*DRAWN, "member_disciplined"):
            body["facts"].pop(fact, None)
        if regulation != "hd19-2024":  # There the sheets have points, all within HTTNV.
            for sheet in body.get("assessments", {}).values():
                sheet["levels"] = dict.fromkeys(sheet["levels"], "tot")
    data["party_organization"]["facts"].update(_BODY.get(regulation, {}))
    data["collective"]["facts"]["subordinate_unit_disciplined"] = False
    return data


def plain(regulation: str) -> dict[str, Any]:
    """The plain dossier of `regulation`, a copy of its own."""
    return copy.deepcopy(_plain(regulation))


def _tasks(rows: list[dict[str, Any]], ends: Mapping[str, int]) -> None:
    """So many of the tasks late or not done, and so many of those done beyond what was asked."""
    for number, row in enumerate(rows):
        undone, late = ends.get("undone", 0), ends.get("late", 0)
        row["done"] = "khong" if number < undone else "cham" if number < undone + late else "dung_han"
        if number < undone:
            row.pop("quality", None)
        row["exceeded"] = number >= len(rows) - ends["exceeded"]


def _points(holder: dict[str, Any], total: float) -> None:
    """The points of the tasks (group II) so that the sheet and the review both come to `total`."""
    sheet = holder["assessments"]["tu_danh_gia"]
    tasks = [line for key, line in sheet["scores"].items() if "_ii_" in key]
    common = round(sheet["score_total"] - sum(line["points"] for line in tasks), 2)
    left = round(total - common, 2)
    for line in tasks:
        line["points"] = round(min(left, line["standard_points"]), 2)
        left = round(left - line["points"], 2)
    assert left == 0
    sheet["score_total"] = total
    holder["review"].update(score_tasks=round(total - common, 2), score_total=total)


def _spread(holder: dict[str, Any], total: int) -> None:
    """Points for every criterion so that each own sheet of a body comes to `total` of 100."""
    sheet = holder["assessments"]["tu_danh_gia"]
    lines = list(sheet["scores"].values())
    for line in lines:
        line["points"] = round(line["standard_points"] * total / 100, 2)
    lines[-1]["points"] = round(total - sum(line["points"] for line in lines[:-1]), 2)
    sheet["score_total"] = total


def place(data: Any, pointer: str) -> tuple[Any, Any]:
    """The container and the key of the place that `pointer` names; mappings on the way are made."""
    keys = pointer.strip("/").split("/")
    for key in keys[:-1]:
        data = data[int(key)] if isinstance(data, list) else data.setdefault(key, {})
    return data, int(keys[-1]) if isinstance(data, list) else keys[-1]


def resolved(pointer: str) -> str:
    """`/dv-05/cell/grade` as `/members/4/cell/grade`; other pointers as they are."""
    first, _, rest = pointer.strip("/").partition("/")
    return f"/members/{int(first[3:]) - 1}/{rest}".rstrip("/") if first.startswith("dv-") else pointer


def changed(regulation: str, change: Mapping[str, Any]) -> dict[str, Any]:
    """The plain dossier of `regulation`, changed as a case says (the keys are told at the head of `cases.yaml`)."""
    data = plain(regulation)
    for grade, keys in change.get("worth", {}).items():
        for key in keys:
            worth(data, key, grade)
    for key in change.get("undecided", ()):
        member(data, key)["cell"].pop("grade", None)
    for grade, keys in change.get("decided", {}).items():
        for key in keys:
            member(data, key)["cell"]["grade"] = grade
    for key, levels in change.get("levels", {}).items():
        holder = data[key] if key in data else member(data, key)
        for sheet in holder["assessments"].values():
            sheet["levels"].update(dict.fromkeys(sheet["levels"], levels) if isinstance(levels, str) else levels)
    for key, ends in change.get("tasks", {}).items():
        _tasks(data["unit_tasks"] if key == "unit" else member(data, key)["tasks"], ends)
    for key, total in change.get("points", {}).items():
        if key in data:
            _spread(data[key], total)
        else:
            _points(member(data, key), total)
    for key, votes in change.get("votes", {}).items():
        member(data, key)["votes"] = votes
    for key, facts in change.get("facts", {}).items():
        (data[key] if key in data else member(data, key))["facts"].update(facts)
    for pointer, value in change.get("set", {}).items():
        container, key = place(data, resolved(pointer))
        container[key] = value
    for pointer in change.get("drop", ()):
        container, key = place(data, resolved(pointer))
        if isinstance(container, list):
            del container[key]
        else:
            container.pop(key, None)
    return data
