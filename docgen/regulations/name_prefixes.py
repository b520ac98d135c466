"""Words that forms print before a name: written in the name once more, they would stand twice on every page.

People write "Đảng bộ Trường …" and "Chi bộ Phòng …" as they say it; the heading prints `ĐẢNG BỘ {organization.parent}`
and `Chi bộ: {organization.name}`; the same with "Số 27-BC/CB" after `Số`. So the words are left out where the value is
printed; the dossier keeps it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from docgen.paths import Json, JsonDict, JsonMap

#: By binding: what the line prints before the value.
PRINTED_BEFORE = {
    "organization.name": re.compile(r"(?:chi bộ)(?:\s*:\s*|\s+)(?=\S)", re.IGNORECASE),
    "organization.parent": re.compile(
        r"(?:ban chấp hành |bch )?(?:đảng bộ|đảng ủy|đảng uỷ)(?:\s*:\s*|\s+)(?=\S)", re.IGNORECASE
    ),
    **dict.fromkeys(
        (
            "report.number",
            *(
                f"{root}.{name}"
                for root in ("regrade", "organization_regrade")
                for name in ("number", "discipline_number")
            ),
        ),
        re.compile(r"(?:quyết định |báo cáo )?số(?:\s*:\s*|\s+)(?=\S)", re.IGNORECASE),
    ),
    "counting.head": re.compile(r"tổ trưởng(?:\s*:\s*|\s+)(?=\S)", re.IGNORECASE),
}


def as_printed(binding: str, name: Json) -> Json:
    """`name` as it is printed at `binding`, without the words that stand before it; other values as they are."""
    if binding not in PRINTED_BEFORE or not isinstance(name, str):
        return name
    text = unicodedata.normalize("NFC", name)
    found = PRINTED_BEFORE[binding].match(text)
    return text[found.end() :] if found else name


def data_as_printed(data: JsonMap) -> JsonMap:
    """The data of a form with its names as they are printed; `data` itself where nothing differs."""
    changed: dict[str, JsonDict] = {}
    for binding in PRINTED_BEFORE:
        root, _, leaf = binding.partition(".")
        held = data.get(root)
        if isinstance(held, Mapping) and leaf in held and (shown := as_printed(binding, held[leaf])) != held[leaf]:
            changed.setdefault(root, dict(held))[leaf] = shown
    return {**data, **changed} if changed else data
