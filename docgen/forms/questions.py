"""What a form asks, as somebody who fills it in on a screen meets it: in printed order, in a few shapes.

A block of a form says its own questions (`Block.questions`); whoever draws them (a page of `docgen.web`) knows these
shapes and no kind of block.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from docgen.forms.slot import Slot


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a part (`level` 1) or of a piece of one (2)."""

    text: str
    level: int


@dataclass(frozen=True, slots=True)
class Words:
    """Official wording that asks nothing by itself."""

    text: str


@dataclass(frozen=True, slots=True)
class Ask:
    """One value; `wording` is the sentence that it stands in, `before` what of it stands before the value."""

    slot: Slot
    wording: str
    before: str = ""
    alone: bool = True


@dataclass(frozen=True, slots=True)
class AskRows:
    """A table of records: `list` is where they are, each with the values `slots`."""

    list: str
    slots: tuple[Slot, ...]
    heads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row of a table whose rows are given: a heading where it has no `cells`; `most` is the maximum of its points."""

    number: str
    text: str
    depth: int
    cells: tuple[Slot, ...] = ()
    most: Fraction | None = None


@dataclass(frozen=True, slots=True)
class AskGrid:
    """A table of criteria: a value in each column of each row."""

    heads: tuple[str, ...]
    rows: tuple[GridRow, ...]


Question = Heading | Words | Ask | AskRows | AskGrid
