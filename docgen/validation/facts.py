"""Facts (căn cứ): known names, the right type, for the right subject. `null` is allowed and means "not known"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from docgen.dossier.canonical import read_date
from docgen.model import GRADES, LEVELS
from docgen.nearest import nearest
from docgen.regulations.rule_facts import Fact, catalogue
from docgen.validation.context import Check, Holder, as_mapping, at
from docgen.validation.shape import meant_code


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _list_of(test: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(test(item) for item in value)


def _map_of(test: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(test(item) for item in value.values())


def _percent(value: Any) -> bool:
    # More than 100 % is real ("đạt 104 % kế hoạch"); a share of 0–1 written by mistake cannot be told from 1 %.
    return _number(value) and 0 <= value <= 1000


def _grade(value: Any) -> bool:
    return value is None or (isinstance(value, str) and value in GRADES)


#: What each type of fact accepts; types that only the grading reads in depth are checked for their container.
_TESTS: dict[str, Callable[[Any], bool]] = {
    "bool": lambda v: isinstance(v, bool),
    "number": lambda v: _number(v) and v >= 0,
    "percent": _percent,
    "int": _count,
    "date": lambda v: isinstance(v, str) and read_date(v) == v,
    "grade": _grade,
    "text": lambda v: isinstance(v, str),
    "levels": _list_of(lambda v: isinstance(v, str) and v in LEVELS),
    "percents": _list_of(_percent),
    "grades": _map_of(_grade),
    "tally": lambda v: isinstance(v, dict) and all(k in GRADES and _count(n) for k, n in v.items()),
    "units": _list_of(lambda v: isinstance(v, dict) and _grade(v.get("grade"))),
    "positions": _list_of(lambda v: isinstance(v, dict) and _grade(v.get("grade"))),
    "scores": _list_of(lambda v: isinstance(v, list) and len(v) == 2 and all(_number(n) for n in v)),
    "scoring": lambda v: isinstance(v, dict),
    "candidates": lambda v: isinstance(v, list | dict),
}


def fits(fact: Fact, value: Any) -> bool:
    """True where `value` can be the value of `fact`."""
    if value is None:
        return True
    if fact.values:
        return isinstance(value, str) and value in fact.values
    test = _TESTS.get(fact.type)
    return test is None or test(value)


def check_facts(check: Check) -> None:
    """Report facts nobody knows and facts of the wrong type: a rule would silently not see them."""
    known = catalogue(tuple(reversed(check.regulation.chain)))
    everyone = Holder(as_mapping(check.data.get("everyone")), "/everyone", "dang_vien", "")
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
            options = dict.fromkeys(fact.values or (GRADES if fact.type == "grade" else ()), "")
            shown = value if isinstance(value, str | int | float) else type(value).__name__
            check.add("validation.facts.type", "error", pointer, holder.who, given=str(shown)[:40], name=name,
                      label=fact.words(), type=fact.type, allowed=", ".join(options),
                      near=meant_code(value, {o: o for o in options}))  # fmt: skip
