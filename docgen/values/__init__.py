"""The types of value that a binding may have, one home each (`docgen.values.kind` says what a type is).

Found by looking into this package: a new type is a new file (docs/recipes.md).
"""

from __future__ import annotations

from typing import Any

from docgen.kinds import kinds_of
from docgen.values.kind import SAID, ValueType

#: Every type of value by its name in `fields.yaml`. Two types of one name, or a type without a part, do not load.
VALUES: dict[str, ValueType[Any]] = {
    name: kind()
    for name, kind in kinds_of("docgen.values", ValueType, SAID, ("cell", "kind", "spelling")).items()  # type: ignore[type-abstract]
}
