"""Grading an earlier year again (HD 19 C.IV.9; HD 16 II.B.5): said in words, and the decision is prefilled."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from click.testing import CliRunner

from docgen.dossier.sample import sample_dossier
from docgen.dossier.scaffold import json_bytes
from docgen.errors import UsageError
from docgen.forms.definition import load_form
from docgen.forms.fill import Filler
from docgen.grading import propose, rules_of
from docgen.grading.board_summary import summary_of
from docgen.grading.dossier_board import Board, grade_dossier
from docgen.grading.proposal import Proposal
from docgen.i18n import LANGUAGES, has_message
from docgen.packet.decision import BODY, decision_data, decision_form
from docgen.packet.internal_summary import summary_page
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.regulations.rules import Action
from docgen.validation import validate_form_data
from docgen.word.after.written import paragraphs


@cache
def disciplined() -> tuple[dict[str, Any], Board]:
    """A member disciplined this year for what happened two years ago."""
    data = sample_dossier("hd19-2024", members=3)
    data["members"][1]["facts"] |= {
        "disciplined_in_year": True, "discipline_self_detected_and_remedied": False, "violation_year": 2022,
        "evaluation_year": 2024, "prior_grade": "HTTNV",
    }  # fmt: skip
    return data, grade_dossier(load_regulation("hd19-2024"), data)


WORDS = (
    "Hủy kết quả xếp loại đã có", "Xếp loại lại năm 2022: Không hoàn thành nhiệm vụ",
    "Ra quyết định theo biểu mẫu QD-01", "Hủy bỏ khen thưởng liên quan của năm 2022",
)  # fmt: skip


def test_the_board_says_what_is_to_be_done() -> None:
    data, board = disciplined()
    text = board.as_text()
    row = board.row("dv-02")
    for words in WORDS:
        assert f"    ! {words}" in text
        assert words in row.proposal.actions_in_words()
    by_id = {entry["id"]: entry for entry in board.as_json()["rows"]}
    assert tuple(by_id["dv-02"]["actions_in_words"]) == WORDS
    assert "actions_in_words" not in by_id["dv-03"]
    page = paragraphs(summary_page(load_regulation("hd19-2024"), data, [], summary_of(board), False))
    assert all(any(words in line for line in page) for words in WORDS)
    assert "Grade the year 2022 again" in board.as_text("en")


def test_every_action_of_every_regulation_has_words() -> None:
    actions = {
        action.split(":")[0] + ("_at" if action.count(":") > 1 else "")
        for name in list_regulations() for rule in rules_of(name).rules for effect in rule.effects
        if isinstance(effect, Action) for action in effect.actions
    }  # fmt: skip
    assert len(actions) >= 6
    for language in LANGUAGES:
        assert [a for a in actions if not has_message(f"board.action.{a}", language)] == []
    assert Proposal("x", "dang_vien", actions=("cua_don_vi:2:3",)).actions_in_words() == ["cua_don_vi:2:3"]


def test_the_decision_is_prefilled_with_what_is_known() -> None:
    data, board = disciplined()
    regulation = load_regulation("hd19-2024")
    found = decision_data(regulation, data, "dv-02", board.row("dv-02").proposal)
    assert found["regrade"] == {
        "year": 2022, "new_grade": "KHTNV", "old_grade": "HTTNV", "violation_time": "năm 2022",
    }  # fmt: skip
    assert found["member"]["full_name"] == data["members"][1]["member"]["full_name"]
    assert found["organization"]["name"] == data["organization"]["name"]
    definition = load_form(regulation, "qd-01")
    # What nobody has told is asked for, by name.
    missing = {f.place.pointer for f in validate_form_data(found, definition)}
    assert {"/regrade/issuer", "/regrade/discipline_number"} <= missing
    assert not {"/regrade/year", "/regrade/new_grade", "/regrade/old_grade"} & missing
    page = " ".join(paragraphs(Filler(definition).fill(found)))
    assert "Hủy bỏ kết quả xếp loại chất lượng năm 2022 ở mức Hoàn thành tốt nhiệm vụ" in page
    assert "ở mức Không hoàn thành nhiệm vụ" in page


def test_what_the_dossier_says_wins() -> None:
    data, board = disciplined()
    data = data | {"members": [dict(m) for m in data["members"]]}
    data["members"][1]["regrade"] = {"violation_time": "tháng 3 năm 2022", "issuer": "Đảng ủy Công ty A"}
    found = decision_data(load_regulation("hd19-2024"), data, "dv-02", board.row("dv-02").proposal)
    assert found["regrade"]["violation_time"] == "tháng 3 năm 2022"
    assert found["regrade"]["issuer"] == "Đảng ủy Công ty A"
    assert found["regrade"]["year"] == 2022


def test_the_decision_about_a_party_organization() -> None:
    """HD 19 C.IV.9 speaks of "tổ chức đảng, đảng viên": the body of the dossier has a decision of its own."""
    regulation = load_regulation("hd19-2024")
    data = sample_dossier("hd19-2024", members=3)
    data["party_organization"].setdefault("facts", {}).update(
        org_or_committee_disciplined=True, discipline_self_detected_and_remedied=False, violation_year=2022,
        evaluation_year=2024, prior_grade="HTXSNV",
    )  # fmt: skip
    board = grade_dossier(regulation, data)
    proposal = next(row.proposal for row in board.rows if row.subject == "to_chuc_dang")
    assert proposal.actions_in_words() == list(WORDS)
    assert decision_form(regulation, proposal) == "qd-01-to-chuc"
    found = decision_data(regulation, data, BODY, proposal)
    assert found["organization_regrade"] == {
        "year": 2022, "new_grade": "KHTNV", "old_grade": "HTXSNV", "violation_time": "năm 2022",
    }  # fmt: skip
    page = " ".join(paragraphs(Filler(load_form(regulation, "qd-01-to-chuc")).fill(found)))
    name = data["party_organization"]["name"]
    assert f"năm 2022 ở mức Hoàn thành xuất sắc nhiệm vụ đối với {name}." in page
    assert f"đối với {name} ở mức Không hoàn thành nhiệm vụ." in page
    assert "đảng viên" not in page.partition("Điều 1.")[2]


def test_no_decision_where_none_is_called_for() -> None:
    data, board = disciplined()
    regulation = load_regulation("hd19-2024")
    proposal = board.row("dv-03").proposal
    assert decision_form(regulation, proposal) == ""
    with pytest.raises(UsageError) as caught:
        decision_data(regulation, data, "dv-03", proposal)
    assert caught.value.code == "errors.usage.no_decision"
    with pytest.raises(UsageError):
        decision_data(regulation, data, "dv-99", board.row("dv-02").proposal)
    # KH 55 knows no form for it, whatever a proposal says.
    assert decision_form(load_regulation("kh55-2018"), Proposal("x", "dang_vien", actions=("issue:QD-01",))) == ""


@pytest.mark.parametrize("regulation", ["hd16-2018", "kh55-2018", "kh40-2018"])
def test_a_fault_found_later_cancels_the_result(regulation: str) -> None:
    facts = {"prior_grade": "HTTNV", "later_fault_discovered": True}
    proposal = propose(regulation, "dang_vien", facts)
    assert proposal.actions_in_words() == ["Hủy kết quả xếp loại đã có", "Xếp loại lại"]
    assert propose(regulation, "dang_vien", {"prior_grade": "HTTNV"}).actions_in_words() == []


def test_who_is_left_out_of_the_ballot_list_is_said() -> None:
    proposal = propose("khbvp-2021", "dang_vien", {"disciplined_in_year": True})
    assert "Không đưa vào danh sách biểu quyết" in proposal.actions_in_words()


def test_the_command_line_shows_it(tmp_path: Any) -> None:
    from docgen.cli import cli

    path = tmp_path / "ho-so.json"
    path.write_bytes(json_bytes(disciplined()[0]))
    assert WORDS[0] in CliRunner().invoke(cli, ["grade", str(path)]).output
