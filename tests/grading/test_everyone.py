"""What is the same for the whole chi bộ is said once, and whoever differs has an entry of his own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from docgen.dossier import load_dossier
from docgen.dossier.excel import workbook_bytes
from docgen.dossier.load import dossier_from_bytes
from docgen.dossier.sample import sample_dossier
from docgen.grading.dossier_board import Board, grade_dossier
from docgen.regulations.loader import load_regulation
from docgen.validation import validate_dossier

FACT = "disciplined_in_year"


@pytest.fixture
def silent() -> dict[str, Any]:
    """A dossier in which nobody says whether anybody was disciplined."""
    data = sample_dossier("kh55-2018")
    for member in data["members"]:
        member["facts"].pop(FACT, None)
    return data


def board(data: dict[str, Any]) -> Board:
    return grade_dossier(load_regulation("kh55-2018"), data)


def asked(data: dict[str, Any]) -> set[str]:
    return {
        row.id for row in board(data).rows if row.subject == "dang_vien"
        and any(FACT in question.asks for question in row.proposal.questions)
    }  # fmt: skip


def test_one_entry_answers_for_all_but_those_who_say_otherwise(silent: dict[str, Any]) -> None:
    before = asked(silent)
    assert len(before) > 5
    silent["everyone"] = {"facts": {FACT: False}}
    assert asked(silent) == set()
    silent["members"][4]["facts"][FACT] = None  # known to be unknown: the entry for all does not speak for him
    assert asked(silent) == {silent["members"][4]["id"]} & before
    silent["members"][1]["facts"][FACT] = True
    assert board(silent).row(silent["members"][1]["id"]).grade == "KHTNV"


def test_a_question_to_many_is_printed_once_with_the_way_out(silent: dict[str, Any]) -> None:
    text = board(silent).as_text()
    lines = [line for line in text.splitlines() if FACT in line]
    shared = board(silent).shared_questions()
    assert shared
    assert sum(f"everyone.facts.{FACT}" in line for line in lines) == len(shared)
    for question, rows in shared.items():
        assert text.count(f"? {question} – hỏi cho {len(rows)} người") == 1
        assert all(row.name in text for row in rows)
    assert "“Mọi đảng viên: Bị thi hành kỷ luật trong năm”" in text


def test_it_travels_through_excel(silent: dict[str, Any], tmp_path: Path) -> None:
    silent["everyone"] = {"facts": {FACT: False}}
    path = tmp_path / "ho-so.xlsx"
    path.write_bytes(workbook_bytes(load_regulation("kh55-2018"), silent))
    dossier, findings = load_dossier(path)
    assert dossier is not None
    assert [f.code for f in findings if f.severity == "error"] == []
    assert dossier.data["everyone"] == {"facts": {FACT: False}}


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"disciplined_in_yeer": False}, "validation.facts.unknown"),
        ({FACT: "không"}, "validation.facts.type"),
        ({"org_type": "chi_bo"}, "validation.facts.other_subject"),
        ("x", "validation.shape.needs_mapping"),
    ],
)
def test_what_is_wrong_in_it_is_found(silent: dict[str, Any], facts: Any, code: str) -> None:
    import json

    silent["everyone"] = {"facts": facts}
    raw = json.dumps(silent, ensure_ascii=False).encode()
    dossier, _ = dossier_from_bytes(raw, "ho-so.json")
    assert dossier is not None
    found = {f.code: f.place.pointer for f in validate_dossier(dossier, load_regulation("kh55-2018"))}
    assert found[code].startswith("/everyone/facts")
