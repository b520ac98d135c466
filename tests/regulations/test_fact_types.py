"""Every type of fact is whole: told, written, in the schema, in a cell, asked about; what it leaves out is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from docgen.dossier.excel_cells import value_of
from docgen.dossier.excel_write import cell_value
from docgen.dossier.layout import Column
from docgen.grading.given_facts import well_typed
from docgen.grading.outcome import ask
from docgen.i18n import LANGUAGES, has_message
from docgen.kinds import kinds_of
from docgen.regulations.fact_type import SAID, UNKNOWN_IN_CELL, FactType
from docgen.regulations.fact_types import FACT_TYPES
from docgen.regulations.fact_types.number import Number
from docgen.regulations.fact_types.text import Choice
from docgen.regulations.fact_types.yes_no import YesNo
from docgen.regulations.rule_facts import Fact
from docgen.validation.checks.facts import fits

#: What no fact of any type is.
NEVER: tuple[Any, ...] = (object(), {1})
VALUES = ("tot", "kha")


def lacking(kind: FactType) -> list[str]:
    """The parts that `kind` does not have, or has wrong: `type: part: what`."""
    out: list[str] = []

    def miss(part: str, what: object) -> None:
        out.append(f"{kind.name}: {part}: {what!r}")

    values = () if kind.examples else VALUES
    examples = kind.examples or values
    conforms = jsonschema_rs.validator_for(kind.schema(values)).is_valid
    options = kind.options(values)
    column = Column(("facts", "thu"), "Thử", kind, options)
    for value in examples:
        if not kind.is_told(value, values):
            miss("is_told", value)
        if not kind.is_written(value, values):
            miss("is_written", value)
        if not conforms(value):
            miss("schema", value)
        if (read := value_of(column, cell_value(column, value))) != (value, ""):
            miss("of_text", read)
    for value in NEVER:
        if kind.is_told(value, values):
            miss("is_told", value)
        if kind.is_written(value, values):
            miss("is_written", value)
    if not conforms(None):
        miss("schema", None)
    if value_of(column, UNKNOWN_IN_CELL) != (None, ""):
        miss("of_text", UNKNOWN_IN_CELL)
    if not all(has_message(f"grading.ask.{kind.ask}", language) for language in LANGUAGES):
        miss("ask", kind.ask)
    if not all(kind.is_told(answer, values) for answer in kind.answers):
        miss("answers", kind.answers)
    if not {*kind.order(values)} <= {*kind.codes(values)} | {*kind.order(())}:
        miss("codes", kind.codes(values))
    return out


@pytest.mark.parametrize("name", FACT_TYPES)
def test_every_type_of_fact_is_whole(name: str) -> None:
    assert FACT_TYPES[name].__doc__
    assert lacking(FACT_TYPES[name]) == []


class NotTold(Number):
    def is_told(self, value: Any, values: tuple[str, ...]) -> bool:
        return isinstance(value, str)


class Anything(Number):
    def is_written(self, value: Any, values: tuple[str, ...]) -> bool:
        return True


class NoNull(Number):
    def schema(self, values: tuple[str, ...]) -> dict[str, Any]:
        return {"type": "number"}


class NeverUnknown(YesNo):
    def of_text(self, text: str, options: Any) -> Any:
        return text


class WrongAnswers(YesNo):
    answers = ("có",)


class NobodyAsks(Choice):
    ask = "khong_co"


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        (NotTold, "number: is_told"), (Anything, "number: is_written"), (NoNull, "number: schema"),
        (NeverUnknown, "bool: of_text"), (WrongAnswers, "bool: answers"), (NobodyAsks, "choice: ask"),
    ],
)  # fmt: skip
def test_a_part_that_is_wrong_is_named(kind: type[FactType], part: str) -> None:
    found = lacking(kind())
    assert any(fault.startswith(f"{part}: ") for fault in found), found


Added = Callable[[str], dict[str, type[FactType]]]
OWN = "from docgen.regulations.fact_type import FactType\nfrom docgen.regulations.fact_types.number import Number\n\n\n"


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Added:
    """Puts a module with the given text into a package of its own and gives the types found there."""
    name = f"fact_types_{tmp_path.name}".replace("-", "_")
    (tmp_path / name).mkdir()
    monkeypatch.syspath_prepend(tmp_path)

    def add(text: str) -> dict[str, type[FactType]]:
        (tmp_path / name / "added.py").write_text(text, encoding="utf-8")
        return kinds_of(name, FactType, SAID)  # type: ignore[type-abstract]

    return add


def test_two_types_of_one_name_are_refused(added: Added) -> None:
    with pytest.raises(TypeError, match=r"Other is called 'gio', which is the name of .*\.Gio"):
        added(OWN + 'class Gio(Number):\n    name = "gio"\n\n\nclass Other(Number):\n    name = "gio"\n')


def test_a_type_that_leaves_a_part_out_is_refused_by_name(added: Added) -> None:
    with pytest.raises(TypeError, match="Half does not say: examples, is_told"):
        added(OWN + 'class Half(FactType):\n    name = "nua"\n')


def test_a_type_of_its_own_is_a_fact_of_a_rule_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Registered, a type is told, checked, asked about: nothing else lists the types."""

    class Hours(Number):
        name = "gio"

    monkeypatch.setitem(FACT_TYPES, "gio", Hours())
    fact = Fact("hours", "gio", ("dang_vien",), (("vi", "Số giờ"), ("en", "Hours")))
    assert fact.kind.is_amount
    assert well_typed(fact, 7.5)
    assert not well_typed(fact, "bảy")
    assert fits(fact, 7)
    assert not fits(fact, -1)
    assert ask(fact).key == "grading.ask.how_many"
