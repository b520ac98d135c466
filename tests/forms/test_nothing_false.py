"""What a form prints of itself is what its source says: no fixed number, office, name or order beside the source."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest

from docgen.dossier import dossier_from_data
from docgen.dossier.sample import sample_dossier
from docgen.forms.data import Record, form_data
from docgen.forms.definition import load_form
from docgen.forms.fill import Filler
from docgen.forms.merge import merge_form
from docgen.forms.readback import read_form
from docgen.pipeline import check_loaded
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.regulations.name_prefixes import as_printed
from docgen.word.after.written import paragraphs

FORMS = [(name, form) for name in list_regulations() for form in load_regulation(name).forms]


def blank(name: str, form: str) -> list[str]:
    regulation = load_regulation(name)
    return paragraphs(Filler(load_form(regulation, form)).fill({}, blank=True))


def filled(name: str, form: str, data: dict[str, Any]) -> bytes:
    regulation = load_regulation(name)
    definition = load_form(regulation, form)
    return Filler(definition).fill(form_data(definition, data, Record()))


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_a_form_named_on_a_form_is_one_for_the_same_kind_of_body(name: str, form: str) -> None:
    """KH 40: a chi ủy fills in Mẫu 04, other collectives Mẫu 07; KH 55: a chi ủy Mẫu 03a, others 04a."""
    definition = load_form(load_regulation(name), form)
    if definition.status == "verbatim" or definition.subject != "tap_the":
        return
    assert [line for line in blank(name, form) if line != definition.code and re.search(r"Mẫu \d", line)] == []


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_no_name_is_printed_that_the_source_does_not_print(name: str, form: str) -> None:
    printed = [line for line in blank(name, form) if "Nguyễn Văn A" in line]
    assert len(printed) == ((name, form) == ("hd16-2018", "mau-06"))


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_no_office_signs_that_the_source_does_not_name(name: str, form: str) -> None:
    """An office that signs is one whatever the unit: HD 16 prints the head of the office, under Mẫu 02; HD 25, after
    which the blocks of HD 43 are rebuilt, under 02A and 02B."""
    definition = load_form(load_regulation(name), form)
    printed = ["".join(getattr(part, "text", "") for part in line) for sign in definition.signs() for line in sign.text]
    assert [
        line for line in printed if re.search(r"KHỐI|PHƯỜNG|TRƯỜNG(?! *THỦ)|BỆNH VIỆN", line.replace("THỦ TRƯỞNG", ""))
    ] == []
    head = [line for line in printed if "THỦ TRƯỞNG" in line]
    rebuilt = name == "hd43-2025" and form in ("mau-02a", "mau-02b")
    assert len(head) == (rebuilt or (form == "mau-02" and name in ("hd16-2018", "kh40-2018", "kh55-2018")))


@pytest.mark.parametrize("form", ["kb-02a", "kb-02b"])
def test_hd19_grades_no_civil_servants(form: str) -> None:
    page = "\n".join(blank("hd19-2024", form))
    assert "công chức" not in page
    assert "VII. Tự nhận mức xếp loại chất lượng" in page
    data = sample_dossier("hd19-2024")
    for member in data["members"]:
        member.pop("civil", None)
    dossier, findings = dossier_from_data(data)
    assert dossier is not None
    assert "validation.grade.no_civil" not in {f.code for f in check_loaded(dossier, findings).findings}


def test_a_regulation_that_prints_the_civil_grade_asks_for_it() -> None:
    data = sample_dossier("kh55-2018")
    data["members"][3].pop("civil")
    dossier, findings = dossier_from_data(data)
    assert dossier is not None
    assert "validation.grade.no_civil" in {f.code for f in check_loaded(dossier, findings).findings}


def test_kh55_prints_the_note_on_civil_servants_after_all_items() -> None:
    page = "\n".join(blank("kh55-2018", "mau-02"))
    items = ("Việc thực hiện nhiệm vụ đảng viên", "Kết quả thực hiện các chỉ tiêu", "Trách nhiệm cá nhân liên quan",
             "3. Việc thực hiện cam kết", "III. Kết quả khắc phục", "IV. Những vấn đề được gợi ý",
             "Đối với đảng viên là công chức, viên chức và những người khác", "V. Làm rõ trách nhiệm")  # fmt: skip
    places = [page.index(item) for item in items]
    assert places == sorted(places)


@pytest.mark.parametrize(("name", "form"), [("khbvp-2021", "phieu-xep-loai"), ("hd19-2024", "bth-02")])
def test_a_table_of_bodies_has_the_unit_itself_where_none_is_listed(name: str, form: str) -> None:
    regulation = load_regulation(name)
    definition = load_form(regulation, form)
    data = sample_dossier(name)
    assert "bodies" not in data
    docx = filled(name, form, data)
    own = data["organization" if name == "khbvp-2021" else "party_organization"]["name"]
    (row,) = read_form(docx, regulation, definition).data["bodies"]
    assert row["name"] == own
    if form == "bth-02":
        sheet = data["party_organization"]["assessments"]["tu_danh_gia"]
        assert (row["self_grade"], row["score_total"]) == (sheet["proposed_grade"], sheet["score_total"])
    merged = merge_form(copy.deepcopy(data), read_form(docx, regulation, definition), regulation, definition)
    assert (merged.changes, merged.data.get("bodies")) == ([], None)


@pytest.mark.parametrize(("name", "form"), [("khbvp-2021", "phieu-xep-loai"), ("hd19-2024", "bth-02")])
def test_bodies_that_are_listed_are_the_rows(name: str, form: str) -> None:
    regulation = load_regulation(name)
    definition = load_form(regulation, form)
    data = sample_dossier(name) | {"bodies": [{"name": "Chi bộ Khoa Nội"}, {"name": "Chi bộ Khoa Ngoại"}]}
    found = read_form(filled(name, form, data), regulation, definition).data["bodies"]
    assert [row["name"] for row in found] == ["Chi bộ Khoa Nội", "Chi bộ Khoa Ngoại"]


@pytest.mark.parametrize(
    ("binding", "written", "printed"),
    [
        ("report.number", "Số: 27-BC/CB", "27-BC/CB"),
        ("report.number", "số 27-BC/CB", "27-BC/CB"),
        ("report.number", "27-BC/CB", "27-BC/CB"),
        ("regrade.number", "Số 05-QĐ/ĐU", "05-QĐ/ĐU"),
        ("regrade.discipline_number", "Quyết định số 12-QĐ/UBKT", "12-QĐ/UBKT"),
        ("counting.head", "Tổ trưởng Lê Hoàng C", "Lê Hoàng C"),
    ],
)
def test_the_word_before_a_number_stands_once(binding: str, written: str, printed: str) -> None:
    assert as_printed(binding, written) == printed


@pytest.mark.parametrize("name", list_regulations())
def test_no_line_says_number_or_day_twice(name: str) -> None:
    data = sample_dossier(name)
    data["report"] = {**data.get("report", {}), "number": "Số: 27-BC/CB"}
    data["counting"] = {**data.get("counting", {}), "head": "tổ trưởng Lê Hoàng C"}
    regulation = load_regulation(name)
    for form in regulation.forms:
        if load_form(regulation, form).record == "dossier":
            page = "\n".join(paragraphs(filled(name, form, data)))
            assert re.search(r"(?i)\b(số|ngày|tháng|năm|tổ trưởng)[\s:]+\1\b", page) is None
