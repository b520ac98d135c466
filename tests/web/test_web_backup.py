"""A backup holds all that the server keeps, is taken while it runs, and goes into an empty place whole or not."""

from __future__ import annotations

import json
import sqlite3
import stat
import threading
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from page_office import PASSWORD, Browser, add_person, signed_in
from sqlalchemy import select
from web_office import Office

from docgen.dossier.sample import sample_dossier
from docgen.errors import InputError, UsageError
from docgen.web import backup, dossier_store, packet_store
from docgen.web.app import create_app
from docgen.web.backup import back_up, restore
from docgen.web.database import Database
from docgen.web.database_tables import CHANGE, LINK, METADATA, SESSION
from docgen.web.settings import Settings

#: A server of the first version, and each version whose tables are not today's.
THEN = Path(__file__).parent.parent / "data" / "server-0001.sql"
EARLIER = Database.revisions()[1:]
PACKET = "0" * 31 + "a"


@pytest.fixture
def kept(each_office: Office) -> Office:
    """A server on each kind of database, with an account that is signed in, a dossier with a history, a packet."""
    office = each_office
    signed_in(office)
    dossier = office.dossier(sample_dossier("kh55-2018"), unit="chi-bo-a")
    patch = {"organization": {"name": "Chi bộ khác"}}
    assert office.call("PATCH", f"/dossiers/{dossier}", json=patch, headers={"If-Match": "*"}).status_code == 200
    folder = packet_store.folder_of(office.settings, PACKET)
    (folder / "pdf").mkdir(parents=True)
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    (folder / "pdf" / "một.pdf").write_bytes(b"%PDF")
    with office.database.write() as db:
        packet_store.enter(db, PACKET, dossier, 2, False)
    return office


def place(folder: Path) -> tuple[Settings, Database]:
    settings = Settings(folder)
    settings.prepare()
    return settings, Database(settings.url)


def test_what_comes_back_is_what_was_there(kept: Office, tmp_path: Path) -> None:
    target = tmp_path / "sao-luu.zip"
    assert back_up(kept.settings, kept.database, target) == 1
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    settings, database = place(tmp_path / "moi")
    assert restore(settings, database, target) == 1
    with kept.database.read() as old, database.read() as new:
        for table in METADATA.sorted_tables:
            rows = [] if table in (SESSION, LINK) else sorted(map(str, old.execute(select(table)).all()))
            if table.name != "login_try":
                assert sorted(map(str, new.execute(select(table)).all())) == rows, table.name
        number = dossier_store.listed(new)[0].id
        assert dossier_store.broken_chain(new, number) == 0
    packet = packet_store.folder_of(settings, PACKET)
    assert (packet / "pdf" / "một.pdf").read_bytes() == b"%PDF"
    database.close()
    from fastapi.testclient import TestClient

    with TestClient(create_app(settings)) as client:  # the restored place works: sign in, look, change
        browser = Browser(Office(settings, client, client.app.state.database))  # type: ignore[attr-defined]
        assert browser.sign_in("hanh", PASSWORD).status_code == 303
        assert browser.post(f"/ho-so/{number}/nguoi", {"ten": "Người Mới"}).status_code == 303
        with client.app.state.database.read() as db:  # type: ignore[attr-defined]
            numbers = list(db.execute(select(CHANGE.c.number).order_by(CHANGE.c.number)).scalars())
    assert len(set(numbers)) == len(numbers)


def test_a_backup_is_one_moment_while_others_write(office: Office, tmp_path: Path) -> None:
    dossier = office.dossier(sample_dossier("kh55-2018"))
    done = threading.Event()

    def write() -> None:
        count = 0
        while not done.is_set():
            count += 1

            def make(data: dict[str, object], count: int = count) -> dict[str, object]:
                return {**data, "organization": {"name": str(count)}, "meeting": {"place": str(count)}}

            with office.database.write() as db:
                dossier_store.change(db, dossier, "a", None, make)  # type: ignore[arg-type]

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            target = tmp_path / f"{number}.zip"
            back_up(office.settings, office.database, target)
            settings, database = place(tmp_path / str(number))
            restore(settings, database, target)
            with database.read() as db:
                row, data = dossier_store.listed(db)[0], dossier_store.content(db, dossier)
                last = dossier_store.last_changes(db, dossier, 1)[0]
                assert dossier_store.broken_chain(db, dossier) == 0
            assert last["version"] == row.version
            assert row.version == 1 or data["organization"]["name"] == data["meeting"]["place"]  # type: ignore[index,call-overload]
            database.close()
    finally:
        done.set()
        writer.join()


def test_nothing_is_overwritten(kept: Office, tmp_path: Path) -> None:
    target = tmp_path / "sao-luu.zip"
    back_up(kept.settings, kept.database, target)
    with pytest.raises(UsageError):
        back_up(kept.settings, kept.database, target)
    with pytest.raises(UsageError, match="not_empty"):
        restore(kept.settings, kept.database, target)
    settings, database = place(tmp_path / "co-nguoi")
    database.upgrade()
    office = Office(settings, kept.client, database)
    add_person(office, "lan", unit="x")
    with pytest.raises(UsageError, match="not_empty"):
        restore(settings, database, target)
    database.close()


def changed(source: Path, target: Path, name: str, content: bytes | None) -> Path:
    """The backup with one entry changed, or left out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        if content is not None:
            new.writestr(name, content)
    return target


@pytest.mark.parametrize(("name", "content"), [
    ("packets/" + PACKET + "/../../../x", b"x"), ("packets/" + PACKET + "/C:x", b"x"),
    ("tables/person.jsonl", None), ("tables/dossier.jsonl", b'{"id": "a"}\n'), ("tables/unit.jsonl", b"[1]\n"),
    ("docgen-backup.json", b'{"kind": "khac"}'), ("docgen-backup.json", None),
    ("docgen-backup.json", json.dumps({"kind": "docgen-backup/1", "tables": "9999", "docgen": "9"}).encode()),
])  # fmt: skip
def test_a_backup_that_is_not_whole_leaves_nothing(
    kept: Office, tmp_path: Path, name: str, content: bytes | None
) -> None:
    target = tmp_path / "sao-luu.zip"
    back_up(kept.settings, kept.database, target)
    broken = changed(target, tmp_path / "hong.zip", name, content)
    settings, database = place(tmp_path / "moi")
    with pytest.raises(InputError):
        restore(settings, database, broken)
    with database.read() as db:
        assert dossier_store.listed(db) == []
    assert list(settings.packets.iterdir()) == []
    assert not (tmp_path / "x").exists()
    assert restore(settings, database, target) == 1  # the place is as empty as it was
    database.close()


def server_then(folder: Path, revision: str) -> tuple[Settings, Database]:
    """A server of the first version, brought on to `revision` and used there: an account, a closed dossier."""
    settings, database = place(folder)
    with closing(sqlite3.connect(settings.sqlite)) as db:
        db.executescript(THEN.read_text(encoding="utf-8"))
        number, last = db.execute("SELECT dossier, max(number) FROM change").fetchone()
        closed = (last + 1, number, 9, 1.5, "a", "/grades_closed", None, '{"closed": true}', "0" * 64)
        db.execute("INSERT INTO change VALUES (?,?,?,?,?,?,?,?,?)", closed)
        db.commit()
    database.upgrade(revision)
    return settings, database


def backed_up_then(settings: Settings, revision: str, target: Path) -> Path:
    """What a docgen of that version wrote: its own tables, its own revision."""
    with closing(sqlite3.connect(settings.sqlite)) as db, zipfile.ZipFile(target, "w") as archive:
        db.row_factory = sqlite3.Row
        head = {"kind": "docgen-backup/1", "docgen": "0.9", "tables": revision}
        archive.writestr("docgen-backup.json", json.dumps(head))
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            if name not in ("session", "link", "login_try", "sign_ticket", "alembic_version"):
                rows = [backup._plain(dict(row)) for row in db.execute(f"SELECT * FROM {name}")]
                archive.writestr(f"tables/{name}.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    return target


@pytest.mark.parametrize("revision", EARLIER)
def test_a_backup_of_an_earlier_version_is_brought_on_as_a_server_is(revision: str, tmp_path: Path) -> None:
    old, database = server_then(tmp_path / "cu", revision)
    target = backed_up_then(old, revision, tmp_path / "sao-luu.zip")
    database.upgrade()
    settings, new = place(tmp_path / "moi")
    assert restore(settings, new, target) == 1
    with database.read() as before, new.read() as after:
        for table in METADATA.sorted_tables:
            rows = sorted(map(str, before.execute(select(table)).all()))
            assert sorted(map(str, after.execute(select(table)).all())) == rows, table.name
        assert dossier_store.listed(after)[0].closed  # what the step to 0004 makes of the log
    assert sorted(path.name for path in settings.data.iterdir() if path.name.startswith(".")) == []
    database.close()
    new.close()


@pytest.mark.parametrize("broken", ["tables/change.jsonl", "tables/dossier.jsonl"])
def test_a_broken_backup_of_an_earlier_version_leaves_nothing(broken: str, tmp_path: Path) -> None:
    old, database = server_then(tmp_path / "cu", "0003")
    database.close()
    whole = backed_up_then(old, "0003", tmp_path / "sao-luu.zip")
    rows = [json.loads(line) for line in zipfile.ZipFile(whole).read(broken).splitlines()]
    rows[-1] |= {"new": "[1]"} if "new" in rows[-1] else {"unit": None}
    content = "".join(json.dumps(row) + "\n" for row in rows).encode()
    settings, new = place(tmp_path / "moi")
    with pytest.raises(InputError, match="no_backup"):
        restore(settings, new, changed(whole, tmp_path / "hong.zip", broken, content))
    assert restore(settings, new, whole) == 1  # the place is as empty as it was
    new.close()


def test_a_backup_of_a_newer_version_is_not_taken(kept: Office, tmp_path: Path) -> None:
    back_up(kept.settings, kept.database, tmp_path / "sao-luu.zip")
    head = json.dumps({"kind": "docgen-backup/1", "tables": "9999", "docgen": "99.1"}).encode()
    settings, database = place(tmp_path / "moi")
    with pytest.raises(InputError, match="other_backup") as told:
        restore(settings, database, changed(tmp_path / "sao-luu.zip", tmp_path / "x.zip", "docgen-backup.json", head))
    assert "99.1" in str(told.value)
    for trick in ("head", "+1", "base", ["0001"], None):
        head = json.dumps({"kind": "docgen-backup/1", "tables": trick, "docgen": "1"}).encode()
        again = changed(tmp_path / "sao-luu.zip", tmp_path / "y.zip", "docgen-backup.json", head)
        with pytest.raises(InputError, match="other_backup"):
            restore(settings, database, again)
    database.close()


def test_a_head_nested_without_end(tmp_path: Path) -> None:
    settings, database = place(tmp_path / "moi")
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("docgen-backup.json", "[" * 100_000)
    with pytest.raises(InputError, match="no_backup"):
        restore(settings, database, tmp_path / "x.zip")
    database.close()


def test_what_is_no_zip_is_said_to_be_none(tmp_path: Path) -> None:
    settings, database = place(tmp_path / "moi")
    (tmp_path / "x.zip").write_bytes(b"PK rong")
    with pytest.raises(InputError, match="no_backup"):
        restore(settings, database, tmp_path / "x.zip")
    database.close()


@pytest.mark.postgresql
def test_a_backup_of_one_kind_of_database_goes_into_the_other(office: Office, postgresql: Path, tmp_path: Path) -> None:
    from tools.postgres_here import new_database

    dossier = office.dossier(sample_dossier("kh55-2018"))
    target = tmp_path / "sao-luu.zip"
    back_up(office.settings, office.database, target)
    settings = Settings(tmp_path / "pg", new_database(postgresql, "docgen_sao_luu"))
    settings.prepare()
    database = Database(settings.url)
    assert restore(settings, database, target) == 1
    with database.write() as db:  # the history goes on behind its last line
        dossier_store.change(db, dossier, "a", None, lambda data: {**data, "sample": False})
    with database.read() as db:
        assert dossier_store.broken_chain(db, dossier) == 0
        assert [line["version"] for line in dossier_store.history(db, dossier)] == [1, 2]
    database.close()
