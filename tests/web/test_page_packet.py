"""The packet's page: one run however often it is asked for, stopping, drafts, pictures, what changed, handing over."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from typing import Any

import pytest
from office_dossiers import HOSTILE, SHOWN, faulty, small
from page_office import Browser, signed_in
from sqlalchemy import select
from web_office import Office

import docgen
from docgen.web import dossier_store, job_queue, job_worker, packet_store
from docgen.web.database_tables import JOB, PACKET

DAY = {"ngay": "20/12/2018", "noi": "Đảng ủy Trường", "gom": "đủ tờ", "dong-y": "1"}


def page_of(dossier: str) -> str:
    return f"/ho-so/{dossier}/bo-ho-so"


def ask(browser: Browser, dossier: str, **given: str) -> Any:
    return browser.post(f"{page_of(dossier)}/lap", given)


def jobs(office: Office) -> list[Any]:
    with office.database.read() as db:
        return [job_queue.find(db, number) for number in db.execute(select(JOB.c.id)).scalars()]


def packet_id(office: Office) -> str:
    with office.database.read() as db:
        return str(db.execute(select(PACKET.c.id).order_by(PACKET.c.created.desc())).scalars().first())


def quickly_made(office: Office, dossier: str) -> str:
    """A packet of Word files alone; its id."""
    with office.database.write() as db:
        job_queue.add(db, "packet", dossier, {"draft": False, "pdf": False})
    assert office.worker().step()
    return packet_id(office)


@pytest.fixture
def desk(office: Office) -> tuple[Browser, str]:
    return signed_in(office), office.dossier(small(), "chi-bo-a")


def filled(text: str) -> list[str]:
    """The filled buttons and links of a page."""
    return re.findall(r'class="btn"', text)


def test_a_packet_is_made_looked_at_and_taken_away(office: Office, desk: tuple[Browser, str]) -> None:
    browser, dossier = desk
    empty = browser.get(page_of(dossier)).text
    assert "Lập bộ hồ sơ" in empty
    assert len(filled(empty)) == 1
    made = ask(browser, dossier)
    assert (made.status_code, made.headers["location"]) == (303, page_of(dossier))
    waiting = browser.get(page_of(dossier)).text
    assert "Đang chờ đến lượt" in waiting
    assert "<progress" in waiting
    assert len(filled(waiting)) == 1
    assert "<progress" in browser.get(f"{page_of(dossier)}/tinh-hinh").text
    assert office.worker().step()
    ended = browser.get(f"{page_of(dossier)}/tinh-hinh")
    assert (ended.text, ended.headers["hx-refresh"]) == ("", "true")
    done, packet = browser.get(page_of(dossier)).text, packet_id(office)
    assert "Lập lúc" in done
    assert len(filled(done)) == 1
    with zipfile.ZipFile(io.BytesIO(browser.get(f"{page_of(dossier)}/{packet}/zip").content)) as files:
        assert {"manifest.json", "ban-in.pdf"} <= set(files.namelist())
    assert browser.get(f"{page_of(dossier)}/{packet}/in").content.startswith(b"%PDF")
    plan = browser.get(f"{page_of(dossier)}/{packet}/ke-hoach-in")
    assert zipfile.is_zipfile(io.BytesIO(plan.content))
    paper = browser.get(f"{page_of(dossier)}/{packet}/xem/1").text
    picture = re.search(r'src="([^"]+/hinh/1/1\.png)"', paper)
    assert picture
    drawn = browser.get(picture[1])
    assert drawn.content.startswith(b"\x89PNG")
    assert browser.get(picture[1], headers={"If-None-Match": drawn.headers["etag"]}).status_code == 304
    kept = list((office.settings.data / "pages").glob("*.png"))
    assert len(kept) == 1
    assert browser.get(picture[1]).content == kept[0].read_bytes()
    for made_up in ("xem/999", "xem/x", "xem/-1", "hinh/999/1.png", "hinh/1/999.png", "hinh/1/0.png", "hinh/x/x.png"):
        assert browser.get(f"{page_of(dossier)}/{packet}/{made_up}").status_code == 404, made_up


def test_a_double_click_shows_the_same_run(office: Office, desk: tuple[Browser, str]) -> None:
    browser, dossier = desk
    form = {"mot-lan": "mot"}
    assert [ask(browser, dossier, **form).status_code for _ in range(2)] == [303, 303]
    assert ask(browser, dossier, **{"mot-lan": "hai"}).status_code == 303  # another window, the run under way
    with office.database.write() as db:
        assert job_queue.claim(db, "x", 30, 3) is not None
    assert ask(browser, dossier, **{"mot-lan": "ba"}).status_code == 303  # it has begun by now
    assert len(jobs(office)) == 1
    with office.database.write() as db:
        job_queue.stop(db, jobs(office)[0].id)
    assert ask(browser, dossier, **form).status_code == 303  # the form of before, sent again by "back"
    assert len(jobs(office)) == 1


def test_a_run_that_waits_is_stopped(office: Office, desk: tuple[Browser, str]) -> None:
    browser, dossier = desk
    ask(browser, dossier)
    job = jobs(office)[0].id
    assert browser.post(f"{page_of(dossier)}/dung", {"viec": job}).status_code == 303
    assert not office.worker().step()
    assert "Đã dừng lập bộ" in browser.get(page_of(dossier)).text
    assert browser.post(f"{page_of(dossier)}/dung", {"viec": "0" * 32}).status_code == 404


def test_a_run_that_is_under_way_is_stopped(
    office: Office, desk: tuple[Browser, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, dossier = desk
    ask(browser, dossier)
    job, told = jobs(office)[0].id, []
    worker = office.worker()

    def slow(*_: object, progress: Any, **__: object) -> tuple[None, None]:
        browser.post(f"{page_of(dossier)}/dung", {"viec": job})
        for done in range(400):
            told.append(done)
            worker.unwanted.wait(0.05)  # as long as a paper takes
            progress.filled(done, 400)
        raise AssertionError("nobody said that it is not wanted")

    monkeypatch.setattr(job_worker, "BEAT", 0.01)
    monkeypatch.setattr(docgen, "build_packet", slow)
    assert worker.step()
    assert len(told) < 400
    assert jobs(office)[0].stopped
    assert packet_id(office) == "None"
    worker.job = None
    monkeypatch.undo()
    assert quickly_made(office, dossier)  # the same worker's process goes on


def test_what_was_made_after_the_stop_is_thrown_away(
    office: Office, desk: tuple[Browser, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, dossier = desk
    ask(browser, dossier)
    job = jobs(office)[0].id
    worker = office.worker()

    def late(_: object) -> tuple[str, None]:
        browser.post(f"{page_of(dossier)}/dung", {"viec": job})
        packet_store.folder_of(office.settings, job).mkdir()
        return job, None

    monkeypatch.setattr(worker, "_packet", late)
    assert worker.step()
    assert not packet_store.folder_of(office.settings, job).exists()
    assert packet_id(office) == "None"


def test_with_errors_there_is_a_draft_or_nothing(office: Office) -> None:
    browser, dossier = signed_in(office), office.dossier(faulty(), "chi-bo-a")
    text = browser.get(page_of(dossier)).text
    assert "Lập bản nháp" in text
    assert len(filled(text)) == 1
    refused = ask(browser, dossier)
    assert refused.status_code == 422
    assert "chỗ phải sửa" in refused.text
    assert jobs(office) == []
    assert ask(browser, dossier, nhap="1").status_code == 303
    assert jobs(office)[0].asked == {"draft": True, "pdf": True}


def test_a_draft_is_not_handed_over(office: Office) -> None:
    browser, dossier = signed_in(office), office.dossier(small(), "chi-bo-a")
    with office.database.write() as db:
        job_queue.add(db, "packet", dossier, {"draft": True, "pdf": False})
    office.worker().step()
    assert "Đây là bản nháp" in browser.get(page_of(dossier)).text
    sent = browser.post(f"{page_of(dossier)}/nop", {**DAY, "bo": packet_id(office)})
    assert sent.status_code == 422


def test_what_changed_since_is_told_and_the_plan_of_an_old_packet_is_not(
    office: Office, desk: tuple[Browser, str]
) -> None:
    browser, dossier = desk
    packet = quickly_made(office, dossier)
    with office.database.write() as db:

        def rename(data: dict[str, Any]) -> dict[str, Any]:
            data["members"][1]["member"]["full_name"] = HOSTILE
            return data

        dossier_store.change(db, dossier, HOSTILE, None, rename)
    text = browser.get(page_of(dossier)).text
    assert "Đã đổi gì từ lần lập ấy" in text
    assert SHOWN in text
    assert "<script>alert" not in text
    assert browser.get(f"{page_of(dossier)}/{packet}/ke-hoach-in").status_code == 409
    assert browser.get(f"{page_of(dossier)}/{packet}/zip").status_code == 200


def test_handing_over_is_kept_in_the_history_and_changes_nothing(office: Office, desk: tuple[Browser, str]) -> None:
    browser, dossier = desk
    packet = quickly_made(office, dossier)
    form = {**DAY, "bo": packet, "noi": HOSTILE, "mot-lan": "n1"}
    for name, value, status in (
        ("ngay", "31/9/2018", 422), ("noi", " ", 422), ("dong-y", "", 422), ("bo", "0" * 32, 404),
    ):  # fmt: skip
        assert browser.post(f"{page_of(dossier)}/nop", {**form, name: value}).status_code == status
    assert [browser.post(f"{page_of(dossier)}/nop", form).status_code for _ in range(2)] == [303, 303]
    text, history = browser.get(page_of(dossier)).text, browser.get(f"/ho-so/{dossier}/lan-sua").text
    assert "Đã nộp ngày 20/12/2018" in text
    assert "Đã đổi gì từ lần lập ấy" not in text
    for shown in (text, history):
        assert SHOWN in shown
        assert "<script>alert" not in shown
    with office.database.read() as db:
        lines = dossier_store.noted(db, dossier, "/handed_over")
        assert dossier_store.broken_chain(db, dossier) == 0
        kept = dossier_store.find(db, dossier)
    assert len(lines) == 1
    manifest = docgen_manifest(office, packet)
    assert lines[0]["new"] == {"packet": packet, "on": "2018-12-20", "to": HOSTILE, "what": "đủ tờ", "version": 1,
                               "manifest": manifest}  # fmt: skip
    assert kept is not None
    assert kept.version == 1
    undone = browser.post(f"/ho-so/{dossier}/tro-lai", {"dong": str(lines[0]["number"])})
    assert undone.status_code == 409
    with office.database.read() as db:
        assert len(dossier_store.noted(db, dossier, "/handed_over")) == 1


def docgen_manifest(office: Office, packet: str) -> str:
    import hashlib

    return hashlib.sha256((office.settings.packets / packet / "manifest.json").read_bytes()).hexdigest()


def test_who_may_see_and_do_what(office: Office) -> None:
    above = signed_in(office, "tren", "dang_uy", "dang-uy")
    secretary = signed_in(office, "hoa", "thu_ky", "chi-bo-a", "dang-uy")
    dossier = office.dossier(small(), "chi-bo-a")
    packet = quickly_made(office, dossier)
    clerk, other = signed_in(office, "hanh", "can_bo"), signed_in(office, "xa", "", "chi-bo-b")
    paths = [f"/{packet}/zip", f"/{packet}/ke-hoach-in"]
    sent = {"/lap": {}, "/dung": {"viec": jobs(office)[0].id}, "/nop": {**DAY, "bo": packet}}
    for browser, page, read, write in (
        (secretary, 200, 200, 303), (clerk, 200, 403, 403), (above, 200, 200, 403), (other, 404, 404, 404),
    ):  # fmt: skip
        assert browser.get(page_of(dossier)).status_code == page
        for path in paths:
            assert browser.get(page_of(dossier) + path).status_code == read, path
        for path, form in sent.items():
            assert browser.post(page_of(dossier) + path, form).status_code == write, path
    assert "Lập lại từ đầu" not in clerk.get(page_of(dossier)).text
    assert "Ghi là đã nộp" not in above.get(page_of(dossier)).text


def test_another_dossiers_packet_and_made_up_ids_are_not_found(office: Office, desk: tuple[Browser, str]) -> None:
    browser, dossier = desk
    packet = quickly_made(office, dossier)
    other = office.dossier(small(), "chi-bo-a")
    for path in ("zip", "in", "ke-hoach-in", "xem/1", "hinh/1/1.png"):
        assert browser.get(f"{page_of(other)}/{packet}/{path}").status_code == 404, path
        assert browser.get(f"{page_of(dossier)}/{'0' * 32}/{path}").status_code == 404, path
    assert browser.get(page_of("0" * 32)).status_code == 404
    assert browser.post(f"{page_of(other)}/nop", {**DAY, "bo": packet}).status_code == 404


def test_a_packet_whose_files_are_gone_can_be_made_again(office: Office, desk: tuple[Browser, str]) -> None:
    browser, dossier = desk
    packet = quickly_made(office, dossier)
    shutil.rmtree(office.settings.packets / packet)
    text = browser.get(page_of(dossier)).text
    assert len(filled(text)) == 1
    assert f'action="{page_of(dossier)}/lap"' in text
    assert browser.get(f"{page_of(dossier)}/{packet}/zip").status_code == 422


def test_without_a_script_the_page_of_a_run_comes_anew(office: Office, desk: tuple[Browser, str]) -> None:
    browser, dossier = desk
    assert "http-equiv" not in browser.get(page_of(dossier)).text
    ask(browser, dossier)
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in browser.get(page_of(dossier)).text


def test_a_forged_form_begins_nothing(office: Office, desk: tuple[Browser, str]) -> None:
    browser, dossier = desk
    for path in ("lap", "dung", "nop"):
        assert browser.post(f"{page_of(dossier)}/{path}", {"csrf": "x"}).status_code == 403
    assert jobs(office) == []


def test_an_empty_dossier_says_what_comes_first(office: Office) -> None:
    browser = signed_in(office)
    data = small()
    data["members"] = []
    text = browser.get(page_of(office.dossier(data, "chi-bo-a"))).text
    assert "Ghi danh sách đảng viên" in text
    assert len(filled(text)) == 1
