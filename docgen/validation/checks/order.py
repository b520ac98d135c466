"""The order in which grades were decided: what is graded first, the collective, was graded first."""

from __future__ import annotations

from docgen.dossier.posts import is_committee
from docgen.i18n import short_date
from docgen.paths import at, iso_day
from docgen.regulations.duties import body_of
from docgen.regulations.order import out_of_order
from docgen.validation.context import Check
from docgen.validation.kind import CheckKind


class Order(CheckKind):
    """Grades decided in their order."""

    name = "order"
    turn = 160
    codes = (
        "validation.order.first_missing",
        "validation.order.head",
        "validation.order.member",
        "validation.order.perhaps",
    )

    def run(self, check: Check) -> None:
        check_order(check)


def check_order(check: Check) -> None:
    """Report grades decided before the grade that the regulation has decided first, with both days and the clause.

    An error for the head and for who is on the committee that the dossier is about; other leaders may belong to another
    collective, whose day nobody knows here: a warning.
    """
    ids = {member.pointer: member.who for member in check.members}
    committee = body_of(check.data).collective_kind == "cap_uy"
    for found in out_of_order(check.regulation.order, check.regulation.decisions, check.data):
        grade, _, on = found.then.of.paths()
        who = ids.get(found.then.pointer, "")
        person = found.then.record.get("member")
        head = isinstance(person, dict) and person.get("head") is True
        own = not found.then.of.of_members or head or (committee and is_committee(person))
        order = found.order
        if found.first is None:
            check.add("validation.order.first_missing", "warning", at(found.then.pointer, *grade), who,
                      what=order.what, clause=order.clause)  # fmt: skip
            continue
        first, then = iso_day(found.first.on), iso_day(found.then.on)
        if first is None or then is None or then >= first:
            continue  # a day that is none has its own finding
        code = "head" if head else "member" if own else "perhaps"
        check.add(f"validation.order.{code}", "error" if own else "warning", at(found.then.pointer, *on), who,
                  first=short_date(first), then=short_date(then), what=order.what, clause=order.clause)  # fmt: skip
