"""Where the parts of a form go on the paper: what stays together, what is set left or centred, what stands off."""

from __future__ import annotations

from collections.abc import Sequence

from docgen.forms.definition import Block, Column, Hole, Line, Part, Sign, Text
from docgen.regulations.criteria import Criterion, blocks_of

#: Between a value and the label of the next value on the same line.
LABEL_AFTER_VALUE = " " * 4
#: Fixed characters up to which a line with values counts as labels and not as a sentence.
_SHORT_LINE = 90
#: Per cent of the table up to which a column of words is centred.
_NARROW_COLUMN = 10


def leads_to_sign(following: Sequence[Block]) -> bool:
    """True where a signature follows, at once or after one line without a narrative; guidance does not count."""
    rest = [block for block in following if not (isinstance(block, Line) and block.kind == "guidance")]
    if rest and isinstance(rest[0], Line) and rest[0].paragraphs is None:
        rest = rest[1:]
    return bool(rest) and isinstance(rest[0], Sign)


def last_rows(rows: Sequence[Criterion]) -> set[str]:
    """The ids of the criteria that may be the last row of their table on the page: one for every kind of body."""
    leaves = [leaf for row in rows for leaf in row.leaves()]
    return {[leaf for leaf in leaves if leaf.applies in ("", block)][-1].id for block in blocks_of(rows)}


def is_short_field_line(block: Line) -> bool:
    """True for a line of short labels and values (`Họ và tên: … Ngày sinh: …`): justified, its blanks would gape."""
    fixed = sum(len(part.text) for part in block.parts if isinstance(part, Text))
    return block.kind == "line" and len(block.parts) > 1 and block.paragraphs is None and fixed <= _SHORT_LINE


def is_prose(column: Column) -> bool:
    """True for a column of words; numbers, dates, grades and whatever stands in a narrow column are centred."""
    holes = [part.field.type for parts in column.cell for part in parts if isinstance(part, Hole)]
    return column.width > _NARROW_COLUMN and "text" in holes


def is_next_label(before: Part | None, part: Text) -> bool:
    """True where `part` is the label of a further value on the same line: plain words that begin with a capital."""
    return isinstance(before, Hole) and not part.bold and part.text.startswith(" ") and part.text.lstrip()[:1].isupper()
