"""One "did you mean": the known name that somebody probably meant, for every message that suggests one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import lru_cache

#: How alike two names must be (`difflib`): `kh55` suggests `kh55-2018`.
_ALIKE = 0.6
#: More of a name than this is not looked at: what is pasted by mistake may be of any length.
_LONGEST = 80


def nearest(name: str, known: Iterable[str]) -> str:
    """The name among `known` most like `name`, small and capital letters alike; empty where none is like it."""
    return _nearest(name[:_LONGEST], tuple(known))


def nearest_path(path: str, known: Iterable[str]) -> str:
    """The dotted path among `known` most like `path`: by all of it, else by its last name alone."""
    paths = tuple(known)
    if found := nearest(path, paths):
        return found
    last: dict[str, str] = {}
    for other in paths:
        last.setdefault(other.rpartition(".")[2], other)
    return last.get(nearest(path.rpartition(".")[2], last), "")


@lru_cache(maxsize=4096)  # one slip in a column is the same slip for every member
def _nearest(name: str, known: tuple[str, ...]) -> str:
    lowered: dict[str, str] = {}
    for one in known:
        lowered.setdefault(one.lower(), one)
    found = difflib.get_close_matches(name.lower(), lowered, n=1, cutoff=_ALIKE)
    return lowered[found[0]] if found else ""
