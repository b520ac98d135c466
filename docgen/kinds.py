"""Registries: one home for each kind of a thing (a predicate, an effect), found by looking into its package.

A kind is a class in a module of its own. Adding the module adds the kind; nothing else lists it.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Protocol, TypeVar


class Named(Protocol):
    """What a kind says of itself before all else."""

    @classmethod
    def names(cls) -> Iterable[str]:
        """The names under which it is written; none of another kind."""


Kind = TypeVar("Kind", bound=Named)


def kinds_of(package: str, root: type[Kind], says: Iterable[str] = ()) -> dict[str, type[Kind]]:
    """The kinds in the modules of `package`, by name: every class of `root` that a module defines, helpers (`_…`) not.

    Raises `TypeError`, naming the class, where it lacks a part: an abstract method of `root`, or an attribute that it
    must say (`says`); where it has no name, or the name of another; and where a module holds no kind at all.
    """
    found: dict[str, type[Kind]] = {}
    for info in sorted(iter_modules(import_module(package).__path__), key=lambda info: info.name):
        if info.name.startswith("_"):
            continue
        module = import_module(f"{package}.{info.name}")
        kinds = [kind for kind in vars(module).values() if _is_kind(kind, root, module.__name__)]
        if not kinds:
            raise TypeError(f"{module.__name__} holds no {root.__name__}")
        for kind in kinds:
            _register(found, kind, says)
    return dict(sorted(found.items()))


def _is_kind(value: Any, root: type[Any], module: str) -> bool:
    own = isinstance(value, type) and issubclass(value, root) and value.__module__ == module
    return own and not value.__name__.startswith("_")


def _register(found: dict[str, type[Kind]], kind: type[Kind], says: Iterable[str]) -> None:
    title = f"{kind.__module__}.{kind.__name__}"
    unsaid = {name for name in says if not hasattr(kind, name)}
    unsaid |= {name for name in dir(kind) if getattr(getattr(kind, name), "__isabstractmethod__", False)}
    if missing := sorted(unsaid):
        raise TypeError(f"{title} does not say: {', '.join(missing)}")
    names = tuple(kind.names())
    if not names:
        raise TypeError(f"{title} has no name")
    for name in names:
        if name in found:
            other = found[name]
            raise TypeError(f"{title} is called '{name}', which is the name of {other.__module__}.{other.__name__}")
        found[name] = kind
