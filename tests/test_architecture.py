"""The guards of the house fire: an import upwards is noticed, and every command and error has its words."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from docgen.i18n import LANGUAGES, has_message
from docgen.regulations.loader import list_regulations
from docgen.regulations.rule_facts import ROLES, playing, shared_facts

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "docgen"


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, env={"PYTHONPATH": str(root), "PATH": ""},
                          check=False)  # fmt: skip


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("errors.py", "import docgen.model\n"),
        ("word/style.py", "import docgen.regulations.loader\n"),
        ("forms/data.py", "import docgen.packet.plan\n"),
        ("pipeline.py", "import click\n"),
    ],
)
def test_an_import_upwards_is_noticed(tmp_path: Path, module: str, line: str) -> None:
    ignore = shutil.ignore_patterns("__pycache__", "locale")
    shutil.copytree(PACKAGE, tmp_path / "docgen", ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / "docgen" / module).open("a", encoding="utf-8") as target:
        target.write(line)
    assert lint_imports(tmp_path).returncode != 0


def test_imports_go_one_way() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout[-3000:]


CODE = re.compile(r"""["']((?:errors|cli|packet|validation|dossier)\.[a-z_]+(?:\.[a-z_]+)+)["']""")


def used_keys() -> set[str]:
    """Every message key written out in the code."""
    keys = set()
    for path in PACKAGE.rglob("*.py"):
        keys |= set(CODE.findall(path.read_text(encoding="utf-8")))
    return {key for key in keys if not key.endswith((".py", ".md", ".po", ".json"))}


def test_every_message_has_words_in_every_language() -> None:
    keys = used_keys()
    assert len(keys) > 60
    lost = [(key, language) for key in sorted(keys) for language in LANGUAGES if not has_message(key, language)]
    assert lost == []


def test_every_command_has_a_help_in_every_language() -> None:
    from docgen.cli import COMMANDS

    lost = [(c, lang) for c in COMMANDS for lang in LANGUAGES if not has_message(f"cli.help.{c}", lang)]
    assert lost == []


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
def test_a_skipped_test_is_a_failure_in_ci_only(tmp_path: Path, ci: str, code: int) -> None:
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_x.py").write_text(
        "import pytest\n\ndef test_a():\n    assert True\n\ndef test_b():\n    pytest.skip('thiếu công cụ')\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", str(tmp_path)]
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "CI"))}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env={**env, "CI": ci}, check=False)
    assert done.returncode == code, done.stdout
    assert "thiếu công cụ" in done.stdout


def test_no_two_test_files_have_one_name() -> None:
    """Test folders are no packages, so pytest knows a file by its name alone and would not collect the second."""
    names = [path.name for path in Path(__file__).parent.rglob("*.py")]
    assert sorted({name for name in names if names.count(name) > 1} - {"conftest.py"}) == []


def strings(source: str) -> list[tuple[int, str]]:
    """The texts that a module works with, by line: its docstrings, which only people read, left out."""
    tree = ast.parse(source)
    told = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body and isinstance(node.body[0], ast.Expr)
    }  # fmt: skip
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
    ]


def named(source: str, names: set[str]) -> list[tuple[int, str]]:
    """Where the texts of a module name one of `names`, alone or as the first part of a path."""
    return [(line, text) for line, text in strings(source) if {text, text.partition("/")[0]} & names]


def test_a_regulation_named_in_python_is_noticed() -> None:
    source = '"""Of kh55-2018."""\nFALLBACK = "kh55-2018"\nFORM = "hd16-2018/mau-01"\n'
    assert named(source, set(list_regulations())) == [(2, "kh55-2018"), (3, "hd16-2018/mau-01")]


def test_no_regulation_is_named_in_python() -> None:
    """Adding a year is adding a folder, and so is taking one away: what depends on one regulation is data."""
    ids = set(list_regulations())
    found = {
        str(path.relative_to(ROOT)): named(path.read_text(encoding="utf-8"), ids) for path in PACKAGE.rglob("*.py")
    }
    assert {path: places for path, places in found.items() if places} == {}


def test_the_quota_names_no_fact() -> None:
    """Which fact is what to a quota is said in `facts.yaml` (`role`), so that a regulation may call it otherwise."""
    assert {role: playing(shared_facts(), role).role for role in ROLES} == {role: role for role in ROLES}
    roles = {playing(shared_facts(), role).name for role in ROLES} - set(ROLES)  # two are called what they are
    for module in ("quota.py", "board.py", "votes.py"):
        assert named((PACKAGE / "grading" / module).read_text(encoding="utf-8"), roles) == [], module


#: What changes the whole program, and where that is right: the command line, and the start of a worker process.
GLOBAL = re.compile(
    r"\b(?:signal\.signal|os\.(?:umask|chdir|putenv)|gc\.(?:disable|enable|freeze|set_threshold)|sys\.argv|"
    r"locale\.setlocale|os\.environ(?:\[[^\]]+\]\s*=[^=]|\.(?:update|setdefault|pop)))"
)
OWN_PROCESS = {
    "cli/__init__.py": "the command itself: language of Click, words of the help",
    "crew.py": "a worker process, which is docgen's own",
    "garbage.py": "called by the command line and by workers only",
    "grading/catalogue.py": "a module that is run by itself",
    "pdf/libreoffice.py": "a worker that ends its own group of processes",
}


def test_what_changes_the_whole_program_is_noticed() -> None:
    for line in ("signal.signal(signal.SIGTERM, x)", "os.umask(0)", "gc.disable()", 'os.environ["A"] = "b"'):
        assert GLOBAL.search(line), line
    assert not GLOBAL.search('os.environ["A"] == "b"')


def test_nothing_changes_the_program_that_calls_the_library() -> None:
    found = {str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py")
             if GLOBAL.search(path.read_text(encoding="utf-8"))}  # fmt: skip
    assert found == OWN_PROCESS.keys()
    callers = {str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py")
               if "less_garbage()" in path.read_text(encoding="utf-8")}  # fmt: skip
    assert callers - {"garbage.py"} == {"cli/__init__.py", "crew.py"}
