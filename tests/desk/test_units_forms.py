"""The summary forms of the level above: filled from its units' dossiers, an undecided grade left open and said so."""

from __future__ import annotations

import copy
import io
import zipfile
from typing import Any

import openpyxl
import pytest
from test_units_below import dossier, row

import docgen
from docgen.desk.units_below import UnitRow, whole_of
from docgen.desk.units_book import Listed, units_book
from docgen.desk.units_forms import Above, FromUnit, forms_apart, summary_forms, whole_form
from docgen.forms.definition import load_form
from docgen.forms.readback import read_form
from docgen.model import GRADES
from docgen.regulations.loader import load_regulation
from docgen.word.after.written import WrittenFile

ABOVE = Above("Đảng bộ Trường Sông Trăng", "Đảng bộ tỉnh", 2024)


def unit(name: str, data: dict[str, Any]) -> FromUnit:
    loaded, _ = docgen.load_dossier(data)
    assert loaded is not None
    return FromUnit(name, loaded.data)


def text(docx: bytes) -> str:
    return "\n".join(WrittenFile(docx).paragraphs())


@pytest.mark.parametrize(
    ("regulation", "forms"),
    [
        ("hd19-2024", [("bth-02", False), ("bth-03", False)]), ("kh55-2018", [("mau-06", True)]),
        ("kh40-2018", [("mau-06", True)]), ("hd16-2018", [("mau-06", True)]), ("hd43-2025", [("tong-hop", False)]),
        ("khbvp-2021", [("tong-hop", False)]),
    ],
)  # fmt: skip
def test_each_regulation_has_its_forms(regulation: str, forms: list[tuple[str, bool]]) -> None:
    found = summary_forms(load_regulation(regulation))
    assert [(one.definition.form, one.apart) for one in found] == forms


def test_the_members_of_all_units_stand_in_one_form_with_their_units() -> None:
    units = [unit("Chi bộ Một", dossier(6, "hd19-2024", m1="HTTNV")), unit("Chi bộ Hai", dossier(7, "hd19-2024"))]
    made = whole_form(load_form(load_regulation("hd19-2024"), "bth-03"), units, ABOVE)
    rows = read_form(made).data["members"]
    assert len(rows) == 13
    assert rows[0]["cell"]["grade"] == "HTTNV"
    assert "grade" not in rows[1]["cell"]
    assert "committee" not in rows[1] or "grade" not in rows[1]["committee"]
    assert rows[0]["cell"]["note"].startswith("Chi bộ Một")
    assert "chưa có mức" not in rows[0]["cell"]["note"]
    assert rows[1]["cell"]["note"].startswith("Chi bộ Một; chưa có mức quyết định")
    assert rows[6]["cell"]["note"].startswith("Chi bộ Hai; chưa có mức quyết định")
    shown = text(made)
    assert "ĐẢNG BỘ TRƯỜNG SÔNG TRĂNG" in shown.upper()
    assert "Năm 2024" in shown


def test_each_body_is_a_row_and_its_grade_is_not_made_up() -> None:
    own, listing = dossier(6, "hd19-2024"), dossier(6, "hd19-2024")
    own["bodies"] = []
    own["party_organization"]["name"] = "Chi bộ Một"
    listing["bodies"] = [{"name": "Chi bộ Hai A", "grade": "HTTNV"}, {"name": "Chi bộ Hai B"}]
    made = whole_form(
        load_form(load_regulation("hd19-2024"), "bth-02"), [unit("Một", own), unit("Hai", listing)], ABOVE
    )
    rows = read_form(made).data["bodies"]
    assert [one["name"] for one in rows] == ["Chi bộ Một", "Chi bộ Hai A", "Chi bộ Hai B"]
    assert [one.get("grade") for one in rows] == [None, "HTTNV", None]
    assert [one.get("note") for one in rows] == ["chưa có mức quyết định", None, "chưa có mức quyết định"]


def test_each_unit_has_its_own_form_where_a_cell_signs() -> None:
    units = [unit("Chi bộ Một", dossier(5, m1="HTTNV")), unit("Chi bộ <Hai>/..", dossier(4))]
    with zipfile.ZipFile(io.BytesIO(forms_apart(load_form(load_regulation("kh55-2018"), "mau-06"), units))) as archive:
        assert archive.namelist() == ["001-mau-06-chi-bo-mot.docx", "002-mau-06-chi-bo-hai.docx"]
        rows = read_form(archive.read("001-mau-06-chi-bo-mot.docx"))
    told = rows.data["members"]
    assert len(told) == 5
    assert told[0]["cell"]["grade"] == "HTTNV"
    assert "chưa có mức" not in told[0]["cell"].get("note", "")
    assert told[1]["cell"]["note"].startswith("chưa có mức quyết định")


def test_the_table_of_the_current_guidance_counts_what_people_wrote() -> None:
    units = [unit("Chi bộ Một", dossier(6, "hd43-2025", m1="HTXSNV", m2="HTTNV")),
             unit("Chi bộ Hai", dossier(6, "hd43-2025", m1="HTTNV"))]  # fmt: skip
    graded = sum(row(dossier(6, "hd43-2025")).grades.base for _ in units)  # type: ignore[union-attr]
    shown = text(whole_form(load_form(load_regulation("hd43-2025"), "tong-hop"), units, ABOVE))
    assert shown.count("chưa có mức quyết định") == graded - 3
    assert "ĐẢNG ỦY TRƯỜNG SÔNG TRĂNG" in shown
    assert "Tổng cộng" in shown


def test_a_faulty_value_leaves_its_place_empty() -> None:
    data = dossier(5, "hd19-2024")
    data["members"][0]["cell"] = {"grade": "RẤT TỐT"}
    data["members"][1]["votes"] = {"HTTNV": "mười"}
    made = whole_form(load_form(load_regulation("hd19-2024"), "bth-03"), [unit("Một", data)], ABOVE)
    assert "RẤT TỐT" not in text(made)


def test_the_workbook_has_numbers_and_names_are_no_formulas() -> None:
    first = row(dossier(14, m1="HTXSNV", **{f"m{n}": "HTTNV" for n in range(2, 12)}), "a")
    second = UnitRow("b", '=HYPERLINK("http://x")')
    law = load_regulation("kh55-2018")
    whole = whole_of(law, [first, second])
    content = units_book([Listed("KH 55", 2018, whole, [first, second])])
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet, sums, quota = (book[name] for name in ("Từng đơn vị", "Cộng", "Hạn mức"))
    heads = [cell.value for cell in sheet[1]]
    at = {name: heads.index(name) for name in ("Đơn vị", "Được xếp loại", "Chưa có mức", "Tình trạng")}
    assert [sheet[3][at["Đơn vị"]].value, sheet[3][at["Đơn vị"]].data_type] == [second.name, "s"]
    assert sheet[3][at["Tình trạng"]].value == "chưa có hồ sơ"
    assert first.grades is not None
    assert sheet[2][at["Được xếp loại"]].value == first.grades.base
    assert sheet[2][at["Chưa có mức"]].value == first.grades.open
    for place, grade in enumerate(GRADES):
        count, share = sheet[2][at["Được xếp loại"] + 1 + 2 * place], sheet[2][at["Được xếp loại"] + 2 + 2 * place]
        assert count.value == first.grades.grades[grade]
        assert share.value == pytest.approx(first.grades.grades[grade] / first.grades.base)
        assert share.number_format == "0.0%"
    assert sheet[3][at["Được xếp loại"]].value is None
    assert sums[2][5].value == whole.grades.base
    assert [quota[n][6].value for n in range(2, 2 + len(whole.readings))] == [one.most for one in whole.readings]


def test_nothing_of_the_dossiers_is_changed() -> None:
    one = unit("Một", dossier(5, "hd19-2024"))
    before = copy.deepcopy(one.data)
    whole_form(load_form(load_regulation("hd19-2024"), "bth-03"), [one, one], ABOVE)
    whole_form(load_form(load_regulation("hd19-2024"), "bth-02"), [one, one], ABOVE)
    assert one.data == before
