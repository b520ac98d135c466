"""Of whom criteria are asked: `applies` names any value of the dossier or of the member."""

from __future__ import annotations

import copy
import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from docgen.dossier import dossier_from_data
from docgen.dossier.sample import sample_dossier
from docgen.errors import DefinitionError
from docgen.forms.data import Record, form_data
from docgen.forms.definition import load_form
from docgen.forms.fill import Filler, blank_form
from docgen.forms.readback import read_form
from docgen.grading.from_dossier import member_facts
from docgen.pipeline import check_loaded
from docgen.regulations.asked_of import said_by
from docgen.regulations.criteria_sets import cases_of, maximum
from docgen.regulations.loader import RegulationData, builtin_folder, load_regulation
from docgen.regulations.rules import kept_rules
from docgen.regulations.score_sheet import read_sheet
from docgen.word.after.written import paragraphs

KH55 = load_regulation("kh55-2018")
HEADING = "Đảng viên là cán bộ lãnh đạo, quản lý, còn phải đánh giá sâu sắc các nội dung sau:"
ROWS = [f"ii3{letter}" for letter in "abcdefg"]
LED, LEADS = 3, 0


@pytest.fixture
def data() -> dict[str, Any]:
    return copy.deepcopy(sample_dossier("kh55-2018"))


def findings(data: dict[str, Any]) -> list[tuple[str, str, str]]:
    dossier, _ = dossier_from_data(data)
    checked = check_loaded(dossier, []).findings
    return [(f.severity, f.code, f.place.pointer) for f in checked if f.code.startswith("validation.levels.")]


def page(data: dict[str, Any], index: int) -> list[str]:
    definition = load_form(KH55, "mau-05")
    return paragraphs(
        Filler(definition).fill(form_data(definition, data, Record(data["members"][index]["id"], "chi_uy")))
    )


def test_the_leaders_criteria_stand_on_the_papers_of_leaders_only(data: dict[str, Any]) -> None:
    """KH 55 II.B.2.2.2 gạch 3: seven rows, on the blank form and a leader's; neither rows nor heading on another's."""
    texts = {leaf.text for row in KH55.criteria["dang-vien"] for leaf in row.leaves() if leaf.id in ROWS} | {HEADING}
    assert len(texts) == 8
    assert (data["members"][LEADS]["member"]["leader"], data["members"][LED]["member"]["leader"]) == (True, False)
    assert texts <= set(page(data, LEADS))
    assert not texts & set(page(data, LED))
    assert texts <= set(paragraphs(blank_form(load_form(KH55, "mau-05"))))
    del data["members"][LED]["member"]["leader"]  # not written is a no, as for the parts of Mẫu 02
    assert not texts & set(page(data, LED))


def test_they_are_due_from_leaders_and_told_where_nobody_asked(data: dict[str, Any]) -> None:
    assert findings(data) == []
    del data["members"][LEADS]["assessments"]["chi_uy"]["levels"]["ii3c"]
    assert findings(data) == [("error", "validation.levels.missing", "/members/0/assessments/chi_uy/levels")]
    data["members"][LED]["assessments"]["chi_uy"]["levels"]["ii3c"] = "tot"
    assert findings(data)[1:] == [("warning", "validation.levels.not_applicable",
                                   f"/members/{LED}/assessments/chi_uy/levels")]  # fmt: skip
    dossier, _ = dossier_from_data(data)
    told = next(f for f in check_loaded(dossier, []).findings if f.code == "validation.levels.not_applicable")
    assert told.text("vi") == 'Tiêu chí II.3 dấu cộng 3 không hỏi ở đây, vì "Là cán bộ lãnh đạo, quản lý" là "Không"'


def test_only_the_criteria_asked_count_in_the_grade(data: dict[str, Any]) -> None:
    """A level for what nobody asked changes nothing; a leader's missing level leaves the group unknown."""
    led, leads = data["members"][LED], data["members"][LEADS]
    before = member_facts(KH55, data, led, {})["task_criteria_levels"]
    led["assessments"]["chi_uy"]["levels"]["ii3c"] = "kem"
    assert member_facts(KH55, data, led, {})["task_criteria_levels"] == before
    assert len(member_facts(KH55, data, leads, {})["task_criteria_levels"]) == len(before) + len(ROWS)
    for sheet in leads["assessments"].values():
        sheet["levels"].pop("ii3c")
    assert "task_criteria_levels" not in member_facts(KH55, data, leads, {})


def test_the_papers_come_back_whole(data: dict[str, Any]) -> None:
    definition = load_form(KH55, "mau-05")
    for index in (LEADS, LED):
        given = form_data(definition, data, Record(data["members"][index]["id"], "chi_uy"))
        read = read_form(Filler(definition).fill(given))
        assert [f for f in read.findings if f.severity == "error"] == []
        assert read.data["assessment"]["levels"] == given["assessment"]["levels"]


def own(tmp_path: Path, *changes: tuple[str, str]) -> RegulationData:
    """KH 55 with other words in its criteria."""
    name = "kh55-2018"
    folder = tmp_path / name
    shutil.copytree(builtin_folder() / name, folder)
    text = (folder / "criteria.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / "criteria.yaml").write_text(text, encoding="utf-8")
    return load_regulation(name, [str(tmp_path)])


@pytest.mark.parametrize(
    ("value", "asked"),
    [
        ("member.leader=false", (False, True)),
        ("member.civil_servant=true", (True, True)),
        ("member.civil_servant=false", (False, False)),
        ("organization.kind=chi_bo", (True, True)),
        ("organization.kind=dang_bo", (False, False)),
        ("collective.kind=cap_uy", (True, True)),
        ("doan_the", (False, False)),
    ],
)
def test_any_value_may_decide(value: str, asked: tuple[bool, bool], data: dict[str, Any], tmp_path: Path) -> None:
    """A member's yes or no, a list of the dossier, the binding that the file names: printed and due alike."""
    regulation = own(tmp_path, ("applies: member.leader=true", f"applies: {value}"))
    definition = load_form(regulation, "mau-05")
    found = []
    for index in (LEADS, LED):
        member = data["members"][index]
        given = form_data(definition, data, Record(member["id"], "chi_uy"))
        printed = HEADING in paragraphs(Filler(definition).fill(given))
        said = said_by(regulation, data, member)
        rows = [leaf for row in definition.criteria()[0].rows for leaf in row.leaves() if leaf.id in ROWS]
        assert {leaf.asked(said) for leaf in rows} == {printed}
        found.append(printed)
    assert tuple(found) == asked


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("member.leader=co", "errors.definition.unknown_value"),
        ("member.leader=", "errors.definition.unknown_value"),
        ("chi_bo", "errors.definition.unknown_value"),
        ("member.full_name=A", "errors.definition.unknown_value"),
        ("member.lead=true", "errors.definition.unknown_binding"),
        ("assessment.proposed_grade=HTTNV", "errors.definition.unknown_binding"),
    ],
)
def test_what_no_record_can_say_is_refused_by_line(value: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as refused:
        own(tmp_path, ("applies: member.leader=true", f'applies: "{value}"'))
    assert refused.value.code == code
    text = (tmp_path / "kh55-2018" / "criteria.yaml").read_text(encoding="utf-8").splitlines()
    assert "applies" in text[refused.value.facts["line"] - 1]


def test_a_row_below_cannot_depend_on_something_else(tmp_path: Path) -> None:
    first = '- id: ii3a\n              number: "+"\n'
    with pytest.raises(DefinitionError) as refused:
        own(tmp_path, (first, f"{first}              applies: member.civil_servant=true\n"))
    assert refused.value.code == "errors.definition.applies_twice"


def test_two_values_in_one_set_are_scored_apart() -> None:
    """Rows for one kind of agency (QĐ 366) and one for those who lead: each kind of either has its own maximum."""
    rows = load_regulation("hd43-2025").criteria["tap-the"]
    assert {tuple(said) for said in cases_of(rows)} == {("",)}
    row = replace(rows[0].leaves()[0], applies="member.leader=true", points=Fraction(5))
    cases = cases_of((*rows, row))
    assert len(cases) == 2 * len(cases_of(rows)) > 2
    assert {maximum(row, said) for said in cases if said["member.leader"] == "true"} == {5}
    assert {maximum(row, said) for said in cases if said["member.leader"] == "false"} == {0}


def test_a_score_sheet_misses_only_what_is_asked() -> None:
    regulation = load_regulation("hd43-2025")
    dossier = copy.deepcopy(sample_dossier("hd43-2025"))
    sheet = dossier["collective"]["assessments"]["tu_danh_gia"]
    rules = kept_rules(regulation.id, regulation.folders)
    whole = read_sheet(regulation, rules, "tap_the", sheet, said_by(regulation, dossier))
    assert whole is not None
    assert whole.sound
    other = read_sheet(regulation, rules, "tap_the", sheet, {"": "tu_phap"})
    assert other is not None
    assert {fault.kind for fault in other.faults} == {"missing"}
