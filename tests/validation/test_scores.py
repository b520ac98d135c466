"""Score sheets: each fault fires on a wrong sheet, a right sheet has none, and only a right sheet gives facts."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import docgen
from docgen.dossier import dossier_from_data
from docgen.dossier.sample import sample_dossier
from docgen.grading.dossier_board import grade_dossier
from docgen.grading.from_dossier import collective_facts, organization_facts
from docgen.i18n import LANGUAGES, has_message
from docgen.model import Finding
from docgen.regulations.loader import load_regulation
from docgen.validation import validate_dossier

SHEETS = {"kh40-2018": "collective", "hd19-2024": "party_organization"}
Change = Callable[[dict[str, Any]], None]


@cache
def kept(regulation: str) -> dict[str, Any]:
    return sample_dossier(regulation, members=2)


def dossier(regulation: str) -> dict[str, Any]:
    return copy.deepcopy(kept(regulation))


def sheet_of(data: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = data[SHEETS[data["regulation"]]]["assessments"]["tu_danh_gia"]
    return found


def scores_findings(data: dict[str, Any]) -> list[Finding]:
    loaded, _ = dossier_from_data(data)
    assert loaded is not None
    regulation = load_regulation(data["regulation"])
    return [f for f in validate_dossier(loaded, regulation) if f.code.startswith("validation.score.")]


def line(criterion: str, **values: Any) -> Change:
    """A change of one line of the sheet; the stated total goes, so that only the line is wrong."""

    def change(sheet: dict[str, Any]) -> None:
        sheet["scores"][criterion].update(values)
        sheet.pop("score_total", None)

    return change


def without_points(sheet: dict[str, Any]) -> None:
    del sheet["scores"]["i1"]["points"]


def without_line(sheet: dict[str, Any]) -> None:
    del sheet["scores"]["i2"]


def unknown_line(sheet: dict[str, Any]) -> None:
    sheet["scores"]["i9"] = {"standard_points": 10, "points": 9}


def nothing(sheet: dict[str, Any]) -> None:
    del sheet["scores"]


def wrong_total(sheet: dict[str, Any]) -> None:
    sheet["score_total"] = 99.5


SCORES = "/{holder}/assessments/tu_danh_gia/scores"
CASES: list[tuple[str, str, Change, str]] = [
    ("kh40-2018", "none", nothing, SCORES),
    ("kh40-2018", "missing", without_points, SCORES),
    ("kh40-2018", "missing", without_line, SCORES),
    ("kh40-2018", "unknown", unknown_line, f"{SCORES}/i9"),
    ("kh40-2018", "above", line("i1", points=13.5), f"{SCORES}/i1/points"),
    ("kh40-2018", "sum", line("i1", standard_points=99), SCORES),
    ("kh40-2018", "total", wrong_total, "/{holder}/assessments/tu_danh_gia/score_total"),
    ("hd19-2024", "none", nothing, SCORES),
    ("hd19-2024", "plan", line("i1", plan=0, actual=5), f"{SCORES}/i1"),
    ("hd19-2024", "plan", line("i1", actual=5), f"{SCORES}/i1"),
    ("hd19-2024", "product", line("i1", standard_points=10, plan=200, actual=150, points=8), f"{SCORES}/i1/points"),
    ("hd19-2024", "product", line("i1", standard_points=10, plan=10, actual=12, points=9), f"{SCORES}/i1/points"),
    ("hd19-2024", "band", line("i1", standard_points=10, points=8.5, declared_level="tot"), f"{SCORES}/i1/points"),
    ("hd19-2024", "band", line("i1", standard_points=10, points=8.4, declared_level="xuat_sac"), f"{SCORES}/i1/points"),
    ("hd19-2024", "band", line("i1", standard_points=10, points=4.9, declared_level="trung_binh"), ""),
    ("hd19-2024", "band", line("i1", standard_points=10, points=5, declared_level="kem"), ""),
]
#: The same sheets at the edge, where nothing is wrong.
RIGHT: list[tuple[str, Change]] = [
    ("hd19-2024", line("i1", standard_points=10, plan=200, actual=150, points=7.5)),
    ("hd19-2024", line("i1", standard_points=10, plan=3, actual=2, points=6.67)),
    ("hd19-2024", line("i1", standard_points=10, plan=3, actual=2, points=6.7)),
    ("hd19-2024", line("i1", standard_points=10, plan=10, actual=12, points=10)),
    ("hd19-2024", line("i1", standard_points=10, plan=0.1, actual=0, points=0)),
    ("hd19-2024", line("i1", standard_points=10, points=8.5, declared_level="xuat_sac")),
    ("hd19-2024", line("i1", standard_points=10, points=7, declared_level="tot")),
    ("hd19-2024", line("i1", standard_points=10, points=5, declared_level="trung_binh")),
    ("hd19-2024", line("i1", standard_points=10, points=4.99, declared_level="kem")),
    # No source prints the sum of HD 19's standard points, so none is asked for.
    ("hd19-2024", line("i1", standard_points=30, points=29, declared_level="xuat_sac")),
]


@pytest.mark.parametrize("regulation", SHEETS)
def test_the_sample_has_nothing_wrong(regulation: str) -> None:
    assert scores_findings(dossier(regulation)) == []


@pytest.mark.parametrize(
    ("regulation", "kind", "change", "pointer"), CASES, ids=[f"{c[0]}-{c[1]}-{i}" for i, c in enumerate(CASES)]
)
def test_a_fault_fires(regulation: str, kind: str, change: Change, pointer: str) -> None:
    data = dossier(regulation)
    change(sheet_of(data))
    found = scores_findings(data)
    assert [f.code for f in found] == [f"validation.score.{kind}"]
    assert found[0].severity == "error"
    assert found[0].who == SHEETS[regulation]
    if pointer:
        assert found[0].place.pointer == pointer.format(holder=SHEETS[regulation])
    for language in LANGUAGES:
        for text in (found[0].text(language), found[0].hint(language)):
            assert text
            assert not re.search(r"validation\.|[{}]|Fraction", text), text


@pytest.mark.parametrize(("regulation", "change"), RIGHT)
def test_an_edge_is_no_fault(regulation: str, change: Change) -> None:
    data = dossier(regulation)
    change(sheet_of(data))
    assert [f for f in scores_findings(data) if not f.code.endswith(".total")] == []


def test_what_is_tried_here_is_all_there_is() -> None:
    folder = Path(docgen.__file__).parent
    kinds = set(re.findall(r'Fault\("([a-z]+)"', (folder / "regulations" / "score_sheet.py").read_text("utf-8")))
    # `maximum` needs a unit: test_overlay.py; `group` a regulation that prints sums: test_scored_members.py.
    assert kinds | {"none"} == {case[1] for case in CASES} | {"maximum", "group"}
    for kind in kinds | {"none"}:
        for language in LANGUAGES:
            assert has_message(f"validation.score.{kind}", language)
            assert has_message(f"validation.score.{kind}.hint", language)


def test_the_sheet_gives_the_facts() -> None:
    data = dossier("kh40-2018")
    regulation = load_regulation("kh40-2018")
    facts = collective_facts(regulation, data)
    scores = sheet_of(data)["scores"]
    assert facts["score_total"] == pytest.approx(sum(entry["points"] for entry in scores.values()), abs=1e-9)
    assert facts["criterion_scores"] == [[e["points"], e["standard_points"]] for e in scores.values()]
    assert sum(maximum for _, maximum in facts["criterion_scores"]) == 100
    assert "task_criteria_percents" not in facts


def test_shares_of_the_standard_points_by_group() -> None:
    data = dossier("hd19-2024")
    regulation = load_regulation("hd19-2024")
    sheet_of(data)["scores"]["i1"] = {"standard_points": 7, "plan": 20, "actual": 17}
    sheet_of(data).pop("score_total")
    facts = organization_facts(regulation, data)
    assert facts["core_criteria_percents"][0] == 85  # exactly: 5.95 of 7, worked out from plan and result
    assert len(facts["core_criteria_percents"]) == 8
    assert len(facts["other_criteria_percents"]) == 2
    assert "criterion_scores" not in facts


def test_a_total_typed_otherwise_does_not_win_in_silence() -> None:
    data = dossier("kh40-2018")
    regulation = load_regulation("kh40-2018")
    counted = collective_facts(regulation, data)["score_total"]
    assert counted != 71
    data["collective"].setdefault("facts", {})["score_total"] = 71
    assert collective_facts(regulation, data)["score_total"] == counted
    found = grade_dossier(regulation, data).findings
    assert [f.place.pointer for f in found if f.code == "board.finding.stated.table"] == [
        "/collective/facts/score_total"
    ]


@pytest.mark.parametrize("change", [without_points, without_line, unknown_line, wrong_total, nothing])
def test_a_wrong_sheet_gives_no_fact(change: Change) -> None:
    data = dossier("kh40-2018")
    change(sheet_of(data))
    facts = collective_facts(load_regulation("kh40-2018"), data)
    assert not {"score_total", "criterion_scores"} & facts.keys()


@pytest.mark.parametrize(("share", "grade"), [(0.95, "HTXSNV"), (0.84, "HTTNV"), (0.6, "HTNV"), (0.4, "KHTNV")])
def test_points_decide_the_grade_of_the_collective(share: float, grade: str) -> None:
    """KH 40 II.B.3.3: the total and each criterion's share of its maximum (85, 80, 50 per cent)."""
    data = dossier("kh40-2018")
    sheet = sheet_of(data)
    sheet.pop("score_total")
    for entry in sheet["scores"].values():
        entry["points"] = round(entry["standard_points"] * share, 2)
    sheet["levels"] = dict.fromkeys(sheet["levels"], "xuat_sac")
    data["collective"]["facts"] |= {"exemplary_attested": True, "org_grade": "HTXSNV"}
    assert grade_dossier(load_regulation("kh40-2018"), data).row("collective").grade == grade


def test_one_poor_criterion_keeps_the_top_grade_away() -> None:
    data = dossier("kh40-2018")
    sheet = sheet_of(data)
    sheet.pop("score_total")
    for name, entry in sheet["scores"].items():
        entry["points"] = entry["standard_points"] * (0.84 if name == "i1" else 1)
    sheet["levels"] = dict.fromkeys(sheet["levels"], "xuat_sac")
    data["collective"]["facts"] |= {"exemplary_attested": True, "org_grade": "HTXSNV"}
    row = grade_dossier(load_regulation("kh40-2018"), data).row("collective")
    assert row.grade == "HTTNV"
    assert "kh40-2018/tap-the/xuat-sac/4" in row.proposal.blocked_by


def test_a_sheet_by_another_set_is_one_finding() -> None:
    """A deputy head marked as leading nobody (HD 43): 34 criteria of another set, one cause, at what chooses."""
    data = copy.deepcopy(sample_dossier("hd43-2025"))
    member = data["members"][1]
    assert member["member"]["kind"] == "lanh_dao"
    member["member"]["kind"] = "khong_lanh_dao"
    dossier, _ = dossier_from_data(data)
    found = [f for f in docgen.validate(dossier) if f.code.startswith("validation.score.")]
    assert [(f.code, f.place.pointer) for f in found] == [("validation.score.other_set", "/members/1/member/kind")]
    member["assessments"]["tu_danh_gia"]["scores"]["la_lung"] = {"points": 1}
    dossier, _ = dossier_from_data(data)
    found = [f for f in docgen.validate(dossier) if f.code.startswith("validation.score.")]
    assert "validation.score.unknown" in {f.code for f in found}, "of no set at all: each is told"
