"""A decided grade and who decided it: a named person or body, on a day (QĐ 379-QĐ/TW Điều 4 khoản 7).

A proposal that a system computes is considered, appraised and approved by whoever is authorised. So a regulation says
as data (`decisions` in `regulation.yaml`) which places of a dossier hold a decision, and where it is written who took
it and when; nothing that docgen computes is ever put there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from typing import Any

from docgen.paths import AnyRecord, get_text
from docgen.regulations.faults import each
from docgen.regulations.strict_yaml import Mapping

#: A value of the dossier, or of each member's record.
_PLACE = re.compile(r"(?:members\[\]\.)?[a-z][a-z_0-9]*(?:\.[a-z][a-z_0-9]*)+")
_EACH = "members[]."


@dataclass(frozen=True, slots=True)
class DecidedGrade:
    """One place of a decided grade, with the places of who decided it and of the day (bindings)."""

    grade: str
    by: str
    on: str

    @property
    def of_members(self) -> bool:
        """True where it stands in the record of each member."""
        return self.grade.startswith(_EACH)

    @property
    def binding(self) -> str:
        """The binding as a form names it: without the list of members."""
        return self.grade.removeprefix(_EACH)

    def paths(self) -> tuple[list[str], list[str], list[str]]:
        """The steps from the record to the grade, to who decided and to the day."""
        grade, by, on = (place.removeprefix(_EACH).split(".") for place in (self.grade, self.by, self.on))
        return grade, by, on


@dataclass(frozen=True, slots=True)
class Decisions:
    """The decided grades of a regulation and the clause that asks who took them; none where nothing asks."""

    clause: str = ""
    grades: tuple[DecidedGrade, ...] = ()

    def holds(self, binding: str) -> bool:
        """True where `binding` (as a form names it) is the place of a decision."""
        return any(decided.binding == binding for decided in self.grades)


@dataclass(frozen=True, slots=True)
class Taken:
    """A decision that stands in a dossier: `pointer` of its record, grade, who, when (each empty where not written)."""

    of: DecidedGrade
    record: AnyMapping[str, Any]
    pointer: str
    grade: str
    by: str
    on: str


def decisions_of(item: Mapping) -> Decisions:
    """`decisions` of `regulation.yaml`. Raises `DefinitionError` for an unknown key, or for what is no place."""
    item.closed(("clause", "grades"), ("clause", "grades"))
    return Decisions(item["clause"], tuple(each(_decided, item["grades"])))


def _decided(entry: Mapping) -> DecidedGrade:
    entry.closed(("grade", "by", "on"), ("grade", "by", "on"))
    for key in ("grade", "by", "on"):
        apart = entry[key].startswith(_EACH) != entry["grade"].startswith(_EACH)
        if not _PLACE.fullmatch(entry[key]) or apart:
            raise entry.fault("errors.definition.unknown_value", key, value=entry[key])
    return DecidedGrade(entry["grade"], entry["by"], entry["on"])


def taken(decisions: Decisions, data: AnyRecord) -> Iterator[Taken]:
    """Every decided grade that is written in the dossier `data`: members in order, then the body."""
    given = data.get("members")
    listed = given if isinstance(given, list | tuple) else ()
    members = [m for m in listed if isinstance(m, AnyMapping)]
    places = {id(m): f"/members/{index}" for index, m in enumerate(listed)}
    for decided in decisions.grades:
        for record in members if decided.of_members else [data]:
            grade, by, on = (get_text(record, *path).strip() for path in decided.paths())
            if grade:
                yield Taken(decided, record, places.get(id(record), ""), grade, by, on)
