"""Of whom criteria are asked: the values of a record that `applies` of a criterion names, and what a record says there.

One set serves every kind of body, or members who lead and who do not (KH 55 II.B.2.2.2: "Đảng viên là cán bộ lãnh đạo,
quản lý, còn phải đánh giá sâu sắc các nội dung sau"). What is asked of the others is neither printed nor due.
"""

from __future__ import annotations

from docgen.paths import AnyRecord, get
from docgen.regulations.criteria_sets import TRUTHS, Said, bindings_of
from docgen.regulations.loader import RegulationData
from docgen.values import VALUES


def choosers(regulation: RegulationData) -> tuple[str, ...]:
    """The bindings of the regulation that decide which criteria are asked, of any of its sets."""

    def found() -> tuple[str, ...]:
        rows = [row for rows in regulation.criteria.values() for row in rows]
        return tuple(dict.fromkeys(binding or regulation.applies for binding in bindings_of(rows)))

    return regulation.derived("regulations.choosers", found)


def decisive(regulation: RegulationData) -> frozenset[str]:
    """The bindings, each with a list to choose from, on which papers (`only` in the packet) and criteria depend."""

    def found() -> frozenset[str]:
        named = {*choosers(regulation), *(item.only.partition("=")[0] for item in regulation.packet if item.only)}
        known = (regulation.fields.get(binding) for binding in named)
        return frozenset(field.binding for field in known if field is not None and VALUES[field.type].names_list)

    return regulation.derived("regulations.decisive", found)


def said_by(regulation: RegulationData, dossier: AnyRecord, member: AnyRecord | None = None) -> Said:
    """What `dossier`, and `member` of it, say at each of the `choosers`; a yes or no that is not written is a no.

    What is a member's is open where no member is given.
    """
    out = {}
    for binding in choosers(regulation):
        own = regulation.roots[binding.partition(".")[0]] == "members"
        source = member if own else dossier
        if source is not None:
            value = get(source, binding.split("."))
            out[binding] = said_at(regulation, binding, value)
    out[""] = out.get(regulation.applies, "")
    return out


def said_at(regulation: RegulationData, binding: str, value: object) -> str:
    """The code that `value` says at `binding`; empty where that is open."""
    if VALUES[regulation.fields[binding].type].is_truth:
        return TRUTHS[0] if value is True else TRUTHS[1]
    return value if isinstance(value, str) and value in regulation.choices[regulation.fields[binding].choices] else ""
