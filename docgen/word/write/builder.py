"""Putting a Word package together from its body: the parts every template has, written the same way each time.

What comes out is deterministic: fixed part order, fixed dates, no tool version. The same definitions give the same
bytes, so `docgen build --check` can compare.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from docgen.word.write import picture_control, style
from docgen.word.write.controls import glossary_xml

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ROOT = (
    f'xmlns:w="{W}" xmlns:r="{R}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" mc:Ignorable="w14"'
)
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "application/vnd.openxmlformats-officedocument"
_WORD = f"{_OFFICE}.wordprocessingml"
#: The glossary must hold at least one entry (ECMA-376 part 1, 17.12.6), in a form without prompts too.
DEFAULT_PROMPT = "……………"
#: The key of the draft flag in a template's context: truthy marks every page DỰ THẢO.
DRAFT_FLAG = "draft_"


def section_xml(landscape: bool) -> str:
    """The one section: A4, margins, page number from page 2 (`w:titlePg`)."""
    width, height = style.twips(style.PAGE_WIDTH_MM), style.twips(style.PAGE_HEIGHT_MM)
    size = (
        f'<w:pgSz w:w="{height}" w:h="{width}" w:orient="landscape"/>'
        if landscape
        else f'<w:pgSz w:w="{width}" w:h="{height}"/>'
    )
    return (
        '<w:sectPr><w:headerReference w:type="default" r:id="rId3"/><w:headerReference w:type="first" r:id="rId4"/>'
        f"{size}"
        f'<w:pgMar w:top="{style.twips(style.MARGIN_TOP_MM)}" w:right="{style.twips(style.MARGIN_RIGHT_MM)}" '
        f'w:bottom="{style.twips(style.MARGIN_BOTTOM_MM)}" w:left="{style.twips(style.MARGIN_LEFT_MM)}" '
        f'w:header="{style.twips(style.HEADER_FROM_EDGE_MM)}" w:footer="{style.twips(10)}" w:gutter="0"/>'
        "<w:titlePg/></w:sectPr>"
    )


def _draft_run(draft: bool | None, before: str = "") -> str:
    """The mark of a draft: decided by the template's context, or fixed where `draft` is given."""
    mark = f"{before}DỰ THẢO"
    text = "{% if " + DRAFT_FLAG + " %}" + mark + "{% endif %}" if draft is None else mark if draft else ""
    look = '<w:b/><w:bCs/><w:color w:val="C00000"/>'
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def _page_header(draft: bool | None) -> str:
    # One line only: two are taller than the upper margin, and the text of the page would begin lower.
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        '<w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>2</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    style_id = '<w:pPr><w:pStyle w:val="PageHeader"/></w:pPr>'
    return f"{_XML}<w:hdr {_ROOT}><w:p>{style_id}{field}{_draft_run(draft, ' – ')}</w:p></w:hdr>"


def _first_header(draft: bool | None) -> str:
    style_id = '<w:pPr><w:pStyle w:val="DraftMark"/></w:pPr>'
    return f"{_XML}<w:hdr {_ROOT}><w:p>{style_id}{_draft_run(draft)}</w:p></w:hdr>"


def _settings(protect: bool) -> str:
    protection = '<w:documentProtection w:edit="forms" w:enforcement="1"/>' if protect else ""
    return (
        f'{_XML}<w:settings xmlns:w="{W}"><w:zoom w:percent="100"/>{protection}<w:defaultTabStop w:val="567"/>'
        '<w:characterSpacingControl w:val="doNotCompress"/><w:compat>'
        '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
        f'</w:compat><w:themeFontLang w:val="{style.LANGUAGE}"/></w:settings>'
    )


def _core(title: str, subject: str, author: str, identifier: str) -> str:
    return (
        f"{_XML}<cp:coreProperties "
        'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title)}</dc:title>"
        + (f"<dc:subject>{escape(subject)}</dc:subject>" if subject else "")
        + f"<dc:creator>{escape(author)}</dc:creator>"
        f"<dc:identifier>{escape(identifier)}</dc:identifier><dc:language>{style.LANGUAGE}</dc:language>"
        "</cp:coreProperties>"
    )


def _custom(properties: Mapping[str, str]) -> str:
    items = "".join(
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{pid}" name={quoteattr(name)}>'
        f"<vt:lpwstr>{escape(value)}</vt:lpwstr></property>"
        for pid, (name, value) in enumerate(properties.items(), start=2)
    )
    return (
        f'{_XML}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        f'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">{items}</Properties>'
    )


def _relationships(items: list[tuple[str, str, str]]) -> str:
    body = "".join(f'<Relationship Id="{rid}" Type="{kind}" Target="{target}"/>' for rid, kind, target in items)
    return f'{_XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{body}</Relationships>'


def package(
    body: str,
    *,
    title: str,
    identifier: str,
    properties: Mapping[str, str],
    subject: str = "",
    author: str = "",
    prompts: list[str],
    landscape: bool = False,
    protect: bool = True,
    draft: bool | None = None,
    empty_picture: bytes = b"",
) -> bytes:
    """A whole .docx around `body` (the content of `w:body` without its section).

    `title`, `subject` (what it belongs to), `author` (the body whose paper it is) and `identifier` go into the core
    properties, `properties` into the custom ones (all may hold Jinja tags), `prompts` into the glossary. With `protect`
    only the content controls can be edited in Word (no password: it guards against slips, not against intent). `draft`
    fixes the mark DỰ THẢO for a file that is no template. A body with pictures needs the one of an empty place (PNG):
    `empty_picture`.
    """
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    meta = "http://schemas.openxmlformats.org/package/2006/relationships/metadata"
    types = (
        f'{_XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + (picture_control.CONTENT_TYPES if empty_picture else "")
        + "".join(
            f'<Override PartName="{name}" ContentType="{kind}"/>'
            for name, kind in (
                ("/word/document.xml", f"{_WORD}.document.main+xml"),
                ("/word/styles.xml", f"{_WORD}.styles+xml"),
                ("/word/settings.xml", f"{_WORD}.settings+xml"),
                ("/word/header1.xml", f"{_WORD}.header+xml"),
                ("/word/header2.xml", f"{_WORD}.header+xml"),
                ("/word/glossary/document.xml", f"{_WORD}.document.glossary+xml"),
                ("/word/glossary/styles.xml", f"{_WORD}.styles+xml"),
                ("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"),
                ("/docProps/custom.xml", f"{_OFFICE}.custom-properties+xml"),
            )
        )
        + "</Types>"
    )
    styles = style.styles_xml()
    parts = {
        "[Content_Types].xml": types,
        "_rels/.rels": _relationships(
            [
                ("rId1", f"{office}/officeDocument", "word/document.xml"),
                ("rId2", f"{meta}/core-properties", "docProps/core.xml"),
                ("rId3", f"{office}/custom-properties", "docProps/custom.xml"),
            ]
        ),
        "docProps/core.xml": _core(title, subject, author, identifier),
        "docProps/custom.xml": _custom(properties),
        "word/_rels/document.xml.rels": _relationships(
            [
                ("rId1", f"{office}/styles", "styles.xml"),
                ("rId2", f"{office}/settings", "settings.xml"),
                ("rId3", f"{office}/header", "header1.xml"),
                ("rId4", f"{office}/header", "header2.xml"),
                ("rId5", f"{office}/glossaryDocument", "glossary/document.xml"),
                *([(picture_control.EMPTY_RELATION, f"{office}/image", "media/empty.png")] if empty_picture else ()),
            ]
        ),
        "word/styles.xml": styles,
        "word/settings.xml": _settings(protect),
        "word/header1.xml": _page_header(draft),
        "word/header2.xml": _first_header(draft),
        "word/glossary/_rels/document.xml.rels": _relationships([("rId1", f"{office}/styles", "styles.xml")]),
        "word/glossary/styles.xml": styles,
        "word/glossary/document.xml": glossary_xml(prompts or [DEFAULT_PROMPT]),
        "word/document.xml": f"{_XML}<w:document {_ROOT}><w:body>{body}{section_xml(landscape)}</w:body></w:document>",
    }
    media = {picture_control.EMPTY_PART: empty_picture} if empty_picture else {}
    return write_package({**{name: text.encode("utf-8") for name, text in parts.items()}, **media})


def write_package(parts: Mapping[str, bytes]) -> bytes:
    """A zip of `parts` in the order given, dated 1980-01-01: the same parts give the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            archive.writestr(info, content)
    return target.getvalue()
