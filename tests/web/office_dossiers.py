"""Dossiers that the tests of pages work on."""

from __future__ import annotations

import copy
from typing import Any

from docgen.dossier.sample import sample_dossier

#: What somebody may write where only a name or a sentence is expected.
HOSTILE = "<script>alert(1)</script>\"'&{{ 7*7 }}"
SHOWN = "&lt;script&gt;alert(1)&lt;/script&gt;"


def small(regulation: str = "kh55-2018", members: int = 2) -> dict[str, Any]:
    """The sample with so few members that a packet of it is made quickly."""
    data = copy.deepcopy(sample_dossier(regulation))
    data["members"] = data["members"][:members]
    return data


def faulty(regulation: str = "kh55-2018") -> dict[str, Any]:
    """The same with a member who has no name, which is an error."""
    data = small(regulation)
    data["members"][0]["member"]["full_name"] = ""
    return data
