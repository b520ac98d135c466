"""What a screen reader and Word's navigation pane find in a form: one title, real headings, what each table is."""

from __future__ import annotations

import io
import zipfile
from functools import cache

import pytest
from lxml import etree

from docgen.forms.build import build_template
from docgen.forms.definition import load_form
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.word.write import style
from docgen.word.write.pages import Page

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FORMS = [f"{name}/{form}" for name in list_regulations() for form in load_regulation(name).every_form]
#: A letter (công văn) has no name of its kind, so no title.
UNTITLED = "cong-van"


@cache
def _styles() -> dict[str, etree._Element]:
    tree = etree.fromstring(style.styles_xml().encode())
    return {item.get(f"{W}styleId", ""): item for item in tree.iter(f"{W}style")}


def _chain(paragraph: etree._Element) -> list[etree._Element]:
    """The paragraph's own properties and those of its style and of all that it is based on, the nearest first."""
    out = [paragraph]
    named = paragraph.find(f"{W}pPr/{W}pStyle")
    at = named.get(f"{W}val") if named is not None else "Normal"
    while at:
        out.append(_styles()[at])
        based = out[-1].find(f"{W}basedOn")
        at = based.get(f"{W}val") if based is not None else None
    return out


def _level(paragraph: etree._Element) -> int:
    """The outline level from 1, as in Word's pane; 10 for body text (17.3.1.20)."""
    levels = (item.find(f"{W}pPr/{W}outlineLvl") for item in _chain(paragraph))
    return next((int(found.get(f"{W}val", "9")) for found in levels if found is not None), 9) + 1


def _body(docx: bytes) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        body = etree.fromstring(archive.read("word/document.xml")).find(f"{W}body")
    assert body is not None
    return body


@cache
def _form(name: str) -> etree._Element:
    regulation, form = name.split("/")
    return _body(build_template(load_form(load_regulation(regulation), form)))


@pytest.mark.parametrize("name", FORMS)
def test_one_title_and_every_heading_is_words_own(name: str) -> None:
    paragraphs = [p for p in _form(name).iter(f"{W}p") if _level(p) <= 9]
    levels = [_level(p) for p in paragraphs]
    assert levels.count(1) == (0 if name.endswith(UNTITLED) else 1)
    for paragraph, level in zip(paragraphs, levels, strict=True):
        names = [found.get(f"{W}val") for item in _chain(paragraph) if (found := item.find(f"{W}name")) is not None]
        assert f"heading {level}" in names, "".join(paragraph.itertext())


def _told(table: etree._Element) -> list[str]:
    found = (table.find(f"{W}tblPr/{W}{what}") for what in ("tblCaption", "tblDescription"))
    return [item.get(f"{W}val", "") if item is not None else "" for item in found]


@pytest.mark.parametrize("name", FORMS)
def test_a_table_of_data_says_what_it_is_and_no_other(name: str) -> None:
    regulation, form = name.split("/")
    for table in _form(name).iter(f"{W}tbl"):
        heads = [row for row in table.iter(f"{W}tr") if row.find(f"{W}trPr/{W}tblHeader") is not None]
        caption, columns = _told(table)
        if not heads:
            assert (caption, columns) == ("", "")
            continue
        assert caption.startswith(load_form(load_regulation(regulation), form).name)
        words = {text for row in heads for text in ("".join(t.itertext()) for t in row.iter(f"{W}t"))}
        assert all(word.strip() in columns for word in words if not word.isdigit()), (words, columns)


def test_the_tables_of_a_form_are_told_apart() -> None:
    captions = [_told(table)[0] for table in _form("hd43-2025/mau-04").iter(f"{W}tbl")]
    captions = [caption for caption in captions if caption]
    assert len(captions) == len(set(captions))


def test_a_page_of_docgen_is_no_less() -> None:
    page = Page()
    page.paragraph("MỤC LỤC", "FormTitle")
    page.paragraph("của năm 2025", "FormTitle")
    page.table(["Số", "Văn bản"], [["1", "Tờ trình"]], [10, 90])
    page.paragraph("Tài liệu kèm", "SectionHeading")
    page.table(["Tên"], [["Ảnh"]], [100])
    body = _body(page.docx("Mục lục", {}))
    assert [_told(table) for table in body.iter(f"{W}tbl")] == [["MỤC LỤC", "Số; Văn bản"], ["Tài liệu kèm", "Tên"]]
    assert [_level(p) for p in body if p.tag == f"{W}p" and _level(p) <= 9] == [1, 2]
