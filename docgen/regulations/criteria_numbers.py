"""How people call a criterion: by the numbers that are printed before it and before what stands above it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from docgen.regulations.criteria_sets import Criterion

#: Signs that are printed before every row of a list, and what people call the second row of it by.
_SIGNS = {"-": "gạch", "–": "gạch", "+": "dấu cộng", "•": "dấu chấm"}


def numbered(rows: Iterable[Criterion], above: str = "") -> Iterator[tuple[Criterion, str]]:
    """Each of `rows`, which stand below `above`, with its number: II.1, I.3.(ii); "I.3.(ii) gạch 2" of a dashed list.

    A row without a printed number has that of what stands above it, or its id.
    """
    seen: Counter[str] = Counter()
    for row in rows:
        own = row.number.strip(" .")
        own = own if "(" in own else own.rstrip(")")
        if word := _SIGNS.get(own, ""):
            seen[own] += 1
            yield row, f"{above} {word} {seen[own]}".strip()
        else:
            yield row, ".".join(part for part in (above, own) if part) or row.id
