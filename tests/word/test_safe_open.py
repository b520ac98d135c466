"""Files that are no forms, and files made to hurt: each is refused with its finding, quickly and with little memory."""

from __future__ import annotations

import io
import os
import re
import resource
import struct
import tracemalloc
import zipfile
import zlib
from functools import cache
from pathlib import Path

import pytest

from docgen.word.file.safe_open import PartError, open_word, parse_part
from docgen.word.file.strict import transitional
from docgen.word.read.reader import read_text

#: What such a file is made for is to keep the reader busy for ever.
pytestmark = pytest.mark.timeout(60)

W_NS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
BODY = "<w:p><w:r><w:t>Chữ</w:t></w:r></w:p><w:sectPr/>"
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def document(body: str = BODY, before: str = "") -> str:
    return f'{before}<w:document xmlns:w="{W_NS}"><w:body>{body}</w:body></w:document>'


def relationships(*items: str) -> str:
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{"".join(items)}</Relationships>'


def relation(kind: str, target: str, external: bool = False, rid: str = "rId9") -> str:
    mode = ' TargetMode="External"' if external else ""
    return f'<Relationship Id="{rid}" Type="{OFFICE}/{kind}" Target="{target}"{mode}/>'


MAIN = relationships(relation("officeDocument", "word/document.xml", rid="rId1"))


def word(parts: dict[str, str | bytes] | None = None, **more: str | bytes) -> bytes:
    """A small Word file with some parts replaced or added."""
    target = io.BytesIO()
    all_parts: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES, "_rels/.rels": MAIN, "word/document.xml": document(), **(parts or {}), **more,
    }  # fmt: skip
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in all_parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def codes(content: bytes, name: str = "a.docx") -> list[str]:
    """The findings' codes."""
    file, findings = open_word(content, name)
    assert findings or file is not None
    return [f.code for f in findings]


def test_a_plain_file_opens() -> None:
    file, findings = open_word(word())
    assert file is not None
    assert findings == []
    assert read_text(file.document).blocks[0].text == "Chữ"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "read.file.empty"),
        (b"\x00" * 4096, "read.file.empty"),
        (b"{\\rtf1 a}", "read.file.rtf"),
        (b"%PDF-1.7", "read.file.pdf"),
        (b"<html><body>x", "read.file.web_page"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><a/>", "read.file.web_page"),
        (b"Rar!\x1a\x07", "read.file.archive"),
        (b"\x89PNG\r\n", "read.file.picture"),
        (b"just some text", "read.file.not_word"),
        (b"\x1f\x8b\x08", "read.file.archive"),
        (b"\0" * 257 + b"ustar", "read.file.archive"),
        (b"PK\x05\x06" + b"\0" * 18, "read.file.archive"),
        (b"PK\x03\x04 broken", "read.file.damaged"),
        (b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><pkg:package/>', "read.file.word_xml"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "read.file.web_page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512 + "WordDocument".encode("utf-16-le"), "read.file.old_doc"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le"),
         "read.file.password"),
    ],
)  # fmt: skip
def test_other_kinds_of_file_are_named(content: bytes, code: str) -> None:
    assert codes(content) == [code]


def test_words_lock_file_is_named() -> None:
    assert codes(b"\x05Nguyen Van A" + b" " * 150, "~$mau-02.docx") == ["read.file.lock_file"]


def test_missing_file_and_folder(tmp_path: Path) -> None:
    assert open_word(tmp_path / "khong-co.docx")[1][0].code == "read.file.missing"
    assert open_word(tmp_path)[1][0].code == "read.file.missing"


def test_odt_and_excel_are_named() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<a/>")
    assert codes(target.getvalue()) == ["read.file.odt"]
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("xl/workbook.xml", "<a/>")
    assert codes(target.getvalue()) == ["read.file.other_office"]


def test_truncated_and_flipped_files_are_damaged() -> None:
    good = word()
    assert codes(good[: len(good) // 2]) == ["read.file.damaged"]
    at = good.index(b"word/document.xml") + 40
    flipped = good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1 :]
    assert codes(flipped)[0] in ("read.file.damaged", "read.file.malformed")


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "before",
    [
        f'<!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}]>',
        '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://example.invalid/x.dtd">',
    ],
    ids=["entities", "external entity", "external DTD"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_are_refused(before: str, encoding: str) -> None:
    text = document("<w:p><w:r><w:t>&a9;&f;</w:t></w:r></w:p>", before)
    assert codes(word({"word/document.xml": text.encode(encoding)})) == ["read.file.dtd"]


@pytest.mark.parametrize("part", ["docProps/custom.xml", "word/_rels/document.xml.rels", "_rels/.rels"])
def test_document_types_are_refused_in_every_part_that_is_read(part: str) -> None:
    rels = MAIN.replace("</Relationships>", relation("custom-properties", "docProps/custom.xml") + "</Relationships>")
    evil = f'<!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}]><x>&a9;</x>'
    assert codes(word({"_rels/.rels": rels, part: evil})) == ["read.file.dtd"]


@pytest.mark.parametrize("encoding", ["utf-7", "cp037", "iso-8859-1"])
def test_other_encodings_are_refused(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + document()
    assert codes(word({"word/document.xml": text.encode()})) == ["read.file.encoding"]


def test_utf16_is_read() -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?>' + document()
    file, findings = open_word(word({"word/document.xml": text.encode("utf-16")}))
    assert findings == []
    assert file is not None
    assert read_text(file.document).blocks[0].text == "Chữ"  # type: ignore[union-attr]


@cache
def zeros(size: int) -> bytes:
    """A zip with a document of `size` bytes of nothing, made without holding them."""
    packer = zlib.compressobj(1, zlib.DEFLATED, -15)
    chunk = b" " * (1 << 20)
    packed, crc = bytearray(), 0
    for _ in range(size >> 20):
        packed += packer.compress(chunk)
        crc = zlib.crc32(chunk, crc)
    packed += packer.flush()
    name = b"word/document.xml"
    head = struct.pack("<5H3L2H", 20, 0, 8, 0, 0x21, crc, len(packed), size, len(name), 0)
    local = b"PK\x03\x04" + head + name
    central = b"PK\x01\x02" + struct.pack("<H", 20) + head + struct.pack("<3H2L", 0, 0, 0, 0, 0) + name
    end = b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 1, 1, len(central), len(local) + len(packed), 0)
    return bytes(local + packed + central + end)


def test_a_part_of_500_megabytes_is_refused_without_unpacking_it() -> None:
    bomb = zeros(500 << 20)
    assert len(bomb) < 5 << 20
    tracemalloc.start()
    assert codes(bomb) == ["read.file.bomb"]
    assert tracemalloc.get_traced_memory()[1] < 20 << 20
    tracemalloc.stop()


def test_a_directory_that_lies_about_a_size_gains_nothing() -> None:
    bomb = bytearray(zeros(500 << 20))
    central = bomb.rindex(b"PK\x01\x02")
    struct.pack_into("<L", bomb, central + 24, 1000)
    struct.pack_into("<L", bomb, 22, 1000)
    # A relationship part is needed before the document is unpacked at all.
    tracemalloc.start()
    with zipfile.ZipFile(io.BytesIO(bytes(bomb))) as archive:
        from docgen.word.file.safe_open import read_part

        with pytest.raises((zipfile.BadZipFile, PartError)):
            read_part(archive, archive.infolist()[0])
    assert tracemalloc.get_traced_memory()[1] < 20 << 20
    tracemalloc.stop()


def test_a_high_ratio_is_refused_and_a_long_table_is_not() -> None:
    assert codes(word({"word/document.xml": document("<w:p/>" * 900_000)})) == ["read.file.bomb"]
    row = "".join(f"<w:tc><w:p><w:r><w:t>Ô số {n}</w:t></w:r></w:p></w:tc>" for n in range(14))
    rows = "".join(f"<w:tr>{row.replace('Ô', str(n))}</w:tr>" for n in range(1000))
    assert codes(word({"word/document.xml": document(f"<w:tbl>{rows}</w:tbl>")})) == []


def test_millions_of_elements_are_refused_before_a_tree_is_made() -> None:
    content = b"<w>" + os.urandom(16).hex().encode() + b"<a/>" * 2_600_000 + b"</w>"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(PartError, match="bomb"):
        parse_part(content, "word/document.xml")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "word/../../x.xml", "C:/x.xml", "word\\document2.xml", "a\x00b.xml"]
)
def test_names_that_lead_outside_are_refused(name: str) -> None:
    clean = "a" * len(name)
    content = word({clean: "<a/>"}).replace(clean.encode(), name.encode())
    assert codes(content) == ["read.file.part_name"]


@pytest.mark.parametrize("second", ["word/document.xml", "word/Document.xml"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_part_twice_is_refused(second: str) -> None:
    target = io.BytesIO(word())
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(second, document())
    assert codes(target.getvalue()) == ["read.file.duplicate_part"]


def test_too_many_parts_are_refused() -> None:
    assert codes(word({f"word/x{n}.bin": b"" for n in range(2100)})) == ["read.file.too_many_parts"]


def test_an_encrypted_zip_is_named() -> None:
    content = bytearray(word())
    at = content.rindex(b"PK\x01\x02")
    content[at + 8] |= 1
    assert codes(bytes(content)) == ["read.file.encrypted_zip"]


def test_controls_in_controls_without_end_are_refused() -> None:
    deep = "<w:sdt><w:sdtContent>" * 200 + "<w:p/>" + "</w:sdtContent></w:sdt>" * 200
    assert codes(word({"word/document.xml": document(deep)})) == ["read.file.too_deep"]
    less = "<w:sdt><w:sdtContent>" * 60 + "<w:p/>" + "</w:sdtContent></w:sdt>" * 60
    file, findings = open_word(word({"word/document.xml": document(less)}))
    assert findings == []
    assert file is not None
    with pytest.raises(PartError, match="too_deep"):
        read_text(file.document)


def test_text_boxes_in_text_boxes_cost_no_more_than_they_hold() -> None:
    inner = "<w:p><w:r><w:t>đáy</w:t></w:r></w:p>"
    for _ in range(40):
        inner = f"<w:p><w:r><w:pict><w:txbxContent>{inner}</w:txbxContent></w:pict></w:r></w:p>"
    file, _ = open_word(word({"word/document.xml": document(inner)}))
    assert file is not None
    assert [b.text for b in read_text(file.document).blocks if b.text] == ["đáy"]  # type: ignore[union-attr]


def test_a_document_of_hundreds_of_thousands_of_paragraphs_is_given_up() -> None:
    words = document("".join(f"<w:p><w:r><w:t>{n * 7919 % 1000003:x}</w:t></w:r></w:p>" for n in range(200_000)))
    file, _ = open_word(word({"word/document.xml": words}))
    assert file is not None
    with pytest.raises(PartError, match="too_long"):
        read_text(file.document)


def test_a_broken_part_is_named() -> None:
    assert codes(word({"word/document.xml": "<w:document>"})) == ["read.file.malformed"]


def test_macros_and_embedded_programs_are_errors_but_the_text_is_read() -> None:
    file, findings = open_word(word({"word/vbaProject.bin": b"x"}))
    assert [f.code for f in findings] == ["read.file.macro"]
    assert file is not None
    kind = "application/vnd.ms-word.document.macroEnabled.main+xml"
    declared = TYPES.replace("/>", f'><Override ContentType="{kind}" PartName="/word/document.xml"/></Types>')
    assert codes(word({"[Content_Types].xml": declared})) == ["read.file.macro"]
    assert codes(word({"word/embeddings/oleObject1.bin": b"x"})) == ["read.file.embedded"]


@pytest.mark.parametrize(
    ("kind", "target", "code"),
    [
        ("image", "http://example.invalid/x.png", "read.file.external_link"),
        ("oleObject", "file:///c:/x.xlsx", "read.file.external_link"),
        ("attachedTemplate", "https://example.invalid/x.dotm", "read.file.external_link"),
        ("attachedTemplate", "file:////server/share/x.dotm", "read.file.external_link"),
        ("attachedTemplate", "file:///C:/Users/A/Normal.dotm", "read.file.own_template"),
        ("attachedTemplate", "file:///C:\\Users\\A\\Normal.dotm", "read.file.own_template"),
        ("attachedTemplate", "file:///Users/an/Library/Normal.dotm", "read.file.own_template"),
        ("attachedTemplate", "file://localhost/Users/an/Normal.dotm", "read.file.own_template"),
        ("attachedTemplate", "Normal.dotm", "read.file.own_template"),
        ("attachedTemplate", "C:\\Users\\A\\Normal.dotm", "read.file.own_template"),
        ("attachedTemplate", "..\\Templates\\mau.dotx", "read.file.own_template"),
        ("attachedTemplate", "/Users/an/Library/mau.dotx", "read.file.own_template"),
        ("attachedTemplate", "Macintosh%20HD:Users:an:Library:Templates:mau.dotx", "read.file.own_template"),
        ("attachedTemplate", "file://server/share/x.dotm", "read.file.external_link"),
        ("attachedTemplate", "file:///\\server\\share\\x.dotm", "read.file.external_link"),
        ("attachedTemplate", "\\\\server\\share\\x.dotm", "read.file.external_link"),
        ("attachedTemplate", "%5C%5Cserver%5Cshare%5Cx.dotm", "read.file.external_link"),
        ("attachedTemplate", "//server/share/x.dotm", "read.file.external_link"),
        ("attachedTemplate", "FTP://example.invalid/x.dotm", "read.file.external_link"),
        ("attachedTemplate", "mhtml:http://example.invalid/x.dotm", "read.file.external_link"),
        ("attachedTemplate", "", "read.file.external_link"),
        ("hyperlink", "https://example.invalid/", "read.file.hyperlink"),
    ],
)
def test_links_out_of_the_file(kind: str, target: str, code: str) -> None:
    rels = relationships(relation(kind, target, external=True))
    assert codes(word({"word/_rels/document.xml.rels": rels})) == [code]
    severity = open_word(word({"word/_rels/document.xml.rels": rels}))[1][0].severity
    assert severity == ("error" if code == "read.file.external_link" else "info")


def test_a_link_that_does_not_say_it_is_external_is_one() -> None:
    rels = relationships(relation("attachedTemplate", "https://example.invalid/x.dotm"))
    assert codes(word({"word/_rels/document.xml.rels": rels})) == ["read.file.external_link"]


def test_an_archive_of_forms_and_a_pages_file_are_named() -> None:
    for names, code in (
        (("mau-02.docx", "mau-05.docx"), "read.file.archive"),
        (("Index/Document.iwa",), "read.file.pages"),
    ):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for name in names:
                archive.writestr(name, word())
        assert codes(target.getvalue()) == [code]


def test_a_workbook_called_docx_is_named() -> None:
    rels = relationships(relation("officeDocument", "xl/workbook.xml"))
    made = word({"_rels/.rels": rels, "xl/workbook.xml": "<workbook/>"})
    assert codes(made) == ["read.file.other_office"]


def test_a_word_template_is_named_and_read() -> None:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"
    declared = TYPES.replace("/>", f'><Override ContentType="{kind}" PartName="/word/document.xml"/></Types>')
    file, findings = open_word(word({"[Content_Types].xml": declared}))
    assert file is not None
    assert [(f.code, f.severity) for f in findings] == [("read.file.template", "info")]


@pytest.mark.parametrize("target", ["word/document2.xml", "/word/document2.xml", "Word/Document2.XML", "van%20ban.xml"])
def test_the_main_part_is_found_by_its_relationship(target: str) -> None:
    name = "van ban.xml" if "%" in target else "word/document2.xml"
    made = word(
        {
            "_rels/.rels": relationships(relation("officeDocument", target)),
            name: document(),
            "word/document.xml": "<x/>",
        }
    )
    file, findings = open_word(made)
    assert file is not None
    assert findings == []
    assert read_text(file.document).blocks[0].text == "Chữ"  # type: ignore[union-attr]


def test_words_parts_without_a_way_to_them_are_damaged() -> None:
    assert codes(word({"_rels/.rels": relationships()})) == ["read.file.damaged"]


def strict(content: str | bytes) -> str:
    """`content` in the spelling of Strict Open XML."""
    text = content.decode() if isinstance(content, bytes) else content
    text = text.replace("/officeDocument/2006/custom-properties", "/officeDocument/customProperties")
    text = text.replace("relationships/custom-properties", "relationships/customProperties")
    text = re.sub(
        r"http://schemas.openxmlformats.org/(wordprocessingml|officeDocument)/2006/",
        r"http://purl.oclc.org/ooxml/\1/",
        text,
    )
    return text


def test_a_part_of_strict_becomes_one_of_transitional() -> None:
    for name, content in (("word/document.xml", document()), ("_rels/.rels", MAIN)):
        marked = strict(content).replace("<w:document ", '<w:document w:conformance="strict" ')
        assert b"purl.oclc.org" in marked.encode()
        assert transitional(marked.encode()).decode() == content, name


def test_strict_open_xml_is_read() -> None:
    rels = MAIN.replace("</Relationships>", relation("custom-properties", "docProps/custom.xml") + "</Relationships>")
    custom = (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        '<property name="docgen.form"><vt:lpwstr>mau-02</vt:lpwstr></property></Properties>'
    )
    made = word(
        {"_rels/.rels": strict(rels), "word/document.xml": strict(document()), "docProps/custom.xml": strict(custom)}
    )
    assert b"purl.oclc.org" in zipfile.ZipFile(io.BytesIO(made)).read("word/document.xml")
    file, findings = open_word(made)
    assert file is not None
    assert findings == []
    assert file.properties == {"docgen.form": "mau-02"}
    assert read_text(file.document).blocks[0].text == "Chữ"  # type: ignore[union-attr]
