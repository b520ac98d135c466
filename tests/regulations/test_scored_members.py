"""Members scored by kind, tasks counted, blocks of agencies: what the definition language says with `chosen`,
`applies`, `sum`, `total`, a member's own list, a box in a line."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path
from typing import Any

import pytest

from docgen.dossier import dossier_from_data, load_dossier
from docgen.dossier.excel import workbook_bytes
from docgen.dossier.sample import sample_dossier
from docgen.errors import DefinitionError
from docgen.forms.data import Record, form_data
from docgen.forms.definition import load_form
from docgen.forms.example import sample_record
from docgen.forms.fill import Filler, blank_form
from docgen.forms.merge import merge_form
from docgen.forms.readback import read_form
from docgen.grading.dossier_board import grade_dossier
from docgen.packet.plan import plan_documents
from docgen.pipeline import check_loaded
from docgen.regulations.loader import builtin_folder, load_regulation
from docgen.regulations.task_facts import task_facts
from docgen.word.after.written import paragraphs

NAME = "hd43-2025"
REGULATION = load_regulation(NAME)


@pytest.fixture
def data() -> dict[str, Any]:
    return copy.deepcopy(sample_dossier(NAME))


def codes(data: dict[str, Any]) -> dict[str, list[str]]:
    dossier, findings = dossier_from_data(data)
    assert dossier is not None
    out: dict[str, list[str]] = {}
    for finding in check_loaded(dossier, findings).findings:
        out.setdefault(finding.code, []).append(finding.place.pointer)
    return out


def task(done: str | None, exceeded: bool = False, quality: bool = True) -> dict[str, Any]:
    out: dict[str, Any] = {"name": "Việc", "exceeded": exceeded, "quality": quality}
    return out | ({"done": done} if done else {})


def test_shares_are_counted_from_the_table() -> None:
    rows = [task("dung_han", True), task("dung_han"), task("cham", True), task("khong")]
    assert task_facts(rows) == {
        "targets_completed_pct": 75, "targets_exceeded_pct": 50, "tasks_late_pct": 25, "tasks_not_completed_pct": 25,
    }  # fmt: skip
    assert task_facts(rows, led=True) == {
        "led_tasks_completed_pct": 75, "led_tasks_exceeded_pct": 50, "led_tasks_late_pct": 25,
    }  # fmt: skip


def test_nothing_is_guessed_and_a_poor_task_settles_quality() -> None:
    assert task_facts([]) == {}
    assert task_facts(None) == {}
    assert task_facts([task("dung_han"), task(None)]) == {}
    assert task_facts([task("khong", exceeded=True)])["targets_exceeded_pct"] == 0
    assert task_facts([task("dung_han", quality=False)])["tasks_quality_attested"] is False
    assert "tasks_quality_attested" not in task_facts([task("dung_han")])


def test_the_sample_is_the_cell_of_the_issue(data: dict[str, Any]) -> None:
    members = data["members"]
    kinds = [m["member"]["kind"] for m in members]
    assert len(members) == 16
    assert [kinds.count(kind) for kind in ("lanh_dao", "khong_lanh_dao", "ngoai_he_thong")] == [3, 10, 3]
    board = grade_dossier(REGULATION, data)
    grades = [row.grade for row in board.rows if row.subject == "dang_vien"]
    assert (grades.count("HTXSNV"), grades.count("HTTNV"), grades.count("HTNV"), grades.count("")) == (2, 12, 1, 1)
    asked = {row.id: row.proposal.needs_human for row in board.rows if row.proposal.needs_human}
    assert asked == {"dv-09": ("ambiguity:G16",)}
    assert board.row("collective").grade == board.row("party_organization").grade == "HTTNV"
    assert board.quota is not None
    assert (board.quota.max_excellent, board.quota.quota_ok) == (2, True)
    assert set(codes(data)) == {"validation.member.no_birth_date"}


def test_each_kind_gets_its_own_papers(data: dict[str, Any]) -> None:
    made = [(d.definition.form, d.record.member) for d in plan_documents(REGULATION, data)]
    count = {form: sum(f == form for f, _ in made) for form, _ in made}
    assert count == {
        "mau-04": 1, "mau-01": 1, "phu-luc-diem-01": 1, "phu-luc-ket-qua-01": 1, "mau-02a": 3, "phu-luc-diem-02a": 3,
        "mau-02b": 9, "phu-luc-diem": 9, "mau-02c": 3, "phu-luc-diem-02c": 3, "phu-luc-ket-qua": 15,
    }  # fmt: skip
    assert "dv-12" not in {member for _, member in made}  # admitted in August
    assert [f for f, member in made if member == "dv-01"] == ["mau-02a", "phu-luc-diem-02a", "phu-luc-ket-qua"]


def test_a_kind_or_block_left_open_is_named(data: dict[str, Any]) -> None:
    del data["members"][3]["member"]["kind"]
    del data["organization"]["block"]
    assert codes(data)["validation.choice.open"] == ["/organization/block", "/members/3/member/kind"]


@pytest.mark.parametrize(
    ("pointer", "code", "place"),
    [
        (("members", 0, "review", "score_common"), "validation.score.stated", "/members/0/review/score_common"),
        (("members", 0, "review", "score_total"), "validation.same.differs", "/members/0/review/score_total"),
        (("collective", "score_tasks"), "validation.score.stated", "/collective/score_tasks"),
        (("members", 4, "assessments", "tu_danh_gia", "scores", "kl_i_1_1", "standard_points"),
         "validation.score.group", "/members/4/assessments/tu_danh_gia/scores"),
        (("members", 13, "assessments", "tu_danh_gia", "scores", "nh_ii_1", "points"), "validation.score.above",
         "/members/13/assessments/tu_danh_gia/scores/nh_ii_1/points"),
    ],
)  # fmt: skip
def test_sums_are_checked(data: dict[str, Any], pointer: tuple[Any, ...], code: str, place: str) -> None:
    at: Any = data
    for step in pointer[:-1]:
        at = at[step]
    at[pointer[-1]] = 25.5
    assert place in codes(data)[code]


def test_the_points_of_another_block_are_not_asked_for(data: dict[str, Any]) -> None:
    data["organization"]["block"] = "tu_phap"
    found = codes(data)
    assert "/members/4/assessments/tu_danh_gia/scores" in found["validation.score.missing"]
    assert "/members/13/assessments/tu_danh_gia/scores" not in found["validation.score.missing"]


def test_only_the_rows_of_the_block_are_printed(data: dict[str, Any]) -> None:
    form = load_form(REGULATION, "phu-luc-diem")
    filler = Filler(form)
    page = "\n".join(paragraphs(filler.fill(form_data(form, data, Record("dv-05", "tu_danh_gia")))))
    assert "Khối đơn vị sự nghiệp công lập tập trung đánh giá về:" in page
    assert "Khối cơ quan tư pháp tập trung đánh giá về:" not in page
    assert "Khối cơ quan tư pháp tập trung đánh giá về:" in "\n".join(paragraphs(blank_form(form)))
    del data["organization"]["block"]
    page = "\n".join(paragraphs(filler.fill(form_data(form, data, Record("dv-05", "tu_danh_gia")))))
    assert "Khối cơ quan tư pháp tập trung đánh giá về:" in page


def test_a_box_in_a_line_comes_back(data: dict[str, Any]) -> None:
    form = load_form(REGULATION, "mau-02b")
    for grade in ("HTXSNV", "HTTNV", "HTNV", "KHTNV"):
        data["members"][4]["review"]["grade_party"] = grade
        docx = Filler(form).fill(form_data(form, data, Record("dv-05")))
        assert "\n".join(paragraphs(docx)).count("☒") == 1
        assert read_form(docx).data["review"]["grade_party"] == grade


def test_a_members_own_list_comes_back_from_word_and_excel(data: dict[str, Any], tmp_path: Path) -> None:
    form = load_form(REGULATION, "phu-luc-ket-qua")
    result = read_form(Filler(form).fill(form_data(form, data, Record("dv-08"))))
    before = copy.deepcopy(data["members"][7]["tasks"])
    data["members"][7]["tasks"] = []
    merged = merge_form(data, result, REGULATION, form)
    assert merged.data["members"][7]["tasks"] == before
    data["members"][7]["tasks"] = before
    path = tmp_path / "ho-so.xlsx"
    path.write_bytes(workbook_bytes(REGULATION, data))
    dossier, findings = load_dossier(path)
    assert dossier is not None
    assert [f for f in findings if f.severity == "error"] == []
    assert dossier.data == data


def test_the_share_that_the_competent_level_decided_counts(data: dict[str, Any]) -> None:
    data["superior"] = {"quota_pct": 25}
    quota = grade_dossier(REGULATION, data).quota
    assert quota is not None
    assert "25%" in " ".join(quota.explain())
    data["superior"] = {"quota_pct": 26}
    quota = grade_dossier(REGULATION, data).quota
    assert quota is not None
    assert quota.needs_human[-1] == "missing:higher_quota_decided_pct"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("applies: organization.block", "applies: organization.name"),
        ("dang_vien: member.kind", "dang_vien: member.full_name"),
        ("dang_vien: member.kind", "can_bo: member.kind"),
        ('sum: "30"', 'sum: "không"'),
        ("text: 'Kết quả công tác", 'sum: "5"\n          text: \'Kết quả công tác'),
    ],
)
def test_a_wrong_word_is_refused_by_line(old: str, new: str, tmp_path: Path) -> None:
    folder = tmp_path / NAME
    shutil.copytree(builtin_folder() / NAME, folder)
    text = (folder / "criteria.yaml").read_text(encoding="utf-8")
    assert old in text
    (folder / "criteria.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DefinitionError) as refused:
        load_regulation(NAME, [str(tmp_path)])
    assert refused.value.facts["line"] >= 1


def test_the_letters_mean_the_opposite_of_hd19() -> None:
    assert "Cá nhân giữ chức vụ" in "\n".join(paragraphs(blank_form(load_form(REGULATION, "mau-02a"))))
    assert "không giữ chức vụ" in "\n".join(paragraphs(blank_form(load_form(REGULATION, "mau-02b"))))


@pytest.mark.parametrize(("form", "whom"), [("mau-03", "Nguyễn Văn A"), ("mau-03-to-chuc", "Chi bộ Phòng Đào tạo")])
def test_the_example_of_a_decision_to_grade_again_says_what_such_a_decision_says(form: str, whom: str) -> None:
    """QĐ 366 Đ.15 k.3: a fault found later, the published result cancelled, another grade, by a named body."""
    record = sample_record(load_form(REGULATION, form))
    given = record["organization_regrade" if "to-chuc" in form else "regrade"]
    assert (given["old_grade"], given["new_grade"]) == ("HTTNV", "HTNV")
    assert given["issuer"].startswith("ĐẢNG ỦY")
    assert "chưa được nghiệm thu" in given["reason"][0]
    text = "\n".join(paragraphs(Filler(load_form(REGULATION, form)).fill(record)))
    assert whom in text
