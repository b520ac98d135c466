"""Days of the papers that cannot follow one another, people who cannot have been there: told, with both sides."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from docgen.dossier.sample import sample_dossier
from docgen.dossier.sample_office import add_office
from docgen.pipeline import check_dossier
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.regulations.office import office


def found(tmp_path: Path, change: dict[str, dict[str, Any]]) -> list[tuple[str, str, str]]:
    data = sample_dossier("hd43-2025", year=2026)
    add_office(load_regulation("hd43-2025"), data)
    for root, values in change.items():
        data.setdefault(root, {}).update(values)
    path = tmp_path / "ho-so.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    findings = check_dossier(path, grade=False).findings
    return [(f.code, f.severity, f.place.pointer) for f in findings if f.code.startswith("validation.office")]


@pytest.mark.parametrize("name", list_regulations())
def test_the_sample_with_its_papers_has_none(name: str, tmp_path: Path) -> None:
    data = sample_dossier(name)
    add_office(load_regulation(name), data)
    path = tmp_path / "ho-so.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    findings = check_dossier(path, grade=False).findings
    assert [f.code for f in findings if f.severity == "error"] == []
    assert [f.code for f in findings if f.code.startswith("validation.office")] == []


@pytest.mark.parametrize(("first", "then"), office().dates)
def test_a_day_before_the_one_it_follows_is_an_error(first: str, then: str, tmp_path: Path) -> None:
    # One long before, one long after every other day of the sample: only this pair can be wrong in this way.
    (root, leaf), (other, below) = then.split("."), first.split(".")
    change: dict[str, dict[str, Any]] = {root: {leaf: "2026-12-21"}}
    change.setdefault(other, {})[below] = "2026-12-22"
    assert ("validation.office.dates", "error", f"/{root}/{leaf}") in found(tmp_path, change)
    change[other][below] = change[root][leaf]  # the same day is no fault
    assert all(place != f"/{root}/{leaf}" or code != "validation.office.dates" for code, _, place in found(
        tmp_path, {**change, **{r: dict.fromkeys(keys, "2026-12-21") for r, keys in DAYS.items()}}))  # fmt: skip


#: Every day that a pair names.
DAYS: dict[str, set[str]] = {}
for pair in office().dates:
    for binding in pair:
        DAYS.setdefault(binding.split(".")[0], set()).add(binding.split(".")[1])


def test_more_present_than_summoned(tmp_path: Path) -> None:
    got = found(tmp_path, {"meeting": {"summoned": 16, "present": 17}})
    assert got == [("validation.office.present", "error", "/meeting/present")]


def test_more_ballots_than_people(tmp_path: Path) -> None:
    got = found(tmp_path, {"meeting": {"present": 9}, "ballots": {"issued": 10, "collected": 10, "invalid": 1}})
    assert ("validation.office.issued", "warning", "/ballots/issued") in got


def test_every_place_of_a_date_is_a_date() -> None:
    fields = load_regulation("hd43-2025").fields
    assert {fields[binding].type for pair in office().dates for binding in pair} == {"date"}
