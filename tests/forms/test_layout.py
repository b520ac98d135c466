"""How a form stands on paper, by the rules of `docgen.word.write.style` and the layout of Party documents: in the
Word file itself, for every form. What the drawn pages look like is in `tests/pdf/test_pages.py`.
"""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from functools import cache

import pytest
from lxml import etree

from docgen.forms.definition import FormDefinition, Rows, Sign, load_form
from docgen.forms.example import sample_record
from docgen.forms.fill import Filler, blank_form
from docgen.forms.readback import read_form
from docgen.forms.template import default_prompt
from docgen.regulations.loader import RegulationData, list_regulations, load_regulation
from docgen.word.after.unwrap import unwrap
from docgen.word.write import style
from docgen.word.write.controls import paragraphs_control

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FORMS = [f"{name}/{form}" for name in list_regulations() for form in load_regulation(name).forms]


def _parts(name: str) -> tuple[RegulationData, FormDefinition]:
    regulation = load_regulation(name.split("/")[0])
    return regulation, load_form(regulation, name.split("/")[1])


@cache
def _body(name: str, blank: bool) -> etree._Element:
    """The body of a form without its content controls."""
    _, definition = _parts(name)
    docx = blank_form(definition) if blank else Filler(definition).fill(sample_record(definition))
    with zipfile.ZipFile(io.BytesIO(unwrap(docx))) as archive:
        body = etree.fromstring(archive.read("word/document.xml")).find(f"{W}body")
    assert body is not None
    return body


def _style(paragraph: etree._Element) -> str:
    named = paragraph.find(f"{W}pPr/{W}pStyle")
    return "Normal" if named is None else str(named.get(f"{W}val"))


def _text(element: etree._Element) -> str:
    return "".join(t.text or "" for t in element.iter(f"{W}t"))


def _stays(paragraph: etree._Element) -> bool:
    """True where the paragraph is kept with the next one, by itself or by its style."""
    return paragraph.find(f"{W}pPr/{W}keepNext") is not None or _style(paragraph) in ("SectionHeading", "SubHeading")


def _is_signature(block: etree._Element) -> bool:
    return block.tag == f"{W}tbl" and any(_style(p) == "SignZone" for p in block.iter(f"{W}p"))


@pytest.mark.parametrize("blank", [True, False], ids=["blank", "filled"])
@pytest.mark.parametrize("name", FORMS)
def test_a_signature_is_kept_with_what_it_signs(name: str, blank: bool) -> None:
    blocks = list(_body(name, blank))
    signatures = [position for position, block in enumerate(blocks) if _is_signature(block)]
    assert len(signatures) == len(_parts(name)[1].signs())
    for position in signatures:
        before = blocks[position - 1]
        if before.tag == f"{W}p" and _style(before) == "TinyLine":
            assert _stays(before), name
            last_row = blocks[position - 2].findall(f"{W}tr")[-1]
            assert all(_stays(p) for p in last_row.iter(f"{W}p")), name
        else:
            assert _stays(before), (name, _text(before))
        # Kept paragraphs inside would keep the table with what follows it: LibreOffice then leaves pages half empty.
        assert not any(_stays(p) for p in blocks[position].iter(f"{W}p")), name


@pytest.mark.parametrize("name", [n for n in FORMS if any(isinstance(b, Rows) for b in _parts(n)[1].body)])
def test_the_last_two_records_are_kept_and_no_other(name: str) -> None:
    for table in (block for block in _body(name, False) if block.tag == f"{W}tbl"):
        records = [r for r in table.findall(f"{W}tr") if r.find(f"{W}trPr/{W}tblHeader") is None]
        if table.find(f"{W}tblPr/{W}tblBorders") is not None and len(records) > 1:
            kept = [any(p.find(f"{W}pPr/{W}keepNext") is not None for p in row.iter(f"{W}p")) for row in records]
            assert not any(kept[:-2]), name
            assert kept[-2], name


def test_the_last_paragraph_alone_is_kept() -> None:
    kept = paragraphs_control("a.b", "A", 1, "…", "a.b", "Narrative", keep_last=True)
    assert kept.count("<w:keepNext/>") == 1
    assert "loop.last" in kept
    assert "keepNext" not in paragraphs_control("a.b", "A", 1, "…", "a.b", "Narrative")


@pytest.mark.parametrize("name", FORMS)
def test_tables_fit_the_page_and_repeat_their_heading(name: str) -> None:
    definition = _parts(name)[1]
    width = style.text_width(definition.landscape)
    for table in _body(name, True).iter(f"{W}tbl"):
        columns = [int(c.get(f"{W}w", "0")) for c in table.iter(f"{W}gridCol")]
        assert sum(columns) == width, name
        if table.find(f"{W}tblPr/{W}tblBorders") is None:
            continue
        first = table.find(f"{W}tr")
        assert first is not None
        assert first.find(f"{W}trPr/{W}tblHeader") is not None, name
        margins = table.find(f"{W}tblPr/{W}tblCellMar")
        assert margins is not None
        # Room between the line and the text: rdocx takes it from here and not from the paragraphs.
        assert [int(margins.find(f"{W}{side}").get(f"{W}w")) > 0 for side in ("top", "bottom")] == [True, True], name


def test_a_line_of_dots_stays_on_one_line() -> None:
    field = load_regulation("hd16-2018").fields["review.ideology"]
    room = style.text_width(False) - style.twips(style.FIRST_LINE_MM)
    # An ellipsis of Times New Roman is as wide as its size.
    assert len(default_prompt(field)) * style.points20(style.BODY_PT) <= room


@pytest.mark.parametrize("name", ["hd19-2024/qd-01", "hd19-2024/bao-cao-tinh-hinh"])
def test_the_recipients_stand_left_under_an_underlined_heading(name: str) -> None:
    sign = next(block for block in _parts(name)[1].body if isinstance(block, Sign) and block.left)
    cell = next(block for block in _body(name, True) if _is_signature(block)).find(f".//{W}tc")
    assert cell is not None
    found = [(_style(p), _text(p)) for p in cell.iter(f"{W}p")]
    assert found[0] == ("RecipientHead", "Nơi nhận:")
    assert [s for s, _ in found[1:]] == ["RecipientItem"] * (len(sign.left) - 1)
    styles = style.styles_xml()
    head = styles.split('w:styleId="RecipientHead"')[1].split("</w:style>")[0]
    item = styles.split('w:styleId="RecipientItem"')[1].split("</w:style>")[0]
    assert '<w:u w:val="single"/>' in head
    assert f'<w:sz w:val="{style.half_points(12)}"/>' in item
    assert '<w:jc w:val="left"/>' in head
    assert '<w:jc w:val="left"/>' in item


def test_the_next_label_of_a_line_stands_off_and_is_read_back() -> None:
    _, definition = _parts("hd16-2018/mau-02")
    line = next(p for p in _body("hd16-2018/mau-02", False) if _text(p).startswith("Họ và tên:"))
    assert _text(line) == "Họ và tên: Nguyễn Văn A    Ngày sinh: 14/03/1978"
    assert line.find(f"{W}pPr/{W}jc").get(f"{W}val") == "left"
    # Controls taken off: the values are found between the labels.
    back = read_form(unwrap(Filler(definition).fill(sample_record(definition))))
    assert back.data["member"]["full_name"] == "Nguyễn Văn A"
    assert back.data["member"]["birth_date"] == "1978-03-14"


def test_bold_words_after_a_value_do_not_stand_off() -> None:
    texts = [_text(p) for p in _body("hd19-2024/qd-01", False).iter(f"{W}p")]
    # The issuer and the word are lines of their own.
    assert {"ĐẢNG ỦY TRƯỜNG ĐẠI HỌC SÔNG HẬU", "QUYẾT ĐỊNH"} <= set(texts)
    assert any(t.startswith("Điều 1. Hủy bỏ kết quả") for t in texts)


def test_a_sentence_with_a_value_stays_justified() -> None:
    sentence = next(p for p in _body("hd16-2018/mau-01", False) if _text(p).startswith("Căn cứ kết quả"))
    assert sentence.find(f"{W}pPr/{W}jc") is None


@pytest.mark.parametrize("name", ["hd19-2024/bth-02", "kh55-2018/mau-06", "khbvp-2021/phieu-xep-loai"])
def test_a_table_without_records_has_rows_to_write_in(name: str) -> None:
    _, definition = _parts(name)
    record = sample_record(definition)
    for table in definition.tables():
        record[table.binding] = []
    docx = Filler(definition).fill(record)
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    bordered = [t for t in root.iter(f"{W}tbl") if t.find(f"{W}tblPr/{W}tblBorders") is not None]
    wanted = [table.blank_rows for table in definition.tables()]
    rows = [[row.find(f"{W}trPr/{W}tblHeader") for row in t.findall(f"{W}tr")] for t in bordered]
    assert [sum(head is None for head in heads) for heads in rows] == wanted
    assert not any(read_form(docx).data.get(table.binding) for table in definition.tables())


def test_grades_are_centred_and_words_are_not() -> None:
    row = next(
        b for b in _body("hd19-2024/bth-02", False) if b.tag == f"{W}tbl" and b.find(f".//{W}tblHeader") is not None
    )
    cells = row.findall(f"{W}tr")[1].findall(f"{W}tc")
    styles = [_style(next(cell.iter(f"{W}p"))) for cell in cells]
    words, numbers = "CellSmall", "CellSmallCentre"
    assert styles == [numbers, words, words, numbers, numbers, numbers, words]


@pytest.mark.parametrize("name", FORMS)
def test_a_line_of_the_title_fits_the_page(name: str) -> None:
    """Fixed lines of the title are broken by us, between words that belong together, and not by the page."""
    definition = _parts(name)[1]
    room = style.text_width(definition.landscape) / 20
    for parts in definition.title:
        text = "".join(getattr(part, "text", "2018") for part in parts)
        assert _width(text, style.TITLE_PT) <= room, (name, text)


def _width(text: str, pt: float) -> float:
    """About how wide bold Times New Roman sets `text`, in points: the parts of its size that letters take."""
    narrow = "iíìỉĩịltfjrI"
    return pt * sum(0.33 if c in narrow else 0.67 if c.isupper() else 0.52 if c.isalpha() else 0.3 for c in text)


@pytest.mark.parametrize("name", FORMS)
def test_no_word_of_a_heading_is_broken(name: str) -> None:
    """A column is as wide as the longest word above it: engines break a word that has no room."""
    for row in _body(name, True).iter(f"{W}tr"):
        if row.find(f"{W}trPr/{W}tblHeader") is None:
            continue
        for cell in row.iter(f"{W}tc"):
            inside = [row.getparent().find(f"{W}tblPr/{W}tblCellMar/{W}{side}") for side in ("left", "right")]
            room = int(cell.find(f"{W}tcPr/{W}tcW").get(f"{W}w")) / 20 - sum(int(s.get(f"{W}w")) for s in inside) / 20
            for paragraph in cell.iter(f"{W}p"):
                pt = style.SMALL_TABLE_PT if "Small" in _style(paragraph) else style.TABLE_PT
                for word in _text(paragraph).split():
                    assert _width(word, pt) <= room, (name, word)


#: KH 55 grades students and officials by one school year; a plan for another year names its own.
_SCHOOL_YEAR = "năm học 2017 - 2018"


@pytest.mark.parametrize("name", FORMS)
def test_no_year_is_printed_beforehand(name: str) -> None:
    """The year of a paper is the dossier's: a plan for the next year prints the same forms."""
    printed = " ".join(_parts(name)[1].fixed_texts()).replace(_SCHOOL_YEAR, "")
    assert re.findall(r"\bnăm (?:học )?20\d\d", printed) == []


def test_a_long_label_does_not_take_a_fifth_of_a_page_over_with_it() -> None:
    """Up to four lines (300 letters) a label goes over to its narrative's page; longer ones have lines of their own."""
    found = set()
    for name in FORMS:
        for paragraph in _body(name, True).iterchildren(f"{W}p"):
            following = paragraph.getnext()
            if following is not None and _style(following) == "Narrative" and _style(paragraph) == "Normal":
                kept = paragraph.find(f"{W}pPr/{W}keepNext") is not None
                assert kept == (len(_text(paragraph)) <= 300), _text(paragraph)
                found.add(kept)
    assert found == {True, False}


def test_a_body_is_named_in_capitals_like_the_words_before_it() -> None:
    """HD 36-HD/VPTW: parent and issuing body in capitals. HD 16 prints `Chi bộ:` itself, and a number is no name."""
    looks = {_text(p): _style(p) for p in _body("hd19-2024/bao-cao-tinh-hinh", False).iter(f"{W}p")}
    assert looks["ĐẢNG BỘ TRƯỜNG ĐẠI HỌC SÔNG HẬU"] == "HeaderBody"
    assert looks["Chi bộ Phòng Đào tạo và Công tác sinh viên"] == "HeaderBody"
    assert next(look for text, look in looks.items() if text.startswith("Số ")) == "HeaderLeft"
    hd16 = {_text(p): _style(p) for p in _body("hd16-2018/mau-02", True).iter(f"{W}p")}
    assert next(look for text, look in hd16.items() if text.startswith("Chi bộ:")) == "HeaderLeft"
    assert 'w:styleId="HeaderBody"' in style.styles_xml()
    assert "<w:caps/>" in style.styles_xml()


@pytest.mark.parametrize("name", ["kh55-2018/mau-04a", "kh55-2018/mau-04b", "kh40-2018/mau-07"])
def test_criteria_of_another_kind_of_body_are_not_printed(name: str) -> None:
    """Rows for ban chấp hành đoàn thể stand on the blank form, not on the paper of a cấp ủy."""
    _, definition = _parts(name)
    record = sample_record(definition)
    record["collective"]["kind"] = "cap_uy"
    docx = Filler(definition).fill(record)
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        words = _text(etree.fromstring(archive.read("word/document.xml")))
    others = [row for table in definition.criteria() for row in table.leaves() if row.applies not in ("", "cap_uy")]
    own = [row for table in definition.criteria() for row in table.leaves() if row.applies == "cap_uy"]
    assert others
    only = {row.text for row in others} - {row.text for row in own}
    assert all(row.text in words for row in own)
    assert not [text for text in only if text in words]
    blank = _text(_body(name, True))
    assert all(row.text in blank for row in others)


@pytest.mark.parametrize("name", FORMS)
def test_words_above_a_table_stay_with_it(name: str) -> None:
    """The line "3. Kiểm điểm từng cá nhân:" does not end a page whose next one begins with the table."""
    blocks = [block for block in _body(name, False) if block.tag in (f"{W}p", f"{W}tbl")]
    for before, block in itertools.pairwise(blocks):
        is_data = block.tag == f"{W}tbl" and block.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None
        if is_data and before.tag == f"{W}p" and _text(before).strip() and _style(before) != "FormTitle":
            assert _stays(before), _text(before)


def test_a_line_stays_with_the_guidance_that_says_what_it_may_hold() -> None:
    """HD 16 Mẫu 04: the grade, the four grades in brackets, the signature: one page."""
    paragraphs = [block for block in _body("hd16-2018/mau-04", False) if block.tag == f"{W}p"]
    grade = next(n for n, block in enumerate(paragraphs) if _text(block).startswith("Đề nghị xếp loại"))
    assert _text(paragraphs[grade + 1]).startswith('("Hoàn thành xuất sắc')
    assert [_stays(block) for block in paragraphs[grade : grade + 2]] == [True, True]


@pytest.mark.parametrize("kind", ["", "cap_uy", "doan_the"])
def test_only_the_last_rows_that_are_printed_are_bound(kind: str) -> None:
    """Where the rows of every kind of body stand below each other, the last of each kind are not all bound."""
    _, definition = _parts("kh55-2018/mau-04b")
    record = sample_record(definition)
    record["collective"] = {**record["collective"], "kind": kind}
    docx = Filler(definition).fill(record) if kind else blank_form(definition)
    with zipfile.ZipFile(io.BytesIO(unwrap(docx))) as archive:
        body = etree.fromstring(archive.read("word/document.xml"))
    table = next(t for t in body.iter(f"{W}tbl") if t.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None)
    rows = [row for row in table.iter(f"{W}tr") if "☐" in _text(row) or "☒" in _text(row)]
    bound = [n for n, row in enumerate(rows) if any(_stays(p) for p in row.iter(f"{W}p"))]
    assert [n - len(rows) for n in bound] == [-2]
