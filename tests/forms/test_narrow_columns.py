"""Tables of many columns: Mẫu 06 of KH 55 and KH 40, two landscape pages for 14 members; its lines, its grades."""

from __future__ import annotations

import copy
import io
import zipfile
from typing import Any

import pytest
from lxml import etree

from docgen.dossier.sample import sample_dossier
from docgen.forms.data import form_data
from docgen.forms.definition import FormDefinition
from docgen.forms.fill import Filler
from docgen.forms.printed import canonical_data
from docgen.forms.readback import read_form
from docgen.packet.plan import plan_documents
from docgen.pdf import convert, page_count
from docgen.regulations.loader import load_regulation
from docgen.values import VALUES
from docgen.word.write.builder import write_package

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WIDE = ["kh55-2018", "kh40-2018"]
#: The heads of 0.2.0 in the places of today's.
OLD_HEADS = {"ĐV": "Đảng viên tự đánh giá, xếp loại", "CC, VC": "Kết quả xét công chức, viên chức", "Nơi cư trú":
             "Nơi cư trú đã xác nhận", "Chi bộ xếp loại": "Chi bộ đánh giá, xếp loại"}  # fmt: skip


def _mau_06(name: str) -> tuple[FormDefinition, dict[str, Any]]:
    """The form, and the data of the sample dossier of 14 members for it."""
    data = sample_dossier(name)
    document = next(d for d in plan_documents(load_regulation(name), data) if d.definition.form == "mau-06")
    return document.definition, copy.deepcopy(form_data(document.definition, data, document.record))


def _rows(docx: bytes) -> list[list[list[str]]]:
    """The texts of the paragraphs of each cell of the table of members, headings included."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    table = next(t for t in root.iter(f"{W}tbl") if t.find(f"{W}tblPr/{W}tblCaption") is not None)
    return [
        [["".join(t.text or "" for t in p.iter(f"{W}t")) for p in cell.iter(f"{W}p")] for cell in row.iter(f"{W}tc")]
        for row in table.iter(f"{W}tr")
    ]


def _with(docx: bytes, words: dict[str, str]) -> bytes:
    """The file with other words in its runs."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for old, new in words.items():
        parts["word/document.xml"] = parts["word/document.xml"].replace(f">{old}<".encode(), f">{new}<".encode())
    return write_package(parts)


@pytest.mark.parametrize("engine", ["rdocx", pytest.param("libreoffice", marks=pytest.mark.libreoffice)])
@pytest.mark.parametrize("name", WIDE)
def test_fourteen_members_stand_on_two_pages(name: str, engine: str) -> None:
    pytest.importorskip("rdocx")
    definition, record = _mau_06(name)
    assert len(record["members"]) == 14
    (pdf,) = convert({"mau-06": Filler(definition).fill(record)}, engine).pdfs.values()
    assert page_count(pdf) == 2


@pytest.mark.parametrize("name", WIDE)
def test_a_grade_is_printed_short_and_read_back_short_or_in_full(name: str) -> None:
    definition, record = _mau_06(name)
    docx = Filler(definition).fill(record)
    cells = {text for row in _rows(docx)[2:] for cell in row for text in cell}
    assert {"HTXS", "HTT"} <= cells
    assert not any(text.startswith("Hoàn thành") for text in cells)
    wanted = canonical_data(definition, record)
    assert read_form(docx).data == wanted
    full = {"HTXS": "Hoàn thành xuất sắc nhiệm vụ", "HTT": "Hoàn thành tốt nhiệm vụ", "HT": "Hoàn thành nhiệm vụ"}
    assert read_form(_with(docx, full)).data == wanted


@pytest.mark.parametrize("name", WIDE)
def test_the_heading_of_an_older_form_is_no_record(name: str) -> None:
    definition, record = _mau_06(name)
    read = read_form(_with(Filler(definition).fill(record), OLD_HEADS))
    assert read.data == canonical_data(definition, record)
    assert not {finding.code for finding in read.findings if finding.severity == "error"}


@pytest.mark.parametrize("name", WIDE)
def test_a_signature_whose_neighbour_changed_is_not_missing(name: str) -> None:
    definition, record = _mau_06(name)
    left = ["".join(part.text for part in parts if hasattr(part, "text")) for parts in definition.signs()[0].left]
    read = read_form(_with(Filler(definition).fill(record), dict.fromkeys(left, "")))
    assert "read.sign.missing" not in {finding.code for finding in read.findings}


@pytest.mark.parametrize("name", WIDE)
def test_the_votes_have_one_heading(name: str) -> None:
    definition, record = _mau_06(name)
    first, second = _rows(Filler(definition).fill(record))[:2]
    assert len([cell for cell in first if cell == ["Số phiếu"]]) == 1
    assert len(second) == len(first) - 2 + 4 + 4  # two merged heads, four columns below each


def test_posts_are_joined_where_there_is_no_room() -> None:
    definition, record = _mau_06("kh55-2018")
    record["members"][0]["member"]["position"] = {"party": "Đảng viên", "union": "Lớp trưởng"}
    record["members"][1]["member"]["position"] = {"government": "Chuyên viên"}
    posts = [row[2] for row in _rows(Filler(definition).fill(record))[2:]]
    assert posts[:2] == [["Đảng viên; Lớp trưởng"], ["Chuyên viên"]]


def test_the_legend_does_not_stand_for_a_grade() -> None:
    kind = VALUES["grade"]
    options = kind.options({}, "")
    assert not kind.is_printed("HTNV", options, "- HTXS, HTT, HT, KHT: hoàn thành nhiệm vụ".replace("HT,", "HT:"))
    assert kind.is_printed("HTNV", options, "1 Nguyễn Văn A HT Có")
