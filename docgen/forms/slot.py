"""One value of a form: where it stands in the form's data, its type, its label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from docgen.paths import Json
from docgen.regulations.loader import Criterion, Field, RegulationData, options_of
from docgen.values import VALUES
from docgen.values.kind import ValueType
from docgen.values.spelling import short


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
    def kind(self) -> ValueType[Any]:
        """The type of the value, as what it does."""
        return VALUES[self.type]

    @property
    def binding(self) -> str:
        """The binding in the dossier's grammar: `a.b.c`, or `list[].a.b`."""
        leaf = ".".join(self.path)
        return f"{self.list}[].{leaf}" if self.list else leaf

    def in_short(self, value: Json) -> str:
        """`value` as a message shows it: a code in words, never more than the beginning of what somebody wrote."""
        if self.kind.is_media:
            return self.kind.told(value)
        if isinstance(value, list):
            return short(" ".join(map(str, value)), 60)
        return short(str(dict(self.options).get(str(value), value)), 60)


def slot_of(regulation: RegulationData, field: Field) -> Slot:
    """The slot of a value that stands once in the form."""
    return Slot(tuple(field.binding.split(".")), field.type, field.label, "", options_of(regulation, field))
