"""The OpenAPI description holds: whatever is sent, by whom ever, the answer is one that it names."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from web_office import Office

from docgen.web import access
from docgen.web.rights import ROLES

pytestmark = pytest.mark.schemathesis
UNIT = "chi-bo-a"


@pytest.fixture
def names(office: Office) -> dict[str, str]:
    return names_in(office)


def names_in(office: Office) -> dict[str, str]:
    """What the addresses may name: a dossier of the unit, the job and the packet made of it."""
    access.add_unit(office.database, UNIT, "Chi bộ A")
    dossier = office.dossier(unit=UNIT)
    job = office.call("POST", f"/dossiers/{dossier}/packets", json={}).json()["job"]
    assert office.worker().step()
    made = office.call("POST", "/webhooks", json={"url": "https://nhan.vn/", "unit": UNIT}).json()["id"]
    return {"webhook": made, "dossier": dossier, "packet": job, "job": job, "regulation": "kh55-2018", "form": "mau-02",
            "link": "a" * 43}  # fmt: skip


def test_every_answer_of_the_server_is_described(each_office: Office) -> None:
    """On either kind of database: what one refuses (a NUL, a number too large) the other must not answer with 500."""
    from made_up_requests import ask_everything

    came = ask_everything(each_office, names_in(each_office), each_office.key(), examples=4)
    never = [name for name, told in came.items() if not any(status < 300 for status in told)]
    # that of Word files alone cannot be signed: `test_sign_from_afar`, `test_vgca` look at these answers
    assert never == ["takeOutDue", "bringSignatures", "openVgca", "fetchForVgca", "sendFromVgca"], came


@pytest.mark.parametrize("role", ROLES)
def test_every_answer_to_a_role_is_described(office: Office, names: dict[str, str], role: str) -> None:
    from made_up_requests import ask_everything

    came = ask_everything(office, names, office.key(role, UNIT))
    assert 200 in came["listRegulations"], came


def _operation(told: dict[str, Any], path: str) -> Any:
    return told["paths"][f"/api/v1{path}"]["get"]["responses"]


@pytest.mark.parametrize(("path", "name", "wrong"), [
    ("/jobs/{job}", "getJob", lambda told: told.pop("404")),
    ("/dossiers/{dossier}", "getDossier", lambda told: told["200"].update(content={"text/plain": {}})),
    ("/dossiers/{dossier}", "getDossier", lambda told: told["200"]["headers"].update(Age={"required": True})),
    ("/regulations", "listRegulations",
     lambda told: told["200"]["content"]["application/json"].update(schema={"type": "object"})),
])  # fmt: skip
def test_an_answer_that_is_not_described_is_seen(
    office: Office, names: dict[str, str], path: str, name: str, wrong: Callable[[Any], object]
) -> None:
    from made_up_requests import ask_everything
    from schemathesis.core.failures import FailureGroup

    app: Any = office.client.app
    app.openapi_schema = copy.deepcopy(app.openapi())
    wrong(_operation(app.openapi_schema, path))
    with pytest.raises(FailureGroup):
        ask_everything(office, names, office.key(), only=name)
