"""What no page must fall over: an upload without end, a disk that is full while somebody saves."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import pytest
from office_dossiers import small
from page_office import HOST, signed_in
from sqlalchemy import event
from test_page_board import fields
from web_office import LongBody, Office

from docgen.paths import at_pointer
from docgen.web import dossier_store

SAME = {"Origin": HOST, "Sec-Fetch-Site": "same-origin"}


@pytest.mark.parametrize("page", ["/ho-so", "/ho-so/{}/phat-va-thu/thu", "/ho-so/{}/ky/pdf"])
def test_an_upload_of_two_gigabytes_is_refused_before_it_is_read(office: Office, page: str) -> None:
    browser, dossier = signed_in(office), office.dossier(small(), "chi-bo-a")
    long = LongBody()
    told = {"Content-Type": "multipart/form-data; boundary=x", **LongBody.HEADERS, **SAME}
    answer = browser.client.post(page.format(dossier), content=long, headers=told)
    assert answer.status_code == 413
    assert "64 MB" in html.unescape(answer.text)
    assert answer.headers["content-type"].startswith("text/html")
    assert long.taken == 0


def test_an_upload_that_does_not_say_how_long_it_is_ends_at_the_limit(open_office: Callable[..., Office]) -> None:
    office = open_office(max_body=1024**2)
    browser = signed_in(office)
    pieces = (b"x" * 65536 for _ in range(64))
    told = {"Content-Type": "multipart/form-data; boundary=x", **SAME}
    answer = browser.client.post("/ho-so", content=pieces, headers=told)
    assert answer.status_code == 413
    assert "1 MB" in html.unescape(answer.text)


def test_a_full_disk_is_told_and_keeps_what_was_there(office: Office) -> None:
    browser, dossier = signed_in(office), office.dossier(small(), "chi-bo-a")
    form, name = f"/ho-so/{dossier}/dien/dv-01/mau-02", "review.ideology"
    seen = fields(browser.get(form).text).get(f"v:{name}", "")
    long = "Một dòng dài. " * 3000

    def full(connection: Any, _: Any) -> None:
        size = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={size}")

    def kept() -> Any:
        with office.database.read() as db:
            assert dossier_store.broken_chain(db, dossier) == 0
            return at_pointer(dossier_store.content(db, dossier), "/members/0/review/ideology")

    before = kept()
    office.database.engine.dispose()
    event.listen(office.database.engine, "connect", full)
    refused = browser.post(f"{form}/o?o={name}", {name: long, f"v:{name}": seen}, at=form)
    assert refused.status_code == 503, refused.text
    assert refused.headers["retry-after"]
    assert kept() == before
    event.remove(office.database.engine, "connect", full)
    office.database.engine.dispose()
    assert browser.post(f"{form}/o?o={name}", {name: long, f"v:{name}": seen}, at=form).status_code == 200
    assert kept() != before
