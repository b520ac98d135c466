"""Where each signature block lies in a finished PDF, measured and checked.

Each block of a form holds a bookmark `ky<role>` in its zone. LibreOffice turns it into a named destination; the
embedded engine tells the box of each block of the body. Either way the zone is then measured between the last line
of the caption and the name below it, on the page as it was drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from docgen.model import Finding, Place
from docgen.pdf.reading import Line, Reading, named_places, opened, squeezed
from docgen.word.after.unwrap import MarkedCell, marked_cells
from docgen.word.write import style

#: The beginning of the bookmarks' names (`docgen.forms.template.bookmark_name`).
PREFIX = "ky"
ZONE_PT = style.SIGNATURE_ZONE_MM * 72 / 25.4
_AIR_PT = 2.0
_MINIMUM_PT = 40.0
#: Of a zone that a person and a body share: the person's part in the middle, how far the body's may reach out to the
#: left, what it needs, its part where there is no such room; and the edge of the page that stays free (30 mm).
_PERSON_SHARE, _BEYOND_PT, _BODY_PT, _BODY_SHARE, _EDGE_PT = 0.56, 70.0, 105.0, 0.42, 85.0


@dataclass(frozen=True, slots=True)
class SignatureZone:
    """The place of one signature: field name (`ky<role>`), page index from 0, rectangle x1, y1, x2, y2 in points
    from the lower left corner of the page, and the caption that stands above it."""

    name: str
    page: int
    rect: tuple[float, float, float, float]
    caption: str


@dataclass(frozen=True, slots=True)
class BlockBox:
    """The box of a block of the body: page index from 0, top and bottom in points from the lower edge."""

    page: int
    top: float
    bottom: float


def signature_zones(
    docx: bytes, pdf: bytes | Reading, boxes: Mapping[int, BlockBox] | None = None, file: str = ""
) -> tuple[list[SignatureZone], list[Finding]]:
    """The zones of all signature blocks of `pdf`, which was made from the unwrapped `docx`.

    `boxes` are the boxes of the body's blocks where the engine tells them; otherwise named destinations are used. A
    zone that cannot be found, or whose caption is not right above it, is a finding of severity error.
    """
    cells = marked_cells(docx, PREFIX)
    if not cells:
        return [], []
    with opened(pdf) as reading:
        return _zones(cells, reading, boxes, file)


def shared_zone(zone: SignatureZone, pdf: bytes | Reading, name: str) -> tuple[SignatureZone, SignatureZone]:
    """The zone of a person and, to its left, that of the body whose signature (field `name`) stands for the seal.

    The person's stays in the middle under the caption; the body's takes what is free to the left of it, beyond the
    block's own cell where no text stands there.
    """
    left, bottom, right, top = zone.rect
    with opened(pdf) as reading:
        beside = [line for line in reading.sheet(zone.page).lines(0, left) if line.top > bottom and line.bottom < top]
    start = max([left - _BEYOND_PT, *(line.right + _AIR_PT * 2 for line in beside)])
    start = min(max(start, _EDGE_PT), left)
    middle, half = (left + right) / 2, (right - left) * _PERSON_SHARE / 2
    border = middle - half
    if border - start < _BODY_PT:  # no room beside the middle: two unequal halves of the zone
        border, end = start + (right - start) * _BODY_SHARE, right
    else:
        end = middle + half
    person = SignatureZone(zone.name, zone.page, (round(border + _AIR_PT, 2), bottom, round(end, 2), top), zone.caption)
    body = SignatureZone(name, zone.page, (round(start, 2), bottom, round(border - _AIR_PT, 2), top), zone.caption)
    return person, body


def _zones(
    cells: Sequence[MarkedCell], pdf: Reading, boxes: Mapping[int, BlockBox] | None, file: str
) -> tuple[list[SignatureZone], list[Finding]]:
    places = named_places(pdf) if boxes is None else {}
    out: list[SignatureZone] = []
    findings: list[Finding] = []
    for cell in cells:
        zone = None
        if boxes is not None:
            box = boxes.get(cell.block)
            if box is not None:
                zone = _in_box(cell, pdf, box)
        elif cell.bookmark in places:
            page, _, top = places[cell.bookmark]
            zone = _at_point(cell, pdf, page, top)
        if zone is None:
            caption = cell.above[0] if cell.above else cell.bookmark
            findings.append(
                Finding("pdf.zone.not_found", "error", Place(file), {"name": cell.bookmark, "caption": caption})
            )
        else:
            out.append(zone)
    return out, findings


def _edges(cell: MarkedCell) -> tuple[float, float]:
    left = cell.left_margin + cell.left
    return left, left + cell.width


def _in_box(cell: MarkedCell, pdf: Reading, box: BlockBox) -> SignatureZone | None:
    left, right = _edges(cell)
    lines = [x for x in pdf.sheet(box.page).lines(left, right) if box.bottom - 3 <= x.bottom and x.top <= box.top + 3]
    above = _caption_lines(cell, lines)
    if above is None:
        return None
    return _zone(cell, box.page, lines[:above], lines[above:], box.bottom)


def _at_point(cell: MarkedCell, pdf: Reading, page: int, top: float) -> SignatureZone | None:
    left, right = _edges(cell)
    lines = pdf.sheet(page).lines(left, right)
    middle = top - ZONE_PT / 2
    above = [line for line in lines if line.bottom > middle]
    below = [line for line in lines if line.bottom <= middle]
    # What belongs to the block: as many lines as hold the words of the caption.
    wanted = squeezed("".join(cell.above))
    for count in range(len(above) + 1):
        if squeezed("".join(line.text for line in above[len(above) - count :])) == wanted:
            return _zone(cell, page, above[len(above) - count :], below, top - ZONE_PT)
    return None


def _caption_lines(cell: MarkedCell, lines: Sequence[Line]) -> int | None:
    """How many of `lines` the caption takes, or None where the words differ."""
    wanted = squeezed("".join(cell.above))
    for count in range(len(lines) + 1):
        if squeezed("".join(line.text for line in lines[:count])) == wanted:
            return count
    return None


def _zone(
    cell: MarkedCell, page: int, above: Sequence[Line], below: Sequence[Line], floor: float
) -> SignatureZone | None:
    """The free room between the caption and the name, no higher than a zone is."""
    left, right = _edges(cell)
    inset = style.CELL_MARGIN_MM * 72 / 25.4
    ceiling = above[-1].bottom if above else floor + ZONE_PT
    top = ceiling - _AIR_PT
    under = below[0].top if below else floor
    bottom = max(under + _AIR_PT, top - ZONE_PT)
    if top - bottom < _MINIMUM_PT:
        return None
    rect = (round(left + inset, 2), round(bottom, 2), round(right - inset, 2), round(top, 2))
    return SignatureZone(cell.bookmark, page, rect, " ".join(cell.above[:1]))
