"""Who decides on a collective, above it: its ban thường vụ, or the whole committee.

Mẫu 01 prints "T/M BAN THƯỜNG VỤ (ĐẢNG ỦY)"; which of them it is depends on the body and is written in each text, as
data (`superior` in `regulation.yaml`). Where a text leaves it to the place, no entry says it and both stay.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from docgen.regulations.duties import COLLECTIVE_KINDS, ORG_TYPES, Body
from docgen.regulations.strict_yaml import Mapping

#: Who may decide, as the papers name it, in small letters.
COMMITTEES = ("ban thường vụ", "đảng ủy")


@dataclass(frozen=True, slots=True)
class Superior:
    """The committee that decides on the collectives of the bodies that its conditions name (empty: any)."""

    committee: str
    clause: str
    org_types: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    def decides_on(self, body: Body) -> bool:
        """True where it decides on the collective of `body`."""
        return (not self.org_types or body.org_type in self.org_types) and (
            not self.kinds or body.collective_kind in self.kinds
        )


def superior_of(item: Mapping) -> Superior:
    """One entry of `superior`. Raises `DefinitionError` for an unknown key or code."""
    item.closed(("committee", "clause", "when"), ("committee", "clause"))
    if item["committee"] not in COMMITTEES:
        raise item.fault("errors.definition.unknown_value", "committee", value=item["committee"])
    when = item.get("when", Mapping()).closed(("org_type", "collective_kind"))
    for key, known in (("org_type", ORG_TYPES), ("collective_kind", COLLECTIVE_KINDS)):
        for value in when.get(key, ()):
            if value not in known:
                raise when.fault("errors.definition.unknown_value", key, value=value)
    types, kinds = tuple(when.get("org_type", ())), tuple(when.get("collective_kind", ()))
    return Superior(item["committee"], item["clause"], types, kinds)


def committee_above(entries: tuple[Superior, ...], body: Body) -> str:
    """The committee that decides on the collective of `body`; empty where no entry says it.

    A body of which only đảng bộ or chi bộ is known may be one of two types: both must have the same.
    """
    types = [body.org_type] if body.stated else [name for name in ORG_TYPES if name.startswith(body.org_type)]
    found = set()
    for name in types:
        asked = replace(body, org_type=name)
        found.add(next((entry.committee for entry in entries if entry.decides_on(asked)), ""))
    return found.pop() if len(found) == 1 else ""
