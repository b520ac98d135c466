"""The page of what must be mended: by person, each line a link to the field, a reminder to copy, nothing left."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from office_dossiers import HOSTILE, SHOWN, small
from page_office import Browser, signed_in
from web_office import Office


def page_of(browser: Browser, dossier: str) -> str:
    answer = browser.get(f"/ho-so/{dossier}/kiem-tra")
    assert answer.status_code == 200
    return str(answer.text)


def with_faults(regulation: str) -> dict[str, Any]:
    data = small(regulation)
    data["members"][0]["member"]["birth_date"] = "31/9/1980"  # no such day
    data["members"][0]["review"]["causes"] = []
    data["members"][1]["member"]["birth_date"] = "30/2/1985"
    return data


@pytest.mark.parametrize("regulation", ["kh55-2018", "hd19-2024", "hd43-2025"])
def test_each_line_leads_to_the_field_in_which_it_is_mended(office: Office, regulation: str) -> None:
    browser = signed_in(office)
    data = with_faults(regulation)
    text = page_of(browser, office.dossier(data, "chi-bo-a"))
    names = [member["member"]["full_name"] for member in data["members"]]
    sections = [text[text.index(f">{name} <span") :] for name in names]
    for section, count in zip(sections, (2, 1), strict=True):
        told = section[: section.index("</section>")]
        assert f"{count} chỗ" in told
        links = re.findall(r'<li><span><a href="([^"]+)"', told)
        marks = re.findall(r"<b>phải sửa</b>", told)
        assert len(marks) == count
        for link in links[:count]:
            address, anchor = html.unescape(link).split("#")
            form = browser.get(address)
            assert form.status_code == 200
            assert f'id="{anchor}"' in form.text, link


def test_there_is_one_filled_button_and_it_leads_to_the_first_place(office: Office) -> None:
    browser = signed_in(office)
    text = page_of(browser, office.dossier(with_faults("kh55-2018"), "chi-bo-a"))
    assert "3 chỗ phải sửa" in text
    filled = re.findall(r'class="btn" href="([^"]+)"', text)
    first = re.search(r'<li><span><a href="([^"]+)"', text)
    assert first
    assert filled == [first[1]]


def test_a_reminder_tells_what_and_until_when(office: Office) -> None:
    browser = signed_in(office)
    data = with_faults("kh55-2018")
    text = html.unescape(page_of(browser, office.dossier(data, "chi-bo-a")))
    told = re.findall(r"<textarea[^>]*readonly>([^<]*)</textarea>", text)
    assert len(told) == 2
    assert told[0].startswith(f"Đồng chí {data['members'][0]['member']['full_name']}: ")
    assert "còn 2 chỗ phải sửa: (1) " in told[0]
    assert "31/9/1980" in told[0]


def test_where_nothing_is_left_the_next_step_is_named(office: Office) -> None:
    browser = signed_in(office)
    text = page_of(browser, office.dossier(small(), "chi-bo-a"))
    assert "Không còn chỗ phải sửa" in text
    assert "phải sửa</b>" not in text
    assert len(re.findall(r'class="btn"', text)) == 1


def test_a_dossier_of_nobody_asks_for_people_first(office: Office) -> None:
    browser = signed_in(office)
    data = small()
    data["members"] = []
    text = page_of(browser, office.dossier(data, "chi-bo-a"))
    assert "Ghi danh sách đảng viên" in text


def test_what_people_wrote_is_shown_as_text(office: Office) -> None:
    browser = signed_in(office)
    data = with_faults("kh55-2018")
    data["members"][0]["member"]["full_name"] = HOSTILE
    data["members"][0]["id"] = "a/<b>'\"#?"
    data["members"][1]["member"]["birth_date"] = HOSTILE
    text = page_of(browser, office.dossier(data, "chi-bo-a"))
    assert SHOWN in text
    assert "<script>alert" not in text
    assert "49" not in re.sub(r"v=\w+|[0-9a-f]{32}|value=\"[^\"]*\"", "", text[text.index("<main") :])
    for link in re.findall(r'<li><span><a href="([^"]+)"', text):
        assert browser.get(html.unescape(link).split("#")[0]).status_code in (200, 303, 404)
        assert "<" not in link


def test_no_line_names_a_command(office: Office) -> None:
    browser = signed_in(office)
    data = small("kh55-2018", 14)  # its sample has grades above what is proposed, whose hint names `docgen grade`
    text = page_of(browser, office.dossier(data, "chi-bo-a"))
    assert "cao hơn mức theo quy định" in html.unescape(text)
    assert not re.search(r"docgen (grade|validate|packet|read)", text)


def test_who_sees_it(office: Office) -> None:
    above = signed_in(office, "tren", "dang_uy", "dang-uy")
    clerk = signed_in(office, "hanh", "can_bo", "chi-bo-a", "dang-uy")
    dossier = office.dossier(small(), "chi-bo-a")
    secretary, other = signed_in(office, "hoa", "thu_ky"), signed_in(office, "xa", "", "chi-bo-b")
    manager = signed_in_as_manager(office)
    for browser, status in ((above, 200), (clerk, 200), (secretary, 200), (other, 404), (manager, 404)):
        assert browser.get(f"/ho-so/{dossier}/kiem-tra").status_code == status
    assert clerk.get(f"/ho-so/{'0' * 32}/kiem-tra").status_code == 404


def signed_in_as_manager(office: Office) -> Browser:
    from page_office import add_person

    add_person(office, "quan", "quan_tri", "chi-bo-a")
    browser = Browser(office)
    assert browser.sign_in("quan").status_code == 303
    return browser
