"""The database: opened, brought to the tables of this version, read and written in transactions.

SQLite waits for a lock only where a transaction says from its start that it will write (`BEGIN IMMEDIATE`): one that
reads first and writes then is refused at once when somebody else wrote in between.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError

from docgen.errors import EnvironmentFault

#: Seconds that a writer waits for another one.
WAIT = 20
_WRITES = "docgen_writes"


class Database:
    """An engine that knows reading from writing. May be shared between threads, not between processes."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.sqlite = url.startswith("sqlite")
        self.engine: Engine = (
            create_engine(url, connect_args={"timeout": WAIT, "check_same_thread": False}, pool_size=8, max_overflow=24)
            if self.sqlite
            else create_engine(url, pool_pre_ping=True, pool_size=8, max_overflow=24)
        )
        if self.sqlite:
            event.listen(self.engine, "connect", _prepared)
            event.listen(self.engine, "begin", _begun)

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads: one moment of the database."""
        with _told(), self.engine.connect() as connection:
            if not self.sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that writes; all of it is kept, or nothing where the block raises."""
        with _told(), self.engine.connect() as connection:
            connection = connection.execution_options(**{_WRITES: True})
            with connection.begin():
                yield connection

    def upgrade(self, revision: str = "head") -> None:
        """Bring the tables to this version's, or to those of an earlier `revision`.

        Raises `EnvironmentFault` where a newer docgen made them.
        """
        with _told(), self.engine.connect() as connection:
            config = _migrations()
            config.attributes["connection"] = connection.execution_options(**{_WRITES: True})
            try:
                command.upgrade(config, revision)
            except CommandError as fault:
                raise EnvironmentFault("web.error.newer_database") from fault

    @staticmethod
    def revisions() -> list[str]:
        """What names the tables of each version, this one's first."""
        return [step.revision for step in ScriptDirectory.from_config(_migrations()).walk_revisions()]

    @staticmethod
    def revision(db: Connection) -> str:
        """What names the tables that are there."""
        return MigrationContext.configure(db).get_current_revision() or ""

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def _migrations() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """What the database refuses is the machine's fault, said without a word of what was to be written."""
    try:
        yield
    except (OperationalError, DBAPIError) as fault:
        if isinstance(fault, OperationalError) or fault.connection_invalidated:
            raise EnvironmentFault("web.error.database", reason=type(fault.orig).__name__) from None
        raise


def _prepared(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # transactions begin as `_begun` says
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={WAIT * 1000}"):
        connection.execute(f"PRAGMA {pragma}")


def _begun(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
