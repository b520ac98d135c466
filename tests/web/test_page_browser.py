"""In a real browser: from signing in to a saved field, no page with a barrier, nothing asked of another machine."""

from __future__ import annotations

import io
import json
import re
import socket
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from page_office import PASSWORD, add_person
from web_office import Office
from year_clerk import ByKeyboard

import docgen
from docgen.dossier.sample import sample_dossier
from docgen.web import page_units
from docgen.web.app import create_app
from docgen.web.database import Database
from docgen.web.settings import Settings

pytestmark = pytest.mark.chromium
WIDTHS = (1366, 360)
#: What is asked of a page: WCAG 2.2, levels A and AA.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, Office]]:
    """A server on this machine, at a port of its own."""
    settings = Settings(folder / "data")
    app = create_app(settings)
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, ws="none", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [own]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        database: Database = app.state.database
        yield f"http://127.0.0.1:{own.getsockname()[1]}", Office(settings, None, database)  # type: ignore[arg-type]
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def browser(tool_at: Callable[[str], str]) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        # Debian's own Chromium: nothing is downloaded. It may run as root in a container, where it has no sandbox.
        opened = play.chromium.launch(executable_path=tool_at("chromium"), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def at_work(browser: Any, tmp_path: Path) -> Iterator[tuple[Any, str, Office, list[str]]]:
    """A page of somebody who is signed in, the server's address, and every address that was asked for."""
    with serving(tmp_path) as (address, office):
        add_person(office, "hanh")
        asked: list[str] = []
        context = browser.new_context(viewport={"width": 1366, "height": 900}, locale="vi-VN")
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{address}/dang-nhap")
        page.fill("#ten", "hanh")
        page.fill("#mk", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(f"{address}/ho-so")
        yield page, address, office, asked
        context.close()
        assert {re.match(r"https?://[^/]+", one)[0] for one in asked if not one.startswith("data:")} == {address}  # type: ignore[index]


def book(folder: Path) -> Path:
    """The sample as a workbook."""
    loaded, _ = docgen.load_dossier(sample_dossier("hd43-2025", year=2026))
    assert loaded is not None
    content, _ = docgen.convert_dossier(loaded, "xlsx")
    assert content is not None
    path = folder / "so.xlsx"
    path.write_bytes(content)
    return path


def test_from_a_workbook_to_a_saved_field(at_work: tuple[Any, str, Office, list[str]], tmp_path: Path) -> None:
    page, _, _, _ = at_work
    page.check("#tu-tep")
    page.set_input_files("#tep", book(tmp_path))
    page.click("#mo-moi button[type=submit]")
    assert "Chưa ghi gì" in page.inner_text("#da-doc")
    page.click("#da-doc button[type=submit]")
    page.wait_for_url(re.compile(r"/ho-so/[0-9a-f]{32}$"))
    place = page.url
    page.goto(f"{place}/dien/dv-04/mau-02b")
    field = page.locator("[name='member.birth_date']")
    field.fill("30/02/1985")
    field.press("Tab")
    page.wait_for_selector("#s-o-member-birth-date.no")
    assert "30/02/1985" in page.inner_text("#m-o-member-birth-date")
    assert field.get_attribute("aria-invalid") == "true"
    assert field.input_value() == "30/02/1985"
    assert page.evaluate("document.activeElement !== document.body")  # the next field has the focus still
    field.fill("19/8/1985")
    field.press("Tab")
    page.wait_for_selector("#s-o-member-birth-date[data-saved]")
    seen = page.get_attribute("#v-o-member-birth-date", "value")
    field.fill("20/8/1985")  # one's own second save is no conflict
    field.press("Tab")
    page.wait_for_selector(f"#v-o-member-birth-date:not([value='{seen}'])", state="attached")
    assert field.get_attribute("aria-invalid") is None
    page.reload()
    assert field.input_value() == "20/08/1985"


def test_typed_text_outlives_the_session(at_work: tuple[Any, str, Office, list[str]]) -> None:
    page, address, office, _ = at_work
    place = _kept(office)
    page.goto(f"{address}{place}/dien/dv-04/mau-02b")
    page.context.clear_cookies()
    field = page.locator("[name='member.workplace']")
    field.fill("Khoa Điện, gõ lúc phiên đã hết")
    field.press("Tab")
    page.wait_for_selector("#s-o-member-workplace a")
    page.click("#s-o-member-workplace a")
    page.fill("#ten", "hanh")
    page.fill("#mk", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile("/dien/dv-04/mau-02b"))
    assert page.locator("[name='member.workplace']").input_value() == "Khoa Điện, gõ lúc phiên đã hết"
    page.wait_for_selector("#s-o-member-workplace[data-saved]")
    page.click("header form button")
    page.wait_for_url(f"{address}/dang-nhap")
    assert page.evaluate("Object.keys(localStorage).length") == 0


def _kept(office: Office) -> str:
    from docgen.web import dossier_store

    with office.database.write() as db:
        data = sample_dossier("hd43-2025", year=2026)
        data["members"][3]["member"]["birth_date"] = "30/02/1985"
        return f"/ho-so/{dossier_store.create(db, data, 'chi-bo-a', 'Hạnh').id}"


def _unit_below(office: Office) -> None:
    """Two units below, one with a dossier of a year that is over, so that it is late."""
    from docgen.web import access, dossier_store

    with office.database.write() as db:
        for unit in ("to-1", "to-2"):
            access.enter_unit(db, unit, f"Chi bộ {unit}", "chi-bo-a")
        dossier_store.create(db, sample_dossier("hd43-2025", members=6, year=2025), "to-1", "Hạnh")


def test_no_page_has_a_barrier_or_runs_off_the_screen(at_work: tuple[Any, str, Office, list[str]]) -> None:
    import axe_playwright_python

    page, address, office, _ = at_work
    place = _kept(office)
    axe = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    _unit_below(office)
    paths = ["/ho-so", "/tong-hop", "/quan-tri", "/tai-khoan", "/huong-dan", "/khong-co", place, f"{place}/nguoi",
             f"{place}/nguoi?bo=dv-01", f"{place}/lan-sua", f"{place}/dien", f"{place}/dien/dv-04/mau-02b",
             f"{place}/dien/dv-04/phu-luc-ket-qua", f"{place}/dien/dv-04.tu_danh_gia/phu-luc-diem"]  # fmt: skip
    wrong = []
    for path in paths:
        page.goto(address + path)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate(axe)
            found = page.evaluate(f"axe.run({json.dumps(RULES)})")
            wrong += [(path, width, one["id"], one["nodes"][0]["html"][:200]) for one in found["violations"]]
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wrong.append((path, width, "wider than the screen", ""))
        assert page.locator("main .btn:not(.two):not(.danger):visible").count() <= 1, path
    assert wrong == []


def test_two_browsers_and_one_field(at_work: tuple[Any, str, Office, list[str]]) -> None:
    page, address, office, _ = at_work
    place = _kept(office)
    page.goto(f"{address}{place}/dien/dv-04/mau-02b")
    other = page.context.new_page()
    other.goto(f"{address}{place}/dien/dv-04/mau-02b")
    for one, text in ((other, "Bản của người kia"), (page, "Bản của tôi")):
        one.fill("[name='member.workplace']", text)
        one.press("[name='member.workplace']", "Tab")
        one.wait_for_selector("#s-o-member-workplace:is([data-saved], [data-conflict])")
    told = page.inner_text("#s-o-member-workplace")
    assert "Bản của người kia" in told
    assert "Bản của tôi" in told
    assert page.locator("#s-o-member-workplace input:checked").count() == 0  # none is chosen beforehand
    page.check("#s-o-member-workplace input[value=giu]")
    page.click("#s-o-member-workplace button")
    page.wait_for_selector("#s-o-member-workplace[data-saved]")
    assert page.input_value("[name='member.workplace']") == "Bản của người kia"
    seen = page.get_attribute("#v-o-member-workplace", "value")
    page.fill("[name='member.workplace']", "Bản ghép")
    page.press("[name='member.workplace']", "Tab")
    page.wait_for_selector(f"#v-o-member-workplace:not([value='{seen}'])", state="attached")
    page.reload()
    assert page.input_value("[name='member.workplace']") == "Bản ghép"
    other.close()


def test_without_a_script_everything_can_be_done(browser: Any, tmp_path: Path) -> None:
    with serving(tmp_path) as (address, office):
        add_person(office, "hanh")
        place = _kept(office)
        context = browser.new_context(java_script_enabled=False, locale="vi-VN")
        page = context.new_page()
        page.goto(f"{address}{place}/dien/dv-04/mau-02b")
        page.fill("#ten", "hanh")
        page.fill("#mk", PASSWORD)
        page.click("main button[type=submit]")
        page.fill("[name='member.birth_date']", "31/4/1985")
        page.fill("[name='member.workplace']", "Khoa Điện")
        save = "form:has([name='member.birth_date']) noscript button"
        page.click(save)
        assert page.title().startswith("Lỗi: ")
        assert page.input_value("[name='member.birth_date']") == "31/4/1985"
        page.fill("[name='member.birth_date']", "30/4/1985")
        page.click(save)
        assert page.input_value("[name='member.birth_date']") == "30/04/1985"
        assert page.input_value("[name='member.workplace']") == "Khoa Điện"
        context.close()


def test_a_run_is_told_by_the_server_and_asked_for_where_it_cannot_be(
    at_work: tuple[Any, str, Office, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from docgen.web import job_queue, page_packet_progress

    page, address, office, asked = at_work
    place = f"{_kept(office)}/bo-ho-so"
    with office.database.write() as db:
        job = job_queue.add(db, "packet", place.split("/")[2], {"draft": False, "pdf": False})
        job_queue.claim(db, "máy thử", 300.0, 3)

    def hear(done: int) -> None:
        with office.database.write() as db:
            assert job_queue.hear(db, job.id, "máy thử", done, 9)

    page.goto(f"{address}{place}")
    page.wait_for_selector("#tien-do:not([hx-get])")
    page.focus("#dang-lap form button")
    for done in (1, 2, 3):
        hear(done)
        page.wait_for_selector(f"progress[value='{done}']")
    page.wait_for_timeout(2500)  # longer than the pause between two questions
    assert [one for one in asked if one.endswith("/tinh-hinh")] == []
    assert page.evaluate("document.activeElement.closest('#dang-lap form') !== null")  # nobody lost his place
    page.route("**/theo-doi", lambda route: route.fulfill(status=502))
    monkeypatch.setattr(page_packet_progress, "FOLLOWED", 0.0)  # the answer ends, and the next one is no answer
    page.wait_for_selector("#tien-do[hx-get]")
    hear(4)
    page.wait_for_selector("progress[value='4']")
    assert [one for one in asked if one.endswith("/tinh-hinh")] != []
    page.reload()
    hear(5)
    page.wait_for_selector("progress[value='5']")
    with office.database.write() as db:
        job_queue.stop(db, job.id)
    page.wait_for_selector("#dang-lap", state="detached")


def test_going_back_shows_what_is_kept_and_nothing_is_done_twice(at_work: tuple[Any, str, Office, list[str]]) -> None:
    from docgen.web import dossier_store

    page, address, office, _ = at_work
    home = _kept(office)
    place = f"{home}/dien/dv-04/mau-02b"
    page.goto(f"{address}{home}")
    page.goto(f"{address}{place}")
    page.fill("[name='member.workplace']", "Khoa Điện")
    page.press("[name='member.workplace']", "Tab")
    page.wait_for_selector("#s-o-member-workplace[data-saved]")
    page.goto(f"{address}{home}")
    page.go_back()
    # What the browser shows again is what is kept, not the page as it was drawn first; and it can be gone on with.
    assert page.input_value("[name='member.workplace']") == "Khoa Điện"
    page.fill("[name='member.workplace']", "Khoa Hóa")
    page.press("[name='member.workplace']", "Tab")
    page.wait_for_selector("#s-o-member-workplace:is([data-saved], [data-conflict])")
    assert page.locator("#s-o-member-workplace[data-conflict]").count() == 0
    page.goto(f"{address}{home}/nguoi")
    page.fill("#ten", "Nguyễn Văn Mới")
    page.click("form:has(#ten) button[type=submit]")
    page.wait_for_selector("ol.tasks :text('Nguyễn Văn Mới')")
    page.go_back()
    page.reload()
    page.go_forward()
    with office.database.read() as db:
        members = dossier_store.content(db, home.split("/")[2])["members"]
        lines = [one["new"] for one in dossier_store.history(db, home.split("/")[2]) if "workplace" in one["pointer"]]
    assert sum(one["member"]["full_name"] == "Nguyễn Văn Mới" for one in members) == 1
    assert lines == ["Khoa Điện", "Khoa Hóa"]


def _two_below(office: Office) -> None:
    """Two units below, each with a dossier, and somebody above them both."""
    from docgen.web import dossier_store

    add_person(office, "phuc")
    _unit_below(office)
    with office.database.write() as db:
        dossier_store.create(db, sample_dossier("hd43-2025", members=6, year=2025), "to-2", "Hạnh")


def test_the_summary_is_used_without_a_script(browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_units, "AT_ONCE", 1)
    with serving(tmp_path) as (address, office):
        _two_below(office)
        context = browser.new_context(java_script_enabled=False, locale="vi-VN")
        page = context.new_page()
        page.goto(f"{address}/tong-hop")
        page.fill("#ten", "phuc")
        page.fill("#mk", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_selector("#tong-hop[hx-get]")  # one is worked out, the other waits
        page.click("main section.next .btn")
        page.wait_for_selector("#tong-hop:not([hx-get])")
        assert page.locator("tbody tr:has(a[href^='/ho-so/'])").count() == 2
        for link in ("a[href*='bang.xlsx']", "#bieu-1 a"):
            with page.expect_download() as coming:
                page.click(link)
            assert zipfile.is_zipfile(coming.value.path()), link
        page.click("tbody a[href^='/ho-so/']")
        page.wait_for_url(re.compile(r"/ho-so/[0-9a-f]{32}$"))
        context.close()


def test_the_summary_is_used_by_keyboard_alone(browser: Any, tmp_path: Path) -> None:
    with serving(tmp_path) as (address, office):
        _two_below(office)
        clerk = ByKeyboard(browser, tmp_path)
        clerk.page.goto(f"{address}/tong-hop")
        clerk.fill("#ten", "phuc")
        clerk.fill("#mk", PASSWORD)
        clerk.click("main button[type=submit]")
        clerk.page.wait_for_url(f"{address}/tong-hop")
        clerk.click("main section.next .btn")  # leads to a place on the page: the next Tab goes on from there
        assert clerk.page.evaluate("document.activeElement !== document.body")
        assert zipfile.is_zipfile(io.BytesIO(clerk.saved(lambda: clerk.click("a[href*='bang.xlsx']"))))
        clerk.click("tbody a[href^='/ho-so/']")
        clerk.page.wait_for_url(re.compile(r"/ho-so/[0-9a-f]{32}$"))
        assert clerk.hosts == {"127.0.0.1"}
        clerk.close()
