"""Who stands outside the review or outside the grading: exempt, suspended, newly admitted members.

The regulations differ (HD 19 B.I.2 leaves the newly admitted out of the review, HD 16 II.B.5 only out of the grading),
so each says it as data, `apart` in `regulation.yaml`; the validator asks only for what somebody owes, the packet makes
only that, and ballots list only those who are voted on.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

#: Why a member stands apart: exempt from party work and meetings, suspended from them, admitted too recently, or said
#: not to have been through the review without which nobody is graded.
KINDS = ("exempt", "suspended", "new", "unreviewed")
#: What somebody stands out of. Who is out of the review is out of the grading too.
OUT_OF = ("review", "grading")
#: The fact that says so, and its value.
_FACTS = {
    "exempt": ("exempt_from_party_activities", True),
    "suspended": ("suspended_from_party_activities", True),
    "unreviewed": ("self_review_completed", False),
}
#: A member counts as newly admitted for less than so many months (HD 16 II.B.5 gạch 6, HD 19 B.I.2).
NEW_MONTHS = 6

OutOf = Literal["", "review", "grading"]


@dataclass(frozen=True, slots=True)
class Apart:
    """One kind of member who stands apart: out of what, by which clause.

    `after` is a day that the regulation names in place of the six months: admitted later is new.
    """

    kind: str
    out_of: str
    clause: str
    after: datetime.date | None = None


def _mapping(value: Any, name: str) -> Mapping[str, Any]:
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def months_between(start: Any, end: Any) -> int | None:
    """Whole months from one ISO date to another; None where either is no date."""
    try:
        first, last = datetime.date.fromisoformat(start), datetime.date.fromisoformat(end)
    except (TypeError, ValueError):
        return None
    months = (last.year - first.year) * 12 + last.month - first.month
    return months - (last.day < first.day)


def grading_day(data: Mapping[str, Any]) -> str:
    """The day as of which grades are given: the meeting, else the date on the documents, else the year's last day."""
    year = _mapping(data, "period").get("year")
    found = _mapping(data, "meeting").get("held") or _mapping(data, "document").get("date")
    return str(found or (f"{year}-12-31" if isinstance(year, int) else ""))


def _is(apart: Apart, data: Mapping[str, Any], member: Any) -> bool:
    facts = _mapping(member, "facts")
    if apart.kind in _FACTS:
        name, value = _FACTS[apart.kind]
        return facts.get(name) is value
    admitted = _mapping(member, "member").get("admission_date")
    if apart.after is not None:
        admitted = facts.get("admission_date", admitted)
        try:
            return datetime.date.fromisoformat(admitted) > apart.after
        except (TypeError, ValueError):
            return False
    months = facts.get("months_since_admission", months_between(admitted, grading_day(data)))
    return isinstance(months, (int, float)) and not isinstance(months, bool) and months < NEW_MONTHS


def apart_of(aparts: tuple[Apart, ...], data: Mapping[str, Any], member: Any) -> Apart | None:
    """Why the record `member` of the dossier `data` stands apart, the widest first; None for everybody else."""
    found = [apart for apart in aparts if _is(apart, data, member)]
    return min(found, key=lambda apart: OUT_OF.index(apart.out_of), default=None)


def owes_review(aparts: tuple[Apart, ...], data: Mapping[str, Any], member: Any) -> bool:
    """True where the member is to be reviewed, and so owes the papers of the review."""
    apart = apart_of(aparts, data, member)
    return apart is None or apart.out_of != "review"


def is_graded(aparts: tuple[Apart, ...], data: Mapping[str, Any], member: Any) -> bool:
    """True where the member is to be graded, and so is assessed and voted on."""
    return apart_of(aparts, data, member) is None
