"""Bytes of appended revisions that are no object, no table of contents and no trailer.

Nobody sees what stands between two objects, in a comment, or in an object that no table lists; another program may
look for it all the same. Clauses: ISO 32000-1, 7.2.3 (comments), 7.3.10 (objects), 7.5.4 to 7.5.6 and 7.5.8 (tables of
contents, trailers, incremental updates).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.signing.verdict import Reason

if TYPE_CHECKING:
    from pyhanko.pdf_utils.reader import PdfFileReader

#: What a signing tool says of itself within the part that its signature covers, and in a part of its own (iText).
_OF_TOOLS, _OF_ANYBODY = re.compile(rb"%[\x20-\x7e]{0,100}|%[\x80-\xff]{4,8}"), re.compile(rb"%iText-[\w.]{1,40}")
#: So many such lines a revision.
_MARKS = 3
_S = rb"\0\t\n\f\r "
_TOKEN = re.compile(
    rb"[" + _S + rb"]+|%[^\r\n]*|<<|>>|<[0-9A-Fa-f" + _S + rb"]*>|[\[\]{}()]"
    rb"|/[^" + _S + rb"()<>\[\]{}/%]*|[^" + _S + rb"()<>\[\]{}/%]+"
)
_IN_TEXT = re.compile(rb"[()]|\\.", re.S)
_HEADER = re.compile(rb"[" + _S + rb"]*\d+[" + _S + rb"]+\d+[" + _S + rb"]+obj(?![^" + _S + rb"()<>\[\]{}/%])")
_TABLE = re.compile(rb"[" + _S + rb"]*xref(?:[" + _S + rb"]+(?:\d+|[nf]))*[" + _S + rb"]+trailer")
_END = re.compile(rb"startxref[" + _S + rb"]+(\d+)[" + _S + rb"]+%%EOF")
_OPENS = re.compile(rb"\r?\n|\r")
_CLOSES = re.compile(rb"[" + _S + rb"]*endstream[" + _S + rb"]+endobj")
_LENGTH = re.compile(rb"/Length[" + _S + rb"]+(\d+)(?:[" + _S + rb"]+(\d+)[" + _S + rb"]+R)?")
_MALFORMED = (ValueError, TypeError, KeyError, IndexError, AttributeError, NotImplementedError, RecursionError)


@dataclass(slots=True)
class _Revision:
    """What one revision holds besides objects, table and trailer: other bytes, and comments."""

    other: int = 0
    comments: list[bytes] = field(default_factory=list)

    def unlisted(self, *, signed: bool) -> int:
        """How many bytes nothing accounts for. What a signature covers, its tool may mark with its own name."""
        allowed = _OF_TOOLS if signed else _OF_ANYBODY
        left = [text for text in self.comments if not allowed.fullmatch(text)]
        marks = [text for text in self.comments if allowed.fullmatch(text)]
        return self.other + sum(map(len, left)) + sum(map(len, marks[_MARKS:]))


def unlisted(reader: PdfFileReader, pdf: bytes, start: int, signed: Iterable[int]) -> list[Reason]:
    """What is to be said of the bytes of `pdf` from `start` on that are in nothing a table of contents lists.

    `reader` is pyHanko's, `signed` the numbers of the revisions a person's signature was made in. A file with two
    tables in one revision is named for that elsewhere.
    """
    from pyhanko.pdf_utils.misc import PdfError

    if reader.xrefs.hybrid_xrefs_present:
        return []
    try:
        count = _count(reader, pdf, start, frozenset(signed))
    except (PdfError, *_MALFORMED) as fault:
        return [Reason("changes_unclear", "cannot_tell", {"problem": type(fault).__name__})]
    return [Reason("bytes_unlisted", "cannot_tell", {"count": count})] if count else []


def _count(reader: PdfFileReader, pdf: bytes, start: int, signed: frozenset[int]) -> int:
    table = reader.xrefs
    at = {table.get_startxref_for_revision(number): number for number in range(table.total_revisions)}
    spans: list[tuple[int, int]] = []
    inside: list[tuple[int, bytes]] = []
    for place, number in at.items():
        if place < start:
            continue
        offsets = {offset for _, offset in table.get_xref_data(number).standard_xrefs.values() if offset >= start}
        for offset in sorted(offsets | {place}):
            end, comments = _thing(reader, pdf, offset)
            spans.append((offset, end))
            inside += comments
    return sum(
        revision.unlisted(signed=number in signed)
        for number, revision in _revisions(pdf, start, sorted(spans), at, inside)
    )


def _revisions(
    pdf: bytes, start: int, spans: list[tuple[int, int]], at: dict[int, int], inside: list[tuple[int, bytes]]
) -> Iterator[tuple[int, _Revision]]:
    """Each revision that ends after `start` with its number (-1 where no table stands where its end says)."""
    inside = sorted(inside)
    here, done, revision = start, 0, _Revision()
    for begins, ends in [*spans, (len(pdf), len(pdf))]:
        while here < begins:
            found = _END.search(pdf, here, begins)
            upto = found.start() if found else begins
            _take(pdf[here:upto], revision)
            here = found.end() if found else begins
            if found:
                while done < len(inside) and inside[done][0] < here:
                    revision.comments.append(inside[done][1])
                    done += 1
                yield at.get(int(found[1]), -1), revision
                revision = _Revision()
        here = max(here, ends)
    # What follows the last end is judged by `docgen.signing.changes.after_last`.


def _take(gap: bytes, revision: _Revision) -> None:
    """Add what stands in a gap to what a revision holds."""
    for line in re.split(rb"[\r\n]+", gap):
        text = line.strip(b"\0\t\f ")
        if text.startswith(b"%"):
            revision.comments.append(text)
        else:
            revision.other += len(text)


def _thing(reader: PdfFileReader, pdf: bytes, at: int) -> tuple[int, list[tuple[int, bytes]]]:
    """Where the object, or the table with its trailer, that begins at `at` ends, and the comments in it.

    Raises `ValueError` for what is neither.
    """
    comments: list[tuple[int, bytes]] = []
    if found := _TABLE.match(pdf, at):
        depth = 0
        for token, end in _tokens(pdf, found.end(), comments):
            depth += (token == b"<<") - (token == b">>")
            if not depth:
                return end, comments
        raise ValueError("trailer")
    found = _HEADER.match(pdf, at)
    if found is None:
        raise ValueError("obj")
    for token, end in _tokens(pdf, found.end(), comments):
        if token == b"endobj":
            return end, comments
        if token == b"stream":
            return _stream_end(reader, pdf, found.end(), end), comments
    raise ValueError("endobj")


def _stream_end(reader: PdfFileReader, pdf: bytes, head: int, at: int) -> int:
    """Where the stream ends whose dictionary begins at `head`, and whose keyword ends at `at`."""
    opened, length = _OPENS.match(pdf, at), _LENGTH.search(pdf, head, at)
    if opened is None or length is None:
        raise ValueError("stream")
    size = int(length[1])
    if length[2] is not None:
        from pyhanko.pdf_utils.generic import Reference

        size = int(reader.get_object(Reference(size, int(length[2]), reader)))
    closed = _CLOSES.match(pdf, opened.end() + size)
    if closed is None:
        raise ValueError("endstream")
    return closed.end()


def _tokens(pdf: bytes, at: int, comments: list[tuple[int, bytes]]) -> Iterator[tuple[bytes, int]]:
    """The tokens from `at` on (7.2) with where each ends; comments go to `comments`, white space and texts nowhere."""
    while found := _TOKEN.match(pdf, at):
        token, at = found[0], found.end()
        if token[:1] == b"%":
            comments.append((found.start(), token))
        elif token == b"(":
            depth = 1
            while depth:
                mark = _IN_TEXT.search(pdf, at)
                if mark is None:
                    raise ValueError("(")
                depth += (mark[0] == b"(") - (mark[0] == b")")
                at = mark.end()
        elif token[:1] not in (b"\0", b"\t", b"\n", b"\f", b"\r", b" "):
            yield token, at
