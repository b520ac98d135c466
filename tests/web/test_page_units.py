"""The page of the level above: a row a unit, nothing of others, nothing stale, sums by one rule, forms to take away."""

from __future__ import annotations

import copy
import html
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from office_dossiers import HOSTILE, SHOWN
from page_office import Browser, signed_in
from web_office import Office

from docgen.dossier.sample import sample_dossier
from docgen.forms.readback import read_form
from docgen.web import access, dossier_store, page_units, units_view
from docgen.web.database import Database
from docgen.web.history_words import HANDED_OVER
from docgen.web.packet_state import PacketStates

ABOVE = "truong"


def small(regulation: str = "kh55-2018", members: int = 3, **more: Any) -> dict[str, Any]:
    data = copy.deepcopy(sample_dossier(regulation, members=members, **more))
    data.setdefault("meeting", {}).pop("submitted", None)
    return data


def units(office: Office, *names: str, parent: str = ABOVE) -> None:
    with office.database.write() as db:
        if not access.unit_exists(db, ABOVE):
            access.enter_unit(db, ABOVE, "Đảng bộ Trường Sông Trăng", "")
        for name in names:
            access.enter_unit(db, name, f"Chi bộ {name}", parent)


@pytest.fixture
def tree(office: Office) -> Office:
    units(office, "mot", "hai", "ba")
    units(office, "khac", parent="")
    return office


@pytest.fixture
def browser(tree: Office) -> Browser:
    return signed_in(tree, "phuc", "dang_uy", ABOVE)


def rows(text: str) -> dict[str, str]:
    """The rows of the tables of units, by the unit's name."""
    out = {}
    for table in re.findall(r'<table role="table" class="stack pair units">(.*?)</table>', text, re.DOTALL):
        for row in re.findall(r'<tr role="row".*?</tr>', table, re.DOTALL):
            plain = html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row))).strip()
            name = re.search(r'scope="row">(?:<a [^>]*>)?([^<]*)', row)
            if name:
                out[html.unescape(name[1])] = plain
    return out


def test_who_has_no_unit_below_is_told_so(office: Office) -> None:
    units(office)
    text = signed_in(office, "phuc", "dang_uy", ABOVE).get("/tong-hop").text
    assert "Chưa có đơn vị nào ở dưới" in text
    assert "<table" not in text


@pytest.mark.parametrize("role", ["can_bo", "thu_ky", "quan_tri"])
def test_other_roles_have_no_such_page(tree: Office, role: str) -> None:
    one = signed_in(tree, "xuan", role, ABOVE)
    for path in ("/tong-hop", "/tong-hop/bang.xlsx", "/tong-hop/bieu/kh55-2018/mau-06"):
        assert one.get(path).status_code == 403, path
    assert "/tong-hop" not in one.get("/huong-dan").text


def test_a_foreign_unit_is_not_there(tree: Office, browser: Browser) -> None:
    foreign, own = tree.dossier(small(), "khac"), tree.dossier(small(), "mot")
    assert 'href="/tong-hop"' in browser.get("/huong-dan").text
    text = browser.get("/tong-hop").text
    assert own in text
    assert foreign not in text
    assert "Chi bộ khac" not in text
    for path in ("/tong-hop", "/tong-hop/bang.xlsx", "/tong-hop/bieu/kh55-2018/mau-06"):
        assert browser.get(f"{path}?don-vi=mot").status_code in (200, 404)
        for unit in ("khac", "khong-co"):
            assert browser.get(f"{path}?don-vi={unit}").status_code == 404, (path, unit)
    assert browser.get("/tong-hop?nam=x").status_code == 404


def test_every_unit_is_a_row_with_its_state(tree: Office, browser: Browser) -> None:
    begun = small()
    begun["members"] = []
    first, second = tree.dossier(small(), "mot"), tree.dossier(begun, "hai")
    with tree.database.write() as db:
        told = {"packet": "x", "on": "2018-12-20", "to": "Văn phòng Đảng ủy", "what": "1 tệp"}
        dossier_store.note(db, first, "Hạnh", HANDED_OVER, told)
    text = browser.get("/tong-hop").text
    found = rows(text)
    assert list(found)[:3] == ["Chi bộ ba", "Chi bộ hai", "Chi bộ mot"]
    assert "chưa có hồ sơ" in found["Chi bộ ba"]
    assert re.search(r"trễ hạn \d+ ngày", found["Chi bộ hai"])
    assert "đã nộp ngày 20/12/2018, cho Văn phòng Đảng ủy" in found["Chi bộ mot"]
    assert "trễ" not in found["Chi bộ mot"]
    assert "Nhắc 1 đơn vị trễ hạn" in text
    reminder = html.unescape(text[text.index('id="loi-nhac"') :])
    assert "Chi bộ hai: Gửi hồ sơ" in reminder
    assert "Chi bộ ba: chưa có hồ sơ" in reminder
    assert "Chi bộ mot:" not in reminder
    assert len(re.findall(r'class="btn"', text)) == 1
    assert f'href="/ho-so/{second}"' in text
    assert browser.get(f"/ho-so/{second}").status_code == 200  # a link that may be followed


def test_undecided_grades_stay_undecided(tree: Office, browser: Browser) -> None:
    data = small(members=4)
    for member in data["members"]:
        member.pop("cell", None)
        member.pop("committee", None)
    data["members"][0]["cell"] = {"grade": "HTTNV"}
    tree.dossier(data, "mot")
    cells = rows(browser.get("/tong-hop").text)["Chi bộ mot"].split("Lập bộ")[0]
    told = tree.client.get("/api/v1/summary", headers=tree.key("dang_uy", ABOVE)).json()
    grades = next(one for one in told["groups"][0]["units"] if one["unit"] == "mot")["grades"]
    assert {name: one["count"] for name, one in grades["grades"].items()} == {
        "HTXSNV": 0, "HTTNV": 1, "HTNV": 0, "KHTNV": 0,
    }  # fmt: skip
    assert grades["open"] == grades["base"] - 1 > 0
    assert cells


def test_regulations_and_years_are_never_added(tree: Office, browser: Browser) -> None:
    tree.dossier(small("kh55-2018", 3), "mot")
    tree.dossier(small("hd19-2024", 4, year=2018), "hai")
    tree.dossier(small("kh55-2018", 5, year=2017), "ba")
    told = tree.client.get("/api/v1/summary", headers=tree.key("dang_uy", ABOVE)).json()
    assert (told["year"], told["years"]) == (2018, [2018, 2017])
    assert {group["regulation"]: len(group["units"]) for group in told["groups"]} == {"kh55-2018": 1, "hd19-2024": 1}
    assert [one["unit"] for one in told["without"]] == ["ba"]
    for group in told["groups"]:
        assert group["grades"]["base"] == group["units"][0]["grades"]["base"]
    text = browser.get("/tong-hop").text
    assert text.count('class="stack pair units"') == 3
    assert "<tfoot" not in text  # one dossier in each: nothing to add
    assert 'href="/tong-hop?nam=2017"' in text
    earlier = rows(browser.get("/tong-hop?nam=2017").text)
    assert "chưa có hồ sơ" in earlier["Chi bộ mot"]
    assert "chưa có hồ sơ" not in earlier["Chi bộ ba"]
    nothing = tree.client.get("/api/v1/summary?year=1999", headers=tree.key("dang_uy", ABOVE)).json()
    assert (nothing["groups"], len(nothing["without"])) == ([], 3)


def test_what_is_not_worked_out_waits_and_is_in_no_sum(
    tree: Office, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_units, "AT_ONCE", 1)
    worked: list[str] = []
    real = units_view._work

    def noted(request: Any, kept: Any) -> Any:
        worked.append(kept.id)
        return real(request, kept)

    monkeypatch.setattr(units_view, "_work", noted)
    for unit in ("mot", "hai", "ba"):
        tree.dossier(small(), unit)
    for done in (1, 2):
        text = browser.get("/tong-hop").text
        assert f"Đang xem các hồ sơ: {done}/3" in text
        assert len(worked) == done
        assert sum("đang xem" in row for row in rows(text).values()) == 3 - done
        assert f"Còn {3 - done} hồ sơ chưa xem xong" in text
        assert 'hx-trigger="load' in text
    text = browser.get("/tong-hop").text
    assert "đang xem" not in text.lower()
    assert 'hx-trigger="load' not in text
    browser.get("/tong-hop")
    assert len(worked) == 3  # and not one of them again


def test_somebody_elses_write_is_seen_at_once(tree: Office, browser: Browser) -> None:
    number = tree.dossier(small(), "mot")
    assert "trễ hạn" in rows(browser.get("/tong-hop").text)["Chi bộ mot"]
    assert "11/12 tờ" not in rows(browser.get("/tong-hop").text)["Chi bộ mot"]
    other = Database(tree.settings.url)  # as another process has it
    with other.write() as db:
        dossier_store.change(db, number, "khác", None, lambda data: {**data, "members": []})
    assert "11/12 tờ" in rows(browser.get("/tong-hop").text)["Chi bộ mot"]
    with other.write() as db:
        dossier_store.note(db, number, "khác", HANDED_OVER, {"packet": "x", "on": "2018-12-21", "to": "", "what": ""})
    assert "đã nộp ngày 21/12/2018" in rows(browser.get("/tong-hop").text)["Chi bộ mot"]
    with other.write() as db:
        dossier_store.remove(db, number, "khác")
    assert "chưa có hồ sơ" in rows(browser.get("/tong-hop").text)["Chi bộ mot"]
    other.close()


def test_the_ledger_forgets_what_was_not_asked_for_longest() -> None:
    ledger = units_view.Ledger(2)
    ledger.put(("a",), 1)
    ledger.put(("b",), 2)
    assert ledger.get(("a",)) == 1
    ledger.put(("c",), 3)
    assert [ledger.get((key,)) for key in "abc"] == [1, None, 3]
    assert len(ledger) == 2


def test_hostile_values_are_text(tree: Office, browser: Browser) -> None:
    with tree.database.write() as db:
        access.enter_unit(db, "mot", HOSTILE, ABOVE)
    data = small()
    data["organization"]["name"] = HOSTILE
    data["members"][0]["member"]["full_name"] = HOSTILE
    number = tree.dossier(data, "mot")
    with tree.database.write() as db:
        told = {"packet": HOSTILE, "on": "2018-12-20", "to": HOSTILE, "what": HOSTILE}
        dossier_store.note(db, number, HOSTILE, HANDED_OVER, told)
    text = browser.get("/tong-hop").text
    assert SHOWN in text
    assert "<script>alert" not in text
    assert "49" not in re.findall(r"\{\{ 7\*7 \}\}|\b49\b", text)
    book = openpyxl.load_workbook(io.BytesIO(browser.get("/tong-hop/bang.xlsx").content))
    assert HOSTILE in [cell.value for cell in book.worksheets[0]["C"]]
    answer = browser.get("/tong-hop/bieu/kh55-2018/mau-06")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert all("/" not in name and "<" not in name for name in archive.namelist())


def test_a_dossier_that_cannot_be_read_is_told_and_counted_nowhere(tree: Office, browser: Browser) -> None:
    tree.dossier(small(), "mot")
    alone = browser.get("/tong-hop").text
    bad = tree.dossier(small(), "hai")
    with tree.database.write() as db:
        dossier_store.change(db, bad, "khác", None, lambda data: {**data, "regulation": "da-bi-bo"})
    text = browser.get("/tong-hop").text
    assert "không đọc được" in rows(text)["Chi bộ hai"]
    assert "Theo văn bản mà máy chủ không còn: da-bi-bo" in text
    graded = re.compile(r"<b>(\d+)</b>đảng viên được xếp loại")
    assert graded.findall(text) == graded.findall(alone) != ["0"]
    with zipfile.ZipFile(io.BytesIO(browser.get("/tong-hop/bieu/kh55-2018/mau-06").content)) as archive:
        assert archive.namelist() == ["001-mau-06-chi-bo-mot.docx"]
    told = tree.client.get("/api/v1/summary", headers=tree.key("dang_uy", ABOVE)).json()
    assert {one["unit"]: one["state"] for one in told["without"]} == {"hai": "unreadable", "ba": "none"}


@pytest.mark.parametrize(("regulation", "form", "apart"), [
    ("hd19-2024", "bth-02", False), ("hd19-2024", "bth-03", False), ("kh55-2018", "mau-06", True),
    ("hd43-2025", "tong-hop", False),
])  # fmt: skip
def test_the_forms_are_filled_from_the_dossiers(
    tree: Office, browser: Browser, regulation: str, form: str, apart: bool
) -> None:
    for unit in ("mot", "hai"):
        tree.dossier(small(regulation), unit)
    page = browser.get("/tong-hop").text
    path = next(one for one in re.findall(r'href="(/tong-hop/bieu/[^"]+)"', page) if f"/{form}?" in one)
    answer = browser.get(html.unescape(path))
    assert answer.status_code == 200
    content = answer.content
    if apart:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert len(archive.namelist()) == 2
            content = archive.read(archive.namelist()[0])
    read = read_form(content)
    assert (read.form, len(read.findings) >= 0) == (form, True)
    listed = read.data["bodies" if form == "bth-02" else "members"]
    assert len(listed) >= (2 if form == "bth-02" else 3)
    assert browser.get(f"/tong-hop/bieu/{regulation}/khong-co").status_code == 404
    assert browser.get(f"/tong-hop/bieu/khong-co/{form}").status_code == 404


def test_units_in_between_are_named_and_opened(tree: Office, browser: Browser) -> None:
    units(tree, "mot-1", parent="mot")
    number = tree.dossier(small(), "mot-1")
    text = browser.get("/tong-hop").text
    assert "thuộc Chi bộ mot" in rows(text)["Chi bộ mot-1"]
    assert 'href="/tong-hop?don-vi=mot&amp;nam=2018"' in text
    deeper = browser.get("/tong-hop?don-vi=mot&nam=2018").text
    assert list(rows(deeper)) == ["Chi bộ mot-1"]
    assert number in deeper
    assert "Về mọi đơn vị" in deeper


def test_a_packet_that_is_gone_is_no_packet(tmp_path: Path) -> None:
    assert PacketStates().signatures(tmp_path / "khong-co") is None
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    assert PacketStates().signatures(tmp_path) is None
