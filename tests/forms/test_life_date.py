"""A day of a person's life of which only the month or the year is known: never more, never less than was written."""

from __future__ import annotations

import copy
import datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

import openpyxl
import pytest
from word_edits import Edit

from docgen.dossier import dossier_from_data
from docgen.dossier.excel import workbook_bytes
from docgen.dossier.excel_cells import NO_DAY, value_of
from docgen.dossier.layout import Column
from docgen.dossier.load import dossier_from_bytes
from docgen.dossier.sample import sample_dossier
from docgen.dossier.spreadsheet import read_pages
from docgen.forms.definition import load_form
from docgen.forms.example import sample_record
from docgen.forms.fill import Filler
from docgen.forms.readback import read_form
from docgen.grading import propose
from docgen.grading.from_dossier import member_facts
from docgen.paths import JsonDict
from docgen.records import DossierData
from docgen.regulations.loader import load_regulation
from docgen.regulations.outside_review import months_between, months_known
from docgen.validation import validate_dossier
from docgen.values import VALUES
from docgen.values.life_date import read_life_date, shown_life_date, span_of
from docgen.word.after.written import paragraphs

PARTS = ("1975-08-19", "1975-08", "1975")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5/2012", "2012-05"), ("05-2012", "2012-05"), ("tháng 5 năm 2012", "2012-05"), ("Tháng 5/2012", "2012-05"),
        ("2012-05", "2012-05"), ("1975", "1975"), ("năm 1975", "1975"), ("19/8/1975", "1975-08-19"),
        ("ngày 19 tháng 8 năm 1975", "1975-08-19"), (" 1975 ", "1975"),
        # No month, no day, no year of anybody alive; a day and a month; nothing that is guessed.
        ("13/2012", None), ("31/2/1975", None), ("1850", None), ("5/12", None), ("75", None), ("khoảng 1975", None),
        ("1975" * 20, None),
    ],
)  # fmt: skip
def test_as_people_write_it(text: str, value: str | None) -> None:
    assert read_life_date(text) == value


@pytest.mark.parametrize(
    ("value", "first", "last", "shown"),
    [
        ("1975-08-19", "1975-08-19", "1975-08-19", "19/08/1975"),
        ("2012-02", "2012-02-01", "2012-02-29", "2/2012"),
        ("1975", "1975-01-01", "1975-12-31", "1975"),
    ],
)
def test_a_span_of_days(value: str, first: str, last: str, shown: str) -> None:
    assert span_of(value) == (datetime.date.fromisoformat(first), datetime.date.fromisoformat(last))
    assert shown_life_date(value) == shown
    assert read_life_date(shown) == value


@pytest.mark.parametrize("value", ["1975-13", "1975-02-30", "85", "", None, 1975, "2975"])
def test_what_is_no_such_date(value: object) -> None:
    assert span_of(value) is None
    assert not VALUES["life_date"].fits(cast(Any, value), ())


@pytest.mark.parametrize("value", PARTS)
@pytest.mark.parametrize(("name", "form"), [("hd16-2018", "mau-02"), ("hd43-2025", "mau-02b")])
def test_through_word(name: str, form: str, value: str) -> None:
    definition = load_form(load_regulation(name), form)
    record = sample_record(definition)
    cast(Any, record)["member"]["birth_date"] = value
    docx = Filler(definition).fill(record)
    assert f"Ngày sinh: {shown_life_date(value)}" in "\n".join(paragraphs(docx))
    result = read_form(docx)
    assert result.data == record
    assert result.findings == []


@pytest.mark.parametrize(
    ("typed", "value", "code"),
    [("tháng 8/1975", "1975-08", ""), ("1975", "1975", ""), ("30/2/1975", None, "read.life_date.unreadable")],
)
def test_typed_in_word(typed: str, value: str | None, code: str) -> None:
    definition = load_form(load_regulation("hd16-2018"), "mau-02")
    edit = Edit(Filler(definition).fill(sample_record(definition)))
    edit.type("member.birth_date", typed)
    result = read_form(edit.save())
    member = cast(JsonDict, result.data["member"])
    assert member.get("birth_date") == value
    assert [f.code for f in result.findings] == [code] * bool(code)


def test_a_day_that_word_keeps_beside_it() -> None:
    """Forms handed out before have a control for dates: the day it keeps must lie in what is written."""
    kind = VALUES["life_date"]
    assert kind.parse(["8/1975"], (), "1975-08-01").problems == []
    assert [p[0] for p in kind.parse(["8/1975"], (), "1985-08-01").problems] == ["read.date.differs"]


# -- cells -----------------------------------------------------------------------------------------------------------


def cell_of(tmp_path: Path, value: object, number_format: str) -> object:
    book = cast(Any, openpyxl).Workbook()
    sheet = book.active
    sheet["A1"] = value
    sheet["A1"].number_format = number_format
    book.save(tmp_path / "o.xlsx")
    (page,) = read_pages((tmp_path / "o.xlsx").read_bytes())
    return page.rows[0][0]


FIRST_OF_MAY, OTHER_DAY = datetime.date(2012, 5, 1), datetime.date(2012, 5, 15)


@pytest.mark.parametrize(
    ("value", "number_format", "read"),
    [
        (FIRST_OF_MAY, "mmm-yy", "2012-05"), (FIRST_OF_MAY, "m/yyyy", "2012-05"),
        (FIRST_OF_MAY, "[$-42A]mm/yyyy", "2012-05"),
        (FIRST_OF_MAY, "dd/mm/yyyy", "2012-05-01"), (FIRST_OF_MAY, 'd "tháng" m "năm" yyyy', "2012-05-01"),
        (datetime.date(1975, 1, 1), "yyyy", "1975"), (FIRST_OF_MAY, "yyyy", "2012-05-01"),
        # Who typed a day did so, whatever the cell shows of it.
        (OTHER_DAY, "mmm-yy", "2012-05-15"),
        (1975, "General", "1975"), ("5/2012", "@", "2012-05"), ("1975", "@", "1975"), ("1975-08", "@", "1975-08"),
    ],
)  # fmt: skip
def test_in_a_cell(tmp_path: Path, value: object, number_format: str, read: str) -> None:
    column = Column(("member", "birth_date"), "Ngày sinh", VALUES["life_date"])
    found, code = value_of(column, cell_of(tmp_path, value, number_format))
    assert (read_life_date(str(found)), code) == (read, "")


@pytest.mark.parametrize("number_format", ["mmm-yy", "m/yyyy"])
def test_a_meeting_has_a_day(tmp_path: Path, number_format: str) -> None:
    column = Column(("meeting", "held"), "Ngày họp", VALUES["date"])
    assert value_of(column, cell_of(tmp_path, FIRST_OF_MAY, number_format)) == (..., NO_DAY)
    assert value_of(column, cell_of(tmp_path, OTHER_DAY, number_format)) == ("2012-05-15", "")
    assert value_of(column, 1975.0)[0] is ...


# -- a dossier -------------------------------------------------------------------------------------------------------


@cache
def kept() -> DossierData:
    """Four members, reviewed on 17/12/2018."""
    data = cast(Any, sample_dossier("hd16-2018", members=4))
    data["meeting"]["held"] = data["document"]["date"] = "2018-12-17"
    return cast(DossierData, data)


def dossier(**member: Any) -> Any:
    data = cast(Any, copy.deepcopy(kept()))
    data["members"][3]["member"].update(member)
    return data


def said(**member: Any) -> list[tuple[str, str]]:
    """What is said of the dates of the last member."""
    loaded, read = dossier_from_data(dossier(**member))
    assert loaded is not None
    found = [*read, *validate_dossier(loaded, load_regulation("hd16-2018"))]
    return [(f.code.removeprefix("validation."), f.severity) for f in found
            if f.place.pointer.startswith("/members/3/member/")]  # fmt: skip


UNSURE = ("member.admitted_unsure", "warning")


@pytest.mark.parametrize(
    ("member", "expected"),
    [
        ({"birth_date": "1975", "admission_date": "2012-05"}, []),
        ({"birth_date": "1975", "admission_date": "2012"}, []),
        # At the age of 17 or 18: for those who do not know more there is nothing to do.
        ({"birth_date": "1975", "admission_date": "1993"}, [("member.age_unsure", "info")]),
        ({"birth_date": "1975-08", "admission_date": "1993-08"}, [("member.age_unsure", "info")]),
        ({"birth_date": "1975", "admission_date": "1992"}, [("member.admitted_young", "error")]),
        ({"birth_date": "2005"}, [("member.birth_date", "error")]),
        ({"birth_date": "1985-02-30"}, [("shape.life_date", "error")]),
        # Six months to 17/12/2018: on 17/6 they are full.
        ({"admission_date": "2018-06", "official": False}, [UNSURE]),
        ({"admission_date": "2018-05", "official": False}, []),
        ({"admission_date": "2018-07", "official": False}, []),
        ({"admission_date": "2018", "official": False}, [UNSURE]),
        # Twelve months of probation.
        ({"admission_date": "2017-12", "official": True}, [UNSURE]),
        ({"admission_date": "2017-11", "official": True}, []),
        ({"admission_date": "2018-01", "official": True}, [("member.probation", "warning")]),
        ({"admission_date": "2019"}, [("member.admitted_later", "error")]),
    ],
)  # fmt: skip
def test_what_is_certain_and_what_is_not(member: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    given = {"birth_date": "1975-08-19", "admission_date": "2012-05-19", "official": True, **member}
    assert said(**given) == expected


def test_a_meeting_in_a_month_is_no_date() -> None:
    data = dossier()
    data["meeting"]["held"] = "2018-12"
    loaded, read = dossier_from_data(data)
    assert loaded is not None
    found = [*read, *validate_dossier(loaded, load_regulation("hd16-2018"))]
    assert ("validation.shape.date", "/meeting/held") in [(f.code, f.place.pointer) for f in found]


@pytest.mark.parametrize(
    ("admitted", "span", "known"),
    [
        ("2018-06-17", (6, 6), 6), ("2018-06-18", (5, 5), 5), ("2018-06", (5, 6), None), ("2018-05", (6, 7), 6),
        ("2018", (-1, 11), None), ("2012-05", (78, 79), 78), ("1975", (515, 527), 515), ("không rõ", None, None),
    ],
)  # fmt: skip
def test_months_since(admitted: str, span: tuple[int, int] | None, known: int | None) -> None:
    assert months_between(admitted, "2018-12-17") == span
    assert months_known(admitted, "2018-12-17") == known


@pytest.mark.parametrize(("admitted", "months"), [("2012-05", 78), ("2018-06", None)])
def test_the_grading_is_told_what_is_certain(admitted: str, months: int | None) -> None:
    data = dossier(admission_date=admitted)
    data["members"][3].get("facts", {}).pop("months_since_admission", None)
    facts = member_facts(load_regulation("hd16-2018"), data, data["members"][3], {})
    assert facts.get("months_since_admission") == months


@pytest.mark.parametrize(
    ("admitted", "expected"),
    [("2018-06-01", "yes"), ("2018-06", "yes"), ("2018-05", "no"), ("2018", None), ("2017", "no"), ("2019", "yes")],
)
def test_after_a_day(admitted: str, expected: str | None) -> None:
    """KH 55: admitted after 31/5/2018. A month has one answer, the year of that day none."""
    facts = {"exempt_from_party_activities": False, "suspended_from_party_activities": False,
             "self_review_completed": True, "months_since_admission": 8, "admission_date": admitted}  # fmt: skip
    found = propose("kh55-2018", "dang_vien", cast(JsonDict, facts))
    asked = "missing:admission_date" in [question.code for question in found.questions]
    assert (None if asked else "yes" if found.not_ranked else "no") == expected


@pytest.mark.parametrize("value", PARTS)
def test_through_a_workbook(value: str) -> None:
    data = dossier(birth_date=value, admission_date="2012-05")
    data["members"][3].setdefault("facts", {})["admission_date"] = value
    loaded, findings = dossier_from_bytes(workbook_bytes(load_regulation("hd16-2018"), data), "ho-so.xlsx")
    assert loaded is not None
    assert findings == []
    back = cast(Any, loaded.data)["members"][3]
    assert (back["member"]["birth_date"], back["member"]["admission_date"]) == (value, "2012-05")
    assert back["facts"]["admission_date"] == value


def test_namesakes_of_one_year() -> None:
    data = dossier(full_name="Trần Thị Thử", birth_date="1975")
    data["members"][2]["member"].update(full_name="Trần Thị Thử", birth_date="1975-08-19")
    loaded, _ = dossier_from_data(data)
    assert loaded is not None
    codes = [f.code for f in validate_dossier(loaded, load_regulation("hd16-2018"))]
    assert codes.count("validation.members.same_person") == 1
    data["members"][2]["member"]["birth_date"] = "1976"
    loaded, _ = dossier_from_data(data)
    assert loaded is not None
    codes = [f.code for f in validate_dossier(loaded, load_regulation("hd16-2018"))]
    assert "validation.members.same_person" not in codes
