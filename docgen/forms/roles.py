"""Who may say what on a form: every place of a value belongs to the role whose signature stands below it.

Mẫu 02 is handed to a member, but the manager, the cell and the committee write on it too, each above an own signature.
What stands between two signatures belongs to the second; the heading of the form to the first; a signer's name to that
signer. A value that stands in several parts belongs to each of them. A form without a signature is its author's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from docgen.forms.bindings import Slot, slots
from docgen.forms.definition import Criteria, FormDefinition, Hole, Line, Rows, Sign
from docgen.regulations.loader import Regulation

#: Whose a form without any signature is.
AUTHOR = "author"


def holder_of(definition: FormDefinition) -> str:
    """The role that a form is handed to: the first that signs it."""
    signs = definition.signs()
    return signs[0].role if signs else AUTHOR


def roles_of(definition: FormDefinition) -> tuple[str, ...]:
    """The roles that write on a form, in the order in which they sign."""
    return tuple(dict.fromkeys(sign.role for sign in definition.signs())) or (AUTHOR,)


def slot_roles(regulation: Regulation, definition: FormDefinition) -> Mapping[str, frozenset[str]]:
    """The roles of every value of the form, by binding."""
    return regulation.derived(("forms.roles", *definition.key), lambda: _worked_out(regulation, definition))


def owns(roles: Mapping[str, frozenset[str]], slot: Slot, allowed: Collection[str]) -> bool:
    """True where one of the roles `allowed` may say the value of `slot`."""
    return not roles[slot.binding].isdisjoint(allowed)


def _worked_out(regulation: Regulation, definition: FormDefinition) -> dict[str, frozenset[str]]:
    exact: dict[str, set[str]] = {}
    below: list[tuple[str, str]] = []
    waiting: list[str] = []
    tables: list[str] = []
    last = holder_of(definition)

    def settle(role: str) -> None:
        for binding in waiting:
            exact.setdefault(binding, set()).add(role)
        below.extend((prefix, role) for prefix in tables)
        waiting.clear()
        tables.clear()

    waiting += [part.binding for line in (*definition.header, *definition.title) for part in line
                if isinstance(part, Hole)]  # fmt: skip
    for block in definition.body:
        if isinstance(block, Sign):
            waiting += [part.binding for part in (*block.place_date, *(p for line in block.left for p in line))
                        if isinstance(part, Hole)]  # fmt: skip
            last = block.role
            settle(last)
            if block.name is not None:
                exact.setdefault(block.name.binding, set()).add(block.role)
        else:
            if block.when:
                waiting.append(block.when)
            if isinstance(block, Line):
                waiting += [part.binding for part in block.parts if isinstance(part, Hole)]
            elif isinstance(block, Criteria):
                tables += [name for name in (block.binding, block.scores) if name]
            elif isinstance(block, Rows):
                waiting += [part.binding for column in block.columns for line in column.cell for part in line
                            if isinstance(part, Hole)]  # fmt: skip
    settle(last)
    out = {}
    for slot in slots(regulation, definition):
        found = set(exact.get(slot.binding, ()))
        if not found:
            found = {role for prefix, role in below if slot.binding.startswith(f"{prefix}.")}
        out[slot.binding] = frozenset(found or {holder_of(definition)})
    return out
