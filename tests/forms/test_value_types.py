"""Every type of value is whole: from its schema to a form filled and read back; what it leaves out is named.

`lacking` is the walk; the types below it that are half there show that each part is noticed by name.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import jsonschema_rs
import openpyxl
import pytest

from docgen.batch.roster import roster_lines, write_roster
from docgen.dossier.canonical import Canonicaliser
from docgen.dossier.excel_cells import value_of
from docgen.dossier.layout import Column
from docgen.dossier.shape import record_shape
from docgen.forms.bindings import slots
from docgen.forms.blocks.kind import Block
from docgen.forms.blocks.line import Line
from docgen.forms.blocks.picture import Picture
from docgen.forms.definition import FormDefinition, load_form
from docgen.forms.example import sample_record
from docgen.forms.fill import Filler
from docgen.forms.parts import Hole, Text
from docgen.forms.printed import canonical_data
from docgen.forms.readback import read_form
from docgen.i18n import LANGUAGES, has_message
from docgen.kinds import kinds_of
from docgen.model import Place
from docgen.regulations.loader import TYPES, Field, RegulationData, load_regulation
from docgen.values import VALUES
from docgen.values.code import Bool, Choice
from docgen.values.date import Date
from docgen.values.kind import SAID, Options, Parsed, ValueType
from docgen.values.number import Number
from docgen.values.picture import PictureType, is_path
from docgen.values.spelling import clean
from docgen.values.text import Paragraphs
from docgen.values.text import Text as TextType

UNIT = Path(__file__).parents[1] / "data" / "van-ban"
#: A plain line of text, as the quick way past a record has it.
LINE = {"type": "string", "pattern": r"^\S+(?: \S+)*$"}
PAGE = (Path(__file__).parents[2] / "docs" / "regulations.md").read_text(encoding="utf-8")
#: What no value is, whatever its type.
NEVER: tuple[Any, ...] = (None, {"khong": "co"}, {1}, object())


@lru_cache(maxsize=1)
def regulation() -> RegulationData:
    """KH 55 with the values of every type: a unit's own, which has pictures too."""
    return load_regulation("chi-bo-anh-2018", [UNIT])


def form_of(kind: ValueType) -> FormDefinition:
    """A form with one value in it, of the type `kind`."""
    field = Field("member.thu", kind.name, "Giá trị để thử", "A value to try", "presence")
    parts = (Text("Ghi ở đây: "), Hole(field))
    block: Block = Picture(field, parts[:1], "Ảnh để thử", 100, 100) if kind.is_media else Line("line", parts)
    own = hashlib.sha256(repr((type(kind), parts)).encode()).hexdigest()[:16]
    return replace(load_form(regulation(), "mau-05"), body=(block,), header=(), title=(), notes=(),
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
    lines = kind.seen(shown)
    if not all(isinstance(line, str) and line for line in lines):
        return [*out, f"{kind.name}: shower: {shown!r} is no text"]
    if kind.empty or type(kind.empty) not in (type(shown), list, str):
        miss("empty", kind.empty)
    if not kind.prompt("") or not kind.prompt("long"):
        miss("prompt", kind.prompt(""))
    text = clean(" ".join(lines))
    if not kind.is_printed(value, options, text) or kind.is_printed(value, options, "không có gì ở đây cả"):
        miss("is_printed", text)
    read = kind.parse_media(shown.content) if kind.is_media else kind.parse(lines, options, "")
    if read.problems or read.value != value:
        miss("parse", read.value)
    refuses = kind.parse_media(b"").problems and kind.parse(["a"], (), "").problems
    if kind.is_media and not (kind.told(value) and refuses):
        miss("parse_media", kind.told(value))
    if kind.parse([" "], options, "").value is not None:
        miss("parse", "nothing is something")
    if bool(options) != (kind.control == "choice") or (kind.is_code and not options):
        miss("options", options)
    if [kind.of_code(code) for code, _ in options] != [kind.parse([words], options, "").value for _, words in options]:
        miss("of_code", options)
    return out or [*in_a_dossier(kind, value, options), *in_a_workbook(kind, value, options), *round_trip(kind)]


def canonical_of(kind: ValueType, value: Any, options: Options) -> tuple[Any, list[str]]:
    """What a dossier's reader makes of `value`, and the codes of what it says of it."""
    shape = record_shape([("member.thu", kind.name, "Giá trị để thử", options)])
    reader = Canonicaliser(lambda pointer: Place("thu.json", pointer))
    out = reader.run({"member": {"thu": value}}, shape)
    return out.get("member", {}).get("thu"), [finding.code for finding in reader.findings]


def in_a_dossier(kind: ValueType, value: Any, options: Options) -> list[str]:
    """The value as JSON, what of a wrong one is kept, the quick way past it, a place of the sample dossier."""
    out = []
    if canonical_of(kind, value, options) != (value, []):
        out.append(f"{kind.name}: typed: {value!r} is not its own plain form")
    if kind.typed(str(value), options) not in (None, value):
        out.append(f"{kind.name}: typed: {str(value)!r} is another value")
    if kind.sound(value) != value or any(kind.sound(other) is not None for other in NEVER):
        out.append(f"{kind.name}: sound")
    is_plain = jsonschema_rs.validator_for(kind.strict(options, LINE)).is_valid
    # Bytes have no quick way: they are always looked at.
    if is_plain(value) is kind.is_media or is_plain(" ") or is_plain({"khong": "co"}):
        out.append(f"{kind.name}: strict")
    neutral = kind.neutral(options, 2018, "2018-12-18")
    if not (kind.is_prose if neutral is None else kind.fits(neutral, options)):
        out.append(f"{kind.name}: neutral: {neutral!r}")
    if kind.misspelt and not all(
        has_message(key, language) for key in (kind.misspelt, f"{kind.misspelt}.hint") for language in LANGUAGES
    ):
        out.append(f"{kind.name}: misspelt: {kind.misspelt} has no words")
    return out


def in_a_workbook(kind: ValueType, value: Any, options: Options) -> list[str]:
    """The value in a cell: what is written reads back the same, and so does the example that a sheet shows."""
    out = []
    shown = {"example": dict(options).get(options[0][0]) if options else kind.cell_example}
    if kind.is_media:  # the example is the path of a file, which is not there
        out += [] if is_path(shown.pop("example")) else [f"{kind.name}: example"]
    for part, cell in (("to_cell", kind.to_cell(value, options)), *shown.items()):
        read, problem = value_of(Column(("thu",), "Thử", kind, options), cell)
        taken, _ = canonical_of(kind, read, options)
        if problem or not kind.fits(taken, options) or (part == "to_cell" and taken != value):
            out.append(f"{kind.name}: {part}: {cell!r} is read as {taken!r}")
    if not out and roster(kind, value, options) != [value]:
        out.append(f"{kind.name}: roster: {roster(kind, value, options)}")
    return out


def roster(kind: ValueType, value: Any, options: Options) -> list[Any]:
    """What comes back of `value`, written into a roster of a form that has nothing else."""
    form = form_of(kind)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "danh-sach.xlsx"
        write_roster(path, form)
        book = openpyxl.load_workbook(path)
        at = [cell.value for cell in book.active[2]].index("member.thu") + 1
        book.active.cell(3, at).value = kind.to_cell(value, options)
        book.save(path)
        source, findings = roster_lines(path, Path(folder), form)
        if source is None or findings:
            return [finding.code for finding in findings]
        records = [json.loads(line) for line in source.lines.read_text(encoding="utf-8").splitlines()]
    return [canonical_of(kind, record["member"]["thu"], options)[0] for record in records]


def round_trip(kind: ValueType) -> list[str]:
    """The value in a form: asked for by a control of its kind, filled, found on the page, read, the same again."""
    form = form_of(kind)
    data = sample_record(form)
    if [slot.kind for slot in slots(form)] != [kind]:
        return [f"{kind.name}: slot"]
    read = read_form(Filler(form).fill(data), regulation(), form)
    out = [f"{kind.name}: read: {finding.code}" for finding in read.findings]
    return out if read.data == canonical_data(form, data) != {} else [*out, f"{kind.name}: read"]


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


class NotRead(PictureType):
    def parse_media(self, content: bytes) -> Parsed:
        return Parsed()


class SeenAnywhere(PictureType):
    def is_printed(self, value: Any, options: Options, text: str) -> bool:
        return True


class NotEmpty(TextType):
    empty = "…"


class WrongSample(Number):
    def sample(self, label: str, options: Options, year: int, index: int) -> Any:
        return "năm"


class NotSound(Number):
    def sound(self, value: Any) -> Any:
        return value


class StrictOfAll(Date):
    def strict(self, options: Options, line: dict[str, Any]) -> dict[str, Any]:
        return {"type": "string"}


class TypedWrongly(Date):
    def typed(self, text: str, options: Options) -> Any:
        return "2000-01-01"


class NoNeutral(Number):
    def neutral(self, options: Options, year: int, day: str) -> Any:
        return None


class NotInACell(Bool):
    def of_text(self, text: str, options: Any) -> Any:
        return text


class NoExample(Number):
    cell_example = "…"


class NoWords(Date):
    misspelt = "validation.shape.khong_co"


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        (NoSchema, "text: schema"), (FitsAll, "number: fits"), (NotCanonical, "paragraphs: canonical"),
        (NotShown, "number: shower"), (NoPrompt, "text: prompt"), (AlwaysPrinted, "date: is_printed"),
        (NeverPrinted, "date: is_printed"), (NotParsed, "choice: parse"), (NotEmpty, "text: empty"),
        (WrongSample, "number: schema"), (NotSound, "number: sound"), (StrictOfAll, "date: strict"),
        (TypedWrongly, "date: typed"), (NoNeutral, "number: neutral"), (NotInACell, "bool: to_cell"),
        (NoExample, "number: example"), (NoWords, "date: misspelt"),
        (NotRead, "picture: parse"), (SeenAnywhere, "picture: is_printed"),
    ],
)  # fmt: skip
def test_a_part_that_is_left_out_is_named(kind: type[ValueType], part: str) -> None:
    found = lacking(kind())
    assert any(fault.startswith(part) for fault in found), found


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


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], dict[str, type[ValueType]]]:
    """Puts a module with the given text into a package of its own and gives the types found there."""
    name = f"types_{tmp_path.name}".replace("-", "_")
    (tmp_path / name).mkdir()
    monkeypatch.syspath_prepend(tmp_path)

    def add(text: str) -> dict[str, type[ValueType]]:
        (tmp_path / name / "added.py").write_text(text, encoding="utf-8")
        return kinds_of(name, ValueType, SAID)  # type: ignore[type-abstract]

    return add


Added = Callable[[str], dict[str, type[ValueType]]]
OWN = "from docgen.values.kind import ValueType\nfrom docgen.values.text import Text\n\n\n"


def test_two_types_of_one_name_are_refused(added: Added) -> None:
    with pytest.raises(TypeError, match=r"Other is called 'gio', which is the name of .*\.Gio"):
        added(OWN + 'class Gio(Text):\n    name = "gio"\n\n\nclass Other(Text):\n    name = "gio"\n')


def test_a_type_that_leaves_a_method_out_is_refused_by_name(added: Added) -> None:
    left = "Half does not say: canonical, control, empty, fits, is_printed, neutral, options, parse"
    with pytest.raises(TypeError, match=left):
        added(OWN + 'class Half(ValueType):\n    name = "nua"\n')


def test_a_type_without_a_name_is_refused(added: Added) -> None:
    with pytest.raises(TypeError, match="Nameless has no name"):
        added(OWN + 'class Nameless(Text):\n    name = ""\n')
