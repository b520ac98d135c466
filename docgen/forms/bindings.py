"""The bindings of a form as one list: where each value stands, its type, its label.

The schema, the empty skeleton, the display of values, the check of what was written and the reader of returned Word
files all walk this list, so none of them can forget a value that another knows.
"""

from __future__ import annotations

from dataclasses import dataclass

from docgen.forms.definition import FormDefinition, Hole
from docgen.regulations.loader import Criterion, Field, Regulation


@dataclass(frozen=True, slots=True)
class Slot:
    """One value of a form.

    `list` is set for a value in a table of records, `options` for a closed list of codes, `criterion` where the value
    is shown as the boxes of a criterion.
    """

    path: tuple[str, ...]
    type: str
    label: str
    list: str = ""
    options: tuple[tuple[str, str], ...] = ()
    criterion: Criterion | None = None

    @property
    def binding(self) -> str:
        """The binding in the dossier's grammar: `a.b.c`, or `list[].a.b`."""
        leaf = ".".join(self.path)
        return f"{self.list}[].{leaf}" if self.list else leaf


def options_of(regulation: Regulation, field: Field) -> tuple[tuple[str, str], ...]:
    """The codes and words of a field that takes its value from a closed list; empty for others."""
    from docgen.model import GRADE_TEXT, LEVEL_TEXT

    if field.type == "grade":
        return tuple(GRADE_TEXT.items())
    if field.type == "level":
        return tuple(LEVEL_TEXT.items())
    if field.type == "choice":
        return tuple(regulation.choices[field.choices].items())
    if field.type == "bool":
        return (("true", "Có"), ("false", "Không"))
    return ()


def slots(regulation: Regulation, definition: FormDefinition) -> tuple[Slot, ...]:
    """All values of a form, each once, in printed order."""
    return regulation.derived(("forms.slots", *definition.key), lambda: _collect(regulation, definition))


def _collect(regulation: Regulation, definition: FormDefinition) -> tuple[Slot, ...]:
    found: dict[str, Slot] = {}

    def add(slot: Slot) -> None:
        found.setdefault(slot.binding, slot)

    def add_field(field: Field) -> None:
        add(Slot(tuple(field.binding.split(".")), field.type, field.label, "", options_of(regulation, field)))

    if not definition.plain_header:
        add_field(regulation.fields["document.place"])
        add_field(regulation.fields["document.date"])
    for hole in definition.holes():
        add_field(hole.field)
    for block in definition.body:
        when = getattr(block, "when", "")
        if when:
            add_field(regulation.fields[when])
    for table in definition.criteria():
        if table.applies:
            add_field(regulation.fields[table.applies])
        for leaf in table.leaves():
            for column in table.columns:
                path = (*table.scores.split("."), leaf.id, column.name)
                add(Slot(path, column.field.type, f"{leaf.text}: {column.field.label}", "",
                         options_of(regulation, column.field)))  # fmt: skip
            if table.boxes:
                path = (*table.binding.split("."), leaf.id)
                kind = "level" if regulation.fields[table.binding].type == "level" else "choice"
                add(Slot(path, kind, leaf.text, "", table.boxes, leaf))
    for records in definition.tables():
        for table_column in records.columns:
            for parts in table_column.cell:
                for part in parts:
                    if isinstance(part, Hole):
                        leaf_path = tuple(part.binding.removeprefix(records.binding + "[].").split("."))
                        add(Slot(leaf_path, part.field.type, part.field.label, records.binding,
                                 options_of(regulation, part.field)))  # fmt: skip
    return tuple(found.values())


def condition_slots(regulation: Regulation, definition: FormDefinition) -> tuple[Slot, ...]:
    """The values that only decide which lines are printed, and are printed nowhere themselves."""
    printed = {hole.binding for hole in definition.holes()}
    only = {block.when for block in definition.body if block.when} - printed
    only |= {table.applies for table in definition.criteria() if table.applies} - printed
    return tuple(slot for slot in slots(regulation, definition) if slot.binding in only)
