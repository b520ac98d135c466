"""`docgen regulations --check`: every fault of every file, by file and line, in both languages, and exit code 1."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from docgen.cli import cli, error_text
from docgen.errors import DefinitionError
from docgen.model import Finding
from docgen.pipeline import check_regulation
from docgen.regulations.loader import builtin_folder, forget_regulations, load_regulation
from docgen.regulations.rules import load_rules

FORM = """form: phieu
code: Mẫu T-01
name: Phiếu
subject: dang_vien
record: assessment
status: verbatim
source: {document: 01-QĐ/THU, place: Mẫu T-01}
required: [member.full_name]
title: ["PHIẾU"]
body:
  - "Họ và tên: {member.full_name}"
  - criteria: assessment.levels
    set: dang-vien
    head: ["TT", "VIỆC", "CẤP ĐỘ"]
  - sign: author
    text: ["**NGƯỜI TỰ CHẤM**"]
    name: member.full_name
"""
SOUND = {
    "regulation.yaml": """regulation: qd-thu-2030
short: QĐ thử
number: "01-QĐ/THU"
issuer: Đơn vị thử
issued: "2030-01-02"
title: Quy định thử
forms: [phieu]
assessors:
  - id: tu_danh_gia
    subject: dang_vien
    label: Tự chấm
    clause: Điều 2
packet:
  - form: phieu
    each: assessments
    assessors: [tu_danh_gia]
    clause: Điều 2
deadlines:
  - what: Gửi phiếu
    before: "2030-12-01"
    clause: Điều 3
enclosures:
  - what: Biên bản
    whose: chi bộ
    clause: Điều 4
""",
    "criteria.yaml": """sets:
  dang-vien:
    - id: a
      number: "A"
      group: task
      text: Việc được giao
""",
    "fields.yaml": """fields:
  member.hobby: "text | Sở trường | Strength"
""",
    "facts.yaml": """thu_bool:
  type: bool
  subjects: dang_vien
  vi: điều thử
  en: a trial
""",
    "forms/phieu.yaml": FORM,
    "rules.yaml": """regulation: qd-thu-2030
document: QĐ thử
rules:
  - id: qd-thu-2030/tot
    subjects: dang_vien
    clause: Điều 5
    wording: Việc được giao đều đạt Tốt trở lên.
    condition: {grade: HTTNV, that: {all_at_least: {facts: [task_criteria_levels], value: tot}}}
  - id: qd-thu-2030/con-lai
    subjects: dang_vien
    clause: Điều 6
    wording: Các trường hợp còn lại.
    catch_all: KHTNV
""",
}
Change = tuple[str, str, str]


@pytest.fixture
def check(tmp_path: Path) -> Callable[..., list[Finding]]:
    """Write the sound regulation with some texts changed, and check it."""

    def write(*changes: Change) -> list[Finding]:
        texts = dict(SOUND)
        for file, old, new in changes:
            assert old in texts[file], (file, old)
            texts[file] = texts[file].replace(old, new, 1)
        for name, text in texts.items():
            path = tmp_path / "qd-thu-2030" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        forget_regulations()
        return check_regulation("qd-thu-2030", [tmp_path])

    return write


def told(findings: list[Finding]) -> list[tuple[str, str, int]]:
    return [(f.code, Path(f.place.file).name, f.place.line) for f in findings]


def test_a_sound_regulation_has_no_faults(check: Callable[..., list[Finding]]) -> None:
    assert check() == []


@pytest.mark.parametrize("regulation", ["kh55-2018", "hd43-2025"])
def test_what_comes_with_docgen_is_sound(regulation: str) -> None:
    assert check_regulation(regulation) == []


#: The five stops of somebody who wrote a sixth regulation from the documentation.
STOPS: dict[str, tuple[Change, tuple[str, str, int], str]] = {
    "a signer's name in braces, quoted": (
        ("forms/phieu.yaml", "name: member.full_name", 'name: "{member.full_name}"'),
        ("errors.definition.braces", "phieu.yaml", 17),
        "member.full_name",
    ),
    "a signer's name in braces, which YAML takes for a mapping": (
        ("forms/phieu.yaml", "name: member.full_name", "name: {member.full_name}"),
        ("errors.definition.braces", "phieu.yaml", 17),
        "member.full_name",
    ),
    "a condition without its grade": (
        ("rules.yaml", "{grade: HTTNV, that: ", "{that: "),
        ("errors.definition.missing_key", "rules.yaml", 8),
        "grade",
    ),
    "a heading of a table in one text": (
        ("forms/phieu.yaml", 'head: ["TT", "VIỆC", "CẤP ĐỘ"]', "head: TIÊU CHÍ"),
        ("errors.definition.head_count", "phieu.yaml", 14),
        "3",
    ),
    "a table of an assessment on a member's form": (
        ("forms/phieu.yaml", "record: assessment", "record: member"),
        ("errors.definition.wrong_record", "phieu.yaml", 12),
        "assessment.levels",
    ),
    "a fault in the rules": (
        ("rules.yaml", "all_at_least", "all_at_lest"),
        ("grading.definition.unknown_predicate", "rules.yaml", 8),
        "all_at_least",
    ),
}


@pytest.mark.parametrize("stop", STOPS)
def test_the_stops_of_a_sixth_regulation(check: Callable[..., list[Finding]], stop: str) -> None:
    change, due, word = STOPS[stop]
    found = check(change)
    assert told(found) == [due]
    for language in ("vi", "en"):
        assert word in found[0].text(language)
        assert "Error" not in found[0].text(language)


#: One fault in each kind of file and part: file and line where it is told, what is written for what, the code.
FAULTS = [
    ("regulation.yaml", 5, 'issued: "2030-01-02"', "issued: hôm qua", "errors.definition.not_a_date"),
    ("regulation.yaml", 6, "title: Q", "titel: x\ntitle: Q", "errors.definition.unknown_key"),
    ("regulation.yaml", 7, "forms: [phieu]", "forms: [phieu, bang]", "errors.definition.unknown_value"),
    ("regulation.yaml", 10, "subject: dang_vien", "subject: nguoi", "errors.definition.unknown_value"),
    ("regulation.yaml", 15, "each: assessments", "each: members", "errors.definition.wrong_each"),
    ("regulation.yaml", 20, 'before: "2030-12-01"', "before: cuối năm", "errors.definition.not_a_date"),
    ("regulation.yaml", 25, "whose: chi bộ", "whose: chi bộ\n    cua: ai", "errors.definition.unknown_key"),
    ("regulation.yaml", 26, "Điều 4", "Điều 4\n    only: member.ledaer=true", "errors.definition.place"),
    ("criteria.yaml", 5, "group: task", "group: viec", "errors.definition.unread_group"),
    ("criteria.yaml", 3, "id: a", "id: items", "errors.definition.forbidden_name"),
    ("fields.yaml", 2, "text | Sở trường | Strength", "text | Sở trường", "errors.definition.field_shape"),
    ("facts.yaml", 2, "type: bool", "type: boolean", "grading.definition.bad_value"),
    ("forms/phieu.yaml", 11, ": {member.full_name}", ": {member.ful_name}", "errors.definition.unknown_binding"),
    ("forms/phieu.yaml", 8, "d: [member.full_name]", "d: [member.hobby]", "errors.definition.unknown_binding"),
    ("rules.yaml", 9, "30/con-lai", "30/tot", "grading.definition.duplicate_rule"),
]


@pytest.mark.parametrize(("file", "line", "old", "new", "code"), FAULTS)
def test_a_fault_is_told_where_it_stands(
    check: Callable[..., list[Finding]], file: str, line: int, old: str, new: str, code: str
) -> None:
    # A set whose only row is wrong is empty, which is told as well.
    found = [one for one in told(check((file, old, new))) if one[0] != "errors.definition.unknown_set"]
    assert found == [(code, Path(file).name, line)]


def test_all_faults_are_told_at_once(check: Callable[..., list[Finding]]) -> None:
    # Left out: what can be told only of a form that is read, and the only row of a set.
    alone = ("each: assessments", "d: [member.full_name]", "id: a")
    apart = [fault for fault in FAULTS if fault[2] not in alone]
    found = told(check(*((file, old, new) for file, _, old, new, _ in apart)))
    assert sorted((code, file) for code, file, _ in found) == sorted((f[4], Path(f[0]).name) for f in apart)


def test_a_reader_of_one_file_raises_the_first_fault_and_holds_the_others(
    check: Callable[..., list[Finding]], tmp_path: Path
) -> None:
    check(("rules.yaml", "value: tot", "value: tốt"), ("rules.yaml", "catch_all: KHTNV", "catch_all: HTNV"))
    with pytest.raises(DefinitionError) as caught:
        load_rules("qd-thu-2030", [tmp_path])
    assert [fault.facts["line"] for fault in caught.value.all()] == [8, 13]
    assert "1" in error_text(caught.value, "en").splitlines()[-1]
    assert load_regulation("qd-thu-2030", [tmp_path]).forms == ("phieu",)


def test_a_file_that_nothing_reads_is_named(check: Callable[..., list[Finding]], tmp_path: Path) -> None:
    check()
    own = tmp_path / "qd-thu-2030"
    shutil.copy(own / "rules.yaml", own / "rule.yaml")
    shutil.copy(own / "forms" / "phieu.yaml", own / "forms" / "phieu-2.yaml")
    found = check_regulation("qd-thu-2030", [tmp_path])
    assert {(f.code, f.severity, Path(f.place.file).name) for f in found} == {
        ("errors.definition.stray_file", "warning", "rule.yaml"),
        ("errors.definition.stray_form", "warning", "phieu-2.yaml"),
    }


@pytest.mark.parametrize("named", ["qd-thu-2030", "FOLDER", "ABOVE"])
def test_the_command(check: Callable[..., list[Finding]], tmp_path: Path, named: str) -> None:
    faults = [(file, old, new) for file, _, old, new, _ in (FAULTS[0], FAULTS[11])]
    check(*faults, STOPS["a heading of a table in one text"][0])
    places = {"FOLDER": [str(tmp_path / "qd-thu-2030")], "ABOVE": [str(tmp_path)]}
    arguments = ["regulations", "--check", *places.get(named, [named, "--regulations", str(tmp_path)])]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 1
    assert [f"dòng {line}" in done.output for line in (2, 5, 14)] == [True] * 3
    assert not re.search(r"Traceback|Error\b|Lỗi của docgen", done.output)
    english = CliRunner().invoke(cli, ["--lang", "en", *arguments])
    assert "3 errors" in english.output
    listed = json.loads(CliRunner().invoke(cli, [*arguments, "--json"]).output)
    assert [len(entry["findings"]) for entry in listed] == [3]


def test_the_command_over_what_is_sound() -> None:
    done = CliRunner().invoke(cli, ["regulations", "--check", str(builtin_folder() / "khbvp-2021")])
    assert (done.exit_code, done.output) == (0, "khbvp-2021: không có lỗi\n")
