"""What a line of a form is made of: fixed wording, the places of values, the running number of a row."""

from __future__ import annotations

from dataclasses import dataclass

from docgen.regulations.loader import Field
from docgen.values import VALUES
from docgen.values.kind import ValueType


@dataclass(frozen=True, slots=True)
class Text:
    """Fixed wording, with the look it is printed in."""

    text: str
    bold: bool = False
    italic: bool = False
    superscript: bool = False


@dataclass(frozen=True, slots=True)
class Hole:
    """The place of a value: binding (`a.b.c` or `list[].leaf`), format, and an own prompt where the line has one."""

    field: Field
    format: str = ""
    prompt: str = ""
    bold: bool = False
    italic: bool = False

    @property
    def binding(self) -> str:
        """The binding in the dossier's grammar."""
        return self.field.binding

    @property
    def type(self) -> ValueType:
        """The type of the value."""
        return VALUES[self.field.type]

    @property
    def is_narrative(self) -> bool:
        """True where the value is several paragraphs: its control is a block of its own."""
        return self.type.control == "paragraphs"

    @property
    def is_box(self) -> bool:
        """True where the hole is a box to tick: its format is the code it stands for (`{review.grade:HTTNV}`)."""
        return bool(self.format) and self.type.is_code


@dataclass(frozen=True, slots=True)
class RowNumber:
    """The running number of a row."""


Part = Text | Hole | RowNumber
#: The parts of one paragraph.
Parts = tuple[Part, ...]


def holes_in(*lines: Parts) -> list[Hole]:
    """The holes of `lines`, each occurrence, in printed order."""
    return [part for parts in lines for part in parts if isinstance(part, Hole)]


def texts_in(parts: Parts) -> list[str]:
    """The pieces of fixed wording of one paragraph, as they are looked for on the page: a value parts two of them."""
    text = "".join(p.text if isinstance(p, Text) and not p.superscript else "\n" for p in parts)
    return [piece.strip() for piece in text.split("\n") if piece.strip()]
