"""The index and the secretary's page as they read on paper."""

from __future__ import annotations

import io
import re
import zipfile
from functools import cache
from typing import Any

import pytest

from docgen.dossier.sample import sample_dossier
from docgen.forms.definition import load_form
from docgen.model import Finding, Place
from docgen.packet.index import document_title, index_page, summary_page
from docgen.packet.plan import plan_documents
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.word.written import paragraphs


@cache
def page_of(name: str) -> bytes:
    regulation, data = load_regulation(name), sample_dossier(name)
    documents = plan_documents(regulation, data)
    return index_page(regulation, data, documents, [f"{d.number}.docx" for d in documents], {}, False)


@pytest.mark.parametrize(
    ("code", "name", "printed"),
    [
        ("Biên bản kiểm phiếu", "Biên bản kiểm phiếu", "Biên bản kiểm phiếu"),
        ("Báo cáo", "Báo cáo tình hình", "Báo cáo tình hình"),
        ("BIỂU ĐIỂM SỐ 01", "Biểu điểm số 01 – tiêu chí chấm điểm", "Biểu điểm số 01 – tiêu chí chấm điểm"),
        ("Phụ lục chấm điểm kèm Mẫu 01", "Phụ lục chấm điểm – tập thể", "Phụ lục chấm điểm kèm Mẫu 01: tập thể"),
        ("Mẫu 2A", "Bản tự kiểm điểm cá nhân", "Mẫu 2A: Bản tự kiểm điểm cá nhân"),
        ("BTH 02", "Biểu tổng hợp", "BTH 02: Biểu tổng hợp"),
        ("Phiếu 1", "Phiếu đề xuất mức", "Phiếu 1: Phiếu đề xuất mức"),
    ],
)
def test_a_title_says_nothing_twice(code: str, name: str, printed: str) -> None:
    assert document_title(code, name) == printed


@pytest.mark.parametrize("name", list_regulations())
def test_no_title_of_a_packet_begins_twice(name: str) -> None:
    regulation = load_regulation(name)
    for form in regulation.forms:
        definition = load_form(regulation, form)
        before, _, after = document_title(definition.code, definition.name).partition(": ")
        words = after.split()[:2]
        assert not words or before.split()[:2] != words, (form, before, after)


@pytest.mark.parametrize("name", list_regulations())
def test_each_signer_stands_on_a_line_of_his_own(name: str) -> None:
    """T/M is never broken after its stroke, and who has to sign can be counted."""
    texts = paragraphs(page_of(name))
    assert not any(re.search(r"[)], (?:T/M|Thủ trưởng|Người)", text) for text in texts)
    document = plan_documents(load_regulation(name), sample_dossier(name))[0]
    assert any(text.endswith(f"({document.signers[0].name})") for text in texts)


def test_the_list_to_be_ticked_begins_a_page() -> None:
    with zipfile.ZipFile(io.BytesIO(page_of("hd43-2025"))) as file:
        xml = file.read("word/document.xml").decode()
    at = xml.index("Giấy tờ gửi kèm")
    assert "<w:pageBreakBefore/>" in xml[xml.rindex("<w:p>", 0, at) : at]
    assert xml.count("<w:pageBreakBefore/>") == 1


def test_the_secretary_reads_names_not_only_codes() -> None:
    data: dict[str, Any] = sample_dossier("kh55-2018")
    found = [
        Finding(
            "validation.member.no_birth_date", "warning", Place(pointer="/members/9/member/birth_date"), who="dv-10"
        ),
        Finding(
            "validation.member.no_birth_date", "warning", Place(pointer="/members/99/member/birth_date"), who="dv-99"
        ),
    ]
    texts = paragraphs(summary_page(load_regulation("kh55-2018"), data, found, None, False))
    assert "Hồ Thị L (dv-10)" in texts
    assert "dv-99" in texts
