"""A signature block: in what capacity, room to sign, the signer's name; at the left the recipients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from docgen.forms.blocks.kind import Block, BlockKind, Shown
from docgen.forms.paper import Paper, bookmark_name
from docgen.forms.parts import Hole, Parts, texts_in
from docgen.forms.slot import Slot
from docgen.forms.wording import Wording, yes_or_no
from docgen.regulations import strict_yaml
from docgen.regulations.loader import Field, Regulation
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.yaml_shape import LINES
from docgen.word import tables


@dataclass(frozen=True, slots=True)
class Sign(Block):
    """A signature block: role, what is printed above, the binding of the signer's name, seal or not."""

    role: str
    text: tuple[Parts, ...]
    name: Field | None = None
    seal: bool = False
    left: tuple[Parts, ...] = ()
    place_date: Parts = ()
    when: str = ""

    @property
    def signer(self) -> str:
        """The role that signs."""
        return self.role

    def lines(self) -> Iterator[Parts]:
        yield from self.left
        if self.place_date:
            yield self.place_date
        yield from self.text
        if self.name:
            yield (Hole(self.name),)

    def words(self, shown: Shown) -> Iterator[str]:
        for parts in (*self.left, *self.text):
            yield from texts_in(parts)

    def slots(self, regulation: Regulation) -> Iterator[Slot]:
        yield from ()

    def owners(self, regulation: Regulation) -> Iterator[tuple[str, str]]:
        """A signer's name is the signer's."""
        if self.name:
            yield self.name.binding, self.role

    def write(self, paper: Paper, following: Sequence[Block]) -> str:
        """One table row that never splits (no `keepNext` inside: LibreOffice would then keep the whole table with what
        follows it), room to sign, the name below."""
        mark = paper.bookmark()
        name = paper.control(Hole(self.name), look="<w:b/><w:bCs/>") if self.name else ""
        zone = (
            f'<w:bookmarkStart w:id="{mark}" w:name="{bookmark_name(self.role)}"/>'
            f'<w:bookmarkEnd w:id="{mark}"/>'
        )  # fmt: skip
        content = ""
        if self.place_date:
            content += paper.paragraph("SignText", paper.parts(self.place_date))
        content += "".join(paper.paragraph("SignText", paper.parts(parts)) for parts in self.text)
        content += paper.paragraph("SignZone", zone) + paper.paragraph("SignName", name)
        left = "".join(
            paper.paragraph("RecipientItem" if position else "RecipientHead", paper.parts(parts))
            for position, parts in enumerate(self.left)
        )
        widths = paper.widths([60, 40] if paper.landscape else [36, 64])
        cells = tables.cell(widths[0], left or paper.paragraph("SignText", ""), centred=False)
        cells += tables.cell(widths[1], content, centred=False)
        table = tables.table(widths, tables.row(cells), borders=False) + paper.paragraph("AfterSign", "")
        return paper.conditional(self.when, table)


def _parse(wording: Wording, item: Mapping, when: str) -> tuple[Block, ...]:
    if not item["sign"].isidentifier():  # it names a place of the dossier, and a field to sign in
        raise item.fault("errors.definition.forbidden_name", "sign", name=item["sign"])
    yes_or_no(item, "seal")
    name = wording.field(item["name"], item, "name") if "name" in item else None
    place_date = wording.parts(item["place_date"], item, "place_date", italic=True) if "place_date" in item else ()
    left = wording.many(item.get("left", strict_yaml.Sequence()), item, "left")
    text = wording.many(item["text"], item, "text")
    return (Sign(item["sign"], text, name, item.get("seal", "no") == "yes", left, place_date, when),)


KINDS = (
    BlockKind(
        "sign", Sign, _parse, ("text", "name", "seal", "left", "place_date"), ("text",),
        {"text": LINES, "left": LINES},
        """
sign: manager
text: ["**THỦ TRƯỞNG ĐƠN VỊ**", "(Ký, ghi rõ họ tên)"]
name: assessment.signer
left: ["Nơi nhận hồ sơ này"]
""",
    ),
)  # fmt: skip
