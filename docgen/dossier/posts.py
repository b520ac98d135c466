"""What a post says of its holder: on the committee, leading at all, among the leaders of a đoàn thể.

HD 19 B.II.2.2, B.IV.1.1 and the plans of the others review secretaries, their deputies, committee members and the heads
and deputies of units as leaders. Posts are written freely, so they are recognised by words, without accents.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from docgen.dossier.cleaning import bare
from docgen.paths import AnyRecord

#: A party post that puts its holder on the committee (chi ủy, đảng ủy).
_COMMITTEE = re.compile(r"\b(?:bi thu|(?:chi|dang|cap) uy vien|uy vien (?:ban (?:chap hanh|thuong vu)|btv|bch))\b")
#: A post in the authorities that leads a unit, at the beginning of one of the posts named.
_LEADING = re.compile(
    r"(?:^|[,;/+]\s*|\bva )(?:quyen )?(?:pho )?(?:tong )?(?:truong (?!nhom)|giam doc|hieu truong|chu tich|thu truong|"
    r"chanh|vien truong|cuc truong|chi cuc truong|vu truong|tong bien tap|hieu pho|pho giam doc|pho phong)"
)
#: A post among the leaders of a đoàn thể; somebody who only inspects (ủy ban kiểm tra) is none of them.
_LEADS_UNION = (
    r"(?<!nguyen )\b(?:(?:pho )?(?:bi thu|chu tich)|(?:chi )?hoi (?:truong|pho)|"
    r"(?:uv|uy vien)(?! ?(?:ban )?(?:uy ban kiem tra|ubkt|ub kiem tra|kiem tra|thanh tra))|(?:truong|pho) ban|"
    r"to (?:truong|pho) (?:to )?cong doan)"
)
_UNION_POST = re.compile(_LEADS_UNION)
#: The same in what is written as a party post or one in the authorities, where the đoàn thể is named with it.
_UNION_NAMED = re.compile(
    _LEADS_UNION
    + r"[^,;]*\b(?:cong doan|lien doan lao dong|chi doan|doan (?:thanh nien|tncs|tn|truong|phuong|xa|khoa|khoi|"
    r"co so)|hoi (?:cuu chien binh|ccb|nong dan|phu nu|lien hiep phu nu|lhpn|sinh vien|lien hiep thanh nien))"
)


def _post(person: AnyRecord | None, kind: str) -> str:
    position = person.get("position") if isinstance(person, Mapping) else None
    post = position.get(kind) if isinstance(position, Mapping) else None
    return bare(post) if isinstance(post, str) else ""


def is_committee(person: AnyRecord | None) -> bool:
    """True where the party post of `person` (a member's `member`) is one of the committee's."""
    return bool(_COMMITTEE.search(_post(person, "party")))


def leading_post(person: AnyRecord | None) -> str:
    """The post of `person` that makes a leader: the party post or the one in the authorities; empty where none does."""
    position = person.get("position") if isinstance(person, Mapping) else None
    if is_committee(person):
        return str(position["party"]) if isinstance(position, Mapping) else ""
    if _LEADING.search(_post(person, "government")):
        return str(position["government"]) if isinstance(position, Mapping) else ""
    return ""


def union_post(person: AnyRecord | None) -> str:
    """The post that puts `person` among the leaders of a đoàn thể; empty where none does.

    Whatever stands as the post in mass organisations counts by its rank alone; elsewhere the đoàn thể must be named.
    """
    position = person.get("position") if isinstance(person, Mapping) else None
    for kind, pattern in (("union", _UNION_POST), ("government", _UNION_NAMED), ("party", _UNION_NAMED)):
        if pattern.search(_post(person, kind)):
            return str(position[kind]) if isinstance(position, Mapping) else ""
    return ""
