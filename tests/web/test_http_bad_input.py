"""What the HTTP interface must not fall over: a body of two gigabytes, one that does not say how long it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi.dependencies.models import Dependant
from test_http_dossiers import DATA, problem, seen
from web_office import LongBody, Office, routes_of

from docgen.web.asking import body

LIMIT = "64 MB"


def takes_a_body(dependant: Dependant) -> bool:
    return dependant.call is body or any(takes_a_body(one) for one in dependant.dependencies)


ROUTES = [
    (method, route.path) for route in routes_of("http_") if takes_a_body(route.dependant) for method in route.methods
]


def test_two_gigabytes_are_refused_before_any_of_them_is_read(office: Office) -> None:
    dossier = office.dossier(DATA)
    names = {"{dossier}": dossier, "{regulation}": "kh55-2018", "{form}": "mau-02"}
    for method, path in ROUTES:
        long, address = LongBody(), path
        for name, value in names.items():
            address = address.replace(name, value)
        answer = office.call(method, address, content=long, headers={**seen(1), **LongBody.HEADERS})
        assert (long.taken, path) == (0, path)
        if "{" in address:  # made-up packets and links: that they are not there may be said first
            assert answer.status_code in (404, 413), path
        else:
            assert LIMIT in problem(answer, 413, "web.problem.too_large")["detail"], path


def test_the_routes_that_take_a_body_are_found() -> None:
    assert {("POST", "/dossiers"), ("PATCH", "/dossiers/{dossier}"), ("POST", "/vgca/{link}/signed")} <= set(ROUTES)


def test_a_body_that_does_not_say_how_long_it_is_ends_at_the_limit(open_office: Callable[..., Office]) -> None:
    office = open_office(max_body=1024**2)
    pieces: Any = (b" " * 65536 for _ in range(64))
    problem(office.call("POST", "/dossiers", content=pieces), 413, "web.problem.too_large")
