"""The index and the secretary's page as they read on paper."""

from __future__ import annotations

import copy
import io
import re
import zipfile
from functools import cache
from xml.etree import ElementTree

import pytest

from docgen.dossier.sample import sample_dossier
from docgen.forms.definition import load_form
from docgen.packet.index import index_page, start_pages
from docgen.packet.page_words import document_title
from docgen.packet.plan import plan_documents
from docgen.pdf import convert, page_count
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.word.after.written import paragraphs

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@cache
def page_of(name: str) -> bytes:
    regulation, data = load_regulation(name), sample_dossier(name)
    documents = plan_documents(regulation, data)
    return index_page(regulation, data, documents, {}, False)


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


def tables_of(page: bytes) -> list[list[list[str]]]:
    """The tables behind the head of the paper: bodies, members, what is to be added; row by row, heads too."""
    with zipfile.ZipFile(io.BytesIO(page)) as file:
        tree = ElementTree.fromstring(file.read("word/document.xml"))
    return [
        [
            ["\n".join("".join(t.text or "" for t in p.iter(f"{W}t")) for p in cell.iter(f"{W}p")) for cell in row]
            for row in (list(r.iter(f"{W}tc")) for r in table.iter(f"{W}tr"))
        ]
        for table in tree.findall(f".//{W}tbl")[1:]
    ]


def row_of(page: bytes, name: str) -> dict[str, str]:
    """A member's row, by the heads of its columns."""
    members = tables_of(page)[1]
    return dict(zip(members[0], next(row for row in members if row[1] == name), strict=True))


@pytest.mark.parametrize("name", list_regulations())
def test_it_is_a_party_paper_held_upright_with_a_row_for_each_person(name: str) -> None:
    """HD 36-HD/VPTW: organ and body left, the Party's name, place and date right; no number, no star on a list."""
    data = sample_dossier(name)
    texts = paragraphs(page_of(name))
    assert "ĐẢNG CỘNG SẢN VIỆT NAM" in texts[:6]
    assert "ĐẢNG BỘ TRƯỜNG ĐẠI HỌC SÔNG HẬU" in texts
    assert "CHI BỘ PHÒNG ĐÀO TẠO VÀ CÔNG TÁC SINH VIÊN" in texts
    assert any(re.fullmatch(r"Cần Thơ, ngày \d\d tháng \d+ năm 20\d\d", text) for text in texts)
    assert texts.index("MỤC LỤC") < texts.index("NGƯỜI LẬP")
    assert "*" not in texts
    with zipfile.ZipFile(io.BytesIO(page_of(name))) as file:
        assert b'w:orient="landscape"' not in file.read("word/document.xml")
    documents = plan_documents(load_regulation(name), data)
    people = {d.about or d.subject for d in documents if d.record.member}
    bodies, members = tables_of(page_of(name))[:2]
    owners = [row[1] for row in (*bodies[1:], *members[1:])]
    assert people == {row[1] for row in members[1:]}
    assert len(owners) == len(set(owners)), "each once"
    assert len(owners) - len(people) <= 3, "bodies by name"


def test_it_says_whose_papers_begin_where_and_names_no_file() -> None:
    """HD 43: a member's report, the appendix of points, the appendix of results follow one another."""
    regulation, data = load_regulation("hd43-2025"), sample_dossier("hd43-2025")
    documents = plan_documents(regulation, data)
    counts = {document.number: 2 for document in documents}
    page = index_page(regulation, data, documents, start_pages(counts, 3), False)
    first = next(d for d in documents if d.record.member == "dv-04").number
    start = 3 + 2 * (first - 1) + 1
    assert row_of(page, "Phạm Thị D") == {
        "Tờ số": f"{first:03d}–{first + 2:03d}", "Họ và tên": "Phạm Thị D", "Mẫu 02A": "", "Mẫu 02B": str(start),
        "Mẫu 02C": "", "Phụ lục chấm điểm": str(start + 2), "Phụ lục kết quả": str(start + 4),
    }  # fmt: skip
    assert "dv-" not in "\n".join(paragraphs(page))
    unknown = row_of(page_of("hd43-2025"), "Phạm Thị D")
    assert [unknown[head] for head in ("Mẫu 02A", "Mẫu 02B", "Phụ lục chấm điểm")] == ["", "x", "x"]
    why = "Mục lục lập trước bản PDF nên chưa ghi trang bắt đầu."
    assert [why in " ".join(paragraphs(one)) for one in (page, page_of("hd43-2025"))] == [False, True]


def test_forms_that_take_each_others_place_stand_by_their_codes() -> None:
    """HD 19: the packet has the leaders' 02B first; a reader looks for 02A before 02B."""
    heads = list(row_of(page_of("hd19-2024"), sample_dossier("hd19-2024")["members"][0]["member"]["full_name"]))
    codes = [head for head in heads if "02A" in head or "02B" in head]
    assert len(codes) == 2
    assert codes == sorted(codes)


def test_sheets_of_several_assessors_are_told_apart() -> None:
    """KH 55 II.B.2.5: each assesses himself, then the cell's committee; union leaders are assessed by their union."""
    page = page_of("kh55-2018")
    row = row_of(page, "Phạm Thị D")
    assert [row[f"Mẫu 05 {letter}"] for letter in "abc"] == ["x", "x", ""]
    assert row_of(page, "Trần Thị B")["Mẫu 05 c"] == "x"
    legend = next(text for text in paragraphs(page) if "Mẫu 05: " in text and "tự đánh giá; b" in text)
    assert "a – Đảng viên tự đánh giá; b – Chi ủy (chi bộ) nơi đảng viên sinh hoạt; c – " in legend


def test_more_kinds_of_papers_than_fit_stand_in_the_last_column(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docgen.packet.index._COLUMNS", 2)
    regulation, data = load_regulation("kh55-2018"), sample_dossier("kh55-2018")
    documents = plan_documents(regulation, data)
    row = row_of(index_page(regulation, data, documents, {}, False), "Trần Thị B")
    assert list(row)[2:] == ["Mẫu 02", "Phụ lục", "Tài liệu khác"]
    assert row["Tài liệu khác"] == "Mẫu 05 a: x; Mẫu 05 b: x; Mẫu 05 c: x"


@pytest.mark.parametrize("name", ["hd43-2025", "hd19-2024", "hd16-2018", "kh40-2018", "kh55-2018"])
def test_two_upright_pages_are_enough_for_a_body_of_22(name: str) -> None:
    regulation, data = load_regulation(name), copy.deepcopy(sample_dossier(name))
    members = data["members"]
    for number in range(22 - len(members)):
        more = copy.deepcopy(members[number])
        more["id"], more["member"]["full_name"] = f"dv-{number + 50}", f"Nguyễn Thị Hồng {number}"
        members.append(more)
    documents = plan_documents(regulation, data)
    page = index_page(
        regulation, data, documents, start_pages(dict.fromkeys((d.number for d in documents), 4), 2), False
    )
    drawn = convert([("muc-luc.pdf", page)], "rdocx", own=True)
    assert page_count(drawn.pdfs["muc-luc.pdf"]) <= 2


def test_start_pages_follow_the_numbers() -> None:
    assert start_pages({2: 5, 1: 3, 3: 1}, 2) == {1: 3, 2: 6, 3: 11}


@pytest.mark.parametrize("name", list_regulations())
def test_the_signature_takes_what_is_above_it_along(name: str) -> None:
    """Word and LibreOffice: on a page of its own "NGƯỜI LẬP" would stand alone."""
    with zipfile.ZipFile(io.BytesIO(page_of(name))) as archive:
        body = list(ElementTree.fromstring(archive.read("word/document.xml"))[0])

    def style(paragraph: ElementTree.Element) -> str:
        named = paragraph.find(f"{W}pPr/{W}pStyle")
        return "" if named is None else named.get(f"{W}val", "")

    def kept(block: ElementTree.Element) -> bool:
        return all(paragraph.find(f"{W}pPr/{W}keepNext") is not None for paragraph in block.iter(f"{W}p"))

    (sign,) = (n for n, block in enumerate(body) if any(style(p) == "SignZone" for p in block.iter(f"{W}p")))
    assert kept(body[sign - 1])
    if style(body[sign - 1]) == "TinyLine":
        rows = body[sign - 2].findall(f"{W}tr")
        assert kept(rows[-1])
        assert len(rows) < 4 or not kept(rows[-3])
