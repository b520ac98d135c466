"""`docgen tally`: votes of a dossier or of a file of counts, and the minutes in Word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli_run import Run

from docgen.dossier.sample import sample_dossier
from docgen.word.after.written import paragraphs


@pytest.fixture
def voted(tmp_path: Path) -> Path:
    path = tmp_path / "ho-so.json"
    path.write_text(json.dumps(sample_dossier("hd19-2024"), ensure_ascii=False), encoding="utf-8")
    return path


def test_a_dossier_is_counted_and_its_minutes_written(run: Run, voted: Path, tmp_path: Path) -> None:
    done = run("tally", voted, "--json", "-o", tmp_path / "bb.docx")
    assert done.code == 0, done.err
    result: dict[str, Any] = json.loads(done.out[: done.out.rindex("}") + 1])
    by_name = {person["name"]: person for person in result["people"]}
    assert by_name["Phạm Thị D"]["grade"] == "HTXSNV"
    page = paragraphs((tmp_path / "bb.docx").read_bytes())
    assert "BIÊN BẢN KIỂM PHIẾU" in page
    assert any("Phạm Thị D" in text for text in page)


def test_counts_that_cannot_be_true_are_errors(run: Run, voted: Path, tmp_path: Path) -> None:
    data = json.loads(voted.read_text(encoding="utf-8"))
    data["ballots"]["collected"] = data["ballots"]["issued"] + 3
    voted.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    done = run("tally", voted, "-o", tmp_path / "bb.docx")
    assert done.code == 1
    assert not (tmp_path / "bb.docx").exists()


def test_plain_counts_need_no_dossier(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "phieu.json"
    votes = {"HTXSNV": 3, "HTTNV": 6, "HTNV": 1, "KHTNV": 0}
    people = [{"id": "a", "name": "Nguyễn Văn A", "votes": votes}]
    counts = {"regulation": "hd19-2024", "issued": 10, "collected": 10, "invalid": 0, "people": people}
    source.write_text(json.dumps(counts), encoding="utf-8")
    assert run("tally", source, "--json").json["people"][0]["grade"] == "HTTNV"
    refused = run("tally", source, "-o", tmp_path / "bb.docx")
    assert refused.code == 2
    assert not (tmp_path / "bb.docx").exists()


def test_a_regulation_that_prints_no_minutes_has_docgens_own_draft(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "ho-so.json"
    path.write_text(json.dumps(sample_dossier("kh55-2018"), ensure_ascii=False), encoding="utf-8")
    done = run("tally", path, "-o", tmp_path / "bb.docx")
    assert done.code == 0
    assert "Số phiếu hợp lệ" in " ".join(paragraphs((tmp_path / "bb.docx").read_bytes()))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ballots": "x"}, "validation.shape.needs_mapping"),
        ({"members": "x"}, "validation.shape.needs_list"),
        ({"members": ["x"]}, "validation.shape.needs_mapping"),
        ({"members": [], "ballots": {}}, "grading.tally.nothing"),
    ],
)
def test_votes_of_another_shape_are_named_not_left_out(run: Run, tmp_path: Path, change: Any, code: str) -> None:
    path = tmp_path / "ho-so.json"
    path.write_text(json.dumps({"regulation": "kh55-2018", "members": [], **change}), encoding="utf-8")
    done = run("tally", path)
    assert done.code == 1
    assert code in done.err


@pytest.mark.parametrize("named", ["kh55-2081", 5, ["kh55-2018"], None, {"any": "x"}])
def test_counts_of_an_unknown_regulation_are_a_fault_of_the_file(run: Run, tmp_path: Path, named: Any) -> None:
    path = tmp_path / "phieu.json"
    path.write_text(json.dumps({"regulation": named, "issued": 3, "people": []}), encoding="utf-8")
    assert run("tally", path).code == 1
