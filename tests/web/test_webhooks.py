"""Webhooks: each event once more after failures, in order, signed; nothing to an address that is not allowed."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest
from receiver import Receiver, receiving
from sqlalchemy import select, update
from web_office import Office

from docgen.dossier.sample import sample_dossier
from docgen.errors import UsageError
from docgen.web import access, dossier_store, webhook_sending, webhooks
from docgen.web.database_tables import DELIVERY
from docgen.web.webhook_address import Refused, addresses_of, is_outer, target_of
from docgen.web.webhook_sending import Postman
from docgen.web.webhooks import Webhook

HOSTS = ("localhost",)


@pytest.fixture
def receiver() -> Any:
    with receiving() as one:
        yield one


def told(office: Office, url: str, hosts: tuple[str, ...] = HOSTS, **how: Any) -> Webhook:
    with office.database.write() as db:
        return webhooks.add(db, url, hosts=hosts, **how)


def states(office: Office, webhook: Webhook) -> list[tuple[str, int, str]]:
    with office.database.read() as db:
        log = webhooks.log(db, webhook.id)
    return [(str(one["state"]), int(str(one["tries"])), str(one["told"])) for one in reversed(log)]


def everything_due(office: Office) -> None:
    """Let the time until the next try be over."""
    with office.database.write() as db:
        db.execute(update(DELIVERY).values(due=0.0))


def deliver(office: Office, webhook: Webhook, rounds: int = 1) -> None:
    postman = Postman(office.settings, office.database)
    for _ in range(rounds):
        while postman.deliver(webhook.id):
            pass
        everything_due(office)


def checked(secret: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    """What a receiver does: the signature is that of time stamp, full stop, body."""
    by_hand = hmac.new(secret.encode(), f"{headers['Docgen-Timestamp']}.".encode() + body, hashlib.sha256)
    assert headers["Docgen-Signature"] == f"v1={by_hand.hexdigest()}"
    out: dict[str, Any] = json.loads(body)
    assert headers["Docgen-Event-Id"] == out["id"]
    assert headers["Docgen-Event"] == out["event"]
    return out


def test_what_fails_three_times_comes_once_more_in_order(
    open_office: Callable[..., Office], receiver: Receiver
) -> None:
    office = open_office(webhook_hosts=HOSTS)
    webhook = told(office, receiver.url, bearer="ma-cua-ben-nhan")
    number = office.dossier()
    for place in ("Huế", "Vinh"):
        with office.database.write() as db:
            dossier_store.change(db, number, "a", None, lambda d, p=place: {**d, "meeting": {"place": p}})
    with office.database.write() as db:
        dossier_store.remove(db, number, "a")
    receiver.answers = [500, 503, 404]
    deliver(office, webhook, rounds=4)
    came = [checked(webhook.secret, headers, body) for headers, body in receiver.came]
    assert [one["version"] for one in came] == [1, 1, 1, 1, 2, 3, 4]
    assert len({one["id"] for one in came[:4]}) == 1  # by this a receiver knows an event that it has already
    assert [one["state"] for one in came[3:]] == ["created", "changed", "changed", "deleted"]
    assert {headers["Authorization"] for headers, _ in receiver.came} == {"Bearer ma-cua-ben-nhan"}
    assert states(office, webhook) == [("delivered", 4, "204"), *[("delivered", 1, "204")] * 3]


def test_a_body_tells_ids_and_states_alone(open_office: Callable[..., Office], receiver: Receiver) -> None:
    office = open_office(webhook_hosts=HOSTS)
    webhook = told(office, receiver.url)
    dossier = office.dossier()
    job = office.call("POST", f"/dossiers/{dossier}/packets", json={}).json()["job"]
    assert office.worker().step()
    deliver(office, webhook)
    first, second = (checked(webhook.secret, headers, body) for headers, body in receiver.came)
    assert set(first) == {"id", "event", "at", "dossier", "version", "state"}
    assert {name: second[name] for name in second if name not in ("id", "at")} == {
        "event": "packet.ready", "dossier": dossier, "version": 1, "packet": job, "draft": False,
    }  # fmt: skip


def test_a_change_that_is_taken_back_is_told_to_nobody(each_office: Office) -> None:
    office = each_office
    told(office, "https://nhan.vn/")
    with pytest.raises(RuntimeError), office.database.write() as db:  # noqa: PT012
        dossier_store.create(db, sample_dossier("kh55-2018"), "", "a")
        raise RuntimeError
    with office.database.read() as db:
        assert db.execute(select(DELIVERY)).all() == []


def test_events_go_to_the_unit_and_its_superiors(office: Office) -> None:
    access.add_unit(office.database, "dang-uy", "Đảng ủy")
    for unit in ("chi-bo-a", "chi-bo-b"):
        access.add_unit(office.database, unit, unit, "dang-uy")
    got = {unit: told(office, "https://nhan.vn/", unit=unit) for unit in ("", "dang-uy", "chi-bo-a", "chi-bo-b")}
    signed = told(office, "https://nhan.vn/", events=["packet.signed"])
    office.dossier(unit="chi-bo-a")
    assert {unit: len(states(office, one)) for unit, one in got.items()} == {
        "": 1, "dang-uy": 1, "chi-bo-a": 1, "chi-bo-b": 0,
    }  # fmt: skip
    assert states(office, signed) == []


def test_no_redirection_is_followed(open_office: Callable[..., Office], receiver: Receiver) -> None:
    office = open_office(webhook_hosts=HOSTS)
    with receiving() as inner:
        receiver.answers, receiver.location = [307, 302, 308], inner.url
        webhook = told(office, receiver.url)
        office.dossier()
        deliver(office, webhook, rounds=3)
        assert (len(receiver.came), inner.came) == (3, [])
    assert states(office, webhook) == [("waiting", 3, "308")]


def test_a_receiver_that_hangs_is_left(
    open_office: Callable[..., Office], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_sending, "EXCHANGE", 0.4)
    office = open_office(webhook_hosts=HOSTS)
    receiver.hang = threading.Event()
    webhook = told(office, receiver.url)
    office.dossier()
    deliver(office, webhook)
    assert states(office, webhook) == [("waiting", 1, "timeout")]


def test_a_letter_now_and_then_is_no_answer(
    open_office: Callable[..., Office], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_sending, "EXCHANGE", 0.4)
    office, ended = open_office(webhook_hosts=HOSTS), threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            channel, _ = server.accept()
            with channel:
                while not ended.wait(0.05):
                    try:
                        channel.sendall(b"H")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        webhook = told(office, f"http://localhost:{server.getsockname()[1]}/")
        office.dossier()
        deliver(office, webhook)
        ended.set()
        thread.join()
    assert states(office, webhook)[0][2] in ("timeout", "answer")


def test_the_host_must_be_named_when_it_is_sent_to(office: Office, receiver: Receiver) -> None:
    webhook = told(office, receiver.url)  # the server that runs names no host
    office.dossier()
    deliver(office, webhook)
    assert receiver.came == []
    assert states(office, webhook) == [("waiting", 1, "address")]


@pytest.mark.parametrize("address", [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "::1", "fe80::1", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "2002:0a00:0001::1", "64:ff9b::a00:1", "::10.0.0.1",
    "2001:0:102:304::1", "255.255.255.255",
])  # fmt: skip
def test_an_inner_address_is_no_outer_one(address: str) -> None:
    assert not is_outer(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_an_outer_address_is_one(address: str) -> None:
    assert is_outer(address)


def test_a_name_is_looked_up_once_and_that_address_is_connected_to(
    office: Office, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that leads outside at first and inside the second time: only the first is asked for, and used."""
    asked: list[str] = []
    found = socket.getaddrinfo

    def lookup(host: Any, *rest: Any, **how: Any) -> Any:
        if host == "nhan.vn" and not how.get("flags"):  # no question whether it is a number
            asked.append(host)
            outer = "93.184.216.34" if len(asked) == 1 else "127.0.0.1"
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (outer, 443))]
        return found(host, *rest, **how)

    reached: list[tuple[str, int]] = []

    def connect(where: tuple[str, int], timeout: float) -> socket.socket:
        reached.append(where)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    monkeypatch.setattr(socket, "create_connection", connect)
    webhook = told(office, "https://nhan.vn/")
    office.dossier()
    deliver(office, webhook)
    assert reached == [("93.184.216.34", 443)]
    deliver(office, webhook)  # now the name leads inside
    assert reached == [("93.184.216.34", 443)]
    assert states(office, webhook) == [("waiting", 2, "address")]


def test_a_name_with_one_foot_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("1.1.1.1", "10.0.0.1")]
    target = target_of("https://nhan.vn/", ())
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(Refused):
        addresses_of(target)


@pytest.mark.parametrize(("url", "code"), [
    ("ftp://nhan.vn/", "webhook_url"), ("https:///x", "webhook_url"), ("https://a:b@nhan.vn/", "webhook_url"),
    ("https://nhận.vn/", "webhook_url"), ("https://nhan.vn:99999/", "webhook_url"),
    ("https://nhan.vn/#a", "webhook_url"), (f"https://{'a' * 64}.vn/", "webhook_url"),
    ("https://a..vn/", "webhook_url"),
    ("https://nhan.vn/\r\nX: 1", "webhook_url"), (f"https://nhan.vn/{'a' * 3000}", "webhook_url"),
    ("https://[::1", "webhook_url"), ("", "webhook_url"), ("https://[fe80::1%25lo]/", "webhook_url"),
    ("http://nhan.vn/", "webhook_http"), ("https://127.0.0.1/", "webhook_inner"), ("https://127.1/", "webhook_inner"),
    ("https://2130706433/", "webhook_inner"), ("https://0x7f000001/", "webhook_inner"),
    ("https://[::ffff:10.0.0.1]/", "webhook_inner"), ("https://localhost./", "webhook_inner"),
    ("https://a.localhost/", "webhook_inner"),
])  # fmt: skip
def test_an_address_that_nothing_is_sent_to_is_refused(office: Office, url: str, code: str) -> None:
    with pytest.raises(UsageError) as caught:
        told(office, url, hosts=())
    assert caught.value.code == f"web.usage.{code}"
    assert office.call("POST", "/webhooks", json={"url": url}).status_code == 422


def test_after_three_days_an_event_is_given_up_and_the_next_has_its_turn(
    open_office: Callable[..., Office], receiver: Receiver
) -> None:
    office = open_office(webhook_hosts=HOSTS)
    webhook = told(office, receiver.url)
    office.dossier()
    with office.database.write() as db:
        db.execute(update(DELIVERY).values(created=DELIVERY.c.created - webhook_sending.PATIENCE - 1))
    office.dossier()
    receiver.answers = [500]
    deliver(office, webhook)
    assert states(office, webhook) == [("given_up", 1, "500"), ("delivered", 1, "204")]


def test_an_event_in_hand_is_nobody_elses(each_office: Office) -> None:
    office = each_office
    webhook = told(office, "https://nhan.vn/")
    office.dossier()
    postman = Postman(office.settings, office.database)
    assert postman.due() == [webhook.id]
    assert postman._take(webhook.id) is not None
    assert postman._take(webhook.id) is None
    assert postman.due() == []


def test_who_manages_the_unit_has_its_webhooks(office: Office) -> None:
    access.add_unit(office.database, "a", "A")
    access.add_unit(office.database, "b", "B")
    admin, other = office.key("quan_tri", "a"), office.key("quan_tri", "b")
    asked = {"url": "https://nhan.vn/", "events": ["packet.ready"]}
    made = office.call("POST", "/webhooks", json=asked, headers=admin)
    assert made.status_code == 201
    number = made.json()["id"]
    assert len(made.json()["secret"]) == 43
    assert (made.json()["unit"], made.json()["events"]) == ("a", ["packet.ready"])
    listed = office.call("GET", "/webhooks", headers=admin)
    assert [one["id"] for one in listed.json()] == [number]
    assert "secret" not in listed.text
    assert office.call("GET", "/webhooks", headers=other).json() == []
    assert office.call("GET", f"/webhooks/{number}/deliveries", headers=other).status_code == 404
    assert office.call("DELETE", f"/webhooks/{number}", headers=other).status_code == 404
    assert office.call("POST", "/webhooks", json={**asked, "unit": "b"}, headers=admin).status_code == 403
    assert office.call("POST", "/webhooks", json=asked, headers=office.key("can_bo", "a")).status_code == 403
    assert office.call("POST", "/webhooks", json={**asked, "events": ["packet.redy"]}).status_code == 422
    assert office.call("GET", f"/webhooks/{number}/deliveries", headers=admin).json() == []
    assert office.call("DELETE", f"/webhooks/{number}", headers=admin).status_code == 204
    assert office.call("GET", "/webhooks", headers=admin).json() == []


def test_a_removed_receiver_is_told_nothing_more(open_office: Callable[..., Office], receiver: Receiver) -> None:
    office = open_office(webhook_hosts=HOSTS)
    webhook = told(office, receiver.url)
    office.dossier()
    with office.database.write() as db:
        assert webhooks.remove(db, webhook.id)
        assert not webhooks.remove(db, webhook.id)
    office.dossier()
    deliver(office, webhook)
    assert receiver.came == []
    assert states(office, webhook) == [("given_up", 0, "removed")]
