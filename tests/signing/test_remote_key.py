"""A key in a signing service: one authorisation for a packet; whatever is wrong is said and nothing is written."""

from __future__ import annotations

import base64
import json
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from authority import SIGNED, issued, key, root_certificate
from click.testing import CliRunner
from cryptography.hazmat.primitives import hashes as digests
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from signing_packets import MANAGER, MEMBERS

from docgen.cli import cli
from docgen.errors import DocgenError, EnvironmentFault, InputError, UsageError
from docgen.signing import Asked, Signing, sign_packet
from docgen.signing.csc import CscKey
from docgen.signing.remote_key import TURNS, Waiting, sign_remotely
from docgen.signing.signed_manifest import load_manifest
from docgen.signing.verify import verify_packet
from tools.loopback import answering

TOKEN, PIN, SAD = "ma-truy-cap-bi-mat", "135790", "sad-bi-mat"
HOW = Signing(moment=SIGNED)


def signature(name: str, digest: bytes) -> bytes:
    """RSA PKCS#1 v1.5 over a SHA-256 that was made elsewhere."""
    private, _ = issued(name)
    return bytes(private.sign(digest, PKCS1v15(), Prehashed(digests.SHA256())))


@dataclass
class Service:
    """A mock of CSC v1 on this machine: what it was asked, and what it is to answer otherwise."""

    url: str = ""
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    signer: str = MANAGER
    info: dict[str, Any] = field(default_factory=dict)
    #: Instead of the answer to a call: (status, headers, body).
    instead: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    hang: threading.Event | None = None
    change: Callable[[list[str]], list[str]] = list

    def answer(self, call: str, body: dict[str, Any]) -> dict[str, Any]:
        if call == "credentials/info":
            chain = [key(MANAGER).certificate, root_certificate()]
            return {
                "key": {"status": "enabled", "algo": ["1.2.840.113549.1.1.11"], "len": 2048},
                "cert": {"status": "valid", "certificates": [base64.b64encode(c.dump()).decode() for c in chain]},
                "authMode": "explicit", "SCAL": "2", "PIN": {"presence": "true"}, "multisign": 50, **self.info,
            }  # fmt: skip
        if call == "credentials/authorize":
            return {"SAD": SAD, "expiresIn": 300}
        if call == "credentials/sendOTP":
            return {}
        assert call == "signatures/signHash"
        made = [base64.b64encode(signature(self.signer, base64.b64decode(one))).decode() for one in body["hash"]]
        return {"signatures": self.change(made)}


@pytest.fixture
def service() -> Iterator[Service]:
    told = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            call = self.path.removeprefix("/csc/v1/")
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told.asked.append((call, body))
            told.headers.append(self.headers["Authorization"])
            if told.hang is not None:
                told.hang.wait(60)
            status, headers, content = told.instead.get(call) or (200, {}, json.dumps(told.answer(call, body)).encode())
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

    with answering(Handler) as port:
        told.url = f"http://127.0.0.1:{port}/csc/v1"
        yield told
        if told.hang is not None:
            told.hang.set()


@pytest.fixture(scope="module")
def due_store(packet_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A packet after both authors: the manager's turn, on two papers; made once."""
    target = Path(shutil.copytree(packet_store, tmp_path_factory.mktemp("remote") / "due"))
    for name in MEMBERS.values():
        sign_packet(target, "author", key(name), HOW)
    return target


@pytest.fixture
def due(due_store: Path, tmp_path: Path) -> Path:
    """The same, of one's own."""
    return Path(shutil.copytree(due_store, tmp_path / "due"))


def csc(service: Service, seconds: float = 30.0, pin: str | None = PIN, otp: str | None = None) -> CscKey:
    return CscKey(service.url, "khoa-1", TOKEN, lambda: pin, lambda: otp, seconds=seconds)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(packet: Path, made: Callable[[], Any], kind: type[DocgenError], code: str) -> DocgenError:
    """One clear message, without a secret, and not a byte of the packet is another."""
    before = contents(packet)
    with pytest.raises(kind) as caught:
        sign_remotely(packet, "manager", made(), HOW)
    assert caught.value.code == code
    assert contents(packet) == before
    for one in (TOKEN, PIN, SAD):
        assert one not in f"{caught.value} {caught.value.__dict__}"
    return caught.value


def test_one_authorisation_for_a_whole_packet(service: Service, due: Path, trusting: Asked) -> None:
    done = sign_remotely(due, "manager", csc(service), HOW)
    assert (done.signed, done.signer) == ([1, 2], MANAGER)
    calls = [call for call, _ in service.asked]
    assert calls == ["credentials/info", "credentials/authorize", "signatures/signHash"]
    _, authorised, signed = (body for _, body in service.asked)
    assert authorised["numSignatures"] == 2
    assert authorised["PIN"] == PIN
    assert authorised["hash"] == signed["hash"]
    assert all(len(base64.b64decode(one)) == 32 for one in signed["hash"])
    assert (signed["SAD"], signed["hashAlgo"]) == (SAD, "2.16.840.1.101.3.4.2.1")
    assert set(service.headers) == {f"Bearer {TOKEN}"}
    manifest = load_manifest(due)
    assert [d.number for d in manifest.documents if "manager" in d.done_roles()] == [1, 2]
    report = verify_packet(due, trusting)
    assert not [one for document in report.documents for one in document.signatures if one.status != "passed"]


def test_nothing_due_is_nothing_asked_for(service: Service, due: Path) -> None:
    sign_remotely(due, "manager", csc(service), HOW)
    service.asked.clear()
    again = sign_remotely(due, "manager", csc(service), HOW)
    assert (again.signed, again.already) == ([], [1, 2])
    assert [call for call, _ in service.asked] == ["credentials/info"]


def test_another_number_of_signatures(service: Service, due: Path) -> None:
    service.change = lambda made: made[:-1]
    refused(due, lambda: csc(service), InputError, "signing.error.key_count")
    service.change = lambda made: [*made, made[0]]
    refused(due, lambda: csc(service), InputError, "signing.error.key_count")


def test_signatures_that_do_not_fit(service: Service, due: Path) -> None:
    service.change = lambda made: made[::-1]  # each is right, for the other paper
    refused(due, lambda: csc(service), InputError, "signing.error.remote_signature")
    service.change = lambda made: [made[0], base64.b64encode(bytes(256)).decode()]  # the first one is right
    refused(due, lambda: csc(service), InputError, "signing.error.remote_signature")
    service.change, service.signer = list, MEMBERS["dv-01"]  # the key of another certificate
    refused(due, lambda: csc(service), InputError, "signing.error.remote_signature")


def test_refusals(service: Service, due: Path) -> None:
    told = {"credentials/info": TOKEN, "credentials/authorize": f"{TOKEN} {PIN}", "signatures/signHash": f"{SAD} {PIN}"}
    for call, echo in told.items():  # a service that says again what it was told
        content = json.dumps({"error": "invalid_token", "error_description": echo}).encode()
        service.instead = {call: (401, {}, content)}
        assert refused(due, lambda: csc(service), InputError, "signing.error.csc_refused").facts["status"] == 401
    elsewhere = f"{service.url}/elsewhere"
    service.instead = {"credentials/info": (302, {"Location": elsewhere}, b"")}
    service.asked.clear()
    refused(due, lambda: csc(service), InputError, "signing.error.csc_refused")
    assert [call for call, _ in service.asked] == ["credentials/info"]  # the token went nowhere else


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"SAD": 1, "signatures": [5], "key": 3}', b"\xff"])
@pytest.mark.parametrize("call", ["credentials/info", "credentials/authorize", "signatures/signHash"])
def test_what_is_no_answer(service: Service, due: Path, call: str, body: bytes) -> None:
    service.instead = {call: (200, {}, body)}
    refused(due, lambda: csc(service), InputError, "signing.error.csc_answer")


def test_a_service_that_does_not_answer(service: Service, due: Path) -> None:
    service.hang = threading.Event()
    refused(due, lambda: csc(service, seconds=0.3), EnvironmentFault, "signing.error.csc_unreachable")


@pytest.mark.parametrize(
    ("info", "kind", "code"),
    [
        ({"key": {"status": "disabled"}}, InputError, "signing.error.csc_state"),
        ({"authMode": "oauth2code"}, InputError, "signing.error.csc_kind"),
        ({"multisign": 1}, InputError, "signing.error.csc_multisign"),
        ({"OTP": {"presence": "true", "type": "online"}}, UsageError, "signing.error.csc_secret"),
    ],
)  # fmt: skip
def test_keys_that_are_not_to_be_used(
    service: Service, due: Path, info: dict[str, Any], kind: type[DocgenError], code: str
) -> None:
    service.info = info
    refused(due, lambda: csc(service), kind, code)
    assert "signatures/signHash" not in [call for call, _ in service.asked]


def test_a_one_time_password_is_sent_for(service: Service, due: Path) -> None:
    service.info = {"OTP": {"presence": "true", "type": "online"}}
    assert sign_remotely(due, "manager", csc(service, otp="2468"), HOW).signed == [1, 2]
    calls = [call for call, _ in service.asked]
    assert calls == ["credentials/info", "credentials/sendOTP", "credentials/authorize", "signatures/signHash"]
    assert service.asked[2][1]["OTP"] == "2468"


def test_where_a_secret_is_not_sent_to() -> None:
    for url in ("http://dich-vu.vn/csc/v1", "ftp://x/", "https://ai:mat-khau@dich-vu.vn/"):
        with pytest.raises(UsageError) as caught:
            CscKey(url, "khoa-1", TOKEN, lambda: PIN, lambda: None)
        assert caught.value.code == "signing.error.server_address"
        assert "mat-khau" not in str(caught.value)
    with pytest.raises(UsageError) as caught:
        CscKey("https://dich-vu.vn/csc/v1", "khoa-1", " ", lambda: PIN, lambda: None)
    assert caught.value.code == "signing.error.csc_token"


class Phone:
    """A key whose holder agrees only when asked for the `turns`-th time."""

    def __init__(self, turns: int) -> None:
        self.turns, self.authorised = turns, 0

    def certificates(self) -> Sequence[Any]:
        return [key(MANAGER).certificate, root_certificate()]

    def sign(self, hashes: Sequence[bytes]) -> Sequence[bytes] | Waiting:
        self.authorised += 1
        return self._ask(hashes, self.turns)

    def _ask(self, hashes: Sequence[bytes], turns: int) -> Sequence[bytes] | Waiting:
        if turns:
            return Waiting(lambda: self._ask(hashes, turns - 1), 5.0)
        return [signature(MANAGER, one) for one in hashes]


def test_waiting_for_the_holder(due: Path) -> None:
    slept: list[float] = []
    phone = Phone(3)
    assert sign_remotely(due, "manager", phone, HOW, pause=slept.append).signed == [1, 2]
    assert (slept, phone.authorised) == ([5.0, 5.0, 5.0], 1)


def test_a_holder_who_never_agrees(due: Path) -> None:
    before = contents(due)
    with pytest.raises(EnvironmentFault) as caught:
        sign_remotely(due, "manager", Phone(TURNS + 1), HOW, pause=lambda seconds: None)
    assert caught.value.code == "signing.error.key_waiting"
    assert contents(due) == before


def test_the_command(service: Service, due: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "ma").write_text(TOKEN + "\n", encoding="utf-8")
    monkeypatch.setenv("DOCGEN_PIN", PIN)
    command = ["sign", str(due), "--role", "manager", "--csc", service.url, "--credential", "khoa-1"]
    for further in (["--pkcs12", str(tmp_path / "ma")], ["--export", "x"], ["--list"]):
        told = CliRunner().invoke(cli, [*command, *further])
        assert isinstance(told.exception, UsageError), told.output
    lone = CliRunner().invoke(cli, ["sign", str(due), "--role", "manager", "--credential", "x"])
    assert isinstance(lone.exception, UsageError)
    assert service.asked == []
    told = CliRunner().invoke(cli, [*command, "--csc-token-file", str(tmp_path / "ma"), "--json"])
    assert told.exit_code == 0, told.output
    assert [call for call, _ in service.asked].count("credentials/authorize") == 1
    assert TOKEN not in told.output
    assert PIN not in told.output
