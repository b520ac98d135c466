"""Who leads is reviewed as a leader: recognised by the post, and asked for what only leaders are asked."""

from __future__ import annotations

from typing import Any

import pytest

from docgen.dossier import dossier_from_data
from docgen.dossier.posts import is_committee, leading_post
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
