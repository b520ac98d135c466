"""The guards of the house fire: an import upwards is noticed, and every command and error has its words."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Collection, Mapping
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from docgen.i18n import LANGUAGES, has_message
from docgen.regulations.loader import list_regulations
from docgen.regulations.rule_facts import ROLES, playing, shared_facts
from tools.any_share import share

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
        ("word/write/style.py", "import docgen.regulations.loader\n"),
        ("word/engine/compile.py", "import docgen.word.write.style\n"),
        ("word/file/package.py", "import docgen.word.read.reader\n"),
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


def test_every_command_has_a_help_in_every_language() -> None:
    from docgen.cli import COMMANDS

    lost = [(c, lang) for c in COMMANDS for lang in LANGUAGES if not has_message(f"cli.help.{c}", lang)]
    assert lost == []


def commands_in(source: str) -> list[str]:
    """The names of the commands and groups that a module of the command line puts at the top."""
    found = []
    for node in ast.parse(source).body:
        for call in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
            if isinstance(call, ast.Call) and ast.unparse(call.func) in ("click.command", "click.group"):
                found.append(str(ast.literal_eval(call.args[0])) if call.args else node.name)
    return found


def test_a_second_command_in_a_file_is_noticed() -> None:
    source = '@click.command(help="x")\ndef a(): ...\n@click.group("b")\ndef c(): ...\n@b.command()\ndef d(): ...\n'
    assert commands_in(source) == ["a", "b"]


def test_every_command_has_a_file_of_its_own_name() -> None:
    from docgen.cli import COMMANDS

    assert {name: path.partition(":")[0] for name, path in COMMANDS.items()} == {
        name: f"docgen.cli.{name.replace('-', '_')}" for name in COMMANDS
    }
    files = {path.stem: commands_in(path.read_text(encoding="utf-8")) for path in (PACKAGE / "cli").glob("*.py")}
    del files["__init__"]  # the whole of it, `docgen`
    assert {stem: found for stem, found in files.items() if found} == {
        name.replace("-", "_"): [name] for name in COMMANDS
    }


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


def imported(source: str, modules: Collection[str]) -> set[str]:
    """The `modules` that a source imports when it runs, within functions too; what only types need is left out."""
    found, left = set(), [ast.parse(source)]
    while left:
        node: Any = left.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            left += node.orelse
            continue
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            each = {f"{node.module}.{name.name}" for name in node.names}
            found |= {name if name in modules else str(node.module) for name in each}
        left += ast.iter_child_nodes(node)
    return found & set(modules)


def circle(sources: Mapping[str, str]) -> list[str]:
    """A circle of imports among these modules (source by name), the first one again at its end; empty for none."""
    graph = {name: imported(source, sources) - {name} for name, source in sources.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as found:
        return list(found.args[1])
    return []


def test_a_circle_of_imports_is_noticed() -> None:
    there = "from docgen import b\n"
    back = "def late():\n    from docgen.a import thing\n"
    assert set(circle({"docgen.a": there, "docgen.b": back, "docgen.c": "import docgen.a"})) == {"docgen.a", "docgen.b"}
    typed = "if TYPE_CHECKING:\n    from docgen.a import thing\n"
    assert circle({"docgen.a": there, "docgen.b": typed}) == []


def test_no_circle_of_imports() -> None:
    """Within a room too, where the contract of the rooms does not look, and within functions, where Python does not."""
    names = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in PACKAGE.rglob("*.py")}
    sources = {name.removesuffix(".__init__"): path.read_text(encoding="utf-8") for path, name in names.items()}
    assert len(sources) > 300
    assert circle(sources) == []


def not_there(source: str) -> list[str]:
    """The names that a source imports from docgen and that are not there."""
    lost = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and str(node.module).partition(".")[0] == "docgen":
            try:
                module = import_module(str(node.module))
            except ModuleNotFoundError:
                lost.append(str(node.module))
                continue
            each = [f"{node.module}.{name.name}" for name in node.names if not hasattr(module, name.name)]
            lost += [name for name in each if not hasattr(module, "__path__") or find_spec(name) is None]
    return lost


def test_a_lost_name_is_noticed() -> None:
    source = "from docgen.model import Finding, Nothing\nfrom docgen import nearest\nfrom docgen.nowhere import x\n"
    assert not_there(source) == ["docgen.model.Nothing", "docgen.nowhere"]


def test_what_tools_and_benchmarks_import_is_there() -> None:
    """No type checker looks at them, and a benchmark runs rarely: a rename must not break it unseen."""
    files = [*(ROOT / "tools").glob("*.py"), *(ROOT / "benchmarks").glob("*.py")]
    assert len(files) > 20
    lost = {path.name: not_there(path.read_text(encoding="utf-8")) for path in files}
    assert {name: names for name, names in lost.items() if names} == {}


#: Where each file is called like the one kind it holds: the folder says of what. A command's file is such a one too.
KINDS = (
    "cli/", "forms/blocks/", "pdf/engines/", "regulations/effects/", "regulations/fact_types/",
    "regulations/predicates/", "validation/checks/", "values/",
)  # fmt: skip


def twice(paths: list[str]) -> dict[str, list[str]]:
    """The names that several of these files of the package have, those called after kinds left out."""
    rooms: dict[str, list[str]] = {}
    for path in paths:
        if not path.startswith(KINDS) and not path.endswith("__init__.py"):
            rooms.setdefault(path.rpartition("/")[2], []).append(path)
    return {name: sorted(found) for name, found in rooms.items() if len(found) > 1}


def test_a_name_that_stands_twice_is_noticed() -> None:
    files = ["a/plan.py", "b/c/plan.py", "cli/plan.py", "a/__init__.py", "b/__init__.py", "plans.py"]
    assert twice(files) == {"plan.py": ["a/plan.py", "b/c/plan.py"]}


def test_no_two_modules_have_one_name() -> None:
    """An import says by its last name what is meant; where two rooms have one thing each, each says which."""
    assert twice([path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py")]) == {}


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
    for module in ("group_quota.py", "board.py", "votes.py"):
        assert named((PACKAGE / "grading" / module).read_text(encoding="utf-8"), roles) == [], module


#: What changes the whole program, and where that is right: the command line, and the start of a worker process.
GLOBAL = re.compile(
    r"\b(?:signal\.signal|os\.(?:umask|chdir|putenv)|gc\.(?:disable|enable|freeze|set_threshold)|sys\.argv|"
    r"locale\.setlocale|os\.environ(?:\[[^\]]+\]\s*=[^=]|\.(?:update|setdefault|pop)))"
)
OWN_PROCESS = {
    "cli/__init__.py": "the command itself: language of Click, words of the help",
    "cli/serve.py": "the command itself: it ends as it is told to, with exit code 0",
    "crew.py": "a worker process, which is docgen's own",
    "garbage.py": "called by the command line and by workers only",
    "grading/catalogue.py": "a module that is run by itself",
    "pdf/engines/libreoffice.py": "a worker that ends its own group of processes",
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


def classes(source: str) -> list[str]:
    """The names of the classes that a module defines, those inside functions and classes too."""
    return [node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)]


def test_a_class_is_found_wherever_it_stands() -> None:
    assert classes("class A:\n    class B: ...\ndef f():\n    class C: ...\n") == ["A", "B", "C"]


def test_a_public_name_has_one_meaning() -> None:
    """What users call a `Regulation` is no other class elsewhere in the house."""
    import docgen

    homes: dict[str, list[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        for name in classes(path.read_text(encoding="utf-8")):
            homes.setdefault(name, []).append(str(path.relative_to(PACKAGE)))
    assert {name: homes[name] for name in docgen.__all__ if len(homes.get(name, ())) > 1} == {}


#: Of a hundred signatures so many may say Any: values of templates, of stand-ins for types that vary by their name.
ANY_PERCENT = 7.0


def test_a_signature_that_says_any_is_noticed(tmp_path: Path) -> None:
    module = tmp_path / "docgen" / "made_up.py"
    module.parent.mkdir()
    module.write_text(
        "from typing import Any\n"
        "import typing\n"
        "Hidden = dict[str, Any]\n"
        "def by_another_name(data: Hidden) -> int: ...\n"
        "def bare(data: Any) -> int: ...\n"
        "def inside(data: 'dict[str, Any]', *rest: int) -> None: ...\n"
        "class Some:\n"
        "    async def given_back(self) -> list[typing.Any]: ...\n"
        "    def keywords(self, **facts: Any) -> None:\n"
        "        def honest(text: str) -> str: ...\n",
        encoding="utf-8",
    )
    said, total = share(module.parent)
    assert [entry.split()[-1] for entry in said] == ["by_another_name", "bare", "inside", "given_back", "keywords"]
    assert total == 6
    assert 100 * len(said) / total > ANY_PERCENT


def test_few_signatures_say_any() -> None:
    said, total = share(PACKAGE)
    assert 100 * len(said) / total < ANY_PERCENT, "\n".join(said)


#: Clocks that only measure; the others also tell a test until when to wait for another process.
CLOCKS = re.compile(r"\btime\.(?:process_time|perf_counter|thread_time)(?:_ns)?\b")


def test_no_test_measures_time() -> None:
    """A busy machine is no fault: `work.lines_run` counts work, and a time limit ends what hangs."""
    assert CLOCKS.search("assert time.process_time() - started < 2")
    assert not CLOCKS.search("end = time.monotonic() + 30")
    measured = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "tests").rglob("*.py")) if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if CLOCKS.search(line)
    ]  # fmt: skip
    assert measured == []
