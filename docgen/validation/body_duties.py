"""How long the body met and when it sent the dossier, against what the regulation asks of such a body."""

from __future__ import annotations

import datetime

from docgen.forms.data import number_text
from docgen.i18n import short_date
from docgen.paths import JsonMap
from docgen.regulations.duties import ORG_TYPES, Body, binds, body_of, due, latest, longest
from docgen.regulations.strict_yaml import Mapping
from docgen.validation.context import Check, as_mapping


def check_kinds(check: Check) -> None:
    """The kind of the party body is stated twice: printed on the forms, and among the facts that rules read."""
    kind = check.mapping("organization").get("kind")
    exact = as_mapping(check.mapping("party_organization").get("facts")).get("org_type")
    if kind in ORG_TYPES and exact in ORG_TYPES and not str(exact).startswith(str(kind)):
        check.add("validation.organization.two_kinds", "warning", "/party_organization/facts/org_type",
                  "party_organization", kind=kind, exact=exact)  # fmt: skip


def check_length(check: Check, meeting: JsonMap) -> None:
    """The meeting must last at least what the regulation says for such a body, more where the review was suggested."""
    rules = check.regulation.meeting
    if not rules:
        return
    body = body_of(check.data)
    if not body.org_type:
        return  # nobody said what the body is: that has its own finding
    least, more = longest(rules, body)
    days = meeting.get("days")
    asked = least or more
    if asked is None:
        check.add("validation.meeting.no_rule", "info", "/meeting/days", clause=rules[0].clause)
    elif days is None:
        check.add("validation.meeting.no_length", "warning", "/meeting/days",
                  least=number_text(float(asked.days)), clause=asked.clause)  # fmt: skip
    elif isinstance(days, int | float) and not isinstance(days, bool):
        shown = number_text(days)
        if least is not None and days < least.days:
            check.add("validation.meeting.too_short", "error", "/meeting/days",
                      days=shown, least=number_text(float(least.days)), clause=least.clause)  # fmt: skip
        elif more is not None and days < more.days:
            check.add("validation.meeting.perhaps_short", "warning", "/meeting/suggested",
                      days=shown, least=number_text(float(more.days)), clause=more.clause)  # fmt: skip


def check_deadlines(check: Check, year: int, held: datetime.date | None, submitted: datetime.date | None) -> None:
    """Meeting and sending come before the deadlines of this body.

    Missing the deadline of the body above, or one that may be another body's, is for a person to look at, and only
    where no deadline of its own says so already.
    """
    body = body_of(check.data)
    for pointer, code, day in (
        ("/meeting/held", "validation.deadline.held", held),
        ("/meeting/submitted", "validation.deadline.submitted", submitted),
    ):
        if day is None:
            continue
        dated = [(d, due(d, year)) for d in check.regulation.deadlines]
        missed = [(d, before) for d, before in dated if before is not None and day >= before]
        own = [(d, before) for d, before in missed if binds(d, body) == "own"]
        other = [(d, before) for d, before in missed if binds(d, body) in ("perhaps", "above")]
        for deadline, before in own or other[:1]:
            params = {"day": short_date(day), "before": short_date(before), **_of(deadline)}
            if own:
                check.add(code, "error", pointer, **params)
            else:
                check.add("validation.deadline.other", "warning", pointer, **params)
    check_after(check, body, held, submitted)


def check_after(check: Check, body: Body, held: datetime.date | None, submitted: datetime.date | None) -> None:
    """The deadlines counted from the day of the meeting (KH 40 III.8)."""
    if held is None or submitted is None:
        return
    for deadline in check.regulation.deadlines:
        last = latest(deadline, held)
        if last is None or submitted <= last or binds(deadline, body) != "own":
            continue
        check.add("validation.deadline.after_meeting", "error", "/meeting/submitted",
                  day=short_date(submitted), held=short_date(held), days=int(deadline["days"]),
                  last=short_date(last), **_of(deadline))  # fmt: skip


def _of(deadline: Mapping) -> dict[str, str]:
    """What a deadline is about, who receives it, where it is written."""
    to = deadline.get("to", "")
    return {"what": f"{deadline['what']} → {to}" if to else deadline["what"], "clause": deadline["clause"]}
