"""How many of each grade: numbers, percentages with their base, kinds of members, the votes."""

from __future__ import annotations

import io
from typing import Any

import pytest

from docgen.dossier.sample import sample_dossier
from docgen.grading.board_summary import summary_of
from docgen.grading.counts import by_group, grade_count, kind_of
from docgen.grading.dossier_board import grade_dossier
from docgen.grading.tally import tally
from docgen.packet.internal_summary import summary_page
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.word.file.safe_open import open_word


def test_a_percentage_is_of_those_to_be_graded() -> None:
    """3 of 22 are 13.6 %; who has no grade yet counts in the base, who stands apart does not."""
    found = grade_count(["HTXSNV"] * 3 + ["HTTNV"] * 17 + ["HTNV"] + [None])
    assert (found.base, found.open) == (22, 1)
    assert found.percent("HTXSNV") == 13.6
    assert found.cell("HTXSNV") == "3 (13,6%)"
    assert found.cell("HTXSNV", "en") == "3 (13.6%)"
    assert found.words() == (
        "tất cả (22 người thuộc diện xếp loại): HTXSNV 3 (13,6%), HTTNV 17 (77,3%), HTNV 1 (4,5%), chưa có mức 1"
    )


def test_nobody_is_no_division_by_zero() -> None:
    found = grade_count([])
    assert (found.percent("HTXSNV"), found.cell("HTXSNV"), found.as_json()["base"]) == (None, "0", 0)


def test_each_kind_and_everybody_first() -> None:
    rows = [("lãnh đạo", "HTXSNV", False), ("khác", "HTTNV", False), ("khác", None, True), ("", "HTNV", False)]
    found = by_group(rows)
    assert [(c.group, c.base, c.apart) for c in found] == [("", 3, 1), ("lãnh đạo", 1, 0), ("khác", 1, 1)]
    assert by_group(rows[:1]) == [grade_count(["HTXSNV"])]  # one kind alone is everybody


@pytest.mark.parametrize(
    ("regulation", "member", "kind"),
    [
        ("hd43-2025", {"kind": "khong_lanh_dao"}, "Không giữ chức vụ lãnh đạo, quản lý (Mẫu 02B)"),
        ("hd19-2024", {"leader": True}, "Là cán bộ lãnh đạo, quản lý"),
        ("kh55-2018", {"leader": False}, "Không là cán bộ lãnh đạo, quản lý"),
        ("kh55-2018", {}, ""),
    ],
)
def test_the_kind_is_what_decides_the_form(regulation: str, member: dict[str, Any], kind: str) -> None:
    assert kind_of(load_regulation(regulation), {"member": member}) == kind


@pytest.mark.parametrize("name", list_regulations())
def test_the_board_counts_every_member_once(name: str) -> None:
    board = grade_dossier(load_regulation(name), sample_dossier(name))
    members = [row for row in board.rows if row.subject == "dang_vien"]
    for source, found in board.counts().items():
        for total in found[:1]:
            assert total.base + total.apart == len(members), source
            assert sum(total.grades.values()) + total.open == total.base
        assert sum(c.base for c in found[1:]) in (0, found[0].base) if found else True


def test_the_summary_prints_them() -> None:
    regulation, data = load_regulation("hd43-2025"), sample_dossier("hd43-2025")
    board = grade_dossier(regulation, data)
    page = summary_page(regulation, data, [], summary_of(board), draft=False)
    opened, _ = open_word(io.BytesIO(page).getvalue())
    assert opened is not None
    words = "".join(opened.document.itertext())
    assert "Số lượng, tỷ lệ theo mức" in words
    assert board.counts()["proposed"][0].cell("HTTNV") in words


def test_the_tally_counts_what_the_votes_give() -> None:
    """HD 19 C.II.3.2 bước 2: more than half. Of three people two have HTTNV by the votes and one HTNV."""
    people = [
        {"id": n, "name": n, "votes": votes}
        for n, votes in (("a", {"HTTNV": 9, "HTNV": 1}), ("b", {"HTTNV": 8, "HTNV": 2}), ("c", {"HTNV": 10}))
    ]
    result = tally("hd19-2024", {"issued": 10, "collected": 10, "invalid": 0, "people": people})
    assert result.as_json()["counts"]["grades"]["HTTNV"] == {"count": 2, "percent": 66.7}
    assert "HTTNV 2 (66,7%), HTNV 1 (33,3%)" in result.as_text()
