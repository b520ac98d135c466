"""How many of each grade, in numbers and percentages: by what is proposed or decided, and by kind of member.

A percentage always has its base beside it: those who are to be graded at all. No threshold is compared here; the
quota's own words come from `docgen.grading.group_quota`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from docgen.i18n import DEFAULT_LANGUAGE, message, number
from docgen.model import GRADES
from docgen.paths import get
from docgen.regulations.loader import RegulationData, options_of

#: Where nothing in the packet tells kinds of members apart.
_LEADER = "member.leader"


@dataclass(frozen=True, slots=True)
class GradeCount:
    """One group: of whom (empty: everybody), how many are to be graded, how many of each grade, without one, apart."""

    group: str
    base: int
    grades: Mapping[str, int]
    open: int
    apart: int = 0

    def percent(self, grade: str) -> float | None:
        """The share of a grade in percent, to one place; None where nobody is to be graded."""
        return round(100 * self.grades[grade] / self.base, 1) if self.base else None

    def cell(self, grade: str, language: str = DEFAULT_LANGUAGE) -> str:
        """`3 (13,6%)`: the number, and its share of the base where there is anybody."""
        share = self.percent(grade)
        return str(self.grades[grade]) + (f" ({number(share, language)}%)" if share is not None else "")

    def words(self, language: str = DEFAULT_LANGUAGE) -> str:
        """One line: the base, each grade that occurs, who has none."""
        parts = [f"{grade} {self.cell(grade, language)}" for grade in GRADES if self.grades[grade]]
        if self.open:
            parts.append(message("board.count.open", language, count=self.open))
        told = ", ".join(parts) or "–"
        return message("board.count.line", language, group=self.group or message("board.count.all", language),
                       base=self.base, grades=told)  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "group": self.group or None, "base": self.base, "open": self.open, "apart": self.apart,
            "grades": {g: {"count": self.grades[g], "percent": self.percent(g)} for g in GRADES},
        }  # fmt: skip


def grade_count(grades: Iterable[str | None], group: str = "", apart: int = 0) -> GradeCount:
    """The count of `grades`, one for each of those to be graded (None or anything unknown: no grade yet)."""
    found = Counter(grade if grade in GRADES else None for grade in grades)
    return GradeCount(group, found.total(), {grade: found[grade] for grade in GRADES}, found[None], apart)


def added(counts: Iterable[GradeCount], group: str = "") -> GradeCount:
    """Several counts as one, as if all their members had been counted together."""
    listed = list(counts)
    grades = {grade: sum(one.grades[grade] for one in listed) for grade in GRADES}
    total = [sum(getattr(one, name) for one in listed) for name in ("base", "open", "apart")]
    return GradeCount(group, total[0], grades, total[1], total[2])


def by_group(rows: Iterable[tuple[str, str | None, bool]]) -> list[GradeCount]:
    """Counts of (kind, grade, stands apart): everybody first, then each kind where there are several."""
    listed = list(rows)
    kinds = dict.fromkeys(kind for kind, _, _ in listed if kind)
    groups = ["", *(kinds if len(kinds) > 1 else ())]
    return [
        grade_count(
            (grade for kind, grade, apart in listed if not apart and group in ("", kind)), group,
            sum(apart for kind, _, apart in listed if group in ("", kind)),
        )
        for group in groups
    ]  # fmt: skip


def kind_of(regulation: RegulationData, member: Mapping[str, Any]) -> str:
    """What kind of member it is, in the words of the regulation: by the value that decides which form he writes.

    Whether a leader, where no form depends on a kind; empty where the record does not say.
    """
    paths = [item.only.partition("=")[0] for item in regulation.packet if item.each == "members" and item.only]
    path = paths[0] if paths else _LEADER
    field = regulation.fields.get(path)
    value = get(member, path.split("."))
    if field is None or value in (None, ""):
        return ""
    if isinstance(value, bool):
        return field.label if value else message("board.count.not", label=field.label[:1].lower() + field.label[1:])
    return dict(options_of(regulation, field)).get(str(value), str(value))
