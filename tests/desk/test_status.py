"""Every paper a dossier owes is in one state: worked out from the dossier, recorded, or signed as verify says."""

from __future__ import annotations

import copy
import datetime
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from docgen.desk.calendar import make_calendar
from docgen.desk.next_step import next_step
from docgen.desk.owed import column_title, owed_papers, with_due_sheets
from docgen.desk.status import Paper, Status, make_status
from docgen.dossier.excel import workbook_bytes
from docgen.dossier.handed_papers import handed, record_papers
from docgen.dossier.loaded import dossier_from_data
from docgen.dossier.sample import sample_dossier
from docgen.pipeline import check_dossier, check_loaded
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.regulations.whose_form import grouped

TODAY = datetime.date(2018, 12, 1)
KH55 = "kh55-2018"
HD43 = "hd43-2025"


def status_of(data: dict[str, Any]) -> Status:
    checked = check_loaded(*dossier_from_data(copy.deepcopy(data)))
    assert checked.dossier is not None
    assert checked.regulation is not None
    return make_status(checked.dossier, checked.regulation, checked.findings, TODAY)


def paper(status: Status, form: str, member: str = "", assessor: str = "") -> Paper:
    found = [p for p in status.papers() if (p.form, p.member, p.assessor) == (form, member, assessor)]
    assert len(found) == 1, (form, member, assessor)
    return found[0]


def sample(regulation: str, members: int = 3) -> dict[str, Any]:
    data = sample_dossier(regulation)
    data["members"] = data["members"][:members]
    return data


#: What a member owes, by the packet each document prescribes (`packet` of its regulation.yaml, from the clauses):
#: forms of his own, then sheets by assessor who must assess everybody.
OWES = {
    "hd16-2018": {"mau-02", "phu-luc", "mau-05.tu_danh_gia", "mau-05.chi_uy"},
    "kh55-2018": {"mau-02", "phu-luc", "mau-05.tu_danh_gia", "mau-05.chi_uy"},
    "kh40-2018": {"mau-02", "mau-08", "mau-05.tu_danh_gia", "mau-05.chi_uy"},
    "hd19-2024": {"kb-02a", "bieu-tu-danh-gia.tu_danh_gia", "phieu-01"},
    "khbvp-2021": {"mau-2a", "phu-luc"},
    "hd43-2025": {"mau-02b", "phu-luc-diem.tu_danh_gia", "phu-luc-ket-qua"},
}


@pytest.mark.parametrize("name", list_regulations())
def test_a_member_owes_what_the_clauses_say_though_nothing_is_there_yet(name: str) -> None:
    """No review, no assessment, no vote: the papers are owed all the same, and none of them is there."""
    data = sample(name, 1)
    kind = {"hd43-2025": {"kind": "khong_lanh_dao"}, "hd19-2024": {"leader": False}}.get(name, {})
    data["members"] = [{"id": "a", "member": {"full_name": "Trần Văn Tám", **kind}}]
    regulation = load_regulation(name)
    full = with_due_sheets(regulation, data)
    owed = {
        ".".join(filter(None, (one.definition.form, one.record.assessor)))
        for one in owed_papers(regulation, full) if one.record.member
    }  # fmt: skip
    assert owed == OWES[name]
    assert "assessments" not in data["members"][0]
    states = {p.state for p in status_of(data).papers() if p.member}
    assert states == {"not_given"}


@pytest.mark.parametrize("name", list_regulations())
def test_every_paper_of_a_dossier_without_errors_is_complete(name: str) -> None:
    status = status_of(sample_dossier(name))
    assert {p.state for p in status.papers()} == {"complete"}
    assert status.elsewhere == 0


def test_a_paper_with_an_empty_required_section_is_faulty_and_only_that_one() -> None:
    """Mẫu 02 needs the section on thought (KH 55, mục I.1); Mẫu 05 of the same member does not print it."""
    data = sample(KH55)
    del data["members"][1]["review"]["ideology"]
    status = status_of(data)
    found = paper(status, "mau-02", "dv-02")
    assert (found.state, found.errors) == ("faulty", 1)
    assert [p.form for p in status.papers() if p.member == "dv-02" and p.state == "faulty"] == ["mau-02"]
    assert paper(status, "mau-02", "dv-01").state == "complete"


def test_a_sheet_nobody_began_is_not_complete() -> None:
    """KH 55 II.B.2.5 bước 2: chi ủy assesses every member."""
    data = sample(KH55)
    del data["members"][0]["assessments"]["chi_uy"]
    assert paper(status_of(data), "mau-05", "dv-01", "chi_uy").state == "not_given"


def test_handed_out_come_back_accepted() -> None:
    data = sample(KH55)
    review = data["members"][0].pop("review")
    key = ("mau-02", "dv-01", "")
    assert paper(status_of(data), *key).state == "not_given"
    record_papers(data, [key], given="2018-12-03")
    found = paper(status_of(data), *key)
    assert (found.state, found.words()) == ("given", "đã phát 03/12/2018")
    record_papers(data, [key], returned="2018-12-07", sha256="0" * 64)
    found = paper(status_of(data), *key)
    assert (found.state, found.words()) == ("returned", "đã về 07/12/2018")
    data["members"][0]["review"] = review
    assert paper(status_of(data), *key).state == "complete"
    assert len(data["papers"]) == 1


def test_what_the_committee_writes_does_not_make_a_report_begun() -> None:
    """The grade of the level above stands on the member's report, whoever has written nothing on it yet."""
    data = sample(HD43, 4)
    member = data["members"][3]
    del member["review"]
    member["committee"] = {"grade": "HTTNV", "decided_by": "Đảng ủy", "decided_on": "2026-12-20"}
    assert paper(status_of(data), "mau-02b", member["id"]).state == "not_given"


def test_who_stands_apart_owes_nothing() -> None:
    """QĐ 366 Đ.5 k.2 đ.2.1: exempt from party work, no review; and whoever leads nothing owes no Mẫu 02A."""
    data = sample(HD43, 4)
    member = data["members"][3]
    for name in ("review", "assessments", "tasks"):
        member.pop(name, None)
    member.setdefault("facts", {})["exempt_from_party_activities"] = True
    person = status_of(data).people[3]
    assert person.papers == (None, None, None)
    assert person.apart.startswith("QĐ 366 Đ.5 k.2")


def test_ballots_by_the_figures_of_the_tally() -> None:
    data = sample(KH55)
    votes = [member.pop("votes") for member in data["members"]]
    told = data.pop("ballots")
    state = lambda: getattr(status_of(data).ballots, "state", None)  # noqa: E731
    assert state() == "not_given"
    data["ballots"] = {"issued": 2}
    assert state() == "given"
    data["ballots"] = {"issued": 2, "collected": 2, "invalid": 0}
    assert state() == "returned"
    data = sample_dossier(KH55)
    assert state() == "complete"
    data["ballots"]["collected"] = data["ballots"]["issued"] + 1
    assert state() == "faulty"
    assert votes
    assert told


def test_an_error_on_no_paper_is_counted_apart() -> None:
    data = sample_dossier(KH55)
    data["meeting"]["draft_sent"] = "2018-12-17"
    status = status_of(data)
    assert status.elsewhere == 1
    assert {p.state for p in status.papers()} == {"complete"}


def test_a_cell_without_a_value_is_a_fault_of_its_members_paper(tmp_path: Path) -> None:
    """What was not read is not done; errors are counted as often as they are found, in whatever place."""
    from openpyxl import load_workbook

    data = sample_dossier(HD43)
    book = tmp_path / "so.xlsx"
    book.write_bytes(workbook_bytes(load_regulation(HD43), data))
    excel = load_workbook(book)
    heads = {str(cell.value): cell.column for cell in excel["Kiểm điểm"][1]}
    column = next(at for head, at in heads.items() if head.startswith("Nguyên nhân"))
    row = next(r for r in range(2, 40) if excel["Kiểm điểm"].cell(r, 1).value == "dv-04")
    cell = excel["Kiểm điểm"].cell(row, column, "#N/A")
    cell.data_type = "e"
    excel["Đảng viên"]["XFD900"] = excel["Đảng viên"]["XFC900"] = "lạc"
    excel.save(book)
    checked = check_dossier(book)
    assert checked.dossier is not None
    assert checked.regulation is not None
    errors = [f for f in checked.findings if f.severity == "error"]
    status = make_status(checked.dossier, checked.regulation, checked.findings, TODAY)
    faulty = {p.member for p in status.papers() if p.state == "faulty"}
    assert faulty == {"dv-04"}
    assert status.errors == len(errors) == 3
    assert status.elsewhere == 2
    calendar = make_calendar(checked.regulation, {}, TODAY)
    assert next_step(status, calendar, None, book).facts["places"] == 3


def test_papers_that_take_each_others_place_share_a_column() -> None:
    regulation = load_regulation(HD43)
    groups = grouped(regulation.packet)
    assert groups["mau-02a"] == groups["mau-02b"] == groups["mau-02c"] != groups["phu-luc-ket-qua"]
    assert groups["phu-luc-diem-02a"] == groups["phu-luc-diem"] == groups["phu-luc-diem-02c"]
    assert column_title(["Mẫu 02A-HD KĐ.ĐG 2025", "Mẫu 02B-HD KĐ.ĐG 2025"], "") == "Mẫu 02A, 02B"
    assert column_title(["Phụ lục"], "Chi ủy") == "Phụ lục: Chi ủy"


# -- the next step ---------------------------------------------------------------------------------------------------


def step_of(data: dict[str, Any], today: datetime.date = TODAY) -> str:
    checked = check_loaded(*dossier_from_data(copy.deepcopy(data)))
    assert checked.dossier is not None
    assert checked.regulation is not None
    status = make_status(checked.dossier, checked.regulation, checked.findings, today)
    calendar = make_calendar(checked.regulation, checked.dossier.data, today)
    return next_step(status, calendar, checked.board, Path("hs.json")).step


def test_the_next_step_is_the_first_that_is_true() -> None:
    """In the order of the work; each is undone again, so that the one before it is what is seen."""
    data = sample_dossier("hd16-2018")
    assert step_of(data) == "make_packet"
    del data["members"][2]["review"]["ideology"]
    assert step_of(data) == "mend"
    review = data["members"][0].pop("review")
    record_papers(data, [("mau-02", "dv-01", "")], given="2018-12-01")
    assert step_of(data) == "collect"
    del data["members"][1]["review"]
    assert step_of(data) == "hand_out"
    record_papers(data, [("mau-02", "dv-01", "")], returned="2018-12-02")
    assert step_of(data) == "read"
    assert review


def test_a_member_without_a_decision_comes_before_the_packet() -> None:
    """Nothing of his papers is missing; nobody has written his grade yet. Who is not graded needs none."""
    data = sample_dossier("hd16-2018")
    checked = check_loaded(*dossier_from_data(copy.deepcopy(data)))
    assert checked.dossier is not None
    assert checked.regulation is not None
    assert checked.board is not None
    status = make_status(checked.dossier, checked.regulation, checked.findings, TODAY)
    calendar = make_calendar(checked.regulation, checked.dossier.data, TODAY)
    rows = checked.board.rows
    assert any(row.subject == "dang_vien" and row.proposal.not_ranked and not row.decided for row in rows)
    board = replace(checked.board, rows=tuple(replace(r, decided="") if r.id == "dv-03" else r for r in rows))
    step = next_step(status, calendar, board, Path("hs.json"))
    assert (step.step, step.facts["names"]) == ("decide", ["Lê Hoàng C"])
    assert "Lê Hoàng C" in step.act("vi")
    assert next_step(status, calendar, checked.board, Path("hs.json")).step == "make_packet"


def test_a_deadline_within_two_days_goes_before_everything() -> None:
    """KH 55 III.2: before 25/12/2018, so 24/12 is the last day."""
    data = sample_dossier(KH55)
    del data["meeting"]["submitted"]
    del data["members"][1]["review"]
    assert step_of(data, datetime.date(2018, 12, 21)) == "hand_out"
    assert step_of(data, datetime.date(2018, 12, 22)) == "close"
    assert step_of(data, datetime.date(2018, 12, 25)) == "overdue"


# -- the record in the dossier ---------------------------------------------------------------------------------------


def test_of_two_records_of_one_paper_the_later_day_counts() -> None:
    data: dict[str, Any] = {"papers": [
        {"form": "mau-02", "member": "a", "given": "2018-12-01", "returned": "2018-12-09", "sha256": "x"},
        {"form": "mau-02", "member": "a", "given": "2018-12-03"},
    ]}  # fmt: skip
    found = handed(data)["mau-02", "a", ""]
    assert (found.given, found.returned, found.sha256) == ("2018-12-03", "2018-12-09", "x")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"form": "mau-99", "member": "dv-01"}, "form"),
        ({"member": "dv-01"}, "form"),
        ({"form": "mau-02", "member": "dv-99"}, "member"),
        ({"form": "mau-05", "member": "dv-01", "assessor": "ai_do"}, "assessor"),
        ({"form": "mau-02", "member": "dv-01", "given": "2018-12-05", "returned": "2018-12-04"}, "order"),
    ],
)
def test_a_record_of_nobodys_paper_is_a_warning(row: dict[str, str], code: str) -> None:
    data = sample(KH55)
    data["papers"] = [row]
    found = [f for f in check_loaded(*dossier_from_data(data)).findings if f.place.pointer.startswith("/papers")]
    assert [(f.code, f.severity) for f in found] == [(f"validation.handed.{code}", "warning")]
    assert found[0].hint("vi")
    assert found[0].hint("en")


def test_a_paper_recorded_twice_is_a_warning() -> None:
    data = sample(KH55)
    data["papers"] = [{"form": "mau-02", "member": "dv-01"}] * 2
    codes = [f.code for f in check_loaded(*dossier_from_data(data)).findings if "handed" in f.code]
    assert codes == ["validation.handed.twice"]


def test_a_workbook_gives_the_same_states(tmp_path: Path) -> None:
    """Findings of a workbook carry cells; the places of papers are found all the same."""
    data = sample(KH55)
    del data["members"][1]["review"]["ideology"]
    data["members"][0].pop("review")
    record_papers(data, [("mau-02", "dv-01", "")], given="2018-12-03")
    book = tmp_path / "h.xlsx"
    book.write_bytes(workbook_bytes(load_regulation(KH55), data))
    checked = check_dossier(book)
    assert checked.dossier is not None
    assert checked.regulation is not None
    found = make_status(checked.dossier, checked.regulation, checked.findings, TODAY)
    expected = status_of(data)
    assert [(p.form, p.member, p.state) for p in found.papers()] == [
        (p.form, p.member, p.state) for p in expected.papers()
    ]
    assert paper(found, "mau-02", "dv-02").state == "faulty"
    assert paper(found, "mau-02", "dv-01").state == "given"
