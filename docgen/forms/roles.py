"""Who may say what on a form: every place of a value belongs to the role whose signature stands below it.

Mẫu 02 is handed to a member, but the manager, the cell and the committee write on it too, each above an own signature.
What stands between two signatures belongs to the second; the heading of the form to the first; a signer's name to that
signer. A value that stands in several parts belongs to each of them. A form without a signature is its author's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from docgen.forms.bindings import Slot, slots
from docgen.forms.blocks.kind import UNLESS, decider
from docgen.forms.definition import FormDefinition
from docgen.forms.parts import holes_in

#: Whose a form without any signature is.
AUTHOR = "author"


def holder_of(definition: FormDefinition) -> str:
    """The role that a form is handed to: the first that signs it."""
    signs = definition.signs()
    return signs[0].role if signs else AUTHOR


def roles_of(definition: FormDefinition) -> tuple[str, ...]:
    """The roles that write on a form, in the order in which they sign."""
    return tuple(dict.fromkeys(sign.role for sign in definition.signs())) or (AUTHOR,)


def slot_roles(definition: FormDefinition) -> Mapping[str, frozenset[str]]:
    """The roles of every value of the form, by binding."""
    regulation = definition.law
    return regulation.derived(("forms.roles", *definition.key), lambda: _worked_out(definition))


def owns(roles: Mapping[str, frozenset[str]], slot: Slot, allowed: Collection[str]) -> bool:
    """True where one of the roles `allowed` may say the value of `slot`."""
    return not roles[slot.binding].isdisjoint(allowed)


def _worked_out(definition: FormDefinition) -> dict[str, frozenset[str]]:
    regulation = definition.law
    if definition.status == "office":  # the secretary's own paper: who signs it wrote none of its parts alone
        return {slot.binding: frozenset(roles_of(definition)) for slot in slots(definition)}
    exact: dict[str, set[str]] = {}
    waiting: list[str] = []
    last = holder_of(definition)

    def settle(role: str) -> None:
        for binding in waiting:
            exact.setdefault(binding, set()).add(role)
        waiting.clear()

    waiting += [hole.binding for hole in holes_in(*definition.header, *definition.title)]
    for block in definition.body:
        own = dict(block.owners(regulation))
        if block.when and UNLESS not in block.when:  # what only hides a block is the holder's, as who he is
            waiting.append(decider(block.when))
        waiting += [hole.binding for hole in holes_in(*block.lines()) if hole.binding not in own]
        waiting += [slot.binding for slot in block.slots(regulation)]
        if block.signer:
            last = block.signer
            settle(last)
        for binding, role in own.items():
            exact.setdefault(binding, set()).add(role)
    settle(last)
    out = {}
    for slot in slots(definition):
        found = exact.get(slot.binding)
        out[slot.binding] = frozenset(found or {holder_of(definition)})
    return out
