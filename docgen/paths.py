"""Plain data as JSON has it, and the way to one value of it: a path, a JSON pointer.

A path is the steps from the top: names of mappings, positions in lists. Every room that follows a binding, a pointer or
the place of a value in a dossier comes here.
"""

from __future__ import annotations

import copy
import datetime
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from itertools import pairwise
from typing import TypeAlias, cast

#: What JSON can say, for whoever reads it; a text is a sequence too, so ask for `list` and `dict`.
Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"
#: A mapping that JSON can say and whose names are not known: the facts of a member, the record of some form.
JsonMap: TypeAlias = Mapping[str, Json]
#: A mapping in the making.
JsonDict: TypeAlias = dict[str, Json]
#: Any record at all, for whoever asks it by names that are data. The records of a dossier have types of their own
#: (`docgen.dossier.types`), and such a type is a `Mapping[str, object]` and nothing narrower (PEP 589).
AnyRecord: TypeAlias = Mapping[str, object]
Step: TypeAlias = str | int


def get(data: object, path: Iterable[Step]) -> Json:
    """The value at `path` in `data`, or None where any step is missing."""
    for step in path:
        if isinstance(data, dict | Mapping):  # a dict is told in a tenth of the time
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and 0 <= step < len(data):
            data = data[step]
        else:
            return None
    # What stands in a record is JSON: a record is an object only because its names have types of their own.
    return cast(Json, data)


def get_mapping(data: object, *path: Step) -> JsonMap:
    """The mapping at `path`; an empty one where something else stands there, which the validator reports."""
    found = get(data, path)
    return found if isinstance(found, Mapping) else {}


def get_list(data: object, *path: Step) -> Sequence[Json]:
    """The list at `path`; an empty one where something else stands there."""
    found = get(data, path)
    return found if isinstance(found, list) else []


def get_text(data: object, *path: Step) -> str:
    """The text at `path`; an empty one where something else stands there."""
    found = get(data, path)
    return found if isinstance(found, str) else ""


def iso_day(value: object) -> datetime.date | None:
    """The day that an ISO date means, or None for anything else."""
    try:
        return datetime.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def copied(record: AnyRecord) -> JsonDict:
    """A copy of `record` and of all in it, as plain data that may be changed."""
    return cast(JsonDict, copy.deepcopy(dict(record)))


def at_pointer(data: object, pointer: str) -> Json:
    """The value at a JSON pointer, or None where there is none."""
    found: Json = cast(Json, data)
    for name in names(pointer):
        step = int(name) if isinstance(found, list) and name.isdecimal() else name
        found = get(found, (step,))
    return found


def put(target: JsonDict, path: Sequence[str], value: Json) -> None:
    """Set the value at `path`, making the mappings on the way."""
    for name in path[:-1]:
        below = target.setdefault(name, {})
        assert isinstance(below, dict), path
        target = below
    target[path[-1]] = value


def put_into(data: object, path: Sequence[Step], value: Json) -> bool:
    """Set the value at `path`, making what is missing on the way: mappings, and the next item of a list.

    False, and nothing set at the end of the path, where something else stands in the way.
    """
    for step, following in pairwise(path):
        empty: Json = [] if isinstance(following, int) else {}
        if isinstance(data, MutableMapping) and isinstance(step, str):
            if data.get(step) is None:
                data[step] = empty
            data = data[step]
        elif isinstance(data, list) and isinstance(step, int):
            if step == len(data):
                data.append(empty)
            if step >= len(data):
                return False
            data = data[step]
        else:
            return False
    last = path[-1]
    if isinstance(data, MutableMapping) and isinstance(last, str):
        data[last] = value
        return True
    if isinstance(data, list) and isinstance(last, int) and last == len(data):
        data.append(value)
        return True
    return False


def escape(name: str) -> str:
    """`name` as a part of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1") if "/" in name or "~" in name else name


def unescape(part: str) -> str:
    """The name that `part` of a JSON pointer stands for."""
    return part.replace("~1", "/").replace("~0", "~")


def at(pointer: str, *steps: Step) -> str:
    """`pointer` and further steps below it."""
    for step in steps:
        pointer = f"{pointer}/{escape(step) if isinstance(step, str) else step}"
    return pointer


def names(pointer: str) -> list[str]:
    """The names of a JSON pointer, as they stand in the data; none for the whole."""
    return [unescape(part) for part in pointer.split("/")[1:]]
