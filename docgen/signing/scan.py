"""A scan of a paper: looked at before it enters a packet, and made a PDF in which the body signs that it is true.

QĐ 379-QĐ/TW Điều 12: a signed and sealed paper that was digitised is signed by the body. QĐ 383-QĐ/TW Điều 17 khoản 3:
such a copy equals the paper when it is whole, marked as digitised and authenticated. The file as it came stays beside
the PDF, byte for byte.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.errors import InputError
from docgen.signing.bounded import frugal
from docgen.signing.fields import Place, place_fields
from docgen.signing.libraries import need

if TYPE_CHECKING:
    from pikepdf import Object, Pdf
    from PIL.Image import Image

#: How a manifest says that a document is a scan.
DIGITISED = "digitised"
#: A paper of a packet has a few sheets: 100 MB is 200 of them in colour.
MAX_SCAN = 100_000_000
MAX_PAGES = 500
#: An A3 sheet at 600 dpi has 70 million.
MAX_PIXELS = 100_000_000
#: A4 in points, the place of the body's signature at the top right of the first page, how far it keeps from the edge.
_A4 = (595.28, 841.89)
_PLACE_PT, _EDGE_PT, _SMALLEST_PT = (180.0, 44.0), 10.0, 200.0
#: What makes a PDF do something, holds other files or lets it be filled in: none of it is on a scanned sheet.
_ACTIVE = frozenset(
    {"/JS", "/JavaScript", "/AA", "/XFA", "/EmbeddedFiles", "/EF", "/AF", "/RichMediaContent", "/Collection"}
)
_ACTIONS = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/URI", "/Rendition", "/Movie",
     "/Sound", "/RichMediaExecute", "/ResetForm", "/Hide", "/Named", "/Thread", "/Trans", "/SetOCGState", "/GoTo3DView"}
)  # fmt: skip
_DEEPEST = 60
#: EXIF orientation: how far the picture is turned clockwise to be seen upright.
_TURNS = {1: 0, 3: 180, 6: 90, 8: 270}
_END_OF_JPEG, _END_OF_PNG = b"\xff\xd9", b"\x00\x00\x00\x00IEND\xaeB`\x82"


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan that may enter a packet: what it is a copy of, the file's ending, the bytes as they came."""

    title: str
    ending: str
    content: bytes


def read_scan(content: bytes, title: str, name: str) -> Scan:
    """The scan in `content` (of a file called `name`), after it was looked at.

    Raises `InputError` `signing.error.scan_…` for what is no PDF, JPEG or
    PNG, is too large, or holds anything but pages and pictures.
    """
    ending = look(content, name)
    return Scan(title, ending, content)


def look(content: bytes, name: str) -> str:
    """The ending that fits what `content` is. Raises as `read_scan` does."""
    if len(content) > MAX_SCAN:
        raise _refused(name, "too_large")
    if content.startswith(b"%PDF-"):
        _look_into_pdf(content, name)
        return "pdf"
    if content.startswith(b"\xff\xd8\xff"):
        _open_picture(content, name, "JPEG")
        return "jpg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        _open_picture(content, name, "PNG")
        return "png"
    raise _refused(name, "kind")


def _refused(name: str, why: str) -> InputError:
    return InputError(f"signing.error.scan_{why}", file=name, why=why)


def _look_into_pdf(content: bytes, name: str) -> None:
    pikepdf = need("pikepdf")
    end = content.rfind(b"%%EOF")
    if end < 0 or content[end + 5 :].strip(b"\r\n\0 "):
        raise _refused(name, "after_end")
    try:
        with frugal(content, name), pikepdf.open(io.BytesIO(content)) as document:
            if document.is_encrypted:
                raise _refused(name, "encrypted")
            if not 1 <= len(document.pages) <= MAX_PAGES:
                raise _refused(name, "pages")
            form = document.Root.get("/AcroForm")
            if form is not None and len(form.get("/Fields", [])):
                raise _refused(name, "form")
            if any(_does_something(item) for item in document.objects):
                raise _refused(name, "active")
            for page in document.pages:
                box = [float(value) for value in page.cropbox]
                if min(box[2] - box[0], box[3] - box[1]) < _SMALLEST_PT:
                    raise _refused(name, "small")
    except (pikepdf.PdfError, pikepdf.PasswordError) as fault:
        raise _refused(name, "encrypted" if isinstance(fault, pikepdf.PasswordError) else "damaged") from None
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError):
        raise _refused(name, "damaged") from None


def _does_something(item: Object) -> bool:
    """True for an object that acts, holds a file, or has such a one within it."""
    return any(_acts(part) for part in _dictionaries(item, 0))


def _dictionaries(item: Object, depth: int) -> Iterator[Object]:
    pikepdf = need("pikepdf")
    if depth > _DEEPEST:
        raise ValueError("depth")
    if isinstance(item, pikepdf.Array):
        for part in item:
            if isinstance(part, (pikepdf.Array, pikepdf.Dictionary)) and not part.is_indirect:
                yield from _dictionaries(part, depth + 1)
    elif isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
        yield item
        for _, part in item.items():
            if isinstance(part, (pikepdf.Array, pikepdf.Dictionary)) and not part.is_indirect:
                yield from _dictionaries(part, depth + 1)


def _acts(part: Object) -> bool:
    keys = set(part.keys())
    if keys & _ACTIVE or str(part.get("/Type", "")) in ("/Filespec", "/F", "/EmbeddedFile"):
        return True
    # An action names its kind under /S; so do other things (a transparency group), by other names.
    return str(part.get("/S", "")) in _ACTIONS


def _open_picture(content: bytes, name: str, kind: str) -> Image:
    """The picture, read to its end. A file that goes on after the picture is two files in one."""
    from PIL import Image, UnidentifiedImageError

    ends = _END_OF_JPEG if kind == "JPEG" else _END_OF_PNG
    if not content.endswith(ends):
        raise _refused(name, "after_end")
    try:
        picture = Image.open(io.BytesIO(content), formats=[kind])
        if picture.format != kind or getattr(picture, "n_frames", 1) != 1:
            raise _refused(name, "kind")
        if picture.width * picture.height > MAX_PIXELS or min(picture.size) < 50:
            raise _refused(name, "pixels")
        picture.load()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError, MemoryError):
        raise _refused(name, "damaged") from None
    return picture


def scan_pdf(scan: Scan, field: str) -> bytes:
    """`scan` as a PDF with the empty signature field `field`; the same scan gives the same bytes."""
    pikepdf = need("pikepdf")
    pdf = scan.content if scan.ending == "pdf" else _page_of(scan)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        page = document.pages[0]
        rect = _corner([float(value) for value in page.cropbox], int(page.get("/Rotate", 0)) % 360)
    return place_fields(pdf, [Place(field, 0, rect)])


def _corner(box: list[float], turned: int) -> tuple[float, float, float, float]:
    """The place at the top right of a page as it is seen, `turned` clockwise by so many degrees."""
    x1, y1, x2, y2 = box
    wide, high = _PLACE_PT if turned % 180 == 0 else _PLACE_PT[::-1]
    right = turned in (0, 270)
    top = turned in (0, 90)
    left = x2 - _EDGE_PT - wide if right else x1 + _EDGE_PT
    low = y2 - _EDGE_PT - high if top else y1 + _EDGE_PT
    return left, low, left + wide, low + high


def _page_of(scan: Scan) -> bytes:
    """A picture on an A4 page, as large as it fits; a JPEG as it came, without being packed again."""
    pikepdf = need("pikepdf")
    picture = _open_picture(scan.content, scan.title, "JPEG" if scan.ending == "jpg" else "PNG")
    turn = _TURNS.get(int(picture.getexif().get(0x0112, 1)), 0)
    shown = picture.size if turn % 180 == 0 else picture.size[::-1]
    page_size = _A4 if shown[0] <= shown[1] else _A4[::-1]
    scale = min(page_size[0] / shown[0], page_size[1] / shown[1])
    wide, high = shown[0] * scale, shown[1] * scale
    x, y = (page_size[0] - wide) / 2, (page_size[1] - high) / 2
    matrix = {
        0: (wide, 0, 0, high, x, y), 180: (-wide, 0, 0, -high, x + wide, y + high),
        90: (0, -high, wide, 0, x, y + high), 270: (0, high, -wide, 0, x + wide, y),
    }[turn]  # fmt: skip
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page(page_size=page_size)
        page = document.pages[0]
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Scan=_image(document, scan, picture)))
        drawn = " ".join(f"{value:.3f}" for value in matrix)
        page.obj.Contents = document.make_stream(f"q {drawn} cm /Scan Do Q".encode())
        document.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def _image(document: Pdf, scan: Scan, picture: Image) -> Object:
    pikepdf = need("pikepdf")
    plain = {"L": pikepdf.Name.DeviceGray, "RGB": pikepdf.Name.DeviceRGB}
    if scan.ending == "jpg" and picture.mode in plain:
        data, space, packing = scan.content, plain[picture.mode], pikepdf.Name.DCTDecode
    else:
        from PIL import Image

        if picture.mode not in ("L", "RGB"):
            clear = picture.convert("RGBA") if picture.mode != "CMYK" else picture.convert("RGB").convert("RGBA")
            ground = Image.new("RGB", clear.size, (255, 255, 255))
            ground.paste(clear, mask=clear.getchannel("A"))
            picture = ground
        data, space = zlib.compress(picture.tobytes(), 6), plain[picture.mode]
        packing = pikepdf.Name.FlateDecode
    image = document.make_stream(data)
    image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    image.Width, image.Height, image.BitsPerComponent = picture.width, picture.height, 8
    image.ColorSpace, image.Filter = space, packing
    return image


__all__ = ["DIGITISED", "Scan", "look", "read_scan", "scan_pdf"]
