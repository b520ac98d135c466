"""A Word document as read: its paragraphs, tables and content controls, and what stands beside their text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from docgen.values.spelling import clean as clean


@dataclass(frozen=True, slots=True)
class Where:
    """Where something stands: paragraph (counted outside tables), or table, row and cell; all from 1, 0 for none."""

    paragraph: int = 0
    table: int = 0
    row: int = 0
    cell: int = 0


@dataclass(slots=True)
class Marks:
    """What stands at a place beside its text, or says something about it.

    `struck` are texts that were struck through (they are no text of the document), `fonts` the old fonts (name and
    encoding) whose letters were converted, `objects` how many pictures, drawings and embedded things there are,
    `fields` how many values came from form fields of Word 97, `notes` the kinds (comment, footnote, endnote) and
    numbers of remarks.
    """

    struck: list[str] = field(default_factory=list)
    fonts: list[tuple[str, str]] = field(default_factory=list)
    objects: int = 0
    fields: int = 0
    notes: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture in a control: the relationship of its bytes, "" where they lie outside the file; is it cropped."""

    relation: str
    cropped: bool = False


@dataclass(slots=True, eq=False)
class Control:
    """A content control and what is in it, in the accepted view.

    `kind` is text, rich, date, choice, box, picture, or other (groups, repeating sections); `drawings` are those of a
    picture. `flagged` says that Word calls the content a prompt, `styled` that every run of it has a character style,
    as prompts have. `line` numbers the table row the control stands in, so that controls of one row are known as such
    (0 outside tables).
    """

    tag: str
    alias: str
    kind: str
    where: Where
    line: int = 0
    options: dict[str, str] = field(default_factory=dict)
    checked: bool | None = None
    full_date: str = ""
    flagged: bool = False
    styled: bool = True
    revised: bool = False
    heading: str = ""
    marks: Marks = field(default_factory=Marks)
    drawings: list[Drawing] = field(default_factory=list)
    _texts: list[tuple[int, list[str]]] = field(default_factory=list)

    @property
    def is_picture(self) -> bool:
        """True for a control that holds a picture."""
        return self.kind == "picture"

    @property
    def has_text(self) -> bool:
        """True for a control whose value is text."""
        return self.kind not in ("other", "picture")

    @property
    def paragraphs(self) -> list[str]:
        """The text, one item a paragraph."""
        return [clean("".join(pieces)) for _, pieces in self._texts]

    @property
    def text(self) -> str:
        """The text in one line."""
        return clean(" ".join(self.paragraphs))

    def add(self, paragraph: int, text: str, has_style: bool) -> None:
        """Take in `text`, which stands in the paragraph with that number."""
        if not self._texts or self._texts[-1][0] != paragraph:
            self._texts.append((paragraph, []))
        self._texts[-1][1].append(text)
        self.styled = self.styled and has_style


@dataclass(slots=True, eq=False)
class Paragraph:
    """A paragraph: its text in pieces, each with the outermost tagged control it stands in, or None."""

    where: Where
    style: str = ""
    number: int = 0
    pieces: list[tuple[str, Control | None]] = field(default_factory=list)
    bookmarks: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text of the paragraph."""
        return clean("".join(text for text, _ in self.pieces))


@dataclass(slots=True, eq=False)
class Row:
    """A table row: the blocks of each of its cells; a `heading` is repeated on each page (17.4.50)."""

    where: Where
    cells: list[list[Block]] = field(default_factory=list)
    heading: bool = False


@dataclass(slots=True, eq=False)
class Table:
    """A table."""

    number: int
    rows: list[Row] = field(default_factory=list)


Block = Paragraph | Table


@dataclass(slots=True)
class WordText:
    """The document as read: blocks, controls in order, and what was met on the way.

    `revisions` counts tracked changes, `hidden` runs of hidden text (left out), `foreign` pieces that only Word can
    read (`w:altChunk`, `w:subDoc`). `marks` are those outside of any tagged control, by place.
    """

    blocks: list[Block] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)
    revisions: int = 0
    hidden: int = 0
    foreign: int = 0
    marks: dict[Where, Marks] = field(default_factory=dict)


def paragraphs_of(blocks: list[Block]) -> Iterator[Paragraph]:
    """Every paragraph below `blocks`, tables included, in order."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block
        else:
            for row in block.rows:
                for cell in row.cells:
                    yield from paragraphs_of(cell)
