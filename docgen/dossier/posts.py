"""What a post says of its holder: on the committee, or leading at all.

HD 19 B.II.2.2, B.IV.1.1 and the plans of the others review secretaries, their deputies, committee members and the heads
and deputies of units as leaders. Posts are written freely, so they are recognised by words, without accents.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from docgen.dossier.text import fold

#: A party post that puts its holder on the committee (chi ủy, đảng ủy).
_COMMITTEE = re.compile(r"\b(?:bi thu|(?:chi|dang|cap) uy vien|uy vien (?:ban (?:chap hanh|thuong vu)|btv|bch))\b")
#: A post in the authorities that leads a unit, at the beginning of one of the posts named.
_LEADING = re.compile(
    r"(?:^|[,;/+]\s*|\bva )(?:quyen )?(?:pho )?(?:tong )?(?:truong (?!nhom)|giam doc|hieu truong|chu tich|thu truong|"
    r"chanh|vien truong|cuc truong|chi cuc truong|vu truong|tong bien tap|hieu pho|pho giam doc|pho phong)"
)


def _post(person: Any, kind: str) -> str:
    position = person.get("position") if isinstance(person, Mapping) else None
    post = position.get(kind) if isinstance(position, Mapping) else None
    return fold(post) if isinstance(post, str) else ""


def is_committee(person: Any) -> bool:
    """True where the party post of `person` (a member's `member`) is one of the committee's."""
    return bool(_COMMITTEE.search(_post(person, "party")))


def leading_post(person: Any) -> str:
    """The post of `person` that makes a leader: the party post or the one in the authorities; empty where none does."""
    position = person.get("position") if isinstance(person, Mapping) else None
    if is_committee(person):
        return str(position["party"]) if isinstance(position, Mapping) else ""
    if _LEADING.search(_post(person, "government")):
        return str(position["government"]) if isinstance(position, Mapping) else ""
    return ""
