"""The record of papers handed out and come back: forms, members and assessors that exist, days in their order."""

from __future__ import annotations

from docgen.dossier.handed_papers import LIST, key_of
from docgen.i18n import short_date
from docgen.nearest import nearest
from docgen.paths import get_list, iso_day
from docgen.validation.context import Check
from docgen.validation.kind import CheckKind


class Handed(CheckKind):
    """The record of papers handed out and come back."""

    name = "handed"
    turn = 200
    codes = (
        "validation.handed.form",
        "validation.handed.member",
        "validation.handed.assessor",
        "validation.handed.twice",
        "validation.handed.order",
    )

    def run(self, check: Check) -> None:
        check_handed(check)


def check_handed(check: Check) -> None:
    """Report records of `papers` about nobody's paper, and papers that came back before they were handed out.

    Warnings all of them: what was handed out is no part of any form, and keeps no packet from being made.
    """
    members = {str(member.record.get("id")) for member in check.members}
    assessors = {assessor.id for assessor in check.regulation.assessors}
    known = {"form": set(check.regulation.forms), "member": members, "assessor": assessors}
    seen: dict[tuple[str, str, str], int] = {}
    for index, row in enumerate(get_list(check.data, LIST)):
        if not isinstance(row, dict):
            continue
        key, pointer = key_of(row), f"/{LIST}/{index}"
        for (name, names), value in zip(known.items(), key, strict=True):
            if value not in names and (value or name == "form"):
                check.add(f"validation.handed.{name}", "warning", f"{pointer}/{name}", given=value[:60],
                          near=nearest(value, sorted(names)))  # fmt: skip
        if key in seen:
            check.add("validation.handed.twice", "warning", pointer, form=key[0][:60], first=seen[key] + 1)
        seen.setdefault(key, index)
        given, returned = iso_day(row.get("given")), iso_day(row.get("returned"))
        if given and returned and returned < given:
            check.add("validation.handed.order", "warning", f"{pointer}/returned", given=short_date(given),
                      returned=short_date(returned))  # fmt: skip
