"""What Word and people do to a form, one file each: the value that comes back and the findings that say why.

The first twelve are the edits of a Word user that were tried by hand; the others are the list of issue 4, point 3.
"""

from __future__ import annotations

import copy
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from lxml import etree
from word_edits import Edit, W, paragraph, row_of, run, tag_of, text_of, track, unwrap, with_part

from docgen.forms.definition import FormDefinition, load_form
from docgen.forms.example import sample_record
from docgen.forms.fill import Filler, blank_form
from docgen.forms.readback import ReadResult, canonical_data, read_form
from docgen.model import Finding
from docgen.regulations.loader import RegulationData, load_regulation

REGULATION = "kh55-2018"
STYLE = "review.style"
Change = Callable[[Edit], object]


@cache
def form(name: str, regulation: str = REGULATION) -> tuple[RegulationData, FormDefinition, dict[str, Any], bytes]:
    """A form filled with its sample record."""
    loaded = load_regulation(regulation)
    definition = load_form(loaded, name)
    record = sample_record(definition)
    docx = Filler(definition).fill(record)
    return loaded, definition, canonical_data(definition, record), docx


def edited(name: str, *changes: Change) -> tuple[dict[str, Any], ReadResult]:
    """The form's data, and what reading gives after the changes."""
    _, _, data, docx = form(name)
    edit = Edit(docx)
    for change in changes:
        change(edit)
    return copy.deepcopy(data), read_form(edit.save(), file="a.docx")


def codes(result: ReadResult) -> list[str]:
    return [f.code for f in result.findings]


def found(result: ReadResult, code: str) -> Finding:
    return next(f for f in result.findings if f.code == code)


def confidence(result: ReadResult, binding: str) -> str:
    return next(v.confidence for v in result.values if v.binding == binding)


# -- the twelve ------------------------------------------------------------------------------------------------------


def test_1_runs_split_anywhere() -> None:
    def split(edit: Edit) -> None:
        for t in list(edit.root.iter(f"{W}t")):
            r = t.getparent()
            assert r is not None
            if len(t.text or "") > 3 and len(r.findall(f"{W}t")) == 1:
                other, half = copy.deepcopy(r), len(t.text or "") // 2
                other.find(f"{W}t").text = (t.text or "")[half:]  # type: ignore[union-attr]
                t.text = (t.text or "")[:half]
                r.addnext(other)

    data, result = edited("mau-02", split)
    assert (result.data, result.findings) == (data, [])


def test_2_decomposed_letters() -> None:
    def decompose(edit: Edit) -> None:
        for t in edit.root.iter(f"{W}t"):
            t.text = unicodedata.normalize("NFD", t.text or "")

    data, result = edited("mau-02", decompose)
    assert (result.data, result.findings) == (data, [])


def test_2b_marks_cut_off_from_their_letter() -> None:
    def cut(edit: Edit) -> None:
        content = edit.control("member.workplace").find(f"{W}sdtContent")
        assert content is not None
        for child in list(content):
            content.remove(child)
        for letter in unicodedata.normalize("NFD", "Phòng Đào tạo"):
            content.append(run(letter))

    _data, result = edited("mau-02", cut)
    assert result.data["member"]["workplace"] == "Phòng Đào tạo"


def test_3_tracked_insertions_and_deletions() -> None:
    def revise(edit: Edit) -> None:
        r = edit.control("member.workplace").find(f"{W}sdtContent/{W}r")
        assert r is not None
        for text, kind in ((" (mới)", "ins"), ("bỏ ", "del"), (" dời đi", "moveFrom"), (" dời đến", "moveTo")):
            other = run(text)
            r.addnext(other)
            track(other, kind)

    data, result = edited("mau-02", revise)
    assert result.data["member"]["workplace"] == data["member"]["workplace"] + " dời đến (mới)"
    assert codes(result) == ["read.content.revisions"]
    assert confidence(result, "member.workplace") == "review"


def test_3b_a_deleted_paragraph_mark_joins_two_paragraphs() -> None:
    def join(edit: Edit) -> None:
        first = edit.control(STYLE).find(f"{W}sdtContent/{W}p")
        assert first is not None
        properties = first.find(f"{W}pPr")
        assert properties is not None
        mark = etree.SubElement(properties, f"{W}rPr")
        etree.SubElement(mark, f"{W}del", {f"{W}id": "7", f"{W}author": "A"})

    data, result = edited("mau-02", join)
    assert len(result.data["review"]["style"]) == len(data["review"]["style"]) - 1
    assert " ".join(result.data["review"]["style"]).replace(" ", "") == "".join(data["review"]["style"]).replace(
        " ", ""
    )


def test_4_a_tracked_row_deletion() -> None:
    def delete(edit: Edit) -> None:
        properties = edit.rows("members[].member.full_name")[1].find(f"{W}trPr")
        assert properties is not None
        etree.SubElement(properties, f"{W}del", {f"{W}id": "5", f"{W}author": "A"})

    data, result = edited("mau-06", delete)
    assert result.data["members"] == [data["members"][0], data["members"][2]]
    assert codes(result) == ["read.content.revisions"]


def test_5_cloned_rows_keep_their_order() -> None:
    def clone(edit: Edit) -> None:
        rows = edit.rows("members[].member.full_name")
        rows[0].addnext(copy.deepcopy(rows[2]))

    data, result = edited("mau-06", clone)
    first, second, third = data["members"]
    assert result.data["members"] == [first, third, second, third]
    assert result.findings == []


def test_6_a_deleted_section() -> None:
    def delete(edit: Edit) -> None:
        for element in (edit.paragraph("Tác phong, lề lối làm việc."), edit.control(STYLE)):
            element.getparent().remove(element)  # type: ignore[union-attr]

    data, result = edited("mau-02", delete)
    assert "style" not in result.data["review"]
    assert codes(result) == ["read.control.missing", "read.fixed.missing"]
    assert found(result, "read.fixed.missing").params["text"] == "- Tác phong, lề lối làm việc."
    del data["review"]["style"]
    assert result.data == data


def test_7_a_changed_tag() -> None:
    def rename(edit: Edit) -> None:
        edit.control(STYLE).find(f"{W}sdtPr/{W}tag").set(f"{W}val", "abc")  # type: ignore[union-attr]

    data, result = edited("mau-02", rename)
    assert result.data == data
    assert codes(result) == ["read.control.renamed"]
    assert confidence(result, STYLE) == "review"


def test_8_controls_removed_while_their_text_stayed() -> None:
    gone = (STYLE, "member.birth_date", "review.grade_party", "document.place")
    data, result = edited("mau-02", lambda e: [e.remove_control(tag) for tag in gone])
    assert result.data == data
    assert codes(result) == ["read.value.recovered"] * 4
    assert {v.binding for v in result.values if v.confidence == "review"} == set(gone)


def test_9_a_prompt_typed_as_a_value_is_no_value() -> None:
    _, definition, _, _ = form("mau-02")
    edit = Edit(blank_form(definition))
    edit.type("review.remedied", text_of(edit.control("review.remedied")))
    edit.type("member.workplace", "……………")
    edit.type(STYLE, "…" * 38, "Nội dung thật", "....................")
    edit.type("member.position.party", "Click or tap here to enter text.")
    result = read_form(edit.save())
    assert result.data == {"review": {"style": ["Nội dung thật"]}}
    assert {"review.remedied", "member.workplace", "member.position.party"} <= set(result.blank)


def test_10_a_hand_typed_x_in_a_box() -> None:
    def type_x(edit: Edit) -> None:
        edit.tick("assessment.levels.i1=tot", "☐", False)
        edit.tick("assessment.levels.i1=kem", "x", checked=False)

    _data, result = edited("mau-05", type_x)
    assert result.data["assessment"]["levels"]["i1"] == "kem"
    assert codes(result) == ["read.box.differs"]
    assert confidence(result, "assessment.levels.i1") == "review"


@pytest.mark.parametrize("mark", ["x", "X", "✓", "✔", "☑", "☒", " x ", "×", "v"])
def test_10b_what_people_tick_with(mark: str) -> None:
    def tick(edit: Edit) -> None:
        edit.tick("assessment.levels.i1=tot", "☐", False)
        edit.tick("assessment.levels.i1=kem", mark, checked=True)

    _data, result = edited("mau-05", tick)
    assert result.data["assessment"]["levels"]["i1"] == "kem"
    assert result.findings == []


def test_10c_an_x_beside_the_box() -> None:
    def beside(edit: Edit) -> None:
        edit.tick("assessment.levels.i1=tot", "☐", False)
        edit.control("assessment.levels.i1=kem").getparent().append(run("x"))  # type: ignore[union-attr]

    _data, result = edited("mau-05", beside)
    assert result.data["assessment"]["levels"]["i1"] == "kem"
    assert codes(result) == ["read.box.beside"]


def test_10d_a_wingdings_symbol() -> None:
    def symbol(edit: Edit) -> None:
        edit.tick("assessment.levels.i1=tot", "☐", False)
        content = edit.control("assessment.levels.i1=kem").find(f"{W}sdtContent/{W}r")
        assert content is not None
        for t in content.findall(f"{W}t"):
            content.remove(t)
        etree.SubElement(content, f"{W}sym", {f"{W}font": "Wingdings", f"{W}char": "F0FE"})

    _data, result = edited("mau-05", symbol)
    assert result.data["assessment"]["levels"]["i1"] == "kem"


def test_10e_something_else_in_a_box() -> None:
    _data, result = edited("mau-05", lambda e: e.tick("assessment.levels.i1=tot", "(?)", False))
    assert "i1" not in result.data["assessment"]["levels"]
    assert codes(result) == ["read.box.unclear"]


def test_11_changed_wording_is_shown_as_a_small_diff() -> None:
    def change(edit: Edit) -> None:
        for t in edit.paragraph("Tác phong, lề lối").iter(f"{W}t"):
            t.text = (t.text or "").replace("lề lối làm việc", "lề lối công tác")

    data, result = edited("mau-02", change)
    assert result.data == data
    assert codes(result) == ["read.fixed.changed"]
    assert found(result, "read.fixed.changed").params["diff"] == "- Tác phong, lề lối [-làm việc.-] {+công tác.+}"


def test_12_a_cosmetic_change_is_no_alarm() -> None:
    def cosmetic(edit: Edit) -> None:
        for t in edit.root.iter(f"{W}t"):
            inside = any(True for _ in t.iterancestors(f"{W}sdt"))
            text = t.text or ""
            if not inside:
                text = text.replace('"', "”").replace("- ", "– ").replace(" ", "\u00a0", 1).replace("VII.", "vii.")
            t.text = unicodedata.normalize("NFD", text)

    data, result = edited("mau-02", cosmetic)
    assert (result.data, result.findings) == (data, [])


def test_13_a_blank_form_gives_nothing() -> None:
    for name in ("mau-01", "mau-02", "mau-05", "mau-06", "phu-luc"):
        _, definition, _, _ = form(name)
        result = read_form(blank_form(definition))
        assert (result.data, result.values, result.findings) == ({}, [], [])


# -- more of what happens ----------------------------------------------------------------------------------------------


def test_smart_quotes_dashes_and_odd_spaces_in_values_stay() -> None:
    text = "“Tự chuyển hóa” – ‘một’ — hai…  ba\u00a0bốn"
    _data, result = edited("mau-02", lambda e: e.type(STYLE, text))
    assert result.data["review"]["style"] == ["“Tự chuyển hóa” – ‘một’ — hai… ba bốn"]


def test_comments_are_not_text() -> None:
    def comment(edit: Edit) -> None:
        content = edit.control("member.workplace").find(f"{W}sdtContent")
        assert content is not None
        content.insert(0, etree.Element(f"{W}commentRangeStart", {f"{W}id": "0"}))
        etree.SubElement(content, f"{W}commentRangeEnd", {f"{W}id": "0"})
        reference = etree.SubElement(content, f"{W}r")
        etree.SubElement(reference, f"{W}commentReference", {f"{W}id": "0"})
        edit.parts["word/comments.xml"] = (
            f'<w:comments xmlns:w="{W[1:-1]}"><w:comment w:id="0"><w:p><w:r><w:t>Ghi lại</w:t></w:r></w:p>'
            "</w:comment></w:comments>"
        ).encode()

    data, result = edited("mau-02", comment)
    assert result.data == data
    assert codes(result) == ["read.value.comment"]


def test_alternate_content_counts_once() -> None:
    compatibility = "http://schemas.openxmlformats.org/markup-compatibility/2006"

    def alternate(edit: Edit) -> None:
        r = edit.control("member.workplace").find(f"{W}sdtContent/{W}r")
        assert r is not None
        holder = etree.Element(f"{{{compatibility}}}AlternateContent")
        r.getparent().replace(r, holder)  # type: ignore[union-attr]
        etree.SubElement(holder, f"{{{compatibility}}}Choice", {"Requires": "w14"}).append(r)
        etree.SubElement(holder, f"{{{compatibility}}}Fallback").append(run("lối cũ"))

    data, result = edited("mau-02", alternate)
    assert (result.data, result.findings) == (data, [])


def test_pasted_formatting_lists_and_tables() -> None:
    def paste(edit: Edit) -> None:
        content = edit.control(STYLE).find(f"{W}sdtContent")
        assert content is not None
        item = paragraph("Mục dán")
        style = '<w:pStyle w:val="ListParagraph"/><w:numPr><w:numId w:val="3"/></w:numPr>'
        item.insert(0, etree.fromstring(f'<w:pPr xmlns:w="{W[1:-1]}">{style}</w:pPr>'))
        table = etree.fromstring(
            f'<w:tbl xmlns:w="{W[1:-1]}"><w:tr><w:tc><w:p><w:r><w:t>ô 1</w:t></w:r></w:p></w:tc>'
            "<w:tc><w:p><w:r><w:t>ô 2</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
        )
        link = paragraph("")
        holder = etree.SubElement(link, f"{W}hyperlink")
        holder.append(run("liên kết"))
        for element in (item, table, link):
            content.append(element)

    data, result = edited("mau-02", paste)
    assert result.data["review"]["style"] == [*data["review"]["style"], "Mục dán", "ô 1", "ô 2", "liên kết"]
    assert result.findings == []


def test_paragraphs_typed_below_a_field_belong_to_its_section() -> None:
    data, result = edited("mau-02", lambda e: e.control(STYLE).addnext(paragraph("Đoạn viết thêm.")))
    assert result.data["review"]["style"] == [*data["review"]["style"], "Đoạn viết thêm."]
    assert codes(result) == ["read.value.beside"]
    assert confidence(result, STYLE) == "review"


def test_text_outside_every_field_is_named() -> None:
    data, result = edited("mau-02", lambda e: e.paragraph("VII. Tự nhận").addnext(paragraph("Chữ lạc ngoài ô.")))
    assert result.data == data
    assert codes(result) == ["read.fixed.added"]
    assert found(result, "read.fixed.added").params["text"] == "Chữ lạc ngoài ô."


def test_a_row_added_without_controls_is_read_by_its_columns() -> None:
    def add(edit: Edit) -> None:
        rows = edit.rows("members[].member.full_name")
        clone = copy.deepcopy(rows[2])
        rows[0].addnext(clone)
        for control in list(clone.iter(f"{W}sdt")):
            unwrap(control)

    data, result = edited("mau-06", add)
    first, second, third = data["members"]
    assert result.data["members"] == [first, third, second, third]
    assert codes(result) == ["read.rows.by_column"]


def test_emptied_rows_are_dropped() -> None:
    def empty(edit: Edit) -> None:
        for control in edit.rows("members[].member.full_name")[1].iter(f"{W}sdt"):
            for t in control.iter(f"{W}t"):
                t.text = "\u2003"

    data, result = edited("mau-06", empty)
    assert result.data["members"] == [data["members"][0], data["members"][2]]


def test_all_controls_gone_is_recovered_by_the_wording() -> None:
    for name in ("mau-01", "mau-02", "mau-03a", "mau-04b", "mau-05", "mau-06", "phu-luc"):
        data, result = edited(name, lambda e: [unwrap(c) for c in list(e.root.iter(f"{W}sdt"))])
        assert result.data == data, name
        assert codes(result) == ["read.tags.lost"]
        assert {v.confidence for v in result.values} == {"review"}


def test_a_changed_row_label_keeps_its_row() -> None:
    def change(edit: Edit) -> None:
        row = row_of(edit.control("assessment.levels.ii2=tot"))
        label = next(t for t in row.iter(f"{W}t") if len(t.text or "") > 20)
        label.text = (label.text or "") + " (sửa)"
        for code in ("xuat_sac", "tot", "trung_binh", "kem"):
            edit.remove_control(f"assessment.levels.ii2={code}")

    data, result = edited("mau-05", change)
    assert result.data == data
    assert codes(result) == ["read.value.recovered", "read.fixed.changed"]


def test_two_ticks_in_a_row() -> None:
    data, result = edited("mau-05", lambda e: e.tick("assessment.levels.i1=kem"))
    data["assessment"]["levels"].pop("i1")  # Nobody can tell which was meant: neither is taken.
    assert result.data == data
    assert codes(result) == ["read.box.two"]
    assert found(result, "read.box.two").params["codes"] == "Tốt, Kém"
    assert found(result, "read.box.two").severity == "error"


def test_one_value_written_in_two_ways() -> None:
    data, result = edited("mau-02", lambda e: e.type("member.full_name", "Người Khác", which=1))
    assert result.data == data
    assert codes(result) == ["read.value.differs"]
    assert found(result, "read.value.differs").params["second"] == "Người Khác"


def test_one_of_two_places_left_empty_is_no_difference() -> None:
    data, result = edited("mau-02", lambda e: e.type("member.full_name", "……………", which=1))
    assert (result.data, result.findings) == (data, [])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7/3/1980", "1980-03-07"), ("07-03-1980", "1980-03-07"), ("7.3.1980", "1980-03-07"),
        ("1980-03-07", "1980-03-07"),
        ("ngày 7 tháng 3 năm 1980", "1980-03-07"), ("Ngày 07 tháng 03 năm 1980", "1980-03-07"),
        ("31/02/1980", None), ("7/3/80", None), ("1980", None), ("không rõ", None),
    ],
)  # fmt: skip
def test_dates_as_people_write_them(text: str, value: str | None) -> None:
    def type_date(edit: Edit) -> None:
        edit.type("document.date", text)
        edit.control("document.date").find(f"{W}sdtPr/{W}date").attrib.pop(f"{W}fullDate")  # type: ignore[union-attr]

    _data, result = edited("mau-02", type_date)
    assert result.data["document"].get("date") == value
    assert codes(result) == ([] if value else ["read.date.unreadable"])
    if value is None:
        assert confidence(result, "document.date") == "unreadable"


def test_a_date_that_word_stored_otherwise() -> None:
    _data, result = edited("mau-02", lambda e: e.type("document.date", "7/3/1980"))
    assert result.data["document"]["date"] == "1980-03-07"
    assert codes(result) == ["read.date.differs"]


@pytest.mark.parametrize(
    ("text", "value", "code"),
    [
        ("8,25", 8.25, ""), ("8.25", 8.25, ""), ("12", 12, ""), ("1.250", 1250, "read.number.ambiguous"),
        ("tám", None, "read.number.unreadable"),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(text: str, value: float | None, code: str) -> None:
    _data, result = edited("mau-05", lambda e: e.type("student.gpa", text))
    assert result.data["student"].get("gpa") == value
    assert codes(result) == ([code] if code else [])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Hoàn thành tốt nhiệm vụ", "HTTNV"), ("HOÀN THÀNH TỐT NHIỆM VỤ", "HTTNV"), ("HTXSNV", "HTXSNV"),
        ("Hoàn thành nhiệm vụ.", "HTNV"), ("Hoàn thành tôt nhiệm vụ", None), ("Giỏi", None),
    ],
)  # fmt: skip
def test_the_words_of_a_closed_list(text: str, value: str | None) -> None:
    _data, result = edited("mau-02", lambda e: e.type("review.grade_party", text))
    assert result.data["review"].get("grade_party") == value
    assert codes(result) == ([] if value else ["read.choice.unknown"])


def test_an_unknown_choice_names_the_nearest() -> None:
    _data, result = edited("mau-02", lambda e: e.type("review.grade_party", "Hoàn thành tôt nhiệm vụ"))
    assert found(result, "read.choice.unknown").params["near"] == "Hoàn thành tốt nhiệm vụ"


def test_text_in_a_field_still_marked_as_a_prompt_is_kept() -> None:
    def type_without_word(edit: Edit) -> None:
        control = edit.control("member.workplace")
        properties = control.find(f"{W}sdtPr")
        assert properties is not None
        properties.insert(4, etree.Element(f"{W}showingPlcHdr"))

    data, result = edited("mau-02", type_without_word)
    assert result.data == data
    assert codes(result) == ["read.value.flagged"]


def test_missing_signature_blocks() -> None:
    def cut(edit: Edit) -> None:
        row = row_of(edit.paragraph("NGƯỜI TỰ KIỂM ĐIỂM"))
        row.getparent().remove(row)  # type: ignore[union-attr]

    _data, result = edited("mau-02", cut)
    assert codes(result) == ["read.sign.missing"]
    assert found(result, "read.sign.missing").severity == "error"


def test_hidden_text_is_left_out_and_said() -> None:
    def hide(edit: Edit) -> None:
        r = edit.control("member.workplace").find(f"{W}sdtContent/{W}r")
        assert r is not None
        hidden = run("ẩn")
        properties = etree.Element(f"{W}rPr")
        etree.SubElement(properties, f"{W}vanish")
        hidden.insert(0, properties)
        r.addnext(hidden)

    data, result = edited("mau-02", hide)
    assert result.data == data
    assert codes(result) == ["read.content.hidden"]


def test_an_inserted_file_is_said() -> None:
    chunk = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    _data, result = edited(
        "mau-02", lambda e: e.control(STYLE).addnext(etree.Element(f"{W}altChunk", {chunk: "rId99"}))
    )
    assert codes(result) == ["read.content.foreign"]


# -- which form it is ------------------------------------------------------------------------------------------------


def other_properties(docx: bytes, **values: str) -> bytes:
    """The file with other identity properties."""
    edit = Edit(docx)
    text = edit.parts["docProps/custom.xml"].decode()
    for name, value in values.items():
        before, _, rest = text.partition(f'name="docgen.{name}"><vt:lpwstr>')
        text = f'{before}name="docgen.{name}"><vt:lpwstr>{value}<{rest.partition("<")[2]}'
    return with_part(docx, "docProps/custom.xml", text.encode())


def test_a_file_of_another_regulation_is_said() -> None:
    _, _, data, docx = form("mau-02")
    result = read_form(docx, "hd16-2018")
    assert codes(result)[0] == "read.identity.other_regulation"
    assert (result.regulation, result.data) == ("kh55-2018", data)


def test_an_unknown_regulation_form_definition_and_revision() -> None:
    _, _, data, docx = form("mau-02")
    result = read_form(other_properties(docx, regulation="kh99-2030"))
    assert (codes(result), result.data, result.form) == (["read.identity.unknown_regulation"], {}, "")
    result = read_form(other_properties(docx, form="mau-99"))
    assert (codes(result), result.data) == (["read.identity.unknown_form"], {})
    result = read_form(other_properties(docx, definition="0" * 16))
    assert (codes(result), result.data) == (["read.identity.other_definition"], data)
    assert {v.confidence for v in result.values} == {"review"}
    result = read_form(other_properties(docx, definition="0" * 16, revision="7"))
    assert codes(result) == ["read.identity.other_revision"]


def test_a_file_without_identity_is_recognised_for_review() -> None:
    _, definition, data, docx = form("mau-05")
    bare = with_part(docx, "docProps/custom.xml", b"<Properties/>")
    result = read_form(bare)
    del data["member"]["leader"]  # decides only which rows there are: it travelled in the properties, not on the page
    assert (result.regulation, result.form, result.data) == ("kh55-2018", "mau-05", data)
    assert codes(result) == ["read.identity.recognised"]
    assert {v.confidence for v in result.values} == {"review"}
    named = read_form(bare, "kh55-2018", definition)
    assert codes(named) == ["read.identity.assumed"]
    assert named.data == data


def test_a_document_that_is_no_form() -> None:
    _, definition, _, docx = form("mau-05")
    body = f'<w:document xmlns:w="{W[1:-1]}"><w:body><w:p><w:r><w:t>Thư mời họp</w:t></w:r></w:p></w:body></w:document>'
    bare = with_part(with_part(docx, "docProps/custom.xml", b"<Properties/>"), "word/document.xml", body.encode())
    assert codes(read_form(bare)) == ["read.identity.none"]
    assert codes(read_form(bare, "kh55-2018", definition)) == ["read.identity.other_document"]
    named = read_form(with_part(docx, "word/document.xml", body.encode()))
    assert "read.fixed.other_document" in codes(named)


def test_a_criterion_of_another_edition_is_not_taken() -> None:
    def rename(edit: Edit) -> None:
        for control in edit.controls("assessment.levels.ii2=tot"):
            control.find(f"{W}sdtPr/{W}tag").set(f"{W}val", "assessment.levels.ii2b=tot")  # type: ignore[union-attr]
            control.find(f"{W}sdtPr/{W}alias").set(f"{W}val", "Tiêu chí khác")  # type: ignore[union-attr]

    _data, result = edited("mau-05", rename)
    assert "read.box.unknown" in codes(result)
    assert "ii2b" not in result.data["assessment"]["levels"]


def test_every_control_has_a_tag_the_form_knows() -> None:
    for name in ("mau-02", "mau-05", "mau-06"):
        _, _definition, _, docx = form(name)
        assert all(tag_of(c) for c in Edit(docx).root.iter(f"{W}sdt")), name
