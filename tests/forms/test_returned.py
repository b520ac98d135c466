"""Forms as people send them back: saved in other ways, under other names, with more or less in them than text."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree
from test_word_edits import codes, confidence, edited, form, found
from word_edits import Edit, W, package, paragraph, parts_of, run, tag_of, text_of
from work import lines_run

from docgen.forms.readback import read_form
from docgen.pipeline import check_path
from docgen.word.read.reader import MAX_NOTES

TRANSITIONAL = re.compile(rb"http://schemas\.openxmlformats\.org/(wordprocessingml|officeDocument|drawingml)/2006/")


def as_strict(docx: bytes) -> bytes:
    """The file as Word saves it as a "Strict Open XML Document"."""
    parts = parts_of(docx)
    for name, content in parts.items():
        if name == "[Content_Types].xml":
            continue
        content = content.replace(b"2006/custom-properties", b"2006/customProperties")
        content = content.replace(b"relationships/custom-properties", b"relationships/customProperties")
        parts[name] = TRANSITIONAL.sub(rb"http://purl.oclc.org/ooxml/\1/", content)
    return package(parts)


def as_template(docx: bytes) -> bytes:
    """The file as Word saves it as a template."""
    parts = parts_of(docx)
    types = parts["[Content_Types].xml"]
    parts["[Content_Types].xml"] = types.replace(b"document.main+xml", b"template.main+xml")
    return package(parts)


def zipped(docx: bytes) -> bytes:
    """An archive with the file in it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mau-02.docx", docx)
    return target.getvalue()


@pytest.mark.parametrize("name", ["mau-02", "mau-06"])
def test_strict_open_xml_reads_as_transitional(name: str) -> None:
    _, _, data, docx = form(name)
    result = read_form(as_strict(docx), file="a.docx")
    assert (result.data, result.findings) == (data, [])


@pytest.mark.parametrize("name", ["a.dotx", "a.docx", "a.zip", "a", "a.xlsx"])
def test_what_a_file_is_does_not_depend_on_its_name(name: str, tmp_path: Path) -> None:
    docx = form("mau-02")[3]
    (tmp_path / name).write_bytes(as_template(docx))
    assert [(f.code, f.severity) for f in check_path(tmp_path / name)] == [("read.file.template", "info")]
    (tmp_path / name).write_bytes(zipped(docx))
    assert [(f.code, f.severity) for f in check_path(tmp_path / name)] == [("read.file.archive", "error")]


def test_more_digits_than_a_count_has_are_no_number() -> None:
    digits = "9" * 400
    data, result = edited("mau-06", lambda e: e.type("members[].votes.HTNV", digits, which=0))
    assert codes(result) == ["read.number.unreadable"]
    assert "HTNV" not in result.data["members"][0]["votes"]
    assert result.data["members"][1:] == data["members"][1:]


# -- long texts ------------------------------------------------------------------------------------------------------


def _pasted(count: int) -> list[str]:
    words = re.findall(r"\S+", "đảng viên công tác chi bộ nhiệm vụ năm hoàn thành phong cách đạo đức")
    return [" ".join(words[(n * k) % len(words)] for k in range(1, 13)) + f" {n}." for n in range(count)]


def _in_the_field(edit: Edit, lines: list[str]) -> None:
    edit.type("review.ideology", *lines)


def _without_the_field(edit: Edit, lines: list[str]) -> None:
    edit.type("review.ideology", *lines)
    edit.remove_control("review.ideology")


def _below_the_field(edit: Edit, lines: list[str]) -> None:
    for line in reversed(lines):
        edit.control("review.ideology").addnext(paragraph(line))


@pytest.mark.parametrize("paste", [_in_the_field, _without_the_field, _below_the_field])
def test_work_grows_with_the_pasted_text(paste: Callable[[Edit, list[str]], None]) -> None:
    work = []
    for count in (250, 1000):
        edit = Edit(form("mau-02")[3])
        paste(edit, _pasted(count))
        docx = edit.save()
        read_form(docx, file="a.docx")
        lines, result = lines_run(read_form, docx, file="a.docx")
        work.append(lines)
        assert result.data["review"]["ideology"][-count:] == _pasted(count)
    assert work[1] < 4.5 * work[0]


@pytest.mark.timeout(60)
def test_work_grows_with_the_runs_and_the_comments() -> None:
    edit = Edit(form("mau-02")[3])
    content = _content(edit, "member.workplace")
    for number in range(20_000):
        content.append(run(f"từ {number} "))
    for number in range(2000):
        content.insert(0, etree.Element(f"{W}commentRangeStart", {f"{W}id": str(number)}))
        content.append(etree.Element(f"{W}commentRangeEnd", {f"{W}id": str(number)}))
    docx = edit.save()
    result = read_form(docx, file="a.docx")
    assert result.data["member"]["workplace"].endswith("từ 19998 từ 19999")
    assert codes(result).count("read.value.comment") == MAX_NOTES


# -- struck out ------------------------------------------------------------------------------------------------------


def _content(edit: Edit, tag: str) -> etree._Element:
    content = edit.control(tag).find(f"{W}sdtContent")
    assert content is not None
    for child in list(content):
        content.remove(child)
    return content


def _run(text: str, *properties: str, **attributes: str) -> etree._Element:
    """A run with these properties (`strike`, `rStyle:name`)."""
    made = run(text)
    own = etree.Element(f"{W}rPr")
    made.insert(0, own)
    for name in properties:
        name, _, value = name.partition(":")
        item = etree.SubElement(own, f"{W}{name}")
        if value:
            item.set(f"{W}val", value)
    for name, value in attributes.items():
        item = etree.SubElement(own, f"{W}rFonts") if own.find(f"{W}rFonts") is None else own.find(f"{W}rFonts")
        item.set(f"{W}{name}", value)  # type: ignore[union-attr]
    return made


def _with_style(edit: Edit, name: str, kind: str, inner: str, based: str = "") -> None:
    styles = etree.fromstring(edit.parts["word/styles.xml"])
    based = f'<w:basedOn w:val="{based}"/>' if based else ""
    styles.append(
        etree.fromstring(
            f'<w:style xmlns:w="{W[1:-1]}" w:type="{kind}" w:styleId="{name}"><w:name w:val="{name}"/>{based}'
            f"<w:rPr>{inner}</w:rPr></w:style>"
        )
    )
    edit.parts["word/styles.xml"] = etree.tostring(styles)


@pytest.mark.parametrize("how", ["strike", "dstrike", "rStyle:Bo", "rStyle:BoCon", "strike:true"])
def test_struck_words_are_no_value(how: str) -> None:
    def strike(edit: Edit) -> None:
        _with_style(edit, "Bo", "character", "<w:strike/>")
        _with_style(edit, "BoCon", "character", "<w:b/>", based="Bo")
        _content(edit, "member.workplace").extend([_run("Phòng Tổ chức ", how), _run("Phòng Đào tạo")])

    _data, result = edited("mau-02", strike)
    assert result.data["member"]["workplace"] == "Phòng Đào tạo"
    assert codes(result) == ["read.value.struck"]
    assert found(result, "read.value.struck").params["text"] == "Phòng Tổ chức"
    assert confidence(result, "member.workplace") == "review"


@pytest.mark.parametrize("how", ["strike:0", "strike:false", "dstrike:off", "rStyle:BoKhong"])
def test_a_line_that_is_switched_off_strikes_nothing(how: str) -> None:
    def strike(edit: Edit) -> None:
        _with_style(edit, "BoKhong", "character", '<w:strike w:val="0"/>')
        _content(edit, "member.workplace").append(_run("Phòng Đào tạo", how))

    _data, result = edited("mau-02", strike)
    assert result.data["member"]["workplace"] == "Phòng Đào tạo"
    assert codes(result) == []


def test_a_value_that_is_struck_out_whole_is_blank_and_named() -> None:
    def strike(edit: Edit) -> None:
        _content(edit, "member.workplace").append(_run("Phòng Tổ chức", "strike"))

    _data, result = edited("mau-02", strike)
    assert "workplace" not in result.data["member"]
    assert codes(result) == ["read.value.all_struck"]


def test_a_struck_tick_is_no_tick() -> None:
    _, _, data, docx = form("mau-05")
    edit = Edit(docx)
    box = next(c for c in edit.root.iter(f"{W}sdt") if "=" in tag_of(c) and text_of(c) == "☒")
    for r in box.iter(f"{W}r"):
        etree.SubElement(r.find(f"{W}rPr") if r.find(f"{W}rPr") is not None else etree.SubElement(r, f"{W}rPr"),
                         f"{W}strike")  # fmt: skip
        r.insert(0, r.find(f"{W}rPr"))  # type: ignore[arg-type]
    result = read_form(edit.save(), file="a.docx")
    assert tag_of(box).partition("=")[0] not in {v.binding for v in result.values}
    assert "read.value.all_struck" in codes(result)
    assert data


def test_struck_words_of_a_value_found_by_its_surroundings_are_no_value() -> None:
    def strike(edit: Edit) -> None:
        _content(edit, "member.workplace").extend([_run("Phòng Tổ chức ", "strike"), _run("Phòng Đào tạo")])
        edit.remove_control("member.workplace")

    _data, result = edited("mau-02", strike)
    assert result.data["member"]["workplace"] == "Phòng Đào tạo"
    assert set(codes(result)) == {"read.value.struck", "read.value.recovered"}


def test_words_hidden_by_a_style_are_not_read() -> None:
    def hide(edit: Edit) -> None:
        _with_style(edit, "An", "character", "<w:vanish/>")
        _content(edit, "member.workplace").extend([_run("bí mật ", "rStyle:An"), _run("Phòng Đào tạo")])

    _data, result = edited("mau-02", hide)
    assert result.data["member"]["workplace"] == "Phòng Đào tạo"
    assert codes(result) == ["read.content.hidden"]


# -- content that is no text -----------------------------------------------------------------------------------------

DRAWING = (
    '<w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
    '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData uri="x"/></a:graphic>'
    "</wp:inline></w:drawing>"
)
PICTURE = '<w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:imagedata/></v:shape></w:pict>'
CHOICE = (
    '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
    f'<mc:Choice Requires="wps">{DRAWING}</mc:Choice><mc:Fallback>{PICTURE}</mc:Fallback></mc:AlternateContent>'
)
RULE = (
    '<w:pict><v:rect xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'o:hr="t"/></w:pict>'
)
ART = '<w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textpath string="Phòng A"/></v:shape></w:pict>'


def xml_run(inner: str) -> etree._Element:
    """A run of raw XML."""
    return etree.fromstring(f'<w:r xmlns:w="{W[1:-1]}">{inner}</w:r>')


@pytest.mark.parametrize("inner", [DRAWING, PICTURE, CHOICE, "<w:object/>"])
@pytest.mark.parametrize("tag", ["member.workplace", "review.ideology"])
def test_a_field_with_nothing_but_a_picture_is_no_blank(tag: str, inner: str) -> None:
    def paste(edit: Edit) -> None:
        block = tag.startswith("review")
        content = _content(edit, tag)
        holder = etree.SubElement(content, f"{W}p") if block else content
        holder.append(xml_run(inner))

    _data, result = edited("mau-02", paste)
    assert codes(result) == ["read.value.only_object"]
    assert found(result, "read.value.only_object").severity == "error"
    assert tag not in result.blank
    assert confidence(result, tag) == "unreadable"


def test_a_picture_beside_text_is_named_and_the_text_read() -> None:
    _data, result = edited(
        "mau-02", lambda e: _content(e, "member.workplace").extend([run("Phòng A"), xml_run(DRAWING)])
    )
    assert result.data["member"]["workplace"] == "Phòng A"
    assert codes(result) == ["read.value.object"]


def test_a_picture_outside_the_fields_is_named() -> None:
    def paste(edit: Edit) -> None:
        made = etree.Element(f"{W}p")
        made.append(xml_run(PICTURE))
        edit.control("review.ideology").addnext(made)

    data, result = edited("mau-02", paste)
    assert (result.data, codes(result)) == (data, ["read.content.objects"])


def test_a_rule_is_no_picture_and_word_art_is_text() -> None:
    _data, result = edited("mau-02", lambda e: _content(e, "member.workplace").extend([xml_run(RULE), xml_run(ART)]))
    assert result.data["member"]["workplace"] == "Phòng A"
    assert codes(result) == []


def test_a_guide_above_a_word_is_no_text() -> None:
    above, word = "<w:rt><w:r><w:t>phòng</w:t></w:r></w:rt>", "<w:r><w:t>Phòng A</w:t></w:r>"
    guide = xml_run(f"<w:ruby>{above}<w:rubyBase>{word}</w:rubyBase></w:ruby>")
    _data, result = edited("mau-02", lambda e: _content(e, "member.workplace").append(guide))
    assert (result.data["member"]["workplace"], codes(result)) == ("Phòng A", [])


def _form_field(inner: str, shown: str = "") -> list[etree._Element]:
    """A form field of Word 97, as Word writes it."""
    out = [
        xml_run(f'<w:fldChar w:fldCharType="begin"><w:ffData><w:name w:val="x"/>{inner}</w:ffData></w:fldChar>'),
        xml_run("<w:instrText> FORMFIELD </w:instrText>"),
        xml_run('<w:fldChar w:fldCharType="separate"/>'),
    ]
    if shown:
        out.append(run(shown))
    return [*out, xml_run('<w:fldChar w:fldCharType="end"/>'), run(" (cũ)")]


LIST = '<w:ddList>{}<w:listEntry w:val="Phòng A"/><w:listEntry w:val="Phòng B"/></w:ddList>'


@pytest.mark.parametrize(
    ("inner", "shown", "value", "code"),
    [
        (LIST.format('<w:result w:val="1"/>'), "", "Phòng B (cũ)", "read.value.form_field"),
        (LIST.format('<w:default w:val="1"/>'), "", "Phòng B (cũ)", "read.value.form_field"),
        (LIST.format('<w:default w:val="1"/><w:result w:val="0"/>'), "", "Phòng A (cũ)", "read.value.form_field"),
        (LIST.format(""), "", "Phòng A (cũ)", "read.value.form_field"),
        (LIST.format('<w:result w:val="1"/>'), "Phòng B", "Phòng B (cũ)", "read.value.form_field"),
        (LIST.format('<w:result w:val="99"/>'), "", "(cũ)", ""),
        (LIST.format('<w:result w:val="-1"/>'), "", "(cũ)", ""),
        ("<w:checkBox><w:checked/></w:checkBox>", "", "☒ (cũ)", "read.value.form_field"),
        ('<w:checkBox><w:default w:val="0"/></w:checkBox>', "", "☐ (cũ)", "read.value.form_field"),
        ("<w:textInput/>", "Phòng C", "Phòng C (cũ)", ""),
    ],
)
def test_form_fields_of_word_97(inner: str, shown: str, value: str, code: str) -> None:
    _data, result = edited("mau-02", lambda e: _content(e, "member.workplace").extend(_form_field(inner, shown)))
    assert result.data["member"]["workplace"] == value
    assert codes(result) == ([code] if code else [])
    assert confidence(result, "member.workplace") == ("review" if code else "certain")


def _dropdown(shown: str, flag: str) -> etree._Element:
    return etree.fromstring(
        f'<w:sdt xmlns:w="{W[1:-1]}"><w:sdtPr>{flag}<w:dropDownList><w:listItem w:value="b" w:displayText="Phòng B"/>'
        f"</w:dropDownList></w:sdtPr><w:sdtContent><w:r><w:t>{shown}</w:t></w:r></w:sdtContent></w:sdt>"
    )


def test_a_list_put_into_a_field_is_read() -> None:
    _data, result = edited("mau-02", lambda e: _content(e, "member.workplace").append(_dropdown("Phòng B", "")))
    assert (result.data["member"]["workplace"], codes(result)) == ("Phòng B", [])


def test_the_prompt_of_a_list_put_into_a_field_is_no_value() -> None:
    prompt = _dropdown("Choose an item.", "<w:showingPlcHdr/>")
    _data, result = edited("mau-02", lambda e: _content(e, "member.workplace").append(prompt))
    assert "workplace" not in result.data["member"]


# -- remarks ---------------------------------------------------------------------------------------------------------


def _related(edit: Edit, kind: str, content: str) -> None:
    """A part that the document is related to, as Word adds it."""
    edit.parts[f"word/{kind}.xml"] = content.encode()
    rels = edit.parts["word/_rels/document.xml.rels"].decode()
    uri = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/" + kind
    added = f'<Relationship Id="rIdX{kind}" Type="{uri}" Target="{kind}.xml"/></Relationships>'
    edit.parts["word/_rels/document.xml.rels"] = rels.replace("</Relationships>", added).encode()


def _remark(edit: Edit, kind: str) -> None:
    inner = (
        f'<w:{kind} w:id="7"><w:p><w:r><w:t>Sửa lại: </w:t></w:r><w:r><w:t>Phòng Khảo thí</w:t></w:r></w:p></w:{kind}>'
    )
    _related(edit, f"{kind}s", f'<w:{kind}s xmlns:w="{W[1:-1]}">{inner}</w:{kind}s>')


@pytest.mark.parametrize("kind", ["comment", "footnote", "endnote"])
def test_a_remark_on_a_value_is_named(kind: str) -> None:
    def remark(edit: Edit) -> None:
        _remark(edit, kind)
        content = edit.control("member.workplace").find(f"{W}sdtContent")
        assert content is not None
        content.append(xml_run(f'<w:{kind}Reference w:id="7"/>'))

    data, result = edited("mau-02", remark)
    assert (result.data, codes(result)) == (data, [f"read.value.{kind}"])
    assert found(result, f"read.value.{kind}").severity == "info"
    assert found(result, f"read.value.{kind}").params["text"] == "Sửa lại: Phòng Khảo thí"


def test_a_comment_around_a_field_is_named_once() -> None:
    def remark(edit: Edit) -> None:
        _remark(edit, "comment")
        control = edit.control("member.workplace")
        control.addprevious(etree.Element(f"{W}commentRangeStart", {f"{W}id": "7"}))
        control.addnext(xml_run('<w:commentReference w:id="7"/>'))
        control.addnext(etree.Element(f"{W}commentRangeEnd", {f"{W}id": "7"}))

    data, result = edited("mau-02", remark)
    assert (result.data, codes(result)) == (data, ["read.value.comment"])


def test_a_comment_on_printed_words_and_one_without_an_end_concern_no_value() -> None:
    def remark(edit: Edit) -> None:
        _remark(edit, "comment")
        printed = edit.paragraph("BẢN KIỂM ĐIỂM")
        printed.insert(1, etree.Element(f"{W}commentRangeStart", {f"{W}id": "8"}))
        printed.append(xml_run('<w:commentReference w:id="7"/>'))

    data, result = edited("mau-02", remark)
    assert (result.data, result.findings) == (data, [])


# -- old fonts -------------------------------------------------------------------------------------------------------


def _by_run(edit: Edit, text: str) -> etree._Element:
    return _run(text, ascii=".VnTime", hAnsi=".VnTime")


def _by_character_style(edit: Edit, text: str) -> etree._Element:
    _with_style(edit, "Cu", "character", '<w:rFonts w:ascii=".VnTime" w:hAnsi=".VnTime"/>')
    _with_style(edit, "CuCon", "character", "<w:b/>", based="Cu")
    return _run(text, "rStyle:CuCon")


def _by_defaults(edit: Edit, text: str) -> etree._Element:
    styles = etree.fromstring(edit.parts["word/styles.xml"])
    for fonts in styles.iter(f"{W}rFonts"):
        for name in list(fonts.attrib):
            del fonts.attrib[name]
    defaults = styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
    assert defaults is not None
    etree.SubElement(defaults, f"{W}rFonts") if defaults.find(f"{W}rFonts") is None else None
    defaults.find(f"{W}rFonts").set(f"{W}hAnsi", ".VnTime")  # type: ignore[union-attr]
    edit.parts["word/styles.xml"] = etree.tostring(styles)
    return run(text)


def _by_theme(edit: Edit, text: str) -> etree._Element:
    _related(
        edit,
        "theme",
        '<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:themeElements><a:fontScheme>'
        '<a:minorFont><a:latin typeface=".VnTime"/></a:minorFont></a:fontScheme></a:themeElements></a:theme>',
    )
    return _run(text, asciiTheme="minorHAnsi", hAnsiTheme="minorHAnsi", hAnsi="Times New Roman")


def _by_paragraph_style(edit: Edit, text: str) -> etree._Element:
    _with_style(edit, "DoanCu", "paragraph", '<w:rFonts w:ascii=".VnTime" w:hAnsi=".VnTime"/>')
    holder = next(edit.control("member.full_name").iterancestors(f"{W}p"))
    own = holder.find(f"{W}pPr")
    if own is None:
        own = etree.Element(f"{W}pPr")
        holder.insert(0, own)
    for style in own.findall(f"{W}pStyle"):
        own.remove(style)
    own.insert(0, etree.Element(f"{W}pStyle", {f"{W}val": "DoanCu"}))
    return run(text)


@pytest.mark.parametrize("how", [_by_run, _by_character_style, _by_paragraph_style, _by_defaults, _by_theme])
def test_text_in_an_old_font_is_converted_for_review(how: Callable[[Edit, str], etree._Element]) -> None:
    def type_name(edit: Edit) -> None:
        made = how(edit, "Lª Hßa")
        for control in edit.controls("member.full_name")[:1]:
            content = control.find(f"{W}sdtContent")
            assert content is not None
            for child in list(content):
                content.remove(child)
            content.append(made)
        edit.type("member.full_name", "Lê Hòa", which=1)

    data, result = edited("mau-02", type_name)
    data["member"]["full_name"] = "Lê Hòa"
    assert result.data == data
    assert codes(result) == ["read.value.old_font"]
    assert found(result, "read.value.old_font").params["font"] == ".VnTime"
    assert confidence(result, "member.full_name") == "review"


@pytest.mark.parametrize(
    ("pieces", "value"),
    [
        ((("NguyÔn V", ".VnTime"), ("¨n BÝnh", ".VnTime")), "Nguyễn Văn Bính"),
        ((("nguyÔn v¨n", ".VnTimeH"),), "NGUYỄN VĂN"),
        ((("Nguye", "VNI-Times"), ("ãn Va", "VNI-Times"), ("ên", "VNI-Times")), "Nguyễn Văn"),
        ((("Phòng Đào tạo, ", "Times New Roman"), ("NguyÔn", ".VnArial")), "Phòng Đào tạo, Nguyễn"),
    ],
)
def test_runs_of_old_fonts_are_joined(pieces: tuple[tuple[str, str], ...], value: str) -> None:
    made = [_run(text, ascii=font, hAnsi=font) for text, font in pieces]
    _data, result = edited("mau-02", lambda e: _content(e, "member.workplace").extend(made))
    assert result.data["member"]["workplace"] == value
    assert confidence(result, "member.workplace") == "review"
    assert "read.value.old_font" in codes(result)


def test_a_soft_hyphen_is_a_letter_in_an_old_font_only() -> None:
    old = _run("tr", hAnsi=".VnTime")
    old.append(etree.Element(f"{W}softHyphen"))
    old.append(run("ëng").find(f"{W}t"))  # type: ignore[arg-type]
    _data, result = edited("mau-02", lambda e: _content(e, "member.workplace").append(old))
    assert result.data["member"]["workplace"] == "trưởng"


def test_letters_of_a_lost_font_are_converted_for_review() -> None:
    _data, result = edited("mau-02", lambda e: e.type("member.workplace", "Phßng Tæ chøc"),
                           lambda e: e.type("review.ideology", "Thùc hiÖn tèt.", "Chi bé"))  # fmt: skip
    assert result.data["member"]["workplace"] == "Phòng Tổ chức"
    assert result.data["review"]["ideology"] == ["Thực hiện tốt.", "Chi bộ"]
    assert codes(result) == ["read.value.old_letters"] * 2
    assert confidence(result, "member.workplace") == confidence(result, "review.ideology") == "review"


def test_dates_and_choices_in_a_lost_font_are_read() -> None:
    _data, result = edited("mau-02", lambda e: e.type("document.date", "ngµy 07 th¸ng 12 n¨m 2018"),
                           lambda e: e.type("review.grade_party", "Hoµn thµnh tèt nhiÖm vô"))  # fmt: skip
    assert result.data["document"]["date"] == "2018-12-07"
    assert result.data["review"]["grade_party"] == "HTTNV"
    assert confidence(result, "review.grade_party") == "review"


def test_a_value_found_by_its_surroundings_is_converted_as_well() -> None:
    def remove(edit: Edit) -> None:
        edit.type("member.workplace", "Phßng Tæ chøc")
        edit.remove_control("member.workplace")

    _data, result = edited("mau-02", remove)
    assert result.data["member"]["workplace"] == "Phòng Tổ chức"


def test_letters_of_no_known_encoding_are_for_review() -> None:
    _data, result = edited("mau-02", lambda e: e.type("member.workplace", "TrÇnkhÊnh"))
    assert result.data["member"]["workplace"] == "TrÇnkhÊnh"
    assert codes(result) == ["read.value.odd_letters"]
    assert confidence(result, "member.workplace") == "review"


def test_printed_words_in_an_old_font_are_as_before() -> None:
    def restyle(edit: Edit) -> None:
        for r in edit.root.iter(f"{W}r"):
            own = r.find(f"{W}rPr")
            if own is None:
                own = etree.Element(f"{W}rPr")
                r.insert(0, own)
            for fonts in own.findall(f"{W}rFonts"):
                own.remove(fonts)
            own.insert(0, etree.Element(f"{W}rFonts", {f"{W}ascii": ".VnTime", f"{W}hAnsi": ".VnTime"}))

    data, result = edited("mau-02", restyle)
    assert result.data["review"] == data["review"]
    assert result.data["member"]["full_name"] == data["member"]["full_name"]


def test_wording_of_the_form_moved_to_a_value_is_no_value() -> None:
    """Forms of an earlier version print it there, and people cut and paste."""
    words = "Đối với đảng viên là công chức, viên chức và những người khác hưởng lương từ ngân sách nhà nước"

    def move(edit: Edit) -> None:
        edit.control("review.ideology").addnext(edit.paragraph(words))

    data, result = edited("mau-02", move)
    assert result.data == data
    assert found(result, "read.fixed.added").params["text"].startswith(words[:60])
