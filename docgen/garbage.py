"""Python's search for dead rings of values, in processes that are docgen's own."""

from __future__ import annotations

import gc


def less_garbage() -> None:
    """For a process that is docgen's own: let Python look for rings of dead values seldom, and not among its modules.

    docgen makes values by the million and hardly a ring; with five thousand members that search is a third of the time.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
