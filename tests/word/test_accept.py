"""A copy for conversion holds what Word prints: revisions accepted, wrappers off, old fields as what they show."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx_samples import with_body
from lxml import etree

from docgen.errors import InputError
from docgen.word.after.unwrap import unwrap, unwrapped
from docgen.word.after.written import paragraphs, problems

_A = 'w:id="1" w:author="A" w:date="2018-12-01T00:00:00Z"'


def p(*inside: str, properties: str = "") -> str:
    return f"<w:p>{properties}{''.join(inside)}</w:p>"


def r(text: str, tag: str = "t") -> str:
    return f'<w:r><w:{tag} xml:space="preserve">{text}</w:{tag}></w:r>'


def printed(body: str) -> list[str]:
    """The texts of the copy, which Word must be able to open."""
    copy = unwrap(with_body(body))
    assert problems(copy) == []
    return paragraphs(copy)


_MARK_GONE = f"<w:pPr><w:rPr><w:del {_A}/></w:rPr></w:pPr>"


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        (p(r("giữ "), f"<w:del {_A}>{r('bỏ', 'delText')}</w:del>", f"<w:ins {_A}>{r('thêm')}</w:ins>"), ["giữ thêm"]),
        (p(f"<w:moveFrom {_A}>{r('dời')}</w:moveFrom>") + p(f"<w:moveTo {_A}>{r('dời')}</w:moveTo>"), ["", "dời"]),
        (p(f"<w:del {_A}>{r('bỏ', 'delText')}</w:del>", properties=_MARK_GONE) + p(r("sau")), ["sau"]),
        (p(r("trước "), properties=_MARK_GONE) + p(r("sau")), ["trước sau"]),
        (p(r("cuối"), properties=_MARK_GONE), ["cuối"]),
        (p(f"<w:ins {_A}><w:del {_A}>{r('thêm rồi bỏ', 'delText')}</w:del></w:ins>", r("còn")), ["còn"]),
        (p(r("cỡ "), f"<w:r><w:rPr><w:rPrChange {_A}><w:rPr/></w:rPrChange></w:rPr><w:t>cũ</w:t></w:r>"), ["cỡ cũ"]),
        (p(f'<w:smartTag w:uri="u" w:element="place">{r("Cần Thơ")}</w:smartTag>'), ["Cần Thơ"]),
        (f'<w:customXml w:uri="u" w:element="e"><w:customXmlPr/>{p(r("trong"))}</w:customXml>', ["trong"]),
    ],
)
def test_revisions_are_accepted(body: str, texts: list[str]) -> None:
    assert printed(body) == texts


def test_rows_and_cells_that_were_deleted_go() -> None:
    def row(*cells: str, properties: str = "") -> str:
        return f"<w:tr>{properties}{''.join(cells)}</w:tr>"

    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc>{properties}{p(r(text))}</w:tc>"

    gone = f"<w:trPr><w:del {_A}/></w:trPr>"
    table = row(cell("a"), cell("b", f"<w:tcPr><w:cellDel {_A}/></w:tcPr>")) + row(cell("c"), properties=gone)
    assert printed(f"<w:tbl>{table}</w:tbl>{p(r('sau'))}") == ["a", "sau"]
    assert printed(f"<w:tbl>{row(cell('c'), properties=gone)}</w:tbl>{p(r('sau'))}") == ["sau"]


def field(inside: str, instruction: str, result: str = "") -> str:
    begin = f'<w:r><w:fldChar w:fldCharType="begin">{inside}</w:fldChar></w:r>'
    code = f"<w:r><w:instrText> {instruction} </w:instrText></w:r>"
    between = f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{r(result)}' if result else ""
    return f'{begin}{code}{between}<w:r><w:fldChar w:fldCharType="end"/></w:r>'


_LIST = '<w:listEntry w:val="Phòng A"/><w:listEntry w:val="Phòng B"/>'


@pytest.mark.parametrize(
    ("run", "text"),
    [
        (field("<w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData>", "FORMCHECKBOX"), "☒"),
        (field('<w:ffData><w:checkBox><w:default w:val="0"/></w:checkBox></w:ffData>', "FORMCHECKBOX"), "☐"),
        (field('<w:ffData><w:checkBox><w:default w:val="1"/><w:checked w:val="0"/></w:checkBox></w:ffData>',
               "FORMCHECKBOX"), "☐"),
        (field(f'<w:ffData><w:ddList><w:result w:val="1"/>{_LIST}</w:ddList></w:ffData>', "FORMDROPDOWN"), "Phòng B"),
        (field(f"<w:ffData><w:ddList>{_LIST}</w:ddList></w:ffData>", "FORMDROPDOWN"), "Phòng A"),
        (field(f'<w:ffData><w:ddList><w:result w:val="9"/>{_LIST}</w:ddList></w:ffData>', "FORMDROPDOWN"), "Phòng A"),
        (field("<w:ffData><w:textInput/></w:ffData>", "FORMTEXT", "đã gõ"), "đã gõ"),
        (field("", 'INCLUDEPICTURE "http://127.0.0.1/a.png"', "ảnh"), "ảnh"),
        ('<w:fldSimple w:instr=" LINK Word.Document x ">' + r("kết quả") + "</w:fldSimple>", "kết quả"),
    ],
)  # fmt: skip
def test_old_fields_are_what_they_show(run: str, text: str) -> None:
    copy = unwrap(with_body(p(r("trước "), run, r(" sau"))))
    assert paragraphs(copy) == [f"trước {text} sau"]
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        xml = archive.read("word/document.xml")
    assert not {b"ffData", b"INCLUDEPICTURE", b"LINK"} & {word for word in (b"ffData", b"INCLUDEPICTURE", b"LINK")
                                                         if word in xml}  # fmt: skip


def test_fields_that_only_count_stay() -> None:
    copy = unwrap(with_body(p(field("", "PAGE", "1"))))
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        assert b"PAGE" in archive.read("word/document.xml")


def _renamed(docx: bytes, new: str) -> bytes:
    out = io.BytesIO()
    rels = f"{new.rpartition('/')[0]}/_rels/{new.rpartition('/')[2]}.rels"
    with zipfile.ZipFile(io.BytesIO(docx)) as archive, zipfile.ZipFile(out, "w") as made:
        for name in archive.namelist():
            content = archive.read(name)
            if name in ("[Content_Types].xml", "_rels/.rels"):
                content = content.replace(b"word/document.xml", new.encode())
            if name == "word/_rels/document.xml.rels":
                # Relative targets count from the folder of the part that names them.
                content = content.replace(b'Target="', b'Target="/word/').replace(b'"/word/../', b'"/')
            made.writestr({"word/document.xml": new, "word/_rels/document.xml.rels": rels}.get(name, name), content)
    return out.getvalue()


@pytest.mark.parametrize("name", ["word/document2.xml", "van-ban/chinh.xml"])
def test_the_main_part_may_have_any_name(name: str) -> None:
    copy = unwrap(_renamed(with_body(p(r("thân"))), name))
    assert paragraphs(copy) == ["thân"]
    assert problems(copy) == []


def test_two_main_parts_are_no_word_file() -> None:
    docx = with_body(p(r("thân")), {"word/khac.xml": b"<x/>"})
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as archive, zipfile.ZipFile(out, "w") as made:
        for part in archive.namelist():
            content = archive.read(part)
            made.writestr(
                part, content.replace(b"word/document.xml", b"word/khac.xml") if part == "_rels/.rels" else content
            )
    with pytest.raises(InputError, match="unreadable"):
        unwrap(out.getvalue())


_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _linked(kind: str, target: str, body: str, part: str = "word/document.xml") -> bytes:
    rels = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rIdX" Type="{_REL}/{kind}" Target="{target}" TargetMode="External"/></Relationships>'
    )
    folder, _, name = part.rpartition("/")
    return with_body(body, {f"{folder}/_rels/{name}.rels": rels.encode()})


_PICTURE = (
    f'<w:p xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="{_REL}">'
    '<w:r><w:drawing><a:blip r:link="rIdX"/></w:drawing></w:r></w:p>'
)


@pytest.mark.parametrize(
    ("docx", "target"),
    [
        (_linked("image", "http://127.0.0.1/a.png", _PICTURE), "http://127.0.0.1/a.png"),
        (_linked("image", "\\\\may-chu\\anh.png", _PICTURE), "\\\\may-chu\\anh.png"),
        (_linked("subDocument", "file:///c:/a.docx", f'<w:subDoc xmlns:r="{_REL}" r:id="rIdX"/>'), "file:///c:/a.docx"),
        (_linked("attachedTemplate", "http://127.0.0.1/t.dotm", p(r("x")), "word/settings.xml"),
         "http://127.0.0.1/t.dotm"),
        (with_body('<w:p xmlns:v="urn:schemas-microsoft-com:vml"><w:r><w:pict><v:shape><v:imagedata '
                   'src="http://127.0.0.1/v.png"/></v:shape></w:pict></w:r></w:p>'), "http://127.0.0.1/v.png"),
    ],
)  # fmt: skip
def test_nothing_leads_out_of_the_copy(docx: bytes, target: str) -> None:
    copy = unwrapped(docx)
    assert [link.target for link in copy.links] == [target]
    with zipfile.ZipFile(io.BytesIO(copy.docx)) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            assert b"External" not in content
            assert target.encode() not in content
            if name.endswith((".xml", ".rels")):
                etree.fromstring(content)


def test_hyperlinks_stay() -> None:
    copy = unwrapped(_linked("hyperlink", "http://127.0.0.1/", p(r("x"))))
    assert copy.links == ()
    with zipfile.ZipFile(io.BytesIO(copy.docx)) as archive:
        assert b"127.0.0.1" in archive.read("word/_rels/document.xml.rels")
