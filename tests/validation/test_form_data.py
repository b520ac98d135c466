"""The data of one form, and reports."""

from __future__ import annotations

import pytest

from docgen.forms.definition import load_form
from docgen.forms.example import sample_record
from docgen.model import Finding, Place
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.validation import render_text, to_json, validate_form_data

FORMS = [(r, f) for r in list_regulations() for f in load_regulation(r).forms]


@pytest.mark.parametrize(("regulation_id", "form"), FORMS)
def test_example_record_conforms(regulation_id: str, form: str) -> None:
    regulation = load_regulation(regulation_id)
    definition = load_form(regulation, form)
    record = sample_record(definition)
    assert record["id"] == f"{form}-vi-du"
    assert validate_form_data(record, definition) == []


def test_missing_criteria_are_one_finding_with_their_printed_numbers() -> None:
    regulation = load_regulation("hd16-2018")
    definition = load_form(regulation, "mau-05")
    record = sample_record(definition)
    del record["assessment"]["levels"]["ii1"], record["assessment"]["levels"]["ii2"]
    found = validate_form_data(record, definition, file="a.jsonl", line=7)
    assert [f.code for f in found] == ["validation.levels.missing"]
    assert found[0].params["criteria"] == "II.1, II.2"
    assert str(found[0].place).endswith(" (dòng 7)")


def test_text_is_taken_for_paragraphs_and_prompts_are_found() -> None:
    regulation = load_regulation("hd16-2018")
    definition = load_form(regulation, "mau-02")
    record = sample_record(definition)
    record["review"]["ideology"] = "Một\nHai"
    record["review"]["ethics"] = "…………"
    del record["review"]["style"]
    codes = {f.code: f.place.pointer for f in validate_form_data(record, definition)}
    assert codes == {"validation.section.dots": "/review/ethics", "validation.section.empty": "/review/style"}


def test_what_is_no_record_at_all() -> None:
    regulation = load_regulation("hd16-2018")
    found = validate_form_data(["a"], load_form(regulation, "mau-02"))
    assert [f.code for f in found] == ["dossier.json.not_object"]


def test_report_groups_by_person_and_names_the_place() -> None:
    place = Place("ho-so.json", "/members/0/member/birth_date", line=12)
    findings = [
        Finding("validation.members.none", "error", Place("ho-so.json", "/members", "/members")),
        Finding("validation.member.no_birth_date", "warning", place, {}, "dv-01"),
    ]
    text = render_text(findings, "vi", {"dv-01": "Nguyễn Văn A"})
    assert "dv-01 – Nguyễn Văn A" in text
    assert "(dòng 12)" in text
    assert "Tổng cộng: 1 lỗi, 1 cảnh báo, 0 thông tin." in text
    english = render_text(findings, "en")
    assert "In all: errors 1, warnings 1, notes 0." in english
    assert "(line 12)" in english
    assert "dòng" not in english
    assert render_text([], "vi").strip()
    entry = to_json(findings, "en")[1]
    assert list(entry) == ["code", "severity", "file", "pointer", "source", "who", "message", "hint", "line"]
    assert (entry["source"], entry["line"]) == ("/members/0/member/birth_date (line 12)", 12)
    assert entry["who"] == "dv-01"
