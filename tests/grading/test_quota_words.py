"""What is said of the quota and of grounds: once each thing, from one base, and no vote spoken of that nobody cast."""

from __future__ import annotations

from typing import Any

from docgen.dossier import dossier_from_data
from docgen.dossier.sample import sample_dossier
from docgen.grading.dossier_board import Board
from docgen.pipeline import check_loaded


def board_of(data: Any) -> Board:
    board = check_loaded(*dossier_from_data(data)).board
    assert board is not None
    return board


def test_a_grade_of_somebody_outside_the_grading_is_in_no_base() -> None:
    """dv-04 without a review is not graded: 13 of 14 others are HTTNV or better, and the grade written is no choice."""
    data = sample_dossier("hd43-2025")
    for member in data["members"]:
        if member["id"] == "dv-04":
            del member["review"]
            member["facts"]["self_review_completed"] = False
            member["cell"]["grade"] = "HTXSNV"
    board = board_of(data)
    assert board.row("dv-04").proposal.not_ranked
    assert board.decided is not None
    assert "dv-04" not in board.decided.chosen
    proposed, decided = (board.counts()[source][0] for source in ("proposed", "decided"))
    assert proposed.base == decided.base == 14
    assert board.decided.good_or_better == board.good == decided.grades["HTXSNV"] + decided.grades["HTTNV"] == 13


def test_a_quota_of_nobody_names_no_last_place() -> None:
    """QĐ 366 Đ.11 k.1 đ.1.5: of five or fewer at HTTNV or better 20 % of the rest is less than one."""
    data = sample_dossier("hd43-2025")
    best = next(row.id for row in board_of(data).rows if row.grade == "HTXSNV")
    data["members"] = [m for m in data["members"] if m["id"] in (best, "dv-04", "dv-05")]
    for member in data["members"]:
        member.pop("votes", None)
    board = board_of(data)
    lines = board.quota_lines()
    assert board.excellent
    told = "\n".join(lines)
    many = len(board.excellent)
    assert lines[0] == f"Hạn mức Hoàn thành xuất sắc nhiệm vụ: tối đa 0 người; đủ điều kiện xét: {many}."
    assert "suất cuối" not in told
    assert sum("Hạn mức là 0 người, mà " in line for line in lines) == 1
    assert sum("từ HTTNV trở lên" in line for line in lines) == 1, "the formula once"


def test_a_grade_says_why_no_higher_one_and_why_itself() -> None:
    """QĐ 366 Đ.11 k.1, k.2: 86 points are under the 90 of HTXSNV and above the 70 of HTTNV."""
    text = board_of(sample_dossier("hd43-2025")).as_text()
    own = text.split("Nguyễn Văn A: ")[1].split("Trần Thị B: ")[0]
    assert "Không đạt điều kiện HTXSNV (QĐ 366 Đ.11 k.1 câu dẫn): tổng điểm: 86, mốc từ 90 trở lên" in own
    assert "Đạt điều kiện HTTNV (QĐ 366 Đ.11 k.2 câu dẫn): tổng điểm: 86, mốc từ 70 trở lên" in own


def test_answers_that_settle_nothing_are_not_told() -> None:
    """Of a member of whom nothing is known no single answer gives a grade: "yes: open; no: open" is not said."""
    bare = sample_dossier("hd43-2025")
    bare.pop("everyone", None)
    for member in bare["members"]:
        member.pop("facts", None)
    nothing = board_of(bare)
    told = [q.words() for row in nothing.rows for q in row.proposal.questions if q.asks]
    assert told
    assert not [text for text in told if "(có: chưa kết luận được; không: chưa kết luận được)" in text]
