"""The kinds of block a form is made of, one module a kind (`docgen.forms.blocks.kind` says what a kind is).

Every module of this package that has a `KINDS` is found by itself, in the order of names: a new kind is a new file.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from docgen.forms.blocks.kind import Block, BlockKind, register
from docgen.forms.wording import Wording
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.yaml_shape import FORM, TEXT

_MODULES = [import_module(f"{__name__}.{found.name}") for found in sorted(iter_modules(__path__), key=lambda m: m.name)]
#: Every kind of block by its name in a form file.
BLOCKS: dict[str, BlockKind] = register(kind for module in _MODULES for kind in getattr(module, "KINDS", ()))
#: The kind of a plain line of text.
PLAIN = "line"
#: The shape of a form file: what `yaml_shape.FORM` says, and what the kinds say of their keys.
FORM_SHAPE: dict[str, Any] = {
    **FORM,
    "body": [(TEXT, {key: shape for kind in BLOCKS.values() for key, shape in kind.shapes.items()} | {"*": TEXT})],
}


def parse_block(wording: Wording, item: str | Mapping, file: str, line: int) -> tuple[Block, ...]:
    """The block (as a rule one) that an item of `body` stands for; a text alone is a line.

    Raises `DefinitionError` (file, line) for an unknown kind, key, binding or code.
    """
    if isinstance(item, str):
        item = Mapping({PLAIN: item})
        item.file, item.line = file, line
    name = next(iter(item), "")
    kind = BLOCKS.get(name)
    if kind is None:
        if item.dropped:
            raise next(iter(item.dropped.values()))
        raise item.fault("errors.definition.unknown_block", name, kind=name, allowed=", ".join(BLOCKS))
    item.closed(kind.all_keys, kind.required)
    if when := item.get("when", ""):
        wording.field(when, item, "when")
    return kind.parse(wording, item, when)
