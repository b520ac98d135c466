"""What a file is that should be a Word form: named by its first bytes, or by what its zip holds."""

from __future__ import annotations

import zipfile
from collections.abc import Collection

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"{\\rtf", "read.file.rtf"),
    (b"%PDF", "read.file.pdf"),
    (b"Rar!", "read.file.archive"),
    (b"7z\xbc\xaf", "read.file.archive"),
    (b"\x1f\x8b", "read.file.archive"),
    (b"BZh", "read.file.archive"),
    (b"\xfd7zXZ", "read.file.archive"),
    (b"PK\x05\x06", "read.file.archive"),
    (b"\x89PNG", "read.file.picture"),
    (b"\xff\xd8\xff", "read.file.picture"),
    (b"GIF8", "read.file.picture"),
    (b"II*\x00", "read.file.picture"),
    (b"MM\x00*", "read.file.picture"),
    (b"BM", "read.file.picture"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Where a tar archive says that it is one.
_TAR_AT = 257
#: What Word's XML files of one piece begin with: "Word XML Document" and the one of Word 2003.
_WORD_XML = (b"pkg:package", b"w:worddocument", b'progid="word.document"')


def kind_of(content: bytes, name: str) -> str:
    """The finding's code for a file (called `name`) that is no zip, or an empty text for one that is."""
    if name.startswith("~$"):
        return "read.file.lock_file"
    if not content.strip(b"\x00 \r\n\t"):
        return "read.file.empty"
    if content.startswith(_OLE):
        # Word puts a protected .docx into an OLE container (MS-OFFCRYPTO 2.3.4); its streams are named in UTF-16.
        return "read.file.password" if "EncryptedPackage".encode("utf-16-le") in content else "read.file.old_doc"
    for start, code in _SIGNATURES:
        if content.startswith(start):
            return code
    if content[_TAR_AT : _TAR_AT + 5] == b"ustar":
        return "read.file.archive"
    if content.startswith(b"PK"):
        return ""
    head = content[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if any(mark in head for mark in _WORD_XML):
        return "read.file.word_xml"
    pages = (b"<html", b"<!doctype html", b"<?xml", b"mime-version:")
    return "read.file.web_page" if head.startswith(pages) else "read.file.not_word"


def kind_of_zip(archive: zipfile.ZipFile, names: Collection[str]) -> str:
    """The finding's code for a zip without a Word document in it: .odt, a workbook, Pages, or an archive of files."""
    if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
        try:
            if archive.read("mimetype").startswith(b"application/vnd.oasis.opendocument"):
                return "read.file.odt"
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError):
            return "read.file.damaged"
    if any(name.startswith(("xl/", "ppt/", "visio/")) for name in names):
        return "read.file.other_office"
    if any(name.lower().endswith(".iwa") or name == "Index.zip" for name in names):
        return "read.file.pages"
    if "[Content_Types].xml" not in names and not any(name.startswith("word/") for name in names):
        return "read.file.archive"
    return "read.file.not_word"
