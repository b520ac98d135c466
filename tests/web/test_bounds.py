"""Bodies that are small and cost much: refused at once, and nothing is kept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from web_office import Office

from docgen.dossier.sample import sample_dossier
from docgen.web.bounds import MAX_DEPTH, MAX_NAMES, MAX_ROWS

PATCH = {"Content-Type": "application/json-patch+json", "If-Match": "*"}


def deep(levels: int) -> Any:
    out: Any = []
    for _ in range(levels - 1):
        out = [out]
    return out


def sample(**more: Any) -> dict[str, Any]:
    return {**sample_dossier("kh55-2018", members=1), **more}


OUTSIZED = {
    "many members": (sample(members=[{}] * (MAX_ROWS + 1)), "web.problem.too_many"),
    "many names": (sample(**{f"x{n}": 1 for n in range(MAX_NAMES + 1)}), "web.problem.too_many"),
    "rows of a member": (sample(members=[{"id": "a", "tasks": [1] * (MAX_ROWS + 1)}]), "web.problem.too_many"),
    "deep": (sample(x=deep(MAX_DEPTH)), "web.problem.too_deep"),
}


@pytest.mark.parametrize("kind", OUTSIZED)
@pytest.mark.parametrize("where", ["/validate", "/grade", "/dossiers"])
def test_a_small_body_that_costs_much_is_refused(office: Office, kind: str, where: str) -> None:
    data, code = OUTSIZED[kind]
    answer = office.call("POST", where, json=data)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert office.call("GET", "/dossiers").json() == []


@pytest.mark.parametrize("kind", OUTSIZED)
def test_no_change_makes_a_dossier_so(office: Office, kind: str) -> None:
    number = office.dossier()
    before = office.call("GET", f"/dossiers/{number}").content
    data, code = OUTSIZED[kind]
    for method in ("PUT", "PATCH"):
        answer = office.call(method, f"/dossiers/{number}", json=data, headers={"If-Match": "*"})
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert office.call("GET", f"/dossiers/{number}").content == before


@pytest.mark.parametrize(("step", "code"), [
    ({"op": "copy", "from": "/members", "path": "/members/-"}, "web.problem.too_large"),
    ({"op": "copy", "from": "/organization", "path": "/organization/x"}, "web.problem.too_deep"),
])  # fmt: skip
def test_a_patch_that_doubles_is_stopped(office: Office, step: dict[str, str], code: str) -> None:
    number = office.dossier()
    before = office.call("GET", f"/dossiers/{number}").content
    answer = office.call("PATCH", f"/dossiers/{number}", json=[step] * 70, headers=PATCH)
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] in (code, "web.problem.too_large")
    assert office.call("GET", f"/dossiers/{number}").content == before
    assert office.call("PATCH", f"/dossiers/{number}", json=[step], headers=PATCH).status_code == 200


def test_a_name_said_twice_is_kept_nowhere(office: Office) -> None:
    twice = json.dumps(sample())[:-1].encode() + b', "members": []}'
    answer = office.call("POST", "/dossiers", content=twice, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "web.problem.no_dossier")
    assert "dossier.json.duplicate_key" in {one["code"] for one in answer.json()["findings"]}
    number = office.dossier()
    asked = {"content": b'{"pdf": true, "pdf": false}', "headers": {"Content-Type": "application/json"}}
    answer = office.call("POST", f"/dossiers/{number}/packets", **asked)
    assert (answer.status_code, answer.json()["code"]) == (400, "web.problem.json")


@pytest.mark.parametrize("spelling", ["utf-8-sig", "utf-16", "utf-32"])
def test_what_validate_reads_the_others_read(office: Office, spelling: str) -> None:
    content = json.dumps(sample(), ensure_ascii=False).encode(spelling)
    how = {"content": content, "headers": {"Content-Type": "application/json"}}
    assert office.call("POST", "/validate", **how).status_code == 200
    assert office.call("POST", "/dossiers", **how).status_code == 201


def test_of_very_many_findings_the_first_are_told(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = office.call("POST", "/validate", json=sample(members=[{}])).json()
    assert whole["further"] == 0
    monkeypatch.setattr("docgen.web.http_regulations._MOST_TOLD", 3)
    told = office.call("POST", "/validate", json=sample(members=[{}])).json()
    assert told["findings"] == whole["findings"][:3]
    assert told["further"] == len(whole["findings"]) - 3 > 0
