"""Handing out and taking back: names in the files, what came is looked at before it is written, nothing unsafe."""

from __future__ import annotations

import html
import io
import re
import zipfile
from typing import Any

import pytest
from office_dossiers import HOSTILE, SHOWN, small
from page_office import Browser, signed_in
from web_office import Office

import docgen
from docgen.forms.data import Record, form_data
from docgen.forms.definition import load_form
from docgen.forms.fill import Filler
from docgen.paths import at_pointer
from docgen.regulations.loader import load_regulation
from docgen.web import dossier_store, returned_heap

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def page_of(dossier: str) -> str:
    return f"/ho-so/{dossier}/phat-va-thu"


def kept(office: Office, dossier: str, pointer: str) -> Any:
    with office.database.read() as db:
        return at_pointer(dossier_store.content(db, dossier), pointer)


def empty() -> dict[str, Any]:
    """A dossier in which nobody has written anything of his own."""
    data = small()
    for member in data["members"]:
        member["review"] = {}
    return data


def paper(data: dict[str, Any], index: int = 0, form: str = "mau-02", regulation: str = "kh55-2018") -> bytes:
    """The file of a member's report as it comes back, with all that `data` says."""
    loaded, found = docgen.load_dossier(data)
    assert loaded is not None, found
    definition = load_form(load_regulation(regulation, ()), form)
    record = Record(str(data["members"][index]["id"]))
    return Filler(definition).fill(form_data(definition, loaded.data, record))


def zipped(files: dict[str, bytes], **how: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **how) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def bring(browser: Browser, dossier: str, *files: tuple[str, bytes]) -> Any:
    return browser.post(f"{page_of(dossier)}/thu", files=[("tep", (name, content, DOCX)) for name, content in files])


def accept(browser: Browser, dossier: str, *names: str, replace: bool = False, only: bool = False) -> Any:
    """Send the form of the heap with the ticks of the files of these names (all, where none is named)."""
    text = browser.get(page_of(dossier)).text
    rows = re.findall(r'name="nhan" value="(\w+)".*?name="m:\1" value="(\w*)".*?“(.*?)”', text, re.DOTALL)
    chosen = [row for row in rows if not names or html.unescape(row[2]) in names]
    form: dict[str, Any] = {f"m:{number}": mark for number, mark, _ in rows}
    if replace:
        form |= {f"thay:{number}": "1" for number, _, _ in chosen}
    form["mot" if only else "nhan"] = [number for number, _, _ in chosen][: 1 if only else None]
    return browser.post(f"{page_of(dossier)}/nhan", form)


@pytest.fixture
def browser(office: Office) -> Browser:
    return signed_in(office)


def test_forms_go_out_with_names_and_the_day_is_noted(office: Office, browser: Browser) -> None:
    data = empty()
    dossier = office.dossier(data, "chi-bo-a")
    text = browser.get(page_of(dossier)).text
    assert len(re.findall(r'class="btn"', text)) == 1
    assert 'class="btn" href="#phat"' in text
    answer = browser.post(f"{page_of(dossier)}/phat", {"mau": "mau-02"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as files:
        assert len(files.namelist()) == 2
        for member, name in zip(data["members"], sorted(files.namelist()), strict=True):
            read = docgen.read_form(files.read(name))
            assert read.data["member"]["full_name"] == member["member"]["full_name"]
            assert read.record == member["id"]
            assert "review" not in read.data
    papers = kept(office, dossier, "/papers")
    assert {(one["form"], one["member"]) for one in papers} == {("mau-02", one["id"]) for one in data["members"]}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", one["given"]) for one in papers)
    again = browser.post(f"{page_of(dossier)}/phat", {"mau": "mau-02"})
    assert again.content == answer.content
    assert kept(office, dossier, "/papers") == papers
    assert browser.post(f"{page_of(dossier)}/phat", {"mau": "mau-99"}).status_code == 404


def test_what_was_handed_over_by_hand_is_noted_alone(office: Office, browser: Browser) -> None:
    dossier = office.dossier(empty(), "chi-bo-a")
    assert browser.post(f"{page_of(dossier)}/phat", {"mau": "mau-02", "chi-ghi": "1"}).status_code == 303
    assert len(kept(office, dossier, "/papers")) == 2


def test_a_heap_is_shown_first_and_written_when_it_is_accepted(office: Office, browser: Browser) -> None:
    dossier, full = office.dossier(empty(), "chi-bo-a"), small()
    files = [("a.docx", paper(full)), ("thu.zip", zipped({"x/b.docx": paper(full, 1), "__MACOSX/b.docx": b"x"}))]
    assert bring(browser, dossier, *files).status_code == 303
    text = browser.get(page_of(dossier)).text
    assert "2 tệp vừa đọc" in text
    assert len(re.findall(r'class="btn"', text)) == 1
    assert kept(office, dossier, "/members/0/review") == {}
    assert accept(browser, dossier, "b.docx").status_code == 303
    assert kept(office, dossier, "/members/0/review") == {}
    assert kept(office, dossier, "/members/1/review/results") == full["members"][1]["review"]["results"]
    returned = [one for one in kept(office, dossier, "/papers") if one["member"] == full["members"][1]["id"]]
    assert [sorted(one) for one in returned] == [["form", "member", "returned", "sha256"]]
    assert "1 tệp vừa đọc" in browser.get(page_of(dossier)).text
    assert accept(browser, dossier, only=True).status_code == 303
    assert kept(office, dossier, "/members/0/review/results") == full["members"][0]["review"]["results"]
    assert "tệp vừa đọc" not in browser.get(page_of(dossier)).text


def test_a_double_click_writes_once(office: Office, browser: Browser) -> None:
    dossier = office.dossier(empty(), "chi-bo-a")
    bring(browser, dossier, ("a.docx", paper(small())))
    text = browser.get(page_of(dossier)).text
    number, mark = re.search(r'name="m:(\w+)" value="(\w+)"', text).groups()  # type: ignore[union-attr]
    form = {"nhan": number, f"m:{number}": mark}
    assert [browser.post(f"{page_of(dossier)}/nhan", form).status_code for _ in range(2)] == [303, 303]
    with office.database.read() as db:
        found = dossier_store.find(db, dossier)
    assert found is not None
    assert found.version == 2


def test_what_stands_there_stays_unless_it_is_to_be_replaced(office: Office, browser: Browser) -> None:
    dossier, new = office.dossier(small(), "chi-bo-a"), small()
    old = new["members"][0]["review"]["results"]
    new["members"][0]["review"]["results"] = ["Dạy 262 giờ."]
    bring(browser, dossier, ("a.docx", paper(new)))
    assert "Dạy 262 giờ." in html.unescape(browser.get(page_of(dossier)).text)
    accept(browser, dossier)
    assert kept(office, dossier, "/members/0/review/results") == old
    bring(browser, dossier, ("a.docx", paper(new)))
    accept(browser, dossier, replace=True)
    assert kept(office, dossier, "/members/0/review/results") == ["Dạy 262 giờ."]


def test_what_changed_since_it_was_shown_is_not_written_over(office: Office, browser: Browser) -> None:
    dossier = office.dossier(empty(), "chi-bo-a")
    bring(browser, dossier, ("a.docx", paper(small())))
    text = browser.get(page_of(dossier)).text
    number, mark = re.search(r'name="m:(\w+)" value="(\w+)"', text).groups()  # type: ignore[union-attr]

    def other(data: dict[str, Any]) -> dict[str, Any]:
        data["members"][0]["review"]["results"] = ["Người khác vừa ghi."]
        return data

    with office.database.write() as db:
        dossier_store.change(db, dossier, "khác", None, other)
    answer = browser.post(f"{page_of(dossier)}/nhan", {"nhan": number, f"m:{number}": mark})
    assert answer.status_code == 409
    assert kept(office, dossier, "/members/0/review") == {"results": ["Người khác vừa ghi."]}
    assert "1 tệp vừa đọc" in browser.get(page_of(dossier)).text


def test_what_is_not_the_holders_to_say_is_left_out_and_told(office: Office, browser: Browser) -> None:
    data = empty()
    for member in data["members"]:
        member["cell"] = {}
    dossier = office.dossier(data, "chi-bo-a")
    full = small()
    bring(browser, dossier, ("a.docx", paper(full)))
    text = html.unescape(browser.get(page_of(dossier)).text)
    row = text[text.index('id="vua-ve"') : text.index('id="phat"')]
    assert re.search(r"\d+ ô không ghi:", row)
    accept(browser, dossier)
    assert kept(office, dossier, "/members/0/cell") == {}
    assert kept(office, dossier, "/members/0/review/results") == full["members"][0]["review"]["results"]


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(("content", "told"), [
    (b"%PDF-1.7 x", "PDF"),
    (b"", "rỗng"),
    (b"\x89PNG\r\n", "ảnh"),
    (OLE + "EncryptedPackage".encode("utf-16-le"), "mật khẩu"),
    (b"PK\x03\x04 x", "hỏng"),
    (zipped({"../a.docx": b"x"}), "Tên phần bên trong tệp"),
    (zipped({"a.docx": b"\0" * (90 << 20)}), "MB"),
], ids=["pdf", "empty", "picture", "password", "damaged", "path", "bomb"])  # fmt: skip
def test_what_cannot_be_read_says_why_and_changes_nothing(
    office: Office, browser: Browser, content: bytes, told: str
) -> None:
    dossier = office.dossier(empty(), "chi-bo-a")
    assert bring(browser, dossier, ("tệp <b>.docx", content)).status_code == 303
    text = browser.get(page_of(dossier)).text
    row = text[text.index('id="vua-ve"') : text.index('id="phat"')]
    assert "Không nhận được" in row
    assert told in html.unescape(row)
    assert "tệp &lt;b&gt;.docx" in row
    assert 'name="nhan"' not in row
    assert accept(browser, dossier).status_code == 303
    with office.database.read() as db:
        found = dossier_store.find(db, dossier)
    assert found is not None
    assert found.version == 1


def test_another_dossiers_file_is_refused_in_a_sentence(office: Office, browser: Browser) -> None:
    dossier = office.dossier(empty(), "chi-bo-a")
    year = small()
    year["period"]["year"] = 2019
    bring(browser, dossier, ("nam.docx", paper(year)), ("la.docx", paper(stranger())),
          ("khac.docx", paper(small("hd43-2025"), 0, "mau-02a", "hd43-2025")))  # fmt: skip
    text = browser.get(page_of(dossier)).text
    row = text[text.index('id="vua-ve"') : text.index('id="phat"')]
    assert row.count("Không nhận được") == 3
    assert 'name="nhan"' not in row
    assert not re.search(r" --[a-z]|docgen [a-z]+ ", html.unescape(row).replace("docgen tự", ""))
    assert accept(browser, dossier).status_code == 303
    assert kept(office, dossier, "/papers") is None


def stranger() -> dict[str, Any]:
    """The dossier as somebody has it whom nobody knows by that name."""
    data = small()
    data["members"][0]["id"] = "khong-co"
    data["members"][0]["member"]["full_name"] = "Nguyễn Văn Khác Hẳn"
    return data


def test_a_file_that_does_not_say_whose_it_is_is_given_to_somebody(office: Office, browser: Browser) -> None:
    dossier, full = office.dossier(empty(), "chi-bo-a"), small()
    bring(browser, dossier, ("la.docx", paper(stranger())))
    text = browser.get(page_of(dossier)).text
    asked = re.search(r'name="nguoi:(\w+)"', text)
    assert asked
    assert 'name="nhan"' not in text
    number, member = asked[1], full["members"][1]["id"]
    say = f"{page_of(dossier)}/cua-ai"
    assert browser.post(say, {"tep": number, f"nguoi:{number}": "khong-ai"}).status_code == 422
    assert browser.post(say, {"tep": "0" * 16, f"nguoi:{'0' * 16}": member}).status_code == 404
    assert browser.post(say, {"tep": number, f"nguoi:{number}": member}).status_code == 303
    assert kept(office, dossier, "/members/1/review") == {}
    assert accept(browser, dossier).status_code == 303
    assert kept(office, dossier, "/members/1/review/results") == full["members"][0]["review"]["results"]
    assert kept(office, dossier, "/members/1/member/full_name") == full["members"][1]["member"]["full_name"]
    assert [one["member"] for one in kept(office, dossier, "/papers")] == [member]


def test_too_many_files_are_refused_together(office: Office, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier, one = office.dossier(empty(), "chi-bo-a"), paper(small())
    monkeypatch.setattr(returned_heap, "MOST_FILES", 2)
    assert bring(browser, dossier, ("x.zip", zipped({f"{n}.docx": one for n in range(3)}))).status_code == 422
    assert "tệp vừa đọc" not in browser.get(page_of(dossier)).text
    assert browser.post(f"{page_of(dossier)}/thu", {}).status_code == 422


def test_a_heap_is_its_bringers_alone_and_ends(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, other = signed_in(office), signed_in(office, "lan")
    dossier = office.dossier(empty(), "chi-bo-a")
    bring(browser, dossier, ("a.docx", paper(small())))
    assert "tệp vừa đọc" not in other.get(page_of(dossier)).text
    assert browser.post(f"{page_of(dossier)}/bo").status_code == 303
    assert "tệp vừa đọc" not in browser.get(page_of(dossier)).text
    bring(browser, dossier, ("a.docx", paper(small())))
    monkeypatch.setattr(returned_heap, "KEPT", -1.0)
    assert "tệp vừa đọc" not in browser.get(page_of(dossier)).text


def test_no_more_heaps_are_kept_than_the_server_bears() -> None:
    heaps = returned_heap.Heaps()
    file = returned_heap.Returned("1", "a", "", docgen.forms.readback.ReadResult())  # type: ignore[attr-defined]
    for number in range(100):
        heaps.put(str(number), "d", [file])
    assert sum(bool(heaps.get(str(number), "d")) for number in range(100)) == returned_heap._HEAPS


def test_what_people_wrote_is_shown_as_text(office: Office, browser: Browser) -> None:
    data, full = empty(), small()
    for one in (data, full):
        one["members"][0]["member"]["full_name"] = HOSTILE
    full["members"][0]["review"]["results"] = [HOSTILE]
    dossier = office.dossier(data, "chi-bo-a")
    bring(browser, dossier, (f"{HOSTILE}.docx".replace('"', ""), paper(full)))
    text = browser.get(page_of(dossier)).text
    assert SHOWN in text
    assert "<script>alert" not in text


def test_who_may_hand_out_and_take_back(office: Office) -> None:
    above = signed_in(office, "tren", "dang_uy", "dang-uy")
    clerk = signed_in(office, "hanh", "can_bo", "chi-bo-a", "dang-uy")
    dossier = office.dossier(empty(), "chi-bo-a")
    secretary, other = signed_in(office, "hoa", "thu_ky"), signed_in(office, "xa", "", "chi-bo-b")
    for browser, read, write in ((above, 200, 403), (secretary, 200, 403), (other, 404, 404)):
        assert browser.get(page_of(dossier)).status_code == read
        assert bring(browser, dossier, ("a.docx", b"x")).status_code == write
        for part in ("phat", "bo", "nhan", "cua-ai"):
            assert browser.post(f"{page_of(dossier)}/{part}").status_code == write
    for part in ("phat", "bo", "nhan", "thu", "cua-ai"):
        assert clerk.post(f"{page_of(dossier)}/{part}", {"csrf": "x"}).status_code == 403
    assert 'type="file"' not in above.get(page_of(dossier)).text
    assert clerk.get(page_of("0" * 32)).status_code == 404


def test_without_anybody_people_come_first(office: Office, browser: Browser) -> None:
    data = small()
    data["members"] = []
    text = browser.get(page_of(office.dossier(data, "chi-bo-a"))).text
    assert "Ghi danh sách đảng viên" in text
    assert len(re.findall(r'class="btn"', text)) == 1


def test_after_closing_a_returned_file_may_say_anything_but_the_result(office: Office, browser: Browser) -> None:
    dossier, new = office.dossier(small(), "chi-bo-a"), small()
    review = new["members"][0]["review"]
    own = review["grade_party"]
    board = f"/ho-so/{dossier}/xep-loai"
    assert browser.post(f"{board}/chot", {"phien-ban": "1", "dong-y": "1"}).status_code == 303
    review["results"] = ["Dạy 262 giờ."]
    bring(browser, dossier, ("a.docx", paper(new)))
    assert accept(browser, dossier, replace=True).status_code == 303
    assert kept(office, dossier, "/members/0/review/results") == ["Dạy 262 giờ."]
    review["grade_party"] = other = next(one for one in ("HTNV", "HTTNV") if one != own)
    bring(browser, dossier, ("b.docx", paper(new)))
    refused = accept(browser, dossier, replace=True)
    assert refused.status_code == 409
    assert "mở lại ở cuối trang Xếp loại" in html.unescape(refused.text)
    assert kept(office, dossier, "/members/0/review/grade_party") == own
    assert "1 tệp vừa đọc" in browser.get(page_of(dossier)).text  # it waits until the result is opened again
    assert browser.post(f"{board}/mo-lai", {"ly-do": "người ấy xếp lại"}).status_code == 303
    assert accept(browser, dossier, replace=True).status_code == 303
    assert kept(office, dossier, "/members/0/review/grade_party") == other
