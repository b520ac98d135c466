"""Every type of value is whole: from its schema to a form filled and read back; what it leaves out is named.

`lacking` is the walk; the types below it that are half there show that each part is noticed by name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from docgen.forms.bindings import slots
from docgen.forms.blocks.line import Line
from docgen.forms.definition import FormDefinition, load_form
from docgen.forms.example import sample_record
from docgen.forms.fill import Filler
from docgen.forms.parts import Hole, Text
from docgen.forms.printed import canonical_data
from docgen.forms.readback import read_form
from docgen.regulations.loader import TYPES, Field, Regulation, load_regulation
from docgen.values import VALUES
from docgen.values.code import Bool, Choice
from docgen.values.date import Date
from docgen.values.kind import HalfTypeError, Options, Parsed, ValueType, register
from docgen.values.number import Number
from docgen.values.spelling import clean
from docgen.values.text import Paragraphs
from docgen.values.text import Text as TextType

PAGE = (Path(__file__).parents[2] / "docs" / "regulations.md").read_text(encoding="utf-8")
#: What no value is, whatever its type.
NEVER: tuple[Any, ...] = (None, {"khong": "co"}, {1}, object())


@lru_cache(maxsize=1)
def regulation() -> Regulation:
    return load_regulation("kh55-2018")


def form_of(kind: ValueType) -> FormDefinition:
    """A form with one value in it, of the type `kind`."""
    field = Field("member.thu", kind.name, "Giá trị để thử", "A value to try", "presence")
    parts = (Text("Ghi ở đây: "), Hole(field))
    own = hashlib.sha256(repr((type(kind), parts)).encode()).hexdigest()[:16]
    return replace(load_form(regulation(), "mau-05"), body=(Line("line", parts),), header=(), title=(), notes=(),
                   required=(), required_when=(), code_printed=False, plain_header=True,
                   definition_hash=own)  # fmt: skip


def lacking(kind: ValueType, page: str = PAGE) -> list[str]:
    """The parts that `kind` does not have, or has wrong: `type: part: what`."""
    out: list[str] = []

    def miss(part: str, what: object) -> None:
        out.append(f"{kind.name}: {part}: {what!r}")

    if not re.search(rf"`{kind.name}[`(]", page.split("## `fields.yaml`")[1].split("\n## ")[0]):
        miss("docs", "not named")
    options = kind.options(regulation().choices, "presence")
    value = kind.sample("Giá trị để thử", options, 2018, 0)
    schema = kind.schema(options)
    conforms = jsonschema_rs.validator_for(schema).is_valid
    if not schema or not conforms(value) or conforms({"khong": "co"}):
        miss("schema", schema)
    if not kind.fits(value, options) or any(kind.fits(other, options) for other in NEVER):
        miss("fits", value)
    if kind.canonical(value) != value or kind.canonical(" " if isinstance(value, str) else value) == " ":
        miss("canonical", kind.canonical(value))
    show = kind.shower(options)
    shown = show(value) if show is not None else value
    lines = shown if isinstance(shown, list) else [shown]
    if not all(isinstance(line, str) and line for line in lines):
        return [*out, f"{kind.name}: shower: {shown!r} is no text"]
    if kind.empty or type(kind.empty) not in (type(shown), list, str):
        miss("empty", kind.empty)
    if not kind.prompt("") or not kind.prompt("long"):
        miss("prompt", kind.prompt(""))
    text = clean(" ".join(lines))
    if not kind.is_printed(value, options, text) or kind.is_printed(value, options, "không có gì ở đây cả"):
        miss("is_printed", text)
    if (read := kind.parse(lines, options, "")).problems or read.value != value:
        miss("parse", read.value)
    if kind.parse([" "], options, "").value is not None:
        miss("parse", "nothing is something")
    if bool(options) != (kind.control == "choice") or (kind.is_code and not options):
        miss("options", options)
    if [kind.of_code(code) for code, _ in options] != [kind.parse([words], options, "").value for _, words in options]:
        miss("of_code", options)
    return out or round_trip(kind)


def round_trip(kind: ValueType) -> list[str]:
    """The value in a form: asked for by a control of its kind, filled, found on the page, read, the same again."""
    form = form_of(kind)
    data = sample_record(regulation(), form)
    if [slot.kind for slot in slots(regulation(), form)] != [kind]:
        return [f"{kind.name}: slot"]
    read = read_form(Filler(regulation(), form).fill(data), regulation(), form)
    out = [f"{kind.name}: read: {finding.code}" for finding in read.findings]
    return out if read.data == canonical_data(regulation(), form, data) != {} else [*out, f"{kind.name}: read"]


@pytest.mark.parametrize("name", VALUES)
def test_every_type_is_whole(name: str) -> None:
    assert VALUES[name].__doc__
    assert lacking(VALUES[name]) == []


def test_a_catalogue_takes_every_type_and_no_other() -> None:
    assert set(TYPES) == set(VALUES)
    assert {kind.name for kind in VALUES.values()} == set(VALUES)


# -- a type that is half there ---------------------------------------------------------------------------------------


class NoSchema(TextType):
    def schema(self, options: Options) -> dict[str, Any]:
        return {}


class FitsAll(Number):
    def fits(self, value: Any, options: Options) -> bool:
        return True


class NotCanonical(Paragraphs):
    def canonical(self, value: Any) -> Any:
        return " ".join(value)


class NotShown(Number):
    def shower(self, options: Options) -> Callable[[Any], Any] | None:
        return None


class NoPrompt(TextType):
    def prompt(self, form: str) -> str:
        return ""


class AlwaysPrinted(Date):
    def is_printed(self, value: Any, options: Options, text: str) -> bool:
        return True


class NeverPrinted(Date):
    def is_printed(self, value: Any, options: Options, text: str) -> bool:
        return False


class NotParsed(Choice):
    def parse(self, paragraphs: Any, options: Options, full_date: str) -> Parsed:
        return Parsed()


class NoOptions(Choice):
    def options(self, choices: Any, argument: str) -> Options:
        return ()

    def sample(self, label: str, options: Options, year: int, index: int) -> Any:
        return "co"


class NoTruth(Bool):
    def of_code(self, code: str) -> Any:
        return code


class NotEmpty(TextType):
    empty = "…"


class WrongSample(Number):
    def sample(self, label: str, options: Options, year: int, index: int) -> Any:
        return "năm"


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        (NoSchema, "text: schema"), (FitsAll, "number: fits"), (NotCanonical, "paragraphs: canonical"),
        (NotShown, "number: shower"), (NoPrompt, "text: prompt"), (AlwaysPrinted, "date: is_printed"),
        (NeverPrinted, "date: is_printed"), (NotParsed, "choice: parse"), (NotEmpty, "text: empty"),
        (WrongSample, "number: schema"),
    ],
)  # fmt: skip
def test_a_part_that_is_left_out_is_named(kind: type[ValueType], part: str) -> None:
    found = lacking(kind())
    assert any(fault.startswith(f"{part}: ") for fault in found), found


@pytest.mark.parametrize(("kind", "name"), [(NoOptions, "choice"), (NoTruth, "bool")])
def test_a_closed_list_that_is_none_is_not_passed(kind: type[ValueType], name: str) -> None:
    try:
        found = lacking(kind())
    except (KeyError, IndexError) as fault:
        found = [f"{name}: {fault!r}"]
    assert found
    assert all(fault.startswith(f"{name}: ") for fault in found)


def test_a_type_that_is_not_documented_is_named() -> None:
    assert lacking(VALUES["year"], PAGE.replace("`year`", "")) == ["year: docs: 'not named'"]


def test_two_types_of_one_name_are_refused() -> None:
    with pytest.raises(HalfTypeError, match="text: registered twice"):
        register([TextType, NoSchema])


def test_a_type_that_leaves_a_method_out_is_refused_by_name() -> None:
    class Half(ValueType):
        name = "nua"
        control = "text"

    with pytest.raises(
        HalfTypeError, match="nua: Half does not say canonical, empty, fits, is_printed, options, parse"
    ):
        register([Half])


def test_a_type_that_word_cannot_ask_for_is_refused_by_name() -> None:
    class Nowhere(ValueType):
        name = "khong"

    with pytest.raises(HalfTypeError, match="khong: no control"):
        register([Nowhere])
