"""A server for each test: the application itself, called without a network; keys as its users have them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from web_office import Office

from docgen.web import people
from docgen.web.app import create_app
from docgen.web.settings import Settings

_NUMBERS = itertools.count()


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes that cost nothing: what a hash costs in earnest is no matter of these tests."""
    monkeypatch.setattr(people, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def open_office(tmp_path: Path) -> Iterator[Callable[..., Office]]:
    """Open a server with other settings than the usual ones."""
    opened: list[Office] = []

    def make(**settings: Any) -> Office:
        chosen = Settings(**{"data": tmp_path / "data", **settings})
        app = create_app(chosen)
        client = TestClient(app, raise_server_exceptions=False)
        client.__enter__()
        opened.append(Office(chosen, client, app.state.database))
        return opened[-1]

    yield make
    for office in opened:
        office.client.__exit__(None, None, None)
        for database in office.opened:
            database.close()


@pytest.fixture(scope="session")
def postgresql(tool_at: Callable[[str], str]) -> Iterator[Path]:
    """A PostgreSQL of the tests' own; the folder of its socket."""
    from tools.postgres_here import running

    with running(tool_at) as folder:
        yield folder


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def each_office(request: pytest.FixtureRequest, open_office: Callable[..., Office]) -> Office:
    """A server on each kind of database, empty."""
    if request.param == "sqlite":
        return open_office()
    from tools.postgres_here import new_database

    folder = request.getfixturevalue("postgresql")
    return open_office(database=new_database(folder, f"docgen{next(_NUMBERS)}"))


@pytest.fixture
def office(open_office: Callable[..., Office]) -> Office:
    """A server with an empty database."""
    return open_office()
