"""A picture: a scan or a photograph on an enclosed page of its own, behind everything that is signed.

It never is the image of a signature: no signature block takes one, and none stands behind it (`Block.is_enclosure`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from docgen.forms.blocks.kind import Block, BlockKind, Shown
from docgen.forms.paper import Paper
from docgen.forms.parts import Hole, Parts, texts_in
from docgen.forms.slot import Slot
from docgen.forms.wording import Wording
from docgen.regulations.loader import Field, RegulationData
from docgen.regulations.strict_yaml import Mapping
from docgen.word.write import style

_SIZE = re.compile(r"(\d{1,3})x(\d{1,3})")
#: A side shorter than this (mm) shows nothing; above the picture two lines of caption have room.
_SHORTEST, _CAPTION = 20, 15
#: A screen reader reads it in one breath.
_LONGEST_ALT = 250


@dataclass(frozen=True, slots=True)
class Picture(Block):
    """An enclosed page with a caption and a picture that fills a box of `width` by `height` (mm), undistorted.

    `alt` says in words what the picture shows, for whoever does not see it.
    """

    field: Field
    caption: Parts
    alt: str
    width: int
    height: int
    when: str = ""

    @property
    def is_enclosure(self) -> bool:
        """True: nothing of the form itself stands behind it."""
        return True

    def lines(self) -> Iterator[Parts]:
        yield self.caption
        yield (Hole(self.field),)

    def words(self, shown: Shown) -> Iterator[str]:
        yield from texts_in(self.caption)

    def slots(self, regulation: RegulationData) -> Iterator[Slot]:
        yield from ()

    def write(self, paper: Paper, following: Sequence[Block]) -> str:
        """The caption at the top of a page, the picture's control below it."""
        top = '<w:keepNext/><w:pageBreakBefore/><w:ind w:firstLine="0"/><w:jc w:val="center"/>'
        caption = paper.paragraph("Normal", paper.parts(self.caption), top)
        return paper.conditional(
            self.when, caption + paper.picture(Hole(self.field), self.alt, self.width, self.height)
        )


def _parse(wording: Wording, item: Mapping, when: str) -> tuple[Block, ...]:
    field = wording.field(item["picture"], item, "picture", media=True)
    wide, high = style.PAGE_WIDTH_MM, style.PAGE_HEIGHT_MM
    wide, high = (high, wide) if wording.landscape else (wide, high)
    widest = round(wide - style.MARGIN_LEFT_MM - style.MARGIN_RIGHT_MM)
    highest = round(high - style.MARGIN_TOP_MM - style.MARGIN_BOTTOM_MM) - _CAPTION
    found = _SIZE.fullmatch(item["size"])
    width, height = (int(found[1]), int(found[2])) if found else (0, 0)
    if not (_SHORTEST <= width <= widest and _SHORTEST <= height <= highest):
        facts = {"given": item["size"], "smallest": _SHORTEST, "width": widest, "height": highest}
        raise item.fault("errors.definition.picture_size", "size", **facts)
    alt = item["alt"].strip()
    if not alt or len(alt) > _LONGEST_ALT or "{" in alt:
        raise item.fault("errors.definition.picture_alt", "alt", limit=_LONGEST_ALT)
    caption = wording.parts(item["caption"], item, "caption", bold=True)
    return (Picture(field, caption, alt, width, height, when),)


KINDS = (
    BlockKind(
        "picture", Picture, _parse, ("caption", "alt", "size"), ("caption", "alt", "size"),
        example="""
picture: proof.scan
caption: "Bản quét kèm theo: giấy chứng nhận của đồng chí {member.full_name}"
alt: Bản quét giấy chứng nhận
size: "160x200"
""",
    ),
)  # fmt: skip
