"""A secrecy mark standing alone in any value: docgen is not for secret papers, so nothing is made of such data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from docgen.dossier.canonical import escape
from docgen.secrecy import secrecy_mark
from docgen.validation.context import Check
from docgen.validation.shape import owner

#: The finding for which a packet is refused even as a draft.
MARKED = "validation.secrecy.mark"


def check_secrecy(check: Check) -> None:
    """Report every secrecy mark in the dossier, whatever the value is for."""
    who = {member.pointer: member.who for member in check.members}
    for pointer, mark in marks(check.dossier.given or check.data):
        check.add(MARKED, "error", pointer, owner(pointer, who), mark=mark)


def marks(value: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Pointer and mark of each text below `value` in which a secrecy mark stands alone."""
    if isinstance(value, str):
        if mark := secrecy_mark(value):
            yield pointer, mark
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from marks(item, f"{pointer}/{escape(str(name))}")
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from marks(item, f"{pointer}/{index}")
