"""Which facts cannot be true together: the table `together.yaml`, read once.

A part above its whole, more ballots than there are voters, a mark above its scale: figures, whoever states them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from docgen.regulations.strict_yaml import Mapping, load_mapping


@dataclass(frozen=True, slots=True)
class Limit:
    """What something is not above: the fact `whole`, less the fact `off` where there is one."""

    whole: str
    off: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """The least and the most of a fact; where `when` is set, while that fact has that code."""

    fact: str
    least: int
    most: int
    when: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Together:
    """The table: parts of a whole, pairs of parts that exclude one another, ballots by grade, scales."""

    parts: tuple[tuple[str, Limit], ...]
    apart: tuple[tuple[str, str, Limit], ...]
    ballots: tuple[tuple[str, Limit], ...]
    scales: tuple[Scale, ...]

    def facts(self) -> Iterator[str]:
        """Every fact that the table names."""
        for name, limit in (*self.parts, *self.ballots):
            yield from (name, limit.whole, *([limit.off] if limit.off else []))
        for first, second, limit in self.apart:
            yield from (first, second, limit.whole, *([limit.off] if limit.off else []))
        for scale in self.scales:
            yield from (scale.fact, *(scale.when[:1] if scale.when else ()))


@cache
def together() -> Together:
    """The table of docgen itself. Raises `DefinitionError` for a fault in it."""
    data = load_mapping(Path(__file__).with_name("together.yaml")).closed((), ("parts", "apart", "ballots", "scales"))
    return Together(
        tuple((row["part"], _limit(row, "part")) for row in data["parts"]),
        tuple((row["first"], row["second"], _limit(row, "first", "second")) for row in data["apart"]),
        tuple((row["ballots"], _limit(row, "ballots")) for row in data["ballots"]),
        tuple(map(_scale, data["scales"])),
    )


def _limit(row: Mapping, *names: str) -> Limit:
    row.closed((), (*names, "whole"))
    whole, _, off = row["whole"].partition(" - ")
    return Limit(whole, off)


def _scale(row: Mapping) -> Scale:
    row.closed(("when",), ("fact", "least", "most"))
    name, _, code = row.get("when", "").partition("=")
    return Scale(row["fact"], int(row["least"]), int(row["most"]), (name, code) if name else None)
