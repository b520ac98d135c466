"""The quick way past members whose sections are all written.

For one set of forms a schema is made that asks for every section they need and refuses every text that may only look
written. What it accepts has no finding of `docgen.validation.checks.sections`; what it refuses goes the whole way.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from docgen.dossier.plain import LINE, MARKUP, MAX_TEXT
from docgen.json_schema import Schema, Tell, teller
from docgen.values.kind import ValueType

#: A single paragraph shorter than this may be one of the ways people write "nothing".
SHORT = 20
#: Texts that only look written: dots, a prompt left over, markup. Wider than the checks themselves, never narrower.
DOUBTFUL = (
    r"^(?:[.…_·․‥⋯\-–—/\\ :;,]|[nN][gG][àÀ][yY]|[tT][hH][áÁ][nN][gG]|[nN][ăĂ][mM])+$"
    r"|(?i:[\[<({«] *(?:nhập|ghi|điền|chọn|gõ|viết|bấm|nhấn|click|enter|insert|type|tap))"
    r"|^(?i:nhấn|bấm|click|tap).{0,40}(?i:để nhập|vào đây|to enter|here)"
    r"|^[\[(].*[\])]$"  # The name of the place in brackets.
    rf"|{MARKUP}"
)
TEXT: Schema = {"type": "string", "pattern": LINE, "maxLength": MAX_TEXT, "not": {"pattern": DOUBTFUL}}
#: More than one paragraph, or one that says something.
SAYS_SOMETHING: list[Schema] = [{"minItems": 2}, {"minItems": 1, "items": {"minLength": SHORT}}]


def all_written(places: Iterable[tuple[tuple[str, ...], ValueType[Any], bool]]) -> Tell:
    """Tells of a record whether there is nothing to say about `places`: (path, type, whether it must be written).

    False tells nothing.
    """
    wanted: dict[tuple[str, ...], tuple[set[ValueType[Any]], bool]] = {}
    for path, kind, required in places:
        kinds, before = wanted.get(path, (set(), False))
        wanted[path] = (kinds | {kind}, before or required)
    if any(path[:length] in wanted for path in wanted for length in range(1, len(path))):
        return lambda _: False  # a value inside a value: no form has one
    root: Schema = {"type": "object", "properties": {}, "required": []}
    for path, (kinds, required) in wanted.items():
        node = root
        for step in path[:-1]:
            if required and step not in node["required"]:
                node["required"].append(step)
            node = node["properties"].setdefault(step, {"type": "object", "properties": {}, "required": []})
        if required:
            node["required"].append(path[-1])
        node["properties"][path[-1]] = _written(kinds, required)
    return teller(root)


def _written(kinds: set[ValueType[Any]], required: bool) -> Schema:
    for kind in kinds:
        if kind.is_many:
            return {**kind.strict((), TEXT), **({"anyOf": SAYS_SOMETHING} if required else {})}
    if all(kind.is_prose for kind in kinds):
        return TEXT
    return {"anyOf": [TEXT, {"type": ["number", "boolean"]}, {"type": "object", "minProperties": 1}]}
