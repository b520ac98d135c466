"""A result that was closed stays as it is until somebody opens it again and says why, whichever way a change comes.

The result is what the board shows: who is graded, what is proposed and why, votes, ballots, the grades that people
gave, the quota. A text or a day on which none of it rests may still be mended.
"""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Request

import docgen
from docgen.grading.dossier_board import grade_dossier
from docgen.paths import JsonDict, JsonMap, get
from docgen.regulations.loader import load_regulation
from docgen.web.http_regulations import regulations_of

#: What stands in the dossier beside the board's rows: of the dossier, of each member.
_OWN, _OF_MEMBERS = ("regulation", "ballots"), ("id", "votes", "cell", "committee")


def result_of(data: JsonDict, regulations: docgen.Regulations) -> JsonDict | None:
    """The result in a dossier, as plain data to be compared; None where docgen can make nothing of it."""
    loaded, _ = docgen.load_dossier(data, regulations=regulations)
    if loaded is None:
        return None
    board = grade_dossier(load_regulation(loaded.regulation, loaded.folders), loaded.data, loaded.folders)
    kept = loaded.data
    given = [{name: get(member, (name,)) for name in _OF_MEMBERS} for member in kept.get("members", ())]
    return {**board.as_json(), **{name: get(kept, (name,)) for name in _OWN}, "given": given}


def keeps_result(request: Request) -> Callable[[JsonMap, JsonMap], bool]:
    """For `dossier_store.change`: whether a change leaves the result of a dossier as it is."""
    regulations = regulations_of(request)

    def keeps(old: JsonMap, new: JsonMap) -> bool:
        after = result_of(dict(new), regulations)
        return after is not None and after == result_of(dict(old), regulations)

    return keeps
