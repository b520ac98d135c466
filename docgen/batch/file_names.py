"""The name of each record's file: its id, the same on every run, whatever the number of processes.

Where several records have one id (upper and lower case count alike, as on Windows), the first keeps it and the others
get `~2`, `~3` … in the order of the data: no id may hold a `~`, so such a name is never somebody else's.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from array import array
from collections.abc import Sequence
from typing import Any

from docgen.batch.request import MAX_RECORD, Piece
from docgen.dossier.cleaning import one_line, storable

#: What stands in a scanned piece for a blank line, and for a record that bears its number.
_BLANK, _NUMBERED = 0, 1
#: A record that begins with its id, as docgen writes them, or has it before any other bracket: no need to parse it.
_LEADING = re.compile(rb'\s*\{\s*"id"\s*:\s*"([A-Za-z0-9][A-Za-z0-9._-]{0,63})"\s*[,}]')
_ANYWHERE = re.compile(rb'"id"\s*:\s*"([A-Za-z0-9][A-Za-z0-9._-]{0,63})"\s*[,}]')


def record_name(line: bytes) -> str:
    """The id of the record in `line`, as canonical data has it; empty where there is none or it is no text."""
    if found := _LEADING.match(line):
        return found[1].decode()
    mentioned = line.count(b'"id"')
    if not mentioned and b"\\u" not in line:
        return ""
    if mentioned == 1 and (found := _ANYWHERE.search(line)) and line.count(b"{", 0, found.start()) == 1:
        return found[1].decode()
    if len(line) > MAX_RECORD:  # it will be refused
        return ""
    try:
        record: Any = json.loads(line)
    except (ValueError, RecursionError):
        return ""
    given = record.get("id") if isinstance(record, dict) else None
    return one_line(storable(given)) if isinstance(given, str) else ""


def numbered_name(form: str, number: int) -> str:
    """The name of a record without an id: the form and the record's line."""
    return f"{form}-{number:05d}"


def name_hash(name: str) -> int:
    """64 bits that stand for a name; names that Windows takes for one have the same."""
    digest = hashlib.blake2b(name.casefold().encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "little") | 2  # never one of the two marks


def scan(lines: Sequence[bytes]) -> bytes:
    """The hashes of the names in `lines`, eight bytes a line."""
    out = array("Q")
    for line in lines:
        if not line.strip():
            out.append(_BLANK)
        else:
            name = record_name(line)
            out.append(name_hash(name) if name else _NUMBERED)
    return out.tobytes()


def number_pieces(pieces: Sequence[Piece], scanned: Sequence[bytes], form: str) -> int:
    """Give each piece the number of its first line, and its ordinals; returns the number of records.

    `scanned` is what `scan` gave for each piece.
    """
    every = array("Q")
    before = 0
    for piece, found in zip(pieces, scanned, strict=True):
        piece.before = before
        hashes = array("Q", found)
        for index, value in enumerate(hashes):
            if value == _NUMBERED:
                hashes[index] = name_hash(numbered_name(form, before + index + 1))
        before += len(hashes)
        every.extend(hashes)
    repeated = _repeated(every)
    records = len(every) - every.count(_BLANK)
    if repeated:
        seen = dict.fromkeys(repeated, 1)
        ends = [piece.before for piece in pieces[1:]] + [len(every)]
        for piece, end in zip(pieces, ends, strict=True):
            for value in every[piece.before : end]:
                if value in seen:
                    piece.ordinals.setdefault(value, seen[value])
                    seen[value] += 1
    return records


def _repeated(hashes: array[int]) -> set[int]:
    """The values that occur more than once, blank lines aside."""
    ordered = array("Q", sorted(hashes))
    return {value for value, after in itertools.pairwise(ordered) if value == after and value != _BLANK}
