"""Every kind of block is whole: it is walked from its YAML to paper and back, and what it leaves out is named.

`lacking` is the walk; the kinds below it that are half there show that each part is noticed by name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from docgen.errors import DefinitionError
from docgen.forms.bindings import condition_slots, printed_bindings, slots
from docgen.forms.blocks import BLOCKS, FORM_SHAPE, parse_block
from docgen.forms.blocks.criteria import Criteria
from docgen.forms.blocks.kind import ALWAYS, COMMON_KEYS, Block, BlockKind, Shown, register
from docgen.forms.blocks.line import Line
from docgen.forms.blocks.rows import Rows
from docgen.forms.blocks.sign import Sign
from docgen.forms.definition import FormDefinition, load_form
from docgen.forms.example import sample_record
from docgen.forms.fill import Filler
from docgen.forms.paper import BLANK_FLAG
from docgen.forms.parts import Parts
from docgen.forms.printed import canonical_data
from docgen.forms.readback import read_form
from docgen.forms.slot import Slot
from docgen.forms.template import build_template
from docgen.forms.wording import Wording
from docgen.regulations.loader import RegulationData, load_regulation
from docgen.regulations.strict_yaml import Mapping, load_text
from docgen.values.spelling import clean
from docgen.word.file.looks import W
from docgen.word.file.safe_open import open_word

OWN = Path(__file__).parents[1] / "data" / "van-ban"
PAGE = (Path(__file__).parents[2] / "docs" / "regulations.md").read_text(encoding="utf-8")
CONDITION = "member.leader"


@lru_cache(maxsize=1)
def regulation() -> RegulationData:
    """KH 55 with the values of every type: a unit's own, which has pictures too."""
    return load_regulation("chi-bo-anh-2018", [OWN])


def item_of(kind: BlockKind) -> Mapping:
    item = load_text(kind.example, "mau.yaml")
    assert isinstance(item, Mapping)
    return item


def blocks_of(kind: BlockKind, **more: str) -> tuple[Block, ...]:
    """The kind's own example, with `more` keys, parsed as a form file is."""
    item = item_of(kind)
    item.update(more)
    item.closed(kind.all_keys, kind.required)
    return kind.parse(Wording(regulation(), Mapping()), item, item.get("when", ""))


def form_of(blocks: tuple[Block, ...]) -> FormDefinition:
    """A form with nothing in it but `blocks`."""
    form = load_form(regulation(), "mau-05")
    own = hashlib.sha256(repr(blocks).encode()).hexdigest()[:16]
    return replace(form, body=blocks, header=(), title=(), notes=(), required=(), required_when=(),
                   code_printed=False, plain_header=True, definition_hash=own)  # fmt: skip


def on_paper(form: FormDefinition) -> tuple[set[str], list[str]]:
    """What the template has: the bindings of its controls, and the fixed wording between them."""
    file, _ = open_word(build_template(form))
    assert file is not None
    tags, texts = set(), []
    for control in list(file.document.iter(f"{W}sdt")):
        tags.add(control.find(f"{W}sdtPr/{W}tag").get(f"{W}val").partition("=")[0])
        run = etree.SubElement(etree.Element("x"), f"{W}t")
        run.text = "\n"
        control.getparent().replace(control, run)
    for paragraph in file.document.iter(f"{W}p"):
        text = "".join(piece.text or "" for piece in paragraph.iter(f"{W}t"))
        texts += [clean(piece) for piece in re.sub(r"\{[%{].*?[%}]\}", "\n", text).split("\n")]
    return tags, texts


def lacking(kind: BlockKind, page: str = PAGE) -> list[str]:
    """The parts that `kind` does not have, or has wrong: `kind: part: what`."""
    out: list[str] = []

    def miss(part: str, what: object) -> None:
        out.append(f"{kind.name}: {part}: {what}")

    named = set(re.findall(r"`([A-Za-z_.-]+)`", page))
    if unnamed := {*kind.all_keys} - named:
        miss("docs", sorted(unnamed))
    try:
        blocks = blocks_of(kind)
    except (DefinitionError, KeyError) as fault:
        return [*out, f"{kind.name}: parse: {fault}"]
    if not blocks or type(blocks[0]) is not kind.block:
        return [*out, f"{kind.name}: parse: no {kind.block.__name__}"]
    form = form_of(blocks)
    tags, wording = on_paper(form)
    found = slots(form)
    hidden = {slot.binding for slot in condition_slots(form)}
    known = {slot.binding for slot in found} - hidden
    if lost := tags - known:
        miss("slots", f"on paper only: {sorted(lost)}")
    if lost := known - tags:
        miss("write", f"no control: {sorted(lost)}")
    words = [clean(text) for text in form.fixed_texts()]
    if not words:
        miss("words", "none")
    # The numbers of criteria stand on paper and are no wording.
    if lost := {text for text in wording if not re.fullmatch(r"[IVX]*|\w?|[\W\d]*", text)} - set(words):
        miss("words", f"on paper only: {sorted(lost)}")
    if lost := {text for text in words if not any(text in written for written in wording)}:
        miss("write", f"not on paper: {sorted(lost)}")
    below = {slot for block in blocks for slot in block.slots(regulation())}
    held = tuple(f"{name}{end}" for block in blocks for name in block.holders() if name for end in (".", "[]"))
    if lost := {slot.binding for slot in below} - hidden - {b for b in known if held and b.startswith(held)}:
        miss("holders", sorted(lost))
    printed = printed_bindings(form, ALWAYS)
    if lost := {slot.list or slot.binding for slot in found} - printed - hidden:
        miss("printed", sorted(lost))
    for block in blocks:
        for field in (field for field in fields(block) if not field.repr):  # type: ignore[arg-type]
            old = getattr(block, field.name)
            other: Any = not old if isinstance(old, bool) else old + type(old)("x")
            if list(replace(block, **{field.name: other}).unsaid()) == list(block.unsaid()):  # type: ignore[type-var]
                miss("unsaid", field.name)
    conditional = blocks_of(kind, when=CONDITION)
    if any(CONDITION not in block.conditions() for block in conditional):
        miss("conditions", CONDITION)
    if f"or {BLANK_FLAG}" not in template_text(form_of(conditional)):
        miss("write", "whatever `when` says")
    if not out:
        out += round_trip(kind, form)
    return out


def template_text(form: FormDefinition) -> str:
    file, _ = open_word(build_template(form))
    assert file is not None
    return "".join(file.document.itertext())


def round_trip(kind: BlockKind, form: FormDefinition) -> list[str]:
    """A record of the form, filled (every text and value is looked for), read, and the same again."""
    data = sample_record(form)
    read = read_form(Filler(form).fill(data), regulation(), form)
    want = canonical_data(form, data)
    out = [f"{kind.name}: read: {finding.code}" for finding in read.findings]
    return out if read.data == want else [*out, f"{kind.name}: read: {read.data} is not {want}"]


@pytest.mark.parametrize("name", BLOCKS)
def test_every_kind_is_whole(name: str) -> None:
    assert BLOCKS[name].block.__doc__
    assert lacking(BLOCKS[name]) == []


@pytest.mark.parametrize("name", BLOCKS)
@pytest.mark.parametrize("holds", [True, False])
def test_a_condition_takes_the_whole_block_with_it(name: str, holds: bool) -> None:
    """What stands under a condition that does not hold is neither printed nor missed, whatever the record says."""
    form = form_of(blocks_of(BLOCKS[name], when=CONDITION))
    data = sample_record(form)
    data.setdefault("member", {})["leader"] = holds
    docx = Filler(form).fill(data)
    file, _ = open_word(docx)
    assert file is not None
    page = clean("".join(file.document.itertext()))
    assert [text for text in form.fixed_texts() if (clean(text) in page) is not holds] == []
    read = read_form(docx, regulation(), form)
    assert read.data == canonical_data(form, data)
    assert (len(read.data) > 2 or len(read.data.get("member", ())) > 1) is holds


@pytest.mark.parametrize("name", BLOCKS)
def test_every_kind_refuses_by_file_and_line(name: str) -> None:
    wording = Wording(regulation(), Mapping())
    for key, code in (("khong_co", "unknown_key"), ("when", "unknown_binding")):
        item = item_of(BLOCKS[name])
        item[key], item.lines[key] = "khong.co", 77
        with pytest.raises(DefinitionError) as caught:
            parse_block(wording, item, "", 0)
        assert (caught.value.code, caught.value.facts["line"]) == (f"errors.definition.{code}", 77)
        assert caught.value.facts["file"] == "mau.yaml"
    for key in BLOCKS[name].required:
        item = item_of(BLOCKS[name])
        del item[key]
        with pytest.raises(DefinitionError, match=key):
            parse_block(wording, item, "", 0)


def test_a_kind_nobody_registered_is_refused_with_the_kinds_there_are() -> None:
    item = load_text("photo: member.full_name", "mau.yaml")
    with pytest.raises(DefinitionError) as caught:
        parse_block(Wording(regulation(), Mapping()), item, "", 0)
    assert caught.value.code == "errors.definition.unknown_block"
    assert set(caught.value.facts["allowed"].split(", ")) == set(BLOCKS)


# -- a kind that is half there ---------------------------------------------------------------------------------------

#: What each kind below has in the page of keys.
NAMED = " ".join(f"`{key}`" for key in ("khung", *COMMON_KEYS))


@dataclass(frozen=True, slots=True)
class Framed(Block):
    """A framed paragraph: whole, so that what is taken from it is all that is missing."""

    parts: Parts
    when: str = ""
    look: str = ""

    def lines(self) -> Iterator[Parts]:
        yield self.parts

    def words(self, shown: Shown) -> Iterator[str]:
        yield from Line("line", self.parts).words(shown)

    def slots(self, regulation: RegulationData) -> Iterator[Slot]:
        yield from ()

    def write(self, paper: Any, following: Any) -> str:
        border = '<w:pBdr><w:top w:val="single" w:sz="4" w:space="1" w:color="auto"/></w:pBdr>'
        return str(paper.conditional(self.when, paper.paragraph("Normal", paper.parts(self.parts), border)))


def framed(block: type[Block] = Framed, *, name: str = "khung", example: str = "") -> BlockKind:
    def parse(wording: Wording, item: Mapping, when: str) -> tuple[Block, ...]:
        return (block(wording.parts(item[name], item, name), when),)  # type: ignore[call-arg]

    return BlockKind(name, block, parse, example=example or f"{name}: 'Ảnh của đồng chí {{member.full_name}} kèm theo'")


def test_a_whole_kind_needs_nothing_else() -> None:
    assert lacking(framed(), NAMED) == []
    assert list(register([framed()])) == ["khung"]


class NoLines(Framed):
    def lines(self) -> Iterator[Parts]:
        yield from ()


class NoWords(Framed):
    def words(self, shown: Shown) -> Iterator[str]:
        yield from ()


class NotWritten(Framed):
    def write(self, paper: Any, following: Any) -> str:
        return str(paper.conditional(self.when, ""))


class NoValue(Framed):
    def write(self, paper: Any, following: Any) -> str:
        return str(paper.conditional(self.when, paper.paragraph("Normal", paper.parts(self.parts[:1]))))


class Unconditional(Framed):
    def write(self, paper: Any, following: Any) -> str:
        return str(paper.paragraph("Normal", paper.parts(self.parts)))


class NoConditions(Framed):
    def conditions(self) -> Iterator[str]:
        yield from ()


class RowsUnprinted(Rows):
    def printed(self, shown: Shown) -> Iterator[str]:
        yield from ()


class RowsUnheld(Rows):
    def holders(self) -> Iterator[str]:
        yield from ()


class RowsUnsaid(Rows):
    def unsaid(self) -> Iterator[tuple[int, str]]:
        yield from ()


class RowsWithoutSlots(Rows):
    def slots(self, regulation: RegulationData) -> Iterator[Slot]:
        yield from ()


class CriteriaUnprinted(Criteria):
    def printed(self, shown: Shown) -> Iterator[str]:
        yield from ()


class SignWithoutName(Sign):
    def lines(self) -> Iterator[Parts]:
        yield from self.text


def as_kind(name: str, block: type[Block]) -> BlockKind:
    """The registered kind `name` with another block of the same fields."""
    kind = BLOCKS[name]

    def parse(wording: Wording, item: Mapping, when: str) -> tuple[Block, ...]:
        first, *rest = kind.parse(wording, item, when)
        return (block(**{f.name: getattr(first, f.name) for f in fields(first)}), *rest)  # type: ignore[arg-type]

    return replace(kind, block=block, parse=parse)


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        (framed(NoLines), "khung: slots"), (framed(NoWords), "khung: words"), (framed(NotWritten), "khung: write"),
        (framed(NoValue), "khung: write"), (framed(Unconditional), "khung: write"),
        (framed(NoConditions), "khung: conditions"), (framed(example="khung: '{khong.co}'"), "khung: parse"),
        (as_kind("rows", RowsUnprinted), "rows: printed"), (as_kind("rows", RowsUnheld), "rows: holders"),
        (as_kind("rows", RowsUnsaid), "rows: unsaid"), (as_kind("rows", RowsWithoutSlots), "rows: slots"),
        (as_kind("criteria", CriteriaUnprinted), "criteria: printed"),
        (as_kind("sign", SignWithoutName), "sign: slots"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.block.__name__,
)  # fmt: skip
def test_a_part_that_is_left_out_is_named(kind: BlockKind, part: str) -> None:
    found = lacking(kind, PAGE + NAMED)
    assert any(fault.startswith(f"{part}: ") for fault in found), found


def test_a_kind_that_is_not_documented_is_named() -> None:
    assert lacking(framed()) == ["khung: docs: ['khung']"]


def test_two_kinds_of_one_name_are_refused() -> None:
    with pytest.raises(TypeError, match="khung is called 'khung', which is the name of khung"):
        register([framed(), framed()])


def test_a_block_that_leaves_a_method_out_is_refused_by_name() -> None:
    class Unwritten(Block):
        def lines(self) -> Iterator[Parts]:
            yield from ()

    with pytest.raises(TypeError, match="khung does not say: slots, words, write"):
        register([framed(Unwritten)])


def test_a_kind_without_an_example_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match="khung does not say: example"):
        register([replace(framed(), example="")])


def test_one_key_has_one_shape() -> None:
    other = replace(framed(name="anh"), shapes={"head": "whole"})
    with pytest.raises(TypeError, match="anh: another kind gives head another shape"):
        register([*BLOCKS.values(), other])
    assert FORM_SHAPE["body"][0][1]["blank_rows"] == "whole"
