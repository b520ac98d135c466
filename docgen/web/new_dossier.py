"""A dossier to begin with: an empty one, or last year's people in this year's dossier.

From the year before comes what a form carries already when it is handed out (`prefilled` of the regulation): who is in
the unit, what they are. Nothing that anybody wrote, no grade and no ballot comes along.
"""

from __future__ import annotations

from docgen.paths import AnyRecord, JsonDict, copied, get_list, get_mapping, get_text
from docgen.regulations.loader import RegulationData


def empty_dossier(regulation: RegulationData, year: int, name: str, held: str = "") -> JsonDict:
    """A dossier of `year` of the organisation called `name`, without any member; `held` is the day of the meeting."""
    data: JsonDict = {"regulation": regulation.id, "period": {"year": year}, "organization": {"name": name}}
    if held:
        data["meeting"] = {"held": held}
    data["members"] = []
    return data


def next_year(regulation: RegulationData, year: int, before: AnyRecord, held: str = "") -> JsonDict:
    """A dossier of `year` with the people of the dossier `before` (canonical data)."""
    data = empty_dossier(regulation, year, get_text(before, "organization", "name"), held)
    data["organization"] = _known(regulation, "organization", get_mapping(before, "organization"))
    for place in regulation.prefilled:
        root, _, leaf = place.partition(".")
        value = get_mapping(before, root).get(leaf) if regulation.roots.get(root) == "dossier" else None
        if value is not None and f"{root}.{leaf}" in regulation.fields:
            data[root] = {**get_mapping(data, root), leaf: value}
    own = [root for root in regulation.prefilled if regulation.roots.get(root) == "members"]
    members: list[JsonDict] = []
    for record in get_list(before, "members"):
        member: JsonDict = {"id": get_text(record, "id")}
        for root in own:
            if kept := _known(regulation, root, get_mapping(record, root)):
                member[root] = kept
        members.append(member)
    del data["members"]
    data["members"] = [member for member in members if member["id"]]  # last, as a file has them
    return data


def _known(regulation: RegulationData, root: str, record: AnyRecord) -> JsonDict:
    """The values of a root that this regulation has places for."""
    kept = {name: value for name, value in record.items() if f"{root}.{name}" in regulation.fields}
    return copied(kept)


def new_member_id(members: list[AnyRecord]) -> str:
    """The next free id of the form `dv-07`."""
    taken = {get_text(member, "id") for member in members}
    number = len(members) + 1
    while f"dv-{number:02d}" in taken:
        number += 1
    return f"dv-{number:02d}"
