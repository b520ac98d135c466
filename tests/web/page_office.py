"""A browser of the tests: signed in as somebody, its forms as a browser sends them."""

from __future__ import annotations

import re
from typing import Any

from fastapi.testclient import TestClient
from web_office import Office

from docgen.web import access, people

PASSWORD = "mot cau de nho 2026"
HOST = "http://testserver"


def add_person(office: Office, login: str, role: str = "", unit: str = "chi-bo-a", parent: str = "") -> people.Person:
    """An account with `PASSWORD`; its unit is entered where it is not known."""
    with office.database.write() as db:
        if not access.unit_exists(db, unit):
            access.enter_unit(db, unit, f"Đơn vị {unit}", parent)
        return people.add(db, login, f"Người {login}", role, unit, people.hashed(PASSWORD))


class Browser:
    """Keeps cookies and sends forms with the token of the page and the headers of a browser."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.client = TestClient(office.client.app, raise_server_exceptions=False, follow_redirects=False)

    def get(self, path: str, **how: Any) -> Any:
        return self.client.get(path, **how)

    def token(self, path: str) -> str:
        """The token in the forms of a page."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.get(path).text)
        assert found, path
        return found[1]

    def post(self, path: str, data: dict[str, Any] | None = None, at: str = "/huong-dan", **how: Any) -> Any:
        """Send a form that stands on the page `at`."""
        headers = {"Origin": HOST, "Sec-Fetch-Site": "same-origin", **how.pop("headers", {})}
        return self.client.post(path, data={"csrf": self.token(at), **(data or {})}, headers=headers, **how)

    def sign_in(self, login: str, password: str = PASSWORD, back: str = "/") -> Any:
        return self.post("/dang-nhap", {"ten": login, "mk": password, "ve": back}, at="/dang-nhap")


def signed_in(office: Office, login: str = "hanh", role: str = "", unit: str = "chi-bo-a", parent: str = "") -> Browser:
    """A browser in which somebody with this role in this unit is signed in."""
    add_person(office, login, role, unit, parent)
    browser = Browser(office)
    answer = browser.sign_in(login)
    assert (answer.status_code, answer.headers["location"]) == (303, "/"), answer.text
    return browser
