"""The bindings of a form as one list: where each value stands, its type, its label.

The schema, the empty skeleton, the display of values, the check of what was written and the reader of returned Word
files all walk this list, so none of them can forget a value that another knows.
"""

from __future__ import annotations

from docgen.forms.blocks.kind import Shown, decider
from docgen.forms.definition import FormDefinition
from docgen.forms.slot import Slot, slot_of


def slots(definition: FormDefinition) -> tuple[Slot, ...]:
    """All values of a form, each once, in printed order."""
    regulation = definition.law
    return regulation.derived(("forms.slots", *definition.key), lambda: _collect(definition))


def _collect(definition: FormDefinition) -> tuple[Slot, ...]:
    regulation = definition.law
    found: dict[str, Slot] = {}

    def add(slot: Slot) -> None:
        found.setdefault(slot.binding, slot)

    if not definition.plain_header:
        add(slot_of(regulation, regulation.fields["document.place"]))
        add(slot_of(regulation, regulation.fields[definition.dated]))
    for hole in definition.holes():
        add(slot_of(regulation, hole.field))
    for block in definition.body:
        if block.when:
            add(slot_of(regulation, regulation.fields[decider(block.when)]))
    tabled = [slot for block in definition.body for slot in block.slots(regulation)]
    # A schema's lists of records stand behind its single values.
    for slot in sorted(tabled, key=lambda slot: bool(slot.list)):
        add(slot)
    return tuple(found.values())


def condition_slots(definition: FormDefinition) -> tuple[Slot, ...]:
    """The values that only decide which lines are printed, and are printed nowhere themselves."""
    printed = {hole.binding for hole in definition.holes()}
    only = {binding for block in definition.body for binding in block.conditions()} - printed
    return tuple(slot for slot in slots(definition) if slot.binding in only)


def printed_bindings(definition: FormDefinition, shown: Shown) -> set[str]:
    """The bindings (of tables of records: the list) on the page where `shown` says which conditions hold."""
    out = set() if definition.plain_header else {"document.place", definition.dated}
    out |= {hole.binding for hole in definition.holes(shown)}
    out |= {binding for block in definition.shown(shown) for binding in block.printed(shown)}
    return out


__all__ = ["Slot", "condition_slots", "printed_bindings", "slots"]
