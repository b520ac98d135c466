"""The list of dossiers, a new one, the dossier's page, its file, its history: whoever may, once, and as text."""

from __future__ import annotations

import html
import io
import json
import re
from typing import Any

import openpyxl
import pytest
from page_office import Browser, signed_in
from sqlalchemy import func, select
from web_office import Office

import docgen
from docgen.dossier.sample import sample_dossier
from docgen.web.database_tables import DOSSIER

HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}"


def count(office: Office) -> int:
    with office.database.read() as db:
        return int(db.execute(select(func.count()).select_from(DOSSIER)).scalar_one())


def upload(browser: Browser, content: bytes, name: str = "ho-so.json") -> Any:
    return browser.post("/ho-so", {"ds": "tep", "nam": "2026"}, at="/ho-so", files={"tep": (name, content)})


def accepted(browser: Browser, preview: Any) -> Any:
    hidden = {name: html.unescape(re.search(rf'name="{name}" value="([^"]*)"', preview.text)[1])  # type: ignore[index]
              for name in ("du-lieu", "mot-lan")}  # fmt: skip
    return browser.post("/ho-so/nhan", hidden, at="/ho-so")


def made(browser: Browser, data: dict[str, Any]) -> str:
    answer = accepted(browser, upload(browser, json.dumps(data).encode()))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_a_file_is_looked_at_first_and_comes_out_as_it_went_in(office: Office) -> None:
    browser, data = signed_in(office), sample_dossier("hd43-2025", year=2026)
    preview = upload(browser, json.dumps(data).encode())
    assert preview.status_code == 200
    assert "Chưa ghi gì" in preview.text
    assert "16 người" in preview.text
    assert count(office) == 0
    answer = accepted(browser, preview)
    place = answer.headers["location"]
    assert count(office) == 1
    assert browser.get(f"{place}/tep/json").json() == data
    assert list(browser.get(f"{place}/tep/json").json()) == list(data)
    kept = openpyxl.load_workbook(io.BytesIO(browser.get(f"{place}/tep/xlsx").content))
    assert kept.worksheets[0].title == "Hướng dẫn"  # the short book, as the command writes it
    again = accepted(browser, preview)  # the button was pressed twice
    assert again.headers["location"] == place
    assert count(office) == 1


def test_a_workbook_with_a_slip_says_where_before_anything_is_kept(office: Office) -> None:
    browser = signed_in(office)
    loaded, _ = docgen.load_dossier(sample_dossier("hd43-2025", year=2026))
    assert loaded is not None
    content, _ = docgen.convert_dossier(loaded, "xlsx")
    assert content is not None
    book = openpyxl.load_workbook(io.BytesIO(content))
    page = book["Đảng viên"]
    column = next(cell.column for row in page.iter_rows(max_row=4) for cell in row
                  if str(cell.value or "").startswith("Ngày sinh"))  # fmt: skip
    place = page.cell(row=8, column=column)
    place.value = "30/02/1985"
    changed = io.BytesIO()
    book.save(changed)
    preview = upload(browser, changed.getvalue(), "so.xlsx")
    assert preview.status_code == 200
    assert f"Đảng viên!{place.coordinate}" in preview.text or "30/02/1985" in preview.text
    assert count(office) == 0


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04zzz", b"[1]", b'{"regulation": "khong-co"}', b"\xff\xfe"])
def test_a_file_that_is_no_dossier_is_said_to_be_none(office: Office, content: bytes) -> None:
    browser = signed_in(office)
    answer = upload(browser, content)
    assert answer.status_code == 422
    assert "không đọc được" in answer.text
    assert count(office) == 0


def test_a_dossier_under_the_regulation_in_force_is_offered_first(office: Office) -> None:
    browser = signed_in(office)
    text = browser.get("/ho-so").text
    current = docgen.Regulations().in_force()
    assert current is not None
    assert re.search(r'name="vb" value="([^"]+)" checked', text)[1] == current.id  # type: ignore[index]
    answer = browser.post("/ho-so", {"vb": current.id, "ds": "go", "nam": "2026", "hop": "16/12/2026"}, at="/ho-so")
    data = browser.get(f"{answer.headers['location']}/tep/json").json()
    assert data == {"regulation": current.id, "period": {"year": 2026}, "organization": {"name": "Đơn vị chi-bo-a"},
                    "meeting": {"held": "2026-12-16"}, "members": []}  # fmt: skip
    home = browser.get(answer.headers["location"]).text
    assert "Chưa có ai trong danh sách" in home
    assert home.count('class="btn"') == 1  # one filled button a page


@pytest.mark.parametrize(("name", "value"), [("hop", "30/02/2026"), ("nam", "26"), ("vb", "khong-co"), ("ds", "")])
def test_a_wrong_field_is_said_beside_it_and_nothing_is_made(office: Office, name: str, value: str) -> None:
    browser = signed_in(office)
    given = {"vb": "hd43-2025", "ds": "go", "nam": "2026", "hop": "", name: value}
    answer = browser.post("/ho-so", given, at="/ho-so")
    assert answer.status_code == 422
    assert "<title>Lỗi: " in answer.text
    assert re.search(r'id="loi" role="alert" data-focus', answer.text)  # read out, and focused by the script
    assert f'href="#{name}"' in answer.text
    assert count(office) == 0


def test_last_years_people_come_without_what_they_wrote(office: Office) -> None:
    browser, data = signed_in(office), sample_dossier("hd43-2025", year=2025)
    before = made(browser, data).rpartition("/")[2]
    given = {"vb": "hd43-2025", "ds": "cu", "cu": before, "nam": "2026", "hop": ""}
    place = browser.post("/ho-so", given, at="/ho-so").headers["location"]
    new = browser.get(f"{place}/tep/json").json()
    assert [m["member"]["full_name"] for m in new["members"]] == [m["member"]["full_name"] for m in data["members"]]
    assert {key for m in new["members"] for key in m} <= {"id", "member", "student"}
    assert new["period"] == {"year": 2026}
    assert not {"ballots", "meeting", "document"} & set(new)
    loaded, found = docgen.load_dossier(new)
    assert loaded is not None
    unknown = [f for f in docgen.validate(loaded) if f.code == "validation.shape.unknown_name"]
    assert (found, unknown) == ([], [])


def test_people_are_added_from_pasted_lines_and_taken_off_with_a_tick(office: Office) -> None:
    browser = signed_in(office)
    place = made(browser, {"regulation": "hd43-2025", "period": {"year": 2026}, "members": []})
    assert browser.post(f"{place}/nguoi", {"ten": "1\tNguyễn Văn An\t1980\n\n  Trần   Thị Bé \n"}).status_code == 303
    members = browser.get(f"{place}/tep/json").json()["members"]
    assert members == [{"id": "dv-01", "member": {"full_name": "Nguyễn Văn An"}},
                       {"id": "dv-02", "member": {"full_name": "Trần Thị Bé"}}]  # fmt: skip
    assert browser.post(f"{place}/nguoi", {"ten": " \n"}).status_code == 422
    assert browser.post(f"{place}/nguoi/bo", {"ma": "dv-01"}).status_code == 422
    assert browser.post(f"{place}/nguoi/bo", {"ma": "dv-01", "dong-y": "1"}).status_code == 303
    assert browser.post(f"{place}/nguoi/bo", {"ma": "dv-01", "dong-y": "1"}).status_code == 404
    line = re.search(r'name="dong" value="(\d+)"', browser.get(f"{place}/lan-sua").text)
    assert line
    assert browser.post(f"{place}/tro-lai", {"dong": line[1]}).status_code == 303
    assert browser.get(f"{place}/tep/json").json()["members"] == members


def test_going_back_is_refused_where_somebody_went_on(office: Office) -> None:
    browser = signed_in(office)
    place = made(browser, {"regulation": "hd43-2025", "period": {"year": 2026}, "members": []})
    assert browser.post(f"{place}/ngay", {"held": "15/12/2026"}).status_code == 303
    line = re.search(r'name="dong" value="(\d+)"', browser.get(f"{place}/lan-sua").text)
    assert line
    assert browser.post(f"{place}/ngay", {"held": "16/12/2026"}).status_code == 303
    assert browser.post(f"{place}/tro-lai", {"dong": line[1]}).status_code == 409
    assert browser.post(f"{place}/ngay", {"held": "31/11/2026"}).status_code == 422
    assert browser.get(f"{place}/tep/json").json()["meeting"] == {"held": "2026-12-16"}


def test_hostile_values_are_text_on_every_page(office: Office) -> None:
    browser = signed_in(office)
    data = sample_dossier("hd43-2025", year=2026)
    data["organization"]["name"] = HOSTILE
    for member in data["members"]:
        member["member"]["full_name"] = HOSTILE
        member["review"] = {**member.get("review", {}), "ideology": [HOSTILE]}
    place = made(browser, data)
    assert browser.post(f"{place}/nguoi", {"ten": HOSTILE}).status_code == 303
    paths = ["", "/nguoi", "/nguoi?bo=dv-01", "/lan-sua", "/dien", "/dien/dv-01/mau-02b", "/dien/ho-so/mau-04"]
    for path in ["/ho-so", *(place + path for path in paths)]:
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert "<script>alert" not in answer.text, path
        assert "49" not in re.findall(r"&#39;&amp;(.{2})", answer.text), path
    assert html.escape(HOSTILE)[:20] in browser.get(place).text


#: What each page needs, in the words of the rights.
NEEDS = {"": "dossier.read", "/nguoi": "dossier.read", "/lan-sua": "dossier.read", "/tep/json": "dossier.read",
         "/tep/xlsx": "dossier.read", "/tep/ics": "dossier.read", "/dien": "dossier.read",
         "/dien/dv-01/mau-02b": "dossier.read"}  # fmt: skip
WRITES = ("/nguoi", "/nguoi/bo", "/ngay", "/tro-lai", "/dien/dv-01/mau-02b", "/dien/dv-01/mau-02b/o?o=member.full_name")


@pytest.mark.parametrize(("role", "unit", "reads", "writes"), [
    ("can_bo", "chi-bo-a", True, True), ("thu_ky", "chi-bo-a", True, False), ("dang_uy", "chi-bo-a", True, False),
    ("quan_tri", "chi-bo-a", False, False), ("dang_uy", "truong", True, False), ("can_bo", "truong", False, False),
    ("thu_ky", "truong", False, False), ("quan_tri", "truong", False, False), ("can_bo", "chi-bo-b", False, False),
    ("dang_uy", "chi-bo-b", False, False), ("", "truong", True, True), ("", "chi-bo-b", False, False),
])  # fmt: skip
def test_every_role_sees_what_the_table_of_rights_says(
    office: Office, role: str, unit: str, reads: bool, writes: bool
) -> None:
    from docgen.web import access

    for one, parent in (("truong", ""), ("chi-bo-a", "truong"), ("chi-bo-b", "truong")):
        access.add_unit(office.database, one, one, parent)
    dossier = office.dossier(sample_dossier("hd43-2025", year=2026), unit="chi-bo-a")
    browser = signed_in(office, role=role, unit=unit)
    for path in NEEDS:
        answer = browser.get(f"/ho-so/{dossier}{path}")
        assert answer.status_code == (200 if reads else 404), path
        assert reads or "Không có trang này" in answer.text
    for path in WRITES:
        status = browser.post(f"/ho-so/{dossier}{path}", {}).status_code
        assert status not in (403, 404) or (path in ("/tro-lai", "/nguoi/bo") and writes) if writes else \
            status == (403 if reads else 404), (path, status)  # fmt: skip


def test_nobody_signed_in_sees_nothing(office: Office) -> None:
    dossier = office.dossier(sample_dossier("hd43-2025", year=2026))
    browser = Browser(office)
    for path in ("/", "/ho-so", f"/ho-so/{dossier}", f"/ho-so/{dossier}/tep/json", "/quan-tri", "/huong-dan"):
        answer = browser.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/dang-nhap")
    assert browser.client.post(f"/ho-so/{dossier}/nguoi", data={"ten": "A"}).status_code == 401
