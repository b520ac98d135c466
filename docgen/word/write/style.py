"""How the documents look: every number in one place, so that a văn thư can correct it here.

Sources: Hướng dẫn 36-HD/VPTW on the layout of Party documents; the wording and the header of each form from its own
regulation. Lengths are in the unit their name says; `w:` values derived from them are made by the functions below.
"""

from __future__ import annotations

FONT = "Times New Roman"
LANGUAGE = "vi-VN"
PAGE_WIDTH_MM = 210.0
PAGE_HEIGHT_MM = 297.0
MARGIN_TOP_MM = 20.0
MARGIN_BOTTOM_MM = 20.0
MARGIN_LEFT_MM = 30.0
MARGIN_RIGHT_MM = 15.0
HEADER_FROM_EDGE_MM = 10.0
BODY_PT = 14.0
TABLE_PT = 13.0
SMALL_TABLE_PT = 12.0
NOTE_PT = 12.0
CODE_PT = 12.0
MOTTO_PT = 15.0
TITLE_PT = 15.0
FIRST_LINE_MM = 10.0
BODY_LINE_PT = 19.0
TABLE_LINE_PT = 16.0
PARAGRAPH_AFTER_PT = 6.0
SIGNATURE_ZONE_MM = 27.0
HEADER_LEFT_SHARE = 0.46
PROMPT_COLOR = "7F7F7F"
CELL_MARGIN_MM = 1.5
#: Of a landscape table, which has many narrow columns.
SMALL_CELL_MARGIN_MM = 0.8
CELL_UPRIGHT_PT = 1.5
SIGN_NAME_AFTER_PT = 6.0
RECIPIENT_PT = 12.0
#: The outline level of what is no heading (`w:outlineLvl`, 17.3.1.20).
BODY_LEVEL = 9
#: The short line above the notes, as above footnotes.
NOTE_RULE_MM = 50.0


def twips(mm: float) -> int:
    """Millimetres as twentieths of a point."""
    return round(mm * 1440 / 25.4)


def half_points(pt: float) -> int:
    """Points as half points (`w:sz`)."""
    return round(pt * 2)


def points20(pt: float) -> int:
    """Points as twentieths of a point (`w:spacing`)."""
    return round(pt * 20)


def text_width(landscape: bool) -> int:
    """Width between the margins, in twips."""
    page = PAGE_HEIGHT_MM if landscape else PAGE_WIDTH_MM
    return twips(page - MARGIN_LEFT_MM - MARGIN_RIGHT_MM)


def _paragraph_style(
    style_id: str,
    name: str,
    *,
    based_on: str = "Normal",
    paragraph: str = "",
    run: str = "",
    next_style: str = "",
) -> str:
    following = f'<w:next w:val="{next_style}"/>' if next_style else ""
    return (
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{style_id}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="{based_on}"/>{following}<w:qFormat/>'
        f"<w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>"
    )


def _heading_style(level: int) -> str:
    """Word's own heading of a level, looking like any text: what is based on it is found in Word's navigation pane."""
    return (
        f'<w:style w:type="paragraph" w:styleId="Heading{level}"><w:name w:val="heading {level}"/>'
        '<w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:uiPriority w:val="9"/><w:qFormat/>'
        f'<w:pPr><w:outlineLvl w:val="{level - 1}"/></w:pPr></w:style>'
    )


def _size(pt: float) -> str:
    return f'<w:sz w:val="{half_points(pt)}"/><w:szCs w:val="{half_points(pt)}"/>'


def styles_xml() -> str:
    """The whole `word/styles.xml`: document defaults (Times New Roman 14, vi-VN) and the named styles of the forms."""
    body_line = f'w:line="{points20(BODY_LINE_PT)}" w:lineRule="exact"'
    table_line = f'w:line="{points20(TABLE_LINE_PT)}" w:lineRule="exact"'
    after = points20(PARAGRAPH_AFTER_PT)
    none = f'<w:spacing w:before="0" w:after="0" {body_line}/><w:ind w:firstLine="0"/>'
    bold = "<w:b/><w:bCs/>"
    italic = "<w:i/><w:iCs/>"
    centre = '<w:jc w:val="center"/>'
    cell = f'<w:spacing w:before="0" w:after="0" {table_line}/><w:ind w:firstLine="0"/>'
    indent = f'<w:ind w:firstLine="{twips(FIRST_LINE_MM)}"/><w:jc w:val="both"/>'
    heading = f'<w:keepNext/><w:spacing w:before="{after}" w:after="{after}" {body_line}/>' + indent
    styles = [
        *map(_heading_style, (1, 2, 3)),
        _paragraph_style("FormCode", "Ký hiệu mẫu",
                         paragraph=none + '<w:jc w:val="right"/>', run=bold + _size(CODE_PT)),
        _paragraph_style("HeaderLeft", "Cơ quan ban hành", paragraph=none + centre),
        _paragraph_style("HeaderBody", "Tên cơ quan", based_on="HeaderLeft", run="<w:caps/>"),
        _paragraph_style("Motto", "Tiêu đề Đảng", paragraph=none + centre, run=bold + _size(MOTTO_PT)),
        _paragraph_style("DateLine", "Địa danh và ngày tháng", paragraph=none + centre, run=italic),
        _paragraph_style(
            "FormTitle", "Tên loại", based_on="Heading1",
            paragraph=f'<w:keepNext/><w:spacing w:before="0" w:after="0" {body_line}/><w:ind w:firstLine="0"/>'
            + centre,
            run=bold + _size(TITLE_PT),
        ),
        _paragraph_style("TitleLine", "Dòng dưới tên loại", based_on="FormTitle",
                         paragraph=f'<w:outlineLvl w:val="{BODY_LEVEL}"/>'),
        _paragraph_style("SectionHeading", "Đề mục", based_on="Heading2", paragraph=heading, run=bold),
        _paragraph_style("SubHeading", "Tiểu mục", based_on="Heading3", paragraph=heading, run=bold + italic),
        _paragraph_style("Guidance", "Hướng dẫn ghi", run=italic),
        _paragraph_style("Narrative", "Nội dung ghi"),
        _paragraph_style("CellText", "Ô bảng", paragraph=cell + '<w:jc w:val="left"/>', run=_size(TABLE_PT)),
        _paragraph_style("CellSmall", "Ô bảng nhỏ", based_on="CellText", run=_size(SMALL_TABLE_PT)),
        _paragraph_style("CellCentre", "Ô bảng giữa", based_on="CellText", paragraph=centre),
        _paragraph_style("CellSmallCentre", "Ô bảng nhỏ giữa", based_on="CellSmall", paragraph=centre),
        _paragraph_style("CellHead", "Đầu bảng", based_on="CellText", paragraph="<w:keepNext/>" + centre, run=bold),
        _paragraph_style("CellSmallHead", "Đầu bảng nhỏ", based_on="CellSmall",
                         paragraph="<w:keepNext/>" + centre, run=bold),
        _paragraph_style("SignText", "Chữ ký", paragraph=none + centre),
        _paragraph_style(
            "SignZone", "Chỗ ký",
            paragraph=f'<w:spacing w:before="0" w:after="0" w:line="{twips(SIGNATURE_ZONE_MM)}" '
            f'w:lineRule="exact"/><w:ind w:firstLine="0"/>' + centre,
        ),
        _paragraph_style(
            "SignName", "Họ tên người ký",
            paragraph=f'<w:spacing w:before="0" w:after="{points20(SIGN_NAME_AFTER_PT)}" {body_line}/>'
            '<w:ind w:firstLine="0"/>' + centre,
            run=bold,
        ),
        _paragraph_style("RecipientHead", "Nơi nhận", paragraph=none + '<w:jc w:val="left"/>',
                         run='<w:u w:val="single"/>'),
        _paragraph_style("RecipientItem", "Từng nơi nhận",
                         paragraph=f'<w:spacing w:before="0" w:after="0" {table_line}/><w:ind w:firstLine="0"/>'
                         '<w:jc w:val="left"/>', run=_size(RECIPIENT_PT)),
        _paragraph_style(
            "NoteRule", "Vạch trên chú thích",
            paragraph='<w:keepNext/><w:pBdr><w:top w:val="single" w:sz="4" w:space="1" w:color="000000"/></w:pBdr>'
            '<w:spacing w:before="120" w:after="0" w:line="80" w:lineRule="exact"/>'
            f'<w:ind w:right="{text_width(False) - twips(NOTE_RULE_MM)}" w:firstLine="0"/>',
            run=_size(4),
        ),
        _paragraph_style("NoteText", "Chú thích",
                         paragraph=f'<w:spacing w:before="0" w:after="40" {table_line}/><w:ind w:firstLine="0"/>',
                         run=_size(NOTE_PT)),
        _paragraph_style("PageHeader", "Số trang", paragraph=none + centre),
        _paragraph_style(
            "DraftMark", "Dấu dự thảo", paragraph=none + centre, run=bold + '<w:color w:val="C00000"/>' + _size(16)
        ),
        # Word wants a paragraph after each table; after a signature it must not open a page of its own: it has to fit
        # wherever the signature fits, so it is as low as a line can be (1 pt was seen to open an empty page).
        _paragraph_style("AfterSign", "Sau chữ ký",
                         paragraph='<w:spacing w:before="0" w:after="0" w:line="1" w:lineRule="exact"/>'
                         '<w:ind w:firstLine="0"/>', run='<w:sz w:val="2"/><w:szCs w:val="2"/>'),
        _paragraph_style("TinyLine", "Dòng nhỏ",
                         paragraph='<w:spacing w:before="0" w:after="0" w:line="120" w:lineRule="exact"/>'
                         '<w:ind w:firstLine="0"/>', run='<w:sz w:val="8"/><w:szCs w:val="8"/>'),
    ]  # fmt: skip
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:docDefaults>'
        f'<w:rPrDefault><w:rPr><w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}" w:cs="{FONT}"/>'
        f'{_size(BODY_PT)}<w:lang w:val="{LANGUAGE}" w:eastAsia="{LANGUAGE}" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        "<w:pPrDefault><w:pPr/></w:pPrDefault></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/><w:pPr>'
        f'<w:widowControl/><w:spacing w:before="0" w:after="{after}" {body_line}/>'
        f'<w:ind w:firstLine="{twips(FIRST_LINE_MM)}"/><w:jc w:val="both"/></w:pPr></w:style>'
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:uiPriority w:val="99"/><w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar>'
        '<w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/>'
        '<w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
        '<w:style w:type="character" w:styleId="PlaceholderText"><w:name w:val="Placeholder Text"/>'
        f'<w:uiPriority w:val="99"/><w:rPr><w:color w:val="{PROMPT_COLOR}"/></w:rPr></w:style>'
        + "".join(styles)
        + "</w:styles>"
    )
