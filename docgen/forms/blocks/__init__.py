"""The kinds of block a form is made of, one module a kind (`docgen.forms.blocks.kind` says what a kind is).

Found by looking into this package, in the order of the modules' names: a new kind is a new file with `KINDS`.
"""

from __future__ import annotations

from collections.abc import Sequence

from docgen.forms.blocks.kind import UNLESS, Block, BlockKind, decider, register
from docgen.forms.wording import Wording
from docgen.kinds import listed_in
from docgen.regulations.loader import options_of
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.yaml_shape import FORM, TEXT, Shape

#: Every kind of block by its name in a form file.
BLOCKS: dict[str, BlockKind] = register(listed_in("docgen.forms.blocks", "KINDS", ("kind",)))
#: The kind of a plain line of text.
PLAIN = "line"
#: The shape of a form file: what `yaml_shape.FORM` says, and what the kinds say of their keys.
FORM_SHAPE: dict[str, Shape] = {
    **FORM,
    "body": [(TEXT, {key: shape for kind in BLOCKS.values() for key, shape in kind.shapes.items()} | {"*": TEXT})],
}


def parse_block(
    wording: Wording, item: str | Mapping, file: str, line: int, before: Sequence[Block] = ()
) -> tuple[Block, ...]:
    """The block (as a rule one) that an item of `body` stands for; a text alone is a line. `before` stand above it.

    Raises `DefinitionError` (file, line) for an unknown kind, key, binding or code, and for what stands behind an
    enclosed page.
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
        # A picture may decide of its own page, and of nothing else.
        decides = wording.field(decider(when), item, "when", media=None if when == item[name] else False)
        _, unless, code = when.partition(UNLESS)
        if unless and code not in dict(options_of(wording.regulation, decides)):
            raise item.fault("errors.definition.unknown_value", "when", value=when)
    found = kind.parse(wording, item, when)
    if before and before[-1].is_enclosure and not all(block.is_enclosure for block in found):
        raise item.fault("errors.definition.picture_not_last", name, kind=name)
    return found
