"""A document as units: paragraphs of wording and holes, table rows of cells; the same for a template and a form.

What is compared is folded: kinds of quote and dash, spaces and capitals are made one, because word processors change
them by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from docgen.values.spelling import clean
from docgen.values.spelling import fold as fold
from docgen.word.read.reader import Block, Control, Paragraph, Row, Where

#: Glyphs of check boxes; they are values, so no wording is compared with them in it.
BOX_GLYPHS = "☐☒☑□■✓✔✗✘"
_JINJA_VALUE = re.compile(r"\{\{-?\s*(?:r\s+)?(.+?)\s*-?\}\}")
_JINJA_ONLY = re.compile(r"\{%-?\s*(tr|p|tc|r)?\s*(if|endif|for|endfor|else|elif)\b((?:(?!%\}).)*)%\}", re.DOTALL)
_FOR = re.compile(r"\s*\w+\s+in\s+([\w.]+)")


def letters(text: str) -> int:
    """How many letters and digits `text` has."""
    return sum(c.isalnum() for c in text)


@dataclass(frozen=True, slots=True)
class Hole:
    """A place for a value: its tag, its control in a returned document, and whether it takes whole paragraphs.

    `shown` is what of the control's text stands in the one paragraph that the hole is a part of: a control may hold
    thousands of paragraphs, and each of them is a unit.
    """

    tag: str
    control: Control | None = None
    many: bool = False
    box: bool = False
    shown: str = field(default="", compare=False)


@dataclass(slots=True, eq=False)
class Unit:
    """A paragraph (`parts`: wording and holes in order) or a table row (`cells`).

    An `is_heading` row stands at the head of its table. `key` is the folded wording, `plain` all text, `full` the same
    folded. `optional` stands under a condition; `loop` names the list whose records repeat a row; `marks` are its
    bookmarks. `others` are what a document may print in its place: one of two wordings that the template has both of.
    """

    where: Where
    parts: list[str | Hole] = field(default_factory=list)
    cells: list[list[Unit]] = field(default_factory=list)
    is_row: bool = False
    is_heading: bool = False
    optional: bool = False
    loop: str = ""
    marks: list[str] = field(default_factory=list)
    heading: str = ""
    key: str = ""
    full: str = ""
    plain: str = ""
    text: str = ""
    others: list[Unit] = field(default_factory=list)

    def finish(self) -> Unit:
        """Work out the texts that others compare."""
        if self.is_row:
            inside = [unit for cell in self.cells for unit in cell]
            self.text = clean(" ".join(unit.text for unit in inside))
            self.key = clean(" ".join(unit.key for unit in inside))
            self.full = clean(" ".join(unit.full for unit in inside))
            self.marks = [mark for unit in inside for mark in unit.marks]
            return self
        self.text = clean(" ".join(part for part in self.parts if isinstance(part, str)))
        shown = "".join(c for c in self.text if c not in BOX_GLYPHS)
        self.key = clean(fold(shown))
        self.plain = clean("".join(part if isinstance(part, str) else held(part) for part in self.parts))
        self.full = fold(self.plain)
        if letters(self.key) < 2:  # a comma between two holes, the number of a row: nothing to find again
            self.key = ""
        return self

    def reads(self, key: str) -> bool:
        """True where `key` is the wording of this unit, or of one that may be printed in its place."""
        return key == self.key or any(key == other.key for other in self.others)

    def holes(self) -> Iterator[Hole]:
        """Every hole, those in cells included."""
        for part in self.parts:
            if isinstance(part, Hole):
                yield part
        for cell in self.cells:
            for unit in cell:
                yield from unit.holes()


def held(hole: Hole) -> str:
    """The text of a hole's control in this paragraph; a space where there is no control."""
    return hole.shown if hole.control is not None else " "


def units_of(blocks: Sequence[Block], tag_of: Callable[[Control], Hole | None]) -> list[Unit]:
    """`blocks` as units. `tag_of` says which hole a control is; None for one that is unknown, whose text is text."""
    out: list[Unit] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            out.append(_paragraph_unit(block, tag_of))
        else:
            out.extend(_row_unit(row, tag_of) for row in block.rows)
    return out


def _row_unit(row: Row, tag_of: Callable[[Control], Hole | None]) -> Unit:
    cells = [units_of(cell, tag_of) for cell in row.cells]
    return Unit(row.where, cells=cells, is_row=True, is_heading=row.heading).finish()


def _paragraph_unit(paragraph: Paragraph, tag_of: Callable[[Control], Hole | None]) -> Unit:
    # Texts are gathered as lists: a paragraph may come in tens of thousands of runs.
    gathered: list[tuple[Hole | None, list[str]]] = []
    last: Control | None = None
    for text, control in paragraph.pieces:
        hole = tag_of(control) if control is not None else None
        if gathered and (control is last if hole is not None else gathered[-1][0] is None):
            gathered[-1][1].append(text)
        else:
            gathered.append((hole, [text]))
        last = control if hole is not None else None
    parts: list[str | Hole] = []
    for hole, texts in gathered:
        whole = "".join(texts)
        parts.append(whole if hole is None else replace(hole, shown=whole))
    return Unit(paragraph.where, parts, marks=list(paragraph.bookmarks)).finish()


def with_others(units: Sequence[Unit], pairs: Sequence[tuple[str, tuple[str, ...]]]) -> None:
    """Give each unit of a template its `others`: of each pair, a wording and what may be printed in its place."""
    for unit in units:
        for cell in unit.cells:
            with_others(cell, pairs)
        if unit.is_row:
            continue
        for whole, instead in pairs:
            if whole in unit.text:
                unit.others += [
                    replace(unit, parts=[_instead(part, whole, words) for part in unit.parts],
                            marks=list(unit.marks), others=[]).finish()
                    for words in instead
                ]  # fmt: skip


def _instead(part: str | Hole, whole: str, words: str) -> str | Hole:
    """`part` of a unit with `words` in the place of `whole`; a space that must not break is a space."""
    return part.replace("\u00a0", " ").replace(whole, words) if isinstance(part, str) else part


# -- the template ----------------------------------------------------------------------------------------------------


def skeleton(blocks: Sequence[Block]) -> list[Unit]:
    """The units of a Word template with Jinja in it: conditions and loops become marks of the units between them."""

    def tag_of(control: Control) -> Hole | None:
        if not control.tag or not control.has_text:
            return None
        return Hole(control.tag, None, control.kind == "rich", control.kind == "box")

    return _without_jinja(units_of(blocks, tag_of))


def _without_jinja(units: list[Unit]) -> list[Unit]:
    out: list[Unit] = []
    conditions = 0
    loops: list[str] = []
    for unit in units:
        statement = _JINJA_ONLY.fullmatch(unit.text.strip())
        if statement is not None:
            word = statement[2]
            if word == "for":
                listed = _FOR.match(statement[3])
                loops.append(listed[1] if listed else "?")
            elif word == "endfor" and loops:
                loops.pop()
            else:
                conditions += {"if": 1, "endif": -1}.get(word, 0)
            continue
        unit.optional = conditions > 0
        unit.loop = loops[-1] if loops else ""
        unit.parts = _once([piece for part in unit.parts for piece in _split(part)])
        unit.cells = [_without_jinja(cell) for cell in unit.cells]
        if (
            out
            and unit.parts
            and out[-1].parts == unit.parts
            and all(isinstance(p, Hole) and p.many for p in unit.parts)
        ):
            continue  # the paragraphs of one narrative: the loop over its items
        out.append(unit.finish())
    return out


def _once(parts: list[str | Hole]) -> list[str | Hole]:
    """`parts` with one hole where the template has the same one in both sides of a condition."""
    out: list[str | Hole] = []
    for part in parts:
        if not (isinstance(part, Hole) and out and isinstance(out[-1], Hole) and out[-1].tag == part.tag):
            out.append(part)
    return out


def _split(part: str | Hole) -> Iterator[str | Hole]:
    """A part of an office's template that has bare `{{ tags }}` instead of controls: each becomes a hole."""
    if isinstance(part, Hole) or "{" not in part:
        yield part
        return
    for index, piece in enumerate(_JINJA_VALUE.split(re.sub(r"\{%.*?%\}", "", part))):
        if index % 2:
            yield Hole(piece)
        elif piece:
            yield piece
