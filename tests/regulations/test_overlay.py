"""A unit's own folder over a regulation: everything works with it at run time, and where it is laxer it is said."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from docgen.cli import cli
from docgen.dossier import dossier_from_data, load_dossier
from docgen.dossier.excel import workbook_bytes
from docgen.dossier.sample import sample_dossier
from docgen.errors import DefinitionError, UsageError
from docgen.forms.definition import load_form
from docgen.forms.fill import Filler
from docgen.forms.schema import dossier_schema, form_schema
from docgen.grading import propose, rules_of
from docgen.grading.from_dossier import organization_facts
from docgen.grading.loosening import loosened, loosened_regulation
from docgen.i18n import LANGUAGES, message
from docgen.model import Finding
from docgen.pipeline import blank_forms, check_dossier, make_packet
from docgen.regulations.loader import RegulationData, load_regulation
from docgen.validation import validate_dossier
from docgen.word.after.written import paragraphs

EXAMPLES = Path(__file__).parents[2] / "examples" / "don-vi"
UNIT = "chi-bo-to-5-2018"
_H = f"regulation: {UNIT}\nextends: kh40-2018\n"
_A = _H + "assessors: [{id: a, subject: dang_vien, label: A, clause: x, "
_M = _H + "meeting: [{clause: x, minimum_days: '1', when: "


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The example's folder of regulations, free to be changed; a name of its own keeps what was loaded apart."""
    shutil.copytree(EXAMPLES, tmp_path / "don-vi")
    return tmp_path / "don-vi" / "van-ban"


@pytest.fixture
def regulation(unit: Path) -> RegulationData:
    return load_regulation(UNIT, [unit])


def write(unit: Path, name: str, text: str) -> RegulationData:
    """The unit's regulation with one file replaced."""
    path = unit / UNIT / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return load_regulation(UNIT, [unit, unit.parent])  # another key: the other one is kept as it was first read


def own(unit: Path, **lines: str) -> RegulationData:
    """The unit's regulation with only `lines` in its `regulation.yaml` beside id and `extends`."""
    text = f"regulation: {UNIT}\nextends: kh40-2018\n" + "\n".join(lines.values()) + "\n"
    return write(unit, "regulation.yaml", text)


def codes(findings: list[Finding]) -> list[str]:
    return [f.code.removeprefix("regulation.loosened.") for f in findings]


# -- what it changes -----------------------------------------------------------------------------------------------


def test_assessors_and_deadlines_are_added(regulation: RegulationData) -> None:
    base = load_regulation("kh40-2018")
    assert [a.id for a in regulation.assessors][:-1] == [a.id for a in base.assessors]
    assert regulation.assessors[-1].label == "Ban điều hành Tổ dân phố 5"
    assert len(regulation.deadlines) == len(base.deadlines) + 1
    assert regulation.packet == base.packet
    assert (regulation.forms, regulation.draft["working_days"]) == (base.forms, "4")
    assert regulation.is_overlay
    assert not base.is_overlay


def test_criteria_are_detailed_and_have_points(regulation: RegulationData) -> None:
    leaves = {leaf.id: leaf for row in regulation.criteria["to-chuc-dang"] for leaf in row.leaves()}
    assert [*leaves][:3] == ["i1a", "i1b", "i2"]
    assert leaves["i1a"].group == "core"
    assert sum(leaf.points for leaf in leaves.values() if leaf.points) == 100
    assert all(leaf.points is None for row in load_regulation("kh40-2018").criteria["tap-the"] for leaf in row.leaves())


def test_one_line_of_a_form_is_replaced(regulation: RegulationData) -> None:
    base, definition = load_regulation("kh40-2018"), load_form(regulation, "mau-04")
    original = load_form(base, "mau-04")
    texts = definition.fixed_texts()
    assert "CỦA CHI BỘ TỔ DÂN PHỐ 5" in texts
    assert "CỦA ĐẢNG BỘ, CHI BỘ TRỰC THUỘC" not in texts
    assert "Học tập, quán triệt nghị quyết: tỷ lệ đảng viên tham gia" in texts
    assert (definition.status, original.status) == ("adapted", "reconstructed")
    assert definition.definition_hash != original.definition_hash
    # A form that the unit does not touch is another one only by its regulation.
    assert load_form(regulation, "mau-02").fixed_texts() == load_form(base, "mau-02").fixed_texts()


def test_the_schema_knows_the_sub_criteria(regulation: RegulationData) -> None:
    schema = form_schema(load_form(regulation, "mau-04"))
    levels = schema["properties"]["assessment"]["properties"]["levels"]
    assert {"i1a", "i1b", "i2"} <= levels["properties"].keys()
    assert "i1" not in levels["properties"]
    assert "regulations" in dossier_schema([regulation])["properties"]


def test_forms_are_filled_at_run_time(unit: Path, regulation: RegulationData, tmp_path: Path) -> None:
    data = json.loads((unit.parent / "ho-so.json").read_text("utf-8"))
    sheet = data["party_organization"]["assessments"]["tu_danh_gia"]
    record = {"id": "x", "assessment": sheet, "party_organization": {"name": "Chi bộ Tổ dân phố 5"}}
    page = paragraphs(Filler(load_form(regulation, "mau-04")).fill(record))
    assert "CỦA CHI BỘ TỔ DÂN PHỐ 5" in page
    assert "6,7" in page
    written = blank_forms("mau-04", UNIT, folders=[unit], output=tmp_path / "trang")
    assert "CỦA CHI BỘ TỔ DÂN PHỐ 5" in paragraphs(written[0].read_bytes())


def test_the_example_is_in_order_and_makes_a_packet(unit: Path, tmp_path: Path) -> None:
    """The dossier names its unit's folder itself: no option is needed."""
    packet, checked = make_packet(unit.parent / "ho-so.json", tmp_path / "p")
    assert [f for f in checked.findings if f.severity == "error" or "loosened" in f.code] == []
    assert checked.regulation is not None
    assert checked.regulation.id == UNIT
    assert packet is not None
    assert (tmp_path / "p" / "manifest.json").is_file()
    assert any(d.record.assessor == "to_dan_pho" for d in packet.documents)


def test_the_rules_of_the_unit_grade(unit: Path) -> None:
    rules, base = rules_of(UNIT, [unit]), rules_of("kh40-2018")
    rule = "kh40-2018/to-chuc-dang/xuat-sac/3"
    for score, mine, theirs in ((92, False, False), (91.9, True, False), (89.9, True, True)):
        assert (rule in propose(rules, "to_chuc_dang", {"score_total": score}).blocked_by) is mine
        assert (rule in propose(base, "to_chuc_dang", {"score_total": score}).blocked_by) is theirs
    assert len(rules.rules) == len(base.rules)


def test_points_are_taken_and_checked_by_the_units_maxima(unit: Path, regulation: RegulationData) -> None:
    data = json.loads((unit.parent / "ho-so.json").read_text("utf-8"))
    sheet = data["party_organization"]["assessments"]["tu_danh_gia"]
    assert organization_facts(regulation, data)["score_total"] == 85.2
    for entry in sheet["scores"].values():
        del entry["standard_points"]  # the unit has set them
    assert organization_facts(regulation, data)["score_total"] == 85.2
    sheet["scores"]["i1a"]["standard_points"] = 9
    loaded, _ = dossier_from_data(data, folders=[unit], base=unit.parent)
    assert loaded is not None
    found = [f for f in validate_dossier(loaded, regulation) if f.code == "validation.score.maximum"]
    assert len(found) == 1
    assert found[0].place.pointer.endswith("/scores/i1a/standard_points")
    assert (found[0].params["given"], found[0].params["standard"]) == ("9", "8")
    assert "score_total" not in organization_facts(regulation, data)


def test_a_heading_is_not_scored(unit: Path, regulation: RegulationData) -> None:
    data = json.loads((unit.parent / "ho-so.json").read_text("utf-8"))
    scores = data["party_organization"]["assessments"]["tu_danh_gia"]["scores"]
    scores["i1"] = {"standard_points": 15, "points": 12}
    loaded, _ = dossier_from_data(data, folders=[unit], base=unit.parent)
    assert loaded is not None
    assert "validation.score.unknown" in {f.code for f in validate_dossier(loaded, regulation)}


def test_an_overlay_may_keep_the_name_of_what_it_extends(tmp_path: Path) -> None:
    """So that dossiers that exist already are checked by it, with `--regulations` alone."""
    folder = tmp_path / "kh40-2018"
    folder.mkdir()
    (folder / "regulation.yaml").write_text("regulation: kh40-2018\nextends: kh40-2018\nshort: KH cũ\n", "utf-8")
    rules = (EXAMPLES / "van-ban" / UNIT / "rules.yaml").read_text("utf-8").replace(UNIT, "kh40-2018")
    (folder / "rules.yaml").write_text(rules, "utf-8")
    regulation = load_regulation("kh40-2018", [tmp_path])
    assert (regulation.short, regulation.is_overlay) == ("KH cũ", True)
    assert len(rules_of("kh40-2018", [tmp_path]).rules) == len(rules_of("kh40-2018").rules)
    assert loosened_regulation(regulation) == []
    assert rules_of("kh40-2018", [tmp_path]) != rules_of("kh40-2018")


# -- where a dossier finds it ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("khong-co", "missing"), ("/etc", "absolute"), ("C:\\van-ban", "absolute"), (7, "not_text"),
        ("rong", "empty"), ("x" * 5000, "missing"), ("a\0b", "missing"),
    ],
)  # fmt: skip
def test_a_folder_that_cannot_be_used_is_a_finding(unit: Path, given: Any, code: str) -> None:
    (unit.parent / "rong").mkdir()
    path = unit.parent / "ho-so.json"
    data = json.loads(path.read_text("utf-8")) | {"regulations": given}
    path.write_text(json.dumps(data), encoding="utf-8")
    loaded, found = load_dossier(path)
    assert loaded is None
    assert [f.code for f in found if f.severity == "error"] == [f"dossier.regulations.{code}"]
    for language in LANGUAGES:
        assert "dossier." not in message(found[-1].code, language, **found[-1].params)


def test_the_folder_may_be_the_regulation_itself_and_lie_elsewhere(unit: Path) -> None:
    path = unit.parent / "sub" / "ho-so.json"
    path.parent.mkdir()
    data = json.loads((unit.parent / "ho-so.json").read_text("utf-8"))
    path.write_text(json.dumps(data | {"regulations": f"../van-ban/{UNIT}"}), encoding="utf-8")
    loaded, _ = load_dossier(path)
    assert loaded is not None
    assert loaded.folders[0].resolve() == unit.resolve()


def test_data_from_nowhere_names_no_folder(unit: Path) -> None:
    """What comes over a network must not make this machine read its own files."""
    data = json.loads((unit.parent / "ho-so.json").read_text("utf-8"))
    loaded, found = dossier_from_data(data)
    assert loaded is None
    assert "dossier.regulations.no_file" in {f.code for f in found}
    assert dossier_from_data({k: v for k, v in data.items() if k != "regulations"}, folders=[unit])[0] is not None


def test_a_workbook_names_its_folder_too(unit: Path, regulation: RegulationData) -> None:
    data = json.loads((unit.parent / "ho-so.json").read_text("utf-8"))
    path = unit.parent / "ho-so.xlsx"
    path.write_bytes(workbook_bytes(regulation, data))
    loaded, found = load_dossier(path)
    assert loaded is not None, found
    assert (loaded.regulation, loaded.data["regulations"]) == (UNIT, "van-ban")
    assert loaded.data["party_organization"]["assessments"]["tu_danh_gia"]["scores"]["i1a"]["points"] == 6.7


# -- faults in the unit's data ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "code", "line"),
    [
        ("regulation.yaml", f"regulation: {UNIT}\nextends: kh40-2018\nadd:\n  meeting: x\n", "unknown_key", 4),
        (
            "regulation.yaml",
            f"regulation: {UNIT}\nextends: kh40-2018\nadd:\n  assessors:\n"
            "    - {id: chi_uy, subject: dang_vien, label: Chi ủy, clause: KH 07}\n",
            "duplicate_id", 5,
        ),
        ("regulation.yaml", f"regulation: {UNIT}\nextends: kh40-2018\nadd:\n  forms: [mau-01]\n", "duplicate_id", 4),
        ("regulation.yaml", _M + "{org_type: [x]}}]\n", "unknown_value", 3),
        ("regulation.yaml", _H + "meeting:\n  - minimum_days: một\n    clause: x\n", "needs_number", 4),
        ("regulation.yaml", _H + "meeting: 1\n", "needs_mapping_or_list", 3),
        ("regulation.yaml", _M + "{suggested: có}}]\n", "unknown_value", 3),
        ("regulation.yaml", _H + "deadlines:\n  - what: x\n    clause: x\n    after: hop\n", "unknown_value", 6),
        ("regulation.yaml", _H + "deadlines:\n  - what: x\n    clause: x\n    after: meeting\n", "missing_key", 4),
        ("regulation.yaml", _H + "deadlines:\n  - what: x\n    clause: x\n    days: '2'\n", "missing_key", 4),
        ("regulation.yaml", _H + "deadlines: [{what: x, clause: x, month_day: 13-45}]\n", "not_a_date", 3),
        ("regulation.yaml", _H + "deadlines: [{what: x, clause: x, month_day: cuối năm}]\n", "not_a_date", 3),
        ("regulation.yaml", _H + "deadlines: [{what: x, clause: x, before: 30/02/2018}]\n", "not_a_date", 3),
        ("regulation.yaml", _H + "deadlines: [{what: x, clause: x, who: [huyen]}]\n", "unknown_value", 3),
        ("regulation.yaml", _H + "same: [{what: x, one: a.b, other: 'members[].b', clause: x}]\n", "unknown_value", 3),
        ("regulation.yaml", _H + "same: [{what: x, one: ab, other: a.b, clause: x}]\n", "unknown_value", 3),
        ("regulation.yaml", _H + "enclosures: [{what: x, clause: x}]\n", "missing_key", 3),
        ("regulation.yaml", _H + "enclosures:\n  - {what: x, whose: x, clause: x, only: member}\n", "unknown_value", 4),
        ("regulation.yaml", _H + "add:\n  enclosures: x\n", "needs_list", 4),
        ("regulation.yaml", _H + "asked: [{form: mau-99, what: x, any: [a.b], clause: x}]\n", "unknown_form", 3),
        ("regulation.yaml", _H + "asked: [{form: mau-02, what: x, any: ['a b'], clause: x}]\n", "unknown_value", 3),
        ("regulation.yaml", _H + "asked: [{form: mau-02, what: x, any: [], clause: x}]\n", "unknown_value", 3),
        ("regulation.yaml", _H + "asked: [{form: mau-02, what: x, any: [a], of: ai, clause: x}]\n", "unknown_value", 3),
        ("regulation.yaml", _H + "asked: [{form: mau-02, what: x, any: x, clause: x}]\n", "needs_list", 3),
        ("regulation.yaml", _A + "due_by: chuc_vu}]\n", "unknown_value", 3),
        ("regulation.yaml", _H + "draft: {working_days: ba, clause: x}\n", "needs_whole", 3),
        ("criteria.yaml", "points:\n  to-chuc-dang:\n    i1: không\n", "not_points", 3),
        ("criteria.yaml", 'points:\n  to-chuc-dang:\n    i1: "0"\n', "not_points", 3),
        ("criteria.yaml", 'points:\n  to-chuc-dang:\n    i: "10"\n', "not_a_leaf", 3),
        ("criteria.yaml", 'points:\n  to-chuc-dang:\n    i77: "10"\n', "unknown_criterion", 3),
        ("criteria.yaml", 'points:\n  to-chuc:\n    i1: "10"\n', "unknown_set", 2),
    ],
)  # fmt: skip
def test_a_fault_is_named_by_file_and_line(unit: Path, name: str, text: str, code: str, line: int) -> None:
    with pytest.raises(DefinitionError) as caught:
        write(unit, name, text)
    assert caught.value.code == f"errors.definition.{code}"
    assert caught.value.facts["line"] == line
    assert name in caught.value.facts["file"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("form: mau-04\nextends: mau-04\nreplace:\n  KHÔNG CÓ DÒNG NÀY: X\n", "no_such_line"),
        ("form: mau-04\nreplace:\n  KHÔNG CÓ DÒNG NÀY: X\n", "replace_needs_extends"),
    ],
)
def test_a_line_that_is_not_there_cannot_be_replaced(unit: Path, text: str, code: str) -> None:
    regulation = write(unit, "forms/mau-04.yaml", text)
    with pytest.raises(DefinitionError) as caught:
        load_form(regulation, "mau-04")
    assert caught.value.code == f"errors.definition.{code}"
    assert "mau-04.yaml" in message(caught.value.code, "vi", **caught.value.facts)


# -- where it is laxer -----------------------------------------------------------------------------------------------


def test_the_example_only_tightens(regulation: RegulationData, unit: Path) -> None:
    assert loosened_regulation(regulation) == []
    assert loosened(rules_of(UNIT, [unit]), rules_of("kh40-2018")) == []
    assert loosened(rules_of("kh40-2018"), rules_of("kh40-2018")) == []


DOCUMENTS: list[tuple[str, str]] = [
    ("draft", 'draft: {working_days: "2", clause: KH 07}'),
    ("meeting", 'meeting: {minimum_days: "0.25", clause: KH 07}'),
    ("deadline", "deadlines: []"),
    ("meeting", 'meeting: {minimum_days: "0.5", clause: KH 07}'),
    ("duty", "same: []"),
    ("duty", "asked: []"),
    ("duty", "enclosures: []"),
    ("assessor", "assessors: []\npacket: []"),
    ("packet", "packet: []"),
    ("form", "forms: [mau-01]\npacket: []"),
]


@pytest.mark.parametrize(("code", "text"), DOCUMENTS)
def test_less_than_the_regulation_prescribes_is_said(unit: Path, code: str, text: str) -> None:
    found = loosened_regulation(own(unit, text=text))
    assert code in codes(found)
    assert {f.severity for f in found} == {"warning"}
    for finding in found:
        assert finding.place.file.endswith(".yaml")
        for language in LANGUAGES:
            for key in (finding.code, f"{finding.code}.hint"):
                assert "regulation.loosened" not in message(key, language, **finding.params)


def test_the_same_and_more_is_not(unit: Path) -> None:
    text = 'draft: {working_days: "3", clause: KH 07}\nmeeting: {minimum_days: "1", clause: KH 07}'
    assert loosened_regulation(own(unit, text=text)) == []


def test_a_later_deadline_is_said(unit: Path) -> None:
    old = next(d for d in load_regulation("kh40-2018").deadlines if "before" in d)
    for day, expected in (("2018-12-30", ["deadline"]), ("2018-12-20", [])):
        others = "".join(f"  - {json.dumps(d, ensure_ascii=False)}\n"
                         for d in load_regulation("kh40-2018").deadlines if "before" not in d)  # fmt: skip
        mine = f"  - {json.dumps({**old, 'before': day}, ensure_ascii=False)}\n"
        folder = unit.parent / day
        shutil.copytree(unit, folder)
        assert codes(loosened_regulation(own(folder, text=f"deadlines:\n{others}{mine}"))) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [({"days": "3"}, ["deadline"]), ({"days": "2"}, []), ({"days": "1"}, []), ({"who": ["chi_bo"]}, ["deadline"])],
)
def test_a_deadline_counted_from_the_meeting_that_is_longer_or_for_fewer_is_said(
    unit: Path, change: dict[str, Any], expected: list[str]
) -> None:
    """KH 40 III.8."""
    mine = [{**d, **change} if "after" in d else d for d in load_regulation("kh40-2018").deadlines]
    text = "".join(f"  - {json.dumps(d, ensure_ascii=False)}\n" for d in mine)
    assert codes(loosened_regulation(own(unit, text=f"deadlines:\n{text}"))) == expected


def test_a_section_no_longer_required_is_said(unit: Path) -> None:
    required = [b for b in load_form(load_regulation("kh40-2018"), "mau-02").required if b != "review.direction"]
    text = f"form: mau-02\nextends: mau-02\nrequired: [{', '.join(required)}]\n"
    found = loosened_regulation(write(unit, "forms/mau-02.yaml", text))
    assert codes(found) == ["required"]
    assert found[0].params["label"] == "Phương hướng, biện pháp khắc phục"
    assert found[0].place.file.endswith("mau-02.yaml")


def test_a_criterion_left_out_is_said(unit: Path) -> None:
    text = "sets:\n  to-chuc-dang:\n    - {id: i, number: I, group: other, text: X}\n"
    shutil.rmtree(unit / UNIT / "forms")
    found = loosened_regulation(write(unit, "criteria.yaml", text))
    assert set(codes(found)) == {"criterion"}
    assert len(found) == 9  # eight rows that are gone, one in another group


HEAD = f"regulation: {UNIT}\nextends: kh40-2018\ndocument: KH 07\n"
TOP = "kh40-2018/to-chuc-dang/xuat-sac/3"
RULES: list[tuple[str, str, str]] = [
    ("rule_removed", f"remove: [{TOP}]\nrules: []\n", TOP),
    ("weaker", "condition: {grade: HTXSNV, that: {compare: {fact: score_total, at_least: 85}}}", TOP),
    ("weaker", "condition: {grade: HTXSNV, that: {compare: {fact: score_total, at_least: 89.99}}}", TOP),
    ("weaker", "condition: {grade: HTTNV, that: {compare: {fact: score_total, at_least: 90}}}", TOP),
    ("weaker", "condition: {grade: HTXSNV, that: {any_of: [{compare: {fact: score_total, at_least: 90}}, "
               "{is: exemplary_attested}]}}", TOP),
    ("effect_removed", "kind: reminder", TOP),
    ("effect_removed", "ground: {compare: {fact: score_total, less_than: 50}}", TOP),
    ("rule_added", "pin: {grade: HTXSNV, that: {is: exemplary_attested}}", "them/1"),
    ("rule_added", "exclusion: {is: party_member_disciplined}", "them/1"),
    ("weaker", "ground: {compare: {fact: score_total, less_than: 40}}", "kh40-2018/to-chuc-dang/khong-hoan-thanh/1"),
    ("weaker", "ground: {unless: {that: {compare: {fact: score_total, less_than: 50}}, attested: force_majeure}}",
     "kh40-2018/to-chuc-dang/khong-hoan-thanh/1"),
    ("weaker", "score: {scheme: total, fact: score_total, sum: 100, bands: {xuat_sac: 85, tot: 70, trung_binh: 50}}",
     "kh40-2018/thang-diem/1"),
    ("weaker", "score: {scheme: total, fact: score_total, sum: 90, bands: {xuat_sac: 90, tot: 70, trung_binh: 50}}",
     "kh40-2018/thang-diem/1"),
]  # fmt: skip
#: As strict or stricter: nothing to say.
STRICT: list[tuple[str, str]] = [
    ("condition: {grade: HTXSNV, that: {compare: {fact: score_total, at_least: 90}}}", TOP),
    ("condition: {grade: HTXSNV, that: {compare: {fact: score_total, more_than: 90}}}", TOP),
    ("condition: {grade: HTXSNV, that: {all_of: [{compare: {fact: score_total, at_least: 90}}, "
     "{is: exemplary_attested}]}}", TOP),
    ("condition: {grade: HTXSNV, that: {not: {compare: {fact: score_total, less_than: 95}}}}", TOP),
    ("ground: {compare: {fact: score_total, less_than: 55}}", "kh40-2018/to-chuc-dang/khong-hoan-thanh/1"),
    ("ground: {is: party_member_disciplined}", "them/1"),
    ("score: {scheme: total, fact: score_total, sum: 100, bands: {xuat_sac: 95, tot: 75, trung_binh: 50}}",
     "kh40-2018/thang-diem/1"),
]  # fmt: skip


def rule_file(text: str, rule: str) -> str:
    if text.startswith("remove"):
        return HEAD + text
    subjects = "to_chuc_dang tap_the" if "thang-diem" in rule else "to_chuc_dang"
    return f"{HEAD}rules:\n  - id: {rule}\n    subjects: {subjects}\n    clause: KH 07\n    wording: Chữ.\n    {text}\n"


@pytest.mark.parametrize(("code", "text", "rule"), RULES)
def test_a_laxer_rule_is_said(unit: Path, code: str, text: str, rule: str) -> None:
    found = loosened_regulation(write(unit, "rules.yaml", rule_file(text, rule)))
    assert code in codes(found)
    assert any(rule in f.place.source for f in found)
    for finding in found:
        for language in LANGUAGES:
            assert "regulation.loosened" not in message(finding.code, language, **finding.params)


@pytest.mark.parametrize(("text", "rule"), STRICT)
def test_a_stricter_rule_is_not(unit: Path, text: str, rule: str) -> None:
    assert loosened_regulation(write(unit, "rules.yaml", rule_file(text, rule))) == []


def test_a_wider_quota_a_doubt_settled_and_a_fact_redefined_are_said(unit: Path) -> None:
    base = rules_of("kh40-2018")
    text = f"""{HEAD}base: [{{subjects: to_chuc_dang, fact: proposed_grade}}]
rules:
  - id: kh40-2018/cohort/to-chuc-dang
    subjects: cohort
    clause: KH 07
    wording: Chữ.
    quota: {{cohort: to_chuc_dang, percent: 25, base: n_good}}
ambiguities:
  - code: {base.ambiguities[0].code}
    subjects: {" ".join(base.ambiguities[0].subjects)}
    when: {{is: force_majeure}}
    text: Chữ.
"""
    facts = 'score_total: {type: number, subjects: to_chuc_dang tap_the, default: "0", vi: tổng điểm, en: total}\n'
    (unit / UNIT / "facts.yaml").write_text(facts, encoding="utf-8")
    found = codes(loosened_regulation(write(unit, "rules.yaml", text)))
    assert {"weaker", "doubt", "base", "fact"} <= set(found)


def test_rules_of_another_regulation_are_no_secret(unit: Path) -> None:
    """An overlay of KH 40 whose rules extend a laxer document: every rule that is lost is named."""
    text = f"regulation: {UNIT}\nextends: khbvp-2021\ndocument: KH 07\nrules: []\n"
    found = loosened_regulation(write(unit, "rules.yaml", text))
    removed = {f.params["rule"] for f in found if f.code.endswith("rule_removed")}
    assert removed == {rule.id for rule in rules_of("kh40-2018").rules}


def test_it_is_said_where_people_look(unit: Path) -> None:
    write(unit, "rules.yaml", HEAD + f"remove: [{TOP}]\nrules: []\n")
    runner = CliRunner()
    shown = runner.invoke(cli, ["validate", str(unit.parent / "ho-so.json")])
    assert shown.exit_code == 0, shown.output
    assert "regulation.loosened.rule_removed" in shown.output
    assert TOP in runner.invoke(cli, ["regulations", "--regulations", str(unit)]).output
    listed = json.loads(runner.invoke(cli, ["regulations", "--regulations", str(unit), "--json"]).output)
    assert {r["regulation"]: len(r["loosened"]) for r in listed if r["loosened"]} == {UNIT: 1}
    checked = check_dossier(unit.parent / "ho-so.json")
    assert "regulation.loosened.rule_removed" in {f.code for f in checked.findings}


# -- a list without some members (KH BVP III note 8) -----------------------------------------------------------------


def test_members_disciplined_in_the_year_are_not_on_the_ballot_list() -> None:
    from docgen.forms.data import Record, form_data

    regulation = load_regulation("khbvp-2021")
    definition = load_form(regulation, "phieu-xep-loai")
    data = sample_dossier("khbvp-2021", members=3)
    names = [m["member"]["full_name"] for m in data["members"]]
    listed: Callable[[], list[str]] = lambda: [  # noqa: E731
        row["member"]["full_name"] for row in form_data(definition, data, Record())["members"]
    ]
    assert listed() == names
    data["members"][1]["facts"]["disciplined_in_year"] = True
    assert listed() == [names[0], names[2]]
    page = paragraphs(Filler(definition).fill(form_data(definition, data, Record())))
    assert names[1] not in page
    assert "members[].facts" not in str(definition.tables())


@pytest.mark.parametrize(
    "binding", ["members[].facts.hobby", "members[].member.full_name", "facts.disciplined_in_year"]
)
def test_only_a_yes_or_no_of_the_list_leaves_members_out(unit: Path, binding: str) -> None:
    text = f"""form: mau-06
extends: mau-06
required: []
body:
  - rows: members
    without: {binding}
    columns: [{{head: A, cell: "{{members[].member.full_name}}", width: "50"}}]
"""
    regulation = write(unit, "forms/mau-06.yaml", text)
    with pytest.raises(DefinitionError) as caught:
        load_form(regulation, "mau-06")
    assert caught.value.code == "errors.definition.unknown_binding"


def test_an_unknown_regulation_is_refused(unit: Path) -> None:
    with pytest.raises(UsageError):
        load_regulation("khong-co-2018", [unit])
    assert copy.copy(load_regulation(UNIT, [unit])).folders == (unit,)
