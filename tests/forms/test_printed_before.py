"""Words that stand twice: "Đảng bộ", "Đảng ủy", "Chi bộ" in a name whose line prints them."""

from __future__ import annotations

import copy
import unicodedata
from typing import Any

import pytest

from docgen.dossier.sample import sample_dossier
from docgen.forms.data import Record, form_data
from docgen.forms.definition import load_form
from docgen.forms.fill import Filler
from docgen.forms.merge import merge_form
from docgen.forms.readback import read_form
from docgen.packet.internal_summary import summary_page
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.regulations.name_prefixes import as_printed
from docgen.word.after.written import paragraphs

FORMS = [(name, form) for name in list_regulations() for form in load_regulation(name).forms]


@pytest.mark.parametrize(
    ("binding", "written", "printed"),
    [
        ("organization.parent", "Đảng bộ Trường Đại học Sông Hậu", "Trường Đại học Sông Hậu"),
        ("organization.parent", "ĐẢNG ỦY KHỐI DOANH NGHIỆP", "KHỐI DOANH NGHIỆP"),
        ("organization.parent", "Đảng uỷ phường 3", "phường 3"),
        ("organization.parent", "BCH Đảng bộ xã Tân An", "xã Tân An"),
        ("organization.parent", unicodedata.normalize("NFD", "Đảng bộ Sở Y tế"), "Sở Y tế"),
        ("organization.parent", "Trường Đảng bộ khối", "Trường Đảng bộ khối"),
        ("organization.parent", "Đảng bộ", "Đảng bộ"),
        ("organization.name", "Chi bộ Phòng Đào tạo", "Phòng Đào tạo"),
        ("organization.name", "CHI BỘ: Tổ dân phố 5", "Tổ dân phố 5"),
        ("organization.name", "Chi bộ 1", "1"),
        ("organization.name", "Phòng Chi bộ", "Phòng Chi bộ"),
        ("member.full_name", "Chi bộ A", "Chi bộ A"),
    ],
)
def test_what_is_printed(binding: str, written: str, printed: str) -> None:
    assert as_printed(binding, written) == printed


def named(name: str) -> dict[str, Any]:
    data = sample_dossier(name)
    data["organization"]["name"] = "Chi bộ Phòng Đào tạo"
    data["organization"]["parent"] = "Đảng bộ Trường Đại học Sông Hậu"
    return data


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_no_page_says_it_twice(name: str, form: str) -> None:
    regulation = load_regulation(name)
    definition = load_form(regulation, form)
    data = named(name)
    assessor = next((a.id for a in regulation.assessors if a.subject == definition.subject), "")
    record = Record(
        "dv-01" if definition.record == "member" or definition.subject == "dang_vien" else "",
        assessor if definition.record == "assessment" else "",
    )
    docx = Filler(definition).fill(form_data(definition, data, record))
    page = "\n".join(paragraphs(docx)).casefold()
    for doubled in ("đảng bộ đảng bộ", "chi bộ chi bộ", "chi bộ: chi bộ", "đảng bộ: đảng bộ"):
        assert doubled not in page
    result = read_form(docx, regulation, definition)
    merged = merge_form(copy.deepcopy(data), result, regulation, definition, member=record.member, assessor=assessor)
    assert [c.pointer for c in merged.changes if c.pointer.startswith("/organization")] == []
    assert [f for f in merged.findings if f.place.pointer.startswith("/organization")] == []


def test_the_pages_of_the_packet_say_it_once() -> None:
    regulation = load_regulation("kh55-2018")
    page = "\n".join(paragraphs(summary_page(regulation, named("kh55-2018"), [], None, False)))
    assert "Phòng Đào tạo" in page
    assert "CHI BỘ: Chi bộ" not in page
    assert "ĐẢNG BỘ Đảng bộ" not in page
