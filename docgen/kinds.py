"""Registries: one home for each kind of a thing (a predicate, a type of value), found by looking into its package.

A kind is a class in a module of its own. Adding the module adds the kind; nothing else lists it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, Protocol, TypeVar


class Named(Protocol):
    """What a kind says of itself before all else."""

    @classmethod
    def names(cls) -> Iterable[str]:
        """The names under which it is written; none of another kind."""


Kind = TypeVar("Kind", bound=Named)
Thing = TypeVar("Thing")


def kinds_of(
    package: str, root: type[Kind], says: Iterable[str] = (), helpers: Collection[str] = ()
) -> dict[str, type[Kind]]:
    """The kinds in the modules of `package`, by name: every class of `root` that a module defines, helpers (`_…`) not.

    `helpers` are modules that hold no kinds. Raises `TypeError`, naming the class, where it lacks a part: an abstract
    method of `root`, or an attribute that it must say (`says`); where it has no name, or the name of another; and where
    a module holds no kind at all.
    """
    found: dict[str, type[Kind]] = {}
    for module in modules_of(package, helpers):
        kinds = [kind for kind in vars(module).values() if _is_kind(kind, root, module.__name__)]
        if not kinds:
            raise TypeError(f"{module.__name__} holds no {root.__name__}")
        for kind in kinds:
            whole(_title(kind), unsaid(kind, says))
            enter(found, kind, _title(kind), kind.names())
    return dict(sorted(found.items()))


def modules_of(package: str, helpers: Collection[str] = ()) -> list[ModuleType]:
    """The modules of `package` that hold kinds, in the order of their names: no `_…` and none of `helpers`."""
    names = sorted(info.name for info in iter_modules(import_module(package).__path__))
    return [import_module(f"{package}.{name}") for name in names if not name.startswith("_") and name not in helpers]


def listed_in(package: str, name: str, helpers: Collection[str] = ()) -> list[Any]:
    """What the modules of `package` list under `name`, in order. Raises `TypeError` for a module that lists nothing."""
    found = []
    for module in modules_of(package, helpers):
        if not (listed := getattr(module, name, ())):
            raise TypeError(f"{module.__name__} holds no {name}")
        found += listed
    return found


def unsaid(kind: type[Any], says: Iterable[str] = ()) -> set[str]:
    """What `kind` does not say: its abstract methods, and the attributes among `says` that it lacks."""
    lost = {name for name in says if not hasattr(kind, name)}
    return lost | {name for name in dir(kind) if getattr(getattr(kind, name), "__isabstractmethod__", False)}


def whole(title: str, missing: Iterable[str]) -> None:
    """Raise `TypeError`, naming the kind by `title`, where parts of it are `missing`."""
    if lost := sorted(missing):
        raise TypeError(f"{title} does not say: {', '.join(lost)}")


def enter(found: dict[str, Thing], kind: Thing, title: str, names: Iterable[str]) -> None:
    """Put `kind` into `found` under its `names`. Raises `TypeError`, by its `title`, for no name and for another's."""
    if not (names := tuple(name for name in names if name)):
        raise TypeError(f"{title} has no name")
    for name in names:
        if name in found:
            raise TypeError(f"{title} is called '{name}', which is the name of {_title(found[name])}")
        found[name] = kind


def _is_kind(value: Any, root: type[Any], module: str) -> bool:
    own = isinstance(value, type) and issubclass(value, root) and value.__module__ == module
    return own and not value.__name__.startswith("_")


def _title(kind: Any) -> str:
    return f"{kind.__module__}.{kind.__name__}" if isinstance(kind, type) else str(getattr(kind, "name", kind))
