"""Whose form it is: among forms that take each other's place (Mẫu 02A, 02B, 02C), each member has one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docgen.paths import AnyRecord
from docgen.regulations.loader import PacketItem, RegulationData
from docgen.regulations.outside_review import owes_review


def grouped(items: Sequence[PacketItem]) -> dict[str, str]:
    """The group of each form of the packet: forms made for different codes of one value take each other's place."""
    out: dict[str, str] = {}
    count: dict[tuple[Any, ...], int] = {}
    first: dict[tuple[Any, ...], str] = {}
    for item in items:
        path, _, code = item.only.partition("=")
        if not path or item.form in out:
            out.setdefault(item.form, item.form)
            continue
        alike = (item.each, item.assessors, path)
        position = count[alike, code] = count.get((alike, code), 0) + 1
        out[item.form] = first.setdefault((alike, position), item.form)
    return out


def owes_no_paper(regulation: RegulationData, data: AnyRecord, member: AnyRecord) -> bool:
    """True for a member outside the review who has given no paper of it; what somebody gave all the same stays."""
    return not member.get("review") and not owes_review(regulation.apart, data, member)


def members_form(regulation: RegulationData, member: AnyRecord, form: str) -> str:
    """The form that `member` has where others have `form`: often `form` itself, "" where the record names none.

    A form that the packet does not restrict is everybody's. Only for forms about a member.
    """
    made = [item for item in regulation.packet if item.form == form]
    if not made or any(item.made_for(member) for item in made):
        return form
    groups = grouped(regulation.packet)
    alike = (item for item in regulation.packet if groups[item.form] == groups[form] and item.made_for(member))
    return next((item.form for item in alike), "")
