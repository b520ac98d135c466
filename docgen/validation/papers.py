"""What two papers of a packet say of one thing, and what a paper of it says nothing about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from docgen.forms.data import number_text
from docgen.model import GRADE_TEXT, GRADES
from docgen.regulations.score_sheet import number_of
from docgen.validation.context import Check, as_mapping, at


def check_same(check: Check) -> None:
    """Report values that must be the same and are not: figures are an error, grades are for a person to look at."""
    for same in check.regulation.same:
        one, other = (place.removeprefix("members[].").split(".") for place in (same.one, same.other))
        for record, pointer, who in _records(check, same.of_members):
            first, second = _value(record, one), _value(record, other)
            if first is None or second is None or first == second:
                continue
            if (first in GRADES) != (second in GRADES):
                continue  # a grade in words, or a typing error, has its own finding
            figures = number_of(first) is not None and number_of(second) is not None
            check.add("validation.same.differs", "error" if figures else "warning", at(pointer, *one), who,
                      what=same.what, one=_shown(first), other=_shown(second), other_place=".".join(other),
                      clause=same.clause)  # fmt: skip


def _records(check: Check, of_members: bool) -> Iterator[tuple[Any, str, str]]:
    if not of_members:
        yield check.data, "", ""
        return
    for member in check.members:
        if member.reviewed:
            yield member.record, member.pointer, member.who


def _value(record: Any, path: list[str]) -> Any:
    """The value at `path`, None where none is written; the total of a score sheet that states none is its sum."""
    for name in path[:-1]:
        record = record.get(name) if isinstance(record, Mapping) else None
    if not isinstance(record, Mapping):
        return None
    found = record.get(path[-1])
    if found is None and path[-1] == "score_total" and record.get("scores"):
        points = [number_of(as_mapping(line).get("points")) for line in as_mapping(record.get("scores")).values()]
        known = [value for value in points if value is not None]
        found = float(sum(known)) if len(known) == len(points) else None
    return found if found not in ("", []) else None


def _shown(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number_text(value)
    return GRADE_TEXT.get(value, str(value)[:80]) if isinstance(value, str) else str(value)[:80]
