"""A file for one signing: from the page to `docgen sign --ticket`; once, in time, for its packet, role and person."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from afar import AN, BUOI, PASSPHRASE, asked, authority, files, key, make_packet, pkcs12, placed, signed_by
from page_office import Browser, signed_in
from test_serve import free_port, serving
from test_sign_over_loopback import SIGN, run
from web_office import Office

from docgen.signing.remote import complete
from docgen.web import packet_store, people, sign_tickets

UNIT = "chi-bo-a"


class Desk:
    """A secretary at the page of signatures; what the signer's machine asks of the interface."""

    def __init__(self, office: Office, packet: Path) -> None:
        self.office, self.browser = office, signed_in(office, "hanh", "thu_ky", UNIT)
        self.packet = placed(office, packet, UNIT)
        with office.database.read() as db:
            row = packet_store.find(db, self.packet)
        assert row is not None
        self.at = f"/ho-so/{row['dossier']}/ky"

    def ticket(self, who: str = f"author|{AN}", **further: str) -> dict[str, Any]:
        answer = self.browser.post(f"{self.at}/mot-lan", {"bo": self.packet, "ai-may": who, **further})
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-disposition"].startswith('attachment; filename="ky-mot-lan-')
        told: dict[str, Any] = answer.json()
        return told

    def call(self, ticket: dict[str, Any], method: str, path: str, **how: Any) -> Any:
        headers = {"Authorization": f"Bearer {ticket['key']}"}
        return self.office.client.request(method, f"/api/v1{path}", headers=headers, **how)

    def fetch(self, ticket: dict[str, Any], role: str = "author", who: str = AN, **further: Any) -> Any:
        return self.call(ticket, "POST", f"/packets/{self.packet}/due", json=asked(role, who, **further))

    def bring(self, ticket: dict[str, Any], content: bytes) -> Any:
        return self.call(ticket, "POST", f"/packets/{self.packet}/signatures", content=content)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_packet(tmp_path_factory.mktemp("ticket") / "fresh")


@pytest.fixture
def desk(office: Office, fresh: Path) -> Desk:
    return Desk(office, fresh)


def test_the_file_signs_once_what_its_person_has_to_sign(desk: Desk) -> None:
    page = desk.browser.get(desk.at).text
    assert f'value="author|{AN}"' in page
    assert "docgen sign --ticket" in page
    ticket = desk.ticket()
    assert (ticket["packet"], ticket["role"], ticket["server"]) == (desk.packet, "author", "http://testserver")
    told = desk.fetch(ticket)
    assert told.status_code == 200, told.text
    assert [one["number"] for one in told.json()["documents"]] == [1]
    signed = complete(told.content, key(AN))
    done = desk.bring(ticket, signed)
    assert done.status_code == 200, done.text
    assert signed_by(desk.office, desk.packet) == {1: ["author"], 2: [], 3: [], 4: []}
    before = files(desk.office, desk.packet)
    assert desk.fetch(ticket).status_code == 401  # used
    assert desk.bring(ticket, signed).status_code == 409  # already
    assert files(desk.office, desk.packet) == before
    assert desk.call(ticket, "GET", f"/packets/{desk.packet}/due").status_code == 200


def test_it_is_for_nothing_else(desk: Desk, fresh: Path) -> None:
    ticket, other = desk.ticket(), placed(desk.office, fresh, UNIT)
    for method, path in (
        ("POST", f"/packets/{other}/due"), ("GET", f"/packets/{desk.packet}/archive"), ("GET", "/dossiers"),
        ("GET", f"/packets/{desk.packet}/hand-over"), ("GET", f"/packets/{desk.packet}/verification"),
        ("POST", "/dossiers?unit=chi-bo-a"), ("GET", "/webhooks"),
    ):  # fmt: skip
        refused = desk.call(ticket, method, path, json=asked("author", AN))
        assert (refused.status_code, refused.json()["code"]) == (401, "web.problem.ticket"), path
    for role, who, further in (("manager", AN, {}), ("author", AN, {"only": [2]})):
        refused = desk.fetch(ticket, role, who, **further)
        assert (refused.status_code, refused.json()["code"]) == (403, "web.problem.ticket_role")
    assert desk.fetch(ticket, who=BUOI).status_code in (403, 409, 422)  # another person's certificate
    assert desk.bring(ticket, b"{}").status_code == 401  # nothing was fetched
    told = desk.fetch(ticket)  # none of it used the file up
    assert told.status_code == 200
    for change in ({"role": "manager"}, {"documents": [{**told.json()["documents"][0], "number": 2}]}):
        refused = desk.bring(ticket, json.dumps({**told.json(), **change}).encode())
        assert (refused.status_code, refused.json()["code"]) == (403, "web.problem.ticket_role"), change


def test_it_ends_with_its_time_and_with_the_account(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket, unused = desk.ticket(), desk.ticket()
    told = desk.fetch(ticket)
    with monkeypatch.context() as later:
        moment = sign_tickets.time.time
        later.setattr(sign_tickets.time, "time", lambda: moment() + sign_tickets.GOOD + 1)
        assert desk.fetch(unused).status_code == 401
        assert desk.bring(ticket, complete(told.content, key(AN))).status_code == 200  # it was fetched in time
    with desk.office.database.write() as db:
        person = people.hash_of(db, "hanh")[0]
        assert person is not None
        people.close(db, person.id, True)
    assert desk.fetch(unused).status_code == 401


def test_two_at_once_fetch_once(desk: Desk) -> None:
    ticket = desk.ticket()
    principal = sign_tickets.principal(desk.office.database, ticket["key"], f"/api/v1/packets/{desk.packet}/due")
    assert principal is not None
    assert principal.ticket is not None
    with desk.office.database.write() as db:
        assert sign_tickets.fetched(db, principal.ticket, [1])
    with desk.office.database.write() as db:
        assert not sign_tickets.fetched(db, principal.ticket, [1])
    assert desk.fetch(ticket).status_code == 401


def test_who_may_not_sign_hands_out_no_file(desk: Desk) -> None:
    for role, unit, status in (("can_bo", UNIT, 403), ("dang_uy", UNIT, 403), ("thu_ky", "chi-bo-b", 404)):
        browser: Browser = signed_in(desk.office, f"x{role}{unit}".replace("_", "-"), role, unit)
        answer = browser.post(f"{desk.at}/mot-lan", {"bo": desk.packet, "ai-may": f"author|{AN}"})
        assert answer.status_code == status, role
    for given in ({"bo": desk.packet, "ai-may": "cell|x"}, {"bo": desk.packet, "ai-may": f"manager|{AN}"}):
        assert desk.browser.post(f"{desk.at}/mot-lan", given).status_code == 422
    assert desk.browser.post(f"{desk.at}/mot-lan", {"bo": "0" * 32, "ai-may": f"author|{AN}"}).status_code == 409


def test_the_secret_is_not_kept(desk: Desk) -> None:
    secret = desk.ticket()["key"].encode()
    kept = b"".join(path.read_bytes() for path in desk.office.settings.data.rglob("*") if path.is_file())
    assert secret not in kept


def test_docgen_sign_with_the_file(office: Office, fresh: Path, tmp_path: Path) -> None:
    desk, port = Desk(office, fresh), free_port()
    ticket = desk.ticket()
    file = tmp_path / "ky-mot-lan.json"
    file.write_text(json.dumps({**ticket, "server": f"http://127.0.0.1:{port}"}), encoding="utf-8")
    (tmp_path / "key.p12").write_bytes(pkcs12(AN))
    with serving(office.settings.data, port):
        arguments = [*SIGN, "--ticket", str(file), "--pkcs12", str(tmp_path / "key.p12")]
        done = run(*arguments, DOCGEN_PASSPHRASE=PASSPHRASE)
        assert done.returncode == 0, done.stderr
        again = run(*arguments, DOCGEN_PASSPHRASE=PASSPHRASE)
    assert again.returncode == 1
    assert "Tệp ký một lần này đã dùng" in again.stderr
    assert ticket["key"] not in done.stdout + done.stderr + again.stderr
    assert signed_by(office, desk.packet)[1] == ["author"]
    assert authority().pem()


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"format": "docgen-remote/1"}', b"\xff\xfe",
                                     b'{"format": "docgen-sign-once/1", "key": "docgen_x"}'])  # fmt: skip
def test_what_is_no_such_file(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "ky.json"
    file.write_bytes(content)
    done = run(*SIGN, "--ticket", str(file), "--pkcs12", str(file))
    assert (done.returncode, done.stdout) == (1, "")
    assert "không phải tệp ký một lần" in done.stderr


def test_it_stands_alone(tmp_path: Path) -> None:
    file = tmp_path / "ky.json"
    file.write_bytes(b"{}")
    for further in (
        ["--role", "cell"],
        ["--server", "https://a.example"],
        ["--packet", "x"],
        ["--key-file", str(file)],
    ):
        done = run(*SIGN, "--ticket", str(file), *further)
        assert done.returncode == 2, further
        assert "--ticket" in done.stderr
