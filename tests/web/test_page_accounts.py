"""Signing in, the first account, tries, sessions, forged forms, who manages whom."""

from __future__ import annotations

import re
import time

import pytest
from page_office import HOST, PASSWORD, Browser, add_person, signed_in
from sqlalchemy import select, update
from web_office import Office

from docgen.web import access, people, sessions
from docgen.web.database_tables import LINK, PERSON, SESSION


def first_link(office: Office) -> str:
    with office.database.write() as db:
        return f"/lan-dau/{people.new_link(db, '', people.FIRST_LINK)}"


ABOUT = {"don-vi": "Chi bộ Khoa Điện", "ho-ten": "Nguyễn Thị Hạnh", "ten": "hanh", "vai": "", "mk": PASSWORD,
         "mk2": PASSWORD}  # fmt: skip


def test_the_first_account_is_made_by_a_link_that_is_good_for_once(each_office: Office) -> None:
    office = each_office
    browser, link = Browser(office), first_link(office)
    assert "chưa có tài khoản nào" in browser.get("/dang-nhap").text.lower()
    made = browser.post(link, ABOUT, at=link)
    assert (made.status_code, made.headers["location"]) == (303, "/")
    assert "Chi bộ Khoa Điện" in browser.get("/ho-so").text
    assert Browser(office).get(link).status_code == 404
    with office.database.read() as db:
        found = people.everybody(db)
    assert [(one.login, one.role, one.unit) for one in found] == [("hanh", "", "chi-bo-khoa-dien")]


def test_the_first_account_comes_into_the_unit_that_is_there(office: Office) -> None:
    access.add_unit(office.database, "chi-bo-mau", "Chi bộ mẫu")
    dossier = office.dossier(unit="chi-bo-mau")
    browser, link = Browser(office), first_link(office)
    assert 'name="don-vi" value="Chi bộ mẫu"' in browser.get(link).text
    assert browser.post(link, {**ABOUT, "don-vi": "Chi bộ mẫu"}, at=link).status_code == 303
    assert browser.get(f"/ho-so/{dossier}").status_code == 200


def test_a_first_link_is_worth_nothing_once_somebody_can_sign_in_or_time_is_over(office: Office) -> None:
    link = first_link(office)
    add_person(office, "hanh")
    assert Browser(office).get(link).status_code == 404
    with office.database.write() as db:
        person = people.add(db, "lan", "Lan", "can_bo", "chi-bo-a")
        secret = people.new_link(db, person.id)
        db.execute(update(LINK).values(until=time.time() - 1))
    assert Browser(office).get(f"/lan-dau/{secret}").status_code == 404


@pytest.mark.parametrize(("name", "value", "told"), [
    ("mk2", "khac han", "khác nhau"), ("mk", "ngan", "10"), ("ten", "Hạnh Nguyễn", "tên đăng nhập"),
    ("ho-ten", " ", "họ và tên"), ("don-vi", "…", "tên đơn vị"),
])  # fmt: skip
def test_what_is_wrong_with_an_account_is_said_and_the_link_stays_good(
    office: Office, name: str, value: str, told: str
) -> None:
    browser, link = Browser(office), first_link(office)
    given = {**ABOUT, name: value}
    if name == "mk":
        given["mk2"] = value
    answer = browser.post(link, given, at=link)
    assert answer.status_code == 422
    assert told in answer.text.lower()
    assert browser.post(link, ABOUT, at=link).status_code == 303


def test_a_password_is_kept_as_argon2_and_nobody_is_told_whether_a_name_exists(office: Office) -> None:
    add_person(office, "hanh")
    with office.database.read() as db:
        assert db.execute(select(PERSON.c.password)).scalar_one().startswith("$argon2id$")
    browser = Browser(office)
    wrong, unknown = browser.sign_in("hanh", "sai mat khau"), browser.sign_in("khong-co", "sai mat khau")
    assert (wrong.status_code, unknown.status_code) == (403, 403)
    assert "Còn 4 lần thử" in wrong.text
    assert "Còn 4 lần thử" in unknown.text


def test_five_wrong_tries_and_the_right_password_waits_too(office: Office) -> None:
    add_person(office, "hanh")
    add_person(office, "lan")
    browser = Browser(office)
    assert [browser.sign_in("hanh", "sai").status_code for _ in range(5)] == [403] * 5
    assert browser.sign_in("hanh").status_code == 429
    assert browser.sign_in("lan").status_code == 303  # another name is not held up
    with office.database.write() as db:
        db.execute(update(sessions.LOGIN_TRY).values(at=time.time() - sessions.TRIES_WITHIN - 1))
    assert Browser(office).sign_in("hanh").status_code == 303


def test_no_more_than_two_hashes_are_worked_out_at_once() -> None:
    assert people._AT_WORK.acquire(blocking=False)
    assert people._AT_WORK.acquire(blocking=False)
    assert not people._AT_WORK.acquire(blocking=False)
    people._AT_WORK.release(2)
    with pytest.raises(ValueError, match="released too many"):
        people._AT_WORK.release()


def test_the_cookie_is_kept_from_scripts_and_other_sites(office: Office) -> None:
    add_person(office, "hanh")
    kept = Browser(office).sign_in("hanh").headers.get_list("set-cookie")
    session = next(one for one in kept if one.startswith(sessions.COOKIE))
    assert {"httponly", "samesite=lax", "path=/"} <= {part.strip().lower() for part in session.split(";")}
    secret = session.split("=", 1)[1].split(";")[0]
    with office.database.read() as db:
        assert secret not in str(db.execute(select(SESSION)).all())


def test_a_session_that_ended_leads_to_the_sign_in_and_back(office: Office) -> None:
    browser = signed_in(office)
    with office.database.write() as db:
        db.execute(update(SESSION).values(seen=time.time() - sessions.IDLE - 1))
    answer = browser.get("/ho-so?a=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/dang-nhap?ve=%2Fho-so%3Fa%3D1")
    assert 'name="ve" value="/ho-so?a=1"' in browser.get(answer.headers["location"]).text
    assert browser.sign_in("hanh", back="/ho-so?a=1").headers["location"] == "/ho-so?a=1"


@pytest.mark.parametrize("back", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere_after_signing_in(office: Office, back: str) -> None:
    add_person(office, "hanh")
    assert Browser(office).sign_in("hanh", back=back).headers["location"] == "/"


def test_signing_out_ends_the_session(office: Office) -> None:
    browser = signed_in(office)
    secret = browser.client.cookies[sessions.COOKIE]
    assert browser.post("/ra").headers["location"] == "/dang-nhap"
    browser.client.cookies.set(sessions.COOKIE, secret)
    assert browser.get("/ho-so").status_code == 303


@pytest.mark.parametrize("headers", [
    {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}, {"Origin": "null", "Sec-Fetch-Site": ""},
    {"Origin": HOST, "Sec-Fetch-Site": "cross-site"}, {"Origin": HOST, "Sec-Fetch-Site": "same-site"},
])  # fmt: skip
def test_a_form_from_elsewhere_is_refused(office: Office, headers: dict[str, str]) -> None:
    browser = signed_in(office)
    assert browser.post("/ho-so/x/nguoi", {"ten": "A"}, headers=headers).status_code == 403
    assert browser.post("/dang-nhap", {"ten": "hanh", "mk": PASSWORD}, headers=headers).status_code == 403


def test_a_form_without_its_token_is_refused(office: Office) -> None:
    browser, other = signed_in(office), signed_in(office, "lan")
    theirs = other.token("/huong-dan")
    for token in ("", "x", theirs):
        assert browser.post("/ra", {"csrf": token}).status_code == 403
    assert browser.get("/ho-so").status_code == 200
    plain = browser.client.post("/ra", data={"csrf": browser.token("/huong-dan")})
    assert plain.status_code == 403  # a browser would have said where the form stands
    same = browser.client.post("/ra", data={"csrf": browser.token("/huong-dan")}, headers={"Referer": f"{HOST}/x"})
    assert same.status_code == 303


def test_a_manager_gives_no_role_that_sees_more_and_sees_no_contents(office: Office) -> None:
    browser = signed_in(office, "dat", "quan_tri", "truong")
    dossier = office.dossier(unit="truong")
    assert browser.get("/").headers["location"] == "/quan-tri"
    assert browser.get("/ho-so").status_code == 403
    assert browser.get(f"/ho-so/{dossier}").status_code == 404
    asked = {"ten": "hanh", "ho-ten": "Hạnh", "don-vi": "truong"}
    assert browser.post("/quan-tri/tai-khoan", {**asked, "vai": ""}).status_code == 422
    made = browser.post("/quan-tri/tai-khoan", {**asked, "vai": "can_bo"})
    link = re.search(r"/lan-dau/[\w-]+", made.text)
    assert link
    new = Browser(office)
    assert new.sign_in("hanh", "").status_code == 403
    assert new.post(link[0], {"mk": PASSWORD, "mk2": PASSWORD}, at=link[0]).status_code == 303
    assert new.get("/ho-so").status_code == 200


def test_a_closed_account_is_out_at_once_and_may_come_back(office: Office) -> None:
    boss, clerk = signed_in(office), signed_in(office, "lan", "can_bo")
    with office.database.read() as db:
        number = next(one.id for one in people.everybody(db) if one.login == "lan")
    assert boss.post(f"/quan-tri/tai-khoan/{number}/dong").status_code == 303
    assert clerk.get("/ho-so").status_code == 303
    assert clerk.sign_in("lan").status_code == 403
    assert boss.post(f"/quan-tri/tai-khoan/{number}/mo").status_code == 303
    assert clerk.sign_in("lan").status_code == 303


def test_nobody_manages_another_units_accounts(office: Office) -> None:
    manager = signed_in(office, "dat", "quan_tri", "chi-bo-a")
    other = add_person(office, "xa", "can_bo", "chi-bo-b")
    assert "xa" not in manager.get("/quan-tri").text
    for act in ("dong", "duong-dan"):
        assert manager.post(f"/quan-tri/tai-khoan/{other.id}/{act}").status_code == 404
    asked = {"ten": "moi", "ho-ten": "Mới", "don-vi": "chi-bo-b", "vai": "can_bo"}
    assert manager.post("/quan-tri/tai-khoan", asked).status_code == 404
    assert manager.post("/quan-tri/don-vi", {"ma": "c", "ten-dv": "C", "tren": "chi-bo-b"}).status_code == 404
    assert manager.post("/quan-tri/don-vi", {"ma": "c", "ten-dv": "C", "tren": "chi-bo-a"}).status_code == 303
    clerk = signed_in(office, "lan", "can_bo")
    assert clerk.get("/quan-tri").status_code == 403
    assert clerk.post("/quan-tri/tai-khoan", {**asked, "don-vi": "chi-bo-a"}).status_code == 403


def test_another_password_signs_every_browser_out(office: Office) -> None:
    browser = signed_in(office)
    new = {"mk0": PASSWORD, "mk": "mat khau moi 2027", "mk2": "mat khau moi 2027"}
    assert browser.post("/tai-khoan", {**new, "mk0": "sai"}).status_code == 422
    assert browser.post("/tai-khoan", new).status_code == 303
    assert browser.get("/ho-so").status_code == 303
    assert browser.sign_in("hanh", "mat khau moi 2027").status_code == 303


def test_pages_load_nothing_from_elsewhere_and_stand_in_no_frame(office: Office) -> None:
    browser = signed_in(office)
    answer = browser.get("/ho-so")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    assert not re.search(r"<script(?![^>]*src=\"/static/)|<style| style=|(?:src|href)=\"(?:https?:)?//| on\w+=",
                         answer.text)  # fmt: skip
    style = browser.get(re.search(r"/static/page\.css\?v=\w+", answer.text)[0])  # type: ignore[index]
    assert "immutable" in style.headers["cache-control"]
    assert browser.get("/static/page.css", headers={"If-None-Match": style.headers["etag"]}).status_code == 304
    assert 'url("http' not in style.text
    for name in ("../app.py", "%2e%2e/app.py", "vendor/vendor.json", ""):
        assert browser.get(f"/static/{name}").status_code == 404


def test_the_language_is_the_readers(office: Office) -> None:
    browser = signed_in(office)
    assert "Các hồ sơ" in browser.get("/ho-so").text
    assert "Dossiers" in browser.get("/ho-so", headers={"Accept-Language": "en-US,en"}).text
    assert browser.get("/ngon-ngu/en?ve=/ho-so").headers["location"] == "/ho-so"
    assert '<html lang="en"' in browser.get("/ho-so", headers={"Accept-Language": "vi"}).text
    assert browser.get("/ngon-ngu/xx").status_code == 404
