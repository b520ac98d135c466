"""What every test shares: which tools are there, and what happens to tests whose tool is missing.

On a developer's machine such a test is skipped and named at the end with the command that would mend it; in CI
(`CI=true`) it fails, because a check that silently does not run is no check.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

TOOLS: dict[str, tuple[tuple[str, ...], str]] = {
    "libreoffice": (("soffice",), "apt install libreoffice-writer-nogui"),
    "poppler": (("pdftotext", "pdftoppm"), "apt install poppler-utils"),
    "node": (("node", "npm"), "apt install nodejs npm"),
    "softhsm": (("softhsm2-util",), "apt install softhsm2"),
    "chromium": (("chromium",), "apt install --no-install-recommends chromium"),
    "postgresql": (("initdb", "postgres"), "apt install postgresql"),
    "nginx": (("nginx",), "apt install nginx-light"),
    "curl": (("curl",), "apt install curl"),
}
#: Where Debian keeps programs that stand in no PATH.
_FURTHER = ("/usr/lib/postgresql/*/bin", "/usr/sbin")
IN_CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")
_not_run: dict[str, str] = {}


def tool(name: str) -> str:
    """The program called `name`, of the newest version; empty where there is none."""
    places = [str(place) for pattern in _FURTHER for place in _newest_first(pattern)]
    return shutil.which(name, path=os.pathsep.join([*places, os.environ.get("PATH", os.defpath)])) or ""


def _newest_first(pattern: str) -> list[Path]:
    def version(place: Path) -> tuple[bool, int]:
        number = place.parent.name
        return number.isdigit(), int(number) if number.isdigit() else 0

    return sorted(Path("/").glob(pattern.removeprefix("/")), key=version, reverse=True)


@pytest.fixture(scope="session")
def tool_at() -> Callable[[str], str]:
    """Where a program is, by its name."""
    return tool


def missing_tool(marker: str) -> str:
    """The command that would install the tool of `marker`, or an empty text where it is there."""
    names, remedy = TOOLS[marker]
    return "" if all(tool(name) for name in names) else remedy


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose tool is missing; in CI, fail it."""
    for marker in TOOLS:
        if item.get_closest_marker(marker) and (remedy := missing_tool(marker)):
            _not_run[item.nodeid] = remedy
            if IN_CI:
                pytest.fail(f"{marker}: {remedy}")
            pytest.skip(f"{marker}: {remedy}")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--few N`: of each test function N cases at most, spread over them all."""
    parser.addoption("--few", type=int, default=0, help="of each test function so many cases at most (0: all)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave tests marked `serial` to a run without worker processes (`scripts/test` makes one); heed `--few`."""
    left_out: list[pytest.Item] = []
    if os.environ.get("PYTEST_XDIST_WORKER"):
        left_out = [item for item in items if item.get_closest_marker("serial")]
    if few := config.getoption("--few"):
        cases: dict[str, list[pytest.Item]] = {}
        for item in items:
            cases.setdefault(item.nodeid.partition("[")[0], []).append(item)
        for group in cases.values():
            kept = {index * len(group) // few for index in range(few)}
            left_out += [item for index, item in enumerate(group) if index not in kept]
    if left_out:
        gone = {id(item) for item in left_out}
        items[:] = [item for item in items if id(item) not in gone]
        config.hook.pytest_deselected(items=left_out)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a test that was skipped for any reason is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if IN_CI and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name every test that could not run, and why."""
    reports = [r for r in terminalreporter.stats.get("skipped", []) if isinstance(r, pytest.TestReport)]
    if not reports:
        return
    terminalreporter.section("Phép thử không chạy được trên máy này")
    for report in reports:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        terminalreporter.write_line(f"{report.nodeid}: {reason}")


@pytest.fixture(autouse=True)
def _vietnamese(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages are Vietnamese unless a test says otherwise, whatever the machine's own setting."""
    monkeypatch.delenv("DOCGEN_LANG", raising=False)
