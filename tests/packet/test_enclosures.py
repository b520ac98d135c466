"""The papers to be added by hand, in the index of a packet: what, of whom, by which clause, a box to tick."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import pytest

from docgen.dossier.sample import sample_dossier
from docgen.packet.index import index_page
from docgen.regulations.loader import load_regulation
from docgen.word.after.written import paragraphs


@cache
def kept(regulation: str) -> dict[str, Any]:
    return sample_dossier(regulation)


def index(data: dict[str, Any]) -> list[str]:
    """The texts of the index after the list of documents."""
    texts = paragraphs(index_page(load_regulation(data["regulation"]), data, (), {}, False))
    return texts[texts.index("Tổng số: 0 tài liệu.") + 1 :]


@pytest.mark.parametrize(
    ("regulation", "what", "whose", "clause"),
    [
        ("hd19-2024", "Bản kê khai tài sản, thu nhập", "người có nghĩa vụ kê khai", "HD 19 C.IV.12 (4)"),
        ("hd19-2024", "Phiếu lý lịch bổ sung", "cán bộ, công chức, viên chức", "HD 19 C.IV.12 (5)"),
        ("hd19-2024", "Các tài liệu khác liên quan của từng cá nhân", "cá nhân có tài liệu", "HD 19 C.IV.12 (6)"),
        ("kh55-2018", "Sổ liên hệ nơi cư trú", "tất cả đảng viên", "KH 55 III.2"),
        (
            "kh55-2018",
            "Phiếu nhận xét đảng viên theo Quy định số 76-QĐ/TW",
            "công chức, viên chức: ",
            "KH 55 II.B.2.4 (4)",
        ),
        ("kh40-2018", "Ý kiến nhận xét của chi ủy (chi bộ) nơi cư trú", "đảng viên", "KH 40 III.3"),
        ("hd16-2018", "Phiếu nhận xét đảng viên theo Quy định số 76-QĐ/TW", "công chức", "HD 16 II.B.2.4"),
        ("khbvp-2021", "Kết quả nhận xét của chi ủy nơi cư trú", "đảng viên", "KH BVP II.4.1.1"),
    ],
)
def test_the_index_names_them(regulation: str, what: str, whose: str, clause: str) -> None:
    texts = index(kept(regulation))
    assert texts[0] == "Giấy tờ gửi kèm, tự bổ sung"
    start = next(n for n, text in enumerate(texts) if text.startswith(what))
    assert whose in texts[start + 1].casefold()
    assert texts[start + 1][0].isupper(), "a cell begins with a capital"
    assert texts[start + 2].startswith(clause)
    assert texts[start + 3] == "☐"


def test_who_owes_a_paper_is_named_and_nobody_else() -> None:
    """HD 19 C.IV.4: the comment of the cell where somebody takes part for the time being."""
    data = copy.deepcopy(kept("hd19-2024"))
    assert not any("nơi sinh hoạt tạm thời" in text for text in index(data))
    data["members"][4]["facts"]["temporary_activity"] = True
    name = data["members"][4]["member"]["full_name"]
    assert f"Đảng viên đang sinh hoạt đảng tạm thời: {name}" in index(data)
    data["members"][4]["facts"]["exempt_from_party_activities"] = True
    assert not any("nơi sinh hoạt tạm thời" in text for text in index(data))


def test_a_student_who_moved_in_brings_the_comment_of_the_sending_body() -> None:
    """KH 55 II.B.2.3 Ghi chú 3."""
    data = copy.deepcopy(kept("kh55-2018"))
    assert not any("tổ chức đảng chuyển đi" in text for text in index(data))
    data["members"][12]["student"]["transferred_in"] = True
    assert any(text.endswith(data["members"][12]["member"]["full_name"]) for text in index(data))


def test_many_names_are_cut_short() -> None:
    data = copy.deepcopy(kept("kh55-2018"))
    others = copy.deepcopy(data["members"])
    for member in others:
        member["member"]["civil_servant"] = False
    data["members"] = data["members"] * 4 + others * 4
    assert any(text.endswith("; …") for text in index(data))


def test_nearly_everybody_is_everybody_but_the_few() -> None:
    """Twelve of the fourteen are civil servants: who is not is shorter to read."""
    data = copy.deepcopy(kept("kh55-2018"))
    others = [m["member"]["full_name"] for m in data["members"] if not m["member"].get("civil_servant")]
    assert 0 < len(others) < 7
    assert any(text.endswith(f"chức: tất cả, trừ {'; '.join(others)}") for text in index(data))
    for member in data["members"]:
        member["member"]["civil_servant"] = True
    assert any(text.endswith("chức: tất cả") for text in index(data))


def test_a_list_that_is_none_and_members_that_are_none_do_no_harm() -> None:
    for members in (None, "x", [None, "x", {}]):
        assert index({**kept("kh55-2018"), "members": members})[0] == "Giấy tờ gửi kèm, tự bổ sung"
