"""The kinds of predicate, one module each: how it is written, read, told, put into words, compared, broken.

A module added here adds its kind (docs/recipes.md).
"""

from __future__ import annotations

from docgen.kinds import kinds_of
from docgen.regulations.predicate import SAID, Predicate

#: Every kind by the names under which it is written. Two kinds of one name, or a kind without a part, do not load.
PREDICATES: dict[str, type[Predicate]] = kinds_of("docgen.regulations.predicates", Predicate, SAID)  # type: ignore[type-abstract]
