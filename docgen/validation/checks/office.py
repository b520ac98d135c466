"""The papers around the packet among one another: which day cannot come before which, who can have been there."""

from __future__ import annotations

from docgen.i18n import short_date
from docgen.paths import get, iso_day
from docgen.regulations.office import office
from docgen.validation.context import Check
from docgen.validation.kind import CheckKind


class OfficePapers(CheckKind):
    """The papers around the packet among one another."""

    name = "office"
    turn = 210
    codes = ("validation.office.dates", "validation.office.present", "validation.office.issued")

    def run(self, check: Check) -> None:
        check_office(check)


def check_office(check: Check) -> None:
    """Report papers dated in an order that cannot be, and more people present, or voting, than there were."""
    for first, then in office().dates:
        earlier, later = (iso_day(get(check.data, binding.split("."))) for binding in (first, then))
        if earlier is not None and later is not None and later < earlier:
            fields = check.regulation.fields
            check.add("validation.office.dates", "error", "/" + then.replace(".", "/"), "",
                      what=fields[then].label, day=short_date(later), other=fields[first].label,
                      earlier=short_date(earlier))  # fmt: skip
    summoned, present = (_count(check, "meeting", name) for name in ("summoned", "present"))
    if summoned is not None and present is not None and present > summoned:
        check.add("validation.office.present", "error", "/meeting/present", "", present=present, summoned=summoned)
    issued = _count(check, "ballots", "issued")
    if issued is not None and present is not None and issued > present:
        check.add("validation.office.issued", "warning", "/ballots/issued", "", issued=issued, present=present)


def _count(check: Check, *path: str) -> int | None:
    found = get(check.data, path)
    return found if isinstance(found, int) and not isinstance(found, bool) else None
