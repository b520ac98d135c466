"""One page of a PDF as a picture, for a screen."""

from __future__ import annotations

import io

from docgen.errors import InputError
from docgen.pdf.reading import Reading, need_pdfium


def page_png(content: bytes, page: int, width: int) -> bytes:
    """The page with this number (from 1) as PNG, `width` pixels wide.

    Raises `InputError` for what is no PDF or has no such page, `EnvironmentFault` where no library is there.
    """
    library = need_pdfium()
    with Reading(content) as reading:
        document = reading.document
        if not 1 <= page <= len(document):
            raise InputError("pdf.error.unreadable", file="pdf", problem=f"{page}/{len(document)}")
        try:
            sheet = document[page - 1]
            picture = sheet.render(scale=width / sheet.get_width()).to_pil()
        except library.PdfiumError as fault:
            raise InputError("pdf.error.unreadable", file="pdf", problem=str(fault)) from None
    out = io.BytesIO()
    picture.convert("L").save(out, "PNG", optimize=False)
    return out.getvalue()
