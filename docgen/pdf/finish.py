"""The last touch on a PDF from any engine: language, no clock, no claim we cannot keep, the same bytes each time."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from docgen.pdf.layout_tables import untag_layout
from docgen.pdf.mark import KEY
from docgen.pdf.reading import need_pikepdf
from docgen.word.write import style

if TYPE_CHECKING:
    from pikepdf import Pdf

#: Claims of PDF/UA: a signature field is no part of the tag tree, so we do not claim it (PDF/A-2b stands).
_UA_CLAIM = re.compile(rb"<pdfuaid:part>\d+</pdfuaid:part>\s*")
_XMP_DATES = re.compile(rb"<xmp:(CreateDate|ModifyDate|MetadataDate)>[^<]*</xmp:\1>\s*")


def finish(pdf: bytes, mark: str = "") -> bytes:
    """`pdf` with `/Lang` vi-VN (ISO 32000-1, 14.9.2), without dates, with an identifier made from its content.

    `mark` goes into the document information (`docgen.pdf.mark`).
    """
    pikepdf = need_pikepdf()
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.Root.Lang = pikepdf.String(style.LANGUAGE)
        marks = document.Root.get("/MarkInfo")
        if marks is not None and "/Suspects" in marks and not marks.Suspects:
            del marks["/Suspects"]
        info = document.docinfo
        for key in ("/CreationDate", "/ModDate"):
            if key in info:
                del info[key]
        if mark:
            info[KEY] = mark
        untag_layout(document)
        metadata = document.Root.get("/Metadata")
        if metadata is not None:
            metadata.write(_clean(metadata.read_bytes()))
        save(document, out)
    return out.getvalue()


def _clean(xmp: bytes) -> bytes:
    return _XMP_DATES.sub(b"", _UA_CLAIM.sub(b"", xmp))


def save(document: Pdf, out: io.BytesIO) -> None:
    """Write `document` so that the same content gives the same bytes, with a classic cross-reference table.

    Every signing tool reads a classic table; some of those in use stumble over cross-reference streams.
    """
    pikepdf = need_pikepdf()
    document.save(
        out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable, fix_metadata_version=False
    )
