"""The papers around the packet in the status: owed by nobody, told as far as dossier and packet know of them."""

from __future__ import annotations

import datetime
import io
import json
from pathlib import Path
from typing import Any

import pytest

import docgen
from docgen.desk.status import Status, make_status
from docgen.dossier.handed_papers import record_papers
from docgen.dossier.loaded import dossier_from_data
from docgen.dossier.sample import sample_dossier
from docgen.pipeline import PacketOptions, check_loaded, make_packet
from docgen.regulations.loader import list_regulations, load_regulation

DAY = datetime.date(2026, 12, 1)
HD43 = "hd43-2025"


def small() -> dict[str, Any]:
    data: dict[str, Any] = sample_dossier(HD43)
    data["members"] = data["members"][:2]
    return data


def status_of(data: dict[str, Any]) -> Status:
    checked = check_loaded(*dossier_from_data(data))
    assert checked.dossier is not None
    assert checked.regulation is not None
    return make_status(checked.dossier, checked.regulation, checked.findings, DAY)


def states(status: Status) -> dict[str, str]:
    return {paper.form: paper.state for paper in status.office}


@pytest.mark.parametrize("name", list_regulations())
def test_those_the_regulation_leaves_to_docgen_are_told_and_none_is_owed(name: str) -> None:
    status = status_of(sample_dossier(name))
    assert list(states(status)) == list(load_regulation(name).office)
    assert not set(states(status)) & {paper.form for paper in status.papers()}
    assert set(states(status).values()) == {"not_made"}


def test_what_is_written_for_a_paper_alone_begins_it() -> None:
    data = small()
    data["invitation"] = {"place": "Phòng họp 2"}
    found = states(status_of(data))
    assert found["giay-moi"] == "begun"
    assert found["to-trinh"] == "not_made"


def test_the_day_on_which_one_was_given_out_is_told() -> None:
    data = small()
    record_papers(data, [("giay-moi", "", "")], given="2026-12-01")
    paper = next(paper for paper in status_of(data).office if paper.form == "giay-moi")
    assert (paper.state, paper.words("vi")) == ("given", "đã phát 01/12/2026")


def test_a_packet_says_which_lie_in_it_and_whether_they_are_what_the_dossier_gives(tmp_path: Path) -> None:
    path = tmp_path / "h.json"
    path.write_text(json.dumps(small(), ensure_ascii=False), encoding="utf-8")
    made, _ = make_packet(path, tmp_path / "bo", PacketOptions(papers=("bien-ban-hop", "to-trinh")))
    assert made is not None
    dossier, _ = docgen.load_dossier(path)
    assert dossier is not None
    told = docgen.status(dossier, DAY, packet=tmp_path / "bo")
    found = states(told.papers)
    assert (found["bien-ban-hop"], found["to-trinh"]) == ("in_packet", "in_packet")
    assert "in_packet" not in {state for form, state in found.items() if form not in ("bien-ban-hop", "to-trinh")}
    assert told.papers.packet is not None
    assert told.papers.packet.stale == 0
    text = told.as_text("vi")
    assert "Giấy tờ văn phòng có trong bộ hồ sơ: Biên bản hội nghị kiểm điểm; Tờ trình" in text
    assert [paper["state"] for paper in told.as_json()["office"] if paper["form"] == "to-trinh"] == ["in_packet"]
    changed = json.loads(path.read_text(encoding="utf-8"))
    changed["submission"] = {**changed.get("submission", {}), "number": "12-TTr/CB"}
    dossier, _ = dossier_from_data(changed)
    assert dossier is not None
    packet = docgen.status(dossier, DAY, packet=tmp_path / "bo").papers.packet
    assert packet is not None
    assert packet.stale == 1, "the submission is no longer what the dossier gives"


def test_page_and_workbook_have_them() -> None:
    from openpyxl.reader.excel import load_workbook

    from docgen.desk.next_step import NextStep
    from docgen.desk.sheets import status_book, status_page
    from docgen.word.after.written import paragraphs

    data = small()
    status = status_of(data)
    texts = paragraphs(status_page(status, data, NextStep("hand_over", {"packet": "x"})))
    assert any(text.startswith("Giấy tờ văn phòng chưa lập: Giấy mời") for text in texts)
    rows = list(load_workbook(io.BytesIO(status_book(status))).active.values)
    assert [row[4] for row in rows if row[3] == "Giấy mời họp kiểm điểm"] == ["chưa lập"]


def test_papers_of_bodies_that_are_done_share_a_row() -> None:
    """KH 55: five assess the party organisation on Mẫu 03b; one of them has a place left to mend."""
    from docgen.desk.next_step import NextStep
    from docgen.desk.sheets import status_page
    from docgen.word.after.written import paragraphs

    data: dict[str, Any] = sample_dossier("kh55-2018")
    data["members"] = data["members"][:2]
    sheets = data["party_organization"]["assessments"]
    others = [assessor for assessor in sheets if assessor != "tu_danh_gia"]
    assert len(others) == 5
    texts = paragraphs(status_page(status_of(data), data, NextStep("hand_over", {"packet": "x"})))
    assert any("Mẫu 03a; Mẫu 03b (5 tờ); Mẫu 04a" in text for text in texts)
    del sheets[others[0]]["levels"]
    texts = paragraphs(status_page(status_of(data), data, NextStep("hand_over", {"packet": "x"})))
    assert any("Mẫu 03b (4 tờ)" in text for text in texts)
    assert [text for text in texts if text.startswith("Mẫu 03b: ")], "what is still to be done has a row of its own"


def test_who_assesses_is_said_below_the_table() -> None:
    """KH 55's Mẫu 05 has three sheets a member: a letter in each head, so that the page stays one."""
    from docgen.desk.next_step import NextStep
    from docgen.desk.sheets import status_page
    from docgen.word.after.written import paragraphs

    data: dict[str, Any] = sample_dossier("kh55-2018")
    texts = paragraphs(status_page(status_of(data), data, NextStep("hand_over", {"packet": "x"})))
    assert {"Mẫu 05 a", "Mẫu 05 b", "Mẫu 05 c"} <= set(texts)
    (legend,) = [text for text in texts if text.startswith("Mẫu 05: ")]
    assert legend.startswith("Mẫu 05: a – Đảng viên tự đánh giá; b – ")
    assert "c – Tập thể lãnh đạo đoàn thể" in legend
