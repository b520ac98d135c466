"""Room for handwriting in a Word form: dotted lines to the end of the line where an empty control showed a few dots.

The controls stay, empty as they were, so the same file can be filled in Word and is read as a blank form. How wide
printed words are is estimated; what ends a line leads to the margin by a tab (ISO/IEC 29500-1, 17.3.1.37), exactly. A
line with nothing on it is made of dots: the embedded PDF engine draws no tab where there is no word.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

from lxml import etree

from docgen.word.write import style

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
#: Handwriting takes this much of the printed line spacing, and a row of a table at least this height.
LINE_SPACING = 1.5
ROW_MM = 9.0
#: A printed character of Times New Roman, on average, as a share of the size of the type; an ellipsis takes all of it.
_LETTER = 0.48
#: Room below which a value inside a sentence gets dots of its own, and how many.
_LEAST_PT, _ELLIPSES = 110.0, 12
_DOT, _SPACE = "…", "\u2003"
#: A title stands in the middle, and the year in it is short.
_TITLES = ("FormTitle", "TitleLine")
#: The children of `w:pPr` that may stand before those put in here, in the order of the schema.
_ORDER = ("pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr",
          "suppressLineNumbers", "pBdr", "shd", "tabs", "suppressAutoHyphens", "spacing", "ind", "jc", "outlineLvl",
          "rPr", "sectPr")  # fmt: skip


def with_pen_lines(docx: bytes, lines: Callable[[str], int]) -> bytes:
    """`docx` with room for the pen in every empty control; `lines` tells how many lines a section (its tag) gets.

    The same input gives the same bytes.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.namelist():
            content = source.read(entry)
            if entry == "word/document.xml":
                content = _lined(content, lines)
            target.writestr(zipfile.ZipInfo(entry, _ZIP_DATE), content, zipfile.ZIP_DEFLATED, 6)
    return out.getvalue()


def _lined(content: bytes, lines: Callable[[str], int]) -> bytes:
    tree = etree.fromstring(content, _PARSER)
    size = tree.find(f"{W}body/{W}sectPr/{W}pgSz")
    width = style.text_width(size is not None and size.get(f"{W}orient") == "landscape")
    inline: dict[etree._Element, list[etree._Element]] = {}
    for control in tree.iter(f"{W}sdt"):
        properties, inner = control.find(f"{W}sdtPr"), control.find(f"{W}sdtContent")
        if properties is None or inner is None or properties.find(f"{W}showingPlcHdr") is None:
            continue
        if properties.find(f"{W}picture") is not None or properties.find(f"{W}date") is not None:
            continue  # a date has its own room for day, month and year
        holder = next(control.iterancestors(f"{W}p"), None)
        if holder is not None:
            inline.setdefault(holder, []).append(control)
        elif (first := inner.find(f"{W}p")) is not None:
            tag = properties.find(f"{W}tag")
            _section(inner, first, lines(tag.get(f"{W}val", "") if tag is not None else ""), width)
    for paragraph, controls in inline.items():
        cell = next(paragraph.iterancestors(f"{W}tc"), None)
        named = paragraph.find(f"{W}pPr/{W}pStyle")
        if named is not None and named.get(f"{W}val") in _TITLES:
            continue
        if cell is None:
            _line(paragraph, controls, width)
        else:
            _cell(cell, paragraph, controls)
    return bytes(etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True))


def _section(inner: etree._Element, first: etree._Element, count: int, width: int) -> None:
    """`count` dotted lines in place of the prompt of a section, in the style of its paragraph."""
    named = first.find(f"{W}pPr/{W}pStyle")
    for child in list(inner):
        inner.remove(child)
    for _ in range(count):
        paragraph = etree.SubElement(inner, f"{W}p")
        properties = etree.SubElement(paragraph, f"{W}pPr")
        if named is not None:
            etree.SubElement(properties, f"{W}pStyle", {f"{W}val": named.get(f"{W}val", "")})
        _spaced(properties, after=0)
        _put(properties, "ind", {"firstLine": "0"})
        _put(properties, "jc", {"val": "left"})
        paragraph.append(_run(_DOT * int(width / 20 / style.BODY_PT)))


def _line(paragraph: etree._Element, controls: list[etree._Element], width: int) -> None:
    """Lead the last empty value of a line to the margin, and give the others their share of the room as dots."""
    properties = paragraph.find(f"{W}pPr")
    if properties is None:
        properties = etree.Element(f"{W}pPr")
        paragraph.insert(0, properties)
    _spaced(properties, after=style.points20(style.PARAGRAPH_AFTER_PT))
    set_in = properties.find(f"{W}jc")
    if set_in is None or set_in.get(f"{W}val") == "both":
        _put(properties, "jc", {"val": "left"})
    pieces = [child for child in paragraph if child.tag in (f"{W}r", f"{W}sdt")]
    words = "".join(_text(piece) for piece in pieces if piece not in controls)
    each = (width - style.twips(style.FIRST_LINE_MM) - _width(words) * 20) / len(controls)
    within = _ELLIPSES if each < _LEAST_PT * 20 else int(each / 20 / style.BODY_PT)
    for control in controls:
        if control is not pieces[-1]:
            _fill(control, _DOT * within)
        else:  # one line more where little is left of this one
            _fill(control, "\t\n\t" if each < _LEAST_PT * 20 else "\t")
            _tab(properties, width)


def _cell(cell: etree._Element, paragraph: etree._Element, controls: list[etree._Element]) -> None:
    """More room in a row of a table of data; as many dots as fit in a cell that only places things."""
    row = next(cell.iterancestors(f"{W}tr"))
    table = next(cell.iterancestors(f"{W}tbl"))
    if table.find(f".//{W}tblHeader") is not None:
        for control in controls:
            _fill(control, _SPACE)  # nor the example that the source prints in its first row
        properties = row.find(f"{W}trPr")
        if properties is not None and properties.find(f"{W}trHeight") is None:
            height = {f"{W}val": str(style.twips(ROW_MM)), f"{W}hRule": "atLeast"}
            properties.insert(1, etree.Element(f"{W}trHeight", height))
        return
    wide = cell.find(f"{W}tcPr/{W}tcW")
    points = float(wide.get(f"{W}w", "0")) / 20 if wide is not None else 0.0
    words = "".join(_text(piece) for piece in paragraph if piece not in controls)
    dots = (points - 2 * style.CELL_MARGIN_MM * 72 / 25.4 - _width(words) * 1.2) / style.BODY_PT / len(controls)
    for control in controls:
        _fill(control, _DOT * max(3, min(int(dots), 2 * _ELLIPSES)))


def _text(piece: etree._Element) -> str:
    return "".join(node.text or "" for node in piece.iter(f"{W}t"))


def _width(text: str) -> float:
    """How wide `text` is in body type, in points, by estimate."""
    shares = (1.0 if letter == _DOT else _LETTER * (1.4 if letter.isupper() else 1.0) for letter in text)
    return style.BODY_PT * sum(shares)


def _fill(control: etree._Element, text: str) -> None:
    """Put `text` (tabs and line ends among it) into an empty control."""
    inner = control.find(f"{W}sdtContent")
    assert inner is not None
    for child in list(inner):
        inner.remove(child)
    inner.append(_run(text))


def _run(text: str) -> etree._Element:
    run = etree.Element(f"{W}r")
    look = etree.SubElement(run, f"{W}rPr")
    etree.SubElement(look, f"{W}rStyle", {f"{W}val": "PlaceholderText"})
    for letters in [text] if text.strip("\t\n") else list(text):
        if letters in ("\t", "\n"):
            etree.SubElement(run, f"{W}tab" if letters == "\t" else f"{W}br")
        else:
            etree.SubElement(run, f"{W}t").text = letters
    return run


def _spaced(properties: etree._Element, after: int) -> None:
    line = str(style.points20(style.BODY_LINE_PT * LINE_SPACING))
    _put(properties, "spacing", {"before": "0", "after": str(after), "line": line, "lineRule": "exact"})


def _tab(properties: etree._Element, margin: int) -> None:
    """A tab stop at the right `margin` with dots before it; text to the left, so that it holds."""
    tabs = _put(properties, "tabs", {})
    etree.SubElement(tabs, f"{W}tab", {f"{W}val": "right", f"{W}leader": "dot", f"{W}pos": str(margin)})
    _put(properties, "jc", {"val": "left"})


def _put(properties: etree._Element, name: str, values: dict[str, str]) -> etree._Element:
    """The child `name` of `w:pPr`, new, in its place."""
    old = properties.find(f"{W}{name}")
    if old is not None:
        properties.remove(old)
    element = etree.Element(f"{W}{name}", {f"{W}{key}": value for key, value in values.items()})
    rank = _ORDER.index(name)
    before = [child for child in properties if _rank(child) < rank]
    properties.insert(properties.index(before[-1]) + 1 if before else 0, element)
    return element


def _rank(child: etree._Element) -> int:
    name = etree.QName(child).localname
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)
