"""The bridge to VGCA Sign, with a stand-in for the program: each address once, the very paper, the very role."""

from __future__ import annotations

import io
import json
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest
from afar import AN, BUOI, MANAGER, authority, files, key, make_packet, placed, signed_by
from sqlalchemy import select
from web_office import Office

from docgen.errors import EnvironmentFault
from docgen.signing.fields import field_name
from docgen.signing.packet import sign_packet
from docgen.web import access, http_vgca, one_time_links, webhooks
from docgen.web.database_tables import DELIVERY


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A packet that nobody has signed."""
    return make_packet(tmp_path_factory.mktemp("vgca") / "fresh")


@pytest.fixture
def trusting(office: Office) -> Office:
    """A server that trusts the authority of the tests."""
    folder = office.settings.data / "trust"
    folder.mkdir(exist_ok=True)
    (folder / "ca.pem").write_bytes(authority().pem())
    return office


class Agent:
    """What stands in for VGCA Sign: fetches by one address, signs with another library's hand, posts to the other."""

    def __init__(self, office: Office, who: str, role: str) -> None:
        self.client, self.who, self.role = office.client, who, role

    def fetch(self, parameters: dict[str, Any]) -> Any:
        return self.client.get(parameters["FileName"])

    def sign(self, pdf: bytes) -> bytes:
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign.fields import SigSeedSubFilter
        from pyhanko.sign.signers import PdfSignatureMetadata, sign_pdf

        how = PdfSignatureMetadata(field_name=field_name(self.role), subfilter=SigSeedSubFilter.PADES)
        out = io.BytesIO()
        sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), how, signer=key(self.who).signer, output=out)
        return out.getvalue()

    def send(self, parameters: dict[str, Any], content: bytes, field: str = "uploadfile") -> Any:
        return self.client.post(
            parameters["FileUploadHandler"], files={field: ("van-ban.signed.pdf", content, "application/pdf")}
        )

    def __call__(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """As the page calls the program; what its callback is told."""
        told = self.send(parameters, self.sign(self.fetch(parameters).content)).json()
        return {**told, "Status": 0 if told["Status"] else 1}


def opened(office: Office, packet: str, document: int = 1, role: str = "author", **further: Any) -> dict[str, Any]:
    """The parameters that a page hands to the program."""
    answer = office.call("POST", f"/packets/{packet}/vgca", json={"document": document, "role": role, **further})
    assert answer.status_code == 201, answer.text
    assert answer.json()["seconds"] == one_time_links.GOOD_FOR
    parameters: dict[str, Any] = answer.json()["parameters"]
    return parameters


def not_taken(office: Office, packet: str, agent: Agent, content: bytes, word: str, **pair: Any) -> None:
    """`Status` is false, the message says why, and not a byte of the packet is another."""
    before, parameters = files(office, packet), opened(office, packet, **pair)
    assert agent.fetch(parameters).status_code == 200
    answer = agent.send(parameters, content)
    assert answer.status_code == 200, answer.text
    assert answer.json()["Status"] is False
    assert word in answer.json()["Message"], answer.json()
    assert files(office, packet) == before


def test_one_paper_is_fetched_signed_and_taken(trusting: Office, fresh: Path) -> None:
    with trusting.database.write() as db:
        webhook = webhooks.add(db, "https://nhan.vn/", ["packet.signed"])
    packet = placed(trusting, fresh)
    parameters = opened(trusting, packet)
    assert set(parameters) == {"FileName", "FileUploadHandler", "SessionId", "JWTToken", "MetaData"}
    assert Agent(trusting, AN, "author")(parameters) == {
        "Status": 0, "Message": "", "FileName": "001.pdf", "FileServer": "",
    }  # fmt: skip
    assert signed_by(trusting, packet) == {1: ["author"], 2: [], 3: [], 4: []}
    with trusting.database.read() as db:
        [body] = db.execute(select(DELIVERY.c.body).where(DELIVERY.c.webhook == webhook.id)).scalars()
    assert (json.loads(body)["role"], json.loads(body)["signed"]) == ("author", 1)


def test_each_address_is_good_for_once_and_each_for_its_own(trusting: Office, fresh: Path) -> None:
    packet, agent = placed(trusting, fresh), Agent(trusting, AN, "author")
    parameters = opened(trusting, packet)
    signed = agent.sign(next((fresh / "pdf").glob("001*")).read_bytes())
    assert agent.send(parameters, signed).status_code == 404  # nothing was fetched yet
    crossed = {"FileName": parameters["FileUploadHandler"], "FileUploadHandler": parameters["FileName"]}
    swapped = {name: url.replace("signed", "document.pdf") for name, url in crossed.items()}
    assert agent.fetch(swapped).status_code == 404
    assert agent.fetch(parameters).content == next((fresh / "pdf").glob("001*")).read_bytes()
    again = agent.fetch(parameters)
    assert (again.status_code, again.json()["code"]) == (404, "web.problem.link")
    assert agent.send(parameters, signed).json()["Status"] is True
    replayed = agent.send(parameters, signed)
    assert (replayed.status_code, replayed.json()["code"]) == (404, "web.problem.link")
    assert signed_by(trusting, packet)[1] == ["author"]


def test_a_refused_file_uses_the_address_up(trusting: Office, fresh: Path) -> None:
    packet, agent = placed(trusting, fresh), Agent(trusting, AN, "author")
    parameters = opened(trusting, packet)
    good = agent.sign(agent.fetch(parameters).content)
    assert agent.send(parameters, b"%PDF-1.7\n%%EOF\n").json()["Status"] is False
    assert agent.send(parameters, good).status_code == 404


def test_an_address_ends_after_its_time(trusting: Office, fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packet, agent, now = placed(trusting, fresh), Agent(trusting, AN, "author"), [1000.0]
    monkeypatch.setattr(one_time_links.time, "monotonic", lambda: now[0])
    first, second = opened(trusting, packet), opened(trusting, packet)
    signed = agent.sign(agent.fetch(first).content)
    now[0] += one_time_links.GOOD_FOR - 1
    assert agent.fetch(second).status_code == 200
    now[0] += 1
    assert agent.send(first, signed).status_code == 404
    assert agent.fetch(second).status_code == 404


def test_only_so_many_are_open(trusting: Office, fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_time_links, "_MOST", 4)
    packet, agent = placed(trusting, fresh), Agent(trusting, AN, "author")
    first, *_, last = [opened(trusting, packet) for _ in range(4)]
    assert agent.fetch(first).status_code == 404
    assert agent.fetch(last).status_code == 200


def test_what_is_not_the_paper_signed_in_its_field(trusting: Office, fresh: Path, tmp_path: Path) -> None:
    packet, agent = placed(trusting, fresh), Agent(trusting, AN, "author")
    paper = next((fresh / "pdf").glob("001*")).read_bytes()
    good = agent.sign(paper)
    changed = bytearray(good)
    changed[len(paper) // 2] ^= 1
    not_taken(trusting, packet, agent, bytes(changed), "không phải tệp của bộ hồ sơ này")
    not_taken(trusting, packet, agent, good.replace(b"\n", b"\r\n"), "không phải tệp của bộ hồ sơ này")  # written anew
    not_taken(trusting, packet, agent, paper, "không có chữ ký nào mới")
    not_taken(trusting, packet, agent, Agent(trusting, MANAGER, "manager").sign(paper), "không phải ô đang chờ ký")
    not_taken(trusting, packet, Agent(trusting, BUOI, "author"), Agent(trusting, BUOI, "author").sign(paper), AN)
    other = Agent(trusting, BUOI, "author").sign(next((fresh / "pdf").glob("002*")).read_bytes())
    not_taken(trusting, packet, agent, other, "một tờ khác, không phải tờ 1")
    # good for its own address, for its own role
    not_taken(trusting, packet, agent, good, "một tờ khác, không phải tờ 2", document=2)
    assert signed_by(trusting, packet) == {1: [], 2: [], 3: [], 4: []}


def test_a_signature_given_for_another_packet(trusting: Office, fresh: Path, tmp_path: Path) -> None:
    shutil.copytree(fresh, tmp_path / "other")
    manifest = json.loads((fresh / "manifest.json").read_text(encoding="utf-8"))
    manifest["dossier"]["sha256"] = "0" * 64
    (tmp_path / "other" / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    sign_packet(tmp_path / "other", "author", key(AN))
    signed = next((tmp_path / "other" / "pdf").glob("001*")).read_bytes()
    not_taken(trusting, placed(trusting, fresh), Agent(trusting, AN, "author"), signed, "thuộc một bộ hồ sơ khác")


def test_without_a_root_nothing_is_taken(office: Office, fresh: Path) -> None:
    packet, agent = placed(office, fresh), Agent(office, AN, "author")
    signed = agent.sign(next((fresh / "pdf").glob("001*")).read_bytes())
    not_taken(office, packet, agent, signed, "")


def test_two_signers_at_once_leave_one_signature(trusting: Office, fresh: Path) -> None:
    packet, agent = placed(trusting, fresh), Agent(trusting, AN, "author")
    pairs = [opened(trusting, packet) for _ in range(2)]
    signed = [agent.sign(agent.fetch(pair).content) for pair in pairs]
    came: list[Any] = []
    threads = [threading.Thread(target=lambda n=n: came.append(agent.send(pairs[n], signed[n]))) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code == 200 and answer.json()["Status"] for answer in came].count(True) == 1, came
    assert signed_by(trusting, packet)[1] == ["author"]


def test_who_was_overtaken_is_told(trusting: Office, fresh: Path) -> None:
    packet, agent = placed(trusting, fresh), Agent(trusting, AN, "author")
    late, later = opened(trusting, packet), opened(trusting, packet)
    signed = agent.sign(agent.fetch(late).content)
    assert agent(opened(trusting, packet))["Status"] == 0
    assert "đã có chữ ký khác" in agent.send(late, signed).json()["Message"]
    answer = agent.fetch(later)
    assert (answer.status_code, answer.json()["code"]) == (409, "signing.error.remote_already")


def test_while_another_writes_the_address_stays_good(
    trusting: Office, fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packet, agent = placed(trusting, fresh), Agent(trusting, AN, "author")
    parameters = opened(trusting, packet)
    signed = agent.sign(agent.fetch(parameters).content)

    def busy(*_: object) -> None:
        raise EnvironmentFault("errors.environment.in_use", path="x")

    with monkeypatch.context() as patched:
        patched.setattr(http_vgca, "take_pdfs", busy)
        assert agent.send(parameters, signed).status_code == 503
    assert agent.send(parameters, signed).json()["Status"] is True


@pytest.mark.parametrize(("asked", "status", "code"), [
    ({"document": 1, "role": "manager"}, 409, "signing.error.remote_not_due"),
    ({"document": 9, "role": "author"}, 422, "signing.error.unknown_document"),
    ({"document": 1, "role": "x"}, 422, "signing.error.unknown_role"),
    ({"document": 1, "role": "author", "base": "ftp://a"}, 422, "web.problem.parameters"),
    ({"document": 1, "role": "author", "base": "https://ai:mk@a"}, 422, "web.problem.parameters"),
    ({"document": 1, "role": "author", "pin": "1"}, 422, "web.problem.parameters"),
    ({"role": "author"}, 422, "web.problem.parameters"),
])  # fmt: skip
def test_what_cannot_be_opened(office: Office, fresh: Path, asked: dict[str, Any], status: int, code: str) -> None:
    answer = office.call("POST", f"/packets/{placed(office, fresh)}/vgca", json=asked)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_behind_a_proxy_the_address_is_the_one_given(office: Office, fresh: Path) -> None:
    parameters = opened(office, placed(office, fresh), base="https://docgen.example/goc/")
    assert parameters["FileName"].startswith("https://docgen.example/goc/api/v1/vgca/")
    assert parameters["FileUploadHandler"].startswith("https://docgen.example/goc/api/v1/vgca/")


def test_who_may_open_and_that_a_revoked_key_ends_it(trusting: Office, fresh: Path) -> None:
    access.add_unit(trusting.database, "a", "A")
    packet, agent = placed(trusting, fresh, "a"), Agent(trusting, AN, "author")
    given = {}
    for role, status in (("thu_ky", 201), ("can_bo", 403), ("dang_uy", 403), ("quan_tri", 404)):
        given[role] = trusting.client.post(
            f"/api/v1/packets/{packet}/vgca", json={"document": 1, "role": "author"}, headers=trusting.key(role, "a")
        )
        assert given[role].status_code == status, role
    parameters = given["thu_ky"].json()["parameters"]
    signed = agent.sign(agent.fetch(parameters).content)
    access.revoke(trusting.database, trusting.keys["thu_ky", "a"].split("_")[1])
    assert agent.send(parameters, signed).status_code == 404
    assert signed_by(trusting, packet)[1] == []


def test_what_is_sent_in_another_shape(trusting: Office, fresh: Path) -> None:
    packet, agent = placed(trusting, fresh), Agent(trusting, AN, "author")
    parameters = opened(trusting, packet)
    signed, url = agent.sign(agent.fetch(parameters).content), parameters["FileUploadHandler"]
    two = [("uploadfile", ("a.pdf", signed)), ("uploadfile", ("b.pdf", signed))]
    for how in ({"content": signed}, {"files": two}, {"data": {"uploadfile": "x"}},
                {"content": b"--x", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}):  # fmt: skip
        answer = trusting.client.post(url, **how)
        assert answer.status_code == 400, answer.text
    assert trusting.client.post(url, content=b" " * (trusting.settings.max_body + 1)).status_code == 413
    # no whole file came, so the address is good still; a PDF alone is taken, too
    done = trusting.client.post(url, content=signed, headers={"Content-Type": "application/pdf"})
    assert done.json()["Status"] is True


def test_nothing_of_an_address_is_kept(trusting: Office, fresh: Path) -> None:
    packet = placed(trusting, fresh)
    secret = opened(trusting, packet)["FileName"].split("/")[-2].encode()
    kept = b"".join(path.read_bytes() for path in trusting.settings.data.rglob("*") if path.is_file())
    assert secret not in kept
