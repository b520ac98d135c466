"""The items of several lists, for the predicates about all or some of them."""

from __future__ import annotations

from typing import Any

from docgen.regulations.predicate import Facts
from docgen.regulations.rule_facts import Fact
from docgen.regulations.told import UNKNOWN, Told, not_known


def items(view: Facts, facts: tuple[Fact, ...]) -> tuple[list[Any], Told | None]:
    """All items of the lists, and why that cannot be told where one is missing or says nothing."""
    found: list[Any] = []
    gap: Told | None = None
    for fact in facts:
        value = view.get(fact)
        if value is UNKNOWN or (fact.needs_items and not value) or None in value:
            gap = gap or not_known(fact)
        if value is not UNKNOWN:
            found += [item for item in value if item is not None]
    return found, gap
