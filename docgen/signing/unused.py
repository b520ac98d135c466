"""Objects that were appended to a PDF and that nothing in it uses.

A security store or a time stamp of the whole file is no signer's word: whoever adds one can add more with it. What
hangs on the document is judged by `docgen.signing.changes`; here is what hangs on nothing, and so shows nowhere until
another program looks for it (ISO 32000-1, 7.5.6).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from docgen.signing.verdict import Reason

if TYPE_CHECKING:
    from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader

#: A long-term signature renews its stamps a few times; each further part of a file is walked once.
MAX_REVISIONS = 16
MAX_OBJECTS = 200_000
_ENTRIES = ("/Root", "/Info", "/Encrypt")
_MALFORMED = (ValueError, TypeError, KeyError, IndexError, AttributeError, NotImplementedError, RecursionError)


def unused(reader: PdfFileReader, start: int, signed: Iterable[int]) -> list[Reason]:
    """What is to be said of the revisions after the byte `start` that are none of the `signed` ones.

    `reader` is pyHanko's, `signed` the numbers of the revisions a person's signature was made in.
    """
    from pyhanko.pdf_utils.misc import PdfError

    try:
        vouched = set(signed)
        table = reader.xrefs
        later = [
            number for number in range(table.total_revisions)
            if table.get_startxref_for_revision(number) >= start and number not in vouched
        ]  # fmt: skip
        if len(later) > MAX_REVISIONS:
            return [Reason("unsigned_revision", "cannot_tell")]
        count = sum(_unused_in(reader, number) for number in later)
    except (PdfError, *_MALFORMED) as fault:
        return [Reason("changes_unclear", "cannot_tell", {"problem": type(fault).__name__})]
    return [Reason("object_unreferenced", "cannot_tell", {"count": count})] if count else []


def _unused_in(reader: PdfFileReader, revision: int) -> int:
    """How many objects written in a revision cannot be reached in the document as that revision left it."""
    table = reader.xrefs
    written = {(ref.idnum, ref.generation) for ref in table.explicit_refs_in_revision(revision)}
    container = table.get_xref_container_info(revision).stream_ref
    if container is not None:
        written.discard((container.idnum, container.generation))
    for stream in table.object_streams_used_in(revision):
        written.discard((getattr(stream, "idnum", stream), 0))
    return len(written - _reached(reader.get_historical_resolver(revision))) if written else 0


def _reached(document: HistoricalResolver) -> set[tuple[int, int]]:
    """The numbers of all objects that can be reached from the trailer of a historical view. Without recursion."""
    from pyhanko.pdf_utils import generic

    trailer = document.trailer_view
    seen: set[tuple[int, int]] = set()
    waiting = [trailer.raw_get(key) for key in _ENTRIES if key in trailer]
    while waiting:
        item = waiting.pop()
        if isinstance(item, generic.IndirectObject):
            key = (item.idnum, item.generation)
            if key in seen:
                continue
            if len(seen) >= MAX_OBJECTS:
                raise ValueError("objects")
            seen.add(key)
            item = document.get_object(item.reference)
        if isinstance(item, generic.DictionaryObject):
            waiting += [item.raw_get(key) for key in item]
        elif isinstance(item, generic.ArrayObject):
            waiting += [item.raw_get(at) for at in range(len(item))]
    return seen
