"""What the papers around the packet need beside a sample dossier: the meeting, the ballots, what was said, who signs.

The words are those of `regulations/office/example.yaml`; nothing that the sample dossier says itself is changed.
"""

from __future__ import annotations

import datetime
from typing import Any

from docgen.model import GRADES
from docgen.paths import get, get_mapping, iso_day
from docgen.regulations.loader import RegulationData
from docgen.regulations.office import example_of
from docgen.regulations.outside_review import is_graded
from docgen.values import VALUES

#: Of no invalid ballot nobody says why.
_WHY_SPOILED = "ballots.invalid_reason"


def add_office(regulation: RegulationData, data: dict[str, Any]) -> None:
    """Put into the sample dossier `data` what the papers around the packet ask for."""
    held = iso_day(get(data, ("meeting", "held"))) or datetime.date(int(data["period"]["year"]), 12, 17)
    data.setdefault("meeting", {}).setdefault("held", held.isoformat())
    people = [member for member in data["members"] if is_graded(regulation.apart, data, member)]
    spoiled = _count(data, people)
    for binding in sorted(regulation.office_fields):
        kind = VALUES[regulation.fields[binding].type]
        root, _, leaf = binding.partition(".")
        if "[]" in binding or regulation.is_computed(binding) or (binding == _WHY_SPOILED and not spoiled):
            continue
        if regulation.roots[root] == "members":
            for index, member in enumerate(people):
                said = example_of(f"members[].{binding}", kind, index, held)
                member.setdefault(root, {}).setdefault(leaf, said)
        elif (value := example_of(binding, kind, 0, held)) is not None:
            data.setdefault(root, {}).setdefault(leaf, value)


def _count(data: dict[str, Any], people: list[dict[str, Any]]) -> int:
    """One member absent, one ballot invalid where the sample says nothing of ballots, and votes that carry what the
    cell proposes. Returns how many ballots are invalid."""
    summoned = len(data["members"])
    data["meeting"] |= {"summoned": summoned, "present": summoned - 1}
    voters = sum(get(member, ("member", "official")) is not False for member in data["members"])
    ballots = {"issued": voters, "collected": voters, "invalid": 1}
    data["ballots"] = {**ballots, **get_mapping(data, "ballots")}
    valid = int(data["ballots"]["collected"]) - int(data["ballots"]["invalid"])
    for member in people:
        grade = get(member, ("cell", "grade"))
        if grade in GRADES and "votes" not in member:
            other = GRADES[1] if grade != GRADES[1] else GRADES[0]
            member["votes"] = {**dict.fromkeys(GRADES, 0), str(grade): valid - 2, other: 2}
    return int(data["ballots"]["invalid"])
