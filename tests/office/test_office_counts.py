"""The numbers of the papers, from a board written by hand: counted from what people wrote, never from a proposal."""

from __future__ import annotations

from typing import Any

import pytest

from docgen.dossier.shape import dossier_shape
from docgen.forms.schema import dossier_schema
from docgen.packet.issuer import issuer_of
from docgen.packet.office_data import office_data, percent
from docgen.regulations.loader import RegulationData, list_regulations, load_regulation

REGULATION = load_regulation("hd43-2025")


def member(key: str, kind: str, grade: str = "", **more: Any) -> dict[str, Any]:
    person = {"full_name": f"Người {key}", "kind": kind, "official": True, "position": {"party": "Đảng viên"}}
    return {"id": key, "member": person, "cell": {"grade": grade} if grade else {}, "review": {}, **more}


def board(**more: Any) -> dict[str, Any]:
    """Eleven members: three leaders, six others, one pensioner, one admitted two months ago who is not graded."""
    members = [
        member("a", "lanh_dao", "HTXSNV"),
        member("b", "lanh_dao", "HTTNV"),
        member("c", "lanh_dao", "HTTNV"),
        *(member(key, "khong_lanh_dao", "HTTNV") for key in "defg"),
        member("h", "khong_lanh_dao", "HTNV"),
        member("i", "khong_lanh_dao"),
        member("k", "ngoai_he_thong", "HTTNV"),
        member("l", "khong_lanh_dao"),
    ]
    members[-1]["member"]["admission_date"] = "2025-10-20"
    members[0]["member"]["position"]["party"] = "Bí thư chi bộ"
    return {
        "regulation": "hd43-2025",
        "period": {"year": 2025},
        "organization": {"name": "Phòng Kế hoạch", "parent": "Sở Xây dựng", "kind": "chi_bo"},
        "meeting": {"held": "2025-12-18", "summoned": 11, "present": 9},
        "signers": {"cell": "Người a"},
        "members": members,
        **more,
    }


def test_a_share_has_one_decimal_rounded_half_up() -> None:
    assert percent(3, 16) == "18,8%"  # 18.75
    assert percent(1, 3) == "33,3%"
    assert percent(2, 3) == "66,7%"
    assert percent(1, 16) == "6,3%"  # 6.25
    assert (percent(0, 7), percent(7, 7), percent(1, 2)) == ("0%", "100%", "50%")


def test_proposed_grades_of_all_who_are_to_be_graded() -> None:
    data = office_data(REGULATION, board())
    # Ten are graded: 1 HTXSNV, 7 HTTNV, 1 HTNV, one without a grade yet.
    assert [(row["count"], row["share"]) for row in data["proposed"]] == [
        (1, "10%"), (7, "70%"), (1, "10%"), (0, "0%"), (1, "10%"),
    ]  # fmt: skip
    assert data["counts"]["graded"] == 10
    assert data["counts"]["members"] == 11
    assert data["counts"]["absent"] == 2


def test_by_kind_of_member_with_the_rows_own_total() -> None:
    rows = office_data(REGULATION, board())["groups"]
    assert [(row["kind"], row["total"]) for row in rows] == [
        ("Giữ chức vụ lãnh đạo, quản lý", 3), ("Không giữ chức vụ lãnh đạo, quản lý", 6),
        ("Không làm việc trong hệ thống chính trị", 1), ("Tổng cộng", 10),
    ]  # fmt: skip
    leaders, others, _, whole = rows
    assert (leaders["HTXSNV"], leaders["HTTNV"], leaders["unrated"]) == ("1 (33,3%)", "2 (66,7%)", "0")
    assert (others["HTTNV"], others["HTNV"], others["unrated"]) == ("4 (66,7%)", "1 (16,7%)", "1 (16,7%)")
    assert (whole["HTXSNV"], whole["HTTNV"], whole["unrated"]) == ("1 (10%)", "7 (70%)", "1 (10%)")


def test_the_quota_with_its_base_and_clause() -> None:
    said = office_data(REGULATION, board())["counts"]["quota"]
    # Eight are HTTNV or better. Strictly (who is chosen is not in the base) 1 of 7 left: 20% of 7 = 1.4, so 1; widely
    # 20% of 8 = 1.6, so 1 as well (QĐ 366 Đ.11 k.1 đ.1.5).
    assert "QĐ 366 Đ.11 k.1 đ.1.5" in said
    assert "20%" in said
    assert "tính trên 8 đảng viên" in said
    assert "tối đa 1; được đề xuất: 1." in said


def test_the_share_that_the_competent_level_decided_counts() -> None:
    said = office_data(REGULATION, board(superior={"quota_pct": 25}))["counts"]["quota"]
    # 25% of 8 = 2 widely; strictly 1 of 7 left (2 would need 25% of 6 = 1.5).
    assert "25%" in said
    assert "tối đa 1 (không tính người được chọn vào số gốc) hoặc 2 (tính cả)" in said


def test_only_a_whole_decision_is_one() -> None:
    data = board()
    data["members"][0]["committee"] = {"grade": "HTTNV", "decided_by": "Đảng ủy", "decided_on": "2025-12-25"}
    data["members"][1]["committee"] = {"grade": "HTTNV"}  # nobody took it, on no day (QĐ 379 Đ.4 k.7)
    found = office_data(REGULATION, data)
    assert found["counts"]["decided"] == 1
    assert [(row["name"], row["grade"]) for row in found["announced"]] == [("Người a", "HTTNV")]
    assert [row.get("grade") for row in found["results"]] == ["HTTNV", *[None] * 9]
    assert found["decided_groups"][-1]["HTTNV"] == "1 (10%)"
    assert found["decided_groups"][-1]["unrated"] == "9 (90%)"


def test_no_decision_no_table_of_decisions() -> None:
    found = office_data(REGULATION, board())
    assert "decided" not in found["counts"]
    assert found["announced"] == []
    assert found["decided_groups"] == []


def test_votes_as_shares_of_the_valid_ballots() -> None:
    data = board(ballots={"issued": 9, "collected": 9, "invalid": 1})
    data["members"][0]["votes"] = {"HTXSNV": 6, "HTTNV": 2, "HTNV": 0, "KHTNV": 0}
    found = office_data(REGULATION, data)
    assert found["counts"]["valid"] == 8
    assert found["members"][0]["shares"] == {"HTXSNV": "(75%)", "HTTNV": "(25%)"}
    assert found["members"][1]["shares"] == {}


def test_the_grounds_from_high_to_low() -> None:
    data = board(basis={"term": "2025 - 2027", "local": ["Kế hoạch số 9-KH/ĐU của Đảng ủy Sở."]})
    assert office_data(REGULATION, data)["cited"]["lines"] == [
        "- Căn cứ Quy chế làm việc của Chi bộ Phòng Kế hoạch nhiệm kỳ 2025 - 2027;",
        "- Căn cứ Quy định số 366-QĐ/TW, ngày 30/8/2025 của Bộ Chính trị;",
        "- Căn cứ Hướng dẫn số 43-HD/BTCTW, ngày 31/10/2025 của Ban Tổ chức Trung ương;",
        "- Căn cứ Kế hoạch số 9-KH/ĐU của Đảng ủy Sở;",
        "- Căn cứ kết quả hội nghị ngày 18/12/2025,",
    ]


def test_a_plan_cites_the_guidance_it_carries_out() -> None:
    lines = office_data(load_regulation("kh55-2018"), board())["cited"]["lines"]
    assert lines[0].startswith("- Căn cứ Hướng dẫn số 16-HD/BTCTW, ngày 24/9/2018 của Ban Tổ chức Trung ương")
    assert lines[1].startswith(
        "- Căn cứ Kế hoạch số 55-KH/ĐU, ngày 07/12/2018 của Đảng ủy Trường Đại học Y Dược Cần Thơ"
    )
    # The plan of Bệnh viện Phổi extends HD 16 for its list of signs alone; it names HD 07-HD/ĐUK (its preamble).
    cited = " ".join(office_data(load_regulation("khbvp-2021"), board())["cited"]["lines"])
    assert "07-HD/ĐUK, ngày 06/12/2021" in cited
    assert "16-HD" not in cited


def test_what_goes_up_is_counted_from_the_packet() -> None:
    found = office_data(REGULATION, board(enclosures=[{"name": "Biên bản", "paper": "bien_ban", "pages": 3},
                                                       {"name": "Nhận xét nơi cư trú", "pages": 2}]))  # fmt: skip
    rows = {row["name"]: row for row in found["sent"]}
    assert rows["Bản kiểm điểm, tự đánh giá, xếp loại cá nhân giữ chức vụ lãnh đạo, quản lý"]["count"] == 3
    assert rows["Biên bản"] == {"name": "Biên bản", "count": 1, "note": "3 tờ"}
    assert found["counts"]["documents"] == sum(row["count"] for row in found["sent"])
    made = office_data(REGULATION, board(enclosures=[{"name": "Biên bản", "paper": "bien_ban"}]), ["bien-ban-hop"])
    assert [row["name"] for row in made["sent"]].count("Biên bản") == 0  # docgen made it: not twice
    assert "Biên bản hội nghị kiểm điểm" in [row["name"] for row in made["sent"]]


def test_a_chi_bo_and_a_dang_uy_issue_in_their_own_names() -> None:
    cell = issuer_of(board())
    assert (cell["name"], cell["top"], cell["post"], cell["symbol"]) == (
        "CHI BỘ PHÒNG KẾ HOẠCH",
        "CHI BỘ",
        "BÍ THƯ",
        "CB",
    )
    assert (cell["parent"], cell["store"]) == ("SỞ XÂY DỰNG", "Chi bộ")
    data = board(organization={"name": "Đảng bộ Sở Xây dựng", "parent": "Đảng bộ tỉnh", "kind": "dang_bo"},
                 signers={"collective": "Người b"})  # fmt: skip
    data["members"][1]["member"]["position"]["party"] = "Phó Bí thư Đảng ủy"
    committee = issuer_of(data)
    assert (committee["name"], committee["top"], committee["symbol"]) == ("ĐẢNG ỦY SỞ XÂY DỰNG", "ĐẢNG ỦY", "ĐU")
    assert (committee["post"], committee["parent"]) == ("PHÓ BÍ THƯ", "TỈNH")
    assert "post" not in issuer_of(board(signers={"cell": "Không có trong danh sách"}))


@pytest.mark.parametrize("name", list_regulations())
def test_nobody_types_a_number_into_a_dossier(name: str) -> None:
    regulation = load_regulation(name)
    assert "counts" in regulation.computed
    for root in regulation.computed:
        assert root not in dossier_schema([regulation])["properties"]
        assert root not in dossier_shape(regulation).children


def test_what_somebody_typed_all_the_same_is_not_read() -> None:
    found = office_data(REGULATION, board(counts={"graded": 99}, groups=[{"kind": "x"}]))
    assert found["counts"]["graded"] == 10
    assert found["groups"][-1]["total"] == 10


def test_contradicting_numbers_are_left_out() -> None:
    found = office_data(REGULATION, board(meeting={"summoned": 5, "present": 9}))
    assert "absent" not in found["counts"]


def test_a_regulation_that_scores_nobody_by_kind_tells_leaders_apart() -> None:
    older: RegulationData = load_regulation("hd16-2018")
    data = board()
    data["members"][0]["member"]["leader"] = True
    kinds = [row["kind"] for row in office_data(older, data)["groups"]]
    assert kinds == ["Giữ chức vụ lãnh đạo, quản lý", "Không giữ chức vụ lãnh đạo, quản lý", "Tổng cộng"]
