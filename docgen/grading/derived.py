"""What the listed members say of their body, and the body's stated figures held against it.

A body's rules read counts of its members and whether somebody was disciplined. Both follow from the list; a figure
that is stated all the same must agree with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from docgen.grading.proposal import Proposal
from docgen.i18n import message, number
from docgen.model import GRADE_TEXT, GRADES, grade_at_least
from docgen.paths import Json, JsonDict, JsonMap
from docgen.regulations.rules import RuleSet

if TYPE_CHECKING:
    from docgen.grading.board import Entry

#: What follows from a list of members, by the name of the fact.
Counts: TypeAlias = dict[str, int | float | bool]
#: The same beside what else follows from earlier rows: grades, and what the list cannot tell (None).
Known: TypeAlias = Mapping[str, int | float | str | None]
#: Counts of members that a body may state; none of them can be more than the members there are.
COUNTS = (
    "members_total", "members_not_ranked", "members_at_least_good", "members_at_least_fulfilled",
    "members_not_fulfilled",
)  # fmt: skip
#: The heaviest discipline of a committee member, which HD 19 C.III.3.4 gạch 5 asks for.
FORM = "committee_member_discipline_form"


@dataclass(frozen=True, slots=True)
class Stated:
    """A figure that is stated and does not agree with the listed members.

    `listed` is what the list gives: the figure itself, or with `most` the most it could be. `impossible` is set where
    no list of so many members could give the stated figure. With `table` it is the dossier's own table of tasks or
    score sheet that gives the other value, and not the list.
    """

    fact: str
    labels: Mapping[str, str]
    stated: Any
    listed: Any
    most: bool = False
    impossible: bool = False
    table: bool = False

    def params(self, language: str = "vi") -> dict[str, str]:
        """The parameters of the message in words of `language`."""
        label = self.labels.get(language, self.fact)
        return {"label": label, "stated": _word(self.stated, language), "listed": _word(self.listed, language)}

    @property
    def of_body(self) -> bool:
        """True where the board's row of the body, not the list of members, gives the other value."""
        return self.fact == "org_grade"

    def text(self, language: str = "vi") -> str:
        """The difference as a question in words of `language`."""
        kind = ".most" if self.most else ".body" if self.of_body else ".table" if self.table else ""
        return message(f"board.conflict.stated{kind}", language, **self.params(language))


def typed_otherwise(rules: RuleSet, counted: JsonMap, facts: JsonMap | None) -> tuple[Stated, ...]:
    """The stated `facts` that differ from what a table or a score sheet of the same dossier gives."""
    out = []
    for name, value in counted.items():
        stated = facts.get(name) if isinstance(facts, Mapping) else None
        if name not in rules.facts or not isinstance(stated, int | float) or not isinstance(value, int | float):
            continue  # Not stated, or of a wrong type, which has its own finding.
        if isinstance(stated, bool) != isinstance(value, bool):
            continue
        # Shares are rounded when they are typed.
        rounding = rules.facts[name].kind.rounding
        near = rounding > 0 and abs(stated - value) <= rounding
        if stated != value and not near:
            out.append(Stated(name, dict(rules.facts[name].labels), stated, value, table=True))
    return tuple(out)


def _word(value: Json, language: str) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number(value, language)
    if isinstance(value, bool):
        return message("board.yes" if value else "board.no", language)
    return GRADE_TEXT.get(str(value), str(value))


def _known(values: Sequence[bool | None]) -> bool | None:
    """True where one is true, False where all are known and none is, None where it cannot be told."""
    if True in values:
        return True
    return False if values and None not in values else None


def counts_of_members(entries: Sequence[Entry], proposals: Mapping[str, Proposal]) -> Counts:
    """What a cell's rules ask of its members. Grades that are left to people leave the counts they decide unknown.

    A member without a proposal counts with the grade that people gave. Members outside the review or not to be graded
    are in no count of grades (RULES A12).
    """
    ranked = [entry for entry in entries if not proposals[entry.id].not_ranked]
    counts: Counts = {"members_total": len(entries), "members_not_ranked": len(entries) - len(ranked)}
    grades = [grade for entry in ranked if (grade := proposals[entry.id].grade or entry.decided)]
    if len(grades) == len(ranked):
        counts["members_at_least_good"] = sum(grade_at_least(grade, "HTTNV") for grade in grades)
        counts["members_at_least_fulfilled"] = sum(grade_at_least(grade, "HTNV") for grade in grades)
        counts["members_not_fulfilled"] = grades.count(GRADES[-1])
    disciplined = [_yes(entry.facts.get("disciplined_in_year")) for entry in entries]
    if (told := _known(disciplined)) is not None:
        counts["party_member_disciplined"] = told
    committee = [_yes(entry.facts.get("disciplined_in_year")) for entry in entries if entry.committee]
    if (told := _known(committee)) is not None:
        counts["committee_member_disciplined"] = told
    if entries and None not in disciplined:
        counts["disciplined_units_pct"] = round(100 * disciplined.count(True) / len(entries), 2)
    return counts


def extremes_of_members(
    entries: Sequence[Entry], proposals: Mapping[str, Proposal]
) -> tuple[int, Counts, Counts] | None:
    """How many members' grades are left to people, and the counts were all those at the best grade, or all at the
    worst and disciplined where the dossier does not say; None where the counts are known as they are.

    Where both give the body one grade, that grade does not wait for these members.
    """
    ranked = [entry for entry in entries if not proposals[entry.id].not_ranked]
    open_ = {entry.id for entry in ranked if not (proposals[entry.id].grade or entry.decided)}
    if not open_:
        return None
    ends = []
    for grade, disciplined in ((GRADES[0], False), (GRADES[-1], True)):
        told = [
            replace(entry, decided=grade, facts={"disciplined_in_year": disciplined, **_stated(entry.facts)})
            if entry.id in open_
            else entry
            for entry in entries
        ]
        ends.append(counts_of_members(told, proposals))
    return len(open_), ends[0], ends[1]


def _stated(facts: JsonMap) -> JsonDict:
    return {name: value for name, value in facts.items() if value is not None}


def _yes(value: Json) -> bool | None:
    return value if isinstance(value, bool) else None


def of_collective(entries: Sequence[Entry]) -> dict[str, bool | str | None]:
    """What follows for a committee (chi ủy) from the listed members who sit on it."""
    out: dict[str, bool | str | None] = {}
    for fact, of_member in (
        ("member_disciplined", "disciplined_in_year"),
        ("member_degradation_concluded", "degradation_concluded"),
    ):
        told = _known([_yes(entry.facts.get(of_member)) for entry in entries if entry.committee])
        if told is not None:
            out[fact] = told
    if out.get("member_disciplined"):
        # Its default, "none", would contradict the list; which form it was, the list does not say.
        out[FORM] = None
    return out


def stated_against(rules: RuleSet, facts: JsonMap, known: Known) -> list[Stated]:
    """The stated `facts` that differ from what is `known` from the list, or that so short a list cannot give."""
    out = []
    whole = known.get("members_total")
    for name in known.keys() | set(COUNTS if isinstance(whole, int) else ()):
        stated = facts.get(name)
        if name == FORM and stated == "none":
            out.append(Stated(name, dict(rules.facts[name].labels) if name in rules.facts else {}, False, True))
            continue
        graded = name == "org_grade" and stated in GRADES
        if stated is None or (isinstance(stated, (str, list, dict)) and not graded):
            continue  # Not stated, or of a wrong type, which has its own finding.
        labels = dict(rules.facts[name].labels) if name in rules.facts else {}
        apart = known.get("members_not_ranked", 0)
        ranked = whole - apart if isinstance(whole, int) and isinstance(apart, int) else 0
        limit = whole if isinstance(whole, int) and name in ("members_total", "members_not_ranked") else ranked
        count = name in COUNTS and isinstance(whole, int)
        above = count and isinstance(stated, int | float) and stated > limit
        if name in known and stated != known[name]:
            out.append(Stated(name, labels, stated, known[name], impossible=above))
        elif name not in known and above:
            out.append(Stated(name, labels, stated, limit, most=True, impossible=True))
    return sorted(out, key=lambda one: COUNTS.index(one.fact) if one.fact in COUNTS else len(COUNTS))
