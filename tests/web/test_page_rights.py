"""Every page there is, found by itself: nobody signed in, another unit, a form without its token get nothing."""

from __future__ import annotations

import re

from page_office import HOST, Browser, signed_in
from web_office import Office, routes_of

from docgen.dossier.sample import sample_dossier
from docgen.web import access

#: What people see before they have signed in.
PUBLIC = ("/static/", "/dang-nhap", "/lan-dau/", "/ngon-ngu/")
#: The pages of a dossier, by what stands in their addresses.
KNOWN = {"key": "dv-01", "form": "mau-02b", "kind": "json"}


def pages(dossier: str) -> list[tuple[str, str]]:
    """The method and an address of every page that is not public."""
    found = []
    for route in routes_of("page_"):
        if not route.path.startswith(PUBLIC):
            path = re.sub(r"\{(\w+)[^}]*\}", lambda m: {"number": dossier, **KNOWN}.get(m[1], "x"), route.path)
            query = "?o=member.full_name" if route.path.endswith("/o") else ""
            found += [(method, path + query) for method in sorted(route.methods)]
    return found


def test_no_page_says_anything_to_whom_it_does_not_concern(office: Office) -> None:
    for unit, parent in (("truong", ""), ("chi-bo-a", "truong"), ("chi-bo-b", "truong")):
        access.add_unit(office.database, unit, unit, parent)
    dossier = office.dossier(sample_dossier("hd43-2025", year=2026), unit="chi-bo-a")
    every = pages(dossier)
    assert len(every) > 25
    nobody = Browser(office)
    for method, path in every:
        answer = nobody.client.request(method, path, headers={"Origin": HOST})
        if method == "GET":
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/dang-nhap"), path
        else:
            assert answer.status_code == 401, path
    own = signed_in(office, "hanh", "", "chi-bo-a")
    for method, path in every:
        if method != "GET":
            forged = own.client.request(method, path, data={"csrf": "x"}, headers={"Origin": HOST})
            assert forged.status_code == 403, path
            elsewhere = own.client.request(
                method, path, data={"csrf": own.token("/huong-dan")}, headers={"Origin": "http://evil.example"}
            )
            assert elsewhere.status_code == 403, path
    for login, role in (("b1", "can_bo"), ("b2", "dang_uy"), ("b3", ""), ("b4", "quan_tri")):
        foreign = signed_in(office, login, role, "chi-bo-b")
        token = foreign.token("/huong-dan")
        for method, path in every:
            if dossier in path:
                data = {"csrf": token} if method != "GET" else None
                answer = foreign.client.request(method, path, data=data, headers={"Origin": HOST})
                assert answer.status_code == 404, (role, method, path)
                assert "Không có trang này" in answer.text, path
