"""What a regulation asks of a body according to what the body is: how long it meets, by when it sends the dossier.

Levels, suggestions from above, who sends to whom are conditions of the data (`meeting`, `deadlines` in
`regulation.yaml`): the same plan gives a đảng ủy cơ sở a day and a chi ủy half a day (KH 55 II.A.4.2), and a guidance
of the centre sets a date for provinces only (HD 16 III.2), which no cell misses.
"""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from docgen.paths import AnyRecord, get
from docgen.regulations.strict_yaml import Mapping

#: What a body is (`organization.kind`, made precise by `party_organization.facts.org_type`).
ORG_TYPES = ("dang_bo", "chi_bo", "dang_bo_bo_phan", "chi_bo_truc_thuoc")
#: Bodies that a regulation names and no dossier is about: tỉnh ủy, thành ủy, đảng ủy trực thuộc Trung ương.
FURTHER = ("cap_tinh",)
COLLECTIVE_KINDS = ("cap_uy", "doan_the", "co_quan", "chinh_quyen")
#: From which event a deadline may be counted.
EVENTS = ("meeting",)
#: Who receives the dossier of each kind of body, and sends on what it has received.
_ABOVE = {
    "chi_bo": ("dang_bo",),
    "chi_bo_truc_thuoc": ("dang_bo_bo_phan", "dang_bo"),
    "dang_bo_bo_phan": ("dang_bo",),
}
#: A value of the dossier, or of each member's record.
_PLACE = re.compile(r"(?:members\[\]\.)?[a-z][a-z_0-9]*(?:\.[a-z][a-z_0-9]*)+")
_MONTH_DAY = re.compile(r"\d{2}-\d{2}")

Binding = Literal["own", "perhaps", "above", "no"]


@dataclass(frozen=True, slots=True)
class Body:
    """What the conditions of a regulation look at.

    `stated` tells that the dossier names the exact type, not only đảng bộ or chi bộ; `suggested` is None where nobody
    has said whether the level above suggested the review.
    """

    org_type: str = ""
    stated: bool = False
    collective_kind: str = "cap_uy"
    suggested: bool | None = None


def body_of(data: AnyRecord) -> Body:
    """What the dossier `data` is about. Nothing stated of the collective means a committee (cấp ủy)."""
    kind, exact = get(data, ("organization", "kind")), get(data, ("party_organization", "facts", "org_type"))
    kind = kind if kind in ORG_TYPES else ""
    # The type among the facts makes the kind precise; where the two contradict each other, the printed one holds.
    stated = exact in ORG_TYPES and str(exact).startswith(str(kind))
    collective, suggested = get(data, ("collective", "kind")), get(data, ("meeting", "suggested"))
    return Body(
        str(exact) if stated else str(kind),
        stated,
        collective if collective in COLLECTIVE_KINDS else "cap_uy",
        suggested if isinstance(suggested, bool) else None,
    )


@dataclass(frozen=True, slots=True)
class Duration:
    """The least days of a meeting, for the bodies and in the case that its conditions name (empty: any)."""

    days: Fraction
    clause: str
    org_types: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    suggested: bool | None = None

    def applies(self, body: Body) -> bool | None:
        """Whether it holds for `body`; None where only the answer about the suggestion is missing."""
        if self.org_types and body.org_type not in self.org_types:
            return False
        if self.kinds and body.collective_kind not in self.kinds:
            return False
        if self.suggested is None:
            return True
        return None if body.suggested is None else body.suggested == self.suggested


def longest(durations: tuple[Duration, ...], body: Body) -> tuple[Duration | None, Duration | None]:
    """The duration that surely holds for `body`, and a longer one that holds if the review was suggested from above."""
    sure = [d for d in durations if d.applies(body)]
    open_ = [d for d in durations if d.applies(body) is None]
    least = max(sure, key=lambda d: d.days, default=None)
    more = max(open_, key=lambda d: d.days, default=None)
    return least, more if more and (least is None or more.days > least.days) else None


def duration_of(item: Mapping) -> Duration:
    """One entry of `meeting`. Raises `DefinitionError` for an unknown key or code."""
    item.closed(("minimum_days", "clause", "when"), ("minimum_days", "clause"))
    when = item.get("when", Mapping()).closed(("org_type", "collective_kind", "suggested"))
    _known(when, "org_type", (*ORG_TYPES, *FURTHER))
    _known(when, "collective_kind", COLLECTIVE_KINDS)
    suggested = when.get("suggested")
    if suggested not in (None, "yes", "no"):
        raise when.fault("errors.definition.unknown_value", "suggested", value=suggested)
    return Duration(
        Fraction(str(float(item["minimum_days"]))),
        item["clause"],
        tuple(when.get("org_type", ())),
        tuple(when.get("collective_kind", ())),
        None if suggested is None else suggested == "yes",
    )


def _known(item: Mapping, key: str, codes: tuple[str, ...]) -> None:
    for value in item.get(key, ()):
        if value not in codes:
            raise item.fault("errors.definition.unknown_value", key, value=value)


def deadline_of(item: Mapping) -> Mapping:
    """One entry of `deadlines`, checked. Raises `DefinitionError` for an unknown key or code, or a day that is none."""
    item.closed(("what", "to", "who", "before", "month_day", "after", "days", "clause"), ("what", "clause"))
    _known(item, "who", (*ORG_TYPES, *FURTHER, *COLLECTIVE_KINDS))
    if "after" in item:
        if item["after"] not in EVENTS:
            raise item.fault("errors.definition.unknown_value", "after", value=item["after"])
        item.closed(item, ("days",))
    elif "days" in item:
        item.closed(item, ("after",))
    # A leap year, so that 29 February is a day of the year.
    texts = {"before": item.get("before"), "month_day": f"2000-{item['month_day']}" if "month_day" in item else None}
    if "month_day" in item and not _MONTH_DAY.fullmatch(item["month_day"]):
        raise item.fault("errors.definition.not_a_date", "month_day", value=item["month_day"])
    for key, text in texts.items():
        try:
            datetime.date.fromisoformat(text or "2000-01-01")
        except ValueError:
            raise item.fault("errors.definition.not_a_date", key, value=item[key]) from None
    return item


def binds(deadline: Mapping, body: Body) -> Binding:
    """Whose deadline it is, seen from `body`: its own, perhaps its own, of whom it sends to, or of somebody else.

    "Perhaps": the dossier only says đảng bộ or chi bộ, and the deadline is for one kind of them.
    """
    who = deadline.get("who")
    if not who or body.org_type in who or (body.collective_kind != "cap_uy" and body.collective_kind in who):
        return "own"
    if not body.stated and any(code.startswith(body.org_type or " ") for code in who):
        return "perhaps"
    return "above" if any(code in who for code in _ABOVE.get(body.org_type, ())) else "no"


def due(deadline: Mapping, year: int) -> datetime.date | None:
    """The day before which `deadline` has to be kept for the dossier of `year`; None for one counted from an event."""
    if "before" in deadline:
        return datetime.date.fromisoformat(deadline["before"])
    if "month_day" not in deadline:
        return None
    month, day = (int(part) for part in deadline["month_day"].split("-"))
    # A deadline before July is one of the following year: the dossier is of the year that has passed.
    year = year + 1 if month < 7 else year
    leap = (month, day) != (2, 29) or calendar.isleap(year)
    return datetime.date(year, month, day if leap else 28)


def latest(deadline: Mapping, held: datetime.date | None) -> datetime.date | None:
    """The last day to keep a `deadline` counted from the meeting `held`; None for any other, or without a meeting."""
    return held + datetime.timedelta(days=int(deadline["days"])) if "after" in deadline and held else None


@dataclass(frozen=True, slots=True)
class Same:
    """Two places of a dossier that state one and the same thing on two papers, so that they must not differ."""

    what: str
    one: str
    other: str
    clause: str

    @property
    def of_members(self) -> bool:
        """True where both places stand in the record of each member."""
        return self.one.startswith("members[].")


def same_of(item: Mapping) -> Same:
    """One entry of `same`. Raises `DefinitionError` for an unknown key, or for what is no place of a value."""
    item.closed(("what", "one", "other", "clause"), ("what", "one", "other", "clause"))
    for key in ("one", "other"):
        if not _PLACE.fullmatch(item[key]) or item[key].startswith("members[].") != item["one"].startswith(
            "members[]."
        ):
            raise item.fault("errors.definition.unknown_value", key, value=item[key])
    return Same(item["what"], item["one"], item["other"], item["clause"])


#: When a paper is owed: with the dossier, only once its grades are decided, or only where there is one.
OWED = ("sent", "decided", "if_any")


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A paper that goes up with the packet and that no form of docgen makes: what, of whom, by which clause.

    With `only` (as in `packet`), it is owed by the members whose record has that code, and by nobody else. `id` is the
    code by which the dossier's own list says that it is there (`enclosures[].paper`); `owed` one of `OWED`.
    """

    what: str
    whose: str
    clause: str
    only: str = ""
    id: str = ""
    owed: str = OWED[0]


def enclosure_of(item: Mapping) -> Enclosure:
    """One entry of `enclosures`. Raises `DefinitionError` for an unknown or missing key or code, and a bad `only`."""
    item.closed(("what", "whose", "clause", "only", "id", "owed"), ("what", "whose", "clause"))
    if "only" in item and not re.fullmatch(r"[a-z_.]+=[a-z0-9_]+", item["only"]):
        raise item.fault("errors.definition.unknown_value", "only", value=item["only"])
    if item.get("owed", OWED[0]) not in OWED:
        raise item.fault("errors.definition.unknown_value", "owed", value=item["owed"])
    return Enclosure(
        item["what"], item["whose"], item["clause"], item.get("only", ""), item.get("id", ""),
        item.get("owed", OWED[0]),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Archive:
    """By which year, from the one in which the work ends, the dossier goes to the archive, and by what clause."""

    years: int
    clause: str


def archive_of(item: Mapping) -> Archive:
    """`archive` of `regulation.yaml`. Raises `DefinitionError` for an unknown or missing key."""
    item.closed(("years", "clause"), ("years", "clause"))
    return Archive(int(item["years"]), item["clause"])


def meets(only: str, record: AnyRecord | None) -> bool:
    """True where `record` has the code that `only` names (`member.leader=true`). A missing yes/no is no."""
    if not only:
        return True
    path, _, code = only.partition("=")
    value = get(record, path.split("."))
    return code == (str(value) if isinstance(value, str) else "true" if value else "false")


#: Of which members something is asked: all who are reviewed, or only those who are graded.
ASKED_OF = ("reviewed", "graded")


@dataclass(frozen=True, slots=True)
class Asked:
    """Something that a paper of the packet is for, of which at least one place must be written.

    `of` says for which members, where the places stand in their records; `org_types` for which bodies (empty: all);
    with `suggested` only where the level above suggested the review.
    """

    form: str
    what: str
    places: tuple[str, ...]
    clause: str
    of: str = "reviewed"
    org_types: tuple[str, ...] = ()
    suggested: bool = False

    def applies(self, body: Body) -> bool:
        """True where it is asked of `body`."""
        return (not self.org_types or body.org_type in self.org_types) and (
            not self.suggested or body.suggested is True
        )


def asked_of(item: Mapping, forms: tuple[str, ...]) -> Asked:
    """One entry of `asked`. Raises `DefinitionError` for an unknown key, form or code, or for what is no place."""
    item.closed(("form", "what", "any", "of", "when", "clause"), ("form", "what", "any", "clause"))
    if item["form"] not in forms:
        raise item.fault("errors.definition.unknown_form", "form", form=item["form"])
    places = item["any"]
    alike = len({place.startswith("members[].") for place in places}) == 1
    for place in places:
        if not alike or not re.fullmatch(r"(?:members\[\]\.)?[a-z][a-z_0-9]*(?:\.[A-Za-z][A-Za-z_0-9]*)*", place):
            raise item.fault("errors.definition.unknown_value", "any", value=place)
    if not places or item.get("of", ASKED_OF[0]) not in ASKED_OF:
        raise item.fault("errors.definition.unknown_value", "of", value=item.get("of", ""))
    when = item.get("when", Mapping()).closed(("org_type", "suggested"))
    _known(when, "org_type", ORG_TYPES)
    if when.get("suggested", "yes") != "yes":
        raise when.fault("errors.definition.unknown_value", "suggested", value=when["suggested"])
    return Asked(
        item["form"], item["what"], tuple(places), item["clause"], item.get("of", ASKED_OF[0]),
        tuple(when.get("org_type", ())), "suggested" in when,
    )  # fmt: skip
