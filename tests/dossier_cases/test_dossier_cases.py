"""Whole dossiers, answered by hand from the clauses before docgen was asked; the same through Excel.

The tables: `cases.yaml` (whose head tells the keys), `bodies.yaml`, `members.yaml`, `ballots.yaml`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from clean_dossiers import changed, member, place, resolved

from docgen import cli
from docgen.dossier.excel import workbook_bytes
from docgen.dossier.model import load_dossier
from docgen.grading.dossier_board import Board
from docgen.i18n import message
from docgen.model import Finding
from docgen.pipeline import check_loaded
from docgen.regulations.loader import Regulation, load_regulation

REGULATIONS = ("kh55-2018", "kh40-2018", "hd16-2018", "hd19-2024", "khbvp-2021")
FILES = ("cases.yaml", "bodies.yaml", "members.yaml", "ballots.yaml")
CASES = [case for file in FILES for case in yaml.safe_load(Path(__file__).with_name(file).read_text(encoding="utf-8"))]


def _table() -> list[Any]:
    return [
        pytest.param(name, case, id=f"{name}-{case['id']}") for case in CASES for name in case.get("only", REGULATIONS)
    ]


def _answer(case: Mapping[str, Any], name: str) -> dict[str, Any]:
    answer = dict(case["answer"].get("all", {}))
    for key, value in case["answer"].get(name, {}).items():
        both = isinstance(value, dict) and isinstance(answer.get(key), dict)
        answer[key] = {**answer[key], **value} if both else value
    return answer


def _where(key: str) -> str:
    return resolved(f"/{key}/") if key.startswith("dv-") else key


#: Said of many a case beside the point: nothing a case asks about may rest on these alone.
BESIDE = ("validation.grade.self_above", "validation.member.no_birth_date")


def _said(findings: list[Finding], data: Mapping[str, Any], key: str) -> list[Finding]:
    """What is said, above information, at the place `key` or, for a member, by name."""
    where = _where(key)
    name = member(data, key)["member"]["full_name"] if key.startswith("dv-") else None
    out = []
    for finding in findings:
        if finding.severity == "info" or finding.code in BESIDE:
            continue
        at = finding.place.pointer == where or finding.place.pointer.startswith(where.rstrip("/") + "/")
        if at or (name and (finding.who == key or name in message(finding.code, "vi", **finding.params))):
            out.append(finding)
    return out


def _codes(board: Board, row: str) -> list[str]:
    if row == "quota":
        assert board.quota is not None
        return list(board.quota.needs_human)
    return list(next(one for one in board.rows if one.id == row).proposal.needs_human)


def _check_board(board: Board, answer: Mapping[str, Any]) -> None:
    rows = {row.id: row for row in board.rows}
    grades = answer.get("grades", {})
    assert {key: rows[key].grade or None for key in grades} == grades
    if "out" in answer:
        assert sorted(key for key, row in rows.items() if row.proposal.not_ranked) == sorted(answer["out"])
    for key, codes in answer.get("asks", {}).items():
        for code in codes:
            assert any(code in asked for asked in _codes(board, key)), (key, code, _codes(board, key))
    for key, actions in answer.get("acts", {}).items():
        assert set(actions) <= set(rows[key].proposal.actions), rows[key].proposal.actions
    if "most" in answer:
        assert board.quota is not None
        assert board.quota.max_excellent == answer["most"]


def _check_findings(findings: list[Finding], data: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
    for key in answer.get("told", ()):
        assert _said(findings, data, key), (key, "nothing said", [f.code for f in findings])
    for key in answer.get("quiet", ()):
        assert not (said := _said(findings, data, key)), (key, [(f.code, f.place.pointer) for f in said])
    if "packet" in answer:
        errors = [(f.code, f.place.pointer) for f in findings if f.severity == "error"]
        assert (not errors) == answer["packet"], errors[:5]


def _check(regulation: Regulation, path: Path, data: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
    dossier, found = load_dossier(path)
    assert dossier is not None
    checked = check_loaded(dossier, found)
    _check_board(checked.board, answer)
    _check_findings(checked.findings, data, answer)


def _written(path: Path, out: Path, role: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr(sys, "argv", ["docgen", "grade", str(path), "--write", "--role", role, "-o", str(out)])
    with pytest.raises(SystemExit) as done:
        cli.main()
    assert done.value.code in (0, 1)
    data: dict[str, Any] = json.loads((out if out.exists() else path).read_text(encoding="utf-8"))
    return data


@pytest.mark.parametrize(("name", "case"), _table())
def test_a_case(name: str, case: Mapping[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    regulation = load_regulation(name)
    data = changed(name, case["change"])
    answer = _answer(case, name)
    path = tmp_path / "ho-so.json"
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
    _check(regulation, path, data, answer)
    asked = {"cell": {f"/{key}/cell/grade": grade for key, grade in answer.get("writes", {}).items()}}
    for role, places in answer.get("writes_as", {}).items():
        asked[role] = {**asked.get(role, {}), **places}
    for role, places in asked.items():
        if not places:
            continue
        after = _written(path, tmp_path / f"{role}.json", role, monkeypatch)
        written = {}
        for pointer in places:
            container, last = place(after, resolved(pointer))
            written[pointer] = container.get(last)
        assert written == places, role


@pytest.mark.parametrize(("name", "case"), _table())
def test_the_same_through_excel(name: str, case: Mapping[str, Any], tmp_path: Path) -> None:
    regulation = load_regulation(name)
    data = changed(name, case["change"])
    path = tmp_path / "ho-so.xlsx"
    path.write_bytes(workbook_bytes(regulation, data))
    _check(regulation, path, data, _answer(case, name))


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_each_case_names_its_clauses(case: Mapping[str, Any]) -> None:
    """No answer without the clause it is printed in, and no answer that says nothing."""
    for name in case.get("only", REGULATIONS):
        assert case["clause"].get(name)
        answer = _answer(case, name)
        assert answer
        assert set(answer) <= {
            "grades",
            "out",
            "asks",
            "acts",
            "most",
            "told",
            "quiet",
            "writes",
            "writes_as",
            "packet",
        }


def test_there_are_enough_and_each_has_its_own_name() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES) >= 120
    assert {name for case in CASES for name in case.get("only", REGULATIONS)} == set(REGULATIONS)
