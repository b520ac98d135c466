"""A field is saved by reading and checking its member alone: the same findings, nothing stale, all where it must."""

from __future__ import annotations

import copy
import html
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from office_dossiers import small
from page_office import Browser, signed_in
from web_office import Office

import docgen
from docgen.dossier.sample import sample_dossier
from docgen.forms.bindings import slots
from docgen.forms.definition import load_form
from docgen.model import Finding
from docgen.pipeline import check_loaded
from docgen.regulations.loader import load_regulation
from docgen.regulations.subjects import is_member
from docgen.web import dossier_store, dossier_view
from docgen.web.database import Database

FORM = "dien/dv-01/mau-02a"
#: What is only seen beside other members; each page that shows the whole dossier tells it. The second is about a number
#: of the body that stands on no member's form.
BESIDE_OTHERS = frozenset({"validation.votes.none", "validation.ballots.other_count"})


@pytest.fixture
def browser(office: Office) -> Browser:
    return signed_in(office)


def save(browser: Browser, dossier: str, name: str, value: str, mark: str = "", form: str = FORM) -> Any:
    page = f"/ho-so/{dossier}/{form}"
    seen = mark or mark_of(browser, dossier, name, form)
    sent = {name: value, f"v:{name}": seen}
    return browser.post(f"{page}/o?o={name}", sent, at=page, headers={"HX-Request": "true"})


def mark_of(browser: Browser, dossier: str, name: str, form: str = FORM) -> str:
    found = re.search(rf'name="v:{re.escape(name)}" value="([^"]*)"', browser.get(f"/ho-so/{dossier}/{form}").text)
    assert found, name
    return html.unescape(found[1])


def kept(office: Office, dossier: str) -> Any:
    with office.database.read() as db:
        return dossier_store.content(db, dossier)


def test_a_save_reads_its_member_alone(office: Office, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier = office.dossier(small("hd43-2025", 5), "chi-bo-a")
    mark = mark_of(browser, dossier, "member.workplace")
    read: list[int] = []
    real = dossier_view.work_out

    def noted(data: Any, regulations: Any) -> Any:
        read.append(len(data["members"]))
        return real(data, regulations)

    monkeypatch.setattr(dossier_view, "work_out", noted)
    assert save(browser, dossier, "member.workplace", "Khoa Điện", mark).status_code == 200
    assert 1 <= read.count(1) == len(read) - read.count(5)
    first = read.index(1)
    assert read[first:].count(1) <= 2
    members = kept(office, dossier)["members"]
    assert [one["member"].get("workplace") == "Khoa Điện" for one in members] == [True, False, False, False, False]


def test_what_another_process_wrote_is_seen(office: Office, browser: Browser) -> None:
    data = small("hd43-2025", 3)
    data["period"]["year"], data["meeting"] = 2026, {"held": "2026-12-15"}
    dossier = office.dossier(data, "chi-bo-a")
    assert save(browser, dossier, "member.workplace", "Khoa Điện").status_code == 200
    mark = mark_of(browser, dossier, "member.birth_date")
    other = Database(office.settings.url)

    def write(name: str, value: str, member: int = 0) -> None:
        def make(data: Any) -> Any:
            data["members"][member]["member"][name] = value
            return data

        with other.write() as db:
            dossier_store.change(db, dossier, "khác", None, make)

    def earlier(data: Any) -> Any:
        return {**data, "period": {**data["period"], "year": 2025}, "meeting": {"held": "2025-12-15"}}

    answer = save(browser, dossier, "member.birth_date", "20/8/2008", mark)
    assert "aria-invalid" not in answer.text
    assert "tuổi" not in html.unescape(answer.text)
    mark = mark_of(browser, dossier, "member.birth_date")
    with other.write() as db:
        dossier_store.change(db, dossier, "khác", None, earlier)
    answer = save(browser, dossier, "member.birth_date", "21/8/2008", mark)
    assert answer.status_code == 200
    assert "17 tuổi" in html.unescape(answer.text)  # beside the year that the other one wrote
    mark = mark_of(browser, dossier, "member.workplace")
    write("workplace", "Khoa Cơ khí")
    answer = save(browser, dossier, "member.workplace", "Khoa Hóa", mark)
    assert answer.status_code == 409
    assert "Khoa Cơ khí" in answer.text
    write("workplace", "Phòng Đào tạo", 1)  # another member's is no conflict, and stays
    assert save(browser, dossier, "member.workplace", "Khoa Hóa").status_code == 200
    found = [one["member"]["workplace"] for one in kept(office, dossier)["members"][:2]]
    assert found == ["Khoa Hóa", "Phòng Đào tạo"]
    other.close()


def test_only_the_one_member_is_another(office: Office) -> None:
    data = small("kh55-2018", 4)
    data["members"][2]["id"] = "a.b"
    data["members"][3]["member"]["note"] = "xem dv-02"
    dossier = office.dossier(data)
    with office.database.read() as db:
        alone = dossier_store.with_one_member(db, dossier, "dv-01")
        assert alone is not None
        assert alone == {**data, "members": [data["members"][0]]}
        for name in ("dv-02", "b", "", "khong-co", "member"):  # named twice, a part, none, nobody's, a word of each
            assert dossier_store.with_one_member(db, dossier, name) is None, name
        assert dossier_store.with_one_member(db, dossier, "a.b") is not None


def test_each_change_is_logged_and_no_other(office: Office) -> None:
    data = small("kh55-2018", 4)
    dossier = office.dossier(data)

    def two(new: Any) -> Any:
        new["members"][1]["member"]["full_name"] = "Lê Thị Mới"
        new["members"][3]["votes"] = {"HTTNV": True}  # True is not 1
        new["organization"]["name"] = "Chi bộ Mới"
        return new

    def fewer(new: Any) -> Any:
        del new["members"][0]
        return new

    def turned(new: Any) -> Any:
        new["members"] = [dict(reversed(one.items())) for one in new["members"]]
        return new

    with office.database.write() as db:
        dossier_store.change(db, dossier, "x", None, two)
        lines = {row["pointer"] for row in dossier_store.history(db, dossier) if row["version"] == 2}
        assert lines == {"/members/1/member/full_name", "/members/3/votes", "/organization/name"} or lines == {
            "/members/1/member/full_name", "/organization/name", *(f"/members/3/votes/{grade}" for grade in
            {*data["members"][3].get("votes", {}), "HTTNV"}),
        }  # fmt: skip
        assert dossier_store.content(db, dossier) == two(copy.deepcopy(data))
        before = dossier_store.content(db, dossier)
        dossier_store.change(db, dossier, "x", None, fewer)
        assert dossier_store.content(db, dossier) == fewer(before)
        assert [row["pointer"] for row in dossier_store.history(db, dossier) if row["version"] == 3] == ["/members"]
        assert dossier_store.change(db, dossier, "x", None, turned).version == 3  # the order of names is no change
        kept_now = dossier_store.content(db, dossier)
        assert list(kept_now["members"][0]) == list(reversed(list(before["members"][1])))
        assert dossier_store.broken_chain(db, dossier) == 0


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from _leaves(one, (*path, key))
    if path and path != ("id",):
        yield path


def _findings(data: dict[str, Any], index: int) -> set[tuple[str, str, str]]:
    loaded, _ = docgen.load_dossier(data)
    assert loaded is not None
    found: list[Finding] = check_loaded(loaded, list(loaded.findings), grade=False).findings
    own = f"/members/{index}/"
    return {
        (one.code, one.place.pointer.replace(own, "/members/0/", 1), str(sorted(one.params.items())))
        for one in found
        if one.place.pointer.startswith(own) or not one.place.pointer.startswith("/members")
        if one.code not in BESIDE_OTHERS
    }


@pytest.mark.parametrize("regulation", ["hd43-2025", "hd19-2024", "kh55-2018", "hd16-2018", "kh40-2018", "khbvp-2021"])
def test_what_is_wrong_with_a_member_is_wrong_alone(regulation: str) -> None:
    law = load_regulation(regulation)
    for form in law.every_form:
        definition = load_form(law, form)
        if definition.record != "dossier" and is_member(definition.subject):
            assert "ballots.official_members" not in {slot.binding for slot in slots(definition)}, form
    told = random.Random(regulation)
    seen = 0
    for _ in range(4):
        data = copy.deepcopy(sample_dossier(regulation, members=4))
        index = told.randrange(4)
        member = data["members"][index]
        for _ in range(4):
            path = told.choice(list(_leaves(member)))
            holder = member
            for step in path[:-1]:
                holder = holder[step]
            if told.random() < 0.3 and isinstance(holder, dict):
                holder.pop(path[-1])
            else:
                holder[path[-1]] = told.choice(["xxx", 5, "2019-05-05", data["members"][index - 1]["id"]])
        whole = _findings(data, index)
        assert _findings({**data, "members": [member]}, 0) == whole
        seen += len(whole)
    assert seen > 4


@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_is_wrong_is_said_in_words(language: str) -> None:
    """“{label}”: “{given}” stood below a date of birth: a message of every type of value, whole."""
    from docgen.forms.bindings import slots
    from docgen.forms.definition import load_form
    from docgen.regulations.loader import list_regulations, load_regulation
    from docgen.web.field_saving import parsed

    told = {}
    for name in list_regulations():
        regulation = load_regulation(name)
        for form in regulation.every_form:
            for slot in slots(load_form(regulation, form)):
                if slot.type not in told and not slot.kind.is_media:
                    told[slot.type] = [parsed(slot, text, language)[1] for text in ("30/02/1985", "@@@", "-7,5,5")]
    assert {"date", "life_date", "integer", "year", "choice", "number"} <= told.keys()
    for texts in told.values():
        assert not [text for text in texts if "{" in text]
    assert "30/02/1985" in told["life_date"][0]


def test_one_member_is_changed_as_in_the_whole_dossier(each_office: Office) -> None:
    office = each_office
    whole, alone = (office.dossier(small("kh55-2018", 4)) for _ in range(2))

    def make(data: Any) -> Any:
        member = next(one for one in data["members"] if one["id"] == "dv-03")
        member["member"] |= {"workplace": "Khoa Điện", "note": "mới"}
        member["review"].pop("results")
        return data

    def told(dossier: str) -> Any:
        with office.database.read() as db:
            assert dossier_store.broken_chain(db, dossier) == 0
            lines = dossier_store.history(db, dossier)
            return dossier_store.content(db, dossier), [
                [line[name] for name in ("version", "who", "pointer", "old", "new")] for line in lines
            ]

    with office.database.write() as db:
        assert dossier_store.change(db, whole, "Hạnh", None, make).version == 2
        done = dossier_store.change_member(db, alone, "Hạnh", "dv-03", make)
    assert done is not None
    assert done.version == 2
    assert told(alone) == told(whole)
    assert {line[2] for line in told(alone)[1][1:]} == {
        "/members/2/member/workplace", "/members/2/member/note", "/members/2/review/results"
    }  # fmt: skip
    with office.database.write() as db:
        done = dossier_store.change_member(db, alone, "Hạnh", "dv-03", lambda data: data)
    assert done is not None
    assert done.version == 2
    assert told(alone) == told(whole)


def test_a_change_of_one_member_is_of_nothing_else(office: Office) -> None:
    dossier = office.dossier(small("kh55-2018", 3))
    before = kept(office, dossier)

    def other_id(data: Any) -> Any:
        data["members"][0]["id"] = "dv-99"
        return data

    for make in (other_id, lambda data: {**data, "meeting": {}}, lambda data: {**data, "members": []}):
        with pytest.raises(ValueError, match="more than one"), office.database.write() as db:
            dossier_store.change_member(db, dossier, "Hạnh", "dv-02", make)
    with office.database.write() as db:
        for name in ("khong-co", "dv", "x" * 60_000):
            assert dossier_store.change_member(db, dossier, "Hạnh", name, other_id) is None, name
        dossier_store.set_closed(db, dossier, "Hạnh", True, {})
        assert dossier_store.change_member(db, dossier, "Hạnh", "dv-02", other_id) is None
    assert kept(office, dossier) == before


def test_a_save_neither_reads_nor_writes_the_other_members(
    office: Office, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier = office.dossier(small("hd43-2025", 5), "chi-bo-a")
    mark = mark_of(browser, dossier, "member.workplace")
    monkeypatch.setattr(dossier_store, "change", lambda *_: pytest.fail("all of it was read"))
    assert save(browser, dossier, "member.workplace", "Khoa Điện", mark).status_code == 200
    assert kept(office, dossier)["members"][0]["member"]["workplace"] == "Khoa Điện"
