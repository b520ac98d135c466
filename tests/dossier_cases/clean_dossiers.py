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
STUDENTS = ("dv-13", "dv-14")
#: What follows from the listed members; the sample states it, the plain dossier does not.
DRAWN = (
    "members_total", "members_not_ranked", "members_at_least_good", "members_at_least_fulfilled",
    "members_not_fulfilled", "committee_member_disciplined", "party_member_disciplined", "disciplined_units_pct",
)  # fmt: skip
_BODY = {
    "kh40-2018": {
        "three_groups_assessment": "tot", "committee_united_and_good_attested": True,
        "system_org_head_or_deputy_disciplined": False, "score_total": 80,
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
