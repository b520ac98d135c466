"""What a request's JSON may be: how deep, how many rows a list, how many names an object, how large after a patch.

A body's own limit does not bound what it costs: 1 MB holds 300,000 empty members, each with a dozen things missing, and
a JSON Patch of eleven steps that copy the list of members into itself makes it two thousand times as long.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NoReturn

import jsonpatch
from jsonpointer import JsonPointer, JsonPointerException

from docgen.errors import InputError
from docgen.paths import Json, JsonDict

#: A dossier is nine deep; the loader itself keeps twenty-four.
MAX_DEPTH = 64
#: The members of the largest dossier that docgen is made for.
MAX_ROWS = 20_000
#: A regulation asks for some hundred facts of a person.
MAX_NAMES = 5_000
MAX_STEPS = 5_000


class RepeatedNameError(ValueError):
    """An object says a name twice: which of the two counts, each reader decides for himself."""


def parsed(content: bytes) -> Json:
    """The JSON in `content`: UTF-8, with or without its mark, or UTF-16 or -32 (RFC 4627, 3).

    Raises `ValueError` for what is none, holds NaN or a name twice, `RecursionError` for what no reader could take, and
    `InputError` for what is beyond the bounds.
    """
    text = content.decode(json.detect_encoding(content))
    value: Json = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    within(value)
    return value


def glanced(content: bytes) -> None:
    """Raise `InputError` where `content` is JSON beyond the bounds; whatever else is wrong with it others tell."""
    if content.startswith(b"PK"):  # a workbook has bounds of its own
        return
    try:
        value = json.loads(content.decode(json.detect_encoding(content)))
    except (ValueError, RecursionError):
        return
    within(value)


def within(value: Json) -> None:
    """Raise `InputError` where `value` is too deep, or something in it has too many parts."""
    waiting: list[tuple[Any, int]] = [(value, 1)]
    while waiting:
        item, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise InputError("web.problem.too_deep", limit=MAX_DEPTH)
        if isinstance(item, dict):
            if len(item) > MAX_NAMES:
                raise InputError("web.problem.too_many", count=len(item), limit=MAX_NAMES)
            waiting += [(one, depth + 1) for one in item.values() if isinstance(one, dict | list)]
        elif isinstance(item, list):
            if len(item) > MAX_ROWS:
                raise InputError("web.problem.too_many", count=len(item), limit=MAX_ROWS)
            waiting += [(one, depth + 1) for one in item if isinstance(one, dict | list)]


def patched(data: JsonDict, steps: Sequence[Any], most: int) -> Json:
    """`data` after the steps of a JSON Patch (RFC 6902), never larger than `most` bytes as text on the way.

    `data` is changed. Raises what jsonpatch and jsonpointer raise for a step that does not fit, `InputError` for what
    is beyond the bounds.
    """
    if len(steps) > MAX_STEPS:
        raise InputError("web.problem.too_many", count=len(steps), limit=MAX_STEPS)
    size, out = len(_text(data)), data
    for step in steps:
        if isinstance(step, dict) and step.get("op") == "copy":
            # The only step that makes more of what is there; every other brings what it adds along.
            size += len(_text(JsonPointer(step["from"]).resolve(out)))
            if size > most:
                raise InputError("web.problem.too_large", limit=most // 1_048_576)
        out = jsonpatch.JsonPatch([step]).apply(out, in_place=True)
    within(out)
    return out


def _text(value: Json) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        raise InputError("web.problem.too_deep", limit=MAX_DEPTH) from None


def _once(pairs: list[tuple[str, Any]]) -> JsonDict:
    out = dict(pairs)
    if len(out) != len(pairs):
        raise RepeatedNameError
    return out


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


__all__ = ["JsonPointerException", "RepeatedNameError", "glanced", "parsed", "patched", "within"]
