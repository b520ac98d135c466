"""The guide for IT: every recipe of docs/integration.md runs as it stands, in both languages the same commands."""

from __future__ import annotations

import configparser
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from stand_in_proxy import nginx, tls_proxy
from test_serve import free_port

from docgen.web import database as database_module
from docgen.web.database import Database

ROOT = Path(__file__).parent.parent.parent
_RECIPE = re.compile(r"^## (\d+)\. .*?^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
#: Debian keeps it where a plain user's PATH does not look.
#: Every recipe that asks a server is written with curl.
pytestmark = pytest.mark.curl
PIP = 'pip install --upgrade "docgen-xep-loai[web]"\n'


def recipes(page: str) -> dict[int, str]:
    """The commands of each recipe, by its number."""
    return {int(number): code for number, code in _RECIPE.findall((ROOT / page).read_text(encoding="utf-8"))}


GUIDE = recipes("docs/integration.md")


def test_both_pages_give_the_same_ten() -> None:
    assert sorted(GUIDE) == list(range(1, 11))
    assert recipes("docs/en/integration.md") == GUIDE


def run(place: Path, number: int, **instead: str) -> None:
    """Run a recipe in `place`, with ports of its own; `instead` stands for what only the reader's machine has."""
    code = GUIDE[number].replace("8765", str(free_port())).replace("9000", str(free_port()))
    for old, new in {"examples/": f"{ROOT}/examples/", **instead}.items():
        code = code.replace(old, new)
    tools = place / "bin"
    tools.mkdir()
    (tools / "docgen").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m docgen "$@"\n', encoding="utf-8")
    (tools / "docgen").chmod(0o755)
    paths = {"PATH": f"{tools}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "NO_PROXY": "localhost"}
    told = place / "told.txt"
    with told.open("wb") as out:
        process = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-mc", code], cwd=place, env={**os.environ, **paths}, stdout=out, stderr=out,
            start_new_session=True,
        )  # fmt: skip
        with in_the_end(process):
            code_of_exit = process.wait(150)
    assert code_of_exit == 0, told.read_text(encoding="utf-8", errors="replace")


@contextmanager
def in_the_end(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Whatever the recipe left running ends with it."""
    try:
        yield
    finally:
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    session = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[3])
                    if session == process.pid:
                        os.kill(int(entry.name), signal.SIGKILL)
                except (OSError, IndexError):
                    continue


needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")


@needs_proc
@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6, 7])
def test_a_recipe_runs(tmp_path: Path, number: int) -> None:
    run(tmp_path, number)


@needs_proc
def test_a_recipe_that_fails_is_seen(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        run(tmp_path, 1, **{"mau-02b": "mau-khong-co"})


@needs_proc
@pytest.mark.postgresql
def test_the_recipe_for_postgresql(tmp_path: Path, postgresql: Path) -> None:
    from tools.postgres_here import new_database

    url = new_database(postgresql, "guide")
    run(tmp_path, 8, **{"postgresql+psycopg://docgen@/docgen?host=/var/run/postgresql": url})


@needs_proc
def test_the_recipe_behind_a_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setattr("test_integration_guide.free_port", lambda: port)
    with tls_proxy(tmp_path, port) as outside:
        run(tmp_path, 9, **{"8443": str(outside)})


@needs_proc
@pytest.mark.nginx
def test_the_recipe_behind_nginx_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tool_at: Callable[[str], str]
) -> None:
    port = free_port()
    monkeypatch.setattr("test_integration_guide.free_port", lambda: port)
    with nginx(tmp_path, port, tool_at("nginx")) as outside:
        run(tmp_path, 9, **{"8443": str(outside)})


@needs_proc
def test_the_recipe_for_an_upgrade(tmp_path: Path) -> None:
    """The folder is one of the version before: its tables are those of the step before the last."""
    (tmp_path / "du-lieu").mkdir()
    database = Database(f"sqlite:///{tmp_path / 'du-lieu' / 'docgen.sqlite3'}")
    config = Config()
    config.set_main_option("script_location", str(Path(database_module.__file__).parent / "migrations"))
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection.execution_options(docgen_writes=True)
        command.upgrade(config, "head")
        command.downgrade(config, "-1")
    with database.read() as db:
        before = database.revision(db)
    assert PIP in GUIDE[10]  # what the tests run is the new version already
    run(tmp_path, 10, **{PIP: ""})
    with database.read() as db:
        assert database.revision(db) > before
    database.close()


def test_the_unit_for_systemd_is_whole() -> None:
    unit = configparser.RawConfigParser(strict=True)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string((ROOT / "examples" / "serve" / "docgen.service").read_text(encoding="utf-8"))
    assert unit["Service"]["ExecStart"].split()[1:3] == ["serve", "--data"]
    assert (unit["Service"]["KillSignal"], unit["Service"]["UMask"]) == ("SIGTERM", "0077")
