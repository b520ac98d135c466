"""A unit's YAML of any shape: read, or refused with file and line; never a fault of docgen."""

from __future__ import annotations

import copy
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from docgen.errors import EXIT_FINDINGS, EXIT_INTERNAL, DefinitionError, DocgenError, UsageError
from docgen.forms.definition import load_form
from docgen.regulations import loader
from docgen.regulations.loader import builtin_folder, load_regulation
from docgen.regulations.rules import load_rules

_OTHERS: tuple[Any, ...] = ("x", "", "5", "-1", "9" * 40, [], ["x"], {}, {"x": "y"}, [{"x": ["y"]}], {"x": {"y": "z"}})


def _load_all(folder: Path, name: str) -> None:
    loader.forget_regulations()
    regulation = load_regulation(name, (folder,))
    load_rules(name, (folder,))
    for form in regulation.forms:
        load_form(regulation, form)


def _places(value: Any, parent: Any = None, key: Any = None) -> Iterator[tuple[Any, Any]]:
    if parent is not None:
        yield parent, key
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in items:
        yield from _places(item, value, name)


def _mutated(text: str, dice: random.Random) -> str:
    data = yaml.load(text, Loader=yaml.BaseLoader)
    for _ in range(dice.choice((1, 1, 1, 3))):
        parent, key = dice.choice(list(_places(data)) or [({"": ""}, "")])
        match dice.randrange(5):
            case 0 if isinstance(parent, dict):
                parent[dice.choice(("x", "rows", "when", "extends", "set", "kind"))] = parent.pop(key)
            case 1:
                del parent[key]
            case 2 if isinstance(parent, list):
                parent.append(copy.deepcopy(parent[key]))
            case _:
                parent[key] = copy.deepcopy(dice.choice(_OTHERS))
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=1000)


def fuzz(folder: Path, rounds: int, seed: int) -> dict[str, int]:
    """Load `rounds` mutants of the files of a copied regulation under `folder`; counts of what became of them."""
    dice = random.Random(seed)
    said: dict[str, int] = {}
    for source in ("kh55-2018", "hd19-2024"):
        own = folder / source
        shutil.copytree(builtin_folder() / source, own)
        files = sorted(own.rglob("*.yaml"))
        for _ in range(rounds // 2):
            path = dice.choice(files)
            text = path.read_text(encoding="utf-8")
            path.write_text(_mutated(text, dice), encoding="utf-8")
            try:
                _load_all(folder, source)
                told: DocgenError | None = None
            except (DefinitionError, UsageError) as fault:
                told = fault
            finally:
                path.write_text(text, encoding="utf-8")
            if isinstance(told, DefinitionError):
                at = Path(told.facts["file"])
                assert at.is_file()
                assert told.facts["line"] >= 0
                assert told.exit_code == EXIT_FINDINGS or builtin_folder() in at.parents
            said[told.code if told else "read"] = said.get(told.code if told else "read", 0) + 1
    return said


def test_mutants_are_read_or_refused_by_name(tmp_path: Path) -> None:
    said = fuzz(tmp_path, 60, 1)
    assert sum(said.values()) == 60
    # Both happen: a shape that refused all, or nothing, would be no check.
    assert 0 < said.get("read", 0) < 60


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("criteria.yaml", None, "- a\n", "errors.definition.needs_mapping"),
        ("regulation.yaml", "forms: [", "forms: x #", "errors.definition.needs_list"),
        ("regulation.yaml", "title: ", "title:\n  a: ", "errors.definition.needs_text"),
        ("forms/mau-02.yaml", "body:\n", "first_note: một\nbody:\n", "errors.definition.needs_whole"),
        ("forms/mau-02.yaml", "body:\n", "body:\n  - [x]\n", "errors.definition.needs_text_or_mapping"),
        ("forms/mau-02.yaml", "body:\n", "title: {a: b}\nbody:\n", "errors.definition.needs_text_or_list"),
        ("rules.yaml", "rules:\n", "rules:\n  - x\n", "errors.definition.needs_mapping"),
    ],
)
def test_a_value_of_another_kind_is_the_units_to_mend(
    tmp_path: Path, file: str, old: str | None, new: str, code: str
) -> None:
    shutil.copytree(builtin_folder() / "kh55-2018", tmp_path / "kh55-2018")
    path = tmp_path / "kh55-2018" / file
    text = path.read_text(encoding="utf-8")
    assert old is None or old in text
    path.write_text(new if old is None else text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        _load_all(tmp_path, "kh55-2018")
    assert (caught.value.code, caught.value.facts["file"]) == (code, str(path))
    assert caught.value.facts["line"] > 0
    assert caught.value.exit_code == EXIT_FINDINGS


def test_a_fault_in_what_comes_with_docgen_is_docgens() -> None:
    ours = builtin_folder() / "kh55-2018" / "rules.yaml"
    assert DefinitionError("errors.definition.not_yaml", file=str(ours), line=1).exit_code == EXIT_INTERNAL
    assert DefinitionError("errors.definition.not_yaml", file="don-vi.yaml", line=1).exit_code == EXIT_FINDINGS


@pytest.mark.parametrize("name", ["x" * 5000, "a/b", "..", "a\\b", "a:b"])
@pytest.mark.parametrize("file", ["regulation.yaml", "forms/mau-02.yaml", "rules.yaml"])
def test_what_cannot_be_a_files_name_is_an_unknown_name(tmp_path: Path, file: str, name: str) -> None:
    shutil.copytree(builtin_folder() / "kh55-2018", tmp_path / "kh55-2018")
    path = tmp_path / "kh55-2018" / file
    text = path.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("extends:")]
    path.write_text(f'extends: "{name}"\n'.replace("\\", "\\\\") + "\n".join(lines), encoding="utf-8")
    with pytest.raises((UsageError, DefinitionError)):
        _load_all(tmp_path, "kh55-2018")
