"""Adding a year is adding a folder: a made-up regulation, data alone, yields everything the five have."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from docgen.dossier import load_dossier
from docgen.forms.definition import load_form
from docgen.forms.fill import Filler, blank_form
from docgen.forms.schema import dossier_schema, form_schema
from docgen.grading import propose, rules_of
from docgen.pipeline import check_dossier, make_packet
from docgen.regulations.loader import load_regulation
from docgen.validation import validate_dossier
from docgen.word.after.written import paragraphs

FILES = {
    "regulation.yaml": """
regulation: qd-thu-2030
short: QĐ thử
number: "01-QĐ/THU"
issuer: Đơn vị thử nghiệm
issued: "2030-01-02"
title: Quy định thử về đánh giá đảng viên
forms: [phieu-tu-cham, bang-chung]
assessors:
  - id: tu_danh_gia
    subject: dang_vien
    label: Đảng viên tự chấm
    required: "yes"
    clause: QĐ thử Điều 2
packet:
  - form: phieu-tu-cham
    each: assessments
    assessors: [tu_danh_gia]
    clause: QĐ thử Điều 2
  - form: bang-chung
    each: dossier
    clause: QĐ thử Điều 3
""",
    "criteria.yaml": """
sets:
  dang-vien:
    - id: a
      number: "A"
      group: task
      text: Việc được giao
    - id: b
      number: "B"
      group: other
      text: Việc chung
""",
    "fields.yaml": """
fields:
  member.hobby: "text | Sở trường | Strength"
  members[].member.hobby: "text | Sở trường | Strength"
""",
    "forms/phieu-tu-cham.yaml": """
form: phieu-tu-cham
code: Mẫu T-01
name: Phiếu tự chấm
subject: dang_vien
record: assessment
status: verbatim
source:
  document: 01-QĐ/THU
  place: Mẫu T-01
required: [member.full_name, assessment.levels, assessment.proposed_grade]
title: ["PHIẾU TỰ CHẤM", "Năm {period.year}"]
body:
  - "Họ và tên: {member.full_name}; sở trường: {member.hobby}"
  - criteria: assessment.levels
    set: dang-vien
    head: ["TT", "VIỆC", "CẤP ĐỘ"]
  - "Tự nhận mức: {assessment.proposed_grade}"
  - sign: author
    text: ["**NGƯỜI TỰ CHẤM**"]
    name: member.full_name
""",
    "forms/bang-chung.yaml": """
form: bang-chung
code: Mẫu T-02
name: Bảng chung
subject: dang_vien
record: dossier
status: verbatim
source:
  document: 01-QĐ/THU
  place: Mẫu T-02
required: [members]
title: ["BẢNG CHUNG"]
body:
  - rows: members
    columns:
      - head: "TT"
        cell: "{index}"
        width: "10"
      - head: "Họ và tên"
        cell: "{members[].member.full_name}"
        width: "50"
      - head: "Sở trường"
        cell: "{members[].member.hobby}"
        width: "40"
""",
    "rules.yaml": """
regulation: qd-thu-2030
document: "QĐ thử"
rules:
  - id: qd-thu-2030/dang-vien/xuat-sac/1
    subjects: dang_vien
    clause: "QĐ thử Điều 4.1"
    wording: "Việc được giao đều đạt Xuất sắc."
    condition: {grade: HTXSNV, that: {all_at_least: {facts: [task_criteria_levels], value: xuat_sac}}}
  - id: qd-thu-2030/dang-vien/tot/1
    subjects: dang_vien
    clause: "QĐ thử Điều 4.2"
    wording: "Việc được giao đều đạt Tốt trở lên."
    condition: {grade: HTTNV, that: {all_at_least: {facts: [task_criteria_levels], value: tot}}}
  - id: qd-thu-2030/dang-vien/hoan-thanh/1
    subjects: dang_vien
    clause: "QĐ thử Điều 4.3"
    wording: "Không có tiêu chí Kém."
    condition: {grade: HTNV, that: {all_at_least: {facts: [task_criteria_levels], value: trung_binh}}}
  - id: qd-thu-2030/dang-vien/khong-hoan-thanh/0
    subjects: dang_vien
    clause: "QĐ thử Điều 4.4"
    wording: "Các trường hợp còn lại."
    catch_all: KHTNV
""",
}

DOSSIER = {
    "regulation": "qd-thu-2030",
    "period": {"year": 2030},
    "organization": {"name": "Tổ thử", "parent": "Đảng bộ thử", "kind": "chi_bo"},
    "document": {"place": "Cần Thơ", "date": "2030-12-20"},
    "members": [
        {
            "id": "dv-01",
            "member": {"full_name": "Đinh Văn Thử", "hobby": "Cờ tướng"},
            "assessments": {
                "tu_danh_gia": {
                    "assessor": "Tự chấm", "levels": {"a": "tot", "b": "kem"}, "proposed_grade": "HTTNV",
                },
            },
        },
    ],
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "van-ban" / "qd-thu-2030" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "van-ban"


@pytest.fixture
def dossier_file(tmp_path: Path) -> Path:
    path = tmp_path / "ho-so.json"
    path.write_text(json.dumps(DOSSIER, ensure_ascii=False), encoding="utf-8")
    return path


def test_forms_and_schemas(folder: Path) -> None:
    regulation = load_regulation("qd-thu-2030", [folder])
    for form in regulation.forms:
        definition = load_form(regulation, form)
        page = "\n".join(paragraphs(blank_form(definition)))
        assert definition.fixed_texts()[1] in page
        assert form_schema(definition)["title"].startswith("Mẫu T-")
    schema = dossier_schema([regulation])
    assert "hobby" in schema["properties"]["members"]["items"]["properties"]["member"]["properties"]


def test_filling(folder: Path) -> None:
    regulation = load_regulation("qd-thu-2030", [folder])
    record = {"id": "x", "member": {"full_name": "Nguyễn Văn A", "hobby": "Cờ"}, "assessment": {"levels": {"a": "tot"}}}
    page = paragraphs(Filler(load_form(regulation, "phieu-tu-cham")).fill(record))
    assert "Họ và tên: Nguyễn Văn A; sở trường: Cờ" in page
    assert page.count("☒") == 1


def test_validation(folder: Path, dossier_file: Path) -> None:
    dossier, _ = load_dossier(dossier_file, [folder])
    assert dossier is not None
    regulation = load_regulation("qd-thu-2030", [folder])
    assert [f.code for f in validate_dossier(dossier, regulation) if f.severity == "error"] == []
    broken = copy.deepcopy(DOSSIER)
    broken["members"][0]["member"]["hoby"] = "Cờ"  # type: ignore[index]
    broken["members"][0]["assessments"]["tu_danh_gia"]["levels"].pop("b")  # type: ignore[index]
    dossier_file.write_text(json.dumps(broken, ensure_ascii=False), encoding="utf-8")
    dossier, _ = load_dossier(dossier_file, [folder])
    assert dossier is not None
    found = {f.place.pointer for f in validate_dossier(dossier, regulation) if f.severity == "error"}
    assert any(pointer.endswith("hoby") for pointer in found)
    assert any("levels" in pointer for pointer in found)


@pytest.mark.parametrize(
    ("level", "grade"), [("xuat_sac", "HTXSNV"), ("tot", "HTTNV"), ("trung_binh", "HTNV"), ("kem", "KHTNV")]
)
def test_grading(folder: Path, level: str, grade: str) -> None:
    rules = rules_of("qd-thu-2030", [folder])
    assert propose(rules, "dang_vien", {"task_criteria_levels": [level]}).grade == grade
    assert propose(rules, "dang_vien", {}).grade is None


def test_packet(folder: Path, dossier_file: Path, tmp_path: Path) -> None:
    checked = check_dossier(dossier_file, [folder])
    assert checked.board.row("dv-01").grade == "HTTNV"
    packet, _ = make_packet(dossier_file, tmp_path / "p", folders=[folder])
    assert packet is not None
    assert [d.definition.form for d in packet.documents] == ["phieu-tu-cham", "bang-chung"]
    assert (tmp_path / "p" / "manifest.json").is_file()
