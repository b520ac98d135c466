"""`docgen validate FILE.docx`: a returned form is checked as a file, as a form and as data, all at once."""

from __future__ import annotations

import copy
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from docgen.forms.definition import FormDefinition, load_form
from docgen.forms.example import sample_record
from docgen.forms.fill import Filler, blank_form
from docgen.model import Finding
from docgen.regulations.loader import RegulationData, load_regulation
from docgen.validation.word_file import validate_word_file

sys.path.insert(0, str(Path(__file__).parents[1] / "forms"))

from word_edits import Edit, row_of, tag_of

LEVELS = ("xuat_sac", "tot", "trung_binh", "kem")


@cache
def maker(name: str) -> tuple[RegulationData, FormDefinition, dict[str, Any], Filler]:
    regulation = load_regulation("kh55-2018")
    definition = load_form(regulation, name)
    return regulation, definition, sample_record(definition), Filler(definition)


def checked(tmp_path: Path, docx: bytes) -> list[Finding]:
    path = tmp_path / "a.docx"
    path.write_bytes(docx)
    return validate_word_file(path)


def codes(findings: list[Finding]) -> list[str]:
    return [f.code for f in findings]


def test_a_well_filled_form_has_no_findings(tmp_path: Path) -> None:
    for name in ("mau-01", "mau-02", "mau-05", "mau-06", "phu-luc"):
        _, _, record, filler = maker(name)
        assert checked(tmp_path, filler.fill(record)) == [], name


def test_a_blank_form_lacks_every_required_section(tmp_path: Path) -> None:
    _, definition, _, _ = maker("mau-02")
    findings = checked(tmp_path, blank_form(definition))
    assert {f.severity for f in findings if f.code != "read.prompt.unfilled"} == {"error"}
    said = " ".join(str(f.place) for f in findings)
    for binding in definition.required:
        assert "/" + binding.replace(".", "/") in {f.place.pointer for f in findings} or binding in said
    assert codes(findings)[-1] == "read.prompt.unfilled"


def test_an_empty_required_section_is_named_with_its_place(tmp_path: Path) -> None:
    _, _, record, filler = maker("mau-02")
    edit = Edit(filler.fill(record))
    edit.type("review.shortcomings", "…" * 38)
    findings = checked(tmp_path, edit.save())
    lacking = [f for f in findings if f.place.pointer == "/review/shortcomings"]
    assert [f.severity for f in lacking] == ["error"]
    assert "Hạn chế, khuyết điểm" in lacking[0].place.source
    assert "Hạn chế, khuyết điểm" in lacking[0].text()


def test_an_unreadable_value_is_not_also_missing(tmp_path: Path) -> None:
    _, _, record, filler = maker("mau-05")
    edit = Edit(filler.fill(record))
    edit.type("assessment.proposed_grade", "Giỏi")
    assert codes(checked(tmp_path, edit.save())) == ["read.choice.unknown"]


def test_wording_ticks_and_signatures_come_in_one_list_errors_first(tmp_path: Path) -> None:
    _, _, record, filler = maker("mau-05")
    edit = Edit(filler.fill(record))
    edit.tick("assessment.levels.i1=kem")
    for t in edit.paragraph("Nhận xét chung").iter():
        if t.text and t.text.startswith("Nhận xét"):
            t.text = "Ý kiến chung: "
    row = row_of(edit.paragraph("Đại diện lãnh đạo"))
    row.getparent().remove(row)  # type: ignore[union-attr]
    findings = checked(tmp_path, edit.save())
    assert {"read.box.two", "read.sign.missing"} <= set(codes(findings))
    severities = [f.severity for f in findings]
    assert severities == sorted(severities, key=["error", "warning", "info"].index)


@pytest.mark.parametrize(
    ("grade", "level", "code"),
    [
        ("HTXSNV", "tot", "read.grade.above"), ("HTTNV", "kem", "read.grade.above"),
        ("HTNV", "tot", "read.grade.below"), ("KHTNV", "xuat_sac", "read.grade.below"),
        ("HTXSNV", "xuat_sac", ""), ("HTNV", "trung_binh", ""),
    ],
)  # fmt: skip
def test_a_grade_beyond_every_tick(tmp_path: Path, grade: str, level: str, code: str) -> None:
    _, _, record, filler = maker("mau-05")
    record = copy.deepcopy(record)
    record["assessment"]["proposed_grade"] = grade
    record["assessment"]["levels"] = dict.fromkeys(record["assessment"]["levels"], level)
    assert [c for c in codes(checked(tmp_path, filler.fill(record))) if c.startswith("read.grade")] == [code] * bool(
        code
    )


def test_macros_and_links_are_refused(tmp_path: Path) -> None:
    _, _, record, filler = maker("mau-05")
    edit = Edit(filler.fill(record))
    edit.parts["word/vbaProject.bin"] = b"x"
    edit.parts["word/_rels/document.xml.rels"] = edit.parts["word/_rels/document.xml.rels"].replace(
        b"</Relationships>",
        b'<Relationship Id="rId77" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" '
        b'Target="http://example.invalid/a.png" TargetMode="External"/></Relationships>',
    )
    assert codes(checked(tmp_path, edit.save()))[:2] == ["read.file.macro", "read.file.external_link"]


def test_no_finding_about_a_file_that_cannot_be_read_but_that_one(tmp_path: Path) -> None:
    assert codes(checked(tmp_path, b"{\\rtf1}")) == ["read.file.rtf"]
    assert codes(validate_word_file(tmp_path / "none.docx")) == ["read.file.missing"]


def test_the_tags_of_the_form_used_here_exist() -> None:
    """The edits above do something: their tags are in the form."""
    _, _, record, filler = maker("mau-05")
    tags = {tag_of(c) for c in Edit(filler.fill(record)).root.iter("{*}sdt")}
    assert {"assessment.levels.i1=kem", "assessment.proposed_grade"} <= tags
