"""In which order grades are decided: the collective before its members, the head not before it (QĐ 366 Đ.12 k.2).

`order` in `regulation.yaml` names pairs of places of `decisions`; the days stand in the dossier, so that an order that
was not kept is found from what was written, and never guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from docgen.paths import AnyRecord
from docgen.regulations.decisions import Decisions, Taken, taken
from docgen.regulations.duties import meets
from docgen.regulations.strict_yaml import Mapping


@dataclass(frozen=True, slots=True)
class Order:
    """What is decided `first`, what only `then` (places of grades); `only` as in `packet`: of which members."""

    what: str
    first: str
    then: str
    clause: str
    only: str = ""


@dataclass(frozen=True, slots=True)
class OutOfOrder:
    """A grade (`then`) that was decided before the one that comes `first`, or while that one (None) is not decided."""

    order: Order
    first: Taken | None
    then: Taken


def order_of(item: Mapping, decisions: Decisions) -> Order:
    """One entry of `order`. Raises `DefinitionError` for an unknown key, or for a place that is no decision."""
    item.closed(("what", "first", "then", "clause", "only"), ("what", "first", "then", "clause"))
    places = {decided.grade: decided for decided in decisions.grades}
    for key in ("first", "then"):
        if item[key] not in places or (key == "first" and places[item[key]].of_members):
            raise item.fault("errors.definition.unknown_value", key, value=item[key])
    return Order(item["what"], item["first"], item["then"], item["clause"], item.get("only", ""))


def out_of_order(orders: tuple[Order, ...], decisions: Decisions, data: AnyRecord) -> Iterator[OutOfOrder]:
    """Every grade in the dossier `data` that was decided too early. Days that are not written are not compared."""
    found = list(taken(decisions, data))
    for order in orders:
        first = next((one for one in found if one.of.grade == order.first), None)
        for then in found:
            if then.of.grade != order.then or not meets(order.only, then.record):
                continue
            if first is None or (first.on and then.on and then.on < first.on):
                yield OutOfOrder(order, first, then)
