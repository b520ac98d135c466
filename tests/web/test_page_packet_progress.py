"""How far a run of the packet is, told by the server: each change once, an end, nobody else's dossier."""

from __future__ import annotations

import re
import threading
import time

import pytest
from office_dossiers import small
from page_office import add_person, signed_in
from web_office import Office

from docgen.web import job_queue, page_packet_progress
from docgen.web.page_packet_progress import event


def page_of(dossier: str) -> str:
    return f"/ho-so/{dossier}/bo-ho-so/theo-doi"


def events(text: str) -> list[tuple[str, str]]:
    """Name and text of each event, as a browser reads them (HTML Living Standard, 9.2.6)."""
    out = []
    for block in text.split("\n\n")[:-1]:
        lines = block.split("\n")
        assert lines[0].startswith("event: ")
        assert all(line.startswith("data: ") for line in lines[1:])
        out.append((lines[0].removeprefix("event: "), "\n".join(line.removeprefix("data: ") for line in lines[1:])))
    return out


def test_each_change_is_told_once_and_then_the_end(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_packet_progress, "LOOK", 0.01)
    browser, dossier = signed_in(office), office.dossier(small(), "chi-bo-a")
    with office.database.write() as db:
        job = job_queue.add(db, "packet", dossier, {"draft": False, "pdf": False})
        job_queue.claim(db, "máy thử", 30.0, 3)
    came: list[str] = []
    listening = threading.Thread(target=lambda: came.append(browser.get(page_of(dossier)).text))
    listening.start()
    time.sleep(0.3)  # it looks many times at what is still the same
    for done in (1, 2):
        with office.database.write() as db:
            assert job_queue.hear(db, job.id, "máy thử", done, 2)
        time.sleep(0.3)
    with office.database.write() as db:
        assert job_queue.finish(db, job.id, "máy thử", problem={"code": "web.job.stopped"})
    listening.join(30)
    told = events(came[0])
    assert [name for name, _ in told] == ["tinh-hinh"] * 3 + ["xong"]
    assert [re.findall(r'value="(\d)" max="2"', box) for _, box in told] == [[], ["1"], ["2"], []]
    assert all("hx-get" not in box for _, box in told)  # who is told asks nothing


def test_where_nothing_is_made_the_end_is_told_at_once(office: Office) -> None:
    browser, dossier = signed_in(office), office.dossier(small(), "chi-bo-a")
    answer = browser.get(page_of(dossier))
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert events(answer.text) == [("xong", "1")]


@pytest.mark.parametrize("why", ["time", "server"])
def test_an_answer_ends_by_itself(office: Office, monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    browser, dossier = signed_in(office), office.dossier(small(), "chi-bo-a")
    with office.database.write() as db:
        job_queue.add(db, "packet", dossier, {"draft": False, "pdf": False})
    if why == "time":
        monkeypatch.setattr(page_packet_progress, "FOLLOWED", 0.1)
        assert [name for name, _ in events(browser.get(page_of(dossier)).text)] == ["tinh-hinh"]
    else:
        office.client.app.state.ending = True  # type: ignore[attr-defined]
        assert events(browser.get(page_of(dossier)).text) == []


def test_nobody_follows_another_units_run(office: Office) -> None:
    add_person(office, "chu-nha")
    browser, dossier = signed_in(office, unit="chi-bo-b"), office.dossier(small(), "chi-bo-a")
    assert browser.get(page_of(dossier)).status_code == 404


def test_text_of_several_lines_is_one_event() -> None:
    assert events(event("tinh-hinh", "<p>\nmột</p>\n") + event("xong", "1")) == [
        ("tinh-hinh", "<p>\nmột</p>"), ("xong", "1")
    ]  # fmt: skip
