"""What is derived from something belongs to it: made when first asked for, gone when its owner goes."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

Made = TypeVar("Made")

#: One for all: what is made may ask for other things, of other owners, and no two may wait for each other.
_making = threading.RLock()


def _free() -> None:
    """A child of somebody's fork has none of the threads that may have held it."""
    global _making
    _making = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_free)


def once(kept: dict[Any, Any], key: Hashable, make: Callable[[], Made]) -> Made:
    """What `kept` has under `key`; `make` makes it the first time.

    Of several threads that ask at once, one makes it and the others wait; what is there already is never waited for.
    """
    found: Made
    try:
        found = kept[key]
    except KeyError:
        with _making:
            try:
                found = kept[key]
            except KeyError:
                # `make` may ask for other things, and even for this one.
                found = kept.setdefault(key, make())
    return found


class Owner:
    """Something that never changes, and owns what is worked out from it: validators, definitions, compiled templates.

    Whoever works something out names it by a key of his own, with his module's name before it. Threads that ask at
    once all get the same one.
    """

    __slots__ = ("__weakref__", "_derived")

    _derived: dict[Hashable, Any]

    def derived(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What is kept under `key`; `make` makes it the first time."""
        try:
            kept = self._derived
        except AttributeError:
            with _making:
                if not hasattr(self, "_derived"):
                    # Not by `self._derived = …`: an owner may refuse every change.
                    object.__setattr__(self, "_derived", {})
                kept = self._derived
        return once(kept, key, make)
