"""A signature block: in what capacity, room to sign, the signer's name; at the left the recipients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

from docgen.forms.blocks.kind import Block, BlockKind, Shown
from docgen.forms.paper import Paper, bookmark_name
from docgen.forms.parts import Hole, Parts, texts_in
from docgen.forms.slot import Slot
from docgen.forms.wording import Wording, yes_or_no
from docgen.regulations import strict_yaml
from docgen.regulations.loader import Field, RegulationData
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.yaml_shape import LINES, TEXT
from docgen.values import VALUES
from docgen.word.write import tables


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
    #: Who signs at the left of the same row, as the secretary beside the chair; in the place of the recipients.
    beside: tuple[Sign, ...] = field(default=(), repr=False)

    @property
    def signer(self) -> str:
        """The role that signs."""
        return self.role

    def in_order(self) -> tuple[Sign, ...]:
        """The signatures of this row as they are read: the left one first."""
        return (*self.beside, self)

    def lines(self) -> Iterator[Parts]:
        for other in self.beside:
            yield from other.lines()
        yield from self.left
        if self.place_date:
            yield self.place_date
        yield from self.text
        if self.name:
            yield (Hole(self.name),)

    def words(self, shown: Shown) -> Iterator[str]:
        for other in self.beside:
            yield from other.words(shown)
        for parts in (*self.left, *self.text):
            yield from texts_in(parts)

    def slots(self, regulation: RegulationData) -> Iterator[Slot]:
        yield from ()

    def owners(self, regulation: RegulationData) -> Iterator[tuple[str, str]]:
        """A signer's name is the signer's."""
        for other in self.beside:
            yield from other.owners(regulation)
        if self.name:
            yield self.name.binding, self.role

    def write(self, paper: Paper, following: Sequence[Block]) -> str:
        """One table row that never splits (no `keepNext` inside: LibreOffice would then keep the whole table with what
        follows it), room to sign, the name below."""
        if self.beside:
            (other,) = self.beside
            left, content = other.cell(paper), self.cell(paper)
            widths = paper.widths([50, 50])
        else:
            content = self.cell(paper)
            left = "".join(
                paper.paragraph("RecipientItem" if position else "RecipientHead", paper.parts(parts))
                for position, parts in enumerate(self.left)
            )
            widths = paper.widths([60, 40] if paper.landscape else [36, 64])
        cells = tables.cell(widths[0], left or paper.paragraph("SignText", ""), centred=False)
        cells += tables.cell(widths[1], content, centred=False)
        table = tables.table(widths, tables.row(cells), borders=False) + paper.paragraph("AfterSign", "")
        return paper.conditional(self.when, table)

    def cell(self, paper: Paper) -> str:
        """What stands in the cell of one signature: in what capacity, the room to sign, the name."""
        mark = paper.bookmark()
        name = paper.control(Hole(self.name), look="<w:b/><w:bCs/>") if self.name else ""
        zone = (
            f'<w:bookmarkStart w:id="{mark}" w:name="{bookmark_name(self.role)}"/>'
            f'<w:bookmarkEnd w:id="{mark}"/>'
        )  # fmt: skip
        out = paper.paragraph("SignText", paper.parts(self.place_date)) if self.place_date else ""
        out += "".join(paper.paragraph("SignText", paper.parts(parts)) for parts in self.text)
        return out + paper.paragraph("SignZone", zone) + paper.paragraph("SignName", name)

    def unsaid(self) -> Iterator[tuple[int, str]]:
        if self.beside:
            yield 4, repr(self.beside)


def _parse(wording: Wording, item: Mapping, when: str) -> tuple[Block, ...]:
    if not item["sign"].isidentifier():  # it names a place of the dossier, and a field to sign in
        raise item.fault("errors.definition.forbidden_name", "sign", name=item["sign"])
    yes_or_no(item, "seal")
    own = wording.regulation.fields.get(item.get("name", ""))
    if own is not None and VALUES[own.type].is_media:  # a picture of a signature is no signature
        raise item.fault("errors.definition.picture_signature", "name", binding=own.binding)
    name = wording.field(item["name"], item, "name") if "name" in item else None
    place_date = wording.parts(item["place_date"], item, "place_date", italic=True) if "place_date" in item else ()
    left = wording.many(item.get("left", strict_yaml.Sequence()), item, "left")
    text = wording.many(item["text"], item, "text")
    beside: tuple[Sign, ...] = ()
    if "beside" in item:
        other = item["beside"].closed(("sign", "text", "name"), ("sign", "text"))
        beside = cast("tuple[Sign, ...]", _parse(wording, other, ""))
        if left:
            raise item.fault("errors.definition.unknown_value", "left", value="beside")
    return (Sign(item["sign"], text, name, item.get("seal", "no") == "yes", left, place_date, when, beside),)


KINDS = (
    BlockKind(
        "sign", Sign, _parse, ("text", "name", "seal", "left", "place_date", "beside"), ("text",),
        {"text": LINES, "left": LINES, "beside": {"text": LINES, "*": TEXT}},
        """
sign: manager
text: ["**THỦ TRƯỞNG ĐƠN VỊ**", "(Ký, ghi rõ họ tên)"]
name: assessment.signer
left: ["Nơi nhận hồ sơ này"]
""",
    ),
)  # fmt: skip
