"""Word files that are not docgen's own: both engines print what Word prints, or the gate says what is lost."""

from __future__ import annotations

import http.server
import io
import threading
import zipfile
from collections.abc import Iterator

import pytest

pytest.importorskip("rdocx")
pytest.importorskip("pypdfium2")

from docgen.errors import InputError
from docgen.pdf import convert, pdf_text
from docgen.pdf.engines.rdocx import LONGEST_WORD, PIECE
from docgen.pdf.reading import squeezed
from docgen.word.after.drawing_cost import refuse_costly
from docgen.word.write.pages import Page

ENGINES = ["rdocx", pytest.param("libreoffice", marks=pytest.mark.libreoffice)]
_A = 'w:id="1" w:author="A" w:date="2018-12-01T00:00:00Z"'


def _file(body: str, relation: str = "") -> bytes:
    """A file in the font that the rules ask for, with `body` as its text and a relationship more."""
    page = Page()
    page.paragraph("THÂN")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(page.docx("a", {}))) as archive, zipfile.ZipFile(out, "w") as made:
        for name in archive.namelist():
            content = archive.read(name)
            if name == "word/document.xml":
                text = content.decode()
                start = text.index("<w:body>") + len("<w:body>")
                end = text.rindex("<w:sectPr")
                content = (text[:start] + body + text[end:]).encode()
            if name == "word/_rels/document.xml.rels":
                content = content.replace(b"</Relationships>", relation.encode() + b"</Relationships>")
            made.writestr(name, content)
    return out.getvalue()


def p(*runs: str, properties: str = "") -> str:
    return f"<w:p>{properties}{''.join(runs)}</w:p>"


def r(text: str, properties: str = "", tag: str = "t") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:{tag} xml:space="preserve">{text}</w:{tag}></w:r>'


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("body", "there", "absent"),
    [
        (p(f"<w:del {_A}>{r('Không hoàn thành nhiệm vụ', tag='delText')}</w:del>",
           properties=f"<w:pPr><w:rPr><w:del {_A}/></w:rPr></w:pPr>") + p(r("Hoàn thành tốt")),
         "Hoàn thành tốt", "Không hoàn thành"),
        (p(f"<w:moveFrom {_A}>{r('câu được dời')}</w:moveFrom>", r(" gốc"))
         + p(f"<w:moveTo {_A}>{r('câu được dời')}</w:moveTo>"), "câu được dời", ""),
        (p(f'<w:smartTag w:uri="u" w:element="place">{r("Cần Thơ")}</w:smartTag>'), "Cần Thơ", ""),
        (p(r("thấy "), r("chữ ẩn", "<w:vanish/>")), "thấy", "chữ ẩn"),
        (p(r("Bản kiểm điểm", "<w:caps/>")), "BẢN KIỂM ĐIỂM", ""),
        (p("<w:r><w:t>trước</w:t><w:noBreakHyphen/><w:t>sau</w:t></w:r>"), "trước-sau", ""),
        (p(r("Có ☒ Không ☐ rồi ✓ hết")), "Có ☒ Không ☐ rồi ✓ hết", ""),
    ],
)  # fmt: skip
def test_the_page_holds_what_word_prints(engine: str, body: str, there: str, absent: str) -> None:
    result = convert([("a", _file(body))], engine)
    assert result.findings == []
    text = squeezed(pdf_text(result.pdfs["a"]))
    assert text.count(squeezed(there)) == 1
    assert not absent or squeezed(absent) not in text


@pytest.mark.parametrize("engine", ENGINES)
def test_small_capitals_and_form_fields_are_no_loss(engine: str) -> None:
    choice = (
        '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="Phòng A"/>'
        '<w:listEntry w:val="Phòng B"/></w:ddList></w:ffData></w:fldChar></w:r>'
        '<w:r><w:instrText> FORMDROPDOWN </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    result = convert([("a", _file(p(r("Chữ hoa nhỏ", "<w:smallCaps/>")) + p(choice)))], engine)
    assert result.findings == []
    assert "PhòngB" in squeezed(pdf_text(result.pdfs["a"]))


def test_a_text_box_that_is_not_drawn_is_told() -> None:
    box = (
        '<w:r><w:pict xmlns:v="urn:schemas-microsoft-com:vml"><v:shape style="width:200pt;height:30pt"><v:textbox>'
        "<w:txbxContent><w:p><w:r><w:t>trong hộp</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    )
    result = convert([("a", _file(p(r("ngoài"), box)))], "rdocx")
    drawn = squeezed("trong hộp") in squeezed(pdf_text(result.pdfs["a"]))
    assert ("pdf.text.lost" in {f.code for f in result.findings}) is not drawn


class _Listener(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        self.send_error(404)

    do_HEAD = do_OPTIONS = do_PROPFIND = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def listener() -> Iterator[tuple[int, list[str]]]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Listener)
    server.asked = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, server.asked  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()


_DRAWING = (
    '<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
    '<wp:extent cx="914400" cy="914400"/><wp:docPr id="1" name="p"/>'
    '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
    '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">'
    '<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:nvPicPr>'
    '<pic:cNvPr id="0" name="p"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>'
    '<a:blip xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:link="rId99"/>'
    '<a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/>'
    '<a:ext cx="914400" cy="914400"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>'
    "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
)


def _linked(port: int) -> bytes:
    """A file with a picture that lies on the listener's machine."""
    return _file(
        p(r("chữ")) + _DRAWING,
        '<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" '
        f'Target="http://127.0.0.1:{port}/a.png" TargetMode="External"/>',
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_is_fetched_and_it_is_said(engine: str, listener: tuple[int, list[str]]) -> None:
    port, asked = listener
    result = convert([("a", _linked(port))], engine)
    assert asked == []
    assert [f.code for f in result.findings if f.severity == "error"] == ["pdf.link.not_followed"]


@pytest.mark.libreoffice
def test_a_link_that_reaches_the_engine_is_not_followed_either(
    listener: tuple[int, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second guard alone: the profile of LibreOffice, with the links left in the file."""
    from docgen.word.after import unwrap

    port, asked = listener
    monkeypatch.setattr(unwrap, "outside", lambda parts: [])
    convert([("a", _linked(port))], "libreoffice")
    assert asked == []


@pytest.mark.libreoffice
def test_without_both_guards_the_listener_hears(
    listener: tuple[int, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """That the listener would hear it: else the two tests above prove nothing."""
    from docgen.pdf.engines import libreoffice
    from docgen.word.after import unwrap

    port, asked = listener
    monkeypatch.setattr(unwrap, "outside", lambda parts: [])
    monkeypatch.setattr(libreoffice, "_closed_off", lambda profile: None)
    convert([("a", _linked(port))], "libreoffice")
    assert asked


def _zip(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("docx", "code"),
    [
        (_zip({"word/document.xml": b"<x>" + b" " * (80 << 20) + b"</x>"}), "read.file.bomb"),
        (_zip({"word/document.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}), "read.file.dtd"),
        (_zip({"../word/document.xml": b"<x/>"}), "read.file.part_name"),
        (_zip({f"p{n}": b"" for n in range(3000)}), "read.file.too_many_parts"),
    ],
)
def test_what_is_not_safe_to_unpack_is_not_converted(docx: bytes, code: str) -> None:
    result = convert([("a", docx)], "rdocx")
    assert [f.code for f in result.findings] == [code]
    assert result.pdfs == {}


_BEGIN = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
_END = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def test_fields_in_fields_without_end_are_refused_before_an_engine_sees_them() -> None:
    """50,000 fields that begin and never end take an engine 7 GB; some one after the other are nothing."""
    deep = convert([("sau", _file(f"<w:p>{_BEGIN * 5_000}</w:p>"))], "rdocx")
    assert [(f.code, f.severity) for f in deep.findings] == [("read.file.too_deep", "error")]
    assert not deep.pdfs
    many = convert([("nhieu", _file(f"<w:p>{(_BEGIN + _END) * 300}</w:p>"))], "rdocx")
    assert many.pdfs["nhieu"].startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("body", "facts"),
    [
        (p(r("Đoạn văn")) * 21_000, {"paragraphs": 21_000, "letters": 168_000, "longest": 8}),
        (p(r("chữ " * 40_000)), {"paragraphs": 1, "letters": 160_000, "longest": 160_000}),
        (p(r("chữ " * 500)) * 500, {"paragraphs": 500, "letters": 1_000_000, "longest": 2_000}),
        (p("<w:r><w:t>a</w:t></w:r>" * 23_000), {"paragraphs": 1, "letters": 23_000, "longest": 23_000}),
        (f"<w:tbl><w:tr>{'<w:tc><w:p/></w:tc>' * 12_500}</w:tr></w:tbl>" + p(),
         {"paragraphs": 12_501, "letters": 0, "longest": 0}),
        (f"<w:sdt><w:sdtContent>{p(r('Mục'))}</w:sdtContent></w:sdt>" * 16_000,
         {"paragraphs": 16_000, "letters": 48_000, "longest": 3}),
    ],
    ids=["paragraphs", "a paragraph", "letters", "runs", "cells", "controls"],
)  # fmt: skip
def test_what_no_engine_could_draw_is_refused_with_its_numbers(body: str, facts: dict[str, int]) -> None:
    """A million letters in one paragraph take the embedded engine 16 GB, 100,000 paragraphs 3 GB."""
    result = convert([("dài", _file(body))], "rdocx")
    assert [(f.code, f.severity, f.params) for f in result.findings] == [("pdf.file.too_long", "error", facts)]
    assert not result.pdfs
    assert str(facts["paragraphs"]) in result.findings[0].text("vi").replace(".", "")


def test_what_is_long_and_sound_may_be_drawn() -> None:
    for body in (p(r("Đoạn văn")) * 12_000, p(r("chữ " * 25_000)), p(r("chữ " * 500)) * 300):
        refuse_costly(_file(body), "dài")
    with pytest.raises(InputError, match="too_long"):
        refuse_costly(_file(p(r("Đoạn văn")) * 21_000), "dài")
    refuse_costly(b"no Word file", "tệp")  # whoever reads it next says so


def test_docgen_draws_its_own_files_however_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docgen.word.after.drawing_cost.MAX_DRAWING", 0)
    monkeypatch.setattr("docgen.word.after.drawing_cost._SMALL", 0)
    docx = _file(p(r("Mục lục")))
    assert [f.code for f in convert([("a", docx)], "rdocx").findings] == ["pdf.file.too_long"]
    assert convert([("a", docx)], "rdocx", own=True).pdfs


def test_a_word_without_end_is_cut_into_few_pieces() -> None:
    """Between each two letters of a word of 30 there may be a break; of 100,000 that would take 1.4 GB."""
    word = "".join(chr(0x61 + n % 26) for n in range(LONGEST_WORD + 500))
    result = convert([("a", _file(p(r(word))))], "rdocx")
    assert [f for f in result.findings if f.severity == "error"] == []
    text = pdf_text(result.pdfs["a"])
    assert "".join(c for c in text if c.isalpha()) == word
    assert 0 < text.count("\u200b") <= len(word) / PIECE
