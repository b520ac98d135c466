"""What every check of a dossier says of itself; the checks are the modules of `docgen.validation.checks`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from itertools import pairwise

from docgen.kinds import kinds_of
from docgen.validation.context import Check

#: What every check says beside its method.
SAID = ("name", "turn", "codes")


class CheckKind(ABC):
    """One check. It has no state: what it finds goes to the `Check` it is given."""

    #: Its name.
    name: str
    #: Its turn: a later check sees what earlier ones found, and of two findings alike at one place the earlier stays.
    turn: int
    #: The findings it may give, no other check's: each has words and a hint in every language.
    codes: tuple[str, ...]

    @classmethod
    def names(cls) -> Iterable[str]:
        """Its one name."""
        return (cls.name,)

    @abstractmethod
    def run(self, check: Check) -> None:
        """Add to `check` what is wrong or doubtful in its dossier."""


def checks_of(package: str) -> tuple[CheckKind, ...]:
    """The checks in the modules of `package`, by their turns.

    Raises `TypeError` for two of one name or one turn, for one without a part, and for a finding of two checks.
    """
    kinds = kinds_of(package, CheckKind, SAID)  # type: ignore[type-abstract]
    found = sorted((kind() for kind in kinds.values()), key=lambda kind: kind.turn)
    for first, second in pairwise(found):
        if first.turn == second.turn:
            raise TypeError(f"{first.name} and {second.name} have one turn: {first.turn}")
    whose: dict[str, str] = {}
    for kind in found:
        for code in kind.codes:
            if whose.setdefault(code, kind.name) != kind.name:
                raise TypeError(f"{kind.name} gives {code}, which is a finding of {whose[code]}")
    return tuple(found)
