"""Pictures on the pages of a PDF: are they there, and do they look as in the Word file?

A picture can be on the page and not be seen: cut to the height of a line, drawn white because its colours were
misread. So what counts is the look, compared in coarse squares, which a JPEG packed anew passes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from docgen.pdf.reading import Reading, need_pdfium
from docgen.values.picture import MAX_PIXELS
from docgen.word.after.shown_pictures import ShownPicture

#: Squares a side in which two looks are compared, and how many pixels a side are drawn for them.
_GRID, _DRAWN = 48, 240
#: The shades (of 255) by which a channel may differ on the whole, and the least likeness (correlation) of the squares;
#: a picture whose shades vary by less than `_FLAT` has nothing to compare but its shade.
_APART, _ALIKE, _FLAT = 24.0, 0.7, 3.0
#: A picture drawn smaller than this part of its size is no longer legible.
_SMALLEST = 0.5
_DEEPEST = 15
#: So many pictures of a file are compared with what is drawn; each may have to be held against every one on the pages.
_COMPARED = 100
_WHITE = (255, 255, 255)


def lost_pictures(reading: Reading, wanted: Sequence[ShownPicture]) -> list[ShownPicture]:
    """Those of `wanted` that are on no page, or do not look there as they should.

    Pictures that Word shows changed (cropped, turned), and those beyond the first hundred, are only counted.
    """
    if not wanted:
        return []
    drawn = list(_drawn(reading))
    out = []
    for number, picture in enumerate(sorted(wanted, key=lambda one: not one.is_plain)):
        look = _look_of(picture.content) if picture.is_plain and number < _COMPARED else None
        found = next((at for at, one in enumerate(drawn) if look is None or _is_same(one, picture, look)), None)
        if found is None:
            out.append(picture)
        else:
            del drawn[found]
    return out


class _Place:
    """A picture on a page: its box in points from the lower left corner."""

    def __init__(self, page: Any, box: tuple[float, float, float, float], pixels: int) -> None:
        self.page = page
        self.left, self.bottom, self.right, self.top = box
        self.pixels = pixels

    @cached_property
    def look(self) -> Any:
        """What is seen there, in squares; None where that is nothing on the page."""
        width, height = self.page.get_size()
        longest = max(self.right - self.left, self.top - self.bottom)
        if longest <= 0 or self.left >= width or self.bottom >= height or self.right <= 0 or self.top <= 0:
            return None
        crop = (max(self.left, 0), max(self.bottom, 0), max(width - self.right, 0), max(height - self.top, 0))
        shown = self.page.render(scale=_DRAWN / longest, crop=crop).to_pil().convert("RGB")
        return shown.resize((_GRID, _GRID), _box())


def _drawn(reading: Reading) -> Iterator[_Place]:
    kind = need_pdfium().raw.FPDF_PAGEOBJ_IMAGE
    for index in range(len(reading.document)):
        page = reading.document[index]
        for found in page.get_objects(filter=(kind,), max_depth=_DEEPEST):
            wide, high = found.get_px_size()
            yield _Place(page, found.get_bounds(), wide * high)


def _is_same(place: _Place, picture: ShownPicture, look: Any) -> bool:
    wide, high = place.right - place.left, place.top - place.bottom
    if wide < _SMALLEST * picture.width or high < _SMALLEST * picture.height:
        return False
    if place.pixels > MAX_PIXELS:  # looking at it would take gigabytes
        return True
    return place.look is not None and _alike(look, place.look)


def _alike(one: Any, other: Any) -> bool:
    """True where two looks are those of one picture."""
    first, second = one.tobytes(), other.tobytes()
    means = []
    for channel in range(3):
        pair = [sum(shades[channel::3]) * 3 / len(shades) for shades in (first, second)]
        if abs(pair[0] - pair[1]) > _APART:
            return False
        means.append(pair)
    own = others = together = 0.0
    for index, (a, b) in enumerate(zip(first, second, strict=True)):
        x, y = a - means[index % 3][0], b - means[index % 3][1]
        own, others, together = own + x * x, others + y * y, together + x * y
    if own < _FLAT**2 * len(first):
        return True
    return bool(others > 0 and together >= _ALIKE * (own * others) ** 0.5)


def _look_of(content: bytes) -> Any:
    """How a picture looks on white paper, in squares; None where it cannot be told."""
    picture = _opened(content)
    return None if picture is None else picture.resize((_GRID, _GRID), _box())


def _opened(content: bytes) -> Any:
    """The picture on white, 8 bits a channel; None for one that cannot be read or has too many pixels."""
    from PIL import Image

    try:
        picture: Any = Image.open(io.BytesIO(content), formats=["PNG", "JPEG"])
        if picture.width * picture.height > MAX_PIXELS:
            return None
        picture.load()
        if picture.mode.startswith("I"):  # 16 bits of grey, which `convert` would cut off at 255
            picture = picture.convert("I").point(lambda shade: shade / 257).convert("L")
        if "A" in picture.getbands() or "transparency" in picture.info:
            clear = picture.convert("RGBA")
            picture = Image.new("RGB", clear.size, _WHITE)
            picture.paste(clear, mask=clear.getchannel("A"))
        return picture.convert("RGB")
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError):
        return None


def _box() -> Any:
    from PIL import Image

    return Image.Resampling.BOX


def in_eight_bits(content: bytes) -> bytes:
    """`content` as an engine sees it that knows only 8 bits a channel, and JPEG only in three colours (rdocx 0.16).

    Itself where it is so already, or is no PNG or JPEG; else the same picture as PNG.
    """
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        plain = content[24:25] == b"\x08"
    elif content.startswith(b"\xff\xd8\xff"):
        plain = _channels(content) == 3
    else:
        return content
    picture = None if plain else _opened(content)
    if picture is None:
        return content
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue()


def _channels(content: bytes) -> int:
    """How many channels a JPEG has; 0 for one that cannot be read."""
    from PIL import Image

    try:
        return len(Image.open(io.BytesIO(content), formats=["JPEG"]).getbands())
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return 0
