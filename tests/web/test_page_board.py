"""The board: answers in place, what holds for all with exceptions, ballots, decisions that stay, closing."""

from __future__ import annotations

import copy
import html
import re
from typing import Any

import pytest
from office_dossiers import HOSTILE, SHOWN, small
from page_office import Browser, signed_in
from web_office import Office

from docgen.paths import at_pointer
from docgen.web import dossier_store
from docgen.web.http_dossiers import merged

ONE = "exempt_from_party_activities"


def page_of(dossier: str) -> str:
    return f"/ho-so/{dossier}/xep-loai"


def kept(office: Office, dossier: str, pointer: str) -> Any:
    with office.database.read() as db:
        return at_pointer(dossier_store.content(db, dossier), pointer)


def fields(text: str) -> dict[str, str]:
    """What the forms of a page would send if nobody touched them (radios that are ticked, chosen options, inputs)."""
    out: dict[str, str] = {}
    for tag in re.findall(r"<input [^>]*>", text):
        if ('type="radio"' in tag or 'type="checkbox"' in tag) and " checked" not in tag:
            continue
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r' value="([^"]*)"', tag)
        if name:
            out[html.unescape(name[1])] = html.unescape(value[1]) if value else "1"
    for name, inner in re.findall(r'<select name="([^"]*)".*?>(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', inner)
        out[html.unescape(name)] = chosen[1] if chosen else ""
    return out


def sent(browser: Browser, dossier: str, part: str, **given: Any) -> Any:
    form = {key: value for key, value in fields(browser.get(page_of(dossier)).text).items() if key != "csrf"}
    return browser.post(f"{page_of(dossier)}/{part}", {**form, **given})


def open_question(regulation: str = "kh55-2018") -> dict[str, Any]:
    """One member of whom nobody has said one thing."""
    data = small(regulation, 4)
    data["members"][0]["facts"].pop(ONE)
    return data


def asked_of_all() -> dict[str, Any]:
    data = small("kh55-2018", 4)
    for member in data["members"]:
        member["facts"].pop(ONE, None)
    return data


@pytest.fixture
def browser(office: Office) -> Browser:
    return signed_in(office)


def test_each_answer_tells_the_grade_that_would_follow(office: Office, browser: Browser) -> None:
    dossier = office.dossier(open_question(), "chi-bo-a")
    text = browser.get(page_of(dossier)).text
    question = text[text.index('id="hoi"') : text.index('id="phieu"')]
    assert "Đề xuất sẽ là: không xếp loại" in question  # KH 55 does not grade whoever is exempt
    assert "Đề xuất sẽ là: Hoàn thành tốt nhiệm vụ" in question  # as the sample's member 1 with all facts told
    assert "Chưa rõ, để sau" in question
    assert len(re.findall(r'class="btn"', text)) == 1
    name = f"a:members.0.facts:{ONE}"
    later = sent(browser, dossier, "tra-loi", **{name: "sau"})
    assert later.status_code == 303
    assert kept(office, dossier, f"/members/0/facts/{ONE}") is None
    for _ in range(2):  # the second is the same form again
        assert sent(browser, dossier, "tra-loi", **{name: "khong"}).status_code == 303
    assert kept(office, dossier, f"/members/0/facts/{ONE}") is False
    assert sent(browser, dossier, "tra-loi", **{name: "co"}).status_code == 409  # it was answered otherwise
    assert kept(office, dossier, f"/members/0/facts/{ONE}") is False


def test_a_number_is_typed_and_what_is_none_is_refused(office: Office, browser: Browser) -> None:
    data = small("kh55-2018", 4)
    data["members"][0]["facts"].pop("targets_completed_pct")
    dossier = office.dossier(data, "chi-bo-a")
    name = "a:members.0.facts:targets_completed_pct"
    assert f'name="{name}"' in browser.get(page_of(dossier)).text
    assert sent(browser, dossier, "tra-loi", **{name: HOSTILE}).status_code == 422
    assert sent(browser, dossier, "tra-loi", **{name: "96,5"}).status_code == 303
    assert kept(office, dossier, "/members/0/facts/targets_completed_pct") == 96.5


def test_only_what_is_asked_can_be_answered(office: Office, browser: Browser) -> None:
    dossier = office.dossier(open_question(), "chi-bo-a")
    for name in (
        "a:members.0.facts:degradation_concluded",
        "a:members.0.member:full_name",
        "a:organization:name",
        "a:",
    ):
        assert sent(browser, dossier, "tra-loi", **{name: "co"}).status_code == 409
    with office.database.read() as db:
        found = dossier_store.find(db, dossier)
    assert found is not None
    assert found.version == 1


def test_what_is_asked_of_many_is_said_once_with_exceptions(office: Office, browser: Browser) -> None:
    dossier = office.dossier(asked_of_all(), "chi-bo-a")
    ids = [kept(office, dossier, f"/members/{index}/id") for index in range(4)]
    text = browser.get(page_of(dossier)).text
    assert f'name="c:{ONE}"' in text
    assert f"a:members.0.facts:{ONE}" not in text
    assert len(re.findall(r'class="btn"', text)) == 1
    made = sent(browser, dossier, "chung", **{f"c:{ONE}": "khong", f"tru:{ONE}": [ids[1]]})
    assert made.status_code == 303
    assert kept(office, dossier, f"/everyone/facts/{ONE}") is False
    assert [kept(office, dossier, f"/members/{index}/facts/{ONE}") for index in range(4)] == [None, True, None, None]
    shown = html.unescape(browser.get(page_of(dossier)).text)
    assert f"trừ {kept(office, dossier, '/members/1/member/full_name')}" in shown
    # the exception is taken back: what holds for all holds for him
    assert sent(browser, dossier, "chung", **{f"c:{ONE}": "khong", f"tru:{ONE}": []}).status_code == 303
    assert kept(office, dossier, f"/members/1/facts/{ONE}") is None


def test_what_somebodys_own_record_says_is_not_overruled_by_what_is_said_of_all(
    office: Office, browser: Browser
) -> None:
    data = asked_of_all()
    data["members"][3]["facts"][ONE] = True
    dossier = office.dossier(data, "chi-bo-a")
    assert sent(browser, dossier, "chung", **{f"c:{ONE}": "khong"}).status_code == 303
    assert kept(office, dossier, f"/members/3/facts/{ONE}") is True
    assert sent(browser, dossier, "chung", **{f"c:{ONE}": "co"}).status_code == 303
    assert kept(office, dossier, f"/members/3/facts/{ONE}") is True
    assert [kept(office, dossier, f"/members/{index}/facts/{ONE}") for index in range(3)] == [None] * 3


def test_somebody_faster_is_not_written_over(office: Office, browser: Browser) -> None:
    dossier = office.dossier(asked_of_all(), "chi-bo-a")
    old = fields(browser.get(page_of(dossier)).text)
    assert sent(browser, dossier, "chung", **{f"c:{ONE}": "co"}).status_code == 303
    assert browser.post(f"{page_of(dossier)}/chung", {**old, f"c:{ONE}": "khong"}).status_code == 409
    assert sent(browser, dossier, "muc", **{"q:0:cell": "KHTNV"}).status_code == 303
    assert browser.post(f"{page_of(dossier)}/muc", {**old, "q:0:cell": "HTNV"}).status_code == 409
    assert browser.post(f"{page_of(dossier)}/phieu", {**old, "b:issued": "11"}).status_code == 303
    assert browser.post(f"{page_of(dossier)}/phieu", {**old, "b:issued": "9"}).status_code == 409
    assert (kept(office, dossier, f"/everyone/facts/{ONE}"), kept(office, dossier, "/members/0/cell/grade"),
            kept(office, dossier, "/ballots/issued")) == (True, "KHTNV", 11)  # fmt: skip


def test_ballots_are_numbers(office: Office, browser: Browser) -> None:
    dossier = office.dossier(small("kh55-2018", 4), "chi-bo-a")
    for wrong in ("-1", "1.5", "mười", "１２", "9" * 20, HOSTILE):
        assert sent(browser, dossier, "phieu", **{"p:0:HTTNV": wrong}).status_code == 422
    assert sent(browser, dossier, "phieu", **{"p:0:HTTNV": "3", "p:0:HTNV": "1", "b:collected": "4"}).status_code == 303
    assert kept(office, dossier, "/members/0/votes") == {"HTTNV": 3, "HTNV": 1}
    assert "3 Hoàn thành tốt, 1 Hoàn thành" in browser.get(page_of(dossier)).text
    empty = {f"p:0:{grade}": "" for grade in ("HTXSNV", "HTTNV", "HTNV", "KHTNV")}
    assert sent(browser, dossier, "phieu", **empty).status_code == 303
    assert kept(office, dossier, "/members/0/votes") is None


def test_a_decision_stays_as_people_took_it_and_says_how_it_differs(office: Office, browser: Browser) -> None:
    dossier = office.dossier(small("kh55-2018", 4), "chi-bo-a")
    given = {"q:0:cell": "HTNV", "vi:0:cell": HOSTILE, "q:2:cell": "HTXSNV"}
    assert sent(browser, dossier, "muc", **given).status_code == 303
    text = browser.get(page_of(dossier)).text
    assert "Khác đề xuất: thấp hơn." in text
    assert "Khác đề xuất: cao hơn." in text
    assert SHOWN in text
    assert "<script>alert" not in text
    assert "Ghi lúc Người hanh" in text
    assert SHOWN in browser.get(f"/ho-so/{dossier}/lan-sua").text
    assert (kept(office, dossier, "/members/0/cell/grade"), kept(office, dossier, "/members/2/cell/grade")) == \
        ("HTNV", "HTXSNV")  # fmt: skip
    with office.database.read() as db:
        lines = dossier_store.history(db, dossier)
    assert [line["new"]["reason"] for line in lines if line["pointer"] == "/decided_why"] == [HOSTILE]
    assert sent(browser, dossier, "muc", **{"q:0:cell": "XS"}).status_code == 422
    # nothing was touched: nothing changes, no line more
    assert sent(browser, dossier, "muc").status_code == 303
    with office.database.read() as db:
        assert len(dossier_store.history(db, dossier)) == len(lines)


def test_a_committees_decision_names_who_took_it_and_when(office: Office, browser: Browser) -> None:
    dossier = office.dossier(small("hd43-2025", 4), "chi-bo-a")
    given = {"q:0:committee": "HTTNV", "ai": "Ban Thường vụ Đảng ủy", "ngay-qd": "22/12/2025"}
    assert sent(browser, dossier, "muc", **{**given, "ngay-qd": "31/9/2025"}).status_code == 422
    assert sent(browser, dossier, "muc", **given).status_code == 303
    assert kept(office, dossier, "/members/0/committee") == {
        "grade": "HTTNV", "decided_by": "Ban Thường vụ Đảng ủy", "decided_on": "2025-12-22",
    }  # fmt: skip


def test_reasons_name_clauses_and_no_codes_of_rules(office: Office, browser: Browser) -> None:
    for regulation in ("kh55-2018", "hd19-2024", "hd43-2025"):
        text = browser.get(page_of(office.dossier(open_question(regulation), "chi-bo-a"))).text
        main = text[text.index("<main") :]
        assert re.search(r"(KH 55|HD 19|QĐ 366) [A-ZĐ]", main)
        assert not re.search(rf"{regulation}/|judgement:|missing:|facts\.[a-z_]+ \(|dang-vien/", main)


def test_the_quota_is_told_in_both_readings(office: Office, browser: Browser) -> None:
    data = small("hd43-2025", 14)
    for member in data["members"]:
        member.setdefault("cell", {})["grade"] = "HTTNV"
    for member in data["members"][:3]:
        member["cell"]["grade"] = "HTXSNV"
    text = html.unescape(browser.get(page_of(office.dossier(data, "chi-bo-a"))).text)
    quota = text[text.index('id="han-muc"') :]
    assert "Không tính người được chọn vào mẫu số" in quota
    assert "Tính cả người được chọn vào mẫu số" in quota
    # 20 % of those who stay HTTNV: with 2 chosen at most 12 stay, 20 % of 12 is 2.4: 2 at most, 1 over.
    assert "3, vượt 1" in quota
    assert "Vượt hạn mức" in text


def test_closing_names_what_is_true_and_binds_until_it_is_opened_again(office: Office, browser: Browser) -> None:
    dossier = office.dossier(small("kh55-2018", 4), "chi-bo-a")
    version = fields(browser.get(page_of(dossier)).text)["phien-ban"]
    assert browser.post(f"{page_of(dossier)}/chot", {"phien-ban": version}).status_code == 422
    assert browser.post(f"{page_of(dossier)}/chot", {"phien-ban": "7", "dong-y": "1"}).status_code == 412
    for _ in range(2):
        assert browser.post(f"{page_of(dossier)}/chot", {"phien-ban": version, "dong-y": "1"}).status_code == 303
    text = browser.get(page_of(dossier)).text
    assert "Đã chốt kết quả lúc" in text
    assert "<select" not in text
    assert len(re.findall(r'class="btn"', text)) == 1
    for part in ("tra-loi", "chung", "phieu", "muc"):
        assert browser.post(f"{page_of(dossier)}/{part}", {"q:0:cell": "HTNV"}).status_code == 409
    assert browser.post(f"{page_of(dossier)}/mo-lai", {"ly-do": " "}).status_code == 422
    assert browser.post(f"{page_of(dossier)}/mo-lai", {"ly-do": HOSTILE}).status_code == 303
    history = browser.get(f"/ho-so/{dossier}/lan-sua").text
    assert SHOWN in history
    assert history.count("chốt kết quả xếp loại") == 1
    assert sent(browser, dossier, "muc", **{"q:0:cell": "HTNV"}).status_code == 303


#: What the result rests on, each a merge patch of the sample of four members.
OF_THE_RESULT: dict[str, dict[str, Any]] = {
    "a grade": {"cell": {"grade": "KHTNV"}}, "a vote": {"votes": {"HTXSNV": 9}},
    "a name": {"member": {"full_name": "K"}},
    "a fact": {"facts": {"disciplined_in_year": True}}, "one's own grade": {"review": {"grade_party": "HTNV"}},
}  # fmt: skip


@pytest.fixture
def closed(office: Office, browser: Browser) -> str:
    """A dossier of four members whose grades are closed."""
    dossier = office.dossier(small("kh55-2018", 4), "chi-bo-a")
    version = fields(browser.get(page_of(dossier)).text)["phien-ban"]
    browser.post(f"{page_of(dossier)}/chot", {"phien-ban": version, "dong-y": "1"})
    return dossier


@pytest.mark.parametrize("what", OF_THE_RESULT)
def test_what_a_closed_result_rests_on_is_changed_by_no_operation(
    office: Office, browser: Browser, closed: str, what: str
) -> None:
    kept = office.call("GET", f"/dossiers/{closed}").json()
    changed = copy.deepcopy(kept)
    changed["members"][1] = merged(changed["members"][1], OF_THE_RESULT[what])
    match = {"If-Match": "*"}
    ways = (("PUT", {"json": changed}), ("PATCH", {"json": {"members": changed["members"]}}), ("DELETE", {}))
    for method, how in ways:
        refused = office.call(method, f"/dossiers/{closed}", headers=match, **how)
        assert (refused.status_code, refused.json()["code"]) == (409, "web.problem.closed"), method
    assert office.call("GET", f"/dossiers/{closed}").json() == kept
    browser.post(f"{page_of(closed)}/mo-lai", {"ly-do": "nhầm phiếu"})
    assert office.call("PUT", f"/dossiers/{closed}", headers=match, json=changed).status_code == 200
    assert office.call("DELETE", f"/dossiers/{closed}", headers=match).status_code == 204


def test_no_other_page_changes_a_closed_result(office: Office, browser: Browser, closed: str) -> None:
    kept, home = office.call("GET", f"/dossiers/{closed}").json(), f"/ho-so/{closed}"
    form = f"{home}/dien/dv-02/mau-02"
    seen = fields(browser.get(form).text)
    name = {"member.full_name": "Người khác", "v:member.full_name": seen["v:member.full_name"]}
    for path, sent_ in (
        (f"{form}/o?o=member.full_name", name), (form, {**name, "luu": "phan-1"}), (f"{home}/nguoi", {"ten": "Thêm"}),
        (f"{home}/nguoi/bo", {"ma": "dv-02", "dong-y": "1"}),
    ):  # fmt: skip
        refused = browser.post(path, sent_)
        assert refused.status_code == 409, path
        assert "mở lại ở cuối trang Xếp loại" in html.unescape(refused.text), path
    assert office.call("GET", f"/dossiers/{closed}").json() == kept
    for page in (form, f"{home}/nguoi", f"{home}/phat-va-thu"):
        assert "Kết quả xếp loại đã chốt" in html.unescape(browser.get(page).text), page


def test_what_no_result_rests_on_may_still_be_mended(office: Office, browser: Browser, closed: str) -> None:
    form = f"/ho-so/{closed}/dien/dv-02/mau-02"
    seen = fields(browser.get(form).text)
    text = {"member.workplace": "Khoa Dược", "v:member.workplace": seen["v:member.workplace"]}
    assert browser.post(f"{form}/o?o=member.workplace", text).status_code == 200
    told = office.call(
        "PATCH", f"/dossiers/{closed}", headers={"If-Match": "*"}, json={"meeting": {"place": "Phòng 2"}}
    )
    assert told.status_code == 200
    assert office.call("GET", f"/dossiers/{closed}").json()["members"][1]["member"]["workplace"] == "Khoa Dược"
    browser.post(f"{page_of(closed)}/mo-lai", {"ly-do": "nhầm phiếu"})
    assert sent(browser, closed, "muc", **{"q:0:cell": "HTNV"}).status_code == 303
    version = fields(browser.get(page_of(closed)).text)["phien-ban"]
    browser.post(f"{page_of(closed)}/chot", {"phien-ban": version, "dong-y": "1"})
    history = office.call("GET", f"/dossiers/{closed}/history").json()["changes"]
    line = next(one["number"] for one in history if one["pointer"] == "/members/0/cell/grade")
    assert browser.post(f"/ho-so/{closed}/tro-lai", {"dong": str(line)}).status_code == 409


def test_who_may_read_and_who_may_write(office: Office) -> None:
    above = signed_in(office, "tren", "dang_uy", "dang-uy")
    clerk = signed_in(office, "hanh", "can_bo", "chi-bo-a", "dang-uy")
    dossier = office.dossier(open_question(), "chi-bo-a")
    secretary, other = signed_in(office, "hoa", "thu_ky"), signed_in(office, "xa", "", "chi-bo-b")
    parts = {"tra-loi": {}, "chung": {}, "phieu": {}, "muc": {}, "mo-lai": {"ly-do": "x"}}
    for browser, read, write in ((above, 200, 403), (secretary, 200, 403), (other, 404, 404), (clerk, 200, 303)):
        assert browser.get(page_of(dossier)).status_code == read
        for part, form in parts.items():
            assert browser.post(f"{page_of(dossier)}/{part}", form).status_code == write, part
        assert browser.post(f"{page_of(dossier)}/muc", {"csrf": "x"}).status_code == 403
    text = above.get(page_of(dossier)).text
    assert "<select" not in text
    assert "Ghi câu trả lời" not in text
    assert clerk.get(page_of("0" * 32)).status_code == 404


def test_without_anybody_people_come_first(office: Office, browser: Browser) -> None:
    data = small()
    data["members"] = []
    text = browser.get(page_of(office.dossier(data, "chi-bo-a"))).text
    assert "Ghi danh sách đảng viên" in text
    assert len(re.findall(r'class="btn"', text)) == 1
