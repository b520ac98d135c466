"""A server's folder as the first version with a server left it: its tables are brought on, what is in them stays."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect
from web_office import Office

from docgen.web.database import Database
from docgen.web.database_tables import METADATA

#: Dumped (`.dump` of sqlite3) from a server of that version that had answered requests, and what it answered then.
THEN = Path(__file__).parent.parent / "data" / "server-0001.sql"
SAID: dict[str, Any] = json.loads(THEN.with_suffix(".json").read_text(encoding="utf-8"))


@pytest.fixture
def brought_on(tmp_path: Path, open_office: Callable[..., Office]) -> Office:
    """Today's server on that folder."""
    packet = tmp_path / "data" / "packets" / SAID["packet"]
    packet.mkdir(parents=True)
    (packet / "manifest.json").write_text(json.dumps(SAID["manifest"], ensure_ascii=False), encoding="utf-8")
    with closing(sqlite3.connect(tmp_path / "data" / "docgen.sqlite3")) as db:
        db.executescript(THEN.read_text(encoding="utf-8"))
    database = Database(f"sqlite:///{tmp_path / 'data' / 'docgen.sqlite3'}")
    with database.read() as read:
        assert database.revision(read) == "0001"
    database.close()
    return open_office()


def asked(office: Office, path: str, key: str = "key", **headers: str) -> Any:
    return office.client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {SAID[key]}", **headers})


def test_the_tables_are_those_of_today(brought_on: Office) -> None:
    with brought_on.database.read() as db:
        found = inspect(db)
        for table in METADATA.sorted_tables:
            assert {column["name"] for column in found.get_columns(table.name)} == set(table.columns.keys())


def test_what_was_there_is_there(brought_on: Office) -> None:
    dossier, packet = SAID["dossier"], SAID["packet"]
    answer = asked(brought_on, f"/dossiers/{dossier}", "can_bo")
    assert (answer.json(), answer.headers["ETag"]) == (SAID["content"], '"3"')
    history = asked(brought_on, f"/dossiers/{dossier}/history").json()
    assert history["whole"] is True  # no line was altered on the way
    assert history["changes"] == SAID["history"]
    assert asked(brought_on, f"/jobs/{packet}").json()["state"] == "done"
    assert asked(brought_on, f"/packets/{packet}/manifest").json() == SAID["manifest"]


def test_keys_are_good_and_revoked_as_before(brought_on: Office) -> None:
    assert asked(brought_on, "/dossiers", "revoked").status_code == 401
    listed = asked(brought_on, "/dossiers", "can_bo").json()
    assert [one["unit"] for one in listed] == ["chi-bo-a"]
    again = brought_on.client.post(
        f"/api/v1/dossiers/{SAID['dossier']}/packets", json={},
        headers={"Authorization": f"Bearer {SAID['key']}", "Idempotency-Key": "bo-1"},
    )  # fmt: skip
    assert again.status_code == 202  # the same answer as then, or a new one after its day


def test_it_goes_on_from_there(brought_on: Office) -> None:
    path = f"/dossiers/{SAID['dossier']}"
    how = {"If-Match": '"3"', "Content-Type": "application/merge-patch+json"}
    changed = brought_on.client.patch(
        f"/api/v1{path}", json={"document": {"place": "Phường Khác"}},
        headers={"Authorization": f"Bearer {SAID['can_bo']}", **how},
    )  # fmt: skip
    assert changed.status_code == 200, changed.text
    history = asked(brought_on, f"{path}/history").json()
    assert (history["whole"], len(history["changes"])) == (True, len(SAID["history"]) + 1)
    hook = {"url": "https://nhan.vn/", "unit": "chi-bo-a"}  # in a table that was not there then
    made = brought_on.client.post("/api/v1/webhooks", json=hook, headers={"Authorization": f"Bearer {SAID['key']}"})
    assert made.status_code == 201, made.text
