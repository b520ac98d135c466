"""One value of a form: where it stands in the form's data, its type, its label."""

from __future__ import annotations

from dataclasses import dataclass

from docgen.regulations.loader import Criterion, Field, Regulation
from docgen.values import VALUES
from docgen.values.kind import ValueType


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
    def kind(self) -> ValueType:
        """The type of the value, as what it does."""
        return VALUES[self.type]

    @property
    def binding(self) -> str:
        """The binding in the dossier's grammar: `a.b.c`, or `list[].a.b`."""
        leaf = ".".join(self.path)
        return f"{self.list}[].{leaf}" if self.list else leaf


def options_of(regulation: Regulation, field: Field) -> tuple[tuple[str, str], ...]:
    """The codes and words of a field that takes its value from a closed list; empty for others."""
    return VALUES[field.type].options(regulation.choices, field.choices)


def slot_of(regulation: Regulation, field: Field) -> Slot:
    """The slot of a value that stands once in the form."""
    return Slot(tuple(field.binding.split(".")), field.type, field.label, "", options_of(regulation, field))
