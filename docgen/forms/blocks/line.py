"""A paragraph of fixed wording and places of values: a plain line, two kinds of heading, guidance in italics."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from docgen.forms.blocks.kind import Block, BlockKind, Shown, asked_in
from docgen.forms.paper import Paper
from docgen.forms.parts import Hole, Parts, Text, texts_in
from docgen.forms.placement import is_above_sign
from docgen.forms.questions import Heading, Question, Words
from docgen.forms.slot import Slot
from docgen.forms.wording import Wording, yes_or_no
from docgen.regulations.loader import RegulationData
from docgen.regulations.strict_yaml import Mapping

#: Each kind: the style of its paragraph, bold or not, italic or not.
_LOOKS = {
    "line": ("Normal", False, False),
    "heading": ("SectionHeading", True, False),
    "subheading": ("SubHeading", True, True),
    "guidance": ("Guidance", False, True),
}
ALIGN = ("left", "center", "right", "both")
#: Fixed characters, four lines, up to which a label goes over to the page of its narrative: longer ones would leave a
#: fifth of the page before empty, and with four lines of its own no label stands alone.
_LONG_LABEL = 300
#: Fixed characters up to which a line with values counts as labels and not as a sentence.
_SHORT_LINE = 90


@dataclass(frozen=True, slots=True)
class Line(Block):
    """A paragraph of fixed wording and holes. A hole of type paragraphs is always last."""

    kind: str
    parts: Parts
    when: str = ""
    align: str = ""
    #: On the page of what follows, as the words above a table are.
    keep: bool = field(default=False, repr=False)

    @property
    def paragraphs(self) -> Hole | None:
        """The closing hole of type paragraphs, if the line has one."""
        last = self.parts[-1] if self.parts else None
        return last if isinstance(last, Hole) and last.is_narrative else None

    @property
    def is_aside(self) -> bool:
        """True for guidance."""
        return self.kind == "guidance"

    @property
    def is_one_line(self) -> bool:
        """True for a line without a narrative."""
        return self.paragraphs is None

    @property
    def begins_with_box(self) -> bool:
        """True for a line that begins with a box."""
        return bool(self.parts) and isinstance(first := self.parts[0], Hole) and first.is_box

    @property
    def is_short(self) -> bool:
        """True for a line of short labels and values (`Họ và tên: … Ngày sinh: …`): justified, it would gape."""
        return self.kind == "line" and len(self.parts) > 1 and self.paragraphs is None and self._letters <= _SHORT_LINE

    @property
    def _letters(self) -> int:
        return sum(len(part.text) for part in self.parts if isinstance(part, Text))

    def lines(self) -> Iterator[Parts]:
        yield self.parts

    def words(self, shown: Shown) -> Iterator[str]:
        yield from texts_in(self.parts)

    def slots(self, regulation: RegulationData) -> Iterator[Slot]:
        yield from ()

    def questions(self, regulation: RegulationData, shown: Shown) -> Iterator[Question]:
        """As every block; a heading that asks nothing is a heading."""
        level = {"heading": 1, "subheading": 2}.get(self.kind, 0)
        for question in asked_in(regulation, self.parts):
            heads = level and isinstance(question, Words)
            yield Heading(question.text, level) if heads and isinstance(question, Words) else question

    def unsaid(self) -> Iterator[tuple[int, str]]:
        if self.keep:
            yield 6, "keep"

    def write(self, paper: Paper, following: Sequence[Block]) -> str:
        """A paragraph, followed by the control of its narrative where it has one.

        A label is kept with what follows, and so are the words above a table; where a signature follows the last
        paragraph is, so that it never stands alone on a page.
        """
        boxes = self.begins_with_box and any(block.begins_with_box for block in following[:1])
        signed = is_above_sign(following, past_guidance=not self.begins_with_box)
        keep_next = boxes or signed or any(block.is_table for block in following[:1]) or self.keep
        narrative = self.paragraphs
        fixed = self.parts[:-1] if narrative else self.parts
        label = narrative is not None and self._letters <= _LONG_LABEL
        extra = "<w:keepNext/>" if label or (keep_next and narrative is None) else ""
        if self.align:
            extra += f'<w:ind w:firstLine="0"/><w:jc w:val="{self.align}"/>'
        elif self.is_short:
            extra += '<w:jc w:val="left"/>'
        out = ""
        if fixed:
            trimmed = list(fixed)
            if narrative and isinstance(last := trimmed[-1], Text):
                trimmed[-1] = Text(last.text.rstrip(), last.bold, last.italic, last.superscript)
            out = paper.paragraph(_LOOKS[self.kind][0], paper.parts(tuple(trimmed)), extra)
        if narrative:
            out += paper.narrative(narrative, keep_last=keep_next)
        return paper.conditional(self.when, out)


def _parser(kind: str) -> Callable[[Wording, Mapping, str], tuple[Block, ...]]:
    _, bold, italic = _LOOKS[kind]

    def parse(wording: Wording, item: Mapping, when: str) -> tuple[Block, ...]:
        if item.get("align", ALIGN[0]) not in ALIGN:
            raise item.fault("errors.definition.unknown_value", "align", value=item["align"])
        yes_or_no(item, "keep")
        parts = wording.parts(item[kind], item, kind, bold=bold, italic=italic, prompt=item.get("prompt", ""))
        return (Line(kind, parts, when, item.get("align", ""), item.get("keep", "no") == "yes"),)

    return parse


KINDS = tuple(
    BlockKind(
        kind, Line, _parser(kind), ("prompt", "align", "keep"),
        example=f"{kind}: 'Nơi làm việc của đồng chí: {{member.workplace}}, ghi đủ tên'",
    )
    for kind in _LOOKS
)  # fmt: skip
