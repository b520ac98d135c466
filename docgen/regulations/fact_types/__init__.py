"""The types of fact, found by looking into this package: a new type is a new file (docs/recipes.md)."""

from __future__ import annotations

from docgen.kinds import kinds_of
from docgen.regulations.fact_type import SAID, FactType

#: Every type of fact by its name in `facts.yaml`. Two types of one name, or a type without a part, do not load.
FACT_TYPES: dict[str, FactType] = {
    name: kind()
    for name, kind in kinds_of("docgen.regulations.fact_types", FactType, SAID).items()  # type: ignore[type-abstract]
}
