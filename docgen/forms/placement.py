"""Where the parts of a form go on the paper: what stays together, what stands off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from docgen.forms.parts import Hole, Part, Text

if TYPE_CHECKING:
    from docgen.forms.blocks.kind import Block

#: Between a value and the label of the next value on the same line.
LABEL_AFTER_VALUE = " " * 4


def leads_to_sign(following: Sequence[Block]) -> bool:
    """True where a signature follows, at once or after one line without a narrative; guidance does not count."""
    rest = [block for block in following if not block.is_aside]
    if rest and rest[0].is_one_line:
        rest = rest[1:]
    return bool(rest) and bool(rest[0].signer)


def is_above_sign(following: Sequence[Block], *, past_guidance: bool) -> bool:
    """True where a signature follows at once, or (`past_guidance`) after guidance alone: that says what the line above
    it may hold, and stays with it.

    Of prose no more than that goes over to the page of a signature: two paragraphs and a heading left a third of the
    page before it empty, and so did the four boxes of a grade with their heading.
    """
    rest = [block for block in following if not (past_guidance and block.is_aside)]
    return bool(rest) and bool(rest[0].signer)


def is_next_label(before: Part | None, part: Text) -> bool:
    """True where `part` is the label of a further value on the same line: plain words that begin with a capital."""
    return isinstance(before, Hole) and not part.bold and part.text.startswith(" ") and part.text.lstrip()[:1].isupper()
