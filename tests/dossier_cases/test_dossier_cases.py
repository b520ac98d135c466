"""Whole dossiers, answered by hand from the clauses before docgen was asked; the same through Excel.

The tables: `cases.yaml` (whose head tells the keys), `bodies.yaml`, `members.yaml`, `ballots.yaml`. What a case does
not say is what `plain.yaml` says of the plain dossier. So each case has four whole answers, and each is checked: every
row of the board with every question, every place of which something is said, every grade that `grade --write` writes,
and whether the packet is made, by making it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from clean_dossiers import changed, member, place, resolved

from docgen.dossier.excel import workbook_bytes
from docgen.dossier.load import load_dossier
from docgen.grading.dossier_board import Board
from docgen.i18n import message
from docgen.model import GRADES, Finding
from docgen.pipeline import Checked, PacketOptions, check_loaded, packet_of, write_grades
from docgen.regulations.loader import load_regulation

FILES = ("cases.yaml", "bodies.yaml", "members.yaml", "ballots.yaml", "mixed.yaml", "hd43.yaml")


def _read(name: str) -> Any:
    return yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))


PLAIN = _read("plain.yaml")
REGULATIONS = tuple(PLAIN)
#: Those a case is about that names none: HD 43 has a plain dossier of another kind, and cases of its own.
OLDER = tuple(name for name in REGULATIONS if name != "hd43-2025")
CASES = [case for file in FILES for case in _read(file)]
#: Worst first.
WORST = tuple(reversed(GRADES))
KEYS = {"grades", "out", "asks", "acts", "most", "told", "quiet", "writes", "writes_as", "stops"}


def _table() -> list[Any]:
    return [pytest.param(name, case, id=f"{name}-{case['id']}") for case in CASES for name in case.get("only", OLDER)]


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    out = dict(below)
    for key, value in above.items():
        out[key] = {**out[key], **value} if isinstance(value, dict) and isinstance(out.get(key), dict) else value
    return out


def _own(case: Mapping[str, Any], name: str) -> dict[str, Any]:
    """What the case itself says of a regulation."""
    return _laid_over(case["answer"].get("all", {}), case["answer"].get(name, {}))


def _answer(case: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The whole answer: what the case says over what follows from its change over what the plain dossier has."""
    own, change = _own(case, name), case["change"]
    nothing: dict[str, Any] = {"told": [], "quiet": [], "writes": {}, "stops": []}
    worth = {key: grade for grade, keys in change.get("worth", {}).items() for key in keys}
    out = dict.fromkeys(own.get("out", ()))
    answer = _laid_over(_laid_over({**nothing, **PLAIN[name]["answer"]}, {"grades": {**worth, **out}}), own)
    answer["told"] = [*answer["told"], *change.get("undecided", ())]
    if name in OLDER:  # HD 43 prints no such ceilings.
        _follow(answer, own)
    return answer


def _follow(answer: dict[str, Any], own: Mapping[str, Any]) -> None:
    """What follows from the body's grade: its collective and its head are not above it (`plain.yaml`)."""
    body, asked = answer["grades"].get("party_organization", "HTTNV"), answer["asks"].get("party_organization")
    said = own.get("grades", {})
    answer["grades"], answer["asks"] = dict(answer["grades"]), dict(answer["asks"])
    if body in ("HTXSNV", "HTNV", "KHTNV") and not asked:
        answer["grades"]["collective"] = said.get("collective", min(body, "HTTNV", key=WORST.index))
        answer["asks"]["collective"] = [*answer["asks"].get("collective", ()), "org_grade"]
        answer["told"] = [*answer["told"], "/collective/facts/org_grade"]
    if answer["grades"].get("collective") in ("HTNV", "KHTNV"):  # The report still says HTTNV.
        answer["told"] = [*answer["told"], "/collective/proposed_grade"]
    bounds = [body, answer["grades"].get("collective", "HTTNV")]
    bound = min((grade for grade in bounds if grade), key=WORST.index, default="HTTNV")
    if bound in ("HTNV", "KHTNV"):
        answer["grades"]["dv-01.can_bo"] = said.get("dv-01.can_bo", bound)
        answer["asks"]["dv-01"] = [*answer["asks"].get("dv-01", ()), "A08"]


def _where(key: str) -> str:
    return resolved(key)


#: Said of many a case beside the point: nothing a case asks about may rest on these alone.
BESIDE = ("validation.grade.self_above", "validation.member.no_birth_date")


def _is_at(finding: Finding, data: Mapping[str, Any], key: str) -> bool:
    """True for what is said at the place `key` or, for a member, of the person by name."""
    where = _where(key)
    inside = key != "/members" and finding.place.pointer.startswith(where.rstrip("/") + "/")
    if finding.place.pointer == where or inside:
        return True
    if not key.startswith("dv-"):
        return False
    name = member(data, key)["member"]["full_name"]
    return finding.who == key or name in message(finding.code, "vi", **finding.params)


def _told(findings: list[Finding]) -> list[Finding]:
    """What is said above information."""
    return [one for one in findings if one.severity != "info" and one.code not in BESIDE]


def _check_board(board: Board, answer: Mapping[str, Any]) -> None:
    rows = {row.id: row for row in board.rows}
    grades = {**dict.fromkeys(rows, answer["grades"]["each"]), **answer["grades"]}
    del grades["each"]
    assert {key: row.grade or None for key, row in rows.items()} == grades
    assert sorted(key for key, row in rows.items() if row.proposal.not_ranked) == sorted(answer["out"])
    asked = {key: row.proposal.needs_human for key, row in rows.items()}
    asked["quota"] = board.quota.needs_human if board.quota is not None else ()
    expected = {key: codes for key, codes in answer["asks"].items() if codes}
    assert {key: codes for key, codes in asked.items() if codes}.keys() == expected.keys(), asked
    for key, codes in expected.items():
        assert all(any(code in one for one in asked[key]) for code in codes), (key, asked[key])
        assert all(any(code in one for code in codes) for one in asked[key]), (key, asked[key])
    for key, row in rows.items():
        assert sorted(row.proposal.actions) == sorted(answer.get("acts", {}).get(key, ())), key
    if "most" in answer:
        assert board.quota is not None
        assert board.quota.max_excellent == answer["most"]


def _check_findings(findings: list[Finding], data: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
    told = _told(findings)
    for key in answer["told"]:
        assert any(_is_at(one, data, key) for one in told), (key, "nothing said", [f.code for f in findings])
    for key in answer["quiet"]:
        assert not (said := [one.code for one in told if _is_at(one, data, key)]), (key, said)
    beside = [one for one in told if not any(_is_at(one, data, key) for key in answer["told"])]
    assert not beside, [(one.code, one.place.pointer) for one in beside]
    errors = [one for one in findings if one.severity == "error"]
    for key in answer["stops"]:
        assert any(_is_at(one, data, key) for one in errors), (key, "no error", [f.code for f in errors])
    other = [one for one in errors if not any(_is_at(one, data, key) for key in answer["stops"])]
    assert not other, [(one.code, one.place.pointer) for one in other]


def _written(path: Path, checked: Checked, role: str) -> dict[str, Any]:
    """What `docgen grade --write --role ROLE` leaves in the file; a dossier that is not writable stays as it is."""
    if not checked.writable:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    after: dict[str, Any] = json.loads(
        write_grades(checked, path, path.with_name(f"{role}.json"), role=role).file.read_text(encoding="utf-8")
    )
    return after


def _changes(before: Any, after: Any, at: str = "") -> dict[str, Any]:
    """Every place at which two dossiers differ, with what stands there afterwards."""
    if isinstance(before, dict) and isinstance(after, dict):
        found: dict[str, Any] = {}
        for key in [*before, *(key for key in after if key not in before)]:
            found |= _changes(before.get(key), after.get(key), f"{at}/{key}")
        return found
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return {
            k: v
            for n, pair in enumerate(zip(before, after, strict=True))
            for k, v in _changes(*pair, f"{at}/{n}").items()
        }
    if before is None and isinstance(after, dict):
        return _changes({}, after, at)
    return {} if before == after else {at: after}


def _check_writing(path: Path, data: Mapping[str, Any], checked: Checked, answer: Mapping[str, Any]) -> None:
    """The cell's places, all that was written there; of other roles the places the case names."""
    after = {role: _written(path, checked, role) for role in {"cell", *answer.get("writes_as", {})}}
    written = _changes(data, after["cell"])
    expected = {resolved(f"/{key}/cell/grade"): grade for key, grade in answer["writes"].items() if grade}
    assert written == expected
    for role, places in answer.get("writes_as", {}).items():
        for pointer, grade in places.items():
            container, last = place(after[role], resolved(pointer))
            assert container.get(last) == grade, (role, pointer)


def _check_packet(checked: Checked, folder: Path, answer: Mapping[str, Any]) -> None:
    """The packet is made, whole and no draft; or it is not, and nothing lies there."""
    packet = packet_of(checked, "ho-so.json", folder, PacketOptions(jobs=1))
    if answer["stops"]:
        assert packet is None
        assert not folder.exists()
        return
    assert packet is not None
    assert not packet.draft
    listed = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    there = {file.name for file in folder.iterdir()} - {"manifest.json"}
    assert {one["file"] for one in (*listed["files"], *listed["extras"])} == there
    assert len(packet.documents) > 14


@pytest.mark.parametrize(("name", "case"), _table())
def test_a_case(name: str, case: Mapping[str, Any], tmp_path: Path) -> None:
    data = changed(name, case["change"])
    answer = _answer(case, name)
    path = tmp_path / "ho-so.json"
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
    dossier, found = load_dossier(path)
    checked = check_loaded(dossier, found)
    _check_board(checked.board, answer)
    _check_findings(checked.findings, data, answer)
    _check_writing(path, data, checked, answer)
    _check_packet(checked, tmp_path / "bo-ho-so", answer)


@pytest.mark.parametrize(("name", "case"), _table())
def test_the_same_through_excel(name: str, case: Mapping[str, Any], tmp_path: Path) -> None:
    """The workbook says what the JSON file says, so what is written and whether a packet is made is the same too."""
    data = changed(name, case["change"])
    answer = _answer(case, name)
    path = tmp_path / "ho-so.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    typed, _ = load_dossier(path)
    book = tmp_path / "ho-so.xlsx"
    book.write_bytes(workbook_bytes(load_regulation(name), data))
    dossier, found = load_dossier(book)
    assert dossier is not None
    checked = check_loaded(dossier, found)
    if "excel" in case:  # Why a workbook cannot say the same: what stops the packet stops it there too.
        assert any(_is_at(one, data, key) for one in checked.findings for key in answer["stops"])
        assert not checked.sound
        return
    _check_board(checked.board, answer)
    _check_findings(checked.findings, data, answer)
    assert typed is not None
    assert dossier.data == typed.data


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_each_case_names_its_clauses(case: Mapping[str, Any]) -> None:
    """No answer without the clause it is printed in, and no answer that says nothing."""
    for name in case.get("only", OLDER):
        assert case["clause"].get(name)
        assert _own(case, name)
        assert set(_own(case, name)) <= KEYS


def test_there_are_enough_and_each_has_its_own_name() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES) >= 120
    assert {name for case in CASES for name in case.get("only", OLDER)} == set(REGULATIONS)
    assert all(one["clause"] for one in PLAIN.values())
