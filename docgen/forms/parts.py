"""What a line of a form is made of: fixed wording, the places of values, the running number of a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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


def answer_of(words: str) -> str:
    """The answer that one of two wordings stands for: in small letters, its spaces free to break."""
    return " ".join(words.split()).casefold()


@dataclass(frozen=True, slots=True, repr=False)
class Either(Text):
    """Wording with two of which one is true of a body: `T/M ĐẢNG ỦY (CHI ỦY)`, both where nobody has said which.

    `question` is what decides (`docgen.forms.alternatives`); `before` and `after` the two is what stands with either;
    `text` is the whole wording of the source, with both.
    """

    question: str = ""
    before: str = ""
    first: str = ""
    second: str = ""
    after: str = ""

    def __repr__(self) -> str:
        """As the wording it is: copies handed out before, which look the same, carry the same hash."""
        return repr(Text(self.text, self.bold, self.italic, self.superscript))

    def said(self, answer: str) -> str:
        """The wording where the answer to the question is `answer`; both for an empty one."""
        one = next((words for words in (self.first, self.second) if answer_of(words) == answer), "")
        return self.before + one + self.after if one else self.text

    def alone(self) -> tuple[str, str]:
        """What may stand on a page in the place of the whole wording."""
        return self.said(answer_of(self.first)).strip(), self.said(answer_of(self.second)).strip()


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
    def type(self) -> ValueType[Any]:
        """The type of the value."""
        return VALUES[self.field.type]

    @property
    def is_narrative(self) -> bool:
        """True where the value is several paragraphs: its control is a block of its own."""
        return self.type.is_many

    @property
    def is_box(self) -> bool:
        """True where the hole is a box to tick: its format is the code it stands for (`{review.grade:HTTNV}`)."""
        return bool(self.format) and self.type.is_code and self.format not in self.type.formats


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
