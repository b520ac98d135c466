"""Nobody asks which type a value or a fact is: whoever needs to know something of it asks the type.

A comparison with a type's name, or a table keyed by types' names, is a place that a new type would have to be added to.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from docgen.regulations.fact_types import FACT_TYPES
from docgen.values import VALUES

PACKAGE = Path(__file__).parents[1] / "docgen"
NAMES = {*VALUES, *FACT_TYPES}
#: The homes of the types; `word` knows pages only, where a kind is one of a content control.
HOMES = ("values/", "regulations/fact_types/", "word/")
#: What holds a type or its name; a type's `control`, one of Word's, is asked of the type.
TYPED = re.compile(r"(?:^|[._])(?:type|kind)s?\b(?!\.control)")


def asked_by_name(source: str) -> list[int]:
    """The lines of `source` that compare a type with a name, or choose by one."""
    return sorted({line for node in ast.walk(ast.parse(source)) for line in _asked(node)})


def _asked(node: ast.AST) -> Iterator[int]:
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        if any(_names(side) & NAMES for side in sides) and any(_is_typed(side) for side in sides):
            yield node.lineno
    elif isinstance(node, ast.Match):
        cases = {name for case in node.cases for name in _names(case.pattern)}
        if _is_typed(node.subject) and cases & NAMES:
            yield node.lineno
    elif isinstance(node, ast.Dict):
        keys = [key.value for key in node.keys if isinstance(key, ast.Constant)]
        if len(keys) > 1 and set(keys) <= NAMES:
            yield node.lineno


def _names(node: ast.AST) -> set[str]:
    return {part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)}


def _is_typed(node: ast.AST) -> bool:
    return not _names(node) and TYPED.search(ast.unparse(node)) is not None


@pytest.mark.parametrize(
    "line",
    [
        'if slot.type == "date": ...', 'x = entry.type in ("text", "paragraphs")', 'y = kind not in {"bool", "year"}',
        'match field.type:\n    case "number" | "integer": ...', 'T = {"date": 1, "text": 2}',
        'z = "scale" == fact.type',
        'if {fact.type} & {"grades"} or fact.type != "grades": ...',
    ],
)  # fmt: skip
def test_a_type_asked_by_its_name_is_noticed(line: str) -> None:
    assert asked_by_name(line) == [1]


@pytest.mark.parametrize(
    "line",
    [
        "if slot.kind.is_many: ...", 'T = {"text": said, "kind": other}', 'if name == "date": ...',
        'reader.fact(m, "of", x, "grade")', 'if hole.type.control == "date": ...',
    ],
)  # fmt: skip
def test_what_asks_no_type_is_left_alone(line: str) -> None:
    assert asked_by_name(line) == []


def test_nobody_asks_a_type_by_its_name() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{line}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if not str(path.relative_to(PACKAGE)).startswith(HOMES)
        for line in asked_by_name(path.read_text(encoding="utf-8"))
    ]
    assert found == []
