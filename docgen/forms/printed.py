"""What a form prints of a record, as reading gives it back: the right side of `read(fill(d)) == d`."""

from __future__ import annotations

from docgen.forms.bindings import Slot, condition_slots, printed_bindings, slots
from docgen.forms.complete import is_shown
from docgen.forms.data import canonical
from docgen.forms.definition import FormDefinition
from docgen.paths import JsonDict, get, get_list, put


def canonical_data(definition: FormDefinition, data: JsonDict, blank: bool = False) -> JsonDict:
    """`data` as it comes back when it has been printed and read: `read_form(fill(d)).data == canonical_data(d)`.

    Texts are stripped, empty rows and values dropped, and what the form does not print for this record (what stands
    under a condition that does not hold) is left out. Values that only steer conditions travel inside the file.
    """
    printed = printed_bindings(definition, lambda when: blank or is_shown(data, when))
    if not blank:
        printed |= {slot.binding for slot in condition_slots(definition)}
    out: JsonDict = {"id": data["id"]} if data.get("id") else {}
    lists: dict[str, list[Slot]] = {}
    for slot in slots(definition):
        if slot.list:
            lists.setdefault(slot.list, []).append(slot)
        elif slot.binding in printed:
            value = canonical(slot, get(data, slot.path))
            if value is not None:
                put(out, slot.path, value)
    for name, members in lists.items():
        rows = []
        if name not in printed:
            continue
        for source in get_list(data, name):
            row: JsonDict = {}
            for slot in members:
                value = canonical(slot, get(source, slot.path))
                if value is not None:
                    put(row, slot.path, value)
            if row:
                rows.append(row)
        if rows:
            out[name] = rows
    return out
