"""The secretary's page is short whatever is missing, and speaks of people by their names."""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from typing import Any

import pytest

from docgen.dossier.loaded import dossier_from_data
from docgen.dossier.sample import sample_dossier
from docgen.grading.board_summary import summary_of
from docgen.grading.proposal import Question
from docgen.model import Finding, Place
from docgen.packet.internal_summary import summary_page
from docgen.packet.page_words import page_text
from docgen.pdf import convert, page_count
from docgen.pipeline import Checked, check_loaded
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.regulations.told import Note
from docgen.word.after.written import paragraphs


def without_facts(name: str, members: int) -> Checked:
    """A dossier of so many members, of whom no fact is known yet."""
    data: dict[str, Any] = sample_dossier(name)
    given = data["members"]
    data["members"] = []
    for number in range(members):
        member = copy.deepcopy(given[number % len(given)])
        member.pop("facts", None)
        member["id"] = f"dv-{number + 1:02d}"
        if number >= len(given):
            member["member"]["full_name"] = f"Trần Văn {number}"
        data["members"].append(member)
    data.pop("everyone", None)
    return check_loaded(*dossier_from_data(data))


def page_of(checked: Checked) -> bytes:
    assert checked.dossier is not None
    assert checked.regulation is not None
    assert checked.board is not None
    return summary_page(checked.regulation, checked.dossier.data, checked.findings, summary_of(checked.board), True)


@pytest.mark.parametrize("name", list_regulations())
def test_twenty_two_members_without_facts_take_three_pages_at_most(name: str) -> None:
    page = page_of(without_facts(name, 22))
    assert page_count(convert([("a", page)], "rdocx").pdfs["a"]) <= 3


def just_begun(name: str, *, known: bool) -> Checked:
    """A dossier of 22 names and a body; `known` with what their list has of them, and nothing of the review yet."""
    data: dict[str, Any] = sample_dossier(name)
    given = data["members"]
    data["members"] = []
    for number in range(22):
        member = copy.deepcopy(given[number % len(given)]["member"]) if known else {}
        member["full_name"] = f"Nguyễn Thị Trần {number}"
        data["members"].append({"id": f"dv-{number + 1:02d}", "member": member})
    for key in set(data) - {"regulation", "docgen", "period", "organization", "members"}:
        data[key] = {"name": data[key]["name"]} if key in ("collective", "party_organization") else None
    return check_loaded(*dossier_from_data({key: value for key, value in data.items() if value is not None}))


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("name", ["hd43-2025", "hd19-2024", "kh40-2018", "kh55-2018", "hd16-2018"])
def test_an_empty_dossier_of_22_members_takes_three_pages_at_most(name: str, known: bool) -> None:
    page = page_of(just_begun(name, known=known))
    assert page_count(convert([("a", page)], "rdocx").pdfs["a"]) <= 3


def test_members_of_whom_nothing_is_known_stand_in_one_row() -> None:
    texts = paragraphs(page_of(just_begun("kh40-2018", known=False)))
    assert "1–22" in texts
    assert "Mọi đảng viên" in texts
    assert "Nguyễn Thị Trần 3" not in texts
    full = check_loaded(*dossier_from_data(sample_dossier("kh40-2018")))
    assert "Trần Thị B" in paragraphs(page_of(full)), "who has a grade has a row"


@pytest.mark.parametrize("name", list_regulations())
def test_a_question_is_asked_once_and_no_place_is_a_machine_s(name: str) -> None:
    checked = without_facts(name, 14)
    assert checked.board is not None
    texts = paragraphs(page_of(checked))
    asked = {q.told_in() for row in checked.board.rows for q in row.proposal.questions}
    assert asked
    assert [text for text in asked if texts.count(text) != 1] == []
    printed = "\n".join(texts)
    assert not re.search(r"\bdv-\d\d\b|/members/|facts\.|everyone\.", printed)
    everybody = texts.index("mọi đảng viên, trừ Dương Thị N")
    assert texts[everybody - 2] == "1*", "khai chung được"


@pytest.mark.parametrize(("asks", "row", "said"), [
    (("x",), "dv-01", "member"), (("x",), "party_organization", "body"), ((), "dv-01", "decide"),
])  # fmt: skip
def test_where_a_question_is_answered_is_said_of_the_questions_there_are(
    asks: tuple[str, ...], row: str, said: str
) -> None:
    """A body's facts stand on another sheet than a member's; a reading of a clause has no cell at all."""
    checked = check_loaded(*dossier_from_data(sample_dossier("hd43-2025")))
    assert checked.board is not None
    one = replace(checked.board.row(row), proposal=replace(
        checked.board.row(row).proposal, questions=(Question("missing:x", Note("board.tied", {"names": "X"}), asks),)
    ))  # fmt: skip
    texts = paragraphs(page_of(replace(checked, board=replace(checked.board, rows=(one,), quota=None, decided=None))))
    ways = {way: page_text(f"summary.answer.{way}") for way in ("member", "body", "star", "decide")}
    assert [way for way, text in ways.items() if any(text in line for line in texts)] == [said]


def test_an_answer_for_one_is_not_said_to_serve_for_all() -> None:
    """Fewer than three are asked: one line of the sheet for everybody would answer for people nobody asked about."""
    checked = without_facts("kh55-2018", 2)
    assert checked.board is not None
    assert not any(question.for_all for question in summary_of(checked.board).questions)
    three = without_facts("kh55-2018", 3).board
    assert three is not None
    assert any(question.for_all for question in summary_of(three).questions)


def test_each_member_has_one_row_with_the_first_ground_and_how_many_more() -> None:
    checked = check_loaded(*dossier_from_data(sample_dossier("hd43-2025")))
    assert checked.board is not None
    row = summary_of(checked.board).rows[0]
    assert (row.name, row.grade, row.self_grade) == ("Nguyễn Văn A", "HTTNV", "HTTNV")
    assert re.fullmatch(r"không đạt HTXSNV: tổng điểm: 86, mốc từ 90 trở lên \(QĐ 366 Đ.11 k.1 câu dẫn\) \+1", row.why)
    reached = summary_of(checked.board).rows[1]
    assert reached.why.startswith("đạt HTXSNV: tổng điểm: 93, mốc từ 90 trở lên (QĐ 366 Đ.11 k.1 câu dẫn)")
    assert paragraphs(page_of(checked)).count("Trần Thị B") == 1


def test_who_has_no_grade_yet_is_counted_beside_the_grades() -> None:
    data = sample_dossier("hd43-2025")
    written = [member for member in data["members"] if member.get("cell", {}).get("grade")]
    assert len(written) > 2
    for member in written[:2]:
        del member["cell"]["grade"]
    text = "\n".join(paragraphs(page_of(check_loaded(*dossier_from_data(data)))))
    assert re.search(r"Mức đã ghi.*, chưa có mức 2", text)


def test_findings_are_said_once_with_names_in_place_of_ids() -> None:
    data: dict[str, Any] = sample_dossier("kh55-2018")
    data["members"][2]["member"]["full_name"] = ""
    found = [
        Finding("validation.member.no_birth_date", "warning", Place(pointer=f"/members/{n}/member/birth_date"), who=who)
        for n, who in ((9, "dv-10"), (2, "dv-03"), (99, "dv-99"))
    ]
    found.append(Finding("validation.member.no_birth_date", "warning", Place(source="Đảng viên!F8"), who="dv-05"))
    texts = paragraphs(summary_page(load_regulation("kh55-2018"), data, found, None, False))
    told = [text for text in texts if text.startswith("Cảnh báo: ")]
    assert told == [
        "Cảnh báo: Thiếu ngày sinh – Hồ Thị L, người thứ 3 trong danh sách (chưa ghi tên), Huỳnh Văn Đ (Đảng viên!F8)"
    ]


def test_very_many_kinds_of_findings_are_counted() -> None:
    data: dict[str, Any] = sample_dossier("kh55-2018")
    found = [
        Finding("validation.shape.unknown_name", "error", Place(), {"name": f"x{n}", "near": ""}) for n in range(40)
    ]
    texts = paragraphs(summary_page(load_regulation("kh55-2018"), data, found, None, False))
    assert "Còn 32 điều nữa: docgen validate nêu hết." in texts
