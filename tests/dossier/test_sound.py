"""What stands in a dossier where something of another kind belongs: reported, and met by no later room."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from docgen.dossier import dossier_from_data, load_dossier
from docgen.dossier.sample import sample_dossier
from docgen.pipeline import check_loaded

#: A place, what is written there, and what stands there for the rooms after the door (`None`: nothing).
CASES: list[tuple[str, Any, Any]] = [
    ("members", 5, []),
    ("members", True, []),
    ("members", "x", []),
    ("organization", "x", {}),
    ("period", [1], {}),
    ("document", "x", {}),
    ("ballots", "x", {}),
    ("members/0", "x", {}),
    ("members/0/member", [1], {}),
    ("members/0/member/full_name", ["x"], None),
    ("members/0/member/full_name", 5, "5"),
    ("members/0/assessments", "x", {}),
    ("members/0/assessments/tu_danh_gia", "x", {}),
    ("members/0/assessments/tu_danh_gia/levels", "x", None),
    ("members/0/assessments/tu_danh_gia/proposed_grade", {"a": 1}, None),
    ("members/0/facts", [1], None),
]


def _parent(data: Any, steps: list[str]) -> Any:
    for step in steps:
        data = data[int(step)] if isinstance(data, list) else data[step]
    return data


@pytest.mark.parametrize(("place", "given", "kept"), CASES, ids=[f"{p}={g!r}" for p, g, _ in CASES])
def test_another_kind_is_reported_and_replaced(place: str, given: Any, kept: Any) -> None:
    data = sample_dossier("kh55-2018", members=2)
    *above, name = place.split("/")
    holder = _parent(data, above)
    if isinstance(holder, list):
        holder[int(name)] = given
    else:
        holder[name] = given
    dossier, findings = dossier_from_data(data)
    assert dossier is not None
    found = _parent(dossier.data, above)
    assert (found[int(name)] if isinstance(found, list) else found.get(name)) == kept
    checked = check_loaded(dossier, findings)
    errors = {f.place.pointer for f in checked.findings if f.severity == "error"}
    assert any(pointer == f"/{place}" or pointer.startswith(f"/{place}/") for pointer in errors)


def test_a_sound_dossier_is_kept_itself() -> None:
    dossier, _ = dossier_from_data(sample_dossier("kh55-2018", members=2))
    assert dossier is not None
    assert dossier.data is dossier.given


def test_the_other_members_are_kept_beside_one_that_is_a_text() -> None:
    data = sample_dossier("kh55-2018", members=2)
    second = data["members"][1]["id"]
    data["members"][0] = "x"
    dossier, _ = dossier_from_data(data)
    assert dossier is not None
    assert [m.get("id") for m in dossier.members] == [None, second]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "ho-so.json"
    os.mkfifo(path)
    dossier, findings = load_dossier(path)
    assert dossier is None
    assert [f.code for f in findings] == ["dossier.file.not_regular"]
