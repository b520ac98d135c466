"""Gathering the faults of a regulation's data, so that whoever wrote a file hears of every fault and not of the first.

A reader gives up at a `DefinitionError`. Where the parts of a file do not depend on each other, each is read inside
`with faults:`, and `settle` raises the first fault with the others behind it (`DefinitionError.also`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import TracebackType
from typing import TypeVar

from docgen.errors import DefinitionError

Item = TypeVar("Item")
Read = TypeVar("Read")


class Faults:
    """The faults met so far, in order, none twice."""

    def __init__(self) -> None:
        self.found: list[DefinitionError] = []

    def __enter__(self) -> Faults:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Keep a `DefinitionError` and go on after the block; any other exception passes."""
        if isinstance(fault, DefinitionError):
            self.add(fault)
        return isinstance(fault, DefinitionError)

    def add(self, fault: DefinitionError) -> None:
        """Keep `fault` and those behind it."""
        for one in fault.all():
            if not any(one.same_as(known) for known in self.found):
                self.found.append(one)

    def settle(self) -> None:
        """Raise the first fault, the others in its `also`; nothing where there is none."""
        if self.found:
            first, *others = self.found
            first.also = tuple(others)
            raise first


def each(parse: Callable[[Item], Read], items: Iterable[Item]) -> list[Read]:
    """What `parse` makes of each of `items`. Raises `DefinitionError` after the last, with the faults of all."""
    faults, out = Faults(), []
    for item in items:
        with faults:
            out.append(parse(item))
    faults.settle()
    return out
