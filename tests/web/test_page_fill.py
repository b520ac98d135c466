"""Every form of every regulation as a page; fields saved one by one and a part at a time; nobody's text is lost."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from page_office import HOST, Browser, signed_in
from test_page_dossiers import made
from web_office import Office

import docgen
from docgen.dossier.sample import sample_dossier
from docgen.forms.bindings import slots
from docgen.forms.data import Record
from docgen.forms.definition import load_form
from docgen.regulations.loader import load_regulation
from docgen.web.form_drawing import Drawing

FORM = "/dien/dv-01/mau-02b"


@pytest.fixture
def open_form(office: Office) -> tuple[Browser, str]:
    """Somebody at Mẫu 02B of a member whose name alone is known."""
    browser = signed_in(office)
    data = {"regulation": "hd43-2025", "period": {"year": 2026},
            "members": [{"id": "dv-01", "member": {"full_name": "Nguyễn Văn An"}}]}  # fmt: skip
    return browser, made(browser, data)


def seen(text: str, name: str) -> str:
    """The mark of a field on a page."""
    return re.search(rf'name="v:{re.escape(name)}" value="(\w+)"', text)[1]  # type: ignore[index]


def save(browser: Browser, place: str, name: str, value: str, mark: str, **more: str) -> Any:
    return browser.post(f"{place}/o?o={name}", {name: value, f"v:{name}": mark, **more}, at=place,
                        headers={"HX-Request": "true", "HX-Current-URL": f"{HOST}{place}"})  # fmt: skip


def kept(browser: Browser, place: str) -> dict[str, Any]:
    data: dict[str, Any] = browser.get(f"{place}/tep/json").json()
    return data


def test_a_field_is_saved_and_its_next_mark_comes_back(open_form: tuple[Browser, str]) -> None:
    browser, place = open_form
    name = "member.birth_date"
    first = seen(browser.get(place + FORM).text, name)
    answer = save(browser, place + FORM, name, "19/8/1985", first)
    assert answer.status_code == 200, answer.text
    assert "Đã lưu" in answer.text
    assert kept(browser, place)["members"][0]["member"]["birth_date"] == "1985-08-19"
    second = save(browser, place + FORM, name, "20/8/1985", seen(answer.text, name))
    assert second.status_code == 200
    assert kept(browser, place)["members"][0]["member"]["birth_date"] == "1985-08-20"
    assert 'value="20/08/1985"' in browser.get(place + FORM).text


def test_what_is_no_value_is_refused_with_the_reason_and_nothing_is_kept(open_form: tuple[Browser, str]) -> None:
    browser, place = open_form
    before = kept(browser, place)
    answer = save(browser, place + FORM, "member.birth_date", "30/02/1985",
                  seen(browser.get(place + FORM).text, "member.birth_date"))  # fmt: skip
    assert answer.status_code == 422
    assert "30/02/1985" in answer.text
    assert "Chưa lưu" in answer.text
    assert kept(browser, place) == before


def test_a_stale_save_answers_409_with_both_texts_and_the_reader_chooses(
    office: Office, open_form: tuple[Browser, str]
) -> None:
    browser, place = open_form
    lan = signed_in(office, "lan", "can_bo")
    name = "member.workplace"
    mark = seen(browser.get(place + FORM).text, name)
    assert save(lan, place + FORM, name, "Khoa Điện", mark).status_code == 200
    late = save(browser, place + FORM, name, "Khoa Cơ khí", mark)
    assert late.status_code == 409
    assert "Khoa Điện" in late.text
    assert "Khoa Cơ khí" in late.text
    assert "Người lan" in late.text
    assert kept(browser, place)["members"][0]["member"]["workplace"] == "Khoa Điện"
    now = re.search(r'name="c:member\.workplace" value="(\w+)"', late.text)[1]  # type: ignore[index]
    left = save(browser, place + FORM, name, "Khoa Cơ khí", mark, **{f"x:{name}": "giu", f"c:{name}": now})
    assert 'data-value="Khoa Điện"' in left.text
    mine = save(browser, place + FORM, name, "Khoa Cơ khí", mark, **{f"x:{name}": "toi", f"c:{name}": now})
    assert mine.status_code == 200
    assert kept(browser, place)["members"][0]["member"]["workplace"] == "Khoa Cơ khí"
    # a choice that was made of a text that has changed again is asked anew
    again = save(browser, place + FORM, name, "Khoa Y", mark, **{f"x:{name}": "toi", f"c:{name}": now})
    assert again.status_code == 409


def test_two_fields_of_two_people_do_not_meet(office: Office, open_form: tuple[Browser, str]) -> None:
    browser, place = open_form
    lan, text = signed_in(office, "lan", "can_bo"), browser.get(place + FORM).text
    assert "Người lan" not in text
    assert "Người hanh" in lan.get(place + FORM).text  # a notice, no lock
    assert save(lan, place + FORM, "member.workplace", "Khoa Điện", seen(text, "member.workplace")).status_code == 200
    assert save(browser, place + FORM, "member.birth_date", "1/2/1980",
                seen(text, "member.birth_date")).status_code == 200  # fmt: skip


def fields(text: str) -> dict[str, str]:
    """What a browser sends of a page's fields as they are."""
    out = {}
    for tag in re.findall(r"<input[^>]*>", text):
        found = re.search(r'name="([^"]+)"', tag)
        if found and 'type="radio"' not in tag and 'type="checkbox"' not in tag:
            out[html.unescape(found[1])] = html.unescape((re.search(r' value="([^"]*)"', tag) or ["", ""])[1])
        elif found and " checked" in tag:
            out[html.unescape(found[1])] = html.unescape(re.search(r' value="([^"]*)"', tag)[1])  # type: ignore[index]
    for name, value in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', text, re.DOTALL):
        out[html.unescape(name)] = html.unescape(value)
    for name, body in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', text, re.DOTALL):
        out[html.unescape(name)] = (re.findall(r'value="([^"]*)" selected', body) or [""])[0]
    return {name: value for name, value in out.items() if name != "csrf"}


def test_without_a_script_a_part_is_saved_at_once_and_comes_back_mended_or_not(
    office: Office, open_form: tuple[Browser, str]
) -> None:
    browser, place = open_form
    lan = signed_in(office, "lan", "can_bo")
    text = browser.get(place + FORM).text
    assert "<noscript><button" in text
    sent = {**fields(text), "member.workplace": "Khoa Điện", "member.birth_date": "5/6/1979", "luu": "phan-1"}
    answer = browser.post(place + FORM, sent, at=place + FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{place}{FORM}#phan-1")
    assert kept(browser, place)["members"][0]["member"] == {
        "full_name": "Nguyễn Văn An", "workplace": "Khoa Điện", "birth_date": "1979-06-05"
    }  # fmt: skip
    text = browser.get(place + FORM).text
    save(lan, place + FORM, "member.workplace", "Khoa Y", seen(text, "member.workplace"))
    sent = {**fields(text), "member.workplace": "Khoa Cơ khí", "member.birth_date": "31/6/1979"}
    answer = browser.post(place + FORM, sent, at=place + FORM)
    assert answer.status_code == 409
    assert "Khoa Y" in answer.text
    assert 'value="Khoa Cơ khí"' in answer.text  # what was typed is still in its field
    assert 'value="31/6/1979"' in answer.text
    assert kept(browser, place)["members"][0]["member"]["workplace"] == "Khoa Y"
    untouched = browser.post(place + FORM, fields(text), at=place + FORM)
    assert untouched.status_code == 303  # who changed nothing has no conflict
    assert kept(browser, place)["members"][0]["member"]["workplace"] == "Khoa Y"


def tables(place: str) -> str:
    return f"{place}/dien/dv-01/phu-luc-ket-qua"


def test_rows_are_added_pasted_and_dropped(open_form: tuple[Browser, str]) -> None:
    browser, place = open_form
    page = tables(place)
    text = browser.get(page).text
    listed, leaf = re.search(r'name="([a-z_]+)\[0\]\.([a-z_.]+)"', text).groups()  # type: ignore[union-attr]
    assert save(browser, page, f"{listed}[0].{leaf}", "Việc một", seen(text, f"{listed}[0].{leaf}")).status_code == 200
    text = browser.get(page).text
    sent = {**fields(text), f"dan:{listed}": "Việc hai\nViệc ba\n", "dan": listed}
    assert browser.post(page, sent, at=page).status_code == 303
    rows = kept(browser, place)["members"][0][listed]
    assert [row[leaf] for row in rows] == ["Việc một", "Việc hai", "Việc ba"]
    text = browser.get(page).text
    assert browser.post(page, {**fields(text), "xoa": f"{listed}[1]"}, at=page).status_code == 303
    assert [row[leaf] for row in kept(browser, place)["members"][0][listed]] == ["Việc một", "Việc ba"]
    stale = browser.post(page, {f"r:{listed}[1]": re.search(rf'name="r:{listed}\[1\]" value="(\w+)"', text)[1],  # type: ignore[index]
                                "xoa": f"{listed}[1]"}, at=page)  # fmt: skip
    assert stale.status_code == 409  # another row stands there now
    late = save(browser, page, f"{listed}[1].{leaf}", "Việc hai, sửa", seen(text, f"{listed}[1].{leaf}"))
    assert late.status_code == 409
    wide = browser.post(page, {f"dan:{listed}": "\t".join("x" * 40), "dan": listed}, at=page)
    assert wide.status_code == 422
    assert "cột" in wide.text
    assert len(kept(browser, place)["members"][0][listed]) == 2


def test_the_history_brings_back_what_a_field_held(open_form: tuple[Browser, str]) -> None:
    browser, place = open_form
    mark = seen(browser.get(place + FORM).text, "member.full_name")
    assert save(browser, place + FORM, "member.full_name", "Nguyễn Văn Anh", mark).status_code == 200
    text = browser.get(f"{place}/lan-sua").text
    assert "Họ và tên" in text
    assert "Nguyễn Văn An → Nguyễn Văn Anh" in html.unescape(text)
    line = re.search(r'name="dong" value="(\d+)"', text)
    assert line
    assert browser.post(f"{place}/tro-lai", {"dong": line[1]}).status_code == 303
    assert kept(browser, place)["members"][0]["member"]["full_name"] == "Nguyễn Văn An"


def test_no_field_outside_the_form_can_be_written(open_form: tuple[Browser, str]) -> None:
    browser, place = open_form
    before = kept(browser, place)
    for name in (
        "regulation",
        "members",
        "members[0].id",
        "counts.members",
        "khong.co",
        "ballots.issued",
        "a[9999999].b",
    ):
        assert save(browser, place + FORM, name, "x", "").status_code == 404, name
        assert browser.post(place + FORM, {name: "x"}, at=place + FORM).status_code == 404, name
    for path in ("/dien/dv-99/mau-02b", "/dien/dv-01/khong-co", "/dien/dv-01/mau-01", "/dien/..%2f/mau-02b"):
        assert browser.get(place + path).status_code == 404, path
    assert kept(browser, place) == before


def test_an_autosave_after_the_session_ended_says_where_to_sign_in(open_form: tuple[Browser, str]) -> None:
    browser, place = open_form
    text, token = browser.get(place + FORM).text, browser.token("/huong-dan")
    browser.client.cookies.clear()
    name = "member.workplace"
    answer = browser.client.post(
        f"{place}{FORM}/o?o={name}", data={name: "x", f"v:{name}": seen(text, name)},
        headers={"HX-Request": "true", "HX-Current-URL": f"{HOST}{place}{FORM}", "X-CSRF": token, "Origin": HOST},
    )  # fmt: skip
    assert answer.status_code == 401
    assert "Đăng nhập lại" in answer.text
    assert "/dang-nhap?ve=" in answer.text


@pytest.mark.parametrize("regulation", list(docgen.Regulations()))
def test_every_form_of_every_regulation_has_a_page_that_changes_nothing_by_itself(
    office: Office, regulation: str
) -> None:
    browser = signed_in(office)
    data = sample_dossier(regulation)
    place = made(browser, data)
    law = load_regulation(regulation)
    keys = {"dossier": ["ho-so"], "member": [m["id"] for m in data["members"][:1]]}
    before = kept(browser, place)
    for form in law.every_form:
        definition = load_form(law, form)
        own = keys.get(definition.record)
        if own is None:
            each = [a.id for a in law.assessors if a.subject == definition.subject][:1]
            first = data["members"][0]["id"]
            own = [f"{first}.{a}" if definition.subject == "dang_vien" else a for a in each]
        for key in own:
            answer = browser.get(f"{place}/dien/{key}/{form}")
            assert answer.status_code == 200, (form, key)
            again = browser.post(f"{place}/dien/{key}/{form}", fields(answer.text), at=f"{place}/dien/{key}/{form}")
            assert again.status_code == 303, (form, key)
    assert kept(browser, place) == before  # a page that was sent as it was changes nothing
    assert json.dumps(before)


@pytest.mark.parametrize("regulation", list(docgen.Regulations()))
def test_a_form_asks_for_every_value_it_has_and_for_each_once(regulation: str) -> None:
    law, data = load_regulation(regulation), sample_dossier(regulation)
    dossier, _ = docgen.load_dossier(data)
    assert dossier is not None
    for form in law.every_form:
        definition = load_form(law, form)
        member = str(data["members"][0]["id"])
        assessor = next((a.id for a in law.assessors if a.subject == definition.subject), "")
        record = {
            "dossier": Record(), "member": Record(member),
            "assessment": Record(member if definition.subject == "dang_vien" else "", assessor),
        }[definition.record]  # fmt: skip
        drawing = Drawing(definition, record, dossier, data, [], "vi", {})
        drawing.shown = lambda when: True  # every part, whatever the member is
        names = [control.name for control in drawing.draw({"first": "", "next": "", "shared": ""}).controls()]
        due = {slot.binding for slot in slots(definition) if not law.is_computed(slot.binding)}
        assert {re.sub(r"\[\d+\]", "[]", name) for name in names} == due, form
        assert len(set(names)) == len(names), form


def test_what_decides_on_the_parts_of_a_page_has_it_drawn_anew(office: Office) -> None:
    browser = signed_in(office)
    data = {"regulation": "kh55-2018", "period": {"year": 2018}, "members": [{"id": "dv-01", "member": {}}]}
    place = made(browser, data)
    page, name = f"{place}/dien/dv-01/mau-02", "member.leader"
    before = set(re.findall(r'name="v:([^"]+)"', browser.get(page).text))
    answer = save(browser, page, name, "true", seen(browser.get(page).text, name))
    assert (answer.status_code, answer.headers.get("hx-refresh")) == (200, "true")
    assert before < set(re.findall(r'name="v:([^"]+)"', browser.get(page).text))  # what leaders alone are asked
    answer = save(browser, page, name, "true", seen(answer.text, name))
    assert "hx-refresh" not in answer.headers  # nothing was written


def test_a_line_that_is_printed_only_where_it_says_something_is_asked_for(open_form: tuple[Browser, str]) -> None:
    browser, place = open_form
    page = f"{place}/dien/ho-so/bien-ban-hop"
    mark = seen(browser.get(page).text, "meeting.absent")
    assert save(browser, page, "meeting.absent", "Đồng chí B, đi công tác", mark).status_code == 200
    assert kept(browser, place)["meeting"]["absent"] == ["Đồng chí B, đi công tác"]


def test_who_is_done_may_be_left_out_of_the_list(office: Office) -> None:
    browser, data = signed_in(office), sample_dossier("hd43-2025", year=2026)
    data["members"][4]["member"]["birth_date"] = "30/02/1985"
    place = made(browser, data)
    every, open_ = (browser.get(f"{place}/dien{more}").text for more in ("", "?loc=chua-xong"))
    names = [member["member"]["full_name"] for member in data["members"]]
    assert [name for name in names if f", {name}</span>" in open_] == [names[4]]
    assert sum(f", {name}</span>" in every for name in names) == 15  # one owes nothing
