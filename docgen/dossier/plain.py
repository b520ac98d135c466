"""The quick way past records that are canonical as they stand.

Most members of a large dossier are: every text in one piece of ordinary letters, every date a date, every code a code.
A schema made from the shape, stricter than any check, tells those apart in a few microseconds: what it accepts is its
own canonical form and gives no finding on reading. What it refuses is not wrong, it goes the whole way.
"""

from __future__ import annotations

import unicodedata

from docgen.dossier.shape import ANY, ITEMS, Node
from docgen.json_schema import Schema, Tell, teller
from docgen.values.number import MAX_NUMBER

#: Longer than this no plain text is (well below what a finding speaks of).
MAX_TEXT = 20_000


def _letters() -> str:
    """A character class of what plain text is made of: no white space, no marks, nothing NFC would change."""
    ranges = ((0x21, 0x7F), (0xA1, 0x250), (0x1E00, 0x1F00), (0x2010, 0x2028), (0x2030, 0x2040))
    signs = (0x20AB, 0x2103, 0x2190, 0x2192, 0x2212, 0x2264, 0x2265, 0x25A1, 0x2611, 0x2612)
    wanted = [*(code for first, end in ranges for code in range(first, end)), *signs]
    kept = [
        code
        for code in wanted
        if unicodedata.category(chr(code)) not in ("Cf", "Cn", "Mn", "Zl", "Zp", "Zs")
        and unicodedata.normalize("NFC", chr(code)) == chr(code)
        and chr(code) != "{"
    ]
    runs: list[list[int]] = []
    for code in kept:
        if runs and runs[-1][1] == code - 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return "".join(rf"\x{{{first:x}}}-\x{{{last:x}}}" for first, last in runs)


_LETTERS = _letters()
#: One line of ordinary letters, single spaces between them: what cleaning leaves as it is.
LINE = rf"^[{_LETTERS}]+(?: [{_LETTERS}]+)*$"
#: What looks like the tag of a Word file.
MARKUP = r"</?w:"
#: A name that is kept as it is written.
NAME = r"^[ -~]*$"
_TEXT: Schema = {"type": "string", "pattern": LINE, "maxLength": MAX_TEXT, "not": {"pattern": MARKUP}}
_NUMBER: Schema = {"type": "number", "minimum": -MAX_NUMBER, "maximum": MAX_NUMBER}


def plain_member(shape: Node) -> Tell:
    """Tells of a member, as read from JSON with whole numbers as `int`, whether it is its own canonical form.

    `shape` is that of the dossier; what tells is made once for it. False tells nothing.
    """
    return shape.derived("dossier.plain", lambda: _teller(shape))


def _teller(shape: Node) -> Tell:
    return teller(_strict(shape.children["members"].children[ITEMS]))


def _strict(node: Node) -> Schema:
    if node.holds_facts:
        return _mapping(node, _fact(), {"not": {"const": "facts"}})
    if node.entry is not None:
        # A leaf, or a mapping of such leaves: the levels of each criterion.
        return {"anyOf": [_leaf(node), _mapping(node, _leaf(node))]}
    if ITEMS in node.children:
        return {"type": "array", "minItems": 1, "items": _strict(node.children[ITEMS])}
    return _mapping(node, False)


def _mapping(node: Node, others: bool | Schema, names: Schema | None = None) -> Schema:
    """A mapping of what stands below `node`, and of `others` where it has no place of its own for them."""
    return {
        "type": "object", "minProperties": 1, "propertyNames": {"pattern": NAME, **(names or {})},
        "properties": {name: _strict(child) for name, child in node.children.items() if name != ANY},
        "additionalProperties": _strict(node.children[ANY]) if ANY in node.children else others,
    }  # fmt: skip


def _leaf(node: Node) -> Schema:
    assert node.kind is not None
    return node.kind.strict(tuple(node.options.items()), _TEXT)


def _fact() -> Schema:
    """One fact: null and what is empty are kept there, and lists and mappings may stand in one another."""
    plain: list[Schema] = [_TEXT, _NUMBER, {"type": ["boolean", "null"]}]
    names: Schema = {"pattern": NAME, "not": {"const": "facts"}}
    value: Schema = {"anyOf": plain}
    for _ in range(2):
        each: Schema = {"type": "object", "propertyNames": names, "additionalProperties": value}
        value = {"anyOf": [*plain, {"type": "array", "items": value}, each]}
    return value
