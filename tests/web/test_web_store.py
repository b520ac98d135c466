"""The database and the folder: tables and migrations agree, writers wait for each other, foreign places are refused."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from web_office import Office

from docgen.errors import EnvironmentFault, UsageError
from docgen.web import access, dossier_store, settings
from docgen.web.database import Database
from docgen.web.database_tables import METADATA
from docgen.web.settings import Settings


def test_the_migrations_give_the_tables(each_office: Office) -> None:
    office = each_office
    with office.database.read() as db:
        found = compare_metadata(MigrationContext.configure(db), METADATA)
    assert found == []


def test_a_missing_column_is_seen(each_office: Office) -> None:
    office = each_office
    with office.database.write() as db:
        db.execute(text("ALTER TABLE packet DROP COLUMN draft"))
    with office.database.read() as db:
        found = compare_metadata(MigrationContext.configure(db), METADATA)
    assert [(one[0], one[3].name) for one in found] == [("add_column", "draft")]


def test_tables_of_a_newer_docgen_are_left_alone(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    database.upgrade()
    with database.write() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(EnvironmentFault) as caught:
        database.upgrade()
    database.close()
    assert caught.value.code == "web.error.newer_database"


def test_eight_writers_lose_nothing(each_office: Office) -> None:
    office = each_office
    number = office.dossier()
    failed: list[BaseException] = []

    def write(who: int) -> None:
        database = Database(office.settings.url)
        try:
            for turn in range(10):
                with database.write() as db:
                    dossier_store.change(db, number, str(who), None, lambda d, t=turn: {**d, f"x{who}": t})
        except BaseException as fault:
            failed.append(fault)
        finally:
            database.close()

    threads = [threading.Thread(target=write, args=(who,)) for who in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with office.database.read() as db:
        kept, data = dossier_store.find(db, number), dossier_store.content(db, number)
        assert dossier_store.broken_chain(db, number) == 0
    assert kept is not None
    assert kept.version == 1 + 80
    assert [data[f"x{who}"] for who in range(8)] == [9] * 8


def test_nothing_is_written_where_a_change_fails(each_office: Office) -> None:
    office = each_office
    number = office.dossier()

    def broken(data: dict[str, object]) -> dict[str, object]:
        raise UsageError("web.usage.one_act")

    with pytest.raises(UsageError), office.database.write() as db:
        dossier_store.change(db, number, "a", None, broken)
    with office.database.read() as db:
        kept = dossier_store.find(db, number)
    assert kept is not None
    assert kept.version == 1


def test_a_busy_database_is_said_and_not_waited_for_without_end(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("docgen.web.database.WAIT", 0.2)
    other = Database(office.settings.url)
    with other.write():
        answer = office.client.get("/api/v1/regulations", headers={"Authorization": "Bearer x"})
        assert answer.status_code == 401  # reading goes on
        late = Database(office.settings.url)
        with pytest.raises(EnvironmentFault) as caught, late.write():
            pass
        late.close()
    other.close()
    assert caught.value.code == "web.error.database"


@pytest.mark.parametrize(("mounts", "kind"), [
    ("/dev/sda1 / ext4 rw 0 0\n//srv/o /mnt cifs rw 0 0\n", "cifs"),
    ("srv:/o /mnt/a nfs4 rw 0 0\n/dev/sda1 / ext4 rw 0 0\n", "nfs4"),
    ("srv:/o /mnt nfs4 rw 0 0\n/dev/sdb1 /mnt/a ext4 rw 0 0\n", ""), ("srv:/o /mnt/ab nfs rw 0 0\n", ""),
])  # fmt: skip
def test_a_folder_on_a_network_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mounts: str, kind: str) -> None:
    listed = tmp_path / "mounts"
    listed.write_text(mounts, encoding="utf-8")
    monkeypatch.setattr(settings, "_MOUNTS", listed)
    assert settings.network_share(Path("/mnt/a/du-lieu")) == kind


def test_a_network_share_is_refused_before_anything_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "network_share", lambda folder: "cifs")
    with pytest.raises(EnvironmentFault) as caught:
        Settings(tmp_path / "data").prepare()
    assert caught.value.code == "web.error.network_share"
    assert not (tmp_path / "data").exists()
    Settings(tmp_path / "data", "postgresql+psycopg://x").prepare()  # the database is elsewhere: files may lie there


def test_the_folder_is_for_its_owner_alone(office: Office) -> None:
    assert office.settings.data.stat().st_mode & 0o077 == 0


def test_units_are_a_tree(each_office: Office) -> None:
    office = each_office
    access.add_unit(office.database, "a", "A")
    access.add_unit(office.database, "b", "B", "a")
    access.add_unit(office.database, "c", "C", "b")
    with office.database.read() as db:
        assert access.above(db, "c") == ("b", "a")
    for unit, parent, code in (
        ("a", "c", "web.usage.unit_circle"), ("a", "a", "web.usage.unit_circle"), ("d", "x", "web.usage.unknown_unit"),
        ("Chi bộ", "", "web.usage.unit"),
    ):  # fmt: skip
        with pytest.raises(UsageError) as caught:
            access.add_unit(office.database, unit, unit, parent)
        assert caught.value.code == code


def test_a_deep_tree_closes_to_no_circle(office: Office) -> None:
    access.add_unit(office.database, "u0", "U")
    for number in range(1, 15):
        access.add_unit(office.database, f"u{number}", "U", f"u{number - 1}")
    with pytest.raises(UsageError, match="unit_circle"):
        access.add_unit(office.database, "u0", "U", "u14")
    with office.database.read() as db:
        assert access.above(db, "u14")[-1] == "u0"


@pytest.mark.parametrize(("name", "role", "unit", "code"), [
    (" ", "", "", "web.usage.key_name"), ("a", "giam_doc", "x", "web.usage.role"),
    ("a", "can_bo", "", "web.usage.role_without_unit"), ("a", "can_bo", "Chi bộ", "web.usage.unit"),
])  # fmt: skip
def test_a_key_that_cannot_be_made(office: Office, name: str, role: str, unit: str, code: str) -> None:
    with pytest.raises(UsageError) as caught:
        access.new_key(office.database, name, role, unit)
    assert caught.value.code == code


def test_the_key_itself_is_not_in_the_database(office: Office) -> None:
    key = access.new_key(office.database, "phần mềm văn thư")
    secret = key.split("_", 2)[2]
    office.database.close()
    files = b"".join(path.read_bytes() for path in office.settings.data.glob("docgen.sqlite3*"))
    assert secret.encode() not in files
    assert key.split("_")[1].encode() in files


def test_docgen_works_without_the_web_libraries() -> None:
    program = "import sys, docgen, docgen.cli.validate, docgen.cli; print([m for m in sys.modules if 'fastapi' in m])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_who_reads_sees_one_moment(each_office: Office) -> None:
    number = each_office.dossier()
    with each_office.database.read() as reading:
        kept = dossier_store.find(reading, number)
        with each_office.database.write() as db:
            dossier_store.change(db, number, "a", None, lambda data: {**data, "x": 1})
        assert kept is not None
        assert kept.version == 1
        assert "x" not in dossier_store.content(reading, number)


@pytest.mark.parametrize(("method", "path", "how", "status"), [
    ("GET", "/dossiers/%00", {}, 404), ("GET", "/jobs/a%00b", {}, 404), ("GET", "/packets/%00/due", {}, 404),
    ("POST", "/dossiers?unit=%00", {"json": {}}, 404),
    ("PATCH", "/dossiers/{id}", {"json": {"a\0b": 1}, "headers": {"If-Match": "*"}}, 400),
])  # fmt: skip
def test_what_no_text_of_a_database_is(
    each_office: Office, method: str, path: str, how: dict[str, Any], status: int
) -> None:
    answer = each_office.call(method, path.format(id=each_office.dossier()), **how)
    assert answer.status_code == status, answer.text
