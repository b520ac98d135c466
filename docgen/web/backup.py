"""All that a server keeps in one zip, taken while it runs, and put back into an empty place.

The zip holds each table as JSON lines, seen at one moment, and the folders of the packets. It fits SQLite and
PostgreSQL alike. Who is signed in, and links that are good for once, are left out.

A backup of an earlier version is first put into a database of its own with the tables of then, which the same steps
bring on that bring a server on; what they make of it goes into the empty place.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, cast

from sqlalchemy import Connection, MetaData, Table, func, insert, select, text
from sqlalchemy.exc import StatementError

from docgen.errors import InputError, UsageError
from docgen.paths import JsonDict
from docgen.storage import environment_fault, open_whole, working_on
from docgen.version import VERSION
from docgen.web.database import Database
from docgen.web.database_tables import (
    CHANGE,
    DELIVERY,
    DOSSIER,
    LINK,
    LOGIN_TRY,
    METADATA,
    PERSON,
    SESSION,
    SIGN_TICKET,
)
from docgen.web.settings import Settings

KIND = "docgen-backup/1"
_HEAD = "docgen-backup.json"
_LEFT_OUT = {SESSION.name, LINK.name, LOGIN_TRY.name, SIGN_TICKET.name}
_PACKET = re.compile(r"packets/([0-9a-f]{32})/(.+)\Z")
_ROWS = 500
#: Where Alembic keeps which step the tables are at.
_VERSIONS = "alembic_version"


def back_up(settings: Settings, database: Database, target: Path) -> int:
    """Write the backup; the number of dossiers in it. Raises `UsageError` where `target` exists."""
    if target.exists():
        raise UsageError("errors.usage.exists", file=str(target))
    with open_whole(target) as out, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        with database.read() as db:
            head = {"kind": KIND, "docgen": VERSION, "tables": database.revision(db)}
            archive.writestr(_HEAD, json.dumps(head))
            for table in METADATA.sorted_tables:
                if table.name not in _LEFT_OUT:
                    with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as file:
                        for row in db.execute(select(table)).mappings():
                            file.write((json.dumps(_plain(dict(row)), ensure_ascii=False) + "\n").encode())
            count = int(db.execute(select(func.count()).select_from(DOSSIER)).scalar_one())
        for folder in sorted(settings.packets.iterdir()):
            if _PACKET.match(f"packets/{folder.name}/x") and folder.is_dir():
                with working_on(folder):  # nobody signs in it meanwhile
                    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
                        archive.write(path, f"packets/{folder.name}/{path.relative_to(folder).as_posix()}")
    os.chmod(target, 0o600)
    return count


def _plain(row: dict[str, Any]) -> JsonDict:
    return {name: {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value
            for name, value in row.items()}  # fmt: skip


def _bytes_back(row: JsonDict) -> dict[str, Any]:
    return {name: base64.b64decode(str(value["base64"])) if isinstance(value, dict) else value
            for name, value in row.items()}  # fmt: skip


def restore(settings: Settings, database: Database, source: Path) -> int:
    """Put a backup back; the number of dossiers. All of it, or nothing.

    A backup of an earlier version is brought on. Raises `InputError` for a file that is no whole backup or of tables
    that this version does not know, `UsageError` where the place holds an account or a dossier already.
    """
    database.upgrade()
    made: list[Path] = []
    try:
        with zipfile.ZipFile(source) as archive:
            if archive.testzip() is not None:
                raise InputError("web.error.no_backup", file=source.name)
            head = json.loads(archive.read(_HEAD))
            if head.get("kind") != KIND:
                raise InputError("web.error.no_backup", file=source.name)
            with database.write() as db:
                then, now = head.get("tables"), database.revision(db)
                if then not in database.revisions():
                    raise InputError("web.error.other_backup", version=str(head.get("docgen"))[:20])
                for table in (PERSON, DOSSIER):
                    if db.execute(select(func.count()).select_from(table)).scalar_one():
                        raise UsageError("web.usage.not_empty", folder=str(settings.data))
                if then == now:
                    count = _fill(db, METADATA, lambda table: _rows(archive, table))
                else:
                    with _brought_on(archive, then, settings.data) as rows:
                        count = _fill(db, METADATA, rows)
                if not database.sqlite:
                    _count_on(db)
                _unpack(settings, archive, made)
                return count
    except OSError as fault:
        _drop(made)
        raise environment_fault(fault, settings.data) from fault
    except (
        zipfile.BadZipFile, KeyError, ValueError, EOFError, TypeError, AttributeError, StatementError, RecursionError,
    ) as fault:  # fmt: skip
        _drop(made)
        raise InputError("web.error.no_backup", file=source.name) from fault
    except Exception:
        _drop(made)
        raise


def _drop(made: list[Path]) -> None:
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)


def _fill(db: Connection, tables: MetaData, rows_of: Callable[[Table], Iterator[dict[str, Any]]]) -> int:
    """Put the rows into empty tables; the number of dossiers among them."""
    count = 0
    for table in tables.sorted_tables:
        if table.name in _LEFT_OUT or table.name == _VERSIONS:
            continue
        rows: list[dict[str, Any]] = []
        for row in rows_of(table):
            rows.append(row)
            count += table.name == DOSSIER.name
            if len(rows) == _ROWS:
                db.execute(insert(table), rows)
                rows = []
        if rows:
            db.execute(insert(table), rows)
    return count


def _rows(archive: zipfile.ZipFile, table: Table) -> Iterator[dict[str, Any]]:
    """The rows of a table as the backup has them. Raises `ValueError`, `KeyError` where they are not such rows."""
    with archive.open(f"tables/{table.name}.jsonl") as file:
        for row in _lines(file):
            if set(row) != set(table.columns.keys()):
                raise ValueError(table.name)
            yield _bytes_back(row)


@contextmanager
def _brought_on(
    archive: zipfile.ZipFile, revision: str, folder: Path
) -> Iterator[Callable[[Table], Iterator[dict[str, Any]]]]:
    """The rows of a backup with the tables of an earlier `revision`, as this version would have them."""
    with tempfile.TemporaryDirectory(dir=folder, prefix=".docgen-", ignore_cleanup_errors=True) as scratch:
        between = Database(f"sqlite:///{Path(scratch) / 'between.sqlite3'}")
        try:
            between.upgrade(revision)
            then = MetaData()
            with between.write() as db:
                then.reflect(db)
                _fill(db, then, lambda table: _rows(archive, table))
            between.upgrade()
            with between.read() as db:
                yield lambda table: (dict(row) for row in db.execute(select(table)).mappings())
        finally:
            between.close()


def _count_on(db: Connection) -> None:
    """PostgreSQL: the next line of a numbered table goes behind the last one."""
    for table in (CHANGE, DELIVERY):
        last = db.execute(select(func.max(table.c.number))).scalar()
        if last:
            db.execute(text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'number'), :last)"), {"last": last})


def _lines(file: Any) -> Iterator[JsonDict]:
    for line in file:
        row = json.loads(line)
        if not isinstance(row, dict):
            raise ValueError("row")
        yield cast(JsonDict, row)


def _unpack(settings: Settings, archive: zipfile.ZipFile, made: list[Path]) -> None:
    for name in archive.namelist():
        match = _PACKET.match(name)
        if match is None or name.endswith("/"):
            continue
        below = PurePosixPath(match[2])
        if below.is_absolute() or ".." in below.parts or "\\" in match[2] or ":" in match[2]:
            raise ValueError(name)
        folder = settings.packets / match[1]
        if folder not in made:
            folder.mkdir()
            made.append(folder)
        target = folder / below
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(name) as content, target.open("xb") as out:
            shutil.copyfileobj(content, out)
