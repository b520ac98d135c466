"""What is derived from something belongs to it: made when first asked for, gone when its owner goes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

Made = TypeVar("Made")


class Owner:
    """Something that never changes, and owns what is worked out from it: validators, definitions, compiled templates.

    Whoever works something out names it by a key of his own, with his module's name before it. Two threads that ask
    at once may both make it; both get the same one.
    """

    __slots__ = ("__weakref__", "_derived")

    _derived: dict[Hashable, Any]

    def derived(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What is kept under `key`; `make` makes it the first time."""
        try:
            kept = self._derived
        except AttributeError:
            # Not by `self._derived = …`: an owner may refuse every change.
            object.__setattr__(self, "_derived", {})
            kept = self._derived
        try:
            found: Made = kept[key]
        except KeyError:
            # `make` may ask this owner for other things.
            found = kept.setdefault(key, make())
        return found
