"""How much work a function does, in lines of Python that it runs: the same on every machine, quiet or busy."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeVar

R = TypeVar("R")


def lines_run(function: Callable[..., R], *args: object, **kwargs: object) -> tuple[int, R]:
    """The number of lines of Python that a call runs, the function's own and those of all it calls; and its answer.

    Loops inside a library written in C are not seen; what hangs there is ended by the time limit of its test.
    """
    count = 0

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        answer = function(*args, **kwargs)
    finally:
        sys.settrace(before)
    return count, answer
