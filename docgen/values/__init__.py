"""The types of value that a binding may have, one home each (`docgen.values.kind` says what a type is).

Every module of this package that has `TYPES` is found by itself: a new type is a new file.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from docgen.values.kind import ValueType, register

_MODULES = [import_module(f"{__name__}.{found.name}") for found in sorted(iter_modules(__path__), key=lambda m: m.name)]
#: Every type of value by its name in `fields.yaml`.
VALUES: dict[str, ValueType] = register(kind for module in _MODULES for kind in getattr(module, "TYPES", ()))
