"""Signing from afar: what is due goes out, signatures come back, once, whole, to the packet they were made for."""

from __future__ import annotations

import base64
import datetime
import json
import shutil
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from afar import AN, BUOI, CELL, COMMITTEE, MANAGER, asked, authority, files, key, make_packet, placed, signed_by
from sqlalchemy import select
from web_office import Office

from docgen.errors import DocgenError, EnvironmentFault, InputError, UsageError
from docgen.signing import from_server as far
from docgen.signing.demo_authority import Authority
from docgen.signing.from_server import Server, sign_on_server
from docgen.signing.keys import Key, describe, pkcs12_signer
from docgen.signing.packet import sign_packet
from docgen.signing.pades import Signing, now
from docgen.signing.remote import complete, export_digests
from docgen.signing.signed_manifest import sha256
from docgen.web import webhooks
from docgen.web.database_tables import DELIVERY
from docgen.web.http_models import RemoteFile
from tools.loopback import answering


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A packet that nobody has signed."""
    return make_packet(tmp_path_factory.mktemp("afar") / "fresh")


@pytest.fixture(scope="module")
def reviewed(fresh: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packet after both authors: the manager's turn, on two papers."""
    target = tmp_path_factory.mktemp("afar") / "reviewed"
    shutil.copytree(fresh, target)
    for name in (AN, BUOI):
        sign_packet(target, "author", key(name))
    return target


def taken_out(office: Office, number: str, role: str, name: str, **further: Any) -> bytes:
    answer = office.call("POST", f"/packets/{number}/due", json=asked(role, name, **further))
    assert answer.status_code == 200, answer.text
    return bytes(answer.content)


def brought(office: Office, number: str, content: bytes) -> Any:
    return office.call("POST", f"/packets/{number}/signatures", content=content)


def refused(office: Office, number: str, content: bytes, status: int, code: str) -> None:
    """One clear problem, and not a byte of the packet is another."""
    before = files(office, number)
    answer = brought(office, number, content)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert files(office, number) == before


class Stopped(datetime.datetime):
    """A clock that stands still."""

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> Stopped:
        return cls(2026, 1, 2, 3, 4, 5, tzinfo=tz)


def test_it_is_the_file_that_is_carried_by_hand(
    office: Office, reviewed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment, number = now(), placed(office, reviewed)
    monkeypatch.setattr("docgen.signing.remote.now", lambda: moment)
    (tmp_path / "c.cer").write_bytes(key(MANAGER).certificate.dump())
    monkeypatch.setattr("os.urandom", bytes)  # the second half of a file's /ID
    for clock in ("sign.signers.pdf_signer", "pdf_utils.metadata.xmp_xml", "pdf_utils.metadata.info"):
        monkeypatch.setattr(f"pyhanko.{clock}.datetime", Stopped)
    export_digests(reviewed, "manager", tmp_path / "c.cer", tmp_path / "ky.json")
    time.sleep(1.1)  # no second of the machine's clock is in it
    sent = taken_out(office, number, "manager", MANAGER)
    assert sent == (tmp_path / "ky.json").read_bytes()
    assert [one["number"] for one in json.loads(sent)["documents"]] == [1, 2]
    RemoteFile.model_validate_json(sent, strict=True)  # as it is described


def test_signatures_come_back(office: Office, reviewed: Path) -> None:
    number = placed(office, reviewed)
    answer = brought(office, number, complete(taken_out(office, number, "manager", MANAGER), key(MANAGER)))
    assert answer.json()["signed"] == [1, 2]
    assert answer.json()["signer"] == MANAGER
    assert signed_by(office, number) == {1: ["author", "manager"], 2: ["author", "manager"], 3: [], 4: []}


def test_an_event_tells_how_many_were_signed(office: Office, reviewed: Path) -> None:
    with office.database.write() as db:
        webhook = webhooks.add(db, "https://nhan.vn/", ["packet.signed"])
    number = placed(office, reviewed)
    reply = complete(taken_out(office, number, "manager", MANAGER), key(MANAGER))
    assert brought(office, number, b"{}").status_code == 422  # and nobody is told of it
    assert brought(office, number, reply).status_code == 200
    assert brought(office, number, reply).status_code == 409
    with office.database.read() as db:
        bodies = db.execute(select(DELIVERY.c.body).where(DELIVERY.c.webhook == webhook.id)).scalars().all()
    assert len(bodies) == 1
    told = json.loads(bodies[0])
    assert (told["event"], told["packet"], told["role"], told["signed"]) == ("packet.signed", number, "manager", 2)
    assert MANAGER not in bodies[0]


def test_a_replayed_reply(office: Office, reviewed: Path) -> None:
    number = placed(office, reviewed)
    reply = complete(taken_out(office, number, "manager", MANAGER), key(MANAGER))
    assert brought(office, number, reply).status_code == 200
    refused(office, number, reply, 409, "signing.error.remote_already")


def test_a_reply_for_another_packet(office: Office, reviewed: Path, tmp_path: Path) -> None:
    number = placed(office, reviewed)
    reply = complete(taken_out(office, number, "manager", MANAGER), key(MANAGER))
    shutil.copytree(reviewed, tmp_path / "other")
    manifest = json.loads((tmp_path / "other" / "manifest.json").read_text(encoding="utf-8"))
    manifest["dossier"]["sha256"] = sha256(b"another")
    (tmp_path / "other" / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    refused(office, placed(office, tmp_path / "other"), reply, 409, "signing.error.remote_packet")


def test_two_at_once_with_one_signature(office: Office, reviewed: Path) -> None:
    number = placed(office, reviewed)
    replies = [complete(taken_out(office, number, "manager", MANAGER), key(MANAGER)) for _ in range(2)]
    came: list[tuple[int, str]] = []

    def bring(reply: bytes) -> None:
        answer = brought(office, number, reply)
        came.append((answer.status_code, answer.json().get("code", "")))

    threads = [threading.Thread(target=bring, args=(reply,)) for reply in replies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(status for status, _ in came)[0] == 200
    assert [status in (409, 503) for status, _ in came].count(True) == 1, came
    assert signed_by(office, number)[1] == ["author", "manager"]


def _flipped(text: str) -> str:
    content = bytearray(base64.b64decode(text))
    content[len(content) // 2] ^= 1
    return base64.b64encode(bytes(content)).decode()


def _on(name: str, change: Callable[[Any], Any]) -> Callable[[dict[str, Any]], None]:
    """Alter one value of the second document: the first is as it should be."""

    def alter(told: dict[str, Any]) -> None:
        told["documents"][1][name] = change(told["documents"][1][name])

    return alter


@pytest.mark.parametrize(("alter", "status", "code"), [
    (_on("appended", _flipped), 422, "remote_signature"), (_on("signed_attributes", _flipped), 422, "remote_signature"),
    (_on("signature", _flipped), 422, "remote_signature"), (_on("signature", lambda _: "?"), 422, "remote"),
    (_on("signature", lambda _: 7), 422, "remote"), (_on("base_sha256", lambda _: "0" * 64), 409, "remote_moved"),
    (_on("reserved", lambda at: [at[0] - 10**6, at[1]]), 422, "remote"),
    (_on("reserved", lambda at: [at[0], 10**15]), 422, "remote"), (_on("reserved", lambda _: 3), 422, "remote"),
    (_on("number", lambda _: 1), 422, "remote"), (_on("number", lambda _: 3), 422, "remote"),
    (_on("number", lambda _: "2"), 422, "remote"),
    (lambda told: told["documents"].append(told["documents"][0]), 422, "remote"),
    (lambda told: told["documents"].append(5), 422, "remote"), (lambda told: told.pop("time"), 422, "remote"),
    (lambda told: told.update(level="B-LTA"), 422, "remote"), (lambda told: told.update(format="x"), 422, "remote"),
    (lambda told: told.update(certificate="AAAA"), 422, "remote"),
    (lambda told: told.update(certificate=asked("cell", CELL)["certificate"]), 422, "remote_signature"),
    (lambda told: told.update(role="author"), 409, "remote_already"),
])  # fmt: skip
def test_an_altered_reply(
    office: Office, reviewed: Path, alter: Callable[[dict[str, Any]], Any], status: int, code: str
) -> None:
    number = placed(office, reviewed)
    told = json.loads(complete(taken_out(office, number, "manager", MANAGER), key(MANAGER)))
    alter(told)
    refused(office, number, json.dumps(told).encode(), status, f"signing.error.{code}")


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_reply(office: Office, fresh: Path, content: bytes) -> None:
    refused(office, placed(office, fresh), content, 422, "signing.error.remote")


def test_nobody_signs_before_his_turn(office: Office, fresh: Path, tmp_path: Path) -> None:
    number = placed(office, fresh)
    assert json.loads(taken_out(office, number, "committee", COMMITTEE))["documents"] == []
    (tmp_path / "c.cer").write_bytes(key(COMMITTEE).signer.signing_cert.dump())
    export_digests(fresh, "committee", tmp_path / "c.cer", tmp_path / "ky.json", out_of_order=True)
    reply = complete((tmp_path / "ky.json").read_bytes(), key(COMMITTEE))
    refused(office, number, reply, 409, "signing.error.remote_not_due")


@pytest.mark.parametrize(("change", "status", "code"), [
    ({"certificate": "AAAA"}, 422, "web.problem.signer"), ({"chain": ["?"]}, 422, "web.problem.signer"),
    ({"role": "x"}, 422, "signing.error.unknown_role"), ({"only": ["1"]}, 422, "web.problem.parameters"),
    ({"pin": "1"}, 422, "web.problem.parameters"), ({"only": [99]}, 422, "signing.error.unknown_document"),
])  # fmt: skip
def test_what_cannot_be_taken_out(office: Office, fresh: Path, change: dict[str, Any], status: int, code: str) -> None:
    number = placed(office, fresh)
    answer = office.call("POST", f"/packets/{number}/due", json={**asked("cell", CELL), **change})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_drafts_and_word_files_alone_are_not_signed(office: Office, fresh: Path, tmp_path: Path) -> None:
    for name, code in (("draft", "web.problem.draft"), ("word", "web.problem.no_pdf")):
        shutil.copytree(fresh, tmp_path / name)
        told = json.loads((fresh / "manifest.json").read_text(encoding="utf-8"))
        told["draft"] = name == "draft"
        if name == "word":
            for one in told["files"]:
                del one["pdf"]
        (tmp_path / name / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
        number = placed(office, tmp_path / name)
        answer = office.call("POST", f"/packets/{number}/due", json=asked("cell", CELL))
        assert (answer.status_code, answer.json()["code"]) == (409, code)


def test_who_may_sign(office: Office, reviewed: Path) -> None:
    from docgen.web import access

    access.add_unit(office.database, "a", "A")
    number = placed(office, reviewed, "a")
    for role, status in (("thu_ky", 200), ("can_bo", 403), ("dang_uy", 403), ("quan_tri", 404)):
        answer = office.client.post(
            f"/api/v1/packets/{number}/due", json=asked("manager", MANAGER), headers=office.key(role, "a")
        )
        assert answer.status_code == status, role


# -- the signer's side


@pytest.mark.parametrize(("change", "code"), [
    (lambda told: told["documents"][0].update(signed_attributes=base64.b64encode(b"\x30\x00").decode()), "attributes"),
    (lambda told: told["documents"][0].update(signed_attributes=told["certificate"]), "attributes"),
    (lambda told: told["documents"][0].update(document_digest=base64.b64encode(b"0" * 32).decode()), "attributes"),
    (lambda told: told["documents"][0].pop("signed_attributes"), "attributes"),
    (lambda told: told.update(certificate=asked("cell", CELL)["certificate"]), "certificate"),
])  # fmt: skip
def test_a_key_signs_nothing_but_a_signature_of_its_own(
    office: Office, reviewed: Path, change: Callable[[dict[str, Any]], Any], code: str
) -> None:
    told = json.loads(taken_out(office, placed(office, reviewed), "manager", MANAGER))
    change(told)
    with pytest.raises(InputError, match=f"remote_{code}"):
        complete(json.dumps(told).encode(), key(MANAGER))


class Near(Server):
    """The server of a test, asked without a network; after `most` bodies sent back the signer's PC dies."""

    def __init__(self, office: Office, most: int = 99) -> None:
        super().__init__("http://127.0.0.1", "x")
        self.office, self.most = office, most

    def ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        if path.endswith("/signatures"):
            if self.most == 0:
                raise KeyboardInterrupt
            self.most -= 1
        answer = self.office.call(method, path, content=body)
        assert answer.status_code == 200, answer.text
        return bytes(answer.content)


def test_broken_off_and_begun_again(office: Office, reviewed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(far, "BATCH", 1)
    number = placed(office, reviewed)
    with pytest.raises(KeyboardInterrupt):
        sign_on_server(Near(office, most=1), number, "manager", key(MANAGER))
    assert [len(roles) for roles in signed_by(office, number).values()] == [2, 1, 0, 0]
    done = sign_on_server(Near(office), number, "manager", key(MANAGER))
    assert (done.signed, done.already, done.blocked, done.others) == ([2], [1], {}, {})
    again = sign_on_server(Near(office), number, "manager", key(MANAGER))
    assert (again.signed, again.already) == ([], [1, 2])
    assert signed_by(office, number) == {1: ["author", "manager"], 2: ["author", "manager"], 3: [], 4: []}


def test_what_is_not_signed_is_told(office: Office, fresh: Path) -> None:
    number = placed(office, fresh)
    done = sign_on_server(Near(office), number, "author", key(AN))
    assert (done.signed, list(done.others)) == ([1], [2])
    done = sign_on_server(Near(office), number, "cell", key(CELL), Signing())
    assert (done.signed, done.blocked) == ([3], {1: ["manager"], 2: ["author", "manager"]})


@pytest.mark.parametrize("url", [
    "http://may-chu.example", "http://10.0.0.5:8765", "http://localhost.example", "ftp://127.0.0.1", "127.0.0.1:8765",
    "https://", "https://ai:mk@may-chu.example", "https://may-chu.example/?key=1", "https://may-chu.example/#x",
    "http://127.0.0.1.example", "https://may-chu.example:cổng", "http://[::2]:80", "http://0x7f000001.example",
])  # fmt: skip
def test_where_the_key_is_not_sent(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        Server(url, "khoa")
    assert caught.value.code == "signing.error.server_address"
    assert "mk" not in str(caught.value)


@pytest.mark.parametrize(("url", "root"), [
    ("https://may-chu.example/", "https://may-chu.example"), ("http://localhost:8765", "http://localhost:8765"),
    ("http://127.9.9.9:1/goc/", "http://127.9.9.9:1/goc"), ("http://[::1]:8765", "http://[::1]:8765"),
])  # fmt: skip
def test_where_it_may_be_sent(url: str, root: str) -> None:
    assert Server(url, "x").root == root


@pytest.mark.parametrize("given", ["", "  ", "a\nX-Other: b", "khóa"])
def test_a_key_that_is_none(given: str) -> None:
    with pytest.raises(UsageError, match="server_key"):
        Server("http://127.0.0.1", given)


def test_nobody_there() -> None:
    with pytest.raises(EnvironmentFault) as caught:
        Server("http://127.0.0.1:1", "bí-mật".encode().hex()).ask("GET", "/regulations")
    assert caught.value.code == "signing.error.server_unreachable"
    assert "bí-mật".encode().hex() not in str(caught.value)


@pytest.mark.parametrize(("status", "content", "code"), [
    (302, b"", "server_refused"), (500, b"x", "server_refused"), (200, b"<html>", "server_answer"),
    (200, b"[]", "server_answer"), (200, b'{"documents": 5}', "server_answer"),
    (403, b'{"code": "web.problem.role", "detail": "\\u001b[2J"}', "server_refused"),
])  # fmt: skip
def test_a_server_that_is_not_docgens(status: int, content: bytes, code: str) -> None:
    seen: list[str] = []

    class Strange(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append(self.path)
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/khac")  # type: ignore[attr-defined]
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    with answering(Strange) as port, pytest.raises(DocgenError) as caught:
        sign_on_server(Server(f"http://127.0.0.1:{port}", "x"), "p", "cell", key(CELL))
    assert caught.value.code == f"signing.error.{code}"
    assert "\x1b" not in str(caught.value)
    assert seen == ["/api/v1/packets/p/due"]


def _other_root() -> Key:
    other = Authority()
    return describe(pkcs12_signer(other.pkcs12(*other.issue(MANAGER), "x"), b"x"), MANAGER)


@pytest.mark.parametrize(("trusted", "whose", "status"), [
    (True, lambda: key(MANAGER), 200), (True, _other_root, 422), (False, _other_root, 200),
    (False, lambda: key(BUOI), 422),
], ids=["trusted", "another root", "nobody is trusted yet", "another person"])  # fmt: skip
def test_what_verify_would_not_pass_is_not_taken(
    office: Office, reviewed: Path, trusted: bool, whose: Callable[[], Key], status: int
) -> None:
    """A signature that is kept takes the place of the one who may sign."""
    if trusted:
        (office.settings.data / "trust").mkdir(parents=True, exist_ok=True)
        (office.settings.data / "trust" / "ca.pem").write_bytes(authority().pem())
    number, by = placed(office, reviewed), whose()
    certificate = base64.b64encode(by.signer.signing_cert.dump()).decode()
    told = office.call("POST", f"/packets/{number}/due", json={"role": "manager", "certificate": certificate})
    if told.status_code == 200 and json.loads(told.content)["documents"]:
        reply = complete(bytes(told.content), by)
        if status == 200:
            assert brought(office, number, reply).status_code == 200
        else:
            refused(office, number, reply, status, "signing.error.remote_refused")
            again = taken_out(office, number, "manager", MANAGER)
            assert [one["number"] for one in json.loads(again)["documents"]] == [1, 2]
    else:  # the certificate's name is on none of the papers
        assert status == 422


def test_a_dossier_of_a_signed_packet_stays(office: Office, fresh: Path, reviewed: Path) -> None:
    """Deleted, its packet could be read by nobody."""
    number = placed(office, reviewed)
    dossier = office.call("GET", "/dossiers").json()[0]["id"]
    answer = office.call("DELETE", f"/dossiers/{dossier}", headers={"If-Match": "*"})
    assert (answer.status_code, answer.json()["code"]) == (409, "web.problem.signed_packet")
    assert office.call("GET", f"/packets/{number}/manifest").status_code == 200
    placed(office, fresh)
    other = next(one["id"] for one in office.call("GET", "/dossiers").json() if one["id"] != dossier)
    assert office.call("DELETE", f"/dossiers/{other}", headers={"If-Match": "*"}).status_code == 204
