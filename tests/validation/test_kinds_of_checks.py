"""Every check is whole: its findings are declared, have words and hints, and no other check gives them."""

from __future__ import annotations

import ast
import copy
import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from docgen.dossier.load import dossier_from_bytes
from docgen.dossier.sample import sample_dossier
from docgen.i18n import LANGUAGES, has_message, locale_folder
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.validation.context import Check, forms_of
from docgen.validation.dossier import CHECKS
from docgen.validation.kind import CheckKind, checks_of

ROOM = Path(__file__).parents[2] / "docgen" / "validation"
DECLARED = {code: kind for kind in CHECKS for code in kind.codes}
#: A finding's key as it is written out in the code; what stands in braces is anything.
KEY = re.compile(r"validation\.[a-z_]+\.[a-z_{}]+")
#: Findings of the room that are no dossier's: those of a record of a batch.
OTHERS = {"validation.record.not_object"}
WRONG: tuple[Any, ...] = (
    None, "", "x", 5, -1, 7.5, True, [], ["a", ""], {}, "2018-13-40", "1980-01-01", "2031-01-01", "12", "HTXSNV",
    "KHTNV", "Không", "……", "[Nhập]", [1], {"a": 1}, "xuat_sac", 99, "DV-01",
)  # fmt: skip


def written_in(source: str) -> set[str]:
    """The keys of findings that `source` writes out: whole, or with `{}` for what is put in."""
    tree = ast.parse(source)
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            found.add("".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            found.add(node.value)
    return {key for key in found if KEY.fullmatch(key)}


def undeclared(source: str, codes: set[str]) -> list[str]:
    """The keys that `source` writes out and that none of `codes` is."""
    return sorted(
        key for key in written_in(source)
        if not any(re.fullmatch(re.escape(key).replace(r"\{\}", "[a-z_]+"), code) for code in codes)
    )  # fmt: skip


def test_an_undeclared_finding_is_noticed() -> None:
    source = 'check.add("validation.a.b", e)\ncheck.add(f"validation.c.{kind}", e)\ncheck.add("validation.d.e", e)'
    assert undeclared(source, {"validation.a.b", "validation.c.x"}) == ["validation.d.e"]
    assert undeclared(source, {"validation.a.b", "validation.d.e"}) == ["validation.c.{}"]


@pytest.mark.parametrize("path", sorted((ROOM / "checks").glob("*.py")), ids=lambda path: path.stem)
def test_a_check_writes_out_only_what_it_declares(path: Path) -> None:
    own = {code for code, kind in DECLARED.items() if type(kind).__module__.endswith(f".{path.stem}")}
    assert undeclared(path.read_text(encoding="utf-8"), own) == []


def test_what_checks_have_in_common_gives_only_what_one_declares() -> None:
    for path in ROOM.glob("*.py"):
        if path.stem != "report":
            assert undeclared(path.read_text(encoding="utf-8"), {*DECLARED}) == [], path.stem


@pytest.mark.parametrize("code", DECLARED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_has_words_and_a_hint(code: str, language: str) -> None:
    assert has_message(code, language)
    assert has_message(f"{code}.hint", language)


def test_no_words_are_left_of_a_finding_that_nobody_gives() -> None:
    words = (locale_folder() / "vi" / "LC_MESSAGES" / "validation.po").read_text(encoding="utf-8")
    hinted = set(re.findall(r'^msgid "(.+)\.hint"$', words, re.MULTILINE))
    assert hinted - {*DECLARED} == OTHERS


@pytest.mark.parametrize("kind", CHECKS, ids=lambda kind: kind.name)
def test_every_check_says_what_it_is_for(kind: CheckKind) -> None:
    assert type(kind).__doc__ != CheckKind.__doc__
    assert kind.codes


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands in `value`."""
    if path:
        yield path
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in below:
        yield from places(item, (*path, name))


def spoiled(data: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """`data` with a dozen of its values replaced or taken out."""
    out = copy.deepcopy(data)
    for path in rng.sample(list(places(data)), 12):
        holder = out
        try:
            for name in path[:-1]:
                holder = holder[name]
            if rng.random() < 0.3 and isinstance(holder, dict):
                holder.pop(path[-1], None)
            else:
                holder[path[-1]] = copy.deepcopy(rng.choice(WRONG))
        except (KeyError, IndexError, TypeError):
            continue  # what stood there is gone
    return out


@pytest.mark.parametrize("name", list_regulations())
def test_no_check_gives_what_it_does_not_declare(name: str) -> None:
    rng, regulation = random.Random(name), load_regulation(name)
    data, seen = sample_dossier(name), set()
    for _ in range(25):
        raw = json.dumps(spoiled(data, rng)).encode()
        dossier, _ = dossier_from_bytes(raw, "thu.json")
        if dossier is None:
            continue
        check = Check(dossier, regulation, forms_of(regulation), {"collective": "HTNV"})
        for kind in CHECKS:
            before = len(check.findings)
            kind.run(check)
            given = {finding.code for finding in check.findings[before:]}
            assert given <= {*kind.codes}, kind.name
            seen |= given
    assert len(seen) > 15


# -- a check that is half there --

Added = Callable[[str], tuple[CheckKind, ...]]
WHOLE = '''from docgen.validation.kind import CheckKind


class Thu(CheckKind):
    """Tries."""

    name = "thu"
    turn = 1
    codes = ("validation.thu.mot",)

    def run(self, check):
        check.add("validation.thu.mot", "error", "/thu")
'''


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Added:
    """Puts a module with the given text into a package of its own and gives the checks found there."""
    package = f"checks_{tmp_path.name}".replace("-", "_")
    (tmp_path / package).mkdir()
    monkeypatch.syspath_prepend(tmp_path)

    def add(text: str) -> tuple[CheckKind, ...]:
        (tmp_path / package / "added.py").write_text(text, encoding="utf-8")
        return checks_of(package)

    return add


def test_a_whole_check_is_found(added: Added) -> None:
    assert [kind.name for kind in added(WHOLE)] == ["thu"]


@pytest.mark.parametrize("part", ["name", "turn", "codes", "run"])
def test_a_check_that_leaves_a_part_out_is_refused_by_name(added: Added, part: str) -> None:
    half = WHOLE.replace(f"    {part} =", "    khac =").replace(f"def {part}(", "def khac(")
    with pytest.raises(TypeError, match=rf"added\.Thu does not say: {part}$"):
        added(half)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({}, "is called 'thu', which is the name of"),
        ({'"thu"': '"khac"'}, "(thu|khac) and (thu|khac) have one turn: 1"),
        ({'"thu"': '"khac"', "turn = 1": "turn = 2"}, "khac gives validation.thu.mot, which is a finding of thu"),
    ],
)
def test_two_checks_of_one_name_turn_or_finding_are_refused(added: Added, change: dict[str, str], fault: str) -> None:
    second = WHOLE.split("\n\n\n", 1)[1].replace("class Thu", "class Khac")
    for old, new in change.items():
        second = second.replace(old, new)
    with pytest.raises(TypeError, match=fault):
        added(f"{WHOLE}\n\n{second}")
