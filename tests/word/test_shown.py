"""What a PDF must show of a Word file: piece by piece, as it stands on the page."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx_samples import with_body

from docgen.word.after.shown import shown
from docgen.word.after.unwrap import unwrap

_M = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
_V = 'xmlns:v="urn:schemas-microsoft-com:vml"'


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


@pytest.mark.parametrize(
    ("body", "texts", "loose"),
    [
        (f"<w:p>{run('thấy ')}{run('ẩn', '<w:vanish/>')}</w:p>", ["thấy "], []),
        ("<w:p>" + run("thấy", '<w:vanish w:val="0"/>') + "</w:p>", ["thấy"], []),
        (f"<w:p>{run('Hoa', '<w:caps/>')}</w:p><w:p>{run('nhỏ', '<w:smallCaps/>')}</w:p>", [], ["Hoa", "nhỏ"]),
        (f'<w:p>{run("Kết quả")}<w:r><w:footnoteReference w:id="2"/></w:r>{run(" đạt")}</w:p>',
         ["Kết quả", " đạt"], []),
        (f"<w:p><m:oMath {_M}><m:f><m:num><m:r><m:t>12</m:t></m:r></m:num><m:den><m:r><m:t>14</m:t></m:r></m:den></m:f>"
         f"</m:oMath>{run(' đạt')}</w:p>", ["12", "14", " đạt"], []),
        (f'<w:p>{run("Trang ")}<w:fldSimple w:instr=" PAGE ">{run("1")}</w:fldSimple>{run(" hết")}</w:p>',
         ["Trang ", " hết"], []),
        (f'<w:p>{run("xem ")}<w:fldSimple w:instr=" REF a ">{run("mục II")}</w:fldSimple></w:p>', ["xem mục II"], []),
        (f"<w:p>{run('ngoài')}<w:r><w:pict {_V}><v:textbox><w:txbxContent><w:p>{run('trong')}</w:p></w:txbxContent>"
         f"</v:textbox></w:pict></w:r>{run(' tiếp')}</w:p>", ["ngoài tiếp", "trong"], []),
        (f"<w:tbl><w:tr><w:trPr><w:hidden/></w:trPr><w:tc><w:p>{run('ẩn')}</w:p></w:tc></w:tr></w:tbl>"
         f"<w:p>{run('sau')}</w:p>", ["sau"], []),
    ],
)  # fmt: skip
def test_pieces(body: str, texts: list[str], loose: list[str]) -> None:
    found = shown(with_body(body))
    assert (found.texts, found.loose) == (texts, loose)


def test_a_drawing_stored_twice_is_shown_once() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>hộp</w:t></w:r></w:p></w:txbxContent>"
    both = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    assert shown(with_body(f"<w:p><w:r>{both}</w:r></w:p>")).texts == ["hộp"]


def _with_styles(body: str, styles: str) -> bytes:
    names = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    return with_body(body, {"word/styles.xml": f"<w:styles {names}>{styles}</w:styles>".encode()})


def test_what_a_style_says_counts_and_said_twice_it_is_off() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="Dau"><w:rPr><w:caps/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Con"><w:basedOn w:val="Dau"/></w:style>'
        '<w:style w:type="character" w:styleId="Chu"><w:rPr><w:caps/></w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="An"><w:rPr><w:vanish/></w:rPr></w:style>'
    )
    by_style = '<w:pPr><w:pStyle w:val="Con"/></w:pPr>'
    by_letter, hidden = '<w:rStyle w:val="Chu"/>', '<w:rStyle w:val="An"/>'
    body = (
        f"<w:p>{by_style}{run('một')}</w:p><w:p>{by_style}{run('hai', by_letter)}</w:p><w:p>{run('ba', hidden)}</w:p>"
    )
    found = shown(_with_styles(body, styles))
    assert (found.texts, found.loose) == (["hai"], ["một"])


def _with_header(sections: str, settings: bytes = b"") -> bytes:
    names = (
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    )
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/header"
    rels = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    extra = {}
    for kind in ("default", "first", "even"):
        rels += f'<Relationship Id="{kind}" Type="{relation}" Target="{kind}.xml"/>'
        extra[f"word/{kind}.xml"] = f"<w:hdr {names}><w:p><w:r><w:t>{kind}</w:t></w:r></w:p></w:hdr>".encode()
    extra["word/_rels/document.xml.rels"] = f"{rels}</Relationships>".encode()
    extra["word/document.xml"] = (
        f"<w:document {names}><w:body><w:p><w:r><w:t>thân</w:t></w:r></w:p>{sections}</w:body></w:document>".encode()
    )
    if settings:
        extra["word/settings.xml"] = settings
    return with_body("", extra)


_ALL = "".join(f'<w:headerReference w:type="{kind}" r:id="{kind}"/>' for kind in ("default", "first", "even"))
_BOTH = b'<w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:evenAndOddHeaders/></w:settings>'


@pytest.mark.parametrize(
    ("sections", "settings", "heads"),
    [
        (f"<w:sectPr>{_ALL}</w:sectPr>", b"", [("default", 1)]),
        (f"<w:sectPr>{_ALL}<w:titlePg/></w:sectPr>", b"", [("default", 2), ("first", 1)]),
        (f"<w:sectPr>{_ALL}</w:sectPr>", _BOTH, [("default", 1), ("even", 2)]),
        (f"<w:sectPr>{_ALL}<w:titlePg/></w:sectPr>", _BOTH, [("default", 3), ("first", 1), ("even", 2)]),
        (f"<w:p><w:pPr><w:sectPr>{_ALL}<w:titlePg/></w:sectPr></w:pPr></w:p><w:sectPr/>", b"", [("first", 1)]),
    ],
)
def test_heads_are_due_where_their_page_is(sections: str, settings: bytes, heads: list[tuple[str, int]]) -> None:
    assert shown(_with_header(sections, settings)).heads == heads


def test_notes_are_shown() -> None:
    names = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    notes = (
        f'<w:footnotes {names}><w:footnote w:id="0" w:type="separator"><w:p/></w:footnote>'
        f'<w:footnote w:id="2"><w:p>{run("lời chú")}</w:p></w:footnote>'
        f'<w:footnote w:id="3"><w:p>{run("không ai dẫn")}</w:p></w:footnote></w:footnotes>'
    )
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{relation}" Target="footnotes.xml"/></Relationships>'
    )
    docx = with_body(
        f'<w:p>{run("thân")}<w:r><w:footnoteReference w:id="2"/></w:r></w:p>',
        {"word/footnotes.xml": notes.encode(), "word/_rels/document.xml.rels": rels.encode()},
    )
    assert shown(docx).texts == ["thân", "lời chú"]


def test_the_copy_of_a_plain_file_is_shown_as_written() -> None:
    docx = with_body(f"<w:p>{run('một')}</w:p><w:p>{run('hai')}</w:p>")
    assert shown(unwrap(docx)).texts == ["một", "hai"]
    with zipfile.ZipFile(io.BytesIO(unwrap(docx))) as archive:
        assert archive.testzip() is None
