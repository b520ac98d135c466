"""Hand-made docxtpl templates for tests, and what both engines make of them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any

from docx import Document
from docxtpl.template import DocxTemplate
from lxml import etree

from docgen.word.engine.tags import W


def saved(document: Any) -> bytes:
    """The bytes of a python-docx document."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def template(*paragraphs: str, rows: list[list[str]] | None = None) -> bytes:
    """A template of plain paragraphs and, after them, one table."""
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if rows:
        table = document.add_table(len(rows), len(rows[0]))
        for row, texts in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    return saved(document)


def with_body(xml: str, extra: Mapping[str, bytes] | None = None) -> bytes:
    """A template whose body is `xml` (with the prefixes w and w14), and further parts."""
    document = zipfile.ZipFile(io.BytesIO(saved(Document())))
    out = io.BytesIO()
    names = (
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="w14"'
    )
    with zipfile.ZipFile(out, "w") as made:
        for name in document.namelist():
            content = document.read(name)
            if name == "word/document.xml":
                content = f"<w:document {names}><w:body>{xml}<w:sectPr/></w:body></w:document>".encode()
            if name not in (extra or {}):
                made.writestr(name, content)
        for name, content in (extra or {}).items():
            made.writestr(name, content)
    return out.getvalue()


def by_docxtpl(source: bytes, context: Mapping[str, Any]) -> bytes:
    """What docxtpl makes of `source`, with its own escaping on."""
    made = DocxTemplate(io.BytesIO(source))
    made.render(dict(context), autoescape=True)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def text(document: bytes) -> dict[str, list[str]]:
    """The text of every story by part, a string a paragraph; breaks as characters, table cells as `|`."""
    found: dict[str, list[str]] = {}
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            if not re.fullmatch(r"word/(document|header\d*|footer\d*|footnotes)\.xml", name):
                continue
            root = etree.fromstring(archive.read(name))
            lines = [""]
            for node in root.iter(f"{W}p", f"{W}t", f"{W}br", f"{W}tab", f"{W}tc"):
                if node.tag == f"{W}p":
                    lines.append("")
                elif node.tag == f"{W}tc":
                    lines.append("|")
                elif node.tag == f"{W}t":
                    lines[-1] += node.text or ""
                elif node.getparent() is not None and node.getparent().tag == f"{W}r":
                    kind = node.get(f"{W}type") or ""
                    lines[-1] += "\t" if node.tag == f"{W}tab" else "\f" if kind == "page" else "\n"
            found[name] = lines
    return found


def part(document: bytes, name: str = "word/document.xml") -> etree._Element:
    """The tree of one part of a .docx."""
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        return etree.fromstring(archive.read(name))
