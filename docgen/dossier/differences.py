"""Where two dossiers' data differ, value by value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[str | int, ...]


def differences(before: Any, after: Any, path: Path = ()) -> Iterator[Path]:
    """The places where `before` and `after` differ: below mappings and lists of records, in the order of `before`.

    A list of plain values is one value, so that a paragraph more is a change of the text.
    """
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys((*before, *after)):
            yield from differences(before.get(name, ...), after.get(name, ...), (*path, name))
    elif _records(before) and _records(after):
        for index in range(max(len(before), len(after))):
            one, other = (rows[index] if index < len(rows) else ... for rows in (before, after))
            yield from differences(one, other, (*path, index))
    elif before is ... and (_records(after) or isinstance(after, Mapping)) and after:
        yield from differences([] if _records(after) else {}, after, path)
    elif before is not after and (before != after or type(before) is not type(after)):
        yield path


def _records(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, Mapping) for row in value)
