"""The kinds of effect, one module each: how it is written, read, put into words, compared, broken.

A module added here adds its kind (docs/recipes.md); what it means to a proposal, `docgen.grading` says.
"""

from __future__ import annotations

from docgen.kinds import kinds_of
from docgen.regulations.effect import SAID, Effect

#: Every kind by the key under which it is written. Two kinds of one key, or a kind without a part, do not load.
EFFECTS: dict[str, type[Effect]] = kinds_of("docgen.regulations.effects", Effect, SAID)  # type: ignore[type-abstract]
