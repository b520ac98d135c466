"""Every operation, every role, in the own unit, one below and a foreign one: as the table says."""

from __future__ import annotations

from typing import Any

import pytest
from web_office import Office, routes_of

from docgen.web import access, packet_store
from docgen.web.rights import ROLES

#: What an operation is in the words of the rights; None: it keeps nothing and any good key may.
NEEDS: dict[str, str | None] = {
    "listRegulations": None, "getForm": None, "getFormSchema": None, "getBlankForm": None, "fillForm": None,
    "readForm": None, "validateDossier": None, "gradeDossier": None, "listDossiers": None,
    "createDossier": "dossier.write", "getDossier": "dossier.read", "replaceDossier": "dossier.write",
    "changeDossier": "dossier.write", "deleteDossier": "dossier.write", "getFindings": "dossier.read",
    "getBoard": "dossier.read", "listMembers": "dossier.read", "getHistory": "dossier.read",
    "makePacket": "packet.make", "getJob": "packet.read", "followJob": "packet.read", "getArchive": "packet.read",
    "getManifest": "packet.read", "getDue": "packet.read", "verifyPacket": "packet.read",
    "takeOutDue": "packet.sign", "bringSignatures": "packet.sign", "addWebhook": "manage", "listWebhooks": "manage",
    "removeWebhook": "manage", "listDeliveries": "manage", "getMetrics": "manage", "getHandOver": "packet.read",
    "openVgca": "packet.sign", "getSummary": "below",
}  # fmt: skip
#: Asked without a key: whether the server lives, and what an address tells that only the one who was given it knows.
WITHOUT_KEY = {"getHealth", "fetchForVgca", "sendFromVgca"}
#: The mission's four roles: what each may do in its own unit, and in the units below it.
MAY = {
    "can_bo": ({"dossier.read", "dossier.write"}, set()),
    "thu_ky": ({"dossier.read", "packet.make", "packet.read", "packet.sign"}, set()),
    "dang_uy": ({"dossier.read", "packet.read"}, {"dossier.read", "packet.read"}),
    "quan_tri": (set(), set()),
}
FOREIGN = "chi-bo-b"
OWN = {"own": "chi-bo-a", "below": "dang-uy", "foreign": FOREIGN}


def operations(office: Office) -> dict[str, tuple[str, str]]:
    out = {}
    for path, ways in office.client.get("/api/openapi.json").json()["paths"].items():
        for method, told in ways.items():
            if told["operationId"] not in WITHOUT_KEY:
                out[told["operationId"]] = (method.upper(), path)
    return out


@pytest.fixture
def filled(office: Office) -> tuple[Office, dict[str, str]]:
    """A unit `chi-bo-a` below `dang-uy` with a dossier and a packet; `chi-bo-b` beside it has nothing."""
    for unit, superior in (("dang-uy", ""), ("chi-bo-a", "dang-uy"), (FOREIGN, "dang-uy")):
        access.add_unit(office.database, unit, unit, superior)
    dossier = office.dossier(unit="chi-bo-a")
    job = office.call("POST", f"/dossiers/{dossier}/packets").json()["job"]
    folder = packet_store.folder_of(office.settings, job)
    folder.mkdir()
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    with office.database.write() as db:
        packet_store.enter(db, job, dossier, 1, False)
    return office, {"dossier": dossier, "packet": job, "job": job, "regulation": "kh55-2018", "form": "mau-05",
                    "webhook": "khong-co"}  # fmt: skip


def test_every_operation_is_in_the_table(office: Office) -> None:
    assert set(operations(office)) == set(NEEDS)
    routes = routes_of("http_")
    assert {route.operation_id for route in routes} == set(NEEDS) | WITHOUT_KEY
    assert len({route.operation_id for route in routes}) == len(routes)


def test_without_a_key_nothing_is_told(filled: tuple[Office, dict[str, str]]) -> None:
    office, names = filled
    number = office.keys["", ""].split("_")[1]
    for given in ({}, {"Authorization": "Bearer sai"}, {"Authorization": f"Bearer docgen_{number}_{'a' * 43}"}):
        for method, path in operations(office).values():
            answer = office.client.request(method, path.format(**names), headers=given)
            assert answer.status_code == 401, (method, path)
            assert answer.headers["www-authenticate"] == "Bearer"


def test_a_revoked_key_is_worth_nothing(filled: tuple[Office, dict[str, str]]) -> None:
    office, _ = filled
    headers = office.key("can_bo", "chi-bo-a")
    assert office.client.get("/api/v1/dossiers", headers=headers).status_code == 200
    number = headers["Authorization"].split("_")[1]
    assert access.revoke(office.database, number)
    assert not access.revoke(office.database, number)
    assert office.client.get("/api/v1/dossiers", headers=headers).status_code == 401


@pytest.mark.parametrize("where", OWN)
@pytest.mark.parametrize("role", ROLES)
def test_every_role_everywhere(filled: tuple[Office, dict[str, str]], role: str, where: str) -> None:
    office, names = filled
    own, below = MAY[role]
    may: set[Any] = {"own": own, "below": below, "foreign": set()}[where]
    headers = {**office.key(role, OWN[where]), "If-Match": '"1"'}
    for operation, (method, path) in operations(office).items():
        need = NEEDS[operation]
        if need == "manage":
            continue  # of a unit, not of a dossier: `test_who_manages_the_unit_has_its_webhooks`
        if need == "below":
            continue  # of the units below: `test_who_reads_below_has_the_summary`
        if operation in ("followJob", "createDossier", "deleteDossier"):
            continue  # asked for below: a stream, what is made in the own unit, what ends all further questions
        status = office.client.request(method, path.format(**names), headers=headers).status_code
        if need is None or need in may:
            assert status not in (401, 403, 404), (operation, status)
        elif may:
            assert status == 403, (operation, status)
        else:
            assert status == 404, (operation, status)
    path, status = f"/api/v1/dossiers/{names['dossier']}", 404
    if may:
        status = 204 if "dossier.write" in may else 403
    assert office.client.delete(path, headers=headers).status_code == status


def test_whose_job_it_is_not_gets_no_events(filled: tuple[Office, dict[str, str]]) -> None:
    office, names = filled
    for role, unit, status in (("can_bo", "chi-bo-a", 403), ("thu_ky", FOREIGN, 404)):
        path = f"/api/v1/jobs/{names['job']}/events"
        assert office.client.get(path, headers=office.key(role, unit)).status_code == status


def test_a_dossier_is_made_in_the_own_unit(filled: tuple[Office, dict[str, str]]) -> None:
    from docgen.dossier.sample import sample_dossier

    office, _ = filled
    data = sample_dossier("kh55-2018")
    for role, unit, asked, status in (
        ("can_bo", "chi-bo-a", "", 201), ("can_bo", "chi-bo-a", "chi-bo-a", 201), ("can_bo", "chi-bo-a", FOREIGN, 404),
        ("can_bo", "dang-uy", "chi-bo-a", 404), ("thu_ky", "chi-bo-a", "", 403), ("dang_uy", "dang-uy", FOREIGN, 403),
        ("can_bo", "chi-bo-a", "khong-co", 422),
    ):  # fmt: skip
        answer = office.client.post(f"/api/v1/dossiers?unit={asked}", json=data, headers=office.key(role, unit))
        assert answer.status_code == status, (role, unit, asked)
        if status == 201:
            assert answer.json()["unit"] == "chi-bo-a"


@pytest.mark.parametrize("where", ["dang-uy", "chi-bo-a", FOREIGN, "khong-co", ""])
@pytest.mark.parametrize("role", [*ROLES, ""])
def test_who_reads_below_has_the_summary(filled: tuple[Office, dict[str, str]], role: str, where: str) -> None:
    office, names = filled
    for unit in ("dang-uy", "chi-bo-a"):
        answer = office.client.get(f"/api/v1/summary?unit={where}", headers=office.key(role, unit))
        mine = where in ("", unit) or (unit == "dang-uy" and where != "khong-co")
        if role not in ("dang_uy", ""):
            assert answer.status_code == 403, (role, unit, where)
        elif not mine:
            assert answer.status_code == 404, (role, unit, where)
        else:
            told = [one["dossier"] for group in answer.json()["groups"] for one in group["units"] if one["dossier"]]
            assert told == ([names["dossier"]] if unit == "dang-uy" and where in ("", "dang-uy") else [])


def test_a_list_holds_what_may_be_read(filled: tuple[Office, dict[str, str]]) -> None:
    office, names = filled
    office.dossier(unit=FOREIGN)
    for role, unit, count in (
        ("can_bo", "chi-bo-a", 1), ("dang_uy", "dang-uy", 2), ("can_bo", "dang-uy", 0), ("quan_tri", "dang-uy", 0),
    ):  # fmt: skip
        listed = office.client.get("/api/v1/dossiers", headers=office.key(role, unit)).json()
        assert len(listed) == count, (role, unit)
    assert names["dossier"]
