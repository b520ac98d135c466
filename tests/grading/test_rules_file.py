"""Rule files: refused by file, line and name when wrong; a regulation outside the package works with data alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from docgen.errors import DefinitionError, UsageError
from docgen.grading import propose
from docgen.i18n import LANGUAGES, has_message, message
from docgen.regulations.rules import load_rules, load_rules_file

RULE = """\
  - id: x/dang-vien/tot/1
    subjects: dang_vien
    clause: "X 1.a"
    wording: "Các tiêu chí đều đạt."
    condition: {grade: HTTNV, that: {is: exemplary_attested}}
"""
EXCUSED = "{unless: {attested: is_head, that: {is: exemplary_attested}}}"
HEAD = 'regulation: x\ndocument: "X"\nrules:\n'


def write(folder: Path, text: str, name: str = "x") -> Path:
    path = folder / name / "rules.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


BROKEN = [
    ("unknown_key", HEAD + RULE + "    colour: red\n", 9),
    ("missing_key", HEAD + RULE.replace('    clause: "X 1.a"\n', ""), 4),
    ("missing_key", HEAD + RULE.replace('    wording: "Các tiêu chí đều đạt."\n', ""), 4),
    ("empty", HEAD + RULE.replace('"X 1.a"', '" "'), 6),
    ("duplicate_rule", HEAD + RULE + RULE, 9),
    ("unknown_predicate", HEAD + RULE.replace("is:", "was:"), 8),
    ("unknown_fact", HEAD + RULE.replace("exemplary_attested", "exemplary"), 8),
    ("fact_type", HEAD + RULE.replace("exemplary_attested", "gpa"), 8),
    ("bad_value", HEAD + RULE.replace("HTTNV", "TOT"), 8),
    ("bad_value", HEAD + RULE.replace("dang_vien\n", "somebody\n"), 5),
    ("one_predicate", HEAD + RULE.replace("{is: exemplary_attested}", "yes"), 8),
    ("effect_or_kind", HEAD + RULE + "    kind: reminder\n", 4),
    ("needs_list", HEAD + RULE.replace("{is: exemplary_attested}", "{all_of: exemplary_attested}"), 8),
    ("unknown_name", HEAD + RULE.replace("{is: exemplary_attested}", "{use: nothing}"), 8),
    ("not_attested", HEAD + RULE.replace("{is: exemplary_attested}", EXCUSED), 8),
    ("one_comparison", HEAD + RULE.replace("{is: exemplary_attested}", "{compare: {fact: gpa}}"), 8),
    ("unknown_name", HEAD + RULE.replace("{is: exemplary_attested}", "{rule: x/none}"), 4),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "line"), BROKEN)
def test_a_wrong_file_is_refused_by_line_and_name(code: str, text: str, line: int, tmp_path: Path) -> None:
    path = write(tmp_path, text)
    with pytest.raises(DefinitionError) as raised:
        load_rules_file(path)
    room = "errors" if code in ("unknown_key", "missing_key") else "grading"  # the first two hold for every YAML file
    assert raised.value.code == f"{room}.definition.{code}"
    assert raised.value.facts["file"] == str(path)
    assert raised.value.facts["line"] == line
    for language in LANGUAGES:
        assert "{" not in message(raised.value.code, language, **raised.value.facts)


def test_extends_in_a_circle_is_refused(tmp_path: Path) -> None:
    write(tmp_path, 'regulation: a\ndocument: "A"\nextends: b\nrules: []\n', "a")
    write(tmp_path, 'regulation: b\ndocument: "B"\nextends: a\nrules: []\n', "b")
    with pytest.raises(DefinitionError) as raised:
        load_rules("a", [tmp_path])
    assert raised.value.code == "grading.definition.endless_extends"


def test_an_unknown_regulation_is_a_usage_error() -> None:
    with pytest.raises(UsageError):
        load_rules("kh99-1999")
    with pytest.raises(UsageError):
        propose("hd16-2018", "nobody", {})


SIXTH = """\
regulation: sixth-2030
document: "QĐ 6"
rules:
  - id: sixth-2030/dang-vien/xuat-sac/1
    subjects: dang_vien
    clause: "QĐ 6 mục 1"
    wording: "Có từ 3 sáng kiến trở lên."
    condition: {grade: HTXSNV, that: {compare: {fact: initiatives, at_least: 3}}}
  - id: sixth-2030/dang-vien/hoan-thanh/1
    subjects: dang_vien
    clause: "QĐ 6 mục 2"
    wording: "Không bị kỷ luật."
    condition: {grade: HTNV, that: {not: {is: disciplined_in_year}}}
  - id: sixth-2030/dang-vien/khong-hoan-thanh/0
    subjects: dang_vien
    clause: "QĐ 6 mục 3"
    wording: "Không đạt mức Hoàn thành nhiệm vụ."
    catch_all: KHTNV
"""
FACTS = "initiatives:\n  type: int\n  subjects: dang_vien\n  vi: số sáng kiến\n  en: initiatives\n"


@pytest.mark.parametrize(
    ("facts", "grade"),
    [
        ({"initiatives": 3, "disciplined_in_year": False}, "HTXSNV"),
        ({"initiatives": 2, "disciplined_in_year": False}, "HTNV"),
        ({"initiatives": 2, "disciplined_in_year": True}, "KHTNV"),
        ({"disciplined_in_year": False}, "HTNV"),
    ],
)
def test_a_sixth_regulation_needs_data_alone(facts: dict[str, Any], grade: str, tmp_path: Path) -> None:
    path = write(tmp_path, SIXTH, "sixth-2030")
    path.with_name("facts.yaml").write_text(FACTS, encoding="utf-8")
    proposal = propose(load_rules("sixth-2030", [tmp_path]), "dang_vien", facts)
    assert proposal.grade == grade
    assert ("missing:initiatives" in proposal.needs_human) == ("initiatives" not in facts)


def test_an_overlay_changes_one_rule_and_keeps_the_rest(tmp_path: Path) -> None:
    text = """\
regulation: don-vi-2018
document: "Hướng dẫn của đơn vị"
extends: hd16-2018
remove: [hd16-2018/chung/10]
rules:
  - id: hd16-2018/dang-vien/khong-hoan-thanh/2
    subjects: dang_vien
    clause: "Đơn vị 1"
    wording: "Chỉ hoàn thành dưới 60% nhiệm vụ."
    ground: {compare: {fact: targets_completed_pct, less_than: 60}}
"""
    write(tmp_path, text, "don-vi-2018")
    rules, parent = load_rules("don-vi-2018", [tmp_path]), load_rules("hd16-2018")
    assert len(rules.rules) == len(parent.rules) - 1
    assert rules.rule("hd16-2018/dang-vien/khong-hoan-thanh/2").clause == "Đơn vị 1"
    assert [r.id for r in rules.rules][:5] == [r.id for r in parent.rules][:5]
    assert {a.code for a in parent.ambiguities} - {a.code for a in rules.ambiguities} == {"A07"}


def test_an_overlay_without_rules_has_those_of_what_it_extends(tmp_path: Path) -> None:
    folder = tmp_path / "don-vi-2019"
    folder.mkdir()
    (folder / "regulation.yaml").write_text("regulation: don-vi-2019\nextends: kh40-2018\n", encoding="utf-8")
    assert load_rules("don-vi-2019", [tmp_path]).rules == load_rules("kh40-2018").rules


def test_removing_a_rule_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    write(tmp_path, 'regulation: a\ndocument: "A"\nextends: hd16-2018\nremove: [no/rule]\nrules: []\n', "a")
    with pytest.raises(DefinitionError) as raised:
        load_rules("a", [tmp_path])
    assert raised.value.code == "grading.definition.unknown_name"


def test_every_code_of_a_refused_file_has_a_text() -> None:
    source = "".join(p.read_text(encoding="utf-8") for p in Path("docgen/regulations").glob("rule*.py"))
    codes = {part.split('"')[0] for part in source.split('"grading.definition.')[1:]}
    for code in codes:
        assert all(has_message(f"grading.definition.{code}", language) for language in LANGUAGES), code
