"""What two papers of a packet say of one thing, and what a paper of it says nothing about."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import pytest

from docgen.dossier import dossier_from_data
from docgen.dossier.sample import sample_dossier
from docgen.model import Finding
from docgen.regulations.loader import load_regulation
from docgen.validation import validate_dossier

REGULATIONS = ("hd16-2018", "hd19-2024", "kh40-2018", "kh55-2018", "khbvp-2021")


@cache
def kept(regulation: str) -> dict[str, Any]:
    return sample_dossier(regulation)


def sample(regulation: str) -> dict[str, Any]:
    return copy.deepcopy(kept(regulation))


def about(data: dict[str, Any], *codes: str) -> list[Finding]:
    loaded, _ = dossier_from_data(data)
    assert loaded is not None
    found = validate_dossier(loaded, load_regulation(data["regulation"]))
    return [f for f in found if f.code.removeprefix("validation.") in codes]


@pytest.mark.parametrize("regulation", REGULATIONS)
def test_the_papers_of_the_sample_agree(regulation: str) -> None:
    assert about(sample(regulation), "same.differs") == []


def test_the_total_of_the_report_is_that_of_the_score_sheet() -> None:
    """HD 19 B.IV.1.1: "chấm điểm … (theo biểu điểm)"."""
    data = sample("hd19-2024")
    sheet = data["party_organization"]["assessments"]["tu_danh_gia"]
    assert data["collective"]["score_total"] == sheet["score_total"]
    data["collective"]["score_total"] = 60
    (found,) = about(data, "same.differs")
    assert (found.severity, found.place.pointer) == ("error", "/collective/score_total")
    shown = str(sheet["score_total"]).replace(".", ",")
    assert found.text() == (f"Tổng điểm tự chấm ở KB 01 và ở biểu điểm khác nhau: 60 và {shown} (HD 19 B.IV.1.1)")
    # A sheet without a total has the sum of its points.
    del sheet["score_total"]
    assert [f.params["other"] for f in about(data, "same.differs")] == [shown]
    del sheet["scores"], data["collective"]["score_total"]
    assert about(data, "same.differs") == []


@pytest.mark.parametrize(
    ("regulation", "clause"),
    [
        ("hd16-2018", "HD 16 Mẫu 02 mục VII.2"), ("kh40-2018", "KH 40 Mẫu 02 mục VII.2"),
        ("kh55-2018", "KH 55 Mẫu 02 mục VII.2"), ("hd19-2024", "HD 19 C.II.3.1"),
    ],
)  # fmt: skip
def test_the_grade_somebody_claims_is_one_on_both_papers(regulation: str, clause: str) -> None:
    """Mẫu 02 VII.2: "kèm theo phiếu phân tích chất lượng - Mẫu 05"."""
    data = sample(regulation)
    data["members"][3]["review"]["grade_party"] = "KHTNV"
    (found,) = about(data, "same.differs")
    assert (found.who, found.severity, found.params["clause"]) == ("dv-04", "warning", clause)
    assert "Không hoàn thành nhiệm vụ và " in found.text()
    data["members"][3]["review"]["grade_party"] = "Hoàn thành tốt"  # no code: that has its own finding
    assert about(data, "same.differs") == []


@pytest.mark.parametrize(("regulation", "said"), [("hd16-2018", 1), ("kh55-2018", 1), ("kh40-2018", 0)])
def test_the_grade_a_collective_asks_for_is_one_on_both_papers(regulation: str, said: int) -> None:
    """KH 40 has a cấp ủy use Mẫu 04 and others Mẫu 07 (II.B.3.1), so which paper goes along is not fixed."""
    data = sample(regulation)
    data["collective"]["proposed_grade"] = "HTNV"
    assert len(about(data, "same.differs")) == said


def test_who_is_outside_the_review_owes_no_paper_to_differ() -> None:
    data = sample("kh40-2018")
    data["members"][3]["review"]["grade_party"] = "KHTNV"
    data["members"][3]["facts"]["exempt_from_party_activities"] = True
    assert about(data, "same.differs") == []


# -- papers that say nothing -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("regulation", REGULATIONS)
def test_the_papers_of_the_sample_say_what_they_are_for(regulation: str) -> None:
    assert about(sample(regulation), "asked.empty", "votes.none", "votes.nobody") == []


@pytest.mark.parametrize("nothing", [None, [], "", ["…………"], ["  "]])
def test_a_sheet_of_remarks_without_any(nothing: Any) -> None:
    """HD 19 C.II.3.2 bước 1: ý kiến nhận xét của nơi cư trú (MẪU PHIẾU SỐ 01)."""
    data = sample("hd19-2024")
    residence = data["members"][3]["residence"]
    kept_relation = residence["relation"]
    residence["relation"] = residence["comment"] = nothing
    (found,) = about(data, "asked.empty")
    assert (found.who, found.severity, found.place.pointer) == ("dv-04", "warning", "/members/3/residence/relation")
    assert found.text() == (
        "MẪU PHIẾU SỐ 01: chưa có ý kiến nhận xét của chi ủy, đảng ủy cơ sở nơi cư trú"
        " (HD 19 C.II.3.2 bước 1; C.IV.12 (6))"
    )
    residence["relation"] = kept_relation
    assert about(data, "asked.empty") == []


def test_the_table_before_the_vote_without_a_proposal() -> None:
    """HD 19 C.II.3.2 bước 1: "để đề xuất mức xếp loại của từng đảng viên" (Biểu TH số 01)."""
    data = sample("hd19-2024")
    del data["members"][0]["assessments"]["chi_uy"]
    data["members"][1]["assessments"]["chi_uy"].pop("proposed_grade")
    found = about(data, "asked.empty")
    assert [(f.who, f.params["form"]) for f in found] == [("dv-01", "Biểu TH SỐ 01"), ("dv-02", "Biểu TH SỐ 01")]
    data["members"][0]["facts"]["exempt_from_party_activities"] = True
    assert [f.who for f in about(data, "asked.empty")] == ["dv-02"]


@pytest.mark.parametrize("bodies", [None, [], [{}]])
def test_the_table_of_bodies_of_a_larger_body_without_rows(bodies: Any) -> None:
    """HD 19 C.IV.12 (3): BTH 02 of a đảng bộ lists the bodies below it; of a chi bộ it has one row, itself."""
    data = sample("hd19-2024")
    data["bodies"] = bodies
    assert about(data, "asked.empty") == []
    data["organization"]["kind"] = data["party_organization"]["facts"]["org_type"] = "dang_bo"
    (found,) = about(data, "asked.empty")
    assert (found.params["form"], found.place.pointer) == ("BTH 02", "/bodies")
    data["bodies"] = [{"name": "Chi bộ 1"}]
    assert about(data, "asked.empty") == []


@pytest.mark.parametrize("regulation", REGULATIONS)
def test_a_review_that_was_suggested_explains_what_was_suggested(regulation: str) -> None:
    """HD 16 II.A.3.1 gạch 7 and the plans: "Những vấn đề được gợi ý kiểm điểm (nếu có)"."""
    data = sample(regulation)
    data["collective"]["review"]["explanation"] = ["Đã khắc phục xong hai việc được gợi ý."]
    data["meeting"] |= {"suggested": True, "days": 2}
    assert about(data, "asked.empty") == []
    for nothing in ("Không", "Không có.", ""):
        data["collective"]["review"]["explanation"] = [nothing]
        (found,) = about(data, "asked.empty")
        assert found.place.pointer == "/collective/review/explanation"
    data["meeting"]["suggested"] = False
    assert about(data, "asked.empty") == []


def test_a_tally_without_ballots() -> None:
    """HD 19 C.IV.11."""
    data = sample("hd19-2024")
    del data["ballots"]
    assert [f.place.pointer for f in about(data, "asked.empty")] == ["/ballots/issued"]


@pytest.mark.parametrize("regulation", REGULATIONS)
@pytest.mark.parametrize("votes", [None, {}])
def test_somebody_on_the_ballot_without_votes(regulation: str, votes: Any) -> None:
    """HD 19 C.II.3.2 bước 2; HD 16 II.B.2.5, KH 55, KH 40, KH BVP V: everybody who is graded is voted on."""
    data = sample(regulation)
    data["members"][3]["votes"] = votes
    (found,) = about(data, "votes.none", "votes.nobody")
    assert (found.code, found.who, found.severity) == ("validation.votes.none", "dv-04", "warning")
    data["members"][3]["facts"]["exempt_from_party_activities"] = True
    assert about(data, "votes.none", "votes.nobody") == []


def test_who_is_left_off_the_ballot_has_no_votes() -> None:
    """KH BVP III lưu ý 8: "không đưa vào danh sách biểu quyết"."""
    for regulation, said in (("khbvp-2021", 0), ("hd19-2024", 1)):
        data = sample(regulation)
        del data["members"][3]["votes"]
        data["members"][3]["facts"]["disciplined_in_year"] = True
        assert len(about(data, "votes.none")) == said


def test_ballots_counted_and_no_votes_for_anybody_is_one_finding() -> None:
    data = sample("hd19-2024")
    for member in data["members"]:
        member.pop("votes", None)
    (found,) = about(data, "votes.none", "votes.nobody")
    assert found.code == "validation.votes.nobody"
    data = sample("kh55-2018")
    for member in data["members"]:
        member.pop("votes", None)
    del data["ballots"]
    assert about(data, "votes.none", "votes.nobody") == []
