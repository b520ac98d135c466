"""A unit details QĐ 366-QĐ/TW and HD 43: the folder that `--new-unit` writes, and the two complete examples.

HD 43 1.2, 7.12: the committee fixes the criteria and their points; QĐ 366 prints 30 and 70 only, and Điều 11 holds for
all.
"""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from docgen.cli import cli
from docgen.dossier import dossier_from_data
from docgen.dossier.sample import sample_dossier
from docgen.errors import DefinitionError, InputError
from docgen.forms.data import Record, form_data
from docgen.forms.definition import load_form
from docgen.forms.fill import Filler, blank_form
from docgen.forms.readback import read_form
from docgen.grading.loosening import loosened_regulation
from docgen.i18n import LANGUAGES, message
from docgen.pipeline import check_loaded, make_packet
from docgen.regulations.criteria_sets import Criterion, cases_of, maximum
from docgen.regulations.loader import RegulationData, load_regulation
from docgen.regulations.new_unit import write_new_unit
from docgen.regulations.rules import load_rules
from docgen.regulations.score_sheet import read_sheet
from docgen.word.after.written import paragraphs

EXAMPLES = Path(__file__).parents[2] / "examples"
UNITS = {"dang-uy-vi-du-2026": EXAMPLES / "don-vi-18-4-8", "truong-vi-du-2026": EXAMPLES / "don-vi-13-12-5"}
#: What the example unit is.
SAID = {"": "su_nghiep"}
SETS = ("tap-the", "lanh-dao", "khong-lanh-dao", "ngoai-he-thong")


def unit(name: str) -> RegulationData:
    return load_regulation(name, [UNITS[name]])


def every(rows: tuple[Criterion, ...]) -> Iterator[Criterion]:
    for row in rows:
        yield row
        yield from every(row.children)


def changed(tmp_path: Path, name: str, file: str, old: str, new: str) -> tuple[Path, int]:
    """A copy of an example with one line changed, and the number of that line."""
    folder = tmp_path / "vb"
    shutil.copytree(UNITS[name], folder)
    path = folder / name / file
    lines = path.read_text("utf-8").split("\n")
    at = [n for n, line in enumerate(lines, 1) if old in line]
    assert len(at) == 1, old
    lines[at[0] - 1] = lines[at[0] - 1].replace(old, new)
    path.write_text("\n".join(lines), "utf-8")
    return folder, at[0]


def codes(data: dict[str, Any], folder: Path) -> dict[str, list[str]]:
    dossier, findings = dossier_from_data(data, folders=[folder])
    assert dossier is not None
    out: dict[str, list[str]] = {}
    for finding in check_loaded(dossier, findings).findings:
        if finding.severity == "error":
            out.setdefault(finding.code, []).append(finding.place.pointer)
    return out


# -- the examples --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", UNITS)
def test_every_group_adds_up_to_what_qd_366_prints(name: str) -> None:
    regulation = unit(name)
    for set_name in SETS:
        groups = regulation.criteria[set_name]
        assert [group.sum for group in groups] == [30, 70]
        for group in groups:
            asked = [leaf for leaf in group.leaves() if leaf.asked(SAID)]
            assert sum((leaf.points or Fraction(0) for leaf in asked), Fraction(0)) == group.sum


def test_the_groups_are_18_4_8_on_the_seventeen_lines_of_phu_luc_2() -> None:
    for set_name in ("lanh-dao", "khong-lanh-dao"):
        common = unit("dang-uy-vi-du-2026").criteria[set_name][0]
        assert [row.sum for row in common.children] == [18, 4, 8]
        assert [len(row.leaves()) for row in common.children] == [9, 4, 4]
        assert {leaf.group for leaf in common.leaves()} == {"other"}
        assert {leaf.scale.kind for leaf in common.leaves() if leaf.scale} == {"yes_no"}


def test_the_groups_are_13_12_5_and_the_tasks_go_by_axis() -> None:
    regulation = unit("truong-vi-du-2026")
    common, tasks = regulation.criteria["khong-lanh-dao"]
    assert [row.sum for row in common.children] == [13, 12, 5]
    axes = [leaf for leaf in tasks.leaves() if "_truc_" in leaf.id]
    assert [leaf.text[:6] for leaf in axes] == [f"Trục {n}" for n in range(1, 7)]
    assert {leaf.applies for leaf in axes} == {"su_nghiep"}
    assert (axes[0].points or 0) >= 40
    assert all(leaf.scale and leaf.scale.kind == "bands" for leaf in axes)
    base = {row.id for row in every(load_regulation("hd43-2025").criteria["khong-lanh-dao"])}
    assert base <= {row.id for row in every(regulation.criteria["khong-lanh-dao"])}  # no criterion was lost


@pytest.mark.parametrize("name", UNITS)
def test_the_sample_of_the_unit_is_in_order_and_makes_its_packet(name: str, tmp_path: Path) -> None:
    folder = UNITS[name]
    runner = CliRunner()
    made = runner.invoke(cli, ["init", str(tmp_path / "hs"), "-r", name, "--regulations", str(folder)])
    assert made.exit_code == 0, made.output
    path = tmp_path / "hs" / "ho-so.json"
    data = json.loads(path.read_text("utf-8"))
    data["members"] = data["members"][:6]
    path.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    packet, checked = make_packet(path, tmp_path / "p", folders=[folder])
    assert [f.code for f in checked.findings if f.severity == "error"] == []
    assert packet is not None
    assert (tmp_path / "p" / "manifest.json").is_file()


@pytest.mark.parametrize("name", UNITS)
def test_a_sheet_prints_the_units_rows_and_maxima_and_comes_back(name: str) -> None:
    regulation = unit(name)
    data = sample_dossier(name, folders=(UNITS[name],))
    for form, index in (("phu-luc-diem-02a", 0), ("phu-luc-diem", 3)):
        definition = load_form(regulation, form)
        given = form_data(definition, data, Record(data["members"][index]["id"], "tu_danh_gia"))
        page = Filler(definition).fill(given)
        texts = paragraphs(page)
        rows = regulation.criteria["lanh-dao" if form.endswith("02a") else "khong-lanh-dao"]
        for row in every(rows):
            if row.asked(SAID):
                assert row.text in texts
        scale = next(leaf.scale for leaf in rows[0].leaves() if leaf.scale)
        assert any(text.endswith(scale.words()) for text in texts)
        read = read_form(page, regulation, definition)
        assert [f for f in read.findings if f.severity == "error"] == []
        assert read.data["assessment"]["scores"] == given["assessment"]["scores"]


def test_a_blank_sheet_prints_the_maxima() -> None:
    regulation = unit("dang-uy-vi-du-2026")
    texts = paragraphs(blank_form(load_form(regulation, "phu-luc-diem-02a")))
    at = texts.index("Có khát vọng phấn đấu, cống hiến; có khả năng quy tụ và phát huy được sức mạnh của tập thể, "
                     "cá nhân trong cơ quan, đơn vị và các cơ quan, đơn vị có liên quan.")  # fmt: skip
    assert texts[at + 1] == "1"
    heading = texts.index("Tư duy đổi mới, chiến lược, khát vọng cống hiến, dám nghĩ, dám làm")
    assert texts[heading + 1] == "4"


# -- how points are given ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("points", "right"), [(2, True), (0, True), (1.5, False), (0.1, False)])
def test_yes_or_no_is_the_maximum_or_nothing(points: float, right: bool) -> None:
    name = "dang-uy-vi-du-2026"
    data = sample_dossier(name, folders=(UNITS[name],))
    sheet = data["members"][3]["assessments"]["tu_danh_gia"]
    sheet["scores"]["tw_i_1_1"]["points"] = points
    regulation = unit(name)
    found = read_sheet(regulation, load_rules(name, [UNITS[name]]), "dang_vien", sheet, SAID, "khong-lanh-dao")
    assert found is not None
    assert ("yes_no" in [fault.kind for fault in found.faults]) is not right
    pointer = "/members/3/assessments/tu_danh_gia/scores/tw_i_1_1/points"
    assert (codes(data, UNITS[name]).get("validation.score.yes_no") == [pointer]) is not right


@pytest.mark.parametrize(
    ("points", "level", "code"),
    [
        (1.8, "xuat_sac", None), (1.79, "xuat_sac", "band"), (1.4, "tot", None), (1.39, "tot", "band"),
        (1.8, "tot", "band"), (1, "trung_binh", None), (0, "kem", None), (1, None, "no_level"),
    ],
)  # fmt: skip
def test_points_lie_in_the_band_of_the_level(points: float, level: str | None, code: str | None) -> None:
    """QĐ 118 Điều 5 of the example: from 90, 70, 50 per cent of the maximum, here of 2 points."""
    name = "truong-vi-du-2026"
    data = copy.deepcopy(sample_dossier(name, folders=(UNITS[name],)))
    line = data["members"][3]["assessments"]["tu_danh_gia"]["scores"]["kl_i_1_1"]
    assert line["standard_points"] == 2
    line["points"] = points
    line.pop("declared_level")
    if level:
        line["declared_level"] = level
    found = codes(data, UNITS[name])
    assert [c for c in ("band", "no_level") if f"validation.score.{c}" in found] == ([code] if code else [])


def test_the_maxima_of_the_unit_need_not_be_repeated() -> None:
    name = "truong-vi-du-2026"
    data = copy.deepcopy(sample_dossier(name, folders=(UNITS[name],)))
    for line in data["members"][3]["assessments"]["tu_danh_gia"]["scores"].values():
        del line["standard_points"]
    assert codes(data, UNITS[name]) == {}


# -- what is refused, by file and line -----------------------------------------------------------------------------

LAXER = [
    ("at_least: 92", "at_least: 89", "weaker"),
    ("{grade: HTXSNV, that: {compare: {fact: score_total, at_least: 92}}}",
     "{grade: HTTNV, that: {compare: {fact: score_total, at_least: 92}}}", "weaker"),
    ("condition: {grade", "ground: {compare: {fact: score_total, less_than: 40}} #", "effect_removed"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code"), LAXER)
def test_laxer_than_dieu_11_is_refused_by_file_and_line(tmp_path: Path, old: str, new: str, code: str) -> None:
    name = "dang-uy-vi-du-2026"
    folder, _ = changed(tmp_path, name, "rules.yaml", old, new)
    found = [f for f in loosened_regulation(load_regulation(name, [folder])) if f.severity == "error"]
    assert [f.code for f in found] == [f"regulation.loosened.{code}"]
    assert found[0].place.file.endswith("rules.yaml")
    assert (found[0].place.line, found[0].place.source[:30]) == (6, "hd43-2025/dang-vien/xuat-sac/1")
    run = CliRunner().invoke(cli, ["regulations", "--regulations", str(folder)])
    assert run.exit_code == 1
    assert "dòng 6" in run.output
    data = sample_dossier(name, folders=(folder,))
    assert f"regulation.loosened.{code}" in codes(data, folder)


OVER = [
    ("rules: []", "remove: [hd43-2025/dang-vien/hoan-thanh/3]\nrules: []", "rule_removed", 5),
    ("rules: []", "rules:\n  - {id: them/1, subjects: dang_vien, clause: QĐ 118, wording: Chữ., "
     "pin: {grade: HTXSNV, that: {is: exemplary_attested}}}", "rule_added", 6),
    ("rules: []", "rules:\n  - {id: hd43-2025/cohort/dang-vien, subjects: cohort, clause: QĐ 118, wording: Chữ., "
     "quota: {cohort: dang_vien, percent: 30, base: n_good}}", "weaker", 6),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "line"), OVER)
def test_a_condition_taken_away_and_a_wider_quota_are_refused(
    tmp_path: Path, old: str, new: str, code: str, line: int
) -> None:
    name = "truong-vi-du-2026"
    folder, _ = changed(tmp_path, name, "rules.yaml", old, new)
    found = [f for f in loosened_regulation(load_regulation(name, [folder])) if f.severity == "error"]
    assert f"regulation.loosened.{code}" in [f.code for f in found]
    assert line in [f.place.line for f in found]


def test_a_unit_cannot_unbind_itself_and_is_told_to_mend_it(tmp_path: Path) -> None:
    name = "dang-uy-vi-du-2026"
    folder, _ = changed(tmp_path, name, "rules.yaml", "at_least: 92", "at_least: 85")
    path = folder / name / "regulation.yaml"
    path.write_text(path.read_text("utf-8") + "binding: []\n", "utf-8")
    found = [f for f in loosened_regulation(load_regulation(name, [folder])) if f.severity == "error"]
    assert [f.code for f in found] == ["regulation.loosened.weaker"]
    for language in LANGUAGES:
        assert "QĐ 366 Đ.11" in found[0].hint(language)


def test_the_frame_of_another_set_is_said_and_other_sums_are_refused(tmp_path: Path) -> None:
    name = "dang-uy-vi-du-2026"
    said = loosened_regulation(unit(name))
    assert [(f.code, f.severity) for f in said] == [("regulation.loosened.frame", "warning")] * 2
    assert [f.place.inner() for f in said] == [
        "frames: lanh-dao: ld_i (dòng 3)",
        "frames: khong-lanh-dao: kl_i (dòng 4)",
    ]
    assert loosened_regulation(unit("truong-vi-du-2026")) == []
    folder = tmp_path / "vb" / "x-2026"
    folder.mkdir(parents=True)
    (folder / "regulation.yaml").write_text(
        "regulation: x-2026\nextends: hd43-2025\nnumber: 1\nissuer: A\ntitle: B\n", "utf-8"
    )
    rows = "rows: [{id: nh_i_1, text: a}]"
    (folder / "criteria.yaml").write_text(
        f"sets:\n  ngoai-he-thong:\n    - {{id: nh_i, group: other, sum: '40', text: a, {rows}}}\n", "utf-8"
    )
    found = [f for f in loosened_regulation(load_regulation("x-2026", [folder.parent])) if f.severity == "error"]
    assert [(f.code, f.params["given"], f.params["due"]) for f in found] == [("regulation.loosened.sum", "40", "30")]
    assert found[0].place.inner() == "ngoai-he-thong: nh_i (dòng 2)"


def test_papers_are_the_units_own_affair_and_only_said(tmp_path: Path) -> None:
    """Sending the draft later is laxer than HD 43 2.1.a, but no condition of Điều 11."""
    name = "dang-uy-vi-du-2026"
    folder, _ = changed(tmp_path, name, "regulation.yaml", 'working_days: "5"', 'working_days: "2"')
    found = {f.code: f.severity for f in loosened_regulation(load_regulation(name, [folder]))}
    assert found["regulation.loosened.draft"] == "warning"
    assert "error" not in found.values()


WRONG = [
    ("dang-uy-vi-du-2026", '    kl_ii_1_7_1: "60"', '    kl_ii_1_7_1: "61"', "errors.definition.sum", ""),
    ("dang-uy-vi-du-2026", '  ngoai-he-thong: {nh_i_1: "22", nh_i_2: "8"}',
     '  ngoai-he-thong: {nh_i_1: "21", nh_i_2: "8"}', "errors.definition.sum", "sums"),
    ("dang-uy-vi-du-2026", '  ngoai-he-thong: {nh_i_1: "22", nh_i_2: "8"}', '  ngoai-he-thong: {nh_ii: "60"}',
     "errors.definition.sum_fixed", "sums"),
    ("dang-uy-vi-du-2026", '  ngoai-he-thong: {nh_i_1: "22", nh_i_2: "8"}', '  ngoai-he-thong: {nh_ii_1: "60"}',
     "errors.definition.not_a_heading", "sums"),
    ("dang-uy-vi-du-2026", "{nh_i: dam-bao}", "{nh_i: dam-bo}", "errors.definition.unknown_value", "sums"),
    ("dang-uy-vi-du-2026", "{nh_i: dam-bao}", "{nh_x: dam-bao}", "errors.definition.unknown_criterion", "sums"),
    ("dang-uy-vi-du-2026", "kind: yes_no", "kind: maybe", "errors.definition.unknown_value", "sums"),
    ("dang-uy-vi-du-2026", "{kl_i: phu-luc-2}", "{kl_i: phu-luc-9}", "errors.definition.unknown_set", "sums"),
    ("truong-vi-du-2026", 'tot: "70"', 'tot: "95"', "errors.definition.bad_band", "sums"),
    ("truong-vi-du-2026", 'kem: "0"', 'kem: "10"', "errors.definition.bad_band", "sums"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "code", "line"), WRONG)
def test_what_does_not_add_up_is_refused_by_file_and_line(
    tmp_path: Path, name: str, old: str, new: str, code: str, line: str
) -> None:
    folder, at = changed(tmp_path, name, "criteria.yaml", old, new)
    with pytest.raises(DefinitionError) as refused:
        load_regulation(name, [folder])
    assert refused.value.code == code
    assert str(refused.value.facts["file"]).endswith("criteria.yaml")
    if line:
        assert refused.value.facts["line"] == at
    run = CliRunner().invoke(cli, ["regulations", "--regulations", str(folder)])
    for language in LANGUAGES:
        assert "errors.definition" not in message(code, language, **refused.value.facts)
    assert isinstance(run.exception, DefinitionError | SystemExit)


# -- the folder that is written ------------------------------------------------------------------------------------


def named(folder: Path) -> None:
    """Write what a unit writes first: its document."""
    path = folder / "regulation.yaml"
    text = path.read_text("utf-8")
    for old, new in (
        ("(tên gọi tắt, ví dụ HD 05)", "HD 07"), ("(số và ký hiệu)", "07-HD/CB"),
        ("(cơ quan ban hành)", "Chi bộ Ví Dụ"), ("(tên văn bản của đơn vị)", "Hướng dẫn của chi bộ"),
    ):  # fmt: skip
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


def test_the_folder_of_a_unit_works_from_init_to_packet(tmp_path: Path) -> None:
    folder = tmp_path / "van-ban" / "chi-bo-moi-2026"
    runner = CliRunner()
    run = runner.invoke(cli, ["regulations", "--new-unit", "hd43-2025", str(folder)])
    assert run.exit_code == 0, run.output
    shown = runner.invoke(cli, ["regulations", "--regulations", str(folder.parent)])
    assert shown.exit_code == 1  # no document yet
    assert shown.output.count("[regulation.unit.unnamed]") == 3
    folder = shutil.copytree(folder, tmp_path / "vb" / folder.name)  # a run keeps what it read: another place
    named(folder)
    criteria = folder / "criteria.yaml"
    text = criteria.read_text("utf-8")
    # Two sub-criteria of the unit's own in place of one line, whose points they share.
    text = text.replace('    kl_i_3_1: "1"', '    kl_i_3_1a: "0,5"\n    kl_i_3_1b: "0,5"', 1)
    text = text.replace("\npoints:\n", (
        "\ndetail:\n  khong-lanh-dao:\n    kl_i_3_1:\n      - {id: kl_i_3_1a, text: 'Tự giác nhận khuyết điểm'}\n"
        "      - {id: kl_i_3_1b, text: 'Khắc phục khuyết điểm đã nêu'}\npoints:\n"), 1)  # fmt: skip
    criteria.write_text(text, "utf-8")
    place = ["--regulations", str(folder.parent)]
    assert runner.invoke(cli, ["regulations", *place]).exit_code == 0
    assert runner.invoke(cli, ["init", str(tmp_path / "hs"), "-r", folder.name, *place]).exit_code == 0
    path = tmp_path / "hs" / "ho-so.json"
    data = json.loads(path.read_text("utf-8"))
    data["members"] = data["members"][3:6]
    assert {"kl_i_3_1a", "kl_i_3_1b"} <= data["members"][0]["assessments"]["tu_danh_gia"]["scores"].keys()
    path.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    for command in (["validate"], ["grade", "--write"]):
        assert runner.invoke(cli, [*command, str(path), *place]).exit_code == 0
    packed = runner.invoke(cli, ["packet", str(path), "-o", str(tmp_path / "p"), *place])
    assert packed.exit_code == 0, packed.output
    page = next((tmp_path / "p").glob("*-phu-luc-diem-dv-04*.docx")).read_bytes()
    assert "Khắc phục khuyết điểm đã nêu" in paragraphs(page)


@pytest.mark.parametrize("base", ["hd43-2025", "kh40-2018", "hd19-2024"])
def test_it_loads_at_once_and_adds_up(base: str, tmp_path: Path) -> None:
    folder = tmp_path / "mot-don-vi"
    files = write_new_unit(load_regulation(base), folder, 2026)
    assert [path.name for path in files] == ["regulation.yaml", "criteria.yaml", "rules.yaml"]
    regulation = load_regulation(folder.name, [tmp_path])
    pointed = [
        name for name, rows in regulation.criteria.items() if any(leaf.points for r in rows for leaf in r.leaves())
    ]
    assert pointed
    for name in pointed:
        for said in cases_of(regulation.criteria[name]):
            assert sum((maximum(row, said) or Fraction(0) for row in regulation.criteria[name]), Fraction(0)) == 100
    assert {f.code for f in loosened_regulation(regulation)} <= {"regulation.unit.unnamed"}


def test_each_key_of_the_written_criteria_is_explained(tmp_path: Path) -> None:
    write_new_unit(load_regulation("hd43-2025"), tmp_path / "x-2026", 2026)
    text = (tmp_path / "x-2026" / "criteria.yaml").read_text("utf-8")
    for key in ("points", "detail", "sums", "scales", "scale", "frames"):
        assert f"{key}:" in text
    for line in text.split("\npoints:\n")[1].split("\n"):
        assert not line or line.endswith(":") or "# " in line  # each maximum beside the words it is for


def test_nothing_is_overwritten_and_what_has_no_points_is_refused(tmp_path: Path) -> None:
    base = load_regulation("hd43-2025")
    (tmp_path / "co-roi").mkdir()
    (tmp_path / "co-roi" / "a.txt").write_text("x", "utf-8")
    for folder, code in (("co-roi", "not_empty"), ("Đơn vị", "name"), ("kh55-2018", "taken")):
        with pytest.raises(InputError) as refused:
            write_new_unit(base, tmp_path / folder)
        assert refused.value.code == f"regulation.new_unit.{code}"
    assert [p.name for p in (tmp_path / "co-roi").iterdir()] == ["a.txt"]
    run = CliRunner().invoke(cli, ["regulations", "--new-unit", "khbvp-2021", str(tmp_path / "y")])
    assert isinstance(run.exception, InputError)
    assert run.exception.code == "regulation.new_unit.unscored"
    assert not (tmp_path / "y").exists()
    for language in LANGUAGES:
        assert "regulation.new_unit" not in message(run.exception.code, language, **run.exception.facts)


def test_a_fact_that_a_regulation_words_anew_stays_so_for_its_units() -> None:
    """hd43-2025 gives `score_total` to members; the shared catalogue does not."""
    facts = load_rules("truong-vi-du-2026", [UNITS["truong-vi-du-2026"]]).facts
    assert "dang_vien" in facts["score_total"].subjects
    assert facts == load_rules("hd43-2025").facts
