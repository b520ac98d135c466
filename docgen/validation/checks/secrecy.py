"""A secrecy mark standing alone in any value: docgen is not for secret papers, so nothing is made of such data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from docgen.paths import at
from docgen.secrecy import secrecy_mark
from docgen.validation.checks.shape import owner
from docgen.validation.context import Check
from docgen.validation.kind import CheckKind

#: The finding for which a packet is refused even as a draft.
MARKED = "validation.secrecy.mark"


class Secrecy(CheckKind):
    """Secrecy marks: nothing is made of such data."""

    name = "secrecy"
    turn = 170
    codes = (MARKED,)

    def run(self, check: Check) -> None:
        check_secrecy(check)


def check_secrecy(check: Check) -> None:
    """Report every secrecy mark in the dossier, whatever the value is for."""
    who = {member.pointer: member.who for member in check.members}
    for pointer, mark in marks(check.dossier.given or check.data):
        check.add(MARKED, "error", pointer, owner(pointer, who), mark=mark)


def marks(value: object, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Pointer and mark of each text below `value` in which a secrecy mark stands alone."""
    if isinstance(value, str):
        if mark := secrecy_mark(value):
            yield pointer, mark
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from marks(item, at(pointer, str(name)))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from marks(item, f"{pointer}/{index}")
