"""The mark in a PDF that says which Word file it was made of, so that a run that was broken off can go on.

It stands in the document information (ISO 32000-1, 14.3.3) as plain text: the SHA-256 of the Word file, the options
that change the pages, and whether the gate found anything. The time of a file is no proof, a list beside the files
gets lost; a mark inside goes wherever the PDF goes, and stays when signatures are added behind it.
"""

from __future__ import annotations

import hashlib
import re

KEY = "/DocgenSource"
#: Of one length, so that the second can take the place of the first.
_NOTED, _CLEAN = b"gate=noted", b"gate=clean"
_MARK = re.compile(rb"/DocgenSource \((sha256=[0-9a-f]{64} [^()\\]*) (gate=noted|gate=clean)\)")


def mark(docx: bytes, options: str) -> str:
    """The mark for a PDF made of `docx` with `options` (ASCII words), before the gate has looked at it."""
    return f"{_source(docx, options)} {_NOTED.decode()}"


def checked(pdf: bytes) -> bytes:
    """`pdf`, which carries a mark, now said to be without a finding; its length stays."""
    found = _MARK.search(pdf)
    if found is None:
        return pdf
    return pdf[: found.start(2)] + _CLEAN + pdf[found.end(2) :]


def standing(pdf: bytes, docx: bytes, options: str) -> str:
    """How `pdf` stands to `docx`: `clean` where it was made of it with `options` and the gate found nothing, `noted`
    where something was found, `other` where it was made of something else."""
    found = _MARK.search(pdf)
    if found is None or found[1].decode() != _source(docx, options):
        return "other"
    return "clean" if found[2] == _CLEAN else "noted"


def _source(docx: bytes, options: str) -> str:
    return f"sha256={hashlib.sha256(docx).hexdigest()} {options}"
