"""What changed between two JSON values, as pointers (RFC 6901) with the value before and after."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from docgen.paths import Json

_ABSENT: Any = object()


def escaped(name: str) -> str:
    """A name as one step of a pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def changes(old: Json, new: Json, pointer: str = "") -> Iterator[tuple[str, Json, Json]]:
    """Each place that differs: pointer, old and new value; None stands for what is not there.

    Lists of one length are compared place by place, others as a whole: an id moves with its person.
    """
    if old is new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys((*old, *new)):
            before, after = old.get(name, _ABSENT), new.get(name, _ABSENT)
            if before is _ABSENT or after is _ABSENT:
                yield (f"{pointer}/{escaped(name)}", None if before is _ABSENT else before,
                       None if after is _ABSENT else after)  # fmt: skip
            else:
                yield from changes(before, after, f"{pointer}/{escaped(name)}")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from changes(before, after, f"{pointer}/{index}")
    elif type(old) is not type(new) or old != new:
        yield pointer, old, new
