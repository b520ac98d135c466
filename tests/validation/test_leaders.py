"""Who leads is reviewed as a leader: recognised by the post, and asked for what only leaders are asked."""

from __future__ import annotations

from typing import Any

import pytest

from docgen.dossier import dossier_from_data
from docgen.dossier.posts import is_committee, leading_post, union_post
from docgen.dossier.sample import sample_dossier
from docgen.forms.definition import load_form
from docgen.packet.plan import plan_documents
from docgen.regulations.loader import load_regulation
from docgen.validation import validate_dossier


@pytest.mark.parametrize(
    ("party", "government", "leads", "committee"),
    [
        ("Bí thư chi bộ", "Chuyên viên", True, True), ("Phó Bí thư chi bộ", "", True, True),
        ("Chi ủy viên", "Giảng viên", True, True), ("Đảng ủy viên", "", True, True),
        ("Ủy viên Ban Chấp hành Đảng bộ", "", True, True), ("Đảng viên", "Phó Trưởng phòng", True, False),
        ("Đảng viên", "Hiệu trưởng", True, False), ("Đảng viên", "Giám đốc", True, False),
        ("Đảng viên", "Chủ tịch Ủy ban nhân dân phường", True, False),
        ("Đảng viên", "Giảng viên, Trưởng bộ môn", True, False), ("Đảng viên", "Chuyên viên", False, False),
        ("Đảng viên", "Tổ trưởng chuyên môn", False, False), ("Đảng viên dự bị", "Kế toán trưởng", False, False),
        ("Đảng viên", "Trưởng nhóm", False, False),
    ],
)  # fmt: skip
def test_posts(party: str, government: str, leads: bool, committee: bool) -> None:
    """HD 19 B.II.2.2: secretaries, deputies, committee members; heads and deputies of units."""
    person = {"position": {"party": party, "government": government}}
    assert (bool(leading_post(person)), is_committee(person)) == (leads, committee)


def findings(data: dict[str, Any]) -> list[tuple[str, str]]:
    dossier, _ = dossier_from_data(data)
    assert dossier is not None
    found = validate_dossier(dossier, load_regulation(data["regulation"]))
    return [(f.code, f.place.pointer) for f in found if f.severity != "info"]


def test_the_deputy_secretary_of_the_sample_gets_the_form_of_leaders() -> None:
    """HD 19 B.IV.1.1: KB 02B."""
    documents = plan_documents(load_regulation("hd19-2024"), sample_dossier("hd19-2024"))
    forms = {d.record.member: d.definition.form for d in documents if d.definition.form.startswith("kb-02")}
    assert (forms["dv-01"], forms["dv-02"], forms["dv-03"], forms["dv-04"]) == ("kb-02b", "kb-02b", "kb-02b", "kb-02a")


@pytest.mark.parametrize(("name", "form"), [("kh55-2018", "mau-02"), ("kh40-2018", "mau-02"), ("khbvp-2021", "mau-2a")])
def test_what_only_leaders_are_asked_is_asked_of_leaders(name: str, form: str) -> None:
    """KH 55 II.A.3.2.2, KH 40 II.A.2.2.b, KH BVP 3.2.2: "còn phải kiểm điểm sâu sắc các nội dung sau"."""
    wanted = [binding for when, binding in load_form(load_regulation(name), form).required_when
              if when == "member.leader"]  # fmt: skip
    assert len(wanted) >= 2
    for binding in wanted:
        data = sample_dossier(name)
        leaf = binding.partition(".")[2]
        assert data["members"][1]["member"]["leader"] is True
        for index in (1, 4):
            data["members"][index]["review"].pop(leaf, None)
        found = findings(data)
        assert ("validation.section.empty", f"/members/1/review/{leaf}") in found
        assert ("validation.section.empty", f"/members/4/review/{leaf}") not in found


def test_the_name_of_the_place_in_brackets_is_a_prompt() -> None:
    data = sample_dossier("hd19-2024")
    data["report"]["number"] = "(Số báo cáo)"
    data["members"][3]["residence"]["address"] = "(Nơi cư trú)"
    codes = {pointer: code for code, pointer in findings(data)}
    assert codes["/report/number"].startswith("validation.section.prompt")
    assert codes["/members/3/residence/address"].startswith("validation.section.prompt")


@pytest.mark.parametrize("name", ["hd16-2018", "kh55-2018", "kh40-2018", "hd19-2024", "khbvp-2021"])
def test_no_sample_prints_a_name_of_a_place_for_data(name: str) -> None:
    def texts(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [text for item in value.values() for text in texts(item)]
        if isinstance(value, list):
            return [text for item in value for text in texts(item)]
        return [value] if isinstance(value, str) else []

    found = texts(sample_dossier(name))
    assert not [text for text in found if text.startswith("(") or "Đã thực hiện nội dung" in text]


@pytest.mark.parametrize(
    ("kind", "post", "leads"),
    [
        ("union", "Ủy viên Ban Chấp hành Công đoàn trường", True), ("union", "UV BCH Công đoàn", True),
        ("union", "UVBCH Đoàn trường", True), ("union", "Bí thư Chi đoàn cán bộ", True),
        ("union", "Phó Chủ tịch", True),
        ("union", "Chi hội trưởng Chi hội Phụ nữ", True), ("union", "Chi hội phó", True),
        ("union", "Uỷ viên Ban Thường vụ Hội Nông dân", True), ("union", "Tổ trưởng tổ công đoàn", True),
        ("union", "Trưởng ban công tác Mặt trận", True),
        ("union", "Đoàn viên công đoàn", False), ("union", "Hội viên Hội Cựu chiến binh", False),
        ("union", "Lớp trưởng", False), ("union", "Nguyên Chủ tịch Công đoàn", False), ("union", "", False),
        ("union", "Ủy viên Ủy ban Kiểm tra Công đoàn", False),
        ("government", "Chủ tịch Công đoàn trường", True), ("government", "Chuyên viên, Bí thư Đoàn phường", True),
        ("government", "Chủ tịch Hội Cựu chiến binh phường", True),
        ("government", "Chủ tịch Hội đồng nhân dân phường", False), ("government", "Chủ tịch UBND phường", False),
        ("party", "Bí thư chi bộ", False), ("party", "Bí thư chi bộ, Chủ tịch Công đoàn", True),
        ("party", "Ủy viên Ban Chấp hành Đảng bộ", False),
    ],
)  # fmt: skip
def test_who_is_among_the_leaders_of_a_mass_organisation(kind: str, post: str, leads: bool) -> None:
    assert bool(union_post({"position": {kind: post}})) is leads


@pytest.mark.parametrize(
    ("regulation", "clause"),
    [
        ("kh55-2018", "KH 55 II.B.2.4 (2), 2.5 bước 2 gạch 1"), ("kh40-2018", "KH 40 II.B.2.4 (2), 2.5 bước 2"),
        ("hd16-2018", "HD 16 II.B.2.4"), ("hd19-2024", ""), ("khbvp-2021", ""),
    ],
)  # fmt: skip
def test_the_leaders_of_a_mass_organisation_assess_their_own(regulation: str, clause: str) -> None:
    """(2) Tập thể lãnh đạo đoàn thể mà đảng viên là thành viên lãnh đạo; HD 19 and the plan of 2021 name none."""
    data = sample_dossier(regulation)
    data["members"][1]["member"]["position"]["union"] = "Ủy viên Ban Chấp hành Công đoàn trường"
    data["members"][1].get("assessments", {}).pop("doan_the", None)
    data["members"][3]["member"]["position"]["union"] = "Đoàn viên"
    dossier, _ = dossier_from_data(data)
    assert dossier is not None
    found = [f for f in validate_dossier(dossier, load_regulation(regulation)) if f.code == "validation.assessment.due"]
    assert [(f.who, f.params["clause"], f.severity) for f in found] == (
        [("dv-02", clause, "warning")] if clause else []
    )


def test_a_member_who_is_not_graded_needs_no_such_sheet() -> None:
    data = sample_dossier("kh55-2018")
    data["members"][1]["assessments"].pop("doan_the")
    data["members"][1]["facts"]["exempt_from_party_activities"] = True
    assert "validation.assessment.due" not in {code for code, _ in findings(data)}
