"""Facts (căn cứ): known names, the right type, for the right subject. `null` is allowed and means "not known"."""

from __future__ import annotations

from docgen.nearest import nearest
from docgen.paths import at
from docgen.regulations.rule_facts import Fact, catalogue
from docgen.regulations.subjects import MEMBER
from docgen.validation.checks.shape import meant_code
from docgen.validation.context import Check, Holder, as_mapping
from docgen.validation.kind import CheckKind


def fits(fact: Fact, value: object) -> bool:
    """True where `value` can be the value of `fact`."""
    if value is None:
        return True
    if fact.values:
        return isinstance(value, str) and value in fact.values
    return fact.kind.is_written(value, ())


class Facts(CheckKind):
    """Facts by their names, their types, their subjects."""

    name = "facts"
    turn = 80
    codes = (
        "validation.facts.unknown",
        "validation.facts.other_subject",
        "validation.facts.type",
    )

    def run(self, check: Check) -> None:
        check_facts(check)


def check_facts(check: Check) -> None:
    """Report facts nobody knows and facts of the wrong type: a rule would silently not see them."""
    known = catalogue(tuple(reversed(check.regulation.chain)))
    everyone = Holder(as_mapping(check.data.get("everyone")), "/everyone", MEMBER.code, "")
    for holder in (everyone, *check.bodies, *check.members):
        check_holder(check, holder, known)


def check_holder(check: Check, holder: Holder, known: dict[str, Fact]) -> None:
    """The facts of one member or body."""
    for name, value in as_mapping(holder.record.get("facts")).items():
        fact = known.get(name)
        if fact is not None and holder.subject in fact.subjects and fits(fact, value):
            continue
        pointer = at(holder.pointer, "facts", name)
        if fact is None:
            mine = [n for n, f in known.items() if holder.subject in f.subjects]
            check.add("validation.facts.unknown", "error", pointer, holder.who, given=name[:60],
                      near=nearest(name[:60], mine))  # fmt: skip
        elif holder.subject not in fact.subjects:
            check.add("validation.facts.other_subject", "warning", pointer, holder.who, given=name,
                      label=fact.words(), subjects=", ".join(fact.subjects))  # fmt: skip
        else:
            options = dict.fromkeys(fact.kind.codes(fact.values), "")
            shown = value if isinstance(value, str | int | float) else type(value).__name__
            check.add("validation.facts.type", "error", pointer, holder.who, given=str(shown)[:40], name=name,
                      label=fact.words(), type=fact.type, allowed=", ".join(options),
                      near=meant_code(value, {o: o for o in options}))  # fmt: skip
