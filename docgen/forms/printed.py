"""What a form prints of a record, as reading gives it back: the right side of `read(fill(d)) == d`."""

from __future__ import annotations

from typing import Any

from docgen.forms.bindings import Slot, condition_slots, slots
from docgen.forms.complete import is_shown
from docgen.forms.data import canonical, value_at
from docgen.forms.definition import FormDefinition
from docgen.regulations.loader import Regulation


def put(target: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Set the value at `path`, making the mappings on the way."""
    for name in path[:-1]:
        target = target.setdefault(name, {})
    target[path[-1]] = value


def canonical_data(
    regulation: Regulation, definition: FormDefinition, data: dict[str, Any], blank: bool = False
) -> dict[str, Any]:
    """`data` as it comes back when it has been printed and read: `read_form(fill(d)).data == canonical_data(d)`.

    Texts are stripped, empty rows and values dropped, and what the form does not print for this record (what stands
    under a condition that does not hold) is left out. Values that only steer conditions travel inside the file.
    """
    printed = _printed(definition, data, blank)
    if not blank:
        printed |= {slot.binding for slot in condition_slots(regulation, definition)}
    out: dict[str, Any] = {"id": data["id"]} if data.get("id") else {}
    lists: dict[str, list[Slot]] = {}
    for slot in slots(regulation, definition):
        if slot.list:
            lists.setdefault(slot.list, []).append(slot)
        elif slot.binding in printed:
            value = canonical(slot, value_at(data, slot.path))
            if value is not None:
                put(out, slot.path, value)
    for name, members in lists.items():
        rows = []
        if name not in printed:
            continue
        for source in data.get(name) or ():
            row: dict[str, Any] = {}
            for slot in members:
                value = canonical(slot, value_at(source, slot.path))
                if value is not None:
                    put(row, slot.path, value)
            if row:
                rows.append(row)
        if rows:
            out[name] = rows
    return out


def _printed(definition: FormDefinition, data: dict[str, Any], blank: bool) -> set[str]:
    """The bindings (of tables of records: the list) that stand on the page for `data`."""

    def shown(when: str) -> bool:
        return blank or not when or is_shown(data, when)

    out = set() if definition.plain_header else {"document.place", "document.date"}
    out |= {hole.binding for hole in definition.holes(shown)}
    out |= {table.binding for table in definition.tables() if shown(table.when)}
    for table in definition.criteria():
        if shown(table.when):
            for leaf in (leaf for leaf in table.leaves() if shown(table.condition(leaf))):
                out.add(f"{table.binding}.{leaf.id}")
                out |= {f"{table.scores}.{leaf.id}.{column.name}" for column in table.columns}
    return out
