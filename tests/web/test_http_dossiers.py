"""Dossiers kept by the server: out as they came in, changed by version, remembered in a log that shows tampering."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from sqlalchemy import update
from web_office import Office

from docgen.dossier.excel import workbook_bytes
from docgen.dossier.sample import sample_dossier
from docgen.regulations.loader import load_regulation
from docgen.web import dossier_store
from docgen.web.database_tables import CHANGE

DATA = sample_dossier("kh55-2018")


def seen(version: int) -> dict[str, str]:
    return {"If-Match": f'"{version}"'}


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The problem document, which must be one of this status and code."""
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert (answer.status_code, told["status"], told["code"]) == (status, status, code)
    assert told["title"]
    assert "web." not in told["detail"]
    return told


def test_what_comes_out_is_what_went_in(each_office: Office) -> None:
    office = each_office
    made = office.call("POST", "/dossiers", json=DATA)
    assert made.status_code == 201
    assert made.headers["etag"] == '"1"'
    assert made.headers["location"] == f"/api/v1/dossiers/{made.json()['id']}"
    got = office.call("GET", made.headers["location"])
    assert json.dumps(got.json()) == json.dumps(DATA)  # the order of names too


def test_a_file_goes_out_and_in_again_byte_for_byte(office: Office) -> None:
    first = office.call("GET", f"/dossiers/{office.dossier()}").content
    again = office.call("POST", "/dossiers", content=first).json()["id"]
    assert office.call("GET", f"/dossiers/{again}").content == first


def test_an_excel_book_is_a_dossier_too(office: Office) -> None:
    book = workbook_bytes(load_regulation("kh55-2018"), DATA)
    made = office.call("POST", "/dossiers", content=book)
    assert made.status_code == 201
    assert made.json()["regulation"] == "kh55-2018"
    assert len(office.call("GET", f"/dossiers/{made.json()['id']}/members").json()) == len(DATA["members"])


@pytest.mark.parametrize(("content", "status", "code"), [
    (b"", 422, "web.problem.no_dossier"), (b"[1]", 422, "web.problem.no_dossier"),
    (b'{"regulation": "khong-co"}', 422, "web.problem.no_dossier"), (b"{", 422, "web.problem.no_dossier"),
    (b"PK\x03\x04", 422, "web.problem.no_dossier"), (b"[" * 100_000, 422, "web.problem.no_dossier"),
])  # fmt: skip
def test_what_is_no_dossier_is_not_kept(office: Office, content: bytes, status: int, code: str) -> None:
    told = problem(office.call("POST", "/dossiers", content=content), status, code)
    assert told["findings"]
    assert office.call("GET", "/dossiers").json() == []


def test_a_number_that_no_file_can_hold_is_refused(office: Office) -> None:
    number = office.dossier()
    patch = b'{"note": 1e999}'
    problem(office.call("PATCH", f"/dossiers/{number}", content=patch, headers=seen(1)), 400, "web.problem.json")
    problem(
        office.call("PATCH", f"/dossiers/{number}", content=b'{"note": "\\ud800"}', headers=seen(1)), 400,
        "web.problem.json",
    )  # fmt: skip


def test_a_change_needs_the_version_it_was_made_from(each_office: Office) -> None:
    office = each_office
    number = office.dossier()
    new = copy.deepcopy(DATA)
    new["organization"]["name"] = "Chi bộ khác"
    problem(office.call("PUT", f"/dossiers/{number}", json=new), 428, "web.problem.if_match")
    done = office.call("PUT", f"/dossiers/{number}", json=new, headers=seen(1))
    assert (done.status_code, done.headers["etag"]) == (200, '"2"')
    late = office.call("PUT", f"/dossiers/{number}", json=DATA, headers=seen(1))
    problem(late, 412, "web.problem.stale")
    assert late.headers["etag"] == '"2"'
    problem(office.call("PUT", f"/dossiers/{number}", json=DATA, headers={"If-Match": "xyz"}), 412, "web.problem.stale")
    assert office.call("GET", f"/dossiers/{number}").json() == new
    assert office.call("GET", f"/dossiers/{number}", headers={"If-None-Match": '"2"'}).status_code == 304


def test_the_same_again_is_no_new_version(each_office: Office) -> None:
    office = each_office
    number = office.dossier()
    assert office.call("PUT", f"/dossiers/{number}", json=DATA, headers=seen(1)).headers["etag"] == '"1"'


def test_json_patch_and_merge_patch(each_office: Office) -> None:
    office = each_office
    number = office.dossier()
    steps = [
        {"op": "test", "path": "/members/0/id", "value": DATA["members"][0]["id"]},
        {"op": "replace", "path": "/members/0/member/full_name", "value": "Người Bịa"},
        {"op": "remove", "path": "/members/1"},
    ]
    kind = {"Content-Type": "application/json-patch+json"}
    done = office.call("PATCH", f"/dossiers/{number}", content=json.dumps(steps), headers={**seen(1), **kind})
    assert done.headers["etag"] == '"2"'
    merged = office.call("PATCH", f"/dossiers/{number}", json={"organization": {"name": "Mới"}}, headers=seen(2))
    assert merged.headers["etag"] == '"3"'
    wanted = copy.deepcopy(DATA)
    wanted["members"][0]["member"]["full_name"] = "Người Bịa"
    del wanted["members"][1]
    wanted["organization"]["name"] = "Mới"
    assert office.call("GET", f"/dossiers/{number}").json() == wanted


@pytest.mark.parametrize("steps", [
    [{"op": "test", "path": "/regulation", "value": "khác"}, {"op": "remove", "path": "/members/0"}],
    [{"op": "remove", "path": "/members/0"}, {"op": "remove", "path": "/khong/co"}],
    [{"op": "xóa"}], ["x"], [{"op": "replace", "path": "", "value": 5}],
    [{"op": "replace", "path": "/regulation", "value": "khong-co"}],
])  # fmt: skip
def test_a_patch_is_done_whole_or_not_at_all(each_office: Office, steps: list[Any]) -> None:
    office = each_office
    number = office.dossier()
    kind = {"Content-Type": "application/json-patch+json"}
    done = office.call("PATCH", f"/dossiers/{number}", content=json.dumps(steps), headers={**seen(1), **kind})
    assert done.status_code == 422
    assert office.call("GET", f"/dossiers/{number}").headers["etag"] == '"1"'


def test_a_steps_document_where_an_object_belongs(office: Office) -> None:
    number = office.dossier()
    problem(office.call("PATCH", f"/dossiers/{number}", json=[], headers=seen(1)), 400, "web.problem.patch")


def test_history_says_who_changed_what(each_office: Office) -> None:
    office = each_office
    number = office.dossier()
    office.call("PATCH", f"/dossiers/{number}", json={"organization": {"name": "Mới"}}, headers=seen(1))
    told = office.call("GET", f"/dossiers/{number}/history").json()
    assert told["whole"] is True
    first, second = told["changes"]
    assert (first["version"], first["pointer"], first["who"]) == (1, "", "máy chủ")
    wanted = ("/organization/name", DATA["organization"]["name"], "Mới", 2)
    assert (second["pointer"], second["old"], second["new"], second["version"]) == wanted
    assert office.call("GET", f"/dossiers/{number}/history?after={first['number']}").json()["changes"] == [second]


@pytest.mark.parametrize("forged", [{"who": "người khác"}, {"new": '"khác"'}, {"at": 0.0}])
def test_an_altered_line_of_the_history_is_seen(each_office: Office, forged: dict[str, Any]) -> None:
    office = each_office
    number = office.dossier()
    office.call("PATCH", f"/dossiers/{number}", json={"organization": {"name": "Mới"}}, headers=seen(1))
    with office.database.write() as db:
        db.execute(update(CHANGE).where(CHANGE.c.dossier == number, CHANGE.c.version == 2).values(**forged))
    with office.database.read() as db:
        assert dossier_store.broken_chain(db, number) > 0
    assert office.call("GET", f"/dossiers/{number}/history").json()["whole"] is False


def test_a_deleted_dossier_is_gone_and_its_history_stays(each_office: Office) -> None:
    office = each_office
    number = office.dossier()
    problem(office.call("DELETE", f"/dossiers/{number}", headers=seen(7)), 412, "web.problem.stale")
    assert office.call("DELETE", f"/dossiers/{number}", headers=seen(1)).status_code == 204
    problem(office.call("GET", f"/dossiers/{number}"), 404, "web.problem.not_found")
    with office.database.read() as db:
        assert [line["version"] for line in dossier_store.history(db, number)] == [1, 2]


def test_findings_and_board_are_those_of_the_pipeline(office: Office) -> None:
    faulty = copy.deepcopy(DATA)
    faulty["members"][0]["member"]["full_name"] = ""
    number = office.dossier(faulty)
    told = office.call("GET", f"/dossiers/{number}/findings").json()
    assert told["sound"] is False
    assert any(finding["pointer"].startswith("/members/0/") for finding in told["findings"])
    board = office.call("GET", f"/dossiers/{office.dossier()}/board").json()
    people = [row for row in board["board"]["rows"] if row["subject"] == "dang_vien"]
    assert len(people) == len(DATA["members"])


def test_answers_come_in_the_language_that_is_asked_for(office: Office) -> None:
    told = office.call("GET", "/dossiers/x", headers={"Accept-Language": "en-US,en;q=0.9"}).json()
    assert told["detail"] == "There is nothing at this address"
    assert office.call("GET", "/dossiers/x?lang=vi").json()["detail"] == "Không có gì ở địa chỉ này"


def test_an_idempotency_key_does_a_thing_once(each_office: Office) -> None:
    office = each_office
    once = {"Idempotency-Key": "lần-1".encode().hex()}
    first = office.call("POST", "/dossiers", json=DATA, headers=once)
    second = office.call("POST", "/dossiers", json=DATA, headers=once)
    assert second.headers["idempotency-replayed"] == "true"
    assert (second.status_code, second.json(), second.headers["etag"]) == (201, first.json(), '"1"')
    assert len(office.call("GET", "/dossiers").json()) == 1
    other = office.call("POST", "/dossiers", json={**DATA, "members": []}, headers=once)
    problem(other, 422, "web.problem.idempotency_other")
    long = office.call("POST", "/dossiers", json=DATA, headers={"Idempotency-Key": "a" * 129})
    problem(long, 400, "web.problem.idempotency_key")
    assert len(office.call("GET", "/dossiers").json()) == 1


def test_a_refused_request_may_be_mended_under_its_key(office: Office) -> None:
    once = {"Idempotency-Key": "k"}
    assert office.call("POST", "/dossiers", content=b"{", headers=once).status_code == 422
    assert office.call("POST", "/dossiers", json=DATA, headers=once).status_code == 201


def test_an_excel_book_is_validated_from_its_bytes(office: Office) -> None:
    told = office.call("POST", "/validate", content=workbook_bytes(load_regulation("kh55-2018"), DATA)).json()
    assert told["sound"] is True
