"""Length of the meeting and deadlines, by what the body is, by suggestion, by who sends to whom."""

from __future__ import annotations

import copy
import datetime
from functools import cache
from typing import Any

import pytest

from docgen.dossier import dossier_from_data
from docgen.dossier.sample import sample_dossier
from docgen.grading.loosening import loosened_regulation
from docgen.model import Finding
from docgen.regulations.duties import Body, body_of, due, longest
from docgen.regulations.loader import load_regulation
from docgen.regulations.new_year import write_new_year
from docgen.validation import validate_dossier


@cache
def kept(regulation: str) -> dict[str, Any]:
    return sample_dossier(regulation, members=2)


def dossier(regulation: str, kind: str, **meeting: Any) -> dict[str, Any]:
    """The sample as a dossier of `kind`, a code of the facts, and perhaps a kind of collective after a slash."""
    data = copy.deepcopy(kept(regulation))
    org_type, _, collective = kind.partition("/")
    data["organization"]["kind"] = "dang_bo" if org_type.startswith("dang_bo") else "chi_bo"
    data["party_organization"]["facts"]["org_type"] = org_type
    data["collective"]["kind"] = collective or "cap_uy"
    data["meeting"] |= {name: value for name, value in meeting.items() if value is not None}
    return data


def about(data: dict[str, Any], *topics: str) -> list[Finding]:
    loaded, _ = dossier_from_data(data)
    assert loaded is not None
    found = validate_dossier(loaded, load_regulation(data["regulation"]))
    return [f for f in found if f.code.split(".")[1] in (topics or ("meeting", "deadline"))]


#: regulation, body, suggested, days, (code, severity) of what is said of the length; "" for nothing
LENGTHS = [
    # KH 55 II.A.4.2: đảng ủy cơ sở 1, gợi ý 1,5; cấp ủy chi bộ, tập thể lãnh đạo 0,5, gợi ý 1
    ("kh55-2018", "dang_bo", False, 0.5, "too_short"), ("kh55-2018", "dang_bo", False, 1, ""),
    ("kh55-2018", "dang_bo", True, 1, "too_short"), ("kh55-2018", "dang_bo", True, 1.5, ""),
    ("kh55-2018", "dang_bo", None, 1, "perhaps_short"), ("kh55-2018", "dang_bo", None, 1.5, ""),
    ("kh55-2018", "dang_bo", None, 0.5, "too_short"),
    ("kh55-2018", "chi_bo", False, 0.5, ""), ("kh55-2018", "chi_bo", False, 0.25, "too_short"),
    ("kh55-2018", "chi_bo", True, 0.5, "too_short"), ("kh55-2018", "chi_bo", True, 1, ""),
    ("kh55-2018", "chi_bo_truc_thuoc", None, 0.5, "perhaps_short"),
    ("kh55-2018", "dang_bo/doan_the", False, 0.5, ""), ("kh55-2018", "dang_bo/doan_the", True, 0.5, "too_short"),
    ("kh55-2018", "dang_bo_bo_phan", False, 0.5, "no_rule"),
    # KH 40 II.A.3.2: BCH Đảng bộ phường 1; chi ủy, tập thể lãnh đạo còn lại 0,5; không nói gợi ý
    ("kh40-2018", "dang_bo", None, 0.5, "too_short"), ("kh40-2018", "dang_bo", None, 1, ""),
    ("kh40-2018", "chi_bo_truc_thuoc", None, 0.5, ""), ("kh40-2018", "chi_bo", True, 0.5, ""),
    ("kh40-2018", "dang_bo/chinh_quyen", None, 0.5, ""), ("kh40-2018", "chi_bo", None, 0.25, "too_short"),
    # HD 19 B.IV.3: cấp ủy cơ sở 1; ở chi bộ "dành thời gian thỏa đáng"
    ("hd19-2024", "chi_bo", None, 0.5, "too_short"), ("hd19-2024", "dang_bo", None, 1, ""),
    ("hd19-2024", "chi_bo_truc_thuoc", None, 0.25, "no_rule"),
    # HD 16 II.A.4.2 and the plan of 2021 state nothing for a body at the base
    ("hd16-2018", "chi_bo", None, 0.1, ""), ("khbvp-2021", "chi_bo", None, 0.1, ""),
]  # fmt: skip
SEVERITY = {"too_short": "error", "perhaps_short": "warning", "no_rule": "info"}


@pytest.mark.parametrize(("regulation", "kind", "suggested", "days", "code"), LENGTHS)
def test_length(regulation: str, kind: str, suggested: bool | None, days: float, code: str) -> None:
    found = about(dossier(regulation, kind, suggested=suggested, days=days), "meeting")
    expected = [(f"validation.meeting.{code}", SEVERITY[code])] if code else []
    assert [(f.code, f.severity) for f in found] == expected


def test_the_days_that_are_asked_stand_in_the_message() -> None:
    (found,) = about(dossier("kh55-2018", "dang_bo", suggested=True, days=1), "meeting")
    assert found.text() == "Họp 1 ngày, ít hơn 1,5 ngày theo KH 55 II.A.4.2"
    (found,) = about(dossier("kh55-2018", "chi_bo", days=0.5), "meeting")
    assert "nếu được cấp trên gợi ý kiểm điểm thì phải từ 1 ngày (KH 55 II.A.4.2)" in found.text()


def test_only_the_printed_kind_is_stated() -> None:
    """A dossier that says đảng bộ and no more is one at the base, as it is for the grading."""
    data = dossier("kh55-2018", "dang_bo", days=0.5)
    del data["party_organization"]["facts"]["org_type"]
    assert body_of(data) == Body("dang_bo", False)
    assert [f.code for f in about(data, "meeting")] == ["validation.meeting.too_short"]


def test_two_kinds_of_one_body_are_said_and_the_printed_one_holds() -> None:
    data = dossier("kh55-2018", "dang_bo", days=0.5)
    data["party_organization"]["facts"]["org_type"] = "chi_bo"
    codes = {f.code for f in about(data, "meeting", "organization")}
    assert codes == {"validation.organization.two_kinds", "validation.meeting.too_short"}


@pytest.mark.parametrize(
    ("regulation", "kind", "sent", "expected"),
    [
        # KH 40 III.8: chậm nhất sau 02 ngày kể từ ngày tổ chức (họp 10/12)
        ("kh40-2018", "chi_bo_truc_thuoc", "2018-12-12", []),
        ("kh40-2018", "chi_bo_truc_thuoc", "2018-12-13", ["after_meeting"]),
        ("kh40-2018", "chi_bo", "2018-12-20", ["after_meeting"]),
        ("kh40-2018", "dang_bo/doan_the", "2018-12-20", ["after_meeting"]),
        # KH 40 III.13: Ban Thường vụ Đảng uỷ gửi Thị uỷ
        ("kh40-2018", "dang_bo", "2018-12-20", []),
        ("kh40-2018", "dang_bo", "2018-12-26", ["submitted"]),
        ("kh40-2018", "chi_bo", "2018-12-27", ["other", "after_meeting"]),
        # HD 16 III.2: tỉnh ủy, thành ủy, đảng ủy trực thuộc Trung ương
        ("hd16-2018", "chi_bo", "2019-03-05", []),
        ("hd16-2018", "dang_bo", "2019-03-05", []),
        # KH 55 III.2 (mọi cấp ủy gửi Văn phòng Đảng ủy Trường), III.1 (Đảng ủy Trường gửi Thành ủy)
        ("kh55-2018", "chi_bo", "2018-12-25", ["submitted"]),
        ("kh55-2018", "dang_bo_bo_phan", "2018-12-25", ["submitted"]),
        ("kh55-2018", "dang_bo", "2019-01-09", []),
        ("kh55-2018", "dang_bo", "2019-01-10", ["submitted"]),
        # HD 19 D.1: các chi, đảng bộ cơ sở
        ("hd19-2024", "chi_bo", "2024-12-15", ["submitted"]),
        ("hd19-2024", "dang_bo", "2024-12-15", ["submitted"]),
        ("hd19-2024", "chi_bo_truc_thuoc", "2024-12-15", ["other"]),
        ("khbvp-2021", "chi_bo", "2021-12-22", ["submitted"]),
    ],
)
def test_deadlines(regulation: str, kind: str, sent: str, expected: list[str]) -> None:
    held = "2018-12-10" if regulation == "kh40-2018" else None
    found = about(dossier(regulation, kind, held=held, submitted=sent), "deadline")
    assert sorted(f.code.removeprefix("validation.deadline.") for f in found) == sorted(expected)
    assert {f.severity for f in found} == {"warning" if c == "other" else "error" for c in expected}


def test_a_deadline_names_its_recipient() -> None:
    found = about(dossier("kh40-2018", "chi_bo", held="2018-12-10", submitted="2018-12-20"), "deadline")
    text = found[0].text()
    assert "quá 2 ngày kể từ ngày họp 10/12/2018 (chậm nhất 12/12/2018): Các chi bộ" in text
    assert text.endswith(" → Ban Thường vụ Đảng uỷ (qua văn phòng Đảng uỷ) (KH 40 III.8)")
    for name in ("hd16-2018", "hd19-2024", "kh40-2018", "kh55-2018", "khbvp-2021"):
        assert all(deadline.get("to") for deadline in load_regulation(name).deadlines), name


def test_a_dossier_that_only_says_dang_bo_is_asked_about_a_deadline_of_some() -> None:
    """KH 55 III.2 binds a đảng bộ bộ phận, not the Trường: nobody said which this is."""
    data = dossier("kh55-2018", "dang_bo", submitted="2018-12-26")
    del data["party_organization"]["facts"]["org_type"]
    assert [(f.code, f.severity) for f in about(data, "deadline")] == [("validation.deadline.other", "warning")]


def test_a_day_of_every_year() -> None:
    (deadline,) = load_regulation("hd16-2018").deadlines
    assert due(deadline, 2018) == datetime.date(2019, 3, 1)
    (deadline,) = load_regulation("hd19-2024").deadlines
    assert due(deadline, 2024) == datetime.date(2024, 12, 15)


def test_the_folder_of_a_new_year_keeps_who_sends_to_whom(tmp_path: Any) -> None:
    write_new_year(load_regulation("kh40-2018"), 2019, tmp_path)
    regulation = load_regulation("kh40-2019", [tmp_path])
    first, second = regulation.deadlines
    assert (first["after"], first["days"], first["to"]) == (
        "meeting",
        "2",
        "Ban Thường vụ Đảng uỷ (qua văn phòng Đảng uỷ)",
    )
    assert (second["before"], second["who"]) == ("2019-12-26", ["dang_bo"])
    assert loosened_regulation(regulation) == []


def test_the_longest_of_what_holds_is_asked() -> None:
    rules = load_regulation("kh55-2018").meeting
    least, more = longest(rules, Body("dang_bo", True))
    assert least is not None
    assert more is not None
    assert (float(least.days), float(more.days)) == (1, 1.5)
