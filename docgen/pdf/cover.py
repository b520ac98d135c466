"""The cover: one PDF that lists the files of a packet and carries them as attachments, byte for byte.

A merged copy would lose every signature; an attached file keeps each byte (ISO 32000-1, 7.11.4). Files of any kind may
be attached to PDF/A-3 only (ISO 19005-3, 6.8), so the cover claims part 3 where its pages claim part 2.
"""

from __future__ import annotations

import hashlib
import io
import mimetypes
from collections.abc import Mapping

from docgen.errors import InputError
from docgen.i18n import message
from docgen.model import has_errors
from docgen.pdf.conversion import convert
from docgen.pdf.finish import save
from docgen.pdf.reading import need_pikepdf
from docgen.word.write.pages import Page

#: Official pages are in Vietnamese whatever the language of messages.
PAGE_LANGUAGE = "vi"


def make_cover(files: Mapping[str, bytes], head: str = "", engine: str = "auto") -> bytes:
    """A cover that lists `files` with size and SHA-256 and carries them; the same files give the same bytes.

    `head` is a line above the title (the body whose packet it is). Raises `InputError` where the pages cannot be set.
    """
    pikepdf = need_pikepdf()

    def text(key: str) -> str:
        return message(f"pdf.cover.{key}", PAGE_LANGUAGE)

    page = Page(landscape=True)
    if head:
        page.paragraph(head, "HeaderLeft", bold=True)
        page.paragraph("", "TinyLine")
    page.paragraph(text("title"), "FormTitle")
    page.paragraph("", "TinyLine")
    page.paragraph(text("note"))
    rows = []
    for number, (name, content) in enumerate(files.items(), start=1):
        digest = hashlib.sha256(content).hexdigest()
        # In groups, so that a person can compare it and a line can break.
        grouped = " ".join(digest[start : start + 8] for start in range(0, 64, 8))
        rows.append([str(number), name, str(len(content)), grouped])
    page.table([text(key) for key in ("number", "file", "size", "hash")], rows, [5, 37, 9, 49])
    result = convert([("bia", page.docx(text("title"), {"docgen.page": "bia"}))], engine)
    if "bia" not in result.pdfs or has_errors([f for f in result.findings if f.code == "pdf.convert.failed"]):
        raise InputError("pdf.error.cover_unreadable", file="bia")
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(result.pdfs["bia"])) as document:
        related = pikepdf.Array()
        for name, content in files.items():
            kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
            spec = pikepdf.AttachedFileSpec(document, content, filename=name, mime_type=kind)
            spec.relationship = pikepdf.Name.Data
            document.attachments[name] = spec
            related.append(spec.obj)
        document.Root.AF = related
        document.Root.PageMode = pikepdf.Name.UseAttachments
        metadata = document.Root.get("/Metadata")
        if metadata is not None:
            claim = metadata.read_bytes()
            metadata.write(claim.replace(b"<pdfaid:part>2</pdfaid:part>", b"<pdfaid:part>3</pdfaid:part>"))
        save(document, out)
    return out.getvalue()


def attached(cover: bytes) -> dict[str, bytes]:
    """The files a cover carries. Raises `InputError` for what is no PDF."""
    pikepdf = need_pikepdf()
    try:
        with pikepdf.open(io.BytesIO(cover)) as document:
            return {name: spec.get_file().read_bytes() for name, spec in document.attachments.items()}
    except pikepdf.PdfError:
        raise InputError("pdf.error.cover_unreadable", file="PDF") from None
