"""The print copy: one file in packet order, with an outline, page numbers of the whole and an index that leads on.

It is for paper. The files that count are the signed ones; a merged copy carries no signature that could be checked
(ISO 32000-1, 12.8.1: a signature covers the bytes of its own file).
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from docgen.pdf.engines import rdocx
from docgen.pdf.finish import save
from docgen.pdf.reading import need_pikepdf, page_lines
from docgen.word.after.unwrap import unwrap
from docgen.word.write import style
from docgen.word.write.builder import package

if TYPE_CHECKING:
    from pikepdf import Page, Pdf

#: The strip that carries the page number of the whole: its size, and how far from the lower edge it lies.
_STRIP_WIDTH_MM, _STRIP_HEIGHT_MM, _STRIP_UP_MM = 60.0, 8.0, 5.0
_POINTS_A_MM = 72 / 25.4
_STRIP_NAME = "/DocgenNumber"
#: A number of a paper at the beginning of a line of the index.
_PART = re.compile(r"\d{3,}")


def print_copy(
    parts: Sequence[tuple[str, bytes]], *, index: bool = False, title: str = "", first: int = 1, total: int = 0,
    two_sided: bool = False,
) -> bytes:  # fmt: skip
    """All `parts` (title of the outline entry, PDF) as one file; the same parts give the same bytes.

    Signatures are drawn as pictures of themselves. With `index`, the first part is the index of the packet: a line
    whose first column begins with the number n (three digits or more, `007`) leads to the n-th part after it. Every
    page gets its number of the whole at its foot: the first page the number `first`, of `total` pages where this is
    one of several files. `two_sided`: each part begins on a sheet of its own; the blank back of a part that ends on a
    front has no number and is not counted.
    """
    pikepdf = need_pikepdf()
    out = io.BytesIO()
    with pikepdf.new() as merged:
        starts = []
        authors = []
        blank: set[int] = set()
        for _, pdf in parts:
            if two_sided and len(merged.pages) % 2:
                blank.add(len(merged.pages))
                box = [float(x) for x in merged.pages[-1].mediabox]
                merged.add_blank_page(page_size=(box[2] - box[0], box[3] - box[1]))
            with pikepdf.open(io.BytesIO(pdf)) as part:
                part.flatten_annotations("print")
                starts.append(len(merged.pages))
                authors.append(str(part.docinfo.get("/Author", "")))
                merged.pages.extend(part.pages)
        for page in merged.pages:
            for key in ("/StructParents", "/Annots", "/Tabs"):
                if key in page.obj:
                    del page.obj[key]
        written = [page for at, page in enumerate(merged.pages) if at not in blank]
        _number(merged, written, first, total or len(written))
        with merged.open_outline() as outline:
            for (name, _), start in zip(parts, starts, strict=True):
                outline.root.append(pikepdf.OutlineItem(name, start))
        if index and parts:
            _link(merged, parts[0][1], starts)
        merged.Root.Lang = pikepdf.String(style.LANGUAGE)
        merged.Root.PageMode = pikepdf.Name.UseOutlines
        if title:
            merged.docinfo["/Title"] = title
        if author := next(filter(None, authors), ""):
            merged.docinfo["/Author"] = author
        merged.remove_unreferenced_resources()
        save(merged, out)
    return out.getvalue()


def _number(merged: Pdf, pages: Sequence[Page], first: int, total: int) -> None:
    """Lay `n/total` over the foot of each of `pages`, n from `first` on.

    The digits are set by the embedded engine, so that their font is embedded.
    """
    pikepdf = need_pikepdf()
    numbers = range(first, first + len(pages))
    with pikepdf.open(io.BytesIO(rdocx.draw(_strips(numbers, total)).pdf)) as strips:
        width = _STRIP_WIDTH_MM * _POINTS_A_MM
        for page, strip in zip(pages, strips.pages, strict=True):
            box = [float(x) for x in page.mediabox]
            left = box[0] + (box[2] - box[0] - width) / 2
            low = box[1] + _STRIP_UP_MM * _POINTS_A_MM
            # Not `add_overlay`: it makes up a new name for the picture each time.
            resources = page.obj.get("/Resources")
            page.obj.Resources = pikepdf.Dictionary(dict(resources.items()) if resources is not None else {})
            known = page.obj.Resources.get("/XObject")
            page.obj.Resources.XObject = pikepdf.Dictionary(dict(known.items()) if known is not None else {})
            page.obj.Resources.XObject[_STRIP_NAME] = merged.copy_foreign(strip.as_form_xobject())
            page.contents_add(b"q\n", prepend=True)
            page.contents_add(b"\nQ q 1 0 0 1 %.3f %.3f cm %s Do Q\n" % (left, low, _STRIP_NAME.encode()))


def _strips(numbers: range, total: int) -> bytes:
    """A Word file with one small page for each number of a page, of `total`."""
    text = "".join(
        '<w:p><w:pPr><w:pStyle w:val="PageHeader"/>'
        + ("<w:pageBreakBefore/>" if number > numbers[0] else "")
        + '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="exact"/></w:pPr>'
        f'<w:r><w:rPr><w:sz w:val="18"/></w:rPr><w:t>{number}/{total}</w:t></w:r></w:p>'
        for number in numbers
    )
    size = f'<w:pgSz w:w="{style.twips(_STRIP_WIDTH_MM)}" w:h="{style.twips(_STRIP_HEIGHT_MM)}"/>'
    return small_page(text, size)


def small_page(body: str, size: str) -> bytes:
    """A Word file of pages of any size without margins and without heads; `size` is its `w:pgSz` element."""
    docx = package(body, title="", identifier="", properties={}, prompts=[], protect=False, draft=False)
    margin = '<w:pgMar w:top="0" w:right="0" w:bottom="0" w:left="0" w:header="0" w:footer="0" w:gutter="0"/>'
    return unwrap(docx, section=f"<w:sectPr xmlns:w={_QUOTED_W}>{size}{margin}</w:sectPr>")


_QUOTED_W = '"http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _link(merged: Pdf, index: bytes, starts: Sequence[int]) -> None:
    """Make the rows of the index lead to their documents (ISO 32000-1, 12.5.6.5)."""
    pikepdf = need_pikepdf()
    margin = style.MARGIN_LEFT_MM * _POINTS_A_MM
    with pikepdf.open(io.BytesIO(index)) as own:
        count = len(own.pages)
    for page_number in range(count):
        page = merged.pages[page_number]
        box = [float(x) for x in page.mediabox]
        width = box[2] - box[0]
        # Numbers stand in the first, narrow column.
        lines = page_lines(index, page_number, margin - 5, margin + 0.1 * width)
        found = [(_PART.match(line.text), line) for line in lines if line.left < margin + 0.05 * width]
        rows = [(int(number[0]), line) for number, line in found if number and 0 < int(number[0]) < len(starts)]
        annotations = []
        for position, (number, line) in enumerate(rows):
            low = rows[position + 1][1].top + 2 if position + 1 < len(rows) else line.bottom - 4
            right = box[2] - style.MARGIN_RIGHT_MM * _POINTS_A_MM
            target = merged.pages[starts[number]].obj
            annotations.append(
                merged.make_indirect(
                    pikepdf.Dictionary(
                        Type=pikepdf.Name.Annot,
                        Subtype=pikepdf.Name.Link,
                        Rect=[margin, low, right, line.top + 2],
                        Border=[0, 0, 0],
                        Dest=[target, pikepdf.Name.Fit],
                    )
                )
            )
        if annotations:
            page.obj.Annots = pikepdf.Array(annotations)
