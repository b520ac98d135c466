"""Bytes between the objects of an appended revision, comments, objects that no table lists: named, never silent."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from authority import VERIFIED, revocation_list, root_certificate
from test_attacks import SHEET, _other, _plain, _stored
from test_tampering import codes

from docgen.signing import Asked, Trust, verify_packet
from docgen.signing.check import check_pdf

GRADE = b"Khong hoan thanh nhiem vu"


def _with(pdf: bytes, more: bytes, before: bytes = b"xref\n") -> bytes:
    """`pdf` with `more` in its last revision, behind where its last object begins, so that at most its table moves."""
    at = pdf.rindex(b"\n" + before) + 1
    table = pdf.rindex(b"\nxref\n") + 1
    table += len(more) if at <= table else 0
    moved = pdf[:at] + more + pdf[at:]
    return re.sub(rb"startxref\n\d+\n%%EOF\n$", b"startxref\n%d\n%%%%EOF\n" % table, moved)


@pytest.mark.parametrize(
    ("more", "before", "count"),
    [
        (b"<html>" + GRADE + b"</html>\n", b"xref\n", len(GRADE) + 13),
        (b"% " + GRADE + b"\n", b"xref\n", len(GRADE) + 2),
        (b"900 0 obj\n(" + GRADE + b")\nendobj\n", b"xref\n", len(GRADE) + 17),
        (b"% " + GRADE + b"\n", b"/Certs", len(GRADE) + 2),
        (b"% " + GRADE + b"\n", b"/Root", len(GRADE) + 2),
        (b"%iText-5.5.13 " + GRADE + b"\n", b"xref\n", len(GRADE) + 14),
        (b"%iText-5.5.13\n" * 5, b"xref\n", 26),
    ],
    ids=["page", "comment", "object", "comment in an object", "comment in a trailer", "tool's name", "many names"],
)
def test_bytes_that_nothing_lists(sealed: Path, trusting: Asked, more: bytes, before: bytes, count: int) -> None:
    path = sealed / SHEET
    path.write_bytes(_with(_stored(path.read_bytes(), [revocation_list()]), more, before))
    verdict = verify_packet(sealed, trusting)
    assert codes(verdict) == {"bytes_unlisted"}
    found = [r.params["count"] for d in verdict.documents for r in d.reasons if r.code == "bytes_unlisted"]
    assert found == [count]
    assert verdict.status == "cannot_tell"


@pytest.mark.parametrize("more", [b"\n \r\n\n", b"%iText-5.5.13\n"], ids=["space", "tool's name"])
def test_what_tools_leave_is_fine(sealed: Path, trusting: Asked, more: bytes) -> None:
    path = sealed / SHEET
    path.write_bytes(_with(_stored(path.read_bytes(), [revocation_list()]), more))
    verdict = verify_packet(sealed, trusting)
    assert verdict.passed, codes(verdict)


@pytest.mark.parametrize(
    ("more", "named"),
    [(b"%VGCA Sign Tool 2.0\n", False), (b"%\xe2\xe3\xcf\xd3\n", False), (b"%" + GRADE * 9 + b"\n", True),
     (GRADE + b"\n", True)],
    ids=["tool's name", "binary mark", "long comment", "no comment"],
)  # fmt: skip
def test_what_stood_there_when_somebody_signed(more: bytes, named: bool) -> None:
    """A signature vouches for the bytes before it, but nobody who signs sees them."""
    plain: Any = _plain()
    pdf = _other(plain + more, "a")
    signatures, reasons = check_pdf(pdf, Trust([root_certificate()], moment=VERIFIED), len(plain))
    assert [signature.status for signature in signatures] == ["passed"]
    found = [reason.params["count"] for reason in reasons if reason.code == "bytes_unlisted"]
    assert found == ([len(more) - 1] if named else [])
