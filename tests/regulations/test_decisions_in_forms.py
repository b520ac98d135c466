"""A decision is a person's: who, when; a proposal is never written or printed in its place (QĐ 379 Điều 4 khoản 7)."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from docgen.dossier import dossier_from_data
from docgen.dossier.excel_write import build
from docgen.dossier.sample import sample_dossier
from docgen.errors import DefinitionError
from docgen.forms.data import form_data
from docgen.forms.definition import FormDefinition, Hole, Line, Rows, Text, load_form
from docgen.forms.fill import Filler
from docgen.grading.dossier_board import grade_dossier
from docgen.model import GRADE_TEXT, Finding
from docgen.packet.decision import decision_data
from docgen.packet.internal_summary import summary_page
from docgen.packet.plan import plan_documents
from docgen.pipeline import WRITERS, check_dossier, write_grades
from docgen.regulations.decisions import taken
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.validation import validate_dossier
from docgen.word.after.written import paragraphs

ASKING = [name for name in list_regulations() if load_regulation(name).decisions.grades]
#: Places that only a decision of people fills, whatever the regulation says of them.
DECIDED = ("committee.grade", "superior.grade", "regrade.new_grade", "organization_regrade.new_grade")


@cache
def kept(regulation: str) -> dict[str, Any]:
    return sample_dossier(regulation)


def sample(regulation: str = "hd43-2025") -> dict[str, Any]:
    return copy.deepcopy(kept(regulation))


def about(data: dict[str, Any]) -> list[Finding]:
    loaded, _ = dossier_from_data(data)
    assert loaded is not None
    found = validate_dossier(loaded, load_regulation(data["regulation"]))
    return [f for f in found if f.code.startswith("validation.decision.")]


def test_the_regulation_in_force_asks_who_decided() -> None:
    assert "hd43-2025" in ASKING
    assert not {"kh55-2018", "kh40-2018", "hd16-2018", "hd19-2024", "khbvp-2021"} & set(ASKING)
    held = load_regulation("hd43-2025").decisions
    assert {decided.binding for decided in held.grades} == set(DECIDED)


def test_a_decided_grade_names_who_and_when() -> None:
    data = sample()
    assert about(data) == []
    data["members"][2]["committee"] = {"grade": "HTTNV"}
    found = about(data)
    assert [(f.code, f.severity, f.place.pointer, f.who) for f in found] == [
        ("validation.decision.who", "error", "/members/2/committee/decided_by", "dv-03"),
        ("validation.decision.when", "error", "/members/2/committee/decided_on", "dv-03"),
    ]
    assert "QĐ 379" in str(found[0].params["clause"])
    data["members"][2]["committee"] |= {"decided_by": "Ban Thường vụ Đảng ủy", "decided_on": "2026-12-28"}
    assert about(data) == []
    data["meeting"]["held"] = "2026-12-17"
    data["members"][2]["committee"]["decided_on"] = "2026-12-16"
    assert [f.code for f in about(data)] == ["validation.decision.before_meeting"]
    data["superior"] = {"grade": "HTTNV", "decided_by": " "}
    assert {f.place.pointer for f in about(data)} >= {"/superior/decided_by", "/superior/decided_on"}


def test_older_regulations_ask_nothing_of_it() -> None:
    data = sample("kh55-2018")
    data["members"][0]["committee"] = {"grade": "HTTNV"}
    assert about(data) == []


def test_a_decision_survives_json_and_excel(tmp_path: Path) -> None:
    data = sample()
    decided = {"grade": "HTNV", "decided_by": "Đảng ủy Trường Đại học Sông Hậu", "decided_on": "2026-12-28"}
    data["members"][0]["committee"] = decided
    data["superior"] = {"grade": "HTTNV", "decided_by": "Ban Thường vụ Đảng ủy", "decided_on": "2026-12-29"}
    (tmp_path / "a.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    (tmp_path / "a.xlsx").write_bytes(build(load_regulation("hd43-2025"), data))
    for name in ("a.json", "a.xlsx"):
        read = check_dossier(tmp_path / name, grade=False).dossier.data
        assert read["members"][0]["committee"] == decided
        assert read["superior"] == data["superior"]


@pytest.mark.parametrize("regulation", list_regulations())
def test_writing_proposals_never_writes_a_decision(regulation: str, tmp_path: Path) -> None:
    """`docgen grade --write` for every writer, on a dossier in which nobody has entered a grade."""
    data = sample(regulation)
    for record in [*data["members"], data.get("collective", {})]:
        for place in (record, record.get("cell", {}), *record.get("assessments", {}).values()):
            place.pop("grade", None)
            place.pop("proposed_grade", None)
        record.pop("committee", None)
    data.pop("superior", None)
    path = tmp_path / "ho-so.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    written = 0
    for role in WRITERS:
        written += len(write_grades(check_dossier(path), path, role=role).filled)
    assert written > 0
    after = json.loads(path.read_text(encoding="utf-8"))
    places = [*after["members"], after]
    assert [place for place in places for name in DECIDED if _grade(place, name)] == []
    assert list(taken(load_regulation(regulation).decisions, after)) == []


def _grade(record: dict[str, Any], binding: str) -> Any:
    for step in binding.split("."):
        record = record.get(step) or {}
    return record


def _words(definition: FormDefinition) -> Iterator[tuple[str, str]]:
    """Every place of a grade in a form, with the words that say what grade it is (of a box: the heading above)."""
    heading = ""
    for block in definition.body:
        if isinstance(block, Line):
            text = "".join(part.text for part in block.parts if isinstance(part, Text))
            holes = [p for p in block.parts if isinstance(p, Hole) and p.field.type == "grade"]
            if not holes:
                heading = text
            yield from ((hole.binding, heading if hole.is_box else text) for hole in holes)
        elif isinstance(block, Rows):
            for column in block.columns:
                head = "".join(part.text for part in column.head if isinstance(part, Text))
                holes = [p for line in column.cell for p in line if isinstance(p, Hole) and p.field.type == "grade"]
                yield from ((hole.binding, head) for hole in holes)


@pytest.mark.parametrize("name", ASKING)
def test_every_printed_grade_says_whose_it_is(name: str) -> None:
    """What is proposed is printed as "đề xuất" or "tự"; what is decided never is."""
    regulation = load_regulation(name)
    seen = {"decided": 0, "proposed": 0}
    for form in regulation.forms:
        for binding, words in _words(load_form(regulation, form)):
            said = any(word in words.lower() for word in ("đề xuất", "đề nghị", "tự "))
            if regulation.decisions.holds(binding):
                assert not said, (form, words)
                seen["decided"] += 1
            elif binding not in ("civil.grade", "regrade.old_grade", "organization_regrade.old_grade"):
                # The civil servant's grade is his agency's decision, the old grade one that was published.
                assert said, (form, binding, words)
                seen["proposed"] += 1
    assert min(seen.values()) > 0


@pytest.mark.parametrize("name", ASKING)
def test_the_place_of_a_decision_stays_empty_without_one(name: str) -> None:
    """Every form of the packet, with every proposal entered and nothing decided."""
    regulation, data = load_regulation(name), sample(name)
    assert list(taken(regulation.decisions, data)) == []
    looked = 0
    for document in plan_documents(regulation, data):
        labels = {w.strip() for b, w in _words(document.definition) if regulation.decisions.holds(b)}
        if not labels:
            continue
        record = form_data(document.definition, data, document.record)
        for line in paragraphs(Filler(document.definition).fill(record)):
            if any(line.strip().startswith(label) for label in labels):
                assert not any(grade in line for grade in GRADE_TEXT.values()), line
                looked += 1
    assert looked >= 15


def test_a_decision_prefilled_from_rules_leaves_the_new_grade_open() -> None:
    """HD 43 Mẫu 03: the grade of a decision is written by whoever takes it."""
    from docgen.grading.proposal import Proposal

    regulation, data = load_regulation("hd43-2025"), sample()
    proposal = Proposal("dv-01", "dang_vien", actions=("issue:MAU-03", "regrade:2025:KHTNV"))
    found = decision_data(regulation, data, "dv-01", proposal)
    assert found["regrade"]["year"] == 2025
    assert "new_grade" not in found["regrade"]
    data["members"][0]["regrade"] = {"new_grade": "HTNV", "issuer": "Đảng ủy", "effective": "2027-01-05"}
    assert decision_data(regulation, data, "dv-01", proposal)["regrade"]["new_grade"] == "HTNV"


def test_the_summary_tells_decided_from_proposed() -> None:
    regulation, data = load_regulation("hd43-2025"), sample()
    page = "\n".join(paragraphs(summary_page(regulation, data, [], None, False)))
    assert "Chưa ghi mức nào đã được người có thẩm quyền quyết định." in page
    data["members"][0]["committee"] = {"grade": "HTNV", "decided_by": "Đảng ủy Trường", "decided_on": "2026-12-28"}
    page = "\n".join(paragraphs(summary_page(regulation, data, [], None, False)))
    for words in ("Mức đã được quyết định (QĐ 379 Đ.4 k.7)", "Đảng ủy Trường", "28/12/2026", "Hoàn thành nhiệm vụ"):
        assert words in page
    assert "Mức đã được quyết định" not in "\n".join(
        paragraphs(summary_page(load_regulation("kh55-2018"), sample("kh55-2018"), [], None, False))
    )


@pytest.mark.parametrize(
    "line", ["- grade: committee.grade", "- {grade: committee.grade, by: members[].committee.x, on: committee.y}"]
)
def test_a_decision_half_described_is_refused(line: str, tmp_path: Path) -> None:
    folder = tmp_path / "don-vi"
    folder.mkdir()
    (folder / "regulation.yaml").write_text(
        f"regulation: don-vi\nextends: hd43-2025\ndecisions:\n  clause: x\n  grades:\n    {line}\n", encoding="utf-8"
    )
    with pytest.raises(DefinitionError):
        load_regulation("don-vi", [tmp_path])


def test_the_board_calls_a_proposal_one_and_shows_the_decision_beside_it() -> None:
    regulation, data = load_regulation("hd43-2025"), sample()
    data["members"][0]["committee"] = {"grade": "HTNV", "decided_by": "Đảng ủy Trường", "decided_on": "2026-12-28"}
    data["superior"] = {"grade": "HTTNV", "decided_by": "Ban Thường vụ", "decided_on": "2026-12-29"}
    board = grade_dossier(regulation, data)
    for language, word in (("vi", "đề xuất"), ("en", "proposed")):
        lines = board.as_text(language).splitlines()
        own = {"vi": "(tự nhận: ", "en": "(self: "}[language]
        graded = [line for line in lines if any(f"{grade} {own}" in line for grade in GRADE_TEXT.values())]
        assert len(graded) >= 10
        assert all(f": {word} " in line for line in graded)
    text = board.as_text().splitlines()
    first = next(n for n, line in enumerate(text) if line.startswith(board.row("dv-01").name))
    assert text[first + 1] == "    = đã quyết định: Hoàn thành nhiệm vụ (Đảng ủy Trường, 2026-12-28)"
    rows = {row["id"]: row for row in board.as_json()["rows"]}
    assert rows["dv-01"]["decision"] == {"grade": "HTNV", "by": "Đảng ủy Trường", "on": "2026-12-28"}
    assert rows["collective"]["decision"]["by"] == "Ban Thường vụ"
    assert rows["dv-02"]["decision"] is None
