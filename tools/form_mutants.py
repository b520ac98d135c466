"""Mutants of a Word form: changes to its XML that know its structure, and to the parts and bytes around it.

Every change takes its decisions from `pick(n)`, which gives a number below `n`: a random generator in the long run
(`tools/fuzz_forms.py`), Hypothesis in the tests, which can then shrink what it found.
"""

from __future__ import annotations

import copy
import io
import zipfile
from collections.abc import Callable, Sequence

from lxml import etree

Pick = Callable[[int], int]
Change = Callable[[list[etree._Element], Pick], None]

_W_NS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_W = f"{{{_W_NS}}}"
_NAMES = (
    f'xmlns:w="{_W_NS}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_TEXTS = (
    "", " ", "x", "☒", "☐", "…………", "9" * 400, "-1", "1e308", "1.234,5", "NaN", "½", "²", "١٢", "１２", "31/02/2018",
    "29/2/2018", "00/00/0000", "99999-99-99", "ngày 7 tháng 12 năm 2018", "Hoàn thành tốt nhiệm vụ", "HTXSNV", "Có",
    "NguyÔn V¨n BÝnh", "Nguyeãn Vaên Bính", "Ngu\u0302ye\u0303n", "\u202e\u200b\u2060", "\ufffc", "\uf0fe",
    "\U0001f600", "{{ x }}", "{% for a in b %}", "=1+1", "Bấm hoặc gõ vào đây để nhập văn bản",
    "I. Ưu điểm, kết quả đạt được", "đảng viên " * 3000, "\u0301" * 2000, "Mẫu 02-HD KĐ.ĐG 2018", "\u00ad", "\t\n",
)  # fmt: skip
_VALUES = (
    "", "0", "1", "-1", "true", "off", "x", "9" * 400, "D800", "110000", "F0FE", "./..", "member.full_name", "=",
    "members[].member.full_name", "review.grade_party=HTXSNV", "[]", "{{ id }}", "docgen.x", "2018-02-31T00:00:00Z",
    "☒", "\u0301", "begin", "separate", "end", ".VnTime", "VNI-Times", "minorHAnsi",
)  # fmt: skip
_TAGS = (
    "p", "r", "t", "tbl", "tr", "tc", "sdt", "sdtPr", "sdtContent", "rPr", "pPr", "ins", "del", "moveFrom", "hyperlink",
    "smartTag", "customXml", "fldSimple", "br", "tab", "sym", "drawing", "pict", "bookmarkStart", "body", "txbxContent",
    "checkbox", "date", "dropDownList", "text", "tag", "alias", "unknown",
)  # fmt: skip
_WRAPPERS = (
    "<w:sdt><w:sdtPr><w:tag w:val='member.full_name'/></w:sdtPr><w:sdtContent>@</w:sdtContent></w:sdt>",
    "<w:sdt><w:sdtPr><w:tag w:val='proof.scan'/><w:picture/></w:sdtPr><w:sdtContent>@</w:sdtContent></w:sdt>",
    "<w:sdt><w:sdtContent>@</w:sdtContent></w:sdt>", "<w:ins w:id='1'>@</w:ins>", "<w:del w:id='1'>@</w:del>",
    "<w:moveFrom>@</w:moveFrom>", "<w:hyperlink>@</w:hyperlink>", "<w:smartTag>@</w:smartTag>", "<w:p>@</w:p>",
    "<w:r>@</w:r>", "<w:tbl><w:tr><w:tc>@</w:tc></w:tr></w:tbl>",
    "<w:r><w:pict><w:txbxContent>@</w:txbxContent></w:pict></w:r>",
    "<mc:AlternateContent><mc:Choice>@</mc:Choice></mc:AlternateContent>",
    "<mc:AlternateContent>@</mc:AlternateContent>",
)  # fmt: skip
_PIECES = (
    "<w:r><w:drawing/></w:r>", "<w:r><w:drawing><a:blip r:embed='rId1'/></w:drawing></w:r>",
    "<w:r><w:drawing><a:blip r:link='rId6'/></w:drawing></w:r>", "<w:r><w:object/></w:r>", "<w:altChunk/>",
    "<w:subDoc/>",
    "<w:commentRangeStart w:id='1'/>", "<w:commentRangeEnd w:id='1'/>", "<w:r><w:commentReference w:id='1'/></w:r>",
    "<w:r><w:footnoteReference/></w:r>",
    "<w:r><w:fldChar w:fldCharType='begin'><w:ffData><w:ddList><w:result w:val='1'/><w:listEntry w:val='a'/>"
    "<w:listEntry w:val='b'/></w:ddList></w:ffData></w:fldChar></w:r>",
    "<w:r><w:fldChar w:fldCharType='begin'><w:ffData><w:checkBox/></w:ffData></w:fldChar></w:r>",
    "<w:r><w:fldChar w:fldCharType='end'/></w:r>", "<w:r><w:sym w:char='D800'/><w:sym w:char='zz'/><w:sym/></w:r>",
    "<w:r><w:pict><v:shape><v:textpath string='chữ'/></v:shape></w:pict></w:r>",
    "<m:oMath><m:r><m:t>1/2</m:t></m:r></m:oMath>", "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr></w:p>", "<w:tbl/>",
    "<w:tr><w:trPr><w:del/></w:trPr></w:tr>", "<w:tc/>", "<w:sdt/>",
    "<w:sdt><w:sdtPr><w14:checkbox/><w:tag/></w:sdtPr></w:sdt>", "<w:r><w:softHyphen/><w:noBreakHyphen/></w:r>",
)  # fmt: skip
_LOOKS = (
    "<w:strike/>", "<w:dstrike/>", "<w:vanish/>", "<w:del/>", "<w:ins/>", "<w:rStyle/>",
    "<w:rFonts w:ascii='.VnTimeH'/>", "<w:rFonts w:hAnsi='VNI-Times'/>", "<w:rFonts w:hAnsiTheme='minorHAnsi'/>",
)  # fmt: skip


def _made(xml: str) -> etree._Element:
    return etree.fromstring(f"<x {_NAMES}>{xml}</x>")[0]


def _one(items: Sequence[etree._Element], pick: Pick) -> etree._Element:
    return items[pick(len(items))]


def _named(items: list[etree._Element], name: str) -> list[etree._Element]:
    return [item for item in items if item.tag == f"{_W}{name}"]


def _is_within(element: etree._Element, other: etree._Element) -> bool:
    return element is other or any(ancestor is other for ancestor in element.iterancestors())


def delete(items: list[etree._Element], pick: Pick) -> None:
    """An element goes, with what is in it."""
    gone = _one(items, pick)
    parent = gone.getparent()
    if parent is not None:
        parent.remove(gone)


def duplicate(items: list[etree._Element], pick: Pick) -> None:
    """An element stands twice, or twenty times."""
    one = _one(items, pick)
    if one.getparent() is not None and len(items) < 20_000:
        for _ in range((1, 1, 2, 20)[pick(4)]):
            one.addnext(copy.deepcopy(one))


def move(items: list[etree._Element], pick: Pick) -> None:
    """An element stands somewhere else."""
    one, other = _one(items, pick), _one(items, pick)
    if one.getparent() is not None and other.getparent() is not None and not _is_within(other, one):
        other.addnext(one)


def put_inside(items: list[etree._Element], pick: Pick) -> None:
    """A copy of an element stands in another one."""
    one, other = _one(items, pick), _one(items, pick)
    if sum(1 for _ in one.iter()) < 2000:
        other.insert(pick(len(other) + 1), copy.deepcopy(one))


def reverse(items: list[etree._Element], pick: Pick) -> None:
    """What is in an element stands in the other order."""
    one = _one(items, pick)
    one[:] = list(one)[::-1]


def wrap(items: list[etree._Element], pick: Pick) -> None:
    """An element stands in another kind of element, up to thirty of them deep."""
    one = _one(items, pick)
    parent = one.getparent()
    if parent is None:
        return
    for _ in range((1, 1, 1, 30)[pick(4)]):
        outer = _made(_WRAPPERS[pick(len(_WRAPPERS))])
        hole = next(e for e in outer.iter() if (e.text or "") == "@")
        hole.text = None
        parent.replace(one, outer)
        hole.append(one)
        one, parent = outer, outer.getparent()
        assert parent is not None


def unwrap(items: list[etree._Element], pick: Pick) -> None:
    """What is in an element stands in its place."""
    one = _one(items, pick)
    parent = one.getparent()
    if parent is not None:
        at = parent.index(one)
        parent[at : at + 1] = list(one)


def rename(items: list[etree._Element], pick: Pick) -> None:
    """An element is another one."""
    _one(items, pick).tag = f"{_W}{_TAGS[pick(len(_TAGS))]}"


def retype(items: list[etree._Element], pick: Pick) -> None:
    """A text is another one."""
    texts = _named(items, "t")
    if texts:
        _one(texts, pick).text = _TEXTS[pick(len(_TEXTS))]


def change_attribute(items: list[etree._Element], pick: Pick) -> None:
    """An attribute has another value."""
    held = [item for item in items if item.attrib]
    if held:
        one = _one(held, pick)
        names = sorted(map(str, one.attrib))
        one.set(names[pick(len(names))], _VALUES[pick(len(_VALUES))])


def drop_attributes(items: list[etree._Element], pick: Pick) -> None:
    """An element has no attributes."""
    held = [item for item in items if item.attrib]
    if held:
        _one(held, pick).attrib.clear()


def split_runs(items: list[etree._Element], pick: Pick) -> None:
    """A run is cut in two within its text."""
    texts = [t for t in _named(items, "t") if len(t.text or "") > 1]
    if not texts:
        return
    one = _one(texts, pick)
    holder, text = one.getparent(), one.text or ""
    if holder is None or holder.getparent() is None:
        return
    at = 1 + pick(len(text) - 1)
    second = copy.deepcopy(holder)
    one.text = text[:at]
    rest = second.find(f"{_W}t")
    if rest is not None:
        rest.text = text[at:]
    holder.addnext(second)


def restyle(items: list[etree._Element], pick: Pick) -> None:
    """A run is struck through, hidden, deleted, or in an old font."""
    runs = _named(items, "r")
    if runs:
        one = _one(runs, pick)
        own = one.find(f"{_W}rPr")
        if own is None:
            own = etree.Element(f"{_W}rPr")
            one.insert(0, own)
        own.append(_made(_LOOKS[pick(len(_LOOKS))]))


def insert(items: list[etree._Element], pick: Pick) -> None:
    """Something that Word has and the form has not stands in it: a drawing, a form field, a comment's mark."""
    one = _one(items, pick)
    one.insert(pick(len(one) + 1), _made(_PIECES[pick(len(_PIECES))]))


#: The kinds of change to the XML, by name.
CHANGES: dict[str, Change] = {
    change.__name__: change
    for change in (
        delete, duplicate, move, put_inside, reverse, wrap, unwrap, rename, retype, change_attribute, drop_attributes,
        split_runs, restyle, insert,
    )
}  # fmt: skip


def parts_of(docx: bytes) -> dict[str, bytes]:
    """The parts of a Word file."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def package(parts: dict[str, bytes]) -> bytes:
    """The Word file of these parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def changed_xml(content: bytes, names: Sequence[str], pick: Pick) -> bytes:
    """The XML part after the changes called `names`, one after the other."""
    root = etree.fromstring(content)
    for name in names:
        items = [item for item in root.iter() if isinstance(item.tag, str)]
        CHANGES[name](items[1:] or items, pick)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def mutant(docx: bytes, pick: Pick) -> tuple[bytes, str]:
    """A mutant of a Word form, and in words how it was made.

    Most have one to thirty changes in the document; some in another part, without a part, or in the file's bytes.
    """
    parts = parts_of(docx)
    kind = pick(20)
    if kind == 0:
        name = sorted(parts)[pick(len(parts))]
        del parts[name]
        return package(parts), f"without {name}"
    if kind == 1:
        data = bytearray(package(parts))
        for _ in range(1 + pick(8)):
            data[pick(len(data))] = pick(256)
        return bytes(data[: 1 + pick(len(data))] if pick(4) == 0 else data), "bytes"
    media = sorted(name for name in parts if name.startswith("word/media/"))
    if media and kind in (5, 6):  # a picture that is another's, or damaged
        data = bytearray(parts[media[pick(len(media))]])
        for _ in range(1 + pick(4)):
            data[pick(len(data))] = pick(256)
        parts[media[pick(len(media))]] = bytes(data[: 1 + pick(len(data))] if pick(3) == 0 else data)
        return package(parts), "picture"
    name = "word/document.xml"
    if kind in (2, 3, 4):
        others = sorted(n for n in parts if n != name and n.endswith((".xml", ".rels")))
        name = others[pick(len(others))]
    known = sorted(CHANGES)
    count = (1, 1, 2, 3, 5, 10, 30)[pick(7)]
    names = [known[pick(len(known))] for _ in range(count)]
    parts[name] = changed_xml(parts[name], names, pick)
    return package(parts), f"{name}: {', '.join(names)}"
