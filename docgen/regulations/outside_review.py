"""Who stands outside the review or outside the grading: exempt, suspended, newly admitted members.

The regulations differ (HD 19 B.I.2 leaves the newly admitted out of the review, HD 16 II.B.5 only out of the grading),
so each says it as data, `apart` in `regulation.yaml`; the validator asks only for what somebody owes, the packet makes
only that, and ballots list only those who are voted on.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Literal

from docgen.paths import AnyRecord, Json, get_mapping, iso_day
from docgen.values.life_date import span_of

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
#: The terms that members' months are held against: newly admitted, on probation, and what a unit may ask.
TERMS = (0, NEW_MONTHS, 12, 24)

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


def months_between(start: Json, end: Json) -> tuple[int, int] | None:
    """Whole months from a date (of a life: perhaps a month or a year) to an ISO date, at least and at most.

    None where either is no date.
    """
    span, last = span_of(start), iso_day(end)
    if span is None or last is None:
        return None
    first, latest = ((last.year - day.year) * 12 + last.month - day.month - (last.day < day.day) for day in span)
    return latest, first


def months_known(start: Json, end: Json) -> int | None:
    """The months of `months_between` where whatever may be asked of them has one answer; None where that is open."""
    found = months_between(start, end)
    if found is None or any(found[0] < term <= found[1] for term in TERMS):
        return None
    return found[0]


def grading_day(data: AnyRecord) -> str:
    """The day as of which grades are given: the meeting, else the date on the documents, else the year's last day."""
    year = get_mapping(data, "period").get("year")
    found = get_mapping(data, "meeting").get("held") or get_mapping(data, "document").get("date")
    return str(found or (f"{year}-12-31" if isinstance(year, int) else ""))


def _is(apart: Apart, data: AnyRecord, member: AnyRecord) -> bool:
    facts = get_mapping(member, "facts")
    if apart.kind in _FACTS:
        name, value = _FACTS[apart.kind]
        return facts.get(name) is value
    admitted = get_mapping(member, "member").get("admission_date")
    if apart.after is not None:
        admitted = facts.get("admission_date", admitted)
        span = span_of(admitted)
        return span is not None and span[0] > apart.after
    months = facts.get("months_since_admission", months_known(admitted, grading_day(data)))
    return isinstance(months, (int, float)) and not isinstance(months, bool) and months < NEW_MONTHS


def apart_of(aparts: tuple[Apart, ...], data: AnyRecord, member: AnyRecord) -> Apart | None:
    """Why the record `member` of the dossier `data` stands apart, the widest first; None for everybody else."""
    found = [apart for apart in aparts if _is(apart, data, member)]
    return min(found, key=lambda apart: OUT_OF.index(apart.out_of), default=None)


def owes_review(aparts: tuple[Apart, ...], data: AnyRecord, member: AnyRecord) -> bool:
    """True where the member is to be reviewed, and so owes the papers of the review."""
    apart = apart_of(aparts, data, member)
    return apart is None or apart.out_of != "review"


def is_graded(aparts: tuple[Apart, ...], data: AnyRecord, member: AnyRecord) -> bool:
    """True where the member is to be graded, and so is assessed and voted on."""
    return apart_of(aparts, data, member) is None
