"""What a signature shows on the page: the picture of the handwriting or seal, who signed, and when.

As NĐ 30/2020/NĐ-CP, annex I, II.2 and HD 36-HD/VPTW ask: the image of the signature (transparent PNG) in the middle
of the zone, the name, post and agency, and the time of signing in ISO 8601 with its zone. The text is set by the same
embedded engine as the forms, so its font is embedded and holds every Vietnamese letter.
"""

from __future__ import annotations

import datetime
import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.errors import InputError, InternalError
from docgen.i18n import message
from docgen.signing.bounded import MAX_SMALL, read_bounded
from docgen.signing.libraries import need
from docgen.word.after.unwrap import unwrap
from docgen.word.write.builder import package
from docgen.word.write.controls import run

if TYPE_CHECKING:
    from types import ModuleType

    from pikepdf import Object, Page, Pdf

#: Official pages are in Vietnamese whatever the language of messages.
PAGE_LANGUAGE = "vi"
TEXT_PT = 8.5
LINE_PT = 10.0
#: A long name beside another signature is set smaller, before it is refused.
_SMALLER = (1.0, 0.88, 0.76)
#: A seal lies over about a third of the signature, to its left.
_SEAL_SHARE = 0.34
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_MAX_IMAGE = 8_000_000


@dataclass(frozen=True, slots=True)
class Appearance:
    """What is shown besides the time. `name` empty stands for the name in the certificate; pictures are PNG bytes.

    With `digitised`, it is said first that the page is a digitised copy (QĐ 383 Điều 17 khoản 3).
    """

    name: str = ""
    post: str = ""
    agency: str = ""
    image: bytes = b""
    seal: bytes = b""
    visible: bool = True
    digitised: bool = False


def read_picture(path: Path) -> bytes:
    """The bytes of a PNG file. Raises `InputError` for anything else."""
    try:
        content = read_bounded(path, MAX_SMALL)
    except OSError:
        raise InputError("signing.error.picture", file=str(path)) from None
    if not content.startswith(b"\x89PNG\r\n\x1a\n") or len(content) > _MAX_IMAGE:
        raise InputError("signing.error.picture", file=str(path))
    return content


def lines(appearance: Appearance, name: str, moment: datetime.datetime) -> list[str]:
    """The lines of text of a signature, `name` being the one in the certificate."""

    def text(key: str, **values: str) -> str:
        return message(f"signing.appearance.{key}", PAGE_LANGUAGE, **values)

    out = [text("digitised")] if appearance.digitised else []
    out.append(text("by", name=appearance.name or name))
    if appearance.post:
        out.append(text("post", post=appearance.post))
    if appearance.agency:
        out.append(text("agency", agency=appearance.agency))
    out.append(text("time", time=moment.isoformat(timespec="seconds")))
    return out


@lru_cache(maxsize=64)  # whoever signs a packet puts the same picture on many papers within a second
def draw(appearance: Appearance, name: str, moment: datetime.datetime, width: float, height: float) -> bytes:
    """The appearance as a PDF page of `width` by `height` points.

    Raises `InputError` for a picture that is none, `InternalError` where the text does not fit one page.
    """
    rdocx, pikepdf = need("rdocx"), need("pikepdf")
    texts = lines(appearance, name, moment)
    for share in _SMALLER:
        text = rdocx.Document.from_bytes(_docx(texts, width, height, share))
        boxes = text.layout()
        taken = max(box.bounds.y + box.bounds.height for box in boxes)
        fits = taken <= height and all(box.physical_page == 1 for box in boxes)
        if fits:
            break
    if not fits:
        raise InternalError("signing.error.appearance_too_long", lines=len(texts))
    with_image = bool(appearance.image or appearance.seal)
    # With a picture the text goes to the foot of the zone, without one to its middle.
    down = (height - taken) if with_image else (height - taken) / 2
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(text.to_pdfa_deterministic(profile="pdfa-2b"))) as document:
        page = document.pages[0]
        for key in ("/StructParents", "/Tabs"):
            if key in page.obj:
                del page.obj[key]
        if "/StructTreeRoot" in document.Root:
            del document.Root["/StructTreeRoot"]
        _strip_marks(page, pikepdf)
        page.contents_add(f"q 1 0 0 1 0 {-down:.2f} cm\n".encode(), prepend=True)
        page.contents_add(b"\nQ\n")
        if with_image:
            _pictures(document, appearance, width, height, height - taken, pikepdf)
        page.contents_coalesce()
        document.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def _docx(texts: list[str], width: float, height: float, share: float) -> bytes:
    paragraphs = ""
    for text in texts:
        line = (
            f'<w:spacing w:before="0" w:after="0" w:line="{round(LINE_PT * share * 20)}" w:lineRule="exact"/>'
            '<w:ind w:firstLine="0"/><w:jc w:val="center"/>'
        )
        size = round(TEXT_PT * share * 2)
        look = f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
        paragraphs += f"<w:p><w:pPr>{line}</w:pPr>{run(text, look)}</w:p>"
    section = (
        f'<w:sectPr xmlns:w="{_W}"><w:pgSz w:w="{round(width * 20)}" w:h="{round(height * 20)}"/>'
        '<w:pgMar w:top="0" w:right="20" w:bottom="0" w:left="20" w:header="0" w:footer="0" w:gutter="0"/></w:sectPr>'
    )
    docx = package(paragraphs, title="", identifier="", properties={}, prompts=[], protect=False, draft=False)
    return unwrap(docx, section=section)


def _strip_marks(page: Page, pikepdf: ModuleType) -> None:
    """Take the marks of the tag tree out of the content: the tree does not come along into the signed file."""
    kept = [
        (operands, operator)
        for operands, operator in pikepdf.parse_content_stream(page)
        if str(operator) not in ("BDC", "BMC", "EMC")
    ]
    stream = pikepdf.unparse_content_stream(kept)
    page.contents_coalesce()
    page.obj.Contents.write(stream)


def _pictures(
    document: Pdf, appearance: Appearance, width: float, height: float, room: float, pikepdf: ModuleType
) -> None:
    """Put the handwriting in the middle above the text and the seal over its left third."""
    page = document.pages[0]
    resources = page.obj.get("/Resources")
    page.obj.Resources = pikepdf.Dictionary(dict(resources.items()) if resources is not None else {})
    page.obj.Resources.XObject = pikepdf.Dictionary()
    commands = b""
    signed_width = width * 0.45
    if appearance.image:
        image, ratio = _image(document, appearance.image, pikepdf)
        page.obj.Resources.XObject["/Hand"] = image
        w, h = _fit(signed_width, room, ratio)
        signed_width = w
        left, low = (width - w) / 2, height - room + (room - h) / 2
        commands += f"q {w:.2f} 0 0 {h:.2f} {left:.2f} {low:.2f} cm /Hand Do Q\n".encode()
    if appearance.seal:
        image, ratio = _image(document, appearance.seal, pikepdf)
        page.obj.Resources.XObject["/Seal"] = image
        w, h = _fit(height * 0.95, height * 0.95, ratio)
        left = (width - signed_width) / 2 + signed_width * _SEAL_SHARE - w if appearance.image else (width - w) / 2
        commands += f"q {w:.2f} 0 0 {h:.2f} {max(0.0, left):.2f} {(height - h) / 2:.2f} cm /Seal Do Q\n".encode()
    page.contents_add(commands)


def _fit(width: float, height: float, ratio: float) -> tuple[float, float]:
    """The largest size within `width` by `height` that keeps `ratio` (width over height)."""
    return (width, width / ratio) if width / ratio <= height else (height * ratio, height)


def _image(document: Pdf, png: bytes, pikepdf: ModuleType) -> tuple[Object, float]:
    """A PNG as an image with its transparency as soft mask (ISO 32000-1, 11.6.5.3), and its width over height."""
    import zlib

    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as source:
            picture = source.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise InputError("signing.error.picture", file="PNG") from None
    wide, high = picture.size

    def stream(data: bytes, space: Object) -> Object:
        out = document.make_stream(zlib.compress(data, 9))
        out.Type, out.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        out.Width, out.Height, out.BitsPerComponent = wide, high, 8
        out.ColorSpace, out.Filter = space, pikepdf.Name.FlateDecode
        return out

    image = stream(picture.convert("RGB").tobytes(), pikepdf.Name.DeviceRGB)
    image.SMask = stream(picture.getchannel("A").tobytes(), pikepdf.Name.DeviceGray)
    return image, wide / high
