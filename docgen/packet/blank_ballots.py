"""Secret ballots: how many are handed out, and that none of them says anything of its own."""

from __future__ import annotations

from docgen.paths import JsonDict, JsonMap, get, get_list
from docgen.records import DossierData
from docgen.regulations.office import office

#: The root of what is ticked on one ballot.
_MARK = "vote"


def is_ballot(form: str) -> bool:
    """True for the form of a ballot, docgen's own or a regulation's."""
    return form in office().ballots()


def ballots_needed(data: DossierData) -> int:
    """How many ballots are handed out: as the dossier says, else one for each official member; at least one."""
    stated = get(data, ("ballots", "issued"))
    if isinstance(stated, int) and not isinstance(stated, bool) and stated > 0:
        return stated
    return max(1, sum(get(member, ("member", "official")) is not False for member in get_list(data, "members")))


def unmarked(record: JsonMap) -> JsonDict:
    """The data of a ballot without any mark: what somebody ticked is never handed out with the others."""
    return {
        name: [{key: item for key, item in row.items() if key != _MARK} for row in value]
        if isinstance(value, list) else value
        for name, value in record.items() if name != _MARK
    }  # fmt: skip
